"""Copies an element under another name, and in other namespaces."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from lxml import etree

from countermand.document.reading import Element, local, namespace

Prefixes = Mapping[str | None, str] | Mapping[str, str]


def renamed(element: Element, name: str, base: str | None, extension: str | None, whole: str | None = None) -> Element:
    """Return a copy under another name.

    Elements without a namespace go into the base one, those of the first prefix into the extension, or all into one.
    """
    prefix = next((prefix for prefix in element.nsmap if prefix), None)
    prefixes: dict[str | None, str] = {None: base} if base else {}
    if prefix and (bound := whole or extension):
        prefixes[prefix] = bound
    extended = {element.nsmap[prefix]: extension} if prefix and extension else {}
    copied = _moved(element, base, extended, whole, prefixes)
    copied.tag = f"{{{namespace(copied)}}}{name}" if namespace(copied) else name
    return copied


def _moved(
    element: Element, base: str | None, extended: Mapping[str, str], whole: str | None, prefixes: Prefixes
) -> Element:
    """Copy an element into its namespaces; what stands in another envelope keeps its own, and comments stay."""
    own = namespace(element)
    target = (whole or extended.get(own, own)) if own else (base or own)
    new = etree.Element(
        f"{{{target}}}{local(element)}" if target else local(element), dict(element.attrib), nsmap=prefixes
    )
    new.text, new.tail = element.text, element.tail
    new.extend(
        copy.deepcopy(child)
        if not isinstance(child.tag, str) or (whole and namespace(child) != own)
        else _moved(child, base, extended, whole, {})
        for child in element
    )
    return new
