"""Writing XML.

On one side an example document and what is to differ in it, on the other bytes, in any of the ways to write them.
"""

from __future__ import annotations

import codecs
import copy
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from countermand.document.reading import Element, children, local, namespace, parser
from countermand.document.renaming import renamed

Resolver = Callable[[Element, str], list[Element]]


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
    REFERENCES = "references to characters"
    BEYOND_ASCII = "letters beyond ASCII"
    REMARKED = "a comment in their place"


class Interruption(StrEnum):
    """What may stand within a text and is no part of it (XML 1.0, 2.5 and 2.6), or begins there (2.7)."""

    COMMENT = "a comment"
    INSTRUCTION = "an instruction"
    SECTION = "a CDATA section"  # in which the rest of it stands


#: The spellings that have a comment: no other text is ours, as values are what the target file says.
_REMARKS = {Spelling.BEYOND_ASCII: " déjà vu, 5 € ", Spelling.REMARKED: " deja vu, 5 EUR "}
#: By what an element says that it has no value.
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
#: What stands among comments, in one of the spellings.
_BLANK = "\n  \n"
#: The spellings that are not UTF-8: their byte order mark and Python's codec.
ENCODINGS = {Spelling.UTF16: (codecs.BOM_UTF16_LE, "utf-16-le"), Spelling.UTF16_BIG: (codecs.BOM_UTF16_BE, "utf-16-be")}


class Form:
    """An example document, to be filled: named elements are rewritten, emptied or left out."""

    def __init__(self, example: bytes, resolver: Resolver) -> None:
        self.root = etree.fromstring(example, parser(blanks=False))
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
            matches = self._resolver(element, name)
            if len(matches) != 1:
                raise KeyError(f"the example has {len(matches)} of {path}")
            element = matches[0]
        return element

    def fill(self, values: Mapping[str, str]) -> Form:
        """Rewrite the text of named elements."""
        for path, value in values.items():
            self.find(path).text = value
        return self

    def annul(self, path: str) -> Form:
        """Say of a named element that it is nil (XML Schema 1.0 part 1, 2.6.2)."""
        self.find(path).set(NIL, "true")
        return self

    def interrupt(self, path: str, place: int, by: Interruption) -> Form:
        """Put what is no text into that of a named element, behind so many letters of it: it is the same text."""
        element, whole = self.find(path), self.find(path).text or ""
        if by is Interruption.SECTION:
            return self._sectioned(element, whole[:place], whole[place:])
        what = etree.Comment(" a comment ") if by is Interruption.COMMENT else etree.PI("countermand", "an instruction")
        element.text, what.tail = whole[:place], whole[place:]
        element.insert(0, what)
        return self

    def _sectioned(self, element: Element, before: str, rest: str) -> Form:
        """Write a text of digits or letters whose end stands in a CDATA section."""
        keeping = etree.XMLParser(strip_cdata=False, resolve_entities=False, no_network=True)
        made = etree.fromstring(f"<x>{escape(before)}<![CDATA[{rest}]]></x>", keeping)
        made.tag, made.tail = element.tag, element.tail
        made.attrib.update(element.attrib)
        parent = element.getparent()
        if parent is None:
            raise KeyError("the root of the example has no text")
        parent.replace(element, made)
        return self

    def twin(self, path: str, values: Mapping[str, str], *, before: bool, base: str | None = None) -> Element:
        """Put a copy before a named element, or behind it, in which some of what it holds says something else.

        It may be in a namespace of its own.
        """
        element = self.find(path)
        copied = renamed(element, local(element), base, base)
        for name, value in values.items():
            self._resolver(copied, name)[0].text = value
        (element.addprevious if before else element.addnext)(copied)
        return copied

    def drop(self, path: str) -> Form:
        """Leave an element out, with all it holds."""
        element = self.find(path)
        parent = element.getparent()
        if parent is None:
            raise KeyError(f"{path} is the root of the example")
        parent.remove(element)
        return self

    def unwrap(self, path: str) -> Form:
        """Put what an element holds in its place."""
        element = self.find(path)
        for child in list(element):
            element.addprevious(child)
        return self.drop(path)

    def write(self, spelling: Spelling = Spelling.PLAIN) -> bytes:
        """Return the document's bytes in one of the ways to write it."""
        return write(self.root, self.doctype, spelling)


