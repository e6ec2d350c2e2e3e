"""Whether a stranger learns from a refusal which orders there are."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from running import run, served

from countermand.provider.deviants import deviants
from countermand.provider.http import Request
from countermand.provider.opensrs.orders import NUMBER_DIGITS, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import RefusedError

CLAUSE = "OSRS-SIG-09"


class Strict(Seller):
    """Sees whether a number has as many digits as numbers have before it sees who asks."""

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Refuse a number that cannot be one."""
        number = re.search(rb'key="order_id">(\d+)<', request.body)
        if number and len(number[1]) != NUMBER_DIGITS:
            raise RefusedError(465, "Invalid data: an order_id has more digits")
        return super().signed(request, reseller)


class Alternating(Seller):
    """Is two servers that answer in turn, each in its own words."""

    asked = 0

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Refuse in the words of the one whose turn it is."""
        if super().signed(request, reseller):
            return True
        self.asked += 1
        raise RefusedError(401, "Authentication Error" if self.asked % 2 else "Authentication Failed", "AUTHENTICATE")


class Impatient(Alternating):
    """Turns strangers away in other words once it has enough of them."""

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Refuse, and at last lock out."""
        if Seller.signed(self, request, reseller):
            return True
        self.asked += 1
        raise RefusedError(401, "Authentication Error" if self.asked < 3 else "Locked", "AUTHENTICATE")


class Digesting(Seller):
    """Says in its refusal to a stranger what the digest of the body is, by which its operator finds it in the log."""

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Refuse by digest."""
        if super().signed(request, reseller):
            return True
        digest = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
        raise RefusedError(401, f"Authentication Error [{digest}]", "AUTHENTICATE")


def verdict(folder: Path, seller: Seller) -> str:
    with served("opensrs", folder / "seller", seller) as path:
        done = run(folder, f"--target={path}", "-m", CLAUSE)
        again = run(folder, f"--replay={done.reports / 'record.jsonl'}")
    assert again.verdicts == done.verdicts
    return done.verdicts[CLAUSE]


@pytest.mark.parametrize("name", ["Acknowledging", "Searching"])
def test_a_refusal_that_tells_whether_there_is_such_an_order_is_shown(tmp_path: Path, name: str) -> None:
    assert verdict(tmp_path, deviants("opensrs")[name]()) == "departs"


@pytest.mark.parametrize("kind", [Seller, Alternating, Impatient, Digesting])
def test_what_is_said_otherwise_for_other_reasons_accuses_nobody(tmp_path: Path, kind: type[Seller]) -> None:
    assert verdict(tmp_path, kind()) == "conforms"


def test_a_number_of_another_length_that_is_refused_before_anybody_is_known_shows_nothing(tmp_path: Path) -> None:
    assert verdict(tmp_path, Strict()) == "inconclusive"
