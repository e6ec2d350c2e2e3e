"""What the tests of the doctor share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from identities.authority import Authority, Issued

from countermand import cli
from countermand.doctor import examination, look

KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class World:
    """Certificates of both sides."""

    folder: Path
    root: Authority
    server: Issued
    buyer: Issued


@dataclass(frozen=True)
class Told:
    """What the doctor said."""

    code: int
    findings: dict[str, dict[str, Any]]
    first: dict[str, Any] | None

    def state(self, check: str) -> str:
        return str(self.findings[check]["state"])

    def words(self, check: str) -> str:
        finding = self.findings[check]
        return f"{finding['words']}; {finding['mend']}"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a second time at once, and give a busy machine's server time to close its door."""
    monkeypatch.setattr(examination, "PAUSE", 0.0)
    monkeypatch.setattr(look, "LISTEN", (0.3, 1.0))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("doctor")
    root = Authority(folder / "root")
    return World(folder, root, root.server(), root.issue("buyer"))


@pytest.fixture
def ala(world: World, tmp_path: Path) -> Callable[..., Path]:
    """Write a target file of ala."""

    def write(
        port: int, top: str = "", *, host: str = "localhost", buyer: str | None = None, trust: str = "", rest: str = ""
    ) -> Path:
        shown = buyer or f'certificate = "{world.buyer.certificate}"\nprivate_key = "{world.buyer.private_key}"'
        path = tmp_path / "target.toml"
        path.write_text(
            f'name = "staging"\napi = "ala"\nurl = "https://{host}:{port}"\n{top}\n'
            f'[trust]\nca = "{world.root.certificate}"\n{trust}\n'
            f'[buyer]\nidentifier = "SPDEV1"\n{shown}\n[limits]\nconnect = 2\ntotal = 2\n{rest}\n'
        )
        return path

    return write


@pytest.fixture
def opensrs(world: World, tmp_path: Path) -> Callable[..., Path]:
    """Write a target file of opensrs."""

    def write(port: int, rest: str = "") -> Path:
        tmp_path.joinpath("key").write_text(KEY + "\n")
        path = tmp_path / "target.toml"
        path.write_text(
            f'name = "horizon"\napi = "opensrs"\nurl = "https://localhost:{port}"\n'
            f'[trust]\nca = "{world.root.certificate}"\n'
            f'[buyer]\nusername = "reseller"\napi_key = {{ file = "key" }}\n[limits]\nconnect = 2\ntotal = 2\n{rest}\n'
        )
        return path

    return write


@pytest.fixture
def examine(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Ask the doctor, and read what it says."""

    def ask(path: Path, *options: str) -> Told:
        capsys.readouterr()
        code = cli.main(["doctor", "--target", str(path), "--json", *options])
        document = json.loads(capsys.readouterr().out)
        findings: dict[str, Any] = {}
        for finding in document["findings"]:
            findings.setdefault(finding["check"], finding)
        return Told(code, findings, document["first"])

    return ask
