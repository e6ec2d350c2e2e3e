"""What the benchmarks share: a seller in a process of its own, the suite, and the bare loop beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from countermand.model.exchange import Exchange, Request
from countermand.model.target import Target
from countermand.protocols.opensrs_signature import sign
from countermand.provider import embedded, serving
from countermand.provider.http import Request as Asked
from countermand.provider.http import Response
from countermand.run.wire import HttpsWire
from countermand.targetfile import load

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is measured is a second run, whose modules are compiled


class Distant:
    """A seller that takes its time, as one far away does."""

    def __init__(self, seller: serving.Application, latency: float) -> None:
        self._seller, self._latency = seller, latency

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the seller has
        return getattr(self._seller, name)

    def handle(self, request: Asked) -> Response:
        time.sleep(self._latency)
        return self._seller.handle(request)


@contextmanager
def seller(api: str, folder: Path, latency: float = 0.0) -> Iterator[Path]:
    """Serve in another process; gives the target file."""
    folder.mkdir(parents=True)
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(api, str(folder), latency, theirs))
    process.start()
    yield Path(ours.recv())
    ours.send("enough")
    process.join()


def _serve(api: str, folder: str, latency: float, end: Connection) -> None:
    made = embedded.SELLERS[api]()
    with serving.serve(api, Distant(made, latency) if latency else made, Path(folder)) as served:
        end.send(str(served.target))
        end.recv()


def command(target: Path | str, reports: Path, *options: str) -> list[str]:
    """Return how a user runs the suite on a target or an embedded seller, the page not drawn."""
    named = [f"--target={target}" if isinstance(target, Path) else f"--api={target}"]
    named += [f"--reports={reports}", "--no-page", "-q"]
    return [sys.executable, "-m", "countermand", "run", *named, *options]


def suite(target: Path | str, reports: Path, *options: str) -> float:
    """Run the suite as a user does, on a target file or the embedded seller of an API; gives seconds."""
    begun = time.perf_counter()
    done = subprocess.run(command(target, reports, *options), capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"the suite ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return elapsed


def requests(reports: Path, target: Target) -> list[tuple[str, Request, str]]:
    """Return what the suite sent: by whom, what, and to do what.

    Signatures, which are never recorded, are made anew.
    """
    rows = [json.loads(line) for line in (reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    exchanges = [Exchange.of(exchange) for row in rows for exchange in row.get("exchanges", ())]
    key = target.identities["buyer"].api_key
    return [
        (exchange.identity, _signed(exchange.request, key.reveal() if key else ""), exchange.operation)
        for exchange in exchanges
    ]


def _signed(request: Request, key: str) -> Request:
    headers = tuple((name, sign(request.body, key) if value == "***" else value) for name, value in request.headers)
    return Request(request.method, request.url, headers, request.body)


def bare_loop(reports: Path, target: Path, threads: int = 1) -> float:
    """Send the same requests through the same client, and do nothing else; gives seconds."""
    loaded = load(target)
    todo = requests(reports, loaded)
    buyer = loaded.identities["buyer"]
    shares = [todo[number::threads] for number in range(threads)]

    def send(share: list[tuple[str, Request, str]]) -> None:
        wire = HttpsWire(loaded)
        for identity, request, operation in share:
            wire.send(loaded.identities.get(identity.replace(" ", "_"), buyer), request, operation)
        wire.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, shares))
    return time.perf_counter() - begun
