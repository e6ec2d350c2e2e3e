"""Schemas: on one side a document, on the other what DTD, XSD or Schematron has against it.

The only module that imports xmlschema.
"""

from __future__ import annotations

import functools
import warnings
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

from lxml import etree

from countermand.document.memory import BASE, Inside, opener
from countermand.document.reading import Element, Place
from countermand.guard.schema import Schema

#: What a schema may have a machine do: characters of a pattern or a path, and digits of how often something may occur.
LONGEST, DIGITS = 1000, 5
WORDY = frozenset({"value", "test", "xpath"})
OFTEN = frozenset({"minOccurs", "maxOccurs"})
ELEMENT = "{http://www.w3.org/2001/XMLSchema}element"
IMPORT = "{http://www.w3.org/2001/XMLSchema}import"

#: What a rule of Schematron (ISO/IEC 19757-3) is told by in a schema, and a broken one in a report.
SCHEMATRON, BROKEN = b"http://purl.oclc.org/dsdl/schematron", "{http://purl.oclc.org/dsdl/svrl}failed-assert"
#: So many problems of a document say what is wrong with it: it may have one per element.
ENOUGH = 10
#: Of more children than these together, the first and the last are held to a schema.
FIRST, LAST = 150, 50


Texts = tuple[tuple[str, bytes], ...]


def problems(root: Element, schema: Schema | Path, *, rules: bool = False) -> list[Place]:
    """Return what a schema (DTD, XSD 1.0 or XSD 1.1) has against a document.

    Nothing is read but the schema's own texts, whatever these name. Rules of Schematron in its annotations count where
    that is asked for: of the suite's own schemas, since such rules are run, and to XSD they are notes. Raises
    ValueError for a schema that cannot be read.
    """
    held = schema if isinstance(schema, Schema) else Schema.load(schema)
    copied = etree.fromstring(etree.tostring(root))  # a document of its own: libxml2 resolves paths in the whole
    _thin(copied)
    try:
        if b'minVersion="1.1"' in held.texts[held.path]:
            return _against_newer(held, copied)
        of = (held.path, tuple(held.texts.items()))
        errors = _against(_compiled(*of), copied)
        return errors or (_against_rules(_rules(*of), copied) if rules and SCHEMATRON in held.texts[held.path] else [])
    except (etree.XMLSyntaxError, etree.DTDParseError, etree.XMLSchemaParseError, RecursionError) as error:
        raise ValueError(
            f"{schema if isinstance(schema, Path) else held.path}: no schema that can be read: {error}"
        ) from None


def declared(schema: Schema) -> frozenset[str]:
    """Return the local names of the elements by which a schema lets a document begin.

    Raises ValueError for a schema that cannot be read.
    """
    try:
        if schema.path.endswith(".dtd"):
            elements = _dtd(schema.path, tuple(schema.texts.items())).iterelements()
            return frozenset(str(element.name) for element in elements)
        parser = Inside(dict(schema.texts)).parser()
        roots = [etree.fromstring(text, parser, base_url=BASE + quote(name)) for name, text in schema.texts.items()]
    except (etree.LxmlError, RecursionError) as error:
        raise ValueError(f"{schema.path}: no schema that can be read: {error}") from None
    return frozenset(element.get("name", "") for root in roots for element in root.findall(ELEMENT))


def _thin(root: Element) -> None:
    """Leave out the middle of very many siblings: libxml2 takes the square of their number to say where each stands."""
    ahead = [root]
    while ahead:
        parent = ahead.pop()
        if len(parent) > FIRST + LAST:
            del parent[FIRST:-LAST]
        ahead.extend(parent)


def _against(schema: etree.DTD | etree.XMLSchema, root: Element) -> list[Place]:
    if schema.validate(root):
        return []
    errors = (
        Place(error.message, f"line {error.line}")
        for error in schema.error_log
        if "No precomputed value" not in error.message
    )
    return list(islice(errors, ENOUGH))


