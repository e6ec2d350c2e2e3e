"""Where a seller redirects, the advice of the run leads to a verdict when it is followed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import running

from countermand.model.exchange import Reply
from countermand.protocols import front
from countermand.provider import embedded
from countermand.provider.http import Request, Response

MOVED = "/v2/{}"
PLACES = {"ala": ("cancelOrder", "ALA-CAN-01"), "opensrs": ("xml", "OSRS-CAN-01")}


class Moved(running.Watched):
    """A seller that has moved: it serves at a path of its own, and redirects from everywhere else."""

    def __init__(self, api: str) -> None:
        super().__init__(embedded.SELLERS[api]())
        self.at = MOVED.format(PLACES[api][0])

    def handle(self, request: Request) -> Response:
        if request.path != self.at:
            return Response(308, b"", (("Location", self.at),))
        here = Request(
            request.method,
            "/cancelOrder" if self.at.endswith("cancelOrder") else "/",
            request.headers,
            request.body,
            request.peer,
        )
        return super().handle(here)


@pytest.mark.parametrize("api", PLACES)
def test_a_buyer_who_is_redirected_accuses_nobody_and_is_told_what_leads_to_a_verdict(api: str, tmp_path: Path) -> None:
    clause = PLACES[api][1]
    with running.served(api, tmp_path / "served", Moved(api)) as target:
        first = running.run(tmp_path, "--target", target, "-m", clause)
        assert first.verdicts[clause] == "inconclusive"
        found = re.search(r'set url = "(.*?)" and path = "(.*?)"', json.dumps(first.results).replace('\\"', '"'))
        assert found is not None
        assert found[2] == MOVED.format(PLACES[api][0])
        said = " ".join(running.countermand("doctor", "--target", target, cwd=tmp_path).stdout.split())
        assert f'path = "{found[2]}"' in said
        url = re.search(r'url = "(.*?)"', target.read_text(encoding="utf-8"))
        assert url is not None
        running.rewritten(target, (url[0], f'url = "{found[1]}"\npath = "{found[2]}"'))
        told = running.run(tmp_path, "--target", target, "-m", clause)
    assert told.verdicts[clause] == "conforms"
    (tmp_path / "again").mkdir()
    again = running.run(tmp_path / "again", "--replay", told.reports)
    assert again.verdicts[clause] == "conforms"


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        ("/v2/cancelOrder", 'set url = "https://seller.example" and path = "/v2/cancelOrder"'),
        ("https://other.example:8443/x", 'set url = "https://other.example:8443" and path = "/x"'),
        ("https://other.example", 'set url = "https://other.example" and path = "/"'),
        ("https://portal.example/login?back=1", "to https://portal.example/login?back=1: ask the operator"),
        ("http://seller.example/cancelOrder", "to http://seller.example/cancelOrder: ask the operator"),
        ("/cancelOrder", "to https://seller.example/cancelOrder: ask the operator"),
        ("https://[broken", "ask the operator"),
        (None, "never followed: ask the operator"),
    ],
)
def test_where_a_redirect_leads_is_told_in_the_keys_of_a_target_file(location: str | None, advice: str) -> None:
    headers = () if location is None else (("Location", location),)
    assert advice in front.elsewhere(
        Reply(302, "Found", "HTTP/1.1", headers, b""), "https://seller.example/cancelOrder"
    )
