"""Texts in memory: the paths by which XML names other XML lead to one set of texts, and to no file and no network."""

from __future__ import annotations

import io
import urllib.request
import urllib.response
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import unquote

from lxml import etree

#: Where the texts seem to stand, for readers that resolve relative paths; the name can be nobody's (RFC 2606).
BASE = "https://schema.invalid/"


class Inside(etree.Resolver):
    """Answers lxml whatever it asks for: with one of the texts, or with an error; it never asks anybody else."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def parser(self, *, dtd: bool = False) -> etree.XMLParser[etree._Element]:
        """Return a parser that is told of these texts alone."""
        parser = etree.XMLParser(load_dtd=dtd, resolve_entities=False, no_network=True, huge_tree=False)
        parser.resolvers.add(self)
        return parser

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # noqa: ANN401 - lxml's own
        """Return a text.

        Raises ValueError, since whatever else is returned has lxml go and look for itself, even `resolve_empty`.
        """
        del public_id
        url = system_url or ""
        content = _of(self._texts, url)
        if content is None:
            raise ValueError(f"it names {url[:200]!r}, which is not part of it")
        return self.resolve_string(content, context, base_url=url)


class _Handler(urllib.request.BaseHandler):
    """Opens what seems to stand at BASE, and nothing else."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def default_open(self, request: urllib.request.Request) -> urllib.response.addinfourl:
        """Answer any request there is, whatever its scheme; raises OSError."""
        content = _of(self._texts, request.full_url)
        if content is None:
            raise OSError(f"{request.full_url[:200]!r} is not part of the schema")
        answer = urllib.response.addinfourl(io.BytesIO(content), Message(), request.full_url, 200)
        answer.msg = "OK"  # type: ignore[attr-defined]
        return answer


def _of(texts: Mapping[str, bytes], url: str) -> bytes | None:
    return texts.get(unquote(url.removeprefix(BASE))) if url.startswith(BASE) else None


def opener(texts: Mapping[str, bytes]) -> urllib.request.OpenerDirector:
    """Return what opens these texts for xmlschema, and knows no file and no network."""
    made = urllib.request.OpenerDirector()
    made.add_handler(_Handler(texts))
    return made
