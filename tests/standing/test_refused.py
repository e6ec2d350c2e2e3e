"""What a stranger is told, and what of it serves nobody, tells nothing and was never asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import rewritten, run, served

from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response
from standing.conftest import XML, fronted

NO = re.compile(rb">4(01|15)<")


@pytest.mark.parametrize(("state", "verdict"), [("failed", "conforms"), ("pending", "departs")])
def test_a_word_of_the_refusal_that_is_no_state_tells_of_no_order(tmp_path: Path, state: str, verdict: str) -> None:
    words = f'<item key="attributes"><dt_assoc><item key="state">{state}</item></dt_assoc></item>'.encode()

    def front(_request: Request, response: Response) -> Response:
        if not NO.search(response.body):
            return response
        before, end, after = response.body.rpartition(b"</dt_assoc>")
        return Response(response.status, before + words + end + after, XML)

    with fronted("opensrs", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-SIG-09")
    assert done.verdicts["OSRS-SIG-09"] == verdict, done.said


TELLS = {
    "nothing": b"",
    "its state": b'<item key="attributes"><dt_assoc><item key="state">completed</item></dt_assoc></item>',
    "its state in prose": b'<item key="remark">The order is pending</item>',
}


@pytest.mark.parametrize("kind", TELLS)
def test_who_says_no_in_a_reply_that_contradicts_itself_serves_no_stranger(tmp_path: Path, kind: str) -> None:
    """What is true of a cancellation, the order tells; of a look-up, whether anything was told."""
    verdict = "inconclusive" if TELLS[kind] else "conforms"

    def front(request: Request, response: Response) -> Response:
        if not NO.search(response.body):
            return response
        before, end, after = re.sub(rb'(is_success">)0', rb"\g<1>1", response.body).rpartition(b"</dt_assoc>")
        words = TELLS[kind] if b"get_order_info" in request.body.lower() else b""
        return Response(response.status, before + words + end + after, XML)

    with fronted("opensrs", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-SIG-01 or OSRS-SIG-02 or OSRS-SIG-05")
    assert {*done.verdicts.values()} == {verdict}, done.said


@pytest.mark.parametrize(
    ("pace", "verdict"), [("20", "does not conform"), ("2", "does not conform"), ("0.3", "not applicable")]
)
def test_a_connection_that_did_not_last_until_a_stranger_could_use_it_proves_nothing(
    tmp_path: Path, pace: str, verdict: str
) -> None:
    trusting = deviants("opensrs")["Familiar"]
    with served("opensrs", tmp_path / "seller", trusting()) as path:
        rewritten(path, ("[safety]\n", f"[safety]\nrate = {pace}\n"))
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-SIG-01", "-k", "just_served")
    assert done.verdicts["OSRS-SIG-01"] == verdict, done.said
