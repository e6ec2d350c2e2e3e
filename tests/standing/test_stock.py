"""A seller takes up other orders than are listed, or does not know them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from running import Told, rewritten, run, served

from countermand import cli
from countermand.proof.field import judge
from countermand.provider.ala import seller as ala
from countermand.provider.ala.decision import Answer as Rejection
from countermand.provider.ala.decision import Decision
from countermand.provider.ala.request import Cancellation, UnreadableError
from countermand.provider.ala.style import Style
from countermand.provider.certificates import make
from countermand.provider.http import Request, Response
from countermand.provider.opensrs import seller as opensrs
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import IN_FLIGHT, Reseller, State
from countermand.targetfile import TargetError, load

#: As the file of a public bug report has them: a spreadsheet's floats, and numbers of another environment.
LISTED = """state,order_id
pending,5.78E+14
pending,6.37431E+14
in-progress,000000000000001
completed,000000000000002
cancelled,000000000000003
"""
FORM = "if it does not know the message, set [dialect] namespace or request_root"
TAKES_NONE_UP = '[capabilities]\ntakes_up = "no"\n\n[safety]'


class Supportive(opensrs.Seller):
    """Cancels what is in progress, and refuses what is only saved, as a support article of the service reads."""

    cancellable = frozenset(IN_FLIGHT - {State.PENDING})


class Unlooked(Supportive):
    """Has no get_order_info either."""

    commands = frozenset({"cancel_order", "sw_register"})


class Forgetful(ala.Seller):
    """Has lost every order, and says so."""

    def decide(self, _asked: Cancellation) -> Rejection:
        return Rejection(Decision.REJECTED, "404", "No such order is known here.")


class Particular(ala.Seller):
    """Wants another root element than the target file names, and says so."""

    def check_root(self, _message: object) -> None:
        raise UnreadableError("The root element is to be cancelOrder.")


def listing(path: Path, text: str) -> Path:
    """Let a target file name its orders in a file, and nowhere else."""
    (path.parent / "orders.csv").write_text(text, encoding="utf-8")
    target = path.read_text(encoding="utf-8").replace("embedded-", "staging-", 1)
    path.write_text(
        re.sub(r"(?ms)^\[orders\].*?(?=^\[)", '[orders]\nfile = "orders.csv"\n\n', target), encoding="utf-8"
    )
    return path


def inconclusive(done: Told) -> list[str]:
    return [clause for clause, verdict in done.verdicts.items() if verdict == "inconclusive"]


@pytest.mark.parametrize("seller", [Supportive, Unlooked])
def test_a_seller_that_takes_up_what_is_in_progress_alone_is_judged_by_that(
    tmp_path: Path, seller: type[opensrs.Seller]
) -> None:
    with served("opensrs", tmp_path / "seller", seller()) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports")
        replayed = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert done.code == 0, done.said
    assert inconclusive(done) == []
    states = {
        order["state"]
        for row in map(json.loads, (done.reports / "record.jsonl").read_text(encoding="utf-8").splitlines())
        if row["clause"] == "OSRS-REQ-01"
        for order in row["drawn"]["orders"]
    }
    assert states == {"in-progress"}
    assert replayed.code == 0, replayed.said


def test_orders_in_progress_alone_are_enough(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as path:
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?ms)^pending = \[.*?\]", "pending = []", text), encoding="utf-8")
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-CAN-01 or OSRS-REQ-01 or OSRS-SIG-01")
    assert set(done.scenarios) == {"conforms"}, done.said


def test_a_seller_that_takes_up_none_in_any_state_is_not_judged_by_its_refusals(tmp_path: Path) -> None:
    """The other way round: every state is tried, and no refusal counts."""
    seller = Supportive()
    seller.cancellable = frozenset()  # type: ignore[misc]  # of this one
    with served("opensrs", tmp_path / "seller", seller) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-CAN-01 or OSRS-REQ-01")
    assert done.code == 10
    assert (done.verdicts["OSRS-CAN-01"], done.verdicts["OSRS-REQ-01"]) == ("conforms", "inconclusive")
    assert "a refusal proves something only beside an acceptance" in done.said
    assert re.search(r"; see whether order \d+ is still pending, and list fresh ones under \[orders\]; only", done.said)


def test_what_a_seller_says_of_a_complete_cancellation_is_shown(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", Particular()) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-REQ-07")
    assert done.code == 10
    assert "the seller said: status 400 (The root element is to be cancelOrder.)" in done.said
    assert FORM in done.said


def test_a_seller_that_rejects_what_it_has_read_is_not_doubted_to_have_read_it(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller", ala.Seller(Style(takes_up=False))) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-REQ-07")
    assert (done.code, FORM in done.said) == (10, False)


def test_lists_of_orders_that_are_used_up_are_what_is_wrong_and_the_run_judges_its_record_alike(tmp_path: Path) -> None:
    """To declare that the seller takes none up would be to judge it by nothing."""
    with served("opensrs", tmp_path / "seller") as path:
        text = path.read_text(encoding="utf-8")
        match = re.search(r"(?ms)^cancelled = (\[.*?\])", text)
        assert match
        text = re.sub(r"(?ms)^(in-progress|awaiting-approval|approver-confirmed|cancelled) = \[.*?\]", r"\1 = []", text)
        path.write_text(re.sub(r"(?ms)^pending = \[.*?\]", f"pending = {match[1]}", text), encoding="utf-8")
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-REQ-01")
    assert done.code == 10
    assert re.search(
        r"the order \S+ is listed as pending, and the seller says that it is cancelled: see whether", done.said
    )
    assert "takes_up" not in done.said
    again = run(tmp_path, f"--replay={done.reports}", f"--reports={tmp_path / 'again'}")
    assert again.code == 10
    assert "the seller says that it is cancelled: see whether" in again.said


@pytest.mark.parametrize("claims", ["[safety]", TAKES_NONE_UP], ids=["", "takes none up"])
def test_lists_in_which_no_number_exists_are_what_is_wrong(
    tmp_path: Path, claims: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with served("opensrs", tmp_path / "seller") as path:
        rewritten(listing(path, LISTED), ("[safety]", claims))
        done = run(tmp_path, f"--target={path}", "--no-reports")
        assert cli.main(["doctor", "--target", str(path)]) == 0
    assert done.code == 10, done.said
    assert "the seller does not know order 5.78E+14: see whether the lists are right" in done.said
    assert 'declare [capabilities] takes_up = "no"' not in done.said
    assert done.verdicts["OSRS-CAN-01"] == done.verdicts["OSRS-SIG-01"] == "inconclusive"
    assert "does not conform" not in done.verdicts.values()
    said = capsys.readouterr().out
    assert "5.78E+14 (pending) is no order number; a spreadsheet has made a float of it" in said
    assert "000000000000001" not in said


@pytest.mark.parametrize("number", ["\uff15\uff17\uff18", "57\u0668", "\uff33-1"])
def test_a_number_in_letters_that_only_look_like_it_is_refused(tmp_path: Path, number: str) -> None:
    """The ledger would know it as another order than the one it names."""
    with served("opensrs", tmp_path / "seller") as path:
        listed = listing(path, f'state,order_id\npending,"{number}"\n')
        with pytest.raises(TargetError, match=f"'{number}' is written in other letters or digits than '"):
            load(listed)


@pytest.mark.parametrize("number", ["N.\u00ba123", "\u2116 45", "ORD\u00b27", "A\u21221", "e\u0301-1"])
def test_a_number_of_odd_letters_that_is_written_so_is_taken(tmp_path: Path, number: str) -> None:
    with served("opensrs", tmp_path / "seller") as path:
        assert load(listing(path, f'state,order_id\npending,"{number}"\n')).orders.listed[0].seller == number


@pytest.mark.parametrize(
    ("number", "odd"),
    [("578.0", True), ("5,78E+14", True), ("5E14", True), ("578", False), ("57E", False), ("A-5.1", False)],
)
def test_a_spreadsheets_float_is_told_from_a_number(tmp_path: Path, number: str, *, odd: bool) -> None:
    with served("opensrs", tmp_path / "seller") as path:
        warnings = load(listing(path, f'state,order_id\npending,"{number}"\n')).warnings
    assert any(number in words for words in warnings) == odd


@pytest.mark.parametrize("claims", ["[safety]", TAKES_NONE_UP], ids=["", "takes none up"])
def test_a_seller_without_a_look_up_says_in_its_refusal_that_it_knows_no_such_order(
    tmp_path: Path, claims: str
) -> None:
    with served("ala", tmp_path / "seller", Forgetful()) as path:
        rewritten(path, ("[safety]", claims))
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01 or ALA-REQ-01")
    assert done.verdicts["ALA-CAN-01"] == "inconclusive"
    assert re.search(r"the seller does not know order \S+: see whether the lists are right", done.said)
    assert 'declare [capabilities] takes_up = "no"' not in done.said


@pytest.mark.parametrize("tried", [True, False])
def test_a_run_says_that_no_newcomer_of_the_operators_authority_was_tried(tmp_path: Path, *, tried: bool) -> None:
    with served("ala", tmp_path / "seller") as path:
        if not tried:
            path.write_text(re.sub(r"(?ms)^\[unknown_buyer\].*?(?=^\[|\Z)", "", path.read_text()))
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-SEC-02")
        cli.main(["doctor", "--target", str(path), "--json"])
    words = "a newcomer of the operator's own authority was not tried"
    assert any(words in note for note in done.results["notes"]) != tried
    assert (words in done.said) != tried
    assert set(done.scenarios) == ({"conforms"} if tried else {"conforms", "not applicable"})


def test_the_embedded_newcomer_bears_another_name_and_the_same_authority(tmp_path: Path) -> None:
    from cryptography import x509  # noqa: PLC0415 - this test alone looks into a certificate

    made = make(tmp_path)
    buyer, newcomer = (
        x509.load_pem_x509_certificate(party.certificate.read_bytes()) for party in (made.buyer, made.unknown_buyer)
    )
    assert (buyer.issuer == newcomer.issuer, buyer.subject == newcomer.subject) == (True, False)


class LookedUpLater(opensrs.Seller):
    """It conforms; all but one of the listed orders of each state were called off since, and it says so in its time."""

    def target(self) -> Mapping[str, Mapping[str, str | list[str]]]:
        table = super().target()
        self.gone = {number for state in IN_FLIGHT for number in table["orders"][state][1:]}
        self.asked: set[str] = set()
        for number in self.gone:
            self.keep(self.orders[number].become(State.CANCELLED))
        return table

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        number = message.attribute("order_id") or ""
        first = number in self.gone - self.asked
        self.asked.add(number)
        return {**super().get_order_info(message, reseller), **({"state": "being-retrieved"} if first else {})}


def test_an_order_that_was_called_off_before_is_no_fault_of_a_seller_that_says_so_late() -> None:
    """Whether a no was one is held against what the seller told before it, not against an old list."""
    judgement = judge("opensrs", {"late": LookedUpLater})["late"]
    broken = {"does not conform", "departs"}
    assert not judgement.trouble
    assert {clause: verdict for clause, verdict in judgement.clauses.items() if verdict in broken} == {}


class BusyToStrangers(opensrs.Seller):
    """Is too busy for a look-up that is not signed as it should be."""

    def handle(self, request: Request) -> Response:
        if b"get_order_info" in request.body and not self.knows(request):
            return Response(503, b"")
        return super().handle(request)


def test_a_look_up_that_nobody_had_time_for_is_repeated_as_a_look_up(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller", BusyToStrangers()) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "OSRS-SIG-01")
    assert done.verdicts["OSRS-SIG-01"] == "conforms", done.said
    rows = (tmp_path / "reports" / "record.jsonl").read_text().splitlines()
    row = next(json.loads(line) for line in rows if '"A look-up with a wrong signature"' in line)
    assert {exchange["operation"] for exchange in row["exchanges"]} == {"get_order_info"}
    assert [(exchange["reply"] or {}).get("status") for exchange in row["exchanges"]].count(503) == 2
