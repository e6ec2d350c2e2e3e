"""Write ALA replies in a seller's style."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from html import escape

from countermand.provider.ala.style import Style

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_UTF_16 = ("utf-16",)


@dataclass(frozen=True)
class Element:
    """An element with text or with children, in a namespace by its prefix."""

    name: str
    content: str | tuple[Element, ...] = ""
    prefix: str = ""
    namespace: str | None = None  # declared here; None: nothing is declared


def enveloped(payload: Element, style: Style) -> Element:
    """Put a payload into a SOAP 1.1 envelope."""
    prefix = style.envelope_prefix
    trace = Element("trace", "1", "x", "urn:example:trace")
    header = (Element("Header", (trace,), prefix),) if style.header else ()
    return Element("Envelope", (*header, Element("Body", (payload,), prefix)), prefix, SOAP)


def qualified(element: Element, namespace: str, prefix: str) -> Element:
    """Put an element and all it holds into a namespace, none where that is empty."""
    if not namespace:
        return replace(element, namespace="")
    return replace(_prefixed(element, prefix), namespace=namespace)


def _prefixed(element: Element, prefix: str) -> Element:
    """Give an element and all it holds a prefix."""
    content = (
        element.content
        if isinstance(element.content, str)
        else tuple(_prefixed(child, prefix) for child in element.content)
    )
    return replace(element, prefix=prefix, content=content)


def write(root: Element, style: Style) -> bytes:
    """Write a document; without a declaration only where that may be (XML 1.0, 4.3.3)."""
    declared = style.declaration or style.charset.lower() not in ("utf-8", *_UTF_16)
    text = f"<?xml version={_quoted('1.0', style)} encoding={_quoted(style.charset, style)}?>" if declared else ""
    text += "\n" if style.pretty and text else ""
    text += "<?trace on?>" if style.instructions else ""
    text += "<!-- a reply -->" if style.comments else ""
    text += _element(root, style, 0)
    return encode(text, style)


def encode(text: str, style: Style) -> bytes:
    """Encode a document; what the charset lacks becomes a character reference."""
    if style.charset.lower() in _UTF_16:
        return text.encode(style.charset)
    mark = codecs.BOM_UTF8 if style.byte_order_mark and style.charset.lower() == "utf-8" else b""
    return mark + text.encode(style.charset, "xmlcharrefreplace")


def _element(element: Element, style: Style, depth: int) -> str:
    """Write one element."""
    name = f"{element.prefix}:{element.name}" if element.prefix else element.name
    declared = _declaration(element, style)
    if isinstance(element.content, str):
        return (
            f"<{name}{declared}>{_text(element.content, style)}</{name}>" if element.content else f"<{name}{declared}/>"
        )
    children = tuple(reversed(element.content)) if style.backwards and element.namespace != SOAP else element.content
    blank = "\n" + "  " * (depth + 1) if style.pretty else ""
    note = f"{blank}<!-- {len(children)} -->" if style.comments else ""
    note += f"{blank}<?depth {depth}?>" if style.instructions else ""
    inner = "".join(blank + _element(child, style, depth + 1) for child in children)
    return f"<{name}{declared}>{note}{inner}{blank[:-2]}</{name}>"


def _declaration(element: Element, style: Style) -> str:
    """Write the namespace an element declares; none needs words only below an envelope that has no prefix."""
    if not element.namespace:
        return ' xmlns=""' if element.namespace is not None and not style.envelope_prefix else ""
    return f" xmlns{':' if element.prefix else ''}{element.prefix}={_quoted(element.namespace, style)}"


def _text(text: str, style: Style) -> str:
    """Write character data."""
    if style.cdata and text.isascii() and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    comment = "<!-- in the text -->" if style.comments and len(text) > 1 else ""
    middle = len(text) // 2
    return escape(text[:middle], quote=False) + comment + escape(text[middle:], quote=False)


def _quoted(value: str, style: Style) -> str:
    """Write an attribute's value."""
    quote = "'" if style.single_quotes else '"'
    return quote + escape(value) + quote
