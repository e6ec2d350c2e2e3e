"""XML: on one side bytes, on the other values with their places; the only module that imports lxml and xmlschema."""

from __future__ import annotations

import codecs
import copy
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lxml import etree

Element = etree._Element  # noqa: SLF001 - the class has no public name
Resolver = Callable[[Element, str], list[Element]]

#: A DOCTYPE is tolerated and never loaded; entities are neither expanded nor dropped: their declaration is an error.
_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_blank_text": False}
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(ValueError):  # noqa: N818 - what the document is
    """Bytes that are no XML document we read: not well-formed, or with entity declarations; says where."""


@dataclass(frozen=True)
class Place:
    """A value and where it stands."""

    text: str
    at: str


def parse(data: bytes, charset: str | None = None) -> Element:
    """Read a document; a charset given by HTTP yields to a byte order mark (RFC 7303, 3.2); raises Unreadable."""
    if charset and not data.startswith(_BOMS) and (root := _try(data, charset)) is not None:
        return root
    try:
        return _checked(etree.fromstring(data, etree.XMLParser(**_OPTIONS)))
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _try(data: bytes, charset: str) -> Element | None:
    """Read a document by the charset of its label, if it is that."""
    try:
        return _checked(etree.fromstring(data, etree.XMLParser(encoding=charset, **_OPTIONS)))
    except (etree.XMLSyntaxError, LookupError):
        return None


def _checked(root: Element) -> Element:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise Unreadable("it declares entities")
    if next(root.iter(etree.Entity), None) is not None:
        raise Unreadable("it refers to an entity that is not declared")
    return root


def local(element: Element) -> str:
    """Return an element's local name."""
    return etree.QName(element).localname


def namespace(element: Element) -> str | None:
    """Return an element's namespace, if it has one."""
    return etree.QName(element).namespace


def named(root: Element, name: str) -> list[Element]:
    """Return every element of that local name, the root included, in document order."""
    return [element for element in root.iter(etree.Element) if local(element) == name]


def children(element: Element) -> list[Element]:
    """Return the child elements, comments and processing instructions left out."""
    return [child for child in element if isinstance(child.tag, str)]


def text(element: Element) -> str:
    """Return an element's own text, comments inside it passed over."""
    own = [element.text or ""] + [child.tail or "" for child in element]
    return "".join(own)


def where(element: Element) -> str:
    """Say where an element stands, by local names: /Envelope/Body/cancelOrderResponse/status, line 12."""
    names, node = list[str](), element
    while node is not None:
        parent = node.getparent()
        key = node.get("key")
        twins = [] if parent is None else [child for child in children(parent) if child.tag == node.tag]
        suffix = f"[@key='{key}']" if key else f"[{twins.index(node) + 1}]" if len(twins) > 1 else ""
        names.append(local(node) + suffix)
        node = parent  # type: ignore[assignment]
    return f"/{'/'.join(reversed(names))}, line {element.sourceline}"


def select(root: Element, xpath: str) -> list[Place]:
    """Return the text of what an XPath finds (elements, attributes or strings), with places; raises ValueError for a bad XPath."""
    try:
        found = root.getroottree().xpath(xpath)
    except etree.XPathError as error:
        raise ValueError(f"not an XPath: {xpath}: {error}") from None
    return [_place(item) for item in (found if isinstance(found, list) else [found])]


def _place(item: object) -> Place:
    if isinstance(item, Element):
        return Place("".join(item.itertext(etree.Element)), where(item))
    parent = getattr(item, "getparent", lambda: None)()
    name = getattr(item, "attrname", None)
    return Place(str(item), "" if parent is None else where(parent) + (f", attribute {name}" if name else ""))


def leaves(root: Element) -> Iterator[Place]:
    """Return every value in the document: text of elements without children, and attributes but namespaces."""
    for element in root.iter(etree.Element):
        if not children(element) and text(element).strip():
            yield Place(text(element).strip(), where(element).partition(",")[0])


