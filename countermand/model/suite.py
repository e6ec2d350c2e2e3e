"""Where the suite's features, steps and payloads are: on one side a checkout or an installed wheel, on the other all who read them."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from countermand import __version__

#: Rooms of the package that have no part in a verdict.
ELSEWHERE = frozenset({"provider", "suite", "report", "commands", "doctor", "nightly", "proof", "certify"})


@functools.cache
def root() -> Path:
    """Return the folder of features, steps, payloads and conftest.py: the checkout first, for an editable install leaves stale copies."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent
    return checkout if (checkout / "features").is_dir() and (checkout / "conftest.py").is_file() else package / "suite"


@functools.cache
def digest() -> str:
    """Return the SHA-256 over every file that decides a verdict, by sorted name: two suites of one digest judge alike."""
    package = Path(__file__).resolve().parents[1]
    judging = [path for folder in ("features", "steps", "payloads") for path in (root() / folder).rglob("*")]
    code = [path for path in package.rglob("*.py") if not ELSEWHERE & set(path.relative_to(package).parts)]
    total = hashlib.sha256()
    for name, path in sorted(
        [(path.relative_to(root()).as_posix(), path) for path in judging]
        + [("countermand/" + p.relative_to(package).as_posix(), p) for p in code]
    ):
        if path.is_file() and path.suffix != ".pyc":
            total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"


@functools.cache
def _words() -> str:
    package = Path(__file__).resolve().parents[1]
    paths = [path for folder in ("features", "steps", "payloads") for path in (root() / folder).rglob("*")] + list(package.rglob("*.py"))
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace").casefold() for path in paths if path.is_file() and path.suffix != ".pyc"
    )


def says(word: str) -> bool:
    """Say whether a word stands in the suite's own text, and so in its reports, whoever the target is."""
    return word.casefold() in _words()


def identity() -> dict[str, str]:
    """Return what every output says of the suite."""
    return {"version": __version__, "digest": digest()}


def payload(api: str, name: str) -> Path:
    """Return an example document or a schema."""
    return root() / "payloads" / api / name
