"""The checks in their order: everything there is to say of a target before an order is touched."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator

from countermand.doctor import answers, certificates, clock, files, handshake, joining, network, settings, supply
from countermand.doctor.finding import Finding, State
from countermand.doctor.look import Look, look
from countermand.doctor.manner import RequestError, harmless, incomplete, written
from countermand.doctor.own import own
from countermand.doctor.route import RouteError, route
from countermand.identity.tls import Credentials, CredentialsError, context
from countermand.model.exchange import Request
from countermand.model.target import Target
from countermand.targetfile.production import looked_up

#: Seconds before a target that did not do is asked a second time, by another request that harms nothing.
PAUSE = 0.5


def examine(target: Target, production: str | None = None) -> Iterator[Finding]:
    """Say everything; a seller in production is connected to, and asked only if it is the one named."""
    if (lost := _lost(target)) is not None:
        yield lost
        return
    target = looked_up(target)
    yield from settings.findings(target)
    yield files.authorities(target)
    yield from files.identities(target)
    yield from own(target.api).identities(target)
    yield from reach(target, asking=not target.production or production == target.name, patience=target.limits.total)
    yield from supply.findings(target)


def reach(target: Target, *, asking: bool, patience: float) -> Iterator[Finding]:
    """Connect and ask, and a second time if there was trouble.

    The patience is in seconds; what the second time told counts.
    """
    if (lost := _lost(target)) is not None:
        yield lost
        return
    try:
        first, second = ((written(make, target) if asking else None) for make in (incomplete, harmless))
    except RequestError as error:
        yield Finding.trouble("request", str(error), "mend [buyer] or [dialect]", certain=True)
        return
    findings = _reach(target, first, patience)
    if any(finding.state is State.TROUBLE for finding in findings):
        time.sleep(PAUSE)
        findings = _reach(target, second, patience)
    yield from findings


def _lost(target: Target) -> Finding | None:
    """Say what names no place, if anything does."""
    try:
        route(target)
    except RouteError as error:
        return Finding.trouble("address", str(error), "mend that key of the target file", certain=True)
    return None


def _reach(target: Target, request: Request | None, patience: float) -> list[Finding]:
    way = route(target)
    if way.sealed:
        why = "a proxy that is itself reached by TLS cannot be looked through"
        return [Finding.unchecked(check, why) for check in ("connection", "TLS", "answer")]
    if not _opens(target):  # what is answered to whoever shows no certificate tells nothing
        return _without_ours(target, look(target, way, _context(target), None, patience))
    return _tell(target, look(target, way, _context(target), request, patience))


def _opens(target: Target) -> bool:
    """Say whether the buyer's certificate and key can be used, where it has any."""
    try:
        context(None, files.credentials(target.identities["buyer"]), target.tls_minimum, target.tls_maximum)
    except CredentialsError:
        return False
    return True


def _without_ours(target: Target, seen: Look) -> list[Finding]:
    """Say of one look what it shows of the server: ours was not shown, and nothing was asked."""
    findings = list(network.findings(target, seen))
    if not seen.connected:
        return [*findings, *(Finding.unchecked(check, "there is no connection") for check in ("TLS", "answer"))]
    if seen.secured or seen.error is not None:
        findings += [handshake.finding(target, seen), certificates.of_server(target, seen)]
    why = "that of [buyer] cannot be opened, and so was not shown"
    return [*findings, Finding.unchecked(certificates.CLIENT, why), Finding.unchecked("answer", why)]


def _context(target: Target) -> ssl.SSLContext | None:
    """Return the buyer's context.

    Where its certificate cannot be used it is one without, and where no authority can be read there is none.
    """
    for shown in (files.credentials(target.identities["buyer"]), Credentials()):
        try:
            return context(target.ca, shown, target.tls_minimum, target.tls_maximum)
        except CredentialsError:
            continue
    return None


def _tell(target: Target, seen: Look) -> list[Finding]:
    """Say what one look has shown, as far as it went."""
    findings = list(network.findings(target, seen))
    if not seen.connected:
        return [*findings, *(Finding.unchecked(check, "there is no connection") for check in ("TLS", "answer"))]
    if seen.error is None and not seen.secured:
        return [
            *findings,
            *(Finding.unchecked(check, "the authorities to trust cannot be read") for check in ("TLS", "answer")),
        ]
    findings += [
        handshake.finding(target, seen),
        certificates.of_server(target, seen),
        joining.joined(target, seen, certificates.of_client(target, seen)),
    ]
    if any(finding.state is State.TROUBLE for finding in findings):
        return [*findings, Finding.unchecked("answer", "the server could not be asked")]
    if seen.asked is None and not seen.early:
        return [
            *findings,
            Finding.unchecked(
                "answer", "this is production: --production NAME lets a request be sent that changes nothing"
            ),
        ]
    return [*findings, joining.joined(target, seen, answers.finding(target, seen)), clock.finding(seen)]
