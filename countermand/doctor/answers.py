"""What came of a harmless request: findings about paths, keys and allow lists."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from countermand.doctor import handshake
from countermand.doctor.finding import Finding
from countermand.doctor.look import Look
from countermand.doctor.own import own
from countermand.document import whole
from countermand.model.apis import APIS
from countermand.model.exchange import Reply
from countermand.model.target import Target
from countermand.protocols import front
from countermand.protocols.registry import PROTOCOLS
from countermand.protocols.reply import try_xml

CHECK = "answer"
UNREADABLE = 0  # as a status
#: How an HTTP/2 server begins, whatever it is sent: with SETTINGS or GOAWAY, on no stream (RFC 9113, 3.4 and 4.1).
_HTTP_2 = re.compile(rb"\0\0[\0-\xff][\x04\x07]\0{5}")
ALLOW_LIST = "have the seller put this machine's public address on its allow list (behind NAT: the address others see)"


def finding(target: Target, seen: Look) -> Finding:
    """Say how a request that nobody could take up was answered."""
    if seen.reply is not None:
        return _unreadable(target, seen, seen.reply) or _answered(target, seen, seen.reply)
    if seen.received:
        return _not_http(target, seen)
    if seen.early:
        return Finding.trouble(
            CHECK,
            "the connection is closed right after TLS, before we asked anything",
            f"probably an allow list: {ALLOW_LIST}",
            certain=True,
        )
    if isinstance(seen.error, TimeoutError):
        return Finding.trouble(
            CHECK, "no answer in time", "ask the seller whether it is up; [limits] total is how long a run waits"
        )
    return Finding.trouble(
        CHECK, "the connection is closed or reset without an answer", f"probably an allow list: {ALLOW_LIST}"
    )


def _not_http(target: Target, seen: Look) -> Finding:
    """Say what came instead of HTTP: OpenSRS answers addresses it does not know in bare XML."""
    start = seen.received[:4096].decode("utf-8", "replace")
    said = own(target.api).bare(seen.received)
    if start.lstrip().startswith("<") or re.search(r"invalid ip|access denied", start, re.IGNORECASE):
        words = (
            f"XML without HTTP around it{f': {said}' if said else ''}: an address that is not allowed is answered so"
        )
        return Finding.trouble(CHECK, words, f"probably an allow list: {ALLOW_LIST}", certain=True)
    if _HTTP_2.match(seen.received):
        return Finding.trouble(CHECK, "HTTP/2, whatever it is asked in", handshake.SPEAK, certain=True)
    shown = " ".join(start[:60].split())
    return Finding.trouble(
        CHECK, f"an answer that is not HTTP: {shown!r}", f"mend the port in {seen.route.key}", certain=True
    )


def _answered(target: Target, seen: Look, reply: Reply) -> Finding:
    asked = "an incomplete request" if seen.asked is None else f"{seen.asked.method} {urlsplit(seen.asked.url).path}"
    words = f"{asked} is answered with status {reply.status}"
    if (mend := _by_status(target, reply)) is not None:
        mend += _gateway(target, reply)
        return Finding.trouble(CHECK, words, mend)
    if reply.status in {400, 495, 496} and PROTOCOLS[target.api].turns_away(reply):
        return Finding.trouble(
            CHECK,
            f"{words}: a page about the client certificate",
            "have the seller register the certificate of [buyer]",
        )
    if (finding := own(target.api).answer(target, reply)) is not None:
        return finding
    root = try_xml(reply)
    said = "" if root is None or front.is_page(root) else whole(root)
    unlabelled = APIS[target.api].has_dialect and front.takes_no_label(reply.status, said)
    if unlabelled or reply.status == 429:  # noqa: PLR2004
        return Finding.note(CHECK, words, front.RELABEL if unlabelled else "it is busy: set [safety] rate")
    if not seen.whole or front.is_page(root):
        return _unread(words, seen, reply)
    return Finding.ok(CHECK, f"{words}, as far as we can tell by the seller itself")


def _unreadable(target: Target, seen: Look, reply: Reply) -> Finding | None:
    """Say what keeps a run from reading a reply at all, if anything does."""
    words = f"a request is answered with status {reply.status}"
    if len(lengths := {value for name, value in reply.headers if name.lower() == "content-length"}) > 1:
        trouble = f"{words}, and with the header Content-Length twice: {' and '.join(sorted(lengths))}"
        return Finding.trouble(CHECK, trouble, "have the seller, or what stands in front of it, send that header once")
    if len(seen.received) > target.limits.size:
        trouble = f"{words}, and with more than {target.limits.size} bytes"
        return Finding.trouble(CHECK, trouble, "set [limits] size to more, or see whether url and path name the API")
    return None


def _unread(words: str, seen: Look, reply: Reply) -> Finding:
    if not seen.whole:
        broken = "does not come in time" if isinstance(seen.error, TimeoutError) else "ends before it is whole"
        mend = "tell the seller, or whoever runs what stands in front of it"
        return Finding.trouble(CHECK, f"{words}, and its body {broken}", mend)
    if front.is_package(reply):
        return Finding.trouble(CHECK, f"{words}, with {front.PACKAGE}", front.UNPACK)
    if flaw := front.flaw(reply):
        return Finding.note(CHECK, f"{words}, with {front.UNREADABLE}: {flaw}", front.MEND)
    return Finding.note(CHECK, f"{words}, and no XML of an API", "see whether url and path name the API and not a page")


def _gateway(target: Target, reply: Reply) -> str:
    """Say what a gateway in front of the seller may want to see, where it may be one that turns us away."""
    if reply.status not in {401, 403}:
        return ""
    asked = reply.header("www-authenticate") or ""
    scheme = f", as this one does ({asked.split()[0]})" if asked.strip() else ""
    if not target.headers:
        return f"; or a gateway in front of the seller wants a key of its own{scheme}: give it in [headers]"
    return (
        f"; or a gateway in front of the seller does not take what [headers] gives it{scheme}: "
        f"{', '.join(target.headers)}"
    )


def _by_status(target: Target, reply: Reply) -> str | None:
    """Say what to mend where a status tells that no request of ours will do better (RFC 9110, 15)."""
    row = APIS[target.api]
    path = target.path or PROTOCOLS[target.api].path
    wrong_path = f"probably the wrong path: mend url or path ({{url}}{path} is asked)"
    redirect = front.elsewhere(reply, target.url + path)
    other = "; or identifier in [buyer] is not the one the certificate is for" if row.client_certificate else ""
    who = "certificate" if row.client_certificate else " and ".join(row.needs)
    gateway = "a gateway answers, the seller behind it does not: try again later, or tell the seller"
    return {
        **dict.fromkeys((301, 302, 303, 307, 308), redirect),
        **dict.fromkeys(front.NOWHERE, wrong_path),
        401: (
            f"the seller does not know us: have the {who} of [buyer] registered for this environment, "
            "or name the right one"
        ),
        403: f"probably an allow list: {ALLOW_LIST}{other}",
        407: "mend the user and password in proxy",
        front.MISDIRECTED: front.misdirected(target.url),
        **dict.fromkeys((502, 503, 504), gateway),
        UNREADABLE: "the status line cannot be read: ask the seller",
    }.get(reply.status)
