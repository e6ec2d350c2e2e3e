"""Each release freezes its clauses: a set that is released never changes, and today's catalogue is the newest set."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from countermand import __version__
from countermand.model import clause, clause_set

FEATURES = Path(__file__).parents[1] / "features"
CATALOGUE = clause.read(FEATURES)
SETS = clause_set.read(FEATURES)
#: Digests of the sets that are released: whoever releases a version adds its own.
RELEASED: dict[str, dict[str, str]] = {}


def freeze() -> None:
    """Write the set of this version; one that is released stays as it is."""
    path = FEATURES / clause_set.FOLDER / f"{__version__}.json"
    if not path.is_file() or json.loads(path.read_text(encoding="utf-8"))["released"] is None:
        text = json.dumps(clause_set.today(CATALOGUE).as_json(), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")


def test_todays_catalogue_is_the_newest_set() -> None:
    newest = SETS[-1]
    now = clause_set.today(CATALOGUE)
    assert newest.version == __version__, "write it: python tests/test_catalogue.py"
    advice = (
        "write it again: python tests/test_catalogue.py"
        if newest.released is None
        else "give the changed suite a version of its own"
    )
    assert dict(newest.clauses) == dict(now.clauses), advice


def test_a_released_set_never_changes() -> None:
    released = {
        frozen.version: {api: frozen.digest(api) for api in ("ala", "opensrs")} for frozen in SETS if frozen.released
    }
    assert released == RELEASED


def test_a_digest_covers_id_wording_and_weight_and_nothing_of_the_other_api() -> None:
    frozen = SETS[-1]
    key = next(iter(frozen.of("ala")))
    for other in (
        {**frozen.clauses, key: {**frozen.clauses[key], "says": "another thing"}},
        {**frozen.clauses, key: {**frozen.clauses[key], "evidence": "inferred", "says": "x"}},
        {**frozen.clauses, key: {**frozen.clauses[key], "judged": not frozen.clauses[key]["judged"]}},
        {other: row for other, row in frozen.clauses.items() if other != key},
    ):
        assert replace(frozen, clauses=other).digest("ala") != frozen.digest("ala")
        assert replace(frozen, clauses=other).digest("opensrs") == frozen.digest("opensrs")


def test_what_has_changed_since_is_named_clause_by_clause() -> None:
    new = clause_set.today(CATALOGUE)
    first, second, third, fourth = list(new.clauses)[:4]
    old = {key: dict(row) for key, row in new.clauses.items() if key != first} | {
        "ALA-OLD-01": dict(new.clauses[first])
    }
    old[second]["says"], old[third]["evidence"], old[fourth]["judged"] = "otherwise", "no", not old[fourth]["judged"]
    changes = {change.id: change.kind for change in clause_set.changes(replace(new, clauses=old), new)}
    assert changes[first] == "new"
    assert changes["ALA-OLD-01"] == "gone"
    assert changes[second] == "reworded"
    assert changes[third] == "weighed otherwise"
    assert changes[fourth] in {"now judged", "no longer judged"}
    assert len(changes) == 5
    assert list(clause_set.changes(new, new)) == []


def test_a_set_is_called_released_only_where_a_release_has_frozen_just_these_clauses(tmp_path: Path) -> None:
    (tmp_path / clause_set.FOLDER).mkdir()
    path = tmp_path / clause_set.FOLDER / f"{__version__}.json"
    document = clause_set.today(CATALOGUE, "2026-12-01").as_json()
    path.write_text(json.dumps(document), encoding="utf-8")
    assert clause_set.current(CATALOGUE, tmp_path).released == "2026-12-01"
    document["clauses"][next(iter(document["clauses"]))]["says"] = "another thing"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert clause_set.current(CATALOGUE, tmp_path).released is None


@pytest.mark.parametrize("frozen", SETS, ids=lambda frozen: frozen.version)
def test_a_set_says_whether_it_is_released(frozen: clause_set.ClauseSet) -> None:
    assert frozen.name == frozen.version if frozen.released else frozen.name.endswith("(not yet released)")


if __name__ == "__main__":
    freeze()
