"""Each deviant is called by what it does wrong, and can be asked for by that or by its name."""

from __future__ import annotations

import copy
import json
import re
from importlib.resources import files
from typing import Any

import pytest

from countermand import cli
from countermand.model.apis import OWN
from countermand.provider import deviants, sellers
from countermand.provider.ala import seller as ala
from countermand.provider.ala.deviants import fault_words, traces
from countermand.targetfile.checking import completed

APIS = ("ala", "opensrs")


@pytest.mark.parametrize("api", APIS)
def test_every_deviant_has_a_slug_of_its_own_that_is_short_and_easily_typed(api: str) -> None:
    wrong = deviants.deviants(api)
    slugs = [vars(deviant).get("slug", "") for deviant in wrong.values()]
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", slug) or len(slug) > 50] == []
    assert len({*slugs}) == len(slugs)


@pytest.mark.parametrize("api", APIS)
def test_each_is_found_by_its_slug_and_by_its_name(api: str) -> None:
    wrong = deviants.deviants(api)
    assert [
        deviants.called(wrong, word)
        for deviant in wrong.values()
        for word in (deviants.slug(deviant), deviant.__name__)
    ] == [name for name in wrong for _ in range(2)]
    assert deviants.called(wrong, "takes-up-without-any-thought") is None


def test_two_of_one_slug_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = list(deviants.deviants("ala").values())[:2]
    monkeypatch.setattr(second, "slug", deviants.slug(first))
    with pytest.raises(ValueError, match=f"two deviants of ala are called {deviants.slug(first)}"):
        deviants.deviants("ala")


def test_two_of_one_name_are_refused_and_both_are_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    again = type("Codeless", (ala.Seller,), {"__module__": traces.__name__, "breaks": "ALA-TRC-01"})
    monkeypatch.setattr(traces, "Again", again, raising=False)
    assert cli.main(["prove", "--api", "ala", "empty-faultcode"]) == 4
    said = capsys.readouterr().err
    assert (
        f"two deviants of ala are named Codeless, in {fault_words.__name__} and in {traces.__name__}: "
        "give one of them another"
    ) in said


def test_a_deviant_without_a_slug_goes_by_its_name_in_small_letters() -> None:
    assert deviants.slug(type("OneSided", (), {"breaks": "X"})) == "one-sided"


def test_the_published_schema_says_all_that_the_rows_of_our_own_say() -> None:
    published: dict[str, Any] = json.loads(
        files("countermand").joinpath("schemas/target.schema.json").read_text(encoding="utf-8")
    )
    assert completed(copy.deepcopy(published), OWN) == published
    del published["properties"]["orders"]["properties"]["declined"]
    assert completed(copy.deepcopy(published), OWN) != published


def test_both_sides_know_the_same_apis() -> None:
    assert tuple(row.name for row in OWN) == sellers.OWN == APIS
