"""`countermand targets`: the target files that lie somewhere, as people and CI matrices read them."""

from __future__ import annotations

import argparse
import glob
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from countermand.cli import CommandError
from countermand.model.apis import APIS
from countermand.model.target import Target
from countermand.targetfile import TargetError, load

#: The embedded sellers, as a matrix is given them.
EMBEDDED = [{"name": f"embedded-{api}", "api": api, "file": "", "arguments": f"--api {api}"} for api in APIS]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "files", metavar="FILE", nargs="*", default=["targets/*.toml"], help="target files, or patterns (default: targets/*.toml)"
    )
    parser.add_argument("--json", action="store_true", help="as JSON on one line, as the matrix of a workflow is given")
    parser.add_argument("--lines", action="store_true", help="a line each, its name and what countermand run is told, for a shell to read")
    parser.add_argument("--or-embedded", action="store_true", help="where there is none, the embedded sellers")
    parser.epilog = "A baseline that lies beside a target file as NAME.baseline.toml is named with it."


def main(options: argparse.Namespace) -> int:
    """List them; one that cannot be read is listed with what is wrong, and ends with 4."""
    none = options.or_embedded and not any(glob.glob(pattern) for pattern in options.files)  # noqa: PTH207 - see below
    rows = EMBEDDED if none else [_row(path) for path in _paths(options.files)]
    if options.lines:
        print("\n".join(f"{row['name']} {row['arguments']}" for row in rows))
    elif options.json:
        print(json.dumps({"include": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['name']:<24} {row['api']:<10} {row['file']}" + (f"  {row['error']}" if "error" in row else ""))
    return 4 if any("error" in row for row in rows) else 0


def expected(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Return API and name of the targets that must have been tested; raises CommandError where a pattern names none."""
    return [(target.api, target.name) for target in map(_load, _paths(patterns))]


def _load(path: Path) -> Target:
    try:
        return load(path)
    except TargetError as error:
        raise CommandError(str(error)) from None


def _paths(patterns: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        paths = [Path(name) for name in sorted(glob.glob(pattern))]  # noqa: PTH207 - a pattern may be absolute
        if not paths:
            raise CommandError(f"{pattern}: there is no such target file")
        found += [path for path in paths if not path.name.endswith(".baseline.toml")]
    return found


def _row(path: Path) -> dict[str, Any]:
    baseline = path.with_suffix(".baseline.toml")
    arguments = ["--target", str(path), *(["--baseline", str(baseline)] if baseline.is_file() else [])]
    try:
        target = load(path)
    except TargetError as error:
        return {"name": path.stem, "api": "unknown", "file": str(path), "arguments": " ".join(arguments), "error": str(error)}
    return {"name": target.name, "api": target.api, "file": str(path), "arguments": " ".join(arguments)}