def _against_rules(rules: Any, root: Element) -> list[Place]:  # noqa: ANN401 - Schematron, whose module is imported late
    if rules.validate(root):
        return []
    broken = islice(rules.validation_report.iter(BROKEN), ENOUGH)
    return [
        Place(" ".join("".join(assertion.itertext()).split()), assertion.get("location") or "") for assertion in broken
    ]


def _against_newer(schema: Schema, root: Element) -> list[Place]:
    import xmlschema  # noqa: PLC0415 - 0.5 s that only XSD 1.1 costs

    try:
        errors = _newer(schema.path, tuple(schema.texts.items())).iter_errors(root)
        return [Place(str(error.reason), error.path or "") for error in islice(errors, ENOUGH)]
    except xmlschema.XMLSchemaException as error:
        raise ValueError(f"{schema.path}: no schema that can be read: {str(error)[:300]}") from None


@functools.lru_cache(maxsize=8)
def _compiled(path: str, texts: Texts) -> etree.DTD | etree.XMLSchema:
    return _dtd(path, texts) if path.endswith(".dtd") else etree.XMLSchema(_checked(path, texts))


@functools.lru_cache(maxsize=8)
def _rules(path: str, texts: Texts) -> Any:  # noqa: ANN401 - as above
    from lxml import isoschematron  # noqa: PLC0415 - what it is made of is read when it is imported

    return isoschematron.Schematron(_checked(path, texts), store_report=True)


@functools.lru_cache(maxsize=8)
def _newer(path: str, texts: Texts) -> Any:  # noqa: ANN401 - XMLSchema11, whose module is imported late
    import xmlschema  # noqa: PLC0415 - as above

    _checked(path, texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what cannot be had is missed where it is needed
        return xmlschema.XMLSchema11(BASE + quote(path), allow="remote", defuse="always", opener=opener(dict(texts)))


def _dtd(path: str, texts: Texts) -> etree.DTD:
    """Read a DTD as a document does that names it, so that whatever it names in turn is asked of us."""
    named = b'<!DOCTYPE r SYSTEM "%s"><r/>' % (BASE + quote(path)).encode()
    try:
        dtd = etree.fromstring(named, Inside(dict(texts)).parser(dtd=True)).getroottree().docinfo.externalDTD
    except ValueError as error:
        raise ValueError(f"{path}: no schema that can be read: {error}") from None
    if dtd is None:
        raise ValueError(f"{path}: no schema that can be read: it is empty")
    return dtd


def _checked(path: str, texts: Texts) -> Element:
    """Return the first document of a schema, once nothing in any of them asks for more than a machine should give."""
    held = dict(texts)
    parser = Inside(held).parser()
    documents = {name: etree.fromstring(text, parser, base_url=BASE + quote(name)) for name, text in texts}
    for name, root in documents.items():
        dtd = root.getroottree().docinfo.internalDTD
        if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
            raise ValueError(f"{name}: no schema that can be read: it declares entities")
        for element in root.iter(etree.Element):
            _check_size(name, element)
            if element.tag == IMPORT and not _is_there(name, element, held):
                del element.attrib["schemaLocation"]  # a hint, which may lead nowhere (XML Schema 1.0, 4.2.3)
                held[name] = etree.tostring(root)
    return documents[path]


def _check_size(name: str, element: Element) -> None:
    for key, value in element.attrib.items():
        if (key in WORDY and len(value) > LONGEST) or (key in OFTEN and len(value) > DIGITS and value != "unbounded"):
            raise ValueError(f"{name}: no schema that can be read: line {element.sourceline}: its {key} is too long")


def _is_there(name: str, element: Element, texts: dict[str, bytes]) -> bool:
    place = element.get("schemaLocation")
    return place is None or unquote(urljoin(BASE + quote(name), place).removeprefix(BASE)) in texts
