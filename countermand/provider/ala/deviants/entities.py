"""Sellers that resolve what a document declares; what they fetch is a file, or on loopback."""

from __future__ import annotations

import re
from enum import StrEnum
from html import escape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from lxml import etree

from countermand.provider.ala.request import UnreadableError, parse, parser, refuse_declarations
from countermand.provider.ala.seller import Seller

_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?\S+\s+(.*?)>", re.DOTALL)
_EXTERNAL = re.compile(rb"""(<!ENTITY\s+(?:%\s+)?\S+)\s+(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+["']([^"']*)["']""")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Kind(StrEnum):
    """What a document declares, by what it can do."""

    NOTHING = "nothing"
    ENTITY = "entity"
    EXTERNAL = "external"
    BOMB = "bomb"  # entities made of entities


def kind(body: bytes) -> Kind:
    """Tell what a document declares."""
    text = body.replace(b"\0", b"")
    declared = [value.strip() for value in _ENTITY.findall(text)]
    if b"SYSTEM" in text or b"PUBLIC" in text:
        return Kind.EXTERNAL
    if any(b"&" in value for value in declared):
        return Kind.BOMB
    return Kind.ENTITY if declared else Kind.NOTHING


def fetch(url: str) -> str:
    """Fetch a file or a page on loopback, nothing else."""
    parts = urlsplit(url)
    if parts.scheme in {"", "file"}:
        path = Path(unquote(parts.path))
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return ""
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=2)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().read().decode("utf-8", "replace")
    except (OSError, HTTPException):
        return ""
    finally:
        connection.close()


class Resolving(Seller):
    """Resolves one kind of declaration, and refuses the others."""

    resolves: ClassVar[Kind]

    def parse(self, body: bytes) -> etree._Element:
        """Resolve what it should have refused; an external entity becomes an internal one of what it names."""
        if kind(body) is not self.resolves:
            return super().parse(body)
        return parse(_EXTERNAL.sub(self.internal, body), parser(entities=True))

    def internal(self, declared: re.Match[bytes]) -> bytes:
        """Declare an entity with what another one names, or with a word where that is nothing."""
        text = escape(self.fetch(declared[2].decode("utf-8", "replace"))).replace("%", "&#37;")
        return declared[1] + b' "' + (text or "nothing").encode() + b'"'

    def fetch(self, url: str) -> str:
        """Fetch what an external entity names."""
        return fetch(url)


class Literal(Resolving):
    """Resolves a declared entity."""

    breaks = "ALA-XML-10"
    slug = "resolves-declared-entity"
    also: ClassVar = {"ALA-XML-13": "departs"}
    resolves = Kind.ENTITY


class Blabbing(Resolving):
    """Refuses a declared entity, and shows in its fault what that stands for."""

    breaks = "ALA-XML-10"
    slug = "shows-declared-entity-in-fault"
    resolves = Kind.ENTITY

    def parse(self, body: bytes) -> etree._Element:
        """Repeat what it read."""
        root = super().parse(body)
        if kind(body) is self.resolves:
            raise UnreadableError("Not allowed here: " + " ".join("".join(map(str, root.itertext())).split()))
        return root


class Curious(Resolving):
    """Fetches an external entity, and takes the cancellation up."""

    breaks = "ALA-XML-11"
    slug = "fetches-external-entity-and-takes-up"
    also: ClassVar = {"ALA-XML-13": "not applicable"}
    resolves = Kind.EXTERNAL


class Peeking(Resolving):
    """Fetches an external entity, and then refuses it."""

    breaks = "ALA-XML-11"
    slug = "fetches-external-entity-and-refuses"
    resolves = Kind.EXTERNAL

    def parse(self, body: bytes) -> etree._Element:
        """Refuse too late."""
        root = super().parse(body)
        refuse_declarations(root)
        return root


class Parametric(Seller):
    """Fetches an external parameter entity, though no other, and then refuses it."""

    breaks = "ALA-XML-11"
    slug = "fetches-external-parameter-entity"
    place: ClassVar[bytes] = rb"""<!ENTITY\s+%\s+\S+\s+SYSTEM\s+["']([^"']*)"""

    def parse(self, body: bytes) -> etree._Element:
        """Fetch what is named, and read on."""
        for address in re.findall(self.place, body):
            fetch(address.decode("utf-8", "replace"))
        return super().parse(body)


class Typesetting(Parametric):
    """Fetches the external subset that a DOCTYPE names, and then refuses it."""

    breaks = "ALA-XML-11"
    slug = "fetches-external-subset"
    place = rb"""<!DOCTYPE\s+\S+\s+SYSTEM\s+["']([^"']*)"""


class Widened(Seller):
    """Looks for declarations in the bytes of a document, and resolves an entity that is declared in UTF-16."""

    breaks = "ALA-XML-10"
    slug = "resolves-declared-entity-in-utf-16"

    def parse(self, body: bytes) -> etree._Element:
        """Resolve what is hidden among the bytes."""
        hidden = b"<!" not in body and kind(body) is Kind.ENTITY
        return parse(body, parser(entities=True)) if hidden else super().parse(body)


class Indifferent(Resolving):
    """Takes a cancellation with an external entity up, without fetching it."""

    breaks = "ALA-XML-13"
    slug = "takes-up-external-entity-unfetched"
    resolves = Kind.EXTERNAL

    def fetch(self, url: str) -> str:  # noqa: ARG002  as in the base class
        """Fetch nothing."""
        return ""


class Explosive(Resolving):
    """Expands an entity bomb."""

    breaks = "ALA-XML-12"
    slug = "expands-entity-bomb"
    also: ClassVar = {"ALA-XML-13": "departs"}
    resolves = Kind.BOMB
