"""What the doctor says of the embedded sellers, and of nearly right target files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countermand import doctor
from countermand.provider import embedded, serving
from countermand.targetfile import load
from doctor.conftest import Told

Ask = Callable[..., Told]


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with serving.serve(request.param, embedded.SELLERS[request.param](), tmp_path) as up:
        yield up.target


both = pytest.mark.parametrize("served", ["ala", "opensrs"], indirect=True)


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@both
def test_a_seller_as_it_should_be_gives_nothing_to_mend(examine: Ask, served: Path) -> None:
    answer = examine(served)
    assert (answer.code, answer.first) == (0, None)
    assert {finding["state"] for finding in answer.findings.values()} == {"ok"}
    assert doctor.preflight(load(served)) is None


@both
def test_a_wrong_path_is_named(examine: Ask, served: Path) -> None:
    url = load(served).url
    answer = examine(changed(served, url, f"{url}/elsewhere"))
    assert answer.code == 13
    assert "status 404; probably the wrong path: mend url" in answer.words("answer")
    assert doctor.preflight(load(served)) is None


@pytest.mark.parametrize("served", ["opensrs"], indirect=True)
def test_a_wrong_key_is_named(examine: Ask, served: Path) -> None:
    key = load(served).identities["buyer"].api_key
    assert key is not None
    answer = examine(changed(served, key.reveal(), "0" * 112))
    assert answer.code == 13
    assert "the signature is refused: code 401" in answer.words("answer")
    first = doctor.preflight(load(served))
    assert first is not None
    assert "mend api_key in [buyer]" in first


@pytest.mark.parametrize("served", ["opensrs"], indirect=True)
def test_a_wrong_user_is_named(examine: Ask, served: Path) -> None:
    answer = examine(changed(served, str(load(served).identities["buyer"].username), "nobody"))
    assert answer.code == 13
    assert "the user nobody is refused" in answer.words("answer")


@pytest.mark.parametrize("served", ["ala"], indirect=True)
def test_a_certificate_of_a_stranger_is_named(examine: Ask, served: Path) -> None:
    changed(served, '"buyer.pem"', '"stranger.pem"')
    answer = examine(changed(served, '"buyer.key"', '"stranger.key"'))
    assert answer.code == 13
    assert "the server refuses ours, stranger.pem (alert unknown_ca)" in answer.words("client certificate")
    first = doctor.preflight(load(served))
    assert first is not None
    assert "stranger.pem" in first


@pytest.mark.parametrize("served", ["ala"], indirect=True)
def test_a_seller_that_has_stopped_is_named(served: Path) -> None:
    url = load(served).url
    first = doctor.preflight(load(changed(served, url, "https://127.0.0.1:1")))
    assert first is not None
    assert first.startswith("connection: nobody listens at 127.0.0.1 port 1")