def renamed(element: Element, name: str, base: str | None, extension: str | None, whole: str | None = None) -> Element:
    """Return a copy under another name: elements without a namespace go into the base one, others into the extension, or all into one."""
    prefix = next((prefix for prefix in element.nsmap if prefix), None)
    prefixes = {**({None: base} if base else {}), **({prefix: whole or extension} if prefix else {})}
    copied = _moved(element, base, extension, whole, prefixes)  # type: ignore[arg-type] - lxml's own nsmap has the key None
    copied.tag = f"{{{namespace(copied)}}}{name}" if namespace(copied) else name
    return copied


def _moved(element: Element, base: str | None, extension: str | None, whole: str | None, prefixes: Mapping[str, str]) -> Element:
    """Copy an element into its namespaces; what stands in another envelope keeps its own."""
    own = namespace(element)
    target = whole if whole and own else extension if own and extension else base if not own and base else own
    new = etree.Element(f"{{{target}}}{local(element)}" if target else local(element), dict(element.attrib), nsmap=prefixes)  # type: ignore[arg-type]
    new.text, new.tail = element.text, element.tail
    new.extend(
        copy.deepcopy(child) if whole and namespace(child) != own else _moved(child, base, extension, whole, {})
        for child in children(element)
    )
    return new


def problems(root: Element, schema: Path) -> list[Place]:
    """Return what a schema (DTD, XSD 1.0 or XSD 1.1) has against a document; raises ValueError for a schema that cannot be read."""
    copied = etree.fromstring(etree.tostring(root))  # a document of its own: libxml2 resolves paths in the whole
    try:
        if schema.suffix == ".dtd":
            return _against(etree.DTD(str(schema)), copied)
        if b'minVersion="1.1"' in schema.read_bytes():
            return _against_newer(schema, copied)
        return _against(etree.XMLSchema(etree.parse(str(schema))), copied)
    except (etree.XMLSyntaxError, etree.DTDParseError, etree.XMLSchemaParseError) as error:
        raise ValueError(f"{schema}: no schema that can be read: {error}") from None


def _against(schema: etree.DTD | etree.XMLSchema, root: Element) -> list[Place]:
    if schema.validate(root):
        return []
    return [Place(error.message, f"line {error.line}") for error in schema.error_log if "No precomputed value" not in error.message]


def _against_newer(schema: Path, root: Element) -> list[Place]:
    return [Place(str(error.reason), error.path or "") for error in _newer(str(schema)).iter_errors(root)]


@functools.cache
def _newer(schema: str) -> Any:  # noqa: ANN401 - XMLSchema11, whose module is imported late
    import xmlschema  # noqa: PLC0415 - 0.5 s that only XSD 1.1 costs

    return xmlschema.XMLSchema11(schema)


def without_namespace(element: Element) -> Element:
    """Return a copy by local names alone."""
    new = etree.Element(local(element))
    new.text = element.text
    new.extend(without_namespace(child) for child in children(element))
    return new


class Spelling(StrEnum):
    """Ways to write the same document."""

    PLAIN = "as the example"
    PREFIXED = "other prefixes"
    CDATA = "CDATA sections"
    COMMENTED = "comments and white space"
    UNDECLARED = "no declaration"
    BOM = "a byte order mark"
    UTF16 = "UTF-16, low bytes first"
    UTF16_BIG = "UTF-16, high bytes first"
    SINGLE_QUOTED = "single quotes"
    DOUBLE_QUOTED = "double quotes"
    REORDERED = "another order of items"
    NO_DOCTYPE = "no DOCTYPE"


#: The spellings that are not UTF-8: their byte order mark and Python's codec.
ENCODINGS = {Spelling.UTF16: (codecs.BOM_UTF16_LE, "utf-16-le"), Spelling.UTF16_BIG: (codecs.BOM_UTF16_BE, "utf-16-be")}


