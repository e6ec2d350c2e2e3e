"""The rooms of the package.

Each says what it is for, and those that judge are in the digest with all that they lean on.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from running import ROOT

import countermand
from countermand.model import suite
from countermand.model.apis import OWN

PACKAGE = Path(str(files(countermand)))
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
#: Names that fit whatever a variable holds, and so say nothing.
EMPTY = {"told", "one", "found", "_told", "_one", "_found"}


def imported(room: str) -> Iterator[tuple[str, str]]:
    """Return every room that a room imports, and where."""
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("countermand"):
                continue
            parts = (node.module or "").split(".")[1:]
            for name in parts[:1] or [alias.name for alias in node.names]:
                yield name, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_every_room_either_judges_or_does_not() -> None:
    assert ROOMS == suite.JUDGING | suite.ELSEWHERE
    assert not suite.JUDGING & suite.ELSEWHERE
    assert suite.DRAWING < suite.ELSEWHERE


@pytest.mark.parametrize("room", sorted(suite.JUDGING - {"plugin"}))
def test_what_judges_leans_on_nothing_that_may_change_behind_the_digest(room: str) -> None:
    assert [where for name, where in imported(room) if name in suite.ELSEWHERE] == []


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_says_in_a_sentence_what_it_is_for(room: str) -> None:
    words = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert words.partition("\n")[0].endswith(".")


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_stands_in_the_picture_of_the_house(room: str) -> None:
    assert f"\n  {room}/ " in (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")


def named(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Return what variables, parameters and attributes of a module are called, and where."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store(), lineno=line) | ast.arg(arg=name, lineno=line):
                yield name, line
            case ast.Attribute(attr=name, ctx=ast.Store(), lineno=line):
                yield name, line


@pytest.mark.parametrize("folder", ["countermand", "steps", "tests", "benchmarks"])
def test_a_variable_is_called_by_what_it_holds(folder: str) -> None:
    paths = sorted((PACKAGE.parent / folder).rglob("*.py"))
    names = {path: named(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}
    assert [f"{path.name}:{line}: {name}" for path in paths for name, line in names[path] if name in EMPTY] == []
    assert paths


def test_an_empty_name_is_noticed_wherever_it_stands() -> None:
    said = "def f(told, *, one): ...\n[found for found in ()]\nself.told = 1\nfor one in (): ...\nlambda found: 0"
    assert sorted(name for name, _ in named(ast.parse(said)) if name in EMPTY) == [
        *("found", "found", "one", "one", "told", "told")
    ]


@pytest.mark.parametrize("room", sorted(suite.JUDGING | suite.ELSEWHERE))
def test_a_change_counts_where_it_judges_and_nowhere_else(
    room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "countermand"
    (copied / "model").mkdir(parents=True)
    (copied / room).mkdir(exist_ok=True)
    monkeypatch.setattr(suite, "__file__", str(copied / "model/suite.py"))
    monkeypatch.setattr(suite, "root", lambda: tmp_path)
    before, drawn = suite.digest.__wrapped__(), suite.drawing.__wrapped__()
    (copied / room / "new.py").write_text("new = 1")
    assert (suite.digest.__wrapped__() != before) is (room in suite.JUDGING)
    assert (suite.drawing.__wrapped__() != drawn) is (room in suite.DRAWING)


def contract(beginning: str) -> dict[str, Any]:
    """Return the contract of import-linter whose name begins so."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["name"].startswith(beginning))


def modules(room: str) -> set[str]:
    """Return the names of a room's modules."""
    return {path.stem for path in (PACKAGE / room).glob("*.py")} - {"__init__"}


def test_the_contracts_that_list_modules_list_them_all() -> None:
    protected = {name.rpartition(".")[2] for name in contract("pytest loads the plugin")["protected_modules"]}
    assert protected == modules("plugin") - {"launch"}

    named = ast.parse((ROOT / "conftest.py").read_text("utf-8"))
    of_all = next(
        ast.literal_eval(node.value)
        for node in named.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_MODULES"
    )
    assert {f"steps.{name}" for name in of_all} == {*contract("Sentences that every API may use")["source_modules"]}
    own = {f"steps{name}" for api in OWN for name in api.steps}
    forbidden = {*contract("Sentences that every API may use")["forbidden_modules"]}
    assert own == {name for name in forbidden if name.startswith("steps.")}
    assert {f"countermand.checks.{api.name}" for api in OWN} < forbidden

    spoken = {name for name in modules("protocols") if name.partition("_")[0] in {api.name for api in OWN}}
    hidden = {*contract("Sentences say what a seller is asked")["forbidden_modules"]}
    assert {f"countermand.protocols.{name}" for name in spoken} <= hidden
