"""Embedded sellers that keep what they are sent, and target files with pools of any size."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import warm

from countermand.orders.ledger import Ledger
from countermand.provider import serving
from countermand.provider.ala import seller as ala
from countermand.provider.http import Request, Response
from countermand.provider.opensrs import seller as opensrs
from countermand.provider.opensrs.message import UnreadableError, parse, read

Opened = Callable[[Path], Ledger]
Seller = opensrs.Seller | ala.Seller
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(warm.ROOT)}
#: Plugins of these tests can be named with -p, which costs an interpreter of its own.
PLUGGED = {**ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parent.parent)}


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open ledgers that are closed when the test is over."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(Ledger(path)))


@dataclass
class Asked:
    """One command a seller was sent, and what it answered."""

    action: str
    order: str
    body: bytes
    answer: bytes
    path: str
    username: str = ""

    def taken_up(self) -> bool:
        return self.action == "cancel_order" and b'key="is_success">1<' in self.answer


class Opensrs(opensrs.Seller):
    """Keeps every request."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        try:
            message = read(parse(request.body))
            action, order = (message.text("action") or "").lower(), message.attribute("order_id") or ""
        except UnreadableError:
            action, order = "unreadable", ""
        self.asked.append(
            Asked(action, order, request.body, response.body, request.path, request.headers.get("x-username", ""))
        )
        return response

    def actions(self, name: str) -> list[Asked]:
        return [request for request in self.asked if request.action == name]


class Ala(ala.Seller):
    """Keeps every request."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []

    def handle(self, request: Request) -> Response:
        self.bodies.append(request.body)
        return super().handle(request)


@dataclass
class Place:
    """A seller that is up, a target file that is not an embedded seller's, and a ledger."""

    seller: Any
    target: Path
    ledger: Path
    folder: Path

    def run(
        self, *arguments: str, reports: str = "reports", check: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = self.command(*arguments, reports=reports)
        done = warm.done(command, cwd=self.folder, env=PLUGGED if "-p" in arguments else ENVIRONMENT)
        if check is not None:
            assert done.returncode == check, done.stdout + done.stderr
        return done

    def command(self, *arguments: str, reports: str = "reports") -> list[str]:
        own = [
            "--target",
            str(self.target),
            "--ledger",
            str(self.ledger),
            "--no-page",
            "--reports",
            str(self.folder / reports),
        ]
        return [*warm.COMMAND, "run", *own, *arguments]

    def orders(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        own = ["--target", str(self.target), "--ledger", str(self.ledger)]
        return warm.done([*warm.COMMAND, "orders", *own, *arguments])

    def listing(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.orders("--json").stdout)
        return document

    def results(self, reports: str = "reports") -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / reports / "results.json").read_text())
        return document

    def rows(self, reports: str = "reports") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / reports / "record.jsonl").read_text().splitlines()]

    def verdicts(self, reports: str = "reports") -> dict[str, tuple[str, str]]:
        return {row["name"]: (row["verdict"], row["message"] or "") for row in self.rows(reports)}

    def rewrite(self, change: Callable[[str], str]) -> None:
        self.target.write_text(change(self.target.read_text()))


def listed(seller: Seller, pools: Mapping[str, int], default: int) -> str:
    """Write [orders] with so many of each state."""
    table: Any = seller.target()["orders"]
    lines = ["[orders]"]
    for state, orders in table.items():
        rows = orders[: pools.get(state, default)]
        words = [
            json.dumps(row) if isinstance(row, str) else f'{{ seller = "{row["seller"]}", buyer = "{row["buyer"]}" }}'
            for row in rows
        ]
        lines.append(f"{state} = [{', '.join(words)}]")
    return "\n".join(lines)


@contextmanager
def placed(
    seller: Seller, folder: Path, pools: Mapping[str, int] | None = None, extra: str = "", default: int = 2
) -> Iterator[Place]:
    api = "ala" if isinstance(seller, ala.Seller) else "opensrs"
    with serving.serve(api, seller, folder) as served:
        text = served.target.read_text()
        text = re.sub(r"(?ms)^\[orders\].*?(?=^\[|\Z)", listed(seller, pools or {}, default) + "\n", text)
        target = folder / "staging.toml"
        target.write_text(text.replace(f'"embedded-{api}"', '"staging"') + "\n" + extra)
        yield Place(seller, target, folder / "ledger.sqlite", folder)


@pytest.fixture
def opensrs_place(tmp_path: Path) -> Callable[..., Any]:
    """Put an OpenSRS seller up, with pools of any size."""

    def put(
        pools: Mapping[str, int] | None = None, extra: str = "", seller: Seller | None = None, default: int = 2
    ) -> AbstractContextManager[Place]:
        return placed(seller or Opensrs(), tmp_path, pools, extra, default)

    return put


@pytest.fixture
def ala_place(tmp_path: Path) -> Callable[..., Any]:
    """Put an ALA seller up, with pools of any size."""

    def put(
        pools: Mapping[str, int] | None = None, extra: str = "", seller: Seller | None = None, default: int = 2
    ) -> AbstractContextManager[Place]:
        return placed(seller or Ala(), tmp_path, pools, extra, default)

    return put
