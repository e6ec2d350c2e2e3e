"""Which target a command is about where none was named on the command line."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from countermand.exits import CommandError
from countermand.guard import intake, toml

#: Names the target of a project: a variable, or a file in the folder one stands in.
VARIABLE, FILE = "COUNTERMAND_TARGET", "countermand.toml"
#: What every target file says, and few other files do.
SAID = frozenset({"name", "api", "url"})
#: Bytes of a file that nobody has named: longer ones are not looked into.
LARGEST = 2**20
#: Target files that are named one by one.
NAMED = 5
EMBEDDED = "the embedded sellers are tested, and nobody else"
NO_TARGET = f"no target was given: {EMBEDDED}"


def targets(
    named: list[str], *, embedded: bool, folder: Path | None = None, variables: Mapping[str, str] = os.environ
) -> list[str]:
    """Return the targets to test, none for the embedded sellers.

    Raises CommandError where somebody may have forgotten to say which.
    """
    place = folder or Path.cwd()
    if named or embedded:
        return named
    if names := _configured(place, variables):
        return names
    if lying := sorted(path.name for path in _lying(place)):
        words = _said(lying[:NAMED])
        more = f" (or one of {len(lying) - NAMED} more)" if len(lying) > NAMED else ""
        raise CommandError(f"which target? Say {words}{more}; for the embedded sellers say --embedded")
    return []


class _Once(argparse.Action):
    """An option of which there is one: argparse would forget the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401 - argparse's own
        option_string: str | None = None,
    ) -> None:
        """Keep the one; a second one is a mistake."""
        if (first := getattr(namespace, self.dest)) is not None:
            parser.error(f"{option_string} {first} and {values}: this is about one at a time")
        setattr(namespace, self.dest, values)


def add_target(parser: argparse.ArgumentParser) -> None:
    """Declare the option of a command that is about one target."""
    parser.add_argument(
        "--target", metavar="FILE", action=_Once, help=f"the target file (default: {VARIABLE}, or what {FILE} names)"
    )


def target(named: str | None) -> Path:
    """Return the target of a command that is about one.

    Raises CommandError where none is named, or several.
    """
    names = [named] if named else _configured(Path.cwd(), os.environ)
    if not names:
        lying = _said([path.name for path in sorted(_lying(Path.cwd()))[:NAMED]])
        raise CommandError(f"which target? Say {lying or '--target FILE'}")
    if len(names) > 1:
        raise CommandError(f"which target? {FILE} names {len(names)}: say {_said(names)}")
    return Path(names[0])


def _said(names: Sequence[str]) -> str:
    """Return how each of some targets is named on a command line."""
    return " or ".join(f"--target {shlex.quote(name)}" for name in names)


def _configured(place: Path, variables: Mapping[str, str]) -> list[str]:
    """Return the targets that the variable names, or the file of the project, if either does; raises CommandError."""
    if named := variables.get(VARIABLE):
        print(f"{VARIABLE} names the target: {named}", file=sys.stderr)
        return [named]
    if not intake.exists(place / FILE):
        return []
    names = _of_the_project(place / FILE)
    print(f"{FILE} names the target: {', '.join(names)}", file=sys.stderr)  # its owner may be somebody else
    return names


def _of_the_project(path: Path) -> list[str]:
    try:
        document = _loaded(path)
    except toml.TomlError as error:
        raise CommandError(f"{error.place(path)}: not TOML: {error}") from None
    except intake.IntakeError as error:
        raise CommandError(f"{path}: {error}") from None
    target = document.get("target")
    names = [target] if isinstance(target, str) else target
    if (
        not isinstance(names, list)
        or not names
        or not all(isinstance(name, str) for name in names)
        or document.keys() != {"target"}
    ):
        strange = next((key for key in document if key != "target"), None)
        question = f"; {strange!r} is no key of it" if strange is not None else ""
        raise CommandError(f'{path}: says one thing, the target of this project: target = "mine.toml"{question}')
    return [str(path.parent / name) for name in names]


def _loaded(path: Path) -> dict[str, Any]:
    return toml.parsed(intake.text(path, LARGEST))


def _lying(folder: Path) -> Iterator[Path]:
    """Yield the target files that lie in a folder."""
    for path in folder.glob("*.toml"):
        try:
            if _loaded(path).keys() >= SAID:
                yield path
        except (OSError, intake.IntakeError, toml.TomlError):
            continue
