"""Where the suite's features, steps and payloads are, in a checkout or an installed wheel, and the digest of all that judges."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from countermand import __version__

#: Rooms of the package that have a part in a verdict, and those that have none: whatever is new stands in one of the two.
JUDGING = frozenset({"checks", "document", "guard", "identity", "model", "orders", "plugin", "protocols", "records", "run", "targetfile"})
ELSEWHERE = frozenset({"baseline", "certify", "commands", "doctor", "nightly", "proof", "provider", "report"})


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
    sentences = [path for folder in ("features", "steps", "payloads") for path in (root() / folder).rglob("*")]
    code = [path for room in JUDGING for path in (package / room).rglob("*.py")]
    total = hashlib.sha256()
    for name, path in sorted(
        [(path.relative_to(root()).as_posix(), path) for path in [*sentences, root() / "conftest.py"]]
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
