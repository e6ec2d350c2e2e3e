"""Requests that are no requests: what is sent instead of a whole document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from countermand.document import ENCODINGS
from countermand.model.target import Order
from countermand.protocols.variation import ANOTHER_NAMESPACE, HOSTILE, Damage, Variation

#: 64 KiB expanded at most: 2 ** 11 times a few letters, named twice.
BOMB_LEVELS, BOMB_UNIT = 11, "countermand-bomb"
#: What a declared entity stands for.
EXPANSION = "countermand-here"
#: Letters of the second behind the first that show an entity named twice to be expanded, where the text is cut as well.
SEAM = 4
#: A file that cannot exist, for an external entity to name.
NO_FILE = "file:///countermand/no/such/file"
#: What stands behind a document that is over, and in front of its root.
TRAILING, HEAD = b"\ncountermand\n", re.compile(rb"\A<\?xml[^>]*>\s*|<!DOCTYPE[^>]*>\s*")
#: An envelope of SOAP 1.1, in which a document of another protocol stands.
ENCLOSING = b"""<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>%s</e:Body></e:Envelope>
"""
#: What a reply shows that has expanded an entity, which is named twice: whoever repeats the request shows it once.
SIGNS: Mapping[Damage, str] = {
    damage: word + word[:SEAM]
    for damage, word in ((Damage.DECLARED_ENTITY, EXPANSION), (Damage.ENTITY_BOMB, BOMB_UNIT))
}


def done_to(document: bytes, variation: Variation, root: str, element: str, order: Order) -> bytes:
    """Return a written document with what a variation does to its bytes, if anything.

    Entities stand in the root, one in that element.
    """
    if variation.damage is not None and variation.damage in SIMPLE:
        return SIMPLE[variation.damage](document)
    if variation.damage is Damage.NAMESAKE:
        return _in_another_namespace(document, root.encode())
    if variation.damage in HOSTILE:
        mark, codec = ENCODINGS.get(variation.spelling, (b"", "utf-8"))
        plain = document.removeprefix(mark).decode(codec).encode()
        return mark + with_entity(plain, variation, root, element, order).decode().encode(codec)
    return document


def broken(document: bytes) -> bytes:
    """Take the last end tag away: no longer well-formed, and nothing else is missing."""
    return re.sub(rb"</[^<>]*>\s*\Z", b"", document)


def _in_another_namespace(document: bytes, root: bytes) -> bytes:
    """Give the root of a document a prefix, which stands for another namespace."""
    named = re.sub(rb"(</?|<!DOCTYPE )%s" % root, rb"\1n:%s" % root, document)
    return named.replace(b"<n:%s" % root, b'<n:%s xmlns:n="%s"' % (root, ANOTHER_NAMESPACE.encode()), 1)


def with_entity(document: bytes, variation: Variation, root: str, element: str, order: Order) -> bytes:
    """Declare an entity and use it in one element, or where the order is named.

    The DOCTYPE takes the place of any other. Where an entity names the order, whoever takes the cancellation up has
    expanded it; elsewhere that cannot be told from a reply.
    """
    how, half = variation.damage, len(order.seller) // 2
    if how in {Damage.NAMED_BY_ENTITY, Damage.NAMED_BY_BOMB}:
        for reference, entity in ((order.seller, b"&order;"), (order.buyer or order.seller, b"&ours;")):
            document = document.replace(b">" + escape(reference).encode() + b"<", b">" + entity + b"<")
    elsewhere = f'SYSTEM "{variation.entity or NO_FILE}"'
    ours = f'<!ENTITY ours "{escape(order.buyer)}">'
    declared = {
        Damage.DECLARED_ENTITY: f'<!ENTITY word "{EXPANSION}">',
        Damage.EXTERNAL_ENTITY: f"<!ENTITY word {elsewhere}>",
        Damage.EXTERNAL_PARAMETER: f"<!ENTITY % word {elsewhere}>%word;",
        Damage.EXTERNAL_SUBSET: "",
        Damage.ENTITY_BOMB: _bomb(),
        Damage.NAMED_BY_ENTITY: f'{ours}<!ENTITY order "{escape(order.seller)}">',
        Damage.NAMED_BY_BOMB: (
            f'{_bomb()}{ours}<!ENTITY half "{order.seller[half:]}"><!ENTITY order "{order.seller[:half]}&half;">'
        ),
    }[how or Damage.DECLARED_ENTITY]
    text = re.sub(rb"<!DOCTYPE[^>]*>\s*", b"", document)
    prolog, start, body = text.rpartition(b"?>") if text.startswith(b"<?xml") else (b"", b"", text)
    if how not in {Damage.NAMED_BY_ENTITY, Damage.EXTERNAL_PARAMETER, Damage.EXTERNAL_SUBSET}:
        body = re.sub(
            rb"(<(?:[\w.-]+:)?" + element.encode() + rb"(?: [^>]*)?>)[^<]*(</)", rb"\1&word;&word;\2", body, count=1
        )
    subset = elsewhere if how is Damage.EXTERNAL_SUBSET else f"[{declared}]"
    return prolog + start + f"\n<!DOCTYPE {root} {subset}>\n".encode() + body.lstrip()


def _bomb() -> str:
    levels = [f'<!ENTITY e0 "{BOMB_UNIT}">']
    levels += [f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, BOMB_LEVELS)]
    return "".join(levels) + f'<!ENTITY word "&e{BOMB_LEVELS - 1};&e{BOMB_LEVELS - 1};">'


#: What is done to the bytes of a document, whatever it says.
SIMPLE: Mapping[Damage, Callable[[bytes], bytes]] = {
    Damage.BROKEN: broken,
    Damage.TRAILED: lambda document: document.rstrip() + TRAILING,
    Damage.PRECEDED: lambda document: TRAILING.lstrip() + document,
    Damage.AMPERSAND: lambda document: re.sub(rb"(</[^<>]*>\s*)\Z", rb"R & D\1", document),
    Damage.DOUBLED: lambda document: document.rstrip() + b"\n" + HEAD.sub(b"", document),
    Damage.ENCLOSED: lambda document: ENCLOSING % HEAD.sub(b"", document).rstrip(),
}
