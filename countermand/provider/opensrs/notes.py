"""What the log of a seller that is served notes of a request: what it asks, or what is wrong with its signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import md5

from countermand.provider.opensrs.message import UnreadableError, names_entities, parse, read


def asked(body: bytes) -> str:
    """Say which command is given for which order, or what keeps the body from being read."""
    try:
        root = parse(body)
        if names_entities(root):
            return "the document declares or names an entity"
        message = read(root)
    except UnreadableError as error:
        return str(getattr(error.__cause__, "msg", error))
    number = message.attribute("order_id")
    command = f"{message.text('action') or 'no action'} of {message.text('object') or 'no object'}"
    return f"{command}, order_id {number}" if number else command


def unsigned(given: str, body: bytes, key: str, others: Iterable[str], sign: Callable[[bytes, str], str]) -> str:
    """Say of a signature that is refused what it is of, as far as that can be seen."""
    unix = body.replace(b"\r\n", b"\n")
    spaced = [body + b"\n", *(body.strip() + end for end in (b"", b"\n", b"\r\n", b"\0"))]
    made = {
        "": "there is no X-Signature",
        sign(body, key).upper(): "X-Signature is in capital letters",
        md5(body + key.encode()).hexdigest(): "X-Signature is hashed once: md5(md5(body + key) + key) was expected",
        **{sign(body, other): "X-Signature was made with the key of another reseller" for other in others},
        **{sign(sent, key): "X-Signature is of other white space around the message than was sent" for sent in spaced},
        **{
            sign(sent, key): "X-Signature is of other line ends than were sent"
            for sent in (unix, unix.replace(b"\n", b"\r\n"))
        },
    }
    return made.get(given, f"X-Signature is not of the {len(body)} bytes that came and this reseller's key")
