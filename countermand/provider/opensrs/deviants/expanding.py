"""Sellers that expand, or fetch, the entities which a request makes them expand."""

from __future__ import annotations

import re
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit
from urllib.request import url2pathname

from lxml import etree

from countermand.provider.opensrs import message as opensrs_message
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.message import Message, UnreadableError, parse, parser
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Reason

if TYPE_CHECKING:
    from lxml.etree._docloader import _InputDocument

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WAIT = 2  # seconds for a document on loopback


class _Resolver(etree.Resolver):
    """Answers every address with nothing, so that no parser goes anywhere."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> _InputDocument | None:  # noqa: ARG002  as in the base class
        """Give an empty text."""
        return self.resolve_empty(context)


class _Fetcher(_Resolver):
    """Answers an address on loopback, or of a file, with what is there, every other with nothing."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> _InputDocument | None:
        """Give what is there."""
        parts = urlsplit(system_url or "")
        try:
            if parts.scheme in ("", "file"):
                return self.resolve_string(Path(url2pathname(parts.path)).read_bytes(), context)
            if parts.scheme == "http" and parts.hostname in LOOPBACK:
                return self.resolve_string(_get(parts), context)
        except (OSError, HTTPException):
            pass
        return super().resolve(system_url, public_id, context)


def _get(parts: SplitResult) -> bytes:
    """Fetch a document from loopback; no redirection is followed."""
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=WAIT)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().read()
    finally:
        connection.close()


class _Expanding(Seller):
    """A seller that expands entities of some kind."""

    def read(self, body: bytes) -> Message:
        """Read a request, its entities expanded where it does that."""
        try:
            declared = parse(body).getroottree().docinfo.internalDTD
            entities = list(declared.entities()) if declared is not None else []
            texts = [entity.content or "" for entity in entities]
            addresses = [entity.system_url for entity in entities if entity.system_url]
            if entities and self.expands(texts, addresses):
                return opensrs_message.read(self.expand(body))
        except UnreadableError:
            pass
        return super().read(body)

    def expands(self, texts: list[str], addresses: list[str]) -> bool:
        """Tell whether it expands entities of these texts and addresses."""
        raise NotImplementedError

    def expand(self, body: bytes) -> etree._Element:
        """Read a document with its entities expanded."""
        reader = parser(entities=True)
        reader.resolvers.add(self.resolver())
        return parse(body, reader)

    def resolver(self) -> etree.Resolver:
        """Give what stands at an address: nothing."""
        return _Resolver()


class Gullible(_Expanding):
    """Expands an entity that a request declares."""

    breaks = "OSRS-XML-11"
    slug = "expands-declared-entity"
    also = besides(departs="XML-14")

    def expands(self, texts: list[str], addresses: list[str]) -> bool:
        """Expand those that are plain text."""
        return not addresses and not any("&" in text for text in texts)


class Explosive(_Expanding):
    """Expands entities that name each other, however large they grow."""

    breaks = "OSRS-XML-13"
    slug = "expands-entity-bomb"
    also = besides(departs="XML-14")

    def expands(self, texts: list[str], addresses: list[str]) -> bool:
        """Expand those that name others."""
        return not addresses and any("&" in text for text in texts)


class Skipping(_Expanding):
    """Serves a request with an external entity as if that were empty."""

    breaks = "OSRS-XML-14"
    slug = "reads-external-entity-as-empty"

    def expands(self, texts: list[str], addresses: list[str]) -> bool:  # noqa: ARG002  as in the base class
        """Expand those that stand elsewhere."""
        return bool(addresses)


class Unheeding(Skipping):
    """Serves a request that declares an entity as if that were not used in it."""

    breaks = "OSRS-XML-14"
    slug = "ignores-declared-entity"

    def expands(self, texts: list[str], addresses: list[str]) -> bool:
        """Pass over those that are declared here."""
        return bool(texts) and not addresses

    def expand(self, body: bytes) -> etree._Element:
        """Read a document without what it declares, where that can be seen among its bytes."""
        if b"<!DOCTYPE" not in body:
            raise UnreadableError("what is declared in UTF-16 is not passed over")
        return super().expand(re.sub(rb"<!DOCTYPE.*\]>|&(?!(?:lt|gt|amp|quot|apos);)\w+;", b"", body, flags=re.DOTALL))


class Fetching(Skipping):
    """Fetches an external entity, from a file or from loopback alone, and serves the request."""

    breaks = "OSRS-XML-12"
    slug = "fetches-external-entity-and-serves"
    also = besides(departs="XML-14")

    def resolver(self) -> etree.Resolver:
        """Give what stands at an address: what is there."""
        return _Fetcher()


class Parametric(Seller):
    """Fetches an external parameter entity, though no other, from loopback alone, and refuses the request."""

    breaks = "OSRS-XML-12"
    slug = "fetches-external-parameter-entity"
    place = rb"""<!ENTITY\s+%\s+\S+\s+SYSTEM\s+["']([^"']*)"""

    def read(self, body: bytes) -> Message:
        """Fetch what is named, and read on."""
        for address in re.findall(self.place, body):
            parts = urlsplit(address.decode("utf-8", "replace"))
            if parts.scheme == "http" and parts.hostname in LOOPBACK:
                with suppress(OSError, HTTPException):
                    _get(parts)
        return super().read(body)


class Typesetting(Parametric):
    """Fetches the external subset that a DOCTYPE names, from loopback alone, and serves the request."""

    breaks = "OSRS-XML-12"
    slug = "fetches-external-subset"
    place = rb"""<!DOCTYPE\s+\S+\s+SYSTEM\s+["']([^"']*)"""


class Widened(Gullible):
    """Looks for declarations in the bytes of a document, and expands an entity that is declared in UTF-16."""

    breaks = "OSRS-XML-11"
    slug = "expands-declared-entity-in-utf-16"
    also = besides()

    def read(self, body: bytes) -> Message:
        """Expand what is hidden among the bytes."""
        return super().read(body) if b"<!" not in body else Seller.read(self, body)


class Peeping(Fetching):
    """Fetches an external entity, from a file or from loopback alone, and refuses the request."""

    breaks = "OSRS-XML-12"
    slug = "fetches-external-entity-and-refuses"
    also = besides()

    def expand(self, body: bytes) -> etree._Element:
        """Fetch the entities, and refuse."""
        super().expand(body)
        raise self.refusal(Reason.UNREADABLE, "")
