"""Reading XML: on one side bytes, on the other values with their places."""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from lxml import etree

Element = etree._Element  # noqa: SLF001 - the class has no public name

#: What libxml2 says, and what is meant by it.
SAID = (
    (re.compile(r"Excessive depth in document: (\d+), use XML_PARSE_HUGE option"), r"it is nested more than \1 deep"),
    (re.compile(r", try XML_PARSE_HUGE"), ""),
    (re.compile(r".*invalid (?:xmlC|C)har value (\d+)"), r"a control character that XML does not allow: &#\1;"),
    (re.compile(r"Invalid character: Char (\w+) out of allowed range\n?"), r"a character that XML does not allow: \1"),
    (re.compile(r", line \d+, column (\d+)$"), r", column \1"),
)
#: Of so many attributes of one element none is asked for one by one, which takes lxml a time that grows by its square.
MANY = 1000
#: So many bytes at least are needed for them.
_ROOM = 5 * MANY
_CROWDED = etree.XPath(f"boolean(//@*[{MANY + 1}])")
#: Characters of the texts of elements that hold each other, each with all that is in it: many times what they are.
ROOM = 2**22
#: So many elements that are found are each read with all that is in them, and more at once.
FEW = 8
#: XPath 1.0 (3.7, and the functions of 4), without texts: what is used but not known here no document makes known.
_LITERAL, _NAME = re.compile(r"'[^']*'|\"[^\"]*\""), r"[^\W\d][\w.-]*"
_VARIABLE, _CALL = re.compile(rf"\$\s*({_NAME}(?::{_NAME})?)"), re.compile(rf"({_NAME})\s*\(")
_PREFIX = re.compile(rf"(?<![\w.-])({_NAME}):(?!:)")
_CALLED = re.compile(
    "last|position|count|id|(local-)?name|namespace-uri|string(-length)?|concat|starts-with|contains|"
    "substring(-before|-after)?|normalize-space|translate|boolean|not|true|false|lang|number|sum|floor|ceiling|round|"
    "comment|text|processing-instruction|node|and|or|div|mod"
)
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(ValueError):  # noqa: N818 - what the document is
    """Bytes that are no XML document we read: not well-formed, or with entity declarations; says where."""


@dataclass(frozen=True)
class Place:
    """A value and where it stands, which is found out when somebody asks: of thousands of values, messages name one."""

    text: str
    spot: Element | str
    part: str = ""  # of the element

    @property
    def at(self) -> str:
        """Where it stands, in words."""
        return self.spot if isinstance(self.spot, str) else where(self.spot) + self.part


def parser(charset: str | None = None, *, blanks: bool = True) -> etree.XMLParser[Element]:
    """Return a parser that tolerates a DOCTYPE and never loads it, and neither expands nor drops entities.

    To declare any is an error.
    """
    return etree.XMLParser(
        encoding=charset,
        remove_blank_text=not blanks,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def parse(data: bytes, charset: str | None = None) -> Element:
    """Read a document; a charset given by HTTP yields to a byte order mark (RFC 7303, 3.2); raises Unreadable."""
    if charset and not data.startswith(_BOMS) and (root := _try(data, charset)) is not None:
        return root
    try:
        return _checked(etree.fromstring(data, parser()), len(data))
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"line {error.lineno}: {_why(str(error.msg))}") from None
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _why(said: str) -> str:
    """Return what libxml2 says of a document, in words for who reads it and not for who programs the parser."""
    for pattern, words in SAID:
        said = pattern.sub(words, said)
    return said.strip()


def _try(data: bytes, charset: str) -> Element | None:
    """Read a document by the charset of its label, if it is that."""
    try:
        reader = parser(charset)
    except (LookupError, ValueError):  # nobody knows it, or it is not even a name
        return None
    try:
        return _checked(etree.fromstring(data, reader), len(data))
    except (etree.XMLSyntaxError, LookupError, UnicodeError):
        return None


def _checked(root: Element, size: int) -> Element:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise Unreadable("it declares entities")
    if next(root.iter(etree.Entity), None) is not None:
        raise Unreadable("it refers to an entity that is not declared")
    if size > _ROOM and _CROWDED(root):
        raise Unreadable(f"an element has more than {MANY} attributes")
    return root


def local(element: Element) -> str:
    """Return an element's local name."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str | None:
    """Return an element's namespace, if it has one."""
    return etree.QName(element).namespace


