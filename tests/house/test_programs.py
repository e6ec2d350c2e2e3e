"""What commands say to programs is what is published of it."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from running import ROOT, countermand, rewritten, served

from countermand import usage
from countermand.provider.deviants import deviants

SCHEMAS = ROOT / "countermand" / "schemas"
SAID: dict[str, Any] = json.loads((SCHEMAS / "said.schema.json").read_text("utf-8"))
#: Commands whose JSON has a schema of its own, which tests of their own hold them to.
APART = {"compare", "matrix", "night", "verify"}
ASKED = (
    ("baseline", "new.toml", "reports", "--update"),
    ("baseline", "known.toml", "reports"),
    ("clauses",),
    ("clauses", "--since", "0.1"),
    ("doctor", "--target", "a/target.toml"),
    ("explain", "ALA-REQ-07"),
    ("keygen", "--out", "other"),
    ("orders", "--target", "a/target.toml"),
    ("orders", "--target", "a/target.toml", "--clean"),
    ("prove", "takes-up-without-order-reference"),
    ("register", "certificate.zip", "forged.zip", "--key", "signing.public.pem", "--out", "site"),
    ("report", "reports"),
    ("run", "--target", "a/target.toml", "-m", "ALA-HTTP-01", "--no-page"),
    ("run", "--target", "a/target.toml", "--target", "b/target.toml", "-m", "ALA-HTTP-01", "--no-page"),
    ("serve", "--list-deviants"),
    ("targets", "a/target.toml"),
    ("ticket", "--reports", "reports"),
    ("ticket", "ALA-REQ-07", "--reports", "reports"),
)


KNOWN = """[[fails]]
clause = "ALA-REQ-07"
owner = "@anna"
reason = "they mend it"
expires = 2999-01-01
"""


def part(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}", "$defs": SAID["$defs"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which a seller that breaks one clause was judged and certified, and which is up still."""
    place = tmp_path_factory.mktemp("programs")
    broken = next(made for made in deviants("ala").values() if vars(made)["breaks"] == "ALA-REQ-07")
    with served("ala", place / "a", broken()) as first, served("ala", place / "b") as second:
        for name, path in (("mine", first), ("other", second)):
            rewritten(path, ('"embedded-ala"', f'"{name}"'))
        assert countermand("keygen", cwd=place).returncode == 0
        which = ("--target", first, "-m", "ALA-REQ-07 or ALA-HTTP-01", "--reports", "reports", "--no-page")
        done = countermand("certify", *which, "--key", "signing.pem", "--out", "certificate.zip", cwd=place)
        assert done.returncode == 1, done.stdout + done.stderr
        (place / "known.toml").write_text(KNOWN, "utf-8")
        (place / "forged.zip").write_bytes(b"PK")
        yield place


@pytest.mark.parametrize("words", ASKED, ids=lambda words: " ".join(words[:1] + words[2:]))
def test_what_is_said_is_what_is_published(folder: Path, words: tuple[str, ...]) -> None:
    done = countermand(*words, "--json", cwd=folder)
    answer = json.loads(done.stdout)
    assert "error" not in answer, done.stderr
    jsonschema.validate(answer, part(words[0]))
    assert words[0] == "targets" or answer["version"] == 1
    jsonschema.validate(answer, SAID)
    if words[0] == "run":
        results = json.loads((SCHEMAS / "results.schema.json").read_text("utf-8"))
        for row in answer.get("runs", [answer]):
            jsonschema.validate(row, results)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 2}, part(words[0]))


def test_what_a_command_could_not_do_is_said_as_is_published(folder: Path) -> None:
    answer = json.loads(countermand("explain", "ALA-REG-07", "--json", cwd=folder).stdout)
    jsonschema.validate(answer, part("error"))


def test_no_command_says_to_programs_what_is_published_nowhere() -> None:
    """Of each its schema, and of each schema a command that is asked here."""
    with_json = set()
    for name in usage.COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"countermand.commands.{name}").add_arguments(parser)
        with_json |= {name for action in parser._actions if "--json" in action.option_strings}
    assert with_json == APART | {words[0] for words in ASKED}
    assert {words[0] for words in ASKED} <= SAID["$defs"].keys()
    assert all((SCHEMAS / f"{name}.schema.json").is_file() for name in APART)
