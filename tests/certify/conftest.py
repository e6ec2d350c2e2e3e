"""Real runs that are certified and judged again.

A right seller, wrong ones, and certificates somebody has meddled with.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import warm

from countermand.certify import archive, contents, envelope, keys, terms
from countermand.certify.terms import Terms
from countermand.provider import deviants, nulls, serving
from countermand.records import inputs, shape

#: Two clauses are enough to see whether a verdict follows from its record.
FEW = "ALA-CAN-01 or ALA-REQ-07"
#: A module that Python loads first, and that leaves no way out of the process.
OFFLINE = """
import socket
def refuse(*_, **__):
    raise AssertionError("a socket was opened")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refuse
"""


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def countermand(*arguments: object, cwd: Path | None = None, offline: Path | None = None) -> Done:
    environment = dict(os.environ)
    if offline is not None:
        (offline / "sitecustomize.py").write_text(OFFLINE)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(offline), environment.get("PYTHONPATH"))))
    done = warm.done([*warm.COMMAND, *map(str, arguments)], cwd=cwd, env=environment)
    return Done(done.returncode, done.stdout, done.stderr)


def run_against(api: str, kind: str, folder: Path, *arguments: object, patience: float | None = None) -> Path:
    """Run the suite against a wrong or null seller, and return the reports."""
    folder.mkdir(parents=True, exist_ok=True)
    seller = {**nulls.nulls(api), **deviants.deviants(api)}[kind]()
    with serving.serve(api, seller, folder) as served:
        if patience is not None:
            served.target.write_text(f"{served.target.read_text()}\n[limits]\ntotal = {patience}\n")
        done = countermand(
            "run", "--target", served.target, "--no-page", "--no-reports", "--reports", folder / "reports", *arguments
        )
    assert done.code in {0, 1, 10}, done.said
    return folder / "reports"


def unlike(first: Path, second: Path) -> list[str]:
    """Return which scenarios two runs judge otherwise."""
    verdicts = [
        {
            row["id"]: row["verdict"]
            for row in map(json.loads, (folder / "record.jsonl").read_text("utf-8").split("\n")[:-1])
        }
        for folder in (first, second)
    ]
    return sorted(
        name for name in verdicts[0].keys() | verdicts[1].keys() if verdicts[0].get(name) != verdicts[1].get(name)
    )


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A private and a public key."""
    return keys.make(tmp_path_factory.mktemp("keys") / "signing")


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the certified run has left."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="session")
def whole(reports: Path, pair: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a seller that conforms."""
    path = tmp_path_factory.mktemp("certificates") / "whole.zip"
    done = countermand("certify", "--api", "ala", "--key", pair[0], "--no-page", "--reports", reports, "--out", path)
    assert done.code == 0, done.said
    return path


@pytest.fixture(scope="session")
def few(pair: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a run of two clauses, which is quickly judged again."""
    folder = tmp_path_factory.mktemp("few")
    path = folder / "few.zip"
    done = countermand(
        "certify",
        "--api",
        "ala",
        "-m",
        FEW,
        "--key",
        pair[0],
        "--no-page",
        "--reports",
        folder / "reports",
        "--out",
        path,
    )
    assert done.code == 10, done.said
    return path


def agreed(path: Path) -> Terms:
    """Return the terms a certificate was made on."""
    sealed = json.loads(archive.unpacked(path)[contents.ENVELOPE])
    return terms.of(json.loads(base64.b64decode(sealed["payload"])), sealed["signatures"][0]["keyid"])


Lie = Callable[[Mapping[str, Callable[[str], str]]], Path]


@pytest.fixture
def lie(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> Lie:
    """Change the texts of some files, and sign all that follows from them: what only judging again can find."""

    def make(changes: Mapping[str, Callable[[str], str]]) -> Path:
        files = {name: data for name, data in archive.unpacked(few).items() if name in {*contents.TAKEN, "index.html"}}
        for name, change in changes.items():
            text = files[name].decode()
            assert change(text) != text
            files[name] = change(text).encode()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(shape, "SCENARIO", shape.anything)
            patched.setattr(inputs, "check", lambda _: None)  # a liar's own tools hold nothing to any rule
            made = contents.made(files, agreed(few))
        sealed = envelope.seal(dict(made.statement), keys.private(pair[0]))
        path = tmp_path / few.name
        path.write_bytes(archive.packed({**made.files, contents.ENVELOPE: sealed}))
        return path

    return make
