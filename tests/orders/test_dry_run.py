"""A dry run opens no socket, and a real run bears its plan out."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import warm

from countermand.model.ownership import seller_key
from countermand.orders.ledger import Claim, Ledger
from countermand.targetfile import load
from orders.conftest import ENVIRONMENT

#: What is asked around every run: the buyer twice and strangers twice before it, and the buyer once more at its end.
AROUND = 5
#: With which one in progress and another buyer's are looked up, before a cancellation and after it.
LOOKS = 4
REGISTER = '\n[orders.register]\nproduct_type = "quickssl"\ndomain = "www{n}.example.com"\n'


def table(words: str) -> dict[str, list[str]]:
    """Read the table of orders: expected, at most, left."""
    rows = re.findall(r"^  ([\w-]+) +(\d+) +(\d+) +(\d+)", words, re.MULTILINE)
    return {state: list(numbers) for state, *numbers in rows}


def requests(words: str) -> int:
    return len(re.findall(r"^--- \d+: ", words, re.MULTILINE))


def test_nothing_is_sent_and_nothing_is_written(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        (place.folder / "reports").mkdir()
        (place.folder / "reports" / "results.json").write_text("{}")
        done = place.run("--dry-run", "-v", "-p", "orders.listening", check=0)
        assert "Dry run: nothing was sent." in done.stdout
        assert requests(done.stdout) > 40
        assert not place.seller.asked
        # A scenario about external entities listens on loopback itself, to see that nobody calls;
        # nothing else is opened.
        assert set(json.loads((place.folder / "sockets.json").read_text())) <= {"socket.bind (('127.0.0.1', 0),)"}
        assert (place.folder / "reports" / "results.json").read_text() == "{}"
        assert not place.ledger.exists()


def test_production_is_planned_without_being_agreed_to_and_nobody_comes_there(
    opensrs_place: Callable[..., Any],
) -> None:
    with opensrs_place() as place:
        place.rewrite(lambda text: text.replace('environment = "staging"', 'environment = "production"'))
        done = place.run("--dry-run", "-p", "orders.listening", check=0)
        assert "production: its orders are real, and a run must say --production staging" in done.stdout
        assert set(json.loads((place.folder / "sockets.json").read_text())) <= {"socket.bind (('127.0.0.1', 0),)"}
        assert not place.seller.asked
        refused = place.run("-m", "OSRS-CAN-01")  # the guard, where it is no dry run
        assert refused.returncode == 4
        assert "say --production staging" in refused.stderr
        assert not place.seller.asked


def test_secrets_are_masked(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        words = place.run("--dry-run", "-v", check=0).stdout
        assert place.seller.buyer.key not in words
        assert "X-Signature: ***" in words


def test_only_what_is_selected_is_planned(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 1}) as place:
        words = place.run("--dry-run", "-v", "-m", "OSRS-CAN-01", check=0).stdout
        assert table(words) == {"pending": ["1", "1", "1"]}
        assert requests(words) == 2 + LOOKS + AROUND
        assert 'key="order_id">' + place.target.read_text().partition('pending = ["')[2].partition('"')[0] in words


def test_what_the_ledger_knows_is_counted_and_left_alone(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 1}) as place:
        place.run("-m", "OSRS-CAN-01")
        before, asked = place.listing(), len(place.seller.asked)
        words = place.run("--dry-run", "-m", "OSRS-CAN-01", check=0).stdout
        assert table(words) == {"pending": ["1", "1", "0"]}
        assert "too few" in words
        assert place.listing() == before
        assert len(place.seller.asked) == asked


def test_the_real_run_needs_no_more_than_was_planned(ala_place: Callable[..., Any]) -> None:
    with ala_place({"in_flight": 16}, default=4) as place:
        words = place.run("--dry-run", "-v", check=0).stdout
        assert "not played to its end" not in words
        planned = table(words)
        place.run()
        used = {state: len(row["used"]) for state, row in place.listing()["states"].items()}
        assert all(count <= int(planned[state][1]) for state, count in used.items() if count), (used, planned)
        assert used["in_flight"] == int(planned["in_flight"][0])
        assert sum(len(row["exchanges"]) for row in place.rows()) <= requests(words)


@pytest.mark.parametrize("listed", [5, 6])
def test_the_table_says_what_a_whole_run_uses_however_few_orders_are_listed(
    ala_place: Callable[..., Any], listed: int
) -> None:
    with ala_place({"in_flight": listed}, default=4) as place:
        words = place.run("--dry-run", check=0).stdout
        [uses] = re.findall(r"a whole run uses (\d+)", words)
        assert (
            table(words)["in_flight"][0] == uses == str(2 if listed == 5 else 3)
        )  # the last shows that any is still taken up


def test_no_order_is_counted_for_the_end_where_what_is_asked_last_is_taken_up(
    opensrs_place: Callable[..., Any],
) -> None:
    with opensrs_place({"pending": 12}) as place:
        words = place.run("--dry-run", check=0).stdout
        [uses] = re.findall(r"a whole run uses (\d+)", words)
        place.run()
        used = len(place.listing()["states"]["pending"]["used"])
        assert table(words)["pending"][0] == uses == str(used)


def test_where_orders_are_made_none_is_made_for_the_last_acceptance(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        words = place.run("--dry-run", check=0).stdout
        [uses] = re.findall(r"a whole run uses (\d+)", words)
        assert table(words)["pending"][0] == uses


def test_the_targets_own_names_are_sent_in_its_own_dialect(ala_place: Callable[..., Any]) -> None:
    extra = (
        '[dialect]\nrequest_root = "cancelOrder"\nnamespace = "urn:them"\n'
        'envelope = false\npending = ["Aye"]\nrejected = ["Nay"]\n'
    )
    with ala_place({"in_flight": 2}, extra) as place:
        words = place.run("--dry-run", "-v", "-m", "ALA-CAN-01 or ALA-ORD-02", check=0).stdout
        assert "<cancelOrder " in words
        assert 'xmlns="urn:them"' in words
        assert "not played to its end" not in words


def test_orders_that_would_be_made_are_said_to_be(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}, REGISTER) as place:
        words = place.run("--dry-run", "-v", "-m", "OSRS-CAN-01", check=0).stdout
        assert "sw_register, sent by: buyer" in words
        assert "made as needed" in words
        assert not place.seller.asked


def test_the_owners_command_is_not_called(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0}) as place:
        place.rewrite(lambda text: text.replace("[orders]\n", "[orders]\ncommand = ['touch', 'called-{state}']\n"))
        words = place.run("--dry-run", "-v", "-m", "OSRS-CAN-01", check=0).stdout
        assert table(words)["in-progress"][0] == "1"
        assert requests(words) == 2 + LOOKS + 2 + AROUND  # and one more in progress
        assert not list(Path(place.folder).glob("called*"))


def test_without_a_target_the_embedded_sellers_are_planned_for(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        command = place.command("--dry-run", "--api", "ala", "-m", "ALA-CAN-01")
        del command[4:8]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "embedded-ala: " in done.stdout


def test_a_dry_run_is_one_screen_and_every_request_is_for_who_asks(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        place.rewrite(
            lambda text: (
                text + "\n[safety]\nrate = 5\n"
                if "[safety]" not in text
                else text.replace("[safety]", "[safety]\nrate = 5")
            )
        )
        words = place.run("--dry-run", "--requests", str(place.folder / "asked"), check=0).stdout
        assert len(words.splitlines()) < 40
        assert not requests(words)
        assert " at 5 requests a second" in words
        assert "hostile documents: yes" in words
        assert "Not applicable, as things stand:" in words
        written = sorted((place.folder / "asked").iterdir())
        assert sum(requests(path.read_text()) for path in written) > 40
        again = place.run("--dry-run", "--requests", str(place.folder / "asked"))
        assert again.returncode == 4
        assert "it is not empty" in again.stderr
        again = place.run("--dry-run", "--requests", str(place.target))
        assert again.returncode == 4
        assert f"countermand run: --requests {place.target}: is a file, and a new folder was expected" in again.stderr


def take_all(place: Any, state: str) -> None:  # noqa: ANN401 - a Place
    """Let another run have used up every order of a state."""
    target = load(place.target)
    listed = {order.seller: order for order in target.orders.listed if order.state == state}
    ledger = Ledger(place.ledger)
    claim = Claim(seller_key(target), target.name, state, "earlier", "main", "a scenario")
    for _ in listed:
        taken = ledger.take(claim, listed, 50)
        assert taken
        ledger.use_up(claim.seller, taken.seller, "taken up")
    ledger.close()


def test_dry_run_doctor_and_run_say_the_same_of_states_of_which_no_order_is_left(
    opensrs_place: Callable[..., Any],
) -> None:
    with opensrs_place({"pending": 12, "completed": 0, "declined": 1}) as place:
        take_all(place, "declined")
        dry = place.run("--dry-run", check=0).stdout
        assert re.findall(r"(?m)^  ([\w-]+) .*  too few$", dry) == ["completed", "declined"]
        words = "but for what needs an order that is completed or declined: none is left"
        [outlook] = [line for line in dry.splitlines() if words in line]
        assert outlook in place.run("-m", "OSRS-SIG-02").stdout
        command = [*warm.COMMAND, "doctor", "--target", str(place.target)]
        output = warm.done(command, env={**ENVIRONMENT, "COUNTERMAND_LEDGER": str(place.ledger)}).stdout
        assert outlook.partition(": ")[2] in output
        assert "no order that is completed: scenarios that need one" in output
        assert "no order that is declined is left: scenarios that need one" in output
        place.rewrite(lambda text: text + '\n[capabilities]\ncompleted_orders = "no"\ndeclined_orders = "no"\n')
        assert words not in place.run("--dry-run", check=0).stdout


def test_what_can_be_made_is_lacking_nowhere(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 0, "in-progress": 0, "foreign": 0}, REGISTER) as place:
        dry = place.run("--dry-run", check=0).stdout
        made = re.findall(r"(?m)^  ([\w-]+) .*  made as needed$", dry)
        assert sorted(made) == ["foreign", "pending"]
        assert "an order that is in-progress: none is left" in dry
        place.rewrite(lambda text: text.replace("[orders.register]", "[orders.register]\nprocess = true"))
        assert "none is left" not in place.run("--dry-run", check=0).stdout


def test_dry_run_doctor_and_run_say_the_same_of_a_cap_that_leaves_too_few(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 12}) as place:
        words = "[safety] cancellations = 0 lets a run use no more than that: it cannot find out everything"
        assert words not in place.run("--dry-run", check=0).stdout
        place.rewrite(lambda text: text.replace("[safety]\n", "[safety]\ncancellations = 0\n"))
        [outlook] = [line for line in place.run("--dry-run", check=0).stdout.splitlines() if words in line]
        assert outlook in place.run("-m", "OSRS-SIG-02").stdout
        command = [*warm.COMMAND, "doctor", "--target", str(place.target)]
        output = warm.done(command, env={**ENVIRONMENT, "COUNTERMAND_LEDGER": str(place.ledger)}).stdout
        assert f"{words}; raise [safety] cancellations" in " ".join(output.split())
