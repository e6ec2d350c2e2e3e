"""A seller that keeps in one place what belongs to each request is found out; one that answers one at a time is not."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from running import Told, Watched, rewritten, run, served

from countermand.provider import embedded
from countermand.provider.http import Peer, Request, Response

#: The scenarios in which several ask at the same time, by clause.
ASKED = {
    "ala": {
        "ALA-SEC-01": "A stranger who asks while the buyer is served",
        "ALA-SEC-04": "Another buyer in the buyer's name, while the buyer is served",
        "ALA-TRC-01": "The correlation ids of replies to several cancellations at the same time",
    },
    "opensrs": {
        "OSRS-SIG-01": "A wrong signature while the buyer is served",
        "OSRS-REQ-05": "Another buyer, and an order of the buyer's, while the buyer is served",
    },
}


PAGE = b"<html><body>Too many connections</body></html>"


@dataclass
class Careless(Watched):
    """Keeps who asks in a variable of the program, and looks at it after a while."""

    caller: tuple[Peer | None, str, str] | None = None

    def handle(self, request: Request) -> Response:
        """Keep the caller, be busy, and answer the one that is kept."""
        names = ("x-username", "x-signature")
        self.caller = (request.peer, request.headers.get(names[0], ""), request.headers.get(names[1], ""))
        kept, body = self.caller, request.body
        time.sleep(0.03)
        if self.caller is not kept:
            peer, user, _ = self.caller
            signature = self.seller.signature(body, self.seller.buyer.key) if user else ""  # type: ignore[attr-defined]
            request = replace(
                request, peer=peer, headers={**request.headers, **dict(zip(names, (user, signature), strict=True))}
            )
        return super().handle(request)


@dataclass
class Muddled(Watched):
    """Keeps the id of a message in a variable of the program, and answers with it after a while."""

    sent: bytes = b""

    def handle(self, request: Request) -> Response:
        """Answer with the id that is kept."""
        own = re.search(rb"correlationId>([^<]+)<", request.body)
        self.sent = own.group(1) if own else b""
        response = super().handle(request)
        time.sleep(0.03)
        return replace(response, body=response.body.replace(own.group(1), self.sent)) if own else response


@dataclass
class Single(Watched):
    """Answers one request at a time, and tells whoever comes meanwhile that it is busy."""

    busy: threading.Lock = field(default_factory=threading.Lock)
    status: int = 429

    def handle(self, request: Request) -> Response:
        """Answer, unless another is being answered."""
        if not self.busy.acquire(blocking=False):
            return Response(self.status, PAGE, (("Content-Type", "text/html"),))
        try:
            time.sleep(0.01)
            return super().handle(request)
        finally:
            self.busy.release()


def judged(folder: Path, api: str, seller: Watched, *clauses: str, rate: bool = False) -> Told:
    with served(api, folder / "seller", seller) as target:
        if rate:
            rewritten(target, ("[safety]", "[safety]\nrate = 50"))
        return run(folder, f"--target={target}", "-m", " or ".join(clauses or ASKED[api]))


def verdicts(done: Told, api: str) -> dict[str, str]:
    """Return the verdicts of the scenarios in which several ask."""
    return {
        clause["id"]: scenario["verdict"]
        for clause in done.results["clauses"]
        for scenario in clause["scenarios"]
        if scenario["name"] == ASKED[api].get(clause["id"])
    }


@pytest.mark.parametrize("clause", ["ALA-SEC-01", "ALA-SEC-04", "OSRS-SIG-01"])
def test_a_caller_who_is_taken_for_the_buyer_is_seen_to_be_served(tmp_path: Path, clause: str) -> None:
    api = "ala" if clause.startswith("ALA") else "opensrs"
    done = judged(tmp_path, api, Careless(embedded.SELLERS[api]()), clause)
    broken = "departs" if clause == "ALA-SEC-04" else "does not conform"
    assert verdicts(done, api) == {clause: broken}, done.said


def test_ids_that_are_mixed_up_are_seen(tmp_path: Path) -> None:
    done = judged(tmp_path, "ala", Muddled(embedded.SELLERS["ala"]()), "ALA-TRC-01")
    assert done.verdicts["ALA-TRC-01"] != "conforms", done.said


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_whoever_answers_one_at_a_time_is_not_accused(tmp_path: Path, api: str, status: int) -> None:
    done = judged(tmp_path, api, Single(embedded.SELLERS[api](), status=status))
    assert {*verdicts(done, api).values()} <= {"not applicable", "conforms"}, done.said
    assert "not applicable" in verdicts(done, api).values()
    assert {*done.verdicts.values()} == {"conforms"}, done.said


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_nobody_is_asked_so_where_a_rate_is_set(tmp_path: Path, api: str) -> None:
    done = judged(tmp_path, api, Watched(embedded.SELLERS[api]()), rate=True)
    assert verdicts(done, api) == dict.fromkeys(ASKED[api], "not applicable"), done.said
    assert "[safety] rate" in done.said


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_what_was_asked_at_the_same_time_can_be_judged_again(tmp_path: Path, api: str) -> None:
    done = judged(tmp_path / "first", api, Watched(embedded.SELLERS[api]()))
    assert verdicts(done, api) == dict.fromkeys(ASKED[api], "conforms"), done.said
    (tmp_path / "again").mkdir()
    again = run(tmp_path / "again", f"--replay={done.reports}")
    assert again.verdicts == done.verdicts, again.said
