"""Where the suite is, and the digest of all that judges.

Its features, steps and payloads stand in a checkout or in an installed wheel.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from countermand import __version__
from countermand.model.apis import APIS

#: Rooms of the package that have a part in a verdict, and those that have none:
#: whatever is new stands in one of the two.
JUDGING = frozenset(
    {
        "checks",
        "document",
        "guard",
        "identity",
        "model",
        "orders",
        "plugin",
        "protocols",
        "records",
        "run",
        "targetfile",
    }
)
ELSEWHERE = frozenset({"baseline", "certify", "commands", "doctor", "nightly", "proof", "provider", "report"})
#: Of the latter, those that draw what a certificate holds besides what was recorded.
DRAWING = frozenset({"certify", "nightly", "report"})
FOLDERS = ("features", "steps", "payloads")


@functools.cache
def root() -> Path:
    """Return the folder of features, steps, payloads and conftest.py.

    The checkout comes first, for an editable install leaves stale copies.
    """
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent
    return checkout if (checkout / "features").is_dir() and (checkout / "conftest.py").is_file() else package / "suite"


def home(api: str) -> Path:
    """Return the folder that holds an API's features and payloads."""
    place = APIS[api].home
    return root() if place is None else place.resolve()


@functools.cache
def homes() -> tuple[Path, ...]:
    """Return the folders in which some API's features stand, the suite's own first."""
    return tuple(dict.fromkeys([root(), *map(home, APIS)]))


def features() -> tuple[Path, ...]:
    """Return every folder with a folder of features for each of some APIs."""
    return tuple(place / "features" for place in homes())


def within(path: Path) -> str:
    """Return a file's place in the suite, as every record and report calls it, wherever its API is installed."""
    place = next((place for place in homes() if place in path.parents), root())
    return path.relative_to(place).as_posix()


@functools.cache
def digest() -> str:
    """Return the SHA-256 over every file that decides a verdict, by sorted name.

    Two suites of one digest judge alike.
    """
    return _digest([*_own(), *_brought()])


@functools.cache
def drawing() -> str:
    """Return the SHA-256 over every file of the rooms that draw.

    Two suites of one digest that have this in common as well draw alike.
    """
    return _digest(_code(DRAWING))


def _digest(files: Iterable[tuple[str, Path]]) -> str:
    total = hashlib.sha256()
    for name, path in sorted(files):
        if path.is_file() and path.suffix != ".pyc":
            total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"


def _own() -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        yield from ((path.relative_to(root()).as_posix(), path) for path in (root() / folder).rglob("*"))
    yield "conftest.py", root() / "conftest.py"
    yield from _code(JUDGING)


def _code(rooms: Iterable[str]) -> Iterator[tuple[str, Path]]:
    package = Path(__file__).resolve().parents[1]
    for path in (path for room in rooms for path in (package / room).rglob("*.py")):
        yield "countermand/" + path.relative_to(package).as_posix(), path


def _brought() -> Iterator[tuple[str, Path]]:
    """Give the files of the APIs that are installed beside the suite, but for their embedded sellers."""
    for name, row in APIS.items():
        if row.home is not None:
            place = home(name)
            files = [path for path in place.rglob("*") if not ELSEWHERE & set(path.relative_to(place).parts)]
            yield from ((f"{name}/{path.relative_to(place).as_posix()}", path) for path in files)


@functools.cache
def _words() -> str:
    package = Path(__file__).resolve().parents[1]
    paths = [path for folder in FOLDERS for path in (root() / folder).rglob("*")] + list(package.rglob("*.py"))
    paths += [path for _, path in _brought()]
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace").casefold()
        for path in paths
        if path.is_file() and path.suffix != ".pyc"
    )


def says(word: str) -> bool:
    """Say whether a word stands in the suite's own text, and so in its reports, whoever the target is."""
    return word.casefold() in _words()


def identity() -> dict[str, str]:
    """Return what every output says of the suite."""
    return {"version": __version__, "digest": digest()}


def payload(api: str, name: str) -> Path:
    """Return an example document or a schema."""
    return home(api) / "payloads" / api / name
