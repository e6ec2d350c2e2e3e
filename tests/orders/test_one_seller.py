"""One seller under many names has its orders in the ledger once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countermand.model import place
from countermand.model.ownership import seller_key, seller_keys
from countermand.model.target import Order, Target
from countermand.model.target import Supply as Lists
from countermand.orders.ledger import Claim, Ledger
from countermand.orders.supply import Supply
from orders.conftest import Opened

ONE = Order("pending", "578")
PLACE = Target("staging", "opensrs", "https://seller.example:8443", Path("staging.toml"), {}, orders=Lists((ONE,)))

SPELT = {
    "https://seller.example:8443": (
        *("https://SELLER.example:8443", "https://user@seller.example:8443", "https://user:word@Seller.Example:08443/"),
        *("https://seller.example.:8443", "https://seller\u3002example:8443", "https://seller\uff61example:8443"),
        *("https://seller\uff0eexample:8443", "https://sel%6cer.example:8443", "https://\uff53eller.example:8443"),
        *("https://seller%2Eexample:8443", "https://seller.example\u3002:8443"),
    ),
    "https://seller.example": ("https://seller.example:443", "https://seller.example:0443", "https://seller.example:"),
    "https://münchen.example": (
        "https://MÜNCHEN.example",
        "https://xn--mnchen-3ya.example",
        "https://mu\u0308nchen.example",
    ),
    "https://127.0.0.1:8443": (
        *(
            "https://127.1:8443",
            "https://0x7f.1:8443",
            "https://0177.0.0.1:8443",
            "https://2130706433:8443",
            "https://localhost:8443",
        ),
        *(
            "https://[::ffff:127.0.0.1]:8443",
            "https://[::ffff:7f00:1]:8443",
            "https://0.0.0.0:8443",
            "https://127.0.0.1.:8443",
        ),
    ),
    "https://[2001:db8::1]:8443": (
        "https://[2001:DB8:0:0::1]:8443",
        "https://[2001:0db8:0000:0000:0000:0000:0000:0001]:8443",
    ),
}
DIFFERENT = (
    *(
        "https://seller.example:8443",
        "https://seller.example",
        "https://other.example:8443",
        "https://seller.example.org:8443",
    ),
    *("https://127.0.0.1:8443", "https://127.0.0.2:8443", "https://[2001:db8::1]:8443", "https://[2001:db8::2]:8443"),
    *("https://1.example:8443", "https://strasse.example", "https://straße.example"),
)


@pytest.mark.parametrize(
    ("spelling", "other"), [(spelling, other) for spelling, others in SPELT.items() for other in others]
)
def test_every_spelling_of_a_place_is_one_seller(spelling: str, other: str) -> None:
    assert seller_key(replace(PLACE, url=other)) == seller_key(replace(PLACE, url=spelling))


def test_different_places_are_different_sellers() -> None:
    assert len({seller_key(replace(PLACE, url=url)) for url in DIFFERENT}) == len(DIFFERENT)
    assert seller_key(PLACE) != seller_key(replace(PLACE, api="ala"))


def test_the_published_hosts_of_one_system_are_one_seller() -> None:
    hosts = ("api-gw.cityfibre.com", "api-gw1.cityfibre.com", "API-GW2.cityfibre.com.")
    assert len({seller_key(replace(PLACE, api="ala", url=f"https://{host}/ala")) for host in hosts}) == 1


def test_what_names_no_place_is_still_a_name() -> None:
    assert seller_key(replace(PLACE, url="https://[seller")) == "opensrs https://[seller"
    with pytest.raises(ValueError, match="names no host"):
        place.of_url("https:///x")


def supply(target: Target, ledger: Ledger, run: str) -> Supply:
    ledger.join(seller_keys(target))
    return Supply(target, ledger, run, "scenario")


def takes(target: Target, ledger: Ledger, run: str = "another run") -> bool:
    """Say whether the one order is given to somebody, who uses it up."""
    held = supply(target, ledger, run)
    try:
        order = held.take("pending", patient=False)
    except Exception as error:  # noqa: BLE001 - its words are what is looked at
        assert "of 1 listed 1 " in str(error)  # noqa: PT017
        return False
    held.note(order, "taken up", spent=True)
    held.settle()
    return True


BY_ROUTE = replace(PLACE, url="https://seller.example:8443", connect_to="10.0.0.5:9443")
BY_ADDRESS = replace(PLACE, url="https://10.0.0.5:9443")
ALIAS = replace(PLACE, url="https://alias.example:8443", connect_to="10.0.0.5:09443")


@pytest.mark.parametrize(
    "names", [(PLACE, BY_ROUTE), (BY_ROUTE, PLACE), (BY_ADDRESS, BY_ROUTE), (BY_ADDRESS, ALIAS), (ALIAS, BY_ROUTE)]
)
def test_an_order_used_under_one_name_is_used_under_all(
    names: tuple[Target, Target], tmp_path: Path, opened: Opened
) -> None:
    ledger = opened(tmp_path / "ledger")
    assert takes(names[0], ledger)
    assert not takes(names[1], ledger)


def test_names_that_a_third_file_ties_together_are_one_seller_from_then_on(tmp_path: Path, opened: Opened) -> None:
    ledger = opened(tmp_path / "ledger")
    assert takes(PLACE, ledger)
    assert takes(BY_ADDRESS, ledger)  # nobody has said yet that it is the same
    ledger.join(seller_keys(BY_ROUTE))
    for target in (PLACE, BY_ADDRESS, BY_ROUTE, ALIAS):
        assert not takes(target, ledger)
    (entry,) = ledger.entries(seller_key(PLACE))
    assert entry.outcome == "taken up"
    ledger.close()
    assert not takes(BY_ADDRESS, opened(tmp_path / "ledger"))


def test_what_one_name_has_in_hand_is_not_given_to_the_other_when_they_become_one(
    tmp_path: Path, opened: Opened
) -> None:
    ledger, other = opened(tmp_path / "ledger"), opened(tmp_path / "ledger")
    held = supply(PLACE, ledger, "run")
    order = held.take("pending")
    used = supply(BY_ADDRESS, other, "elsewhere").take("pending")
    other.use_up(seller_key(BY_ADDRESS), used.seller, "taken up")
    other.join(seller_keys(BY_ROUTE))
    assert not takes(PLACE, other)
    held.note(order, "refused", spent=False)
    held.settle()  # frees what it had under its old name, and never what was used up under another
    assert [entry.outcome for entry in ledger.entries(seller_key(PLACE))] == ["taken up"]


def test_a_declared_instance_says_whose_orders_they_are(tmp_path: Path, opened: Opened) -> None:
    ledger = opened(tmp_path / "ledger")
    first, restored = replace(PLACE, instance="spring"), replace(PLACE, instance="restored in June")
    assert takes(PLACE, ledger)
    assert takes(first, ledger)
    assert not takes(first, ledger)
    assert takes(restored, ledger)  # its orders are back
    assert not takes(replace(BY_ADDRESS, instance="spring"), ledger)  # two hosts that share their orders


def test_a_ledger_of_the_first_version_is_read_in_the_new_spelling(tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "ledger"
    ledger = opened(path)
    ledger.take(Claim("opensrs old", "staging", "pending", "run", "main", "scenario"), {"578": ONE}, 9)
    ledger.close()
    with sqlite3.connect(path) as base:
        base.execute("UPDATE orders SET seller = 'opensrs SELLER.example.:08443'")
        base.execute("DROP TABLE names")
        base.execute("PRAGMA user_version = 1")
    base.close()
    assert not takes(PLACE, opened(path))


@pytest.mark.parametrize(
    "respell",
    [
        lambda port: f'url = "https://user@LOCALHOST:0{port}"',
        lambda port: f'url = "https://seller.example"\nconnect_to = "127.0.0.1:{port}"',
        lambda port: f'url = "https://localhost:{port}"\nconnect_to = "127.1:{port}"',
    ],
)
def test_a_run_under_another_name_uses_no_order_twice(
    respell: Callable[[int], str], opensrs_place: Callable[..., Any]
) -> None:
    with opensrs_place({"pending": 2}) as at:
        url = next(line for line in at.target.read_text().splitlines() if line.startswith("url = "))
        port = int(url.rpartition(":")[2].strip('"/'))
        at.run("-m", "OSRS-CAN-01")
        assert sum(len(row["used"]) for row in at.listing()["states"].values())
        before = at.listing()["states"]
        at.rewrite(lambda text: text.replace(url, respell(port)))
        assert at.listing()["states"] == before
        at.rewrite(lambda text: text.replace(respell(port), url.replace(str(port), str(port + 1))))
        assert at.listing()["states"] != before  # another port is another seller
