"""Joins two findings with one cause: what became of our certificate in TLS, and the answer that came of it."""

from __future__ import annotations

from dataclasses import replace

from countermand.doctor.files import CHAIN, credentials
from countermand.doctor.finding import Finding, State
from countermand.doctor.look import Look
from countermand.guard import foreign
from countermand.identity.tls import CredentialsError, chain
from countermand.model.target import Target

#: Statuses in which a certificate that was not shown, or cannot be traced to a root, is told (RFC 9110, 15.5;
#: nginx, ssl_verify_client).
ABOUT_US = frozenset({400, 401, 403})
NEVER_SHOWN = "the server has asked for no certificate, neither in the handshake nor after it: ours was never shown"
ASK = (
    "have the seller ask for the certificate where this path is served, "
    "or see whether url and connect_to lead past the door that asks; "
    "where it can ask after the handshake only, and not in TLS 1.3, set [trust] tls_maximum to 1.2"
)


def joined(target: Target, seen: Look, finding: Finding) -> Finding:
    """Return a finding with what TLS tells of its cause."""
    buyer = target.identities["buyer"]
    if finding.state is not State.TROUBLE or not (buyer.certificate or buyer.pkcs12):
        return finding
    if seen.witness.alert == "unknown_ca":
        return _chained(target, finding)
    if seen.reply is None or seen.reply.status not in ABOUT_US:
        return finding
    if not seen.witness.asked:
        words, mend = foreign.shown(f"{finding.words}, and {NEVER_SHOWN}"), foreign.shown(f"{ASK}; or {finding.mend}")
        return replace(finding, words=words, mend=mend)
    return _chained(target, finding)


def _chained(target: Target, finding: Finding) -> Finding:
    """Name the chain, where our certificate is shown alone and somebody else has issued it."""
    try:
        shown = chain(credentials(target.identities["buyer"]))
    except CredentialsError:
        return finding
    if len(shown) != 1 or shown[0].issuer == shown[0].subject:
        return finding
    who = shown[0].issuer.rfc4514_string()
    mend = f"{finding.mend}; ours is shown alone, issued by {who}: where that is an intermediate, {CHAIN}"
    return replace(finding, mend=foreign.shown(mend))
