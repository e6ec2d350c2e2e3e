"""Where a server lets even the buyer not through, a run accuses and praises nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from running import countermand

from countermand.exits import Exit
from stacks.situations import Software, up
from stacks.test_nginx import NGINX

#: It trusts another authority than the one our certificates are of.
ELSEWHERE = replace(NGINX, situation=NGINX.situation.replace("$ca", "$stranger"))
SITUATIONS = [
    ("ala", ELSEWHERE, "ssl_verify_client optional_no_ca; location / { proxy_pass https://$inner; }"),
    ("ala", NGINX, "ssl_verify_client optional; location / { deny all; }"),
    ("ala", NGINX, "ssl_verify_client optional; location / { return 308 https://elsewhere.example$request_uri; }"),
    ("opensrs", NGINX, "location / { deny all; }"),
]


@pytest.mark.parametrize(("api", "software", "rules"), SITUATIONS, ids=[rules for _, _, rules in SITUATIONS])
def test_a_run_in_which_the_buyer_is_not_served_says_so_and_nothing_else(
    api: str, software: Software, rules: str, tmp_path: Path
) -> None:
    with up(software, api, {"unserved": rules}, tmp_path) as places:
        told = countermand("run", "--target", places["unserved"].target, "--no-page", cwd=tmp_path)
    assert told.returncode in {Exit.INCONCLUSIVE, Exit.UNUSABLE}, told.stdout + told.stderr
    assert {one["verdict"] for one in _clauses(tmp_path / "reports")} <= {"inconclusive", "not applicable"}


def _clauses(reports: Path) -> list[dict[str, str]]:
    """Read the clauses of a run, none where it ended before the first."""
    written = reports / "results.json"
    clauses: list[dict[str, str]] = (
        json.loads(written.read_text(encoding="utf-8"))["clauses"] if written.exists() else []
    )
    return clauses
