"""Whose an order is, and who may make one.

The names under which a ledger knows a seller, and what a maker of orders can do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from countermand.model import place
from countermand.model.apis import APIS
from countermand.model.target import Order, Target

#: Published hosts of one system, each with the name that ledgers know it by.
ONE_SELLER = {host: api.one_system[0] for api in APIS.values() for host in api.one_system}


class Maker(Protocol):
    """Makes orders through the API, where the target file agrees to it."""

    @property
    def states(self) -> Collection[str]:
        """The states it can make an order of."""

    def __call__(self, state: str) -> Order:
        """Make an order of that state; raises Lost, or Inconclusive where surely none was made."""


def seller_keys(target: Target) -> tuple[str, ...]:
    """Return every name of whose orders these are.

    They are what is declared, or else the places that url and connect_to name.
    """
    if target.instance is not None:
        return (f"{target.api} instance {target.instance}",)
    urls = [target.url, *([f"https://{target.connect_to}"] if target.connect_to else [])]
    return tuple(dict.fromkeys(f"{target.api} {_place(url)}" for url in urls))


def seller_key(target: Target) -> str:
    """Return the first of these names: a ledger that was told all of them knows them for one seller."""
    return seller_keys(target)[0]


def _place(url: str) -> str:
    try:
        address = place.of_url(url)
    except ValueError:  # nothing can be sent there
        return url
    return str(replace(address, host=ONE_SELLER.get(address.host, address.host)))