class Form:
    """An example document, to be filled: named elements are rewritten, emptied or left out."""

    def __init__(self, example: bytes, resolver: Resolver) -> None:
        self.root = etree.fromstring(
            example, etree.XMLParser(remove_blank_text=True, **{k: v for k, v in _OPTIONS.items() if k != "remove_blank_text"})
        )
        self.doctype = self.root.getroottree().docinfo.doctype
        self._resolver = resolver

    @classmethod
    def load(cls, path: Path, resolver: Resolver) -> Form:
        """Read an example."""
        return cls(path.read_bytes(), resolver)

    def find(self, path: str) -> Element:
        """Return the element a dotted path names; a path the example lacks is our mistake, a KeyError."""
        element = self.root
        for name in path.split("."):
            found = self._resolver(element, name)
            if len(found) != 1:
                raise KeyError(f"the example has {len(found)} of {path}")
            element = found[0]
        return element

    def fill(self, values: Mapping[str, str]) -> Form:
        """Rewrite the text of named elements."""
        for path, value in values.items():
            self.find(path).text = value
        return self

    def drop(self, path: str) -> Form:
        """Leave an element out, with all it holds."""
        element = self.find(path)
        parent = element.getparent()
        if parent is None:
            raise KeyError(f"{path} is the root of the example")
        parent.remove(element)
        return self

    def write(self, spelling: Spelling = Spelling.PLAIN) -> bytes:
        """Return the document's bytes in one of the ways to write it."""
        return write(self.root, self.doctype, spelling)


def write(root: Element, doctype: str, spelling: Spelling) -> bytes:
    """Return a document's bytes in one of the ways to write it."""
    root = copy.deepcopy(root)
    if spelling is Spelling.COMMENTED:
        _comment(root)
    if spelling is Spelling.CDATA:
        for element in root.iter(etree.Element):
            if element.text and element.text.strip():
                element.text = etree.CDATA(element.text)
    if spelling is Spelling.PREFIXED:
        root = _prefixed(root)
    if spelling is Spelling.REORDERED:
        for element in list(root.iter("dt_assoc")):
            element[:] = list(reversed(element))
    body = etree.tostring(root, encoding="unicode")
    if spelling is Spelling.COMMENTED:
        body = re.sub(r"<(/?[\w:.-]+)([^<>]*?)(/?)>", lambda tag: f"<{tag[1]}{_spaced(tag[2])}\n{tag[3]}>", body)
    if spelling is Spelling.SINGLE_QUOTED:
        body = re.sub(r"(<[^<>]*>)", lambda tag: tag[0].replace('"', "'"), body)
    quote = "'" if spelling is Spelling.SINGLE_QUOTED else '"'
    encoding = "UTF-16" if spelling in ENCODINGS else "UTF-8"
    prolog = "" if spelling is Spelling.UNDECLARED else f"<?xml version={quote}1.0{quote} encoding={quote}{encoding}{quote}?>\n"
    if spelling is not Spelling.NO_DOCTYPE and doctype:
        prolog += doctype.replace("'", quote).replace('"', quote) + "\n"
    mark, codec = ENCODINGS.get(spelling, (codecs.BOM_UTF8 if spelling is Spelling.BOM else b"", "utf-8"))
    return mark + (prolog + body).encode(codec)


def _spaced(attributes: str) -> str:
    """Put white space between attributes, and around the signs that bind them to their values."""
    return re.sub(r'\s+([\w:.-]+)="', r'\n\t\1 = "', attributes)


def _comment(root: Element) -> None:
    """Put comments and white space between elements, never beside text."""
    for element in list(root.iter(etree.Element)):
        if children(element):
            element.text = "\n\t "
            for child in children(element):
                child.tail = "\r\n  \n"
            element.insert(0, etree.Comment(" a comment "))
            element.append(etree.Comment(" another "))


def _prefixed(root: Element) -> Element:
    """Return the document with every namespace bound to a prefix nobody else uses, at the root."""
    names = sorted({name for element in root.iter(etree.Element) if (name := namespace(element))})
    return _rebuilt(root, {f"n{number}-x": name for number, name in enumerate(names)})


def _rebuilt(element: Element, prefixes: Mapping[str, str]) -> Element:
    new = etree.Element(element.tag, dict(element.attrib), nsmap=prefixes)  # type: ignore[arg-type]
    new.text, new.tail = element.text, element.tail
    new.extend(_rebuilt(child, {}) for child in children(element))
    return new
