"""Sellers that take an empty value, or words that are no time, for an answer."""

from __future__ import annotations

import re
from typing import ClassVar

from lxml import etree

from countermand.provider.ala.request import OBJECTS, REQUIRED, Cancellation
from countermand.provider.ala.seller import Seller


class Hollow(Seller):
    """Takes up a cancellation whose fields are there, and hold nothing."""

    breaks = "ALA-REQ-15"
    slug = "takes-up-empty-fields"

    def is_missing(self, asked: Cancellation, path: str) -> bool:
        """Miss only what is not there."""
        return path not in asked


class Vacant(Seller):
    """Takes an empty field for an answer, though not a blank one."""

    breaks = "ALA-REQ-15"
    slug = "takes-up-empty-field-not-blank"

    def is_missing(self, asked: Cancellation, path: str) -> bool:
        """Miss what is not there, or blank."""
        return path not in asked or bool(asked.fields[path] and not asked[path])


class Blankminded(Seller):
    """Takes a blank field for an answer, though not an empty one."""

    breaks = "ALA-REQ-15"
    slug = "takes-up-blank-field"

    def is_missing(self, asked: Cancellation, path: str) -> bool:
        """Miss what is not there, or empty."""
        return not asked.fields.get(path)


class Overlooking(Seller):
    """Takes one field for there, though it is empty or blank."""

    overlooks: ClassVar[str]

    def is_missing(self, asked: Cancellation, path: str) -> bool:
        """Overlook that field."""
        return super().is_missing(asked, path) and not (path == self.overlooks and path in asked)


def _overlooking(path: str) -> type[Overlooking]:
    """Make the deviant that overlooks a field."""
    name = path.rpartition(".")[2]
    slug = f"takes-up-empty-{re.sub('([A-Z])', lambda match: f'-{match[1].lower()}', name)}"
    made = {
        "__doc__": f"Takes an empty {name} for an answer.",
        "__module__": __name__,
        "breaks": "ALA-REQ-15",
        "slug": slug,
        "overlooks": path,
    }
    return type(f"Overlooking{name[0].upper()}{name[1:]}", (Overlooking,), made)


OVERLOOKING = tuple(_overlooking(path) for path in sorted(REQUIRED - OBJECTS))


class Nullable(Seller):
    """Takes a field that says that it is nil for one that is filled."""

    breaks = "ALA-REQ-15"
    slug = "takes-up-field-that-is-nil"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Put a word where there is to be none."""
        root = super().parse_xml(body)
        for element in root.iter(etree.Element):
            if element.get("{http://www.w3.org/2001/XMLSchema-instance}nil") in {"true", "1"}:
                element.text = "nil"
        return root


class Clockless(Seller):
    """Takes any words for the time of sending."""

    breaks = "ALA-REQ-16"
    slug = "takes-any-words-as-sent-at"

    def check_time(self, asked: Cancellation) -> None:
        """Look at no clock."""
