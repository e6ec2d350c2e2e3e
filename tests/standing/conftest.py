"""Sellers with something in front of them that turns callers away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from running import Watched, rewritten, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

PAGE = (("Content-Type", "text/html"),)
XML = (("Content-Type", "text/xml"),)
Front = Callable[[Request, Response], Response]


def page(status: int, words: str = "Forbidden") -> Response:
    return Response(
        status, f"<html><head><title>{words}</title></head><body><hr>nginx<br></body></html>".encode(), PAGE
    )


class Fronted(Watched):
    """A seller before whose answers something else may put its own."""

    front: Front

    def altered(self, request: Request, response: Response) -> Response:
        return self.front(request, response)


@contextmanager
def fronted(api: str, folder: Path, front: Front, *changes: tuple[str, str]) -> Iterator[tuple[Path, Fronted]]:
    """Put a seller up behind a front, as somebody else's staging."""
    seller = Fronted(embedded.SELLERS[api]())
    seller.front = front
    with served(api, folder, seller) as path:
        yield rewritten(path, (f'"embedded-{api}"', '"staging"'), *changes), seller
