"""`countermand targets`: the target files that lie somewhere, as people and CI matrices read them."""

from __future__ import annotations

import argparse
import glob
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from countermand.commands import saying
from countermand.exits import CommandError, Exit
from countermand.model.apis import APIS
from countermand.targetfile import TargetError, glimpse, load

#: The embedded sellers, as a matrix is given them.
EMBEDDED = [{"name": f"embedded-{api}", "api": api, "file": "", "arguments": f"--api {api}"} for api in APIS]
#: What neither the name of a folder nor that of a cache or an artefact may hold everywhere.
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
#: A letter or a digit that is left out of such a name, which then is another word.
LOST = re.compile(r"[^\W\x00-\x7f]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        default=["targets/*.toml"],
        help="target files, or patterns (default: targets/*.toml)",
    )
    parser.add_argument("--json", action="store_true", help="as JSON on one line, as the matrix of a workflow is given")
    parser.add_argument(
        "--lines",
        action="store_true",
        help="a line each, a safe name and what countermand run is told, for a shell to read",
    )
    parser.add_argument("--or-embedded", action="store_true", help="where there is none, the embedded sellers")
    parser.epilog = "A baseline that lies beside a target file as NAME.baseline.toml is named with it."


def main(options: argparse.Namespace) -> int:
    """List them; one that cannot be read is listed with what is wrong, and ends with 4."""
    none = options.or_embedded and not any(glob.glob(pattern) for pattern in options.files)  # noqa: PTH207 - see below
    rows = _slugged(EMBEDDED if none else _faulted([_row(path) for path in _paths(options.files)]))
    if options.lines:
        print("\n".join(f"{row['slug']} {row['arguments']}" for row in rows))
    elif options.json:
        print(saying.written({"include": rows}))
    else:
        for row in rows:
            print(f"{row['name']:<24} {row['api']:<10} {row['file']}" + (f"  {row['error']}" if "error" in row else ""))
    faulty = [row for row in rows if "error" in row]
    if options.lines or options.json:  # the log is where somebody looks for why it ends with 4
        for row in faulty:
            print(f"countermand targets: {_told(row)}", file=sys.stderr)
    return Exit.USAGE if faulty else Exit.CONFORMS


def _told(row: Mapping[str, Any]) -> str:
    """Return what is wrong with a target file, which may name it itself."""
    said, file = str(row["error"]), str(row["file"])
    return said if said.startswith(file) else f"{file}: {said}"


def _faulted(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows, with what is wrong with one that cannot be told from another, or not be handed on by a shell."""
    files: dict[tuple[str, str], str] = {}
    for row in rows:
        other = files.setdefault((row["api"], row["name"]), row["file"])
        wrong = _double(other) if other != row["file"] else ""
        if not wrong and re.search(r"\s", row["file"]):
            wrong = "has a blank in its name, at which a shell splits what it is told: name it without"
        errors = [words for words in (wrong, row.get("error", "")) if words]
        yield {**row, "error": "; ".join(errors)} if errors else row


def _slugged(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows each with a name that a folder can have.

    Where two would have one, and where letters are left out of one, each has a mark of its own file besides, which
    stays whatever files come or go.
    """
    listed = [(UNSAFE.sub("-", row["name"]).strip("-.") or "target", row) for row in rows]
    often = Counter(wanted for wanted, _ in listed)
    return [
        {**row, "slug": f"{wanted}-{_mark(row)}" if often[wanted] > 1 or LOST.search(row["name"]) else wanted}
        for wanted, row in listed
    ]


def _mark(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(str(row["file"]).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def expected(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Return API and name of the targets that must have been tested.

    Raises CommandError where a pattern names none, and where two have one name: reports know them by nothing else.
    """
    files: dict[tuple[str, str], Path] = {}
    for path in _paths(patterns):
        if (other := files.setdefault(_key(path), path)) != path:
            raise CommandError(f"{path}: {_double(other)}")
    return list(files)


def _double(other: Path | str) -> str:
    return f"has the name of {other}, by which reports tell targets of one API apart: give each its own"


def _key(path: Path) -> tuple[str, str]:
    """Return by what reports call a target: of a file that cannot be used, as its run does."""
    try:
        target = load(path, runs=False)
    except TargetError:
        seen = glimpse(path)
        return seen.api, seen.name
    return target.api, target.name


def _paths(patterns: Iterable[str]) -> list[Path]:
    paths: list[Path] = []
    for pattern in patterns:
        matches = [Path(name) for name in sorted(glob.glob(pattern))]  # noqa: PTH207 - a pattern may be absolute
        if not matches:
            raise CommandError(f"{pattern}: there is no such target file")
        paths += [path for path in matches if not path.name.endswith(".baseline.toml")]
    return list(dict.fromkeys(paths))


def _row(path: Path) -> dict[str, Any]:
    baseline = path.with_suffix(".baseline.toml")
    arguments = ["--target", str(path), *(["--baseline", str(baseline)] if baseline.is_file() else [])]
    try:
        target = load(path, runs=False)
    except TargetError as error:
        seen = glimpse(path)
        return {
            "name": seen.name,
            "api": seen.api,
            "file": str(path),
            "arguments": " ".join(arguments),
            "error": str(error),
        }
    return {"name": target.name, "api": target.api, "file": str(path), "arguments": " ".join(arguments)}
