"""A plugin that writes down every socket that is opened or sent through, as the interpreter itself reports it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

EVENTS = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"}
)
HEARD: list[str] = []


def hear(event: str, arguments: tuple[object, ...]) -> None:
    if event in EVENTS:
        HEARD.append(f"{event} {arguments[1:]}")


sys.addaudithook(hear)


def pytest_unconfigure() -> None:
    """Write down what was heard."""
    Path("sockets.json").write_text(json.dumps(HEARD))
