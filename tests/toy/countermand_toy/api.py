"""The row of the toy API, which the entry point names."""

from __future__ import annotations

from pathlib import Path

from countermand.model.api import Api

API = Api(
    name="toy",
    title="Toy shop 3",
    protocol="countermand_toy.protocol:ToySeller",
    home=Path(__file__).parent,
    states=("open", "sent", "foreign"),
    needs=("username", "api_key"),
    omitted="order",
    total=10,
    steps=("countermand_toy.steps.stickers",),
    traces=("ticket",),
    production_hosts=frozenset({"shop.toy.example"}),
)
