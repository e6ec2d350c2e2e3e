"""Deviants that are judged as one seller: each hole is still of one deviant by itself."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from countermand.model import suite
from countermand.proof import field, groups, page, runner, words
from countermand.proof.shown import Proof
from countermand.provider.deviants import deviants

from .undeclared import Broken, Innocent, Sly


def test_every_deviant_is_in_one_group() -> None:
    for api in ("ala", "opensrs"):
        wrong = deviants(api)
        formed = groups.formed(wrong)
        assert sorted(name for group in formed for name in group) == sorted(wrong)
        assert len(formed) < len(wrong) / 2


@pytest.mark.parametrize("of", [1, 2, 8])
def test_all_parts_together_are_every_group_once(of: int) -> None:
    formed = groups.formed(deviants("ala"))
    parts = [groups.part(formed, number, of) for number in range(1, of + 1)]
    assert sorted(group for part in parts for group in part) == sorted(formed)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_part_judges_its_own_groups_and_claims_no_more(wrong: dict[str, type]) -> None:
    three = {name: wrong[name] for name in ("Innocent", "Belated", "Vacant")}
    parts = [runner.prove({"ala": three, "opensrs": {}}, complete=True, part=(number, 3)) for number in (1, 2, 3)]
    assert [[deviant.name for deviant in part.shown] for part in parts] == [["Innocent"], ["Belated"], ["Vacant"]]
    assert [bool(part.holes) for part in parts] == [True, False, False]
    assert not any(part.complete or part.unbroken for part in parts)
    assert "1 of the deviants, for 1 clause: each was caught" in words.summary(parts[1])


def test_a_part_in_which_there_is_no_deviant_is_no_proof(wrong: dict[str, type]) -> None:
    with pytest.raises(field.UnjudgedError, match="there is no part 2/2: the deviants are fewer groups than that"):
        runner.prove({"ala": {"Innocent": wrong["Innocent"]}}, complete=False, part=(2, 2))


def test_those_of_a_group_change_different_verdicts() -> None:
    for api in ("ala", "opensrs"):
        wrong = deviants(api)
        for group in groups.formed(wrong):
            changed = [clause for name in group for clause in groups.changes(wrong[name])]
            assert len(changed) == len(set(changed))
            assert len(group) <= groups.SIZE
            assert len(group) == 1 or all(len(groups.changes(wrong[name])) <= groups.FEW for name in group)
            assert groups.seller(group, wrong)


def test_a_group_is_taken_apart_until_each_stands_alone() -> None:
    group = ("a", "b", "c", "d", "e")
    assert groups.halves(group) == [("a", "b"), ("c", "d", "e")]
    assert groups.halves(("a", "b")) == [("a",), ("b",)]


@pytest.fixture(scope="module")
def wrong() -> dict[str, type]:
    caught = {name: deviants("ala")[name] for name in ("Belated", "Vacant", "Beginning", "Queryable")}
    return {kind.__name__: kind for kind in (Innocent, Sly, Broken)} | caught


@pytest.fixture(scope="module")
def beside(wrong: dict[str, type]) -> Proof:
    return runner.prove({"ala": wrong}, complete=False, together=True)


def test_together_and_alone_the_same_is_said(wrong: dict[str, type], beside: Proof) -> None:
    assert len(groups.formed(wrong)) < len(wrong)
    alone = runner.prove({"ala": wrong}, complete=False)
    assert beside.holes == alone.holes
    assert len(alone.holes) == 3
    assert [(deviant.name, deviant.got) for deviant in beside.shown] == [
        (deviant.name, deviant.got) for deviant in alone.shown
    ]


def test_a_hole_is_of_a_deviant_that_was_judged_alone(beside: Proof) -> None:
    assert {deviant.name for deviant in beside.shown if deviant.holes or deviant.trouble} == {
        "Innocent",
        "Sly",
        "Broken",
    }
    assert all(not deviant.beside for deviant in beside.shown if deviant.holes or deviant.trouble)


def test_what_was_judged_beside_others_fits_what_is_published(beside: Proof) -> None:
    published = json.loads((Path(suite.__file__).parents[1] / "schemas" / "said.schema.json").read_text())
    written = json.loads(json.dumps(words.as_json(beside)))
    jsonschema.validate(written, {"$defs": published["$defs"], "$ref": "#/$defs/prove"})


def test_one_that_is_not_to_be_seen_in_its_group_costs_one_more_seller(wrong: dict[str, type]) -> None:
    three = {name: wrong[name] for name in ("Innocent", "Belated", "Vacant")}
    assert len(groups.formed(three)) == 1
    counted = list[tuple[int, int]]()
    proof = runner.prove(
        {"ala": three}, complete=False, together=True, progress=lambda done, of, _api, _name: counted.append((done, of))
    )
    assert counted == [(1, 2), (2, 2), (3, 3)]
    assert {deviant.name: bool(deviant.holes) for deviant in proof.shown} == {
        "Innocent": True,
        "Belated": False,
        "Vacant": False,
    }


def test_it_is_said_who_was_judged_beside_others(beside: Proof) -> None:
    many = sum(bool(deviant.beside) for deviant in beside.shown)
    assert many >= 2
    told_apart = f"{many} of them change other verdicts than some others do, and were one seller with these."
    assert told_apart in words.markdown(beside)
    assert told_apart in page.page(beside)
    rows = words.as_json(beside)["deviants"]
    assert [bool(row["beside"]) for row in rows] == [row["orders"] is None for row in rows]