def named(root: Element, name: str) -> list[Element]:
    """Return every element of that local name, the root included, in document order."""
    return list(root.iter(f"{{*}}{name}"))


def children(element: Element) -> list[Element]:
    """Return the child elements, comments and processing instructions left out."""
    return [child for child in element if isinstance(child.tag, str)]


def whole(root: Element) -> str:
    """Return all of a document as it is written, comments and attributes included, whatever its encoding was."""
    return etree.tostring(root.getroottree(), encoding="unicode")


def text(element: Element) -> str:
    """Return an element's own text, comments inside it passed over."""
    own = [element.text or ""] + [child.tail or "" for child in element]
    return "".join(own)


def where(element: Element) -> str:
    """Say where an element stands, by local names: /Envelope/Body/cancelOrderResponse/status, line 12."""
    names, node = list[str](), element
    while node is not None:
        key = node.get("key")
        names.append(local(node) + (f"[@key='{key}']" if key else _among_twins(node)))
        node = node.getparent()  # type: ignore[assignment]
    return f"/{'/'.join(reversed(names))}, line {element.sourceline}"


def _among_twins(element: Element) -> str:
    """Return which of several children of one name an element is."""
    tag = str(element.tag)
    before = len(list(element.itersiblings(tag, preceding=True)))
    return f"[{before + 1}]" if before or next(element.itersiblings(tag), None) is not None else ""


def nested(root: Element, among: Container[Element] | None = None) -> Iterator[tuple[Element, str]]:
    """Give each element, or each among some, with all the text in it as long as there is room, and then with its own.

    All is read once, however deep it lies: what is in an element is a part of what is in the whole.
    """
    parts, length, begun, spans = list[str](), 0, list[int](), list[tuple[Element, int, int]]()
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            begun.append(len(spans))
            spans.append((node, length, length))
            words = node.text or ""
        else:
            words = "" if node is root else node.tail or ""
            if event == "end":
                number = begun.pop()
                spans[number] = (*spans[number][:2], length)
        length += len(words)
        parts.append(words)
    everything, room = "".join(parts), ROOM
    for node, start, end in spans:
        if among is None or node in among:
            words = everything[start:end] if room > 0 else text(node)
            room -= len(words)
            yield node, words


def select(root: Element, xpath: str) -> list[Place]:
    """Return the text of what an XPath finds (elements, attributes or strings), with places.

    Raises ValueError for a bad XPath.
    """
    try:
        result = root.getroottree().xpath(xpath)
    except etree.XPathError as error:
        raise ValueError(f"not an XPath: {xpath}: {error}") from None
    items = result if isinstance(result, list) else [result]
    elements = {item for item in items if isinstance(item, Element)}
    if len(elements) < FEW:
        return [_place(item) for item in items]
    texts = dict(nested(root.getroottree().getroot(), elements))
    return [Place(texts[item], item) if item in texts else _place(item) for item in items]


def see_xpath(xpath: str) -> None:
    """See that an XPath can be asked of every document; raises ValueError.

    lxml itself finds an unknown word within a condition only where a document leads it there.
    """
    select(parse(b"<any/>"), xpath)
    plain = _LITERAL.sub("''", xpath)
    unknown = [f"no variable ${name} is known" for name in _VARIABLE.findall(plain)]
    unknown += [f"Undefined namespace prefix {name}" for name in _PREFIX.findall(plain) if name != "xml"]
    unknown += [f"there is no function {name}()" for name in _CALL.findall(plain) if not _CALLED.fullmatch(name)]
    if unknown:
        raise ValueError(f"not an XPath: {xpath}: {unknown[0]}")


def _place(item: object) -> Place:
    if isinstance(item, Element):
        return Place("".join(item.itertext(etree.Element)), item)
    parent = getattr(item, "getparent", lambda: None)()
    name = getattr(item, "attrname", None)
    return Place(
        str(item), "" if parent is None else parent, "" if parent is None or not name else f", attribute {name}"
    )


def leaves(root: Element) -> Iterator[Place]:
    """Return every value in the document: text of elements without children, and attributes but namespaces."""
    for element in root.iter(etree.Element):
        if not children(element) and text(element).strip():
            yield Place(text(element).strip(), where(element).partition(",")[0])


def without_namespace(element: Element) -> Element:
    """Return a copy by local names alone."""
    new = etree.Element(local(element))
    new.text = element.text
    new.extend(without_namespace(child) for child in children(element))
    return new
