"""The proof reports sellers that prove it wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countermand import cli
from countermand.commands import prove
from countermand.exits import CommandError
from countermand.model import clause, suite
from countermand.model.verdict import Verdict
from countermand.proof import page, runner, words
from countermand.proof.field import Judgement
from countermand.proof.shown import Proof, Shown, must_say
from countermand.provider.ala.deviants.orders import Imaginative
from countermand.provider.deviants import deviants

from .undeclared import Boastful, Broken, Innocent, Sly

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def proof() -> Proof:
    wrong = {kind.__name__: kind for kind in (Innocent, Sly, Boastful, Broken, deviants("ala")["Imaginative"])}
    return runner.prove({"ala": wrong}, complete=False)


def holes(proof: Proof, name: str) -> list[str]:
    return [hole.partition(": ")[2] for hole in proof.holes if f" ({name}, " in hole]


def test_a_deviant_that_breaks_nothing_is_a_hole(proof: Proof) -> None:
    assert holes(proof, "Innocent") == ["not caught: ALA-REQ-07 says conforms, and must say does not conform"]


def test_a_change_that_is_not_declared_is_a_hole(proof: Proof) -> None:
    assert holes(proof, "Sly") == ["not declared: ALA-ORD-05 says not applicable, and must say conforms"]


def test_a_declared_change_that_does_not_happen_is_a_hole(proof: Proof) -> None:
    assert holes(proof, "Boastful") == ["declared otherwise: ALA-TRC-01 says conforms, and must say departs"]


def test_a_deviant_that_cannot_be_judged_is_a_hole(proof: Proof) -> None:
    assert holes(proof, "Broken") == ["could not be judged: OSError: no such seller"]


def test_a_deviant_that_is_caught_is_none(proof: Proof) -> None:
    assert holes(proof, "Imaginative") == []
    assert "5 deviants" in words.summary(proof)
    assert "4 holes" in words.summary(proof)


def test_every_report_names_every_hole(proof: Proof) -> None:
    written = json.loads(json.dumps(words.as_json(proof)))
    assert written["holes"] == proof.holes
    assert all(hole in words.markdown(proof) for hole in proof.holes)
    assert page.page(proof).count("<li>") >= len(proof.holes)


def test_a_clause_without_a_deviant_is_a_hole(proof: Proof) -> None:
    whole = Proof(proof.catalogue, proof.references, proof.shown, complete=True)
    assert "ALA-CAN-01: no deviant breaks it" in whole.holes
    assert "ALA-ORD-01: no deviant breaks it" not in whole.holes


def test_an_api_without_any_deviant_is_nothing_but_holes() -> None:
    assert "ALA-CAN-01: no deviant breaks it" in runner.prove({"ala": {}}, complete=True).holes


def test_a_reference_seller_that_does_not_conform_is_a_hole(proof: Proof) -> None:
    unsound = Judgement({"ALA-CAN-01": Verdict.INCONCLUSIVE}, {})
    assert Proof(proof.catalogue, {"ala": unsound}, (), complete=False).holes == [
        "ala: of the reference seller, ALA-CAN-01 says inconclusive"
    ]


def test_what_must_be_said_follows_from_the_evidence(proof: Proof) -> None:
    sound = {"ALA-REQ-07": Verdict.CONFORMS, "ALA-ORD-01": Verdict.CONFORMS, "ALA-ORD-05": Verdict.CONFORMS}
    assert must_say(Innocent, sound, proof.catalogue)["ALA-REQ-07"] is Verdict.DOES_NOT_CONFORM
    assert must_say(Imaginative, sound, proof.catalogue) == sound | {
        "ALA-ORD-01": Verdict.DEPARTS,
        "ALA-ORD-05": Verdict.NOT_APPLICABLE,
    }


def test_a_clause_nobody_spoke_of_is_a_hole() -> None:
    said = {"ALA-ORD-01": Verdict.CONFORMS}
    shown = Shown("ala", "X", "x", "Is silent.", "ALA-ORD-01", {"ALA-ORD-01": Verdict.DEPARTS}, {}, said)
    assert shown.holes == {"ALA-ORD-01": (Verdict.DEPARTS, None)}
    assert not shown.caught


def test_the_command_ends_with_0_where_all_named_are_caught(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", "--api", "ala", "--reports", str(tmp_path), "--jobs", "2", "Imaginative", "Belated"]) == 0
    assert "2 of the deviants, for 2 clauses: each was caught" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["proof.html", "proof.json", "proof.md"]
    assert json.loads((tmp_path / "proof.json").read_text())["complete"] is False


def test_the_command_ends_with_1_where_there_is_a_hole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "known", lambda _apis: {"ala": {"Innocent": Innocent}})
    assert cli.main(["prove", "--api", "ala", "--reports", str(tmp_path), "Innocent"]) == 1


def test_the_command_proves_all_that_break_a_clause() -> None:
    known = {api: deviants(api) for api in ("ala", "opensrs")}
    chosen = prove._chosen(known, ["ALA-REQ-15", "no-domain"])
    assert chosen.keys() == {"ala", "opensrs"}
    breaking = {name for name, deviant in known["ala"].items() if vars(deviant)["breaks"] == "ALA-REQ-15"}
    assert breaking <= chosen["ala"].keys()
    assert len(breaking) > 1
    assert {vars(deviant)["breaks"] for deviant in chosen["ala"].values()} == {"ALA-REQ-15"}
    assert len(chosen["opensrs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Imaginativ"], "did you mean 'Imaginative'?"),
        (["ALA-REQ-7"], "did you mean 'ALA-REQ-"),
        (["--jobs", "0"], "a number from 1"),
        (["--part", "0/8"], "as 2/8 for the second of eight, not '0/8'"),
        (["--part", "9/8"], "as 2/8 for the second of eight, not '9/8'"),
        (["--part", "half"], "as 2/8 for the second of eight, not 'half'"),
        (["--api", "soap"], "invalid choice"),
    ],
)
def test_the_command_ends_with_4_on_usage(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prove", *arguments]) == 4
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_every_clause_that_can_be_tested_has_a_deviant(api: str) -> None:
    """The proof says so too, of all of it; in CI it is judged in parts, none of which can know."""
    testable = {entry.id for entry in clause.read(*suite.features()).of(api) if entry.untested is None}
    assert {str(vars(kind)["breaks"]) for kind in deviants(api).values()} == testable


def test_the_readme_says_what_the_proof_says() -> None:
    every = [*deviants("ala").values(), *deviants("opensrs").values()]
    clauses = {str(vars(kind)["breaks"]) for kind in every}
    assert words.claim(len(every), len(clauses)) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("broken", "asked", "words"),
    [
        ("ALA-REQ-70", [], r"Wrong: breaks 'ALA-REQ-70', which is no clause; did you mean ALA-REQ-"),
        ("ALA-REQ-07", ["ALA-REQ-08"], "no deviant breaks ALA-REQ-08: see CONTRIBUTING.md"),
        ("ALA-REQ-07", ["ALA-REQ-70"], "no deviant 'ALA-REQ-70'; did you mean 'ALA-REQ-07'"),
    ],
)
def test_a_clause_that_is_none_or_has_no_deviant_is_told_as_that(broken: str, asked: list[str], words: str) -> None:
    known = {"ala": {"Wrong": type("Wrong", (), {"breaks": broken, "slug": "is-wrong"})}}
    with pytest.raises(CommandError, match=words):
        prove._chosen(known, asked)
