"""Filters turn away whoever does not say with what it asks: the suite says so, and what a target file says goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import Watched, countermand, rewritten, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

from .front import page


class Filtered(Watched):
    """A seller behind a filter, as AWS WAF is by its managed rules."""

    def altered(self, request: Request, response: Response) -> Response:
        return response if request.headers.get("user-agent") else page(403)


@contextmanager
def filtered(folder: Path, api: str) -> Iterator[tuple[Path, Filtered]]:
    seller = Filtered(embedded.SELLERS[api]())
    with served(api, folder / "seller", seller) as path:
        yield path, seller


@pytest.mark.parametrize(("api", "clause"), [("ala", "ALA-CAN-01"), ("opensrs", "OSRS-CAN-01")])
def test_a_filter_that_wants_to_know_with_what_is_asked_lets_the_suite_in(
    tmp_path: Path, api: str, clause: str
) -> None:
    with filtered(tmp_path, api) as (path, _):
        doctor = countermand("doctor", "--target", path, cwd=tmp_path)
        run = countermand("run", "--target", path, "-m", clause, "--reports", tmp_path / "reports", cwd=tmp_path)

    assert (doctor.returncode, run.returncode) == (0, 0), doctor.stdout + run.stdout


def test_a_target_file_may_say_with_what_is_asked(tmp_path: Path) -> None:
    with filtered(tmp_path, "ala") as (path, seller):
        rewritten(path, ("[trust]", '[headers]\nUser-Agent = "ours/1"\n\n[trust]'))
        done = countermand("doctor", "--target", path, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert {request.headers.get("user-agent") for request in seller.asked} == {"ours/1"}
