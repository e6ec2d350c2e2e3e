"""What OpenSRS says of whoever asks: findings about keys, users and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from countermand.doctor import signing
from countermand.doctor.finding import Finding
from countermand.doctor.own import Own
from countermand.document import Element, Unreadable, parse
from countermand.model.exchange import Reply
from countermand.model.target import Target
from countermand.protocols.opensrs import THROTTLED, UNAUTHENTICATED, OpensrsSeller
from countermand.protocols.opensrs_message import items
from countermand.protocols.reply import try_xml

CHECK = "answer"
_ADDRESS = re.compile(r"\bip\b|address", re.IGNORECASE)


class OpensrsChecks(Own):
    """The checks of OpenSRS alone."""

    def identities(self, target: Target) -> Iterable[Finding]:
        """Look at the key, and at how we sign."""
        return signing.findings(target)

    def answer(self, target: Target, reply: Reply) -> Finding | None:
        """Say what an answer tells about our key, our name and our address."""
        return finding(target, reply)

    def bare(self, data: bytes) -> str:
        """Say the code and text of a reply that came without HTTP."""
        return said(data)


def finding(target: Target, reply: Reply) -> Finding | None:
    """Say what an answer tells about our key, our name and our address, if it does."""
    root = try_xml(reply)
    code, text, about = (_value(root, key) for key in ("response_code", "response_text", "object"))
    said = f"code {code} {text!r}"
    buyer = target.identities["buyer"]
    if OpensrsSeller.turns_away(reply):
        key = buyer.api_key.reveal() if buyer.api_key else ""
        return _turned_away(buyer.username, code, text, about, blank=key != key.strip())
    if code in THROTTLED:
        return Finding.note(CHECK, f"the seller is busy: {said}", "try again later, or set [safety] rate")
    return Finding.ok(CHECK, f"a request that changes nothing is answered: {said}") if code else None


def _turned_away(user: str | None, code: str, text: str, about: str, *, blank: bool) -> Finding:
    """Say what it is in us that the seller does not take."""
    said = f"code {code} {text!r}"
    if code in UNAUTHENTICATED:
        mend = (
            f"the key is wrong for {user} here: mend api_key in [buyer] "
            f"{'(it begins or ends with a blank) ' if blank else ''}"
            "(test and live have keys of their own; a new key ends the old one)"
        )
        return Finding.trouble(CHECK, f"the signature is refused: {said}", mend, certain=True)
    if code == "555" or _ADDRESS.search(text):
        mend = (
            "probably an allow list: add this machine's public address in the control panel "
            "(at most 5; up to 15 minutes)"
        )
        return Finding.trouble(CHECK, f"our address is refused: {said}", mend, certain=True)
    if about.upper() == "AUTHENTICATE":
        return Finding.trouble(
            CHECK,
            f"the user {user} is refused: {said}",
            "mend username in [buyer]: the primary user, no sub-user",
            certain=True,
        )
    mend = (
        "see whether this machine's public address is on the allow list, "
        "and whether username and api_key in [buyer] are right"
    )
    return Finding.trouble(CHECK, f"the seller turns us away: {said}", mend, certain=True)


def said(data: bytes) -> str:
    """Return the code and text of a reply that came without HTTP, if they can be read."""
    try:
        root = parse(data.strip())
    except Unreadable:
        return ""
    code, text = _value(root, "response_code"), _value(root, "response_text")
    return f"code {code} {text!r}" if code or text else ""


def _value(root: Element | None, key: str) -> str:
    values = [] if root is None else items(root, key)
    return " ".join(values[0].text.split())[:200] if values else ""
