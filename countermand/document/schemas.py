"""Schemas: on one side a document, on the other what DTD, XSD 1.0 or XSD 1.1 has against it; the only module that imports xmlschema."""

from __future__ import annotations

import functools
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from countermand.document.reading import Element, Place

#: So many problems of a document say what is wrong with it: it may have one per element.
ENOUGH = 10
#: Of more children than these together, the first and the last are held to a schema.
FIRST, LAST = 150, 50


def problems(root: Element, schema: Path) -> list[Place]:
    """Return what a schema (DTD, XSD 1.0 or XSD 1.1) has against a document; raises ValueError for a schema that cannot be read."""
    copied = etree.fromstring(etree.tostring(root))  # a document of its own: libxml2 resolves paths in the whole
    _thin(copied)
    try:
        if schema.suffix == ".dtd":
            return _against(etree.DTD(str(schema)), copied)
        if b'minVersion="1.1"' in schema.read_bytes():
            return _against_newer(schema, copied)
        return _against(etree.XMLSchema(etree.parse(str(schema))), copied)
    except (etree.XMLSyntaxError, etree.DTDParseError, etree.XMLSchemaParseError) as error:
        raise ValueError(f"{schema}: no schema that can be read: {error}") from None


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
    told = (Place(error.message, f"line {error.line}") for error in schema.error_log if "No precomputed value" not in error.message)
    return list(islice(told, ENOUGH))


def _against_newer(schema: Path, root: Element) -> list[Place]:
    return [Place(str(error.reason), error.path or "") for error in islice(_newer(str(schema)).iter_errors(root), ENOUGH)]


@functools.cache
def _newer(schema: str) -> Any:  # noqa: ANN401 - XMLSchema11, whose module is imported late
    import xmlschema  # noqa: PLC0415 - 0.5 s that only XSD 1.1 costs

    return xmlschema.XMLSchema11(schema)