def write(root: Element, doctype: str, spelling: Spelling) -> bytes:
    """Return a document's bytes in one of the ways to write it."""
    quote = "'" if spelling is Spelling.SINGLE_QUOTED else '"'
    encoding = "UTF-16" if spelling in ENCODINGS else "UTF-8"
    prolog = (
        ""
        if spelling is Spelling.UNDECLARED
        else f"<?xml version={quote}1.0{quote} encoding={quote}{encoding}{quote}?>\n"
    )
    if spelling is not Spelling.NO_DOCTYPE and doctype:
        prolog += doctype.replace("'", quote).replace('"', quote) + "\n"
    mark, codec = ENCODINGS.get(spelling, (codecs.BOM_UTF8 if spelling is Spelling.BOM else b"", "utf-8"))
    return mark + (prolog + _text(_tree(root, spelling), spelling)).encode(codec)


def _tree(root: Element, spelling: Spelling) -> Element:
    """Return a copy of the tree, in those spellings that are another tree of the same meaning."""
    root = copy.deepcopy(root)
    if spelling is Spelling.COMMENTED:
        _comment(root)
    if spelling in _REMARKS:
        root.insert(0, etree.Comment(_REMARKS[spelling]))
    if spelling is Spelling.CDATA:
        for element in root.iter(etree.Element):
            if element.text and element.text.strip():
                element.text = etree.CDATA(element.text)
    if spelling is Spelling.PREFIXED:
        root = _prefixed(root)
    if spelling is Spelling.REORDERED:
        for element in list(root.iter("dt_assoc")):
            element[:] = list(reversed(element))
    return root


def _text(root: Element, spelling: Spelling) -> str:
    """Return the document as text, in those spellings that are other text of the same tree."""
    body = etree.tostring(root, encoding="unicode")
    if spelling is Spelling.COMMENTED:
        # Only here: in the tree it would be written as a reference to a character, which is text and no white space.
        body = body.replace(f">{_BLANK}", f">\r{_BLANK}")
        body = re.sub(r"<(/?[\w:.-]+)([^<>]*?)(/?)>", lambda tag: f"<{tag[1]}{_spaced(tag[2])}\n{tag[3]}>", body)
    if spelling is Spelling.REFERENCES:
        body = re.sub(r">([^<>&\s])([^<>]*</)", lambda text: f">&#{ord(text[1])};{text[2]}", body)
    if spelling is Spelling.SINGLE_QUOTED:
        body = re.sub(r"(<[^<>]*>)", lambda tag: tag[0].replace('"', "'"), body)
    return body


def _spaced(attributes: str) -> str:
    """Put white space between attributes, and around the signs that bind them to their values."""
    return re.sub(r'\s+([\w:.-]+)="', r'\n\t\1 = "', attributes)


def _comment(root: Element) -> None:
    """Put comments and white space between elements, never beside text."""
    for element in list(root.iter(etree.Element)):
        if children(element):
            element.text = "\n\t "
            for child in children(element):
                child.tail = _BLANK
            element.insert(0, etree.Comment(" a comment "))
            element.append(etree.Comment(" another "))


def _prefixed(root: Element) -> Element:
    """Return the document with every namespace bound to a prefix nobody else uses, at the root."""
    names = sorted({name for element in root.iter(etree.Element) if (name := namespace(element))})
    return _rebuilt(root, {f"n{number}-x": name for number, name in enumerate(names)})


def _rebuilt(element: Element, prefixes: Mapping[str, str]) -> Element:
    new = etree.Element(element.tag, dict(element.attrib), nsmap=prefixes)
    new.text, new.tail = element.text, element.tail
    new.extend(_rebuilt(child, {}) for child in children(element))
    return new
