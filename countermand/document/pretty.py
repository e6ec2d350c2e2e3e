"""Documents as people read them: indented, with one place marked."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from countermand.document.reading import Element, Unreadable, local, parse, where

MARK = "    <!-- here -->"
#: Deeper than any message; what lies below is left out, and said so.
DEEPEST = 64


def pretty(data: bytes, charset: str | None = None, at: str | None = None) -> str:
    """Return a document with a line per element, and the element at a place (as `where` gives it) marked.

    Raises Unreadable.
    """
    root = parse(data, charset)
    place = (at or "").partition(",")[0]
    return "\n".join(_lines(root, 0, place))


def readable(data: bytes, charset: str | None = None, at: str | None = None) -> str:
    """Return the same, or where it is no document the text as it came."""
    try:
        return pretty(data, charset, at)
    except Unreadable:
        return data.decode("utf-8", "backslashreplace")


def _lines(element: Element, depth: int, place: str) -> Iterator[str]:
    margin, name = "  " * depth, _name(element)
    opened = _opened(element, name)
    mark = MARK if place and where(element).partition(",")[0] == place else ""
    inner = [child for child in element if isinstance(child.tag, str)]
    mixed = any((child.tail or "").strip() for child in element) or bool(inner and (element.text or "").strip())
    if mixed or not inner or depth >= DEEPEST:
        words = escape("".join(element.itertext())) if depth < DEEPEST else "..."
        yield f"{margin}<{opened}>{words}</{name}>{mark}" if words else f"{margin}<{opened}/>{mark}"
        return
    yield f"{margin}<{opened}>{mark}"
    for child in inner:
        yield from _lines(child, depth + 1, place)
    yield f"{margin}</{name}>"


def _name(element: Element) -> str:
    return f"{element.prefix}:{local(element)}" if element.prefix else local(element)


def _opened(element: Element, name: str) -> str:
    parent, spaces = element.getparent(), element.nsmap
    if spaces and parent is not None:
        known = parent.nsmap
        spaces = {prefix: uri for prefix, uri in spaces.items() if known.get(prefix) != uri}
    attributes = [
        f"xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}"
        for prefix, uri in sorted(spaces.items(), key=lambda item: item[0] or "")
    ]
    attributes += [f"{str(key).rpartition('}')[2]}={quoteattr(str(value))}" for key, value in element.attrib.items()]
    return " ".join([name, *attributes])
