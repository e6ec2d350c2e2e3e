"""Sellers that are wrong otherwise than they say."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala import seller as ala
from countermand.provider.ala.deviants.orders import Imaginative


class Innocent(ala.Seller):
    """Is said to be wrong, and is not."""

    breaks = "ALA-REQ-07"


class Sly(Imaginative):
    """Breaks more than it says."""

    breaks = "ALA-ORD-01"
    also: ClassVar = {}


class Boastful(Imaginative):
    """Says that it breaks more than it does."""

    breaks = "ALA-ORD-01"
    also: ClassVar = {**Imaginative.also, "ALA-TRC-01": "departs"}


class Broken(ala.Seller):
    """Cannot even be made."""

    breaks = "ALA-ORD-02"

    def __init__(self) -> None:
        raise OSError("no such seller")
