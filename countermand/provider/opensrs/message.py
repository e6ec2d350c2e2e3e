"""Read and write the OPS envelope of the embedded OpenSRS seller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

from lxml import etree

Value: TypeAlias = "str | Mapping[str, Value] | Sequence[Value]"  # a sequence is a numbered array
Items: TypeAlias = "Mapping[str, Value]"

PROLOG: Final = '<?xml version=\'1.0\' encoding="UTF-8" standalone="no" ?>'
DOCTYPE: Final = '<!DOCTYPE OPS_envelope SYSTEM "ops.dtd">'
VERSION: Final = "0.9"


class UnreadableError(ValueError):
    """The bytes are no document of this protocol."""


@dataclass(frozen=True)
class Message:
    """A request as it was meant, whatever its layout."""

    items: Items

    def text(self, key: str) -> str | None:
        """Read a text of the request; None where it has none."""
        return _text(self.items, key)

    def attribute(self, key: str) -> str | None:
        """Read a text of the request's attributes; None where it has none."""
        attributes = self.items.get("attributes")
        return _text(attributes, key) if isinstance(attributes, Mapping) else None

    @property
    def attributes(self) -> Items:
        """The attributes of the request; empty where it has none."""
        attributes = self.items.get("attributes", {})
        return attributes if isinstance(attributes, Mapping) else {}


def _text(items: Items, key: str) -> str | None:
    """Read one text without the white space around it, which is layout."""
    value = items.get(key)
    return value.strip() if isinstance(value, str) else None


def parser(*, recover: bool = False, entities: bool = False) -> etree.XMLParser:
    """Make a parser that goes nowhere and expands nothing; the two flags undo that, for sellers wrong in just that."""
    return etree.XMLParser(
        recover=recover,
        resolve_entities=entities,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def parse(body: bytes, reader: etree.XMLParser | None = None) -> etree._Element:
    """Read a well-formed document; raises UnreadableError for all others.

    Blank lines around the message are tolerated, and count, as the guide says to whoever writes a client.
    """
    try:
        root: etree._Element = etree.fromstring(body.lstrip(b"\r\n"), reader or parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("the document is not well-formed") from error
    return root


def names_entities(root: etree._Element) -> bool:
    """Tell whether a document declares an entity of its own, or names one declared elsewhere."""
    declared = root.getroottree().docinfo.internalDTD
    return bool(declared is not None and declared.entities()) or next(root.iter(etree.Entity), None) is not None


def read(root: etree._Element) -> Message:
    """Read the items of an envelope; raises UnreadableError where it is another's."""
    block = root.find("body/data_block/dt_assoc")
    if root.tag != "OPS_envelope" or block is None:
        raise UnreadableError("the document is no OPS_envelope")
    return Message(dict(_items(block)))


def _items(block: etree._Element) -> Iterator[tuple[str, Value]]:
    """Read the items of an associative or a numbered array; both are known by their keys."""
    for item in block.iterfind("item"):
        yield item.get("key", ""), _value(item)


def _value(item: etree._Element) -> Value:
    """Read what an item holds: further items, or a text."""
    for kind in ("dt_assoc", "dt_array"):
        inner = item.find(kind)
        if inner is not None:
            return dict(_items(inner))
    return "".join(item.itertext())


def write(items: Items) -> bytes:
    """Write a reply in the layout of the real service: one blank per depth, no newline at the end."""
    head = (PROLOG, DOCTYPE, "<OPS_envelope>", " <header>", f"  <version>{VERSION}</version>", "  </header>")
    body = (" <body>", "  <data_block>", *_lines(items, 3), "  </data_block>", " </body>", "</OPS_envelope>")
    return "\n".join((*head, *body)).encode()


def _lines(values: Mapping[str, Value] | Sequence[Value], depth: int) -> Iterator[str]:
    """Lay out an array, one line for each text."""
    kind, blank = "dt_assoc" if isinstance(values, Mapping) else "dt_array", " " * (depth + 1)
    yield " " * depth + f"<{kind}>"
    for key, value in pairs(values):
        if isinstance(value, str):
            yield f'{blank}<item key="{escape(key)}">{escape(value, quote=False)}</item>'
        else:
            yield f'{blank}<item key="{escape(key)}">'
            yield from _lines(value, depth + 2)
            yield f"{blank}</item>"
    yield " " * depth + f"</{kind}>"


def pairs(values: Mapping[str, Value] | Sequence[Value]) -> list[tuple[str, Value]]:
    """List the items of an array with their keys; a numbered one counts from 0."""
    return (
        list(values.items())
        if isinstance(values, Mapping)
        else [(str(number), value) for number, value in enumerate(values)]
    )
