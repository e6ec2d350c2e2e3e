"""Every field in which a request can differ is asked for, or there is a reason why it need not be."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from countermand.document import Interruption, Spelling
from countermand.model.target import Order
from countermand.protocols import following
from countermand.protocols.answer import Asked
from countermand.protocols.variation import COMPLETE, Damage, OwnName, PathSpelling, Signature, Variation

OTHERWISE: dict[str, Any] = {
    "without": ("buyer",),
    "values": {"buyer": "x"},
    "unwrapped": "buyer",
    "headed": True,
    "nil": True,
    "interrupted": {"buyer": 1},
    "interruption": Interruption.INSTRUCTION,
    "spelling": Spelling.UTF16,
    "damage": Damage.EMPTY,
    "method": "PUT",
    "chunked": True,
    "compressed": True,
    "headers": {"User-Agent": "x"},
    "action": "x",
    "path": "/x",
    "path_spelling": PathSpelling.QUERY,
    "entity": "https://127.0.0.1/",
    "speaks_for": "buyer",
    "own_name": OwnName.BEFORE,
    "another": "S-2",
    "named_at": "order_id",
    "added": {"note": "x"},
    "beside": OwnName.BEFORE,
    "forwarded": "Client-Cert",
    "local": True,
    "names_host": True,
    "rewritten": True,
    "signature": Signature.WRONG,
    "cookies": True,
}
#: What says nothing by itself, and of which other field.
OF_ANOTHER = {
    "nil": "values",
    "interrupted": "values",
    "interruption": "values",
    "entity": "damage",
    "own_name": "speaks_for",
    "beside": "another",
    "rewritten": "path",
}
#: What differs from one request to the next of one meaning.
DRAWN = {"entity": "the address of the listener of that moment", "beside": "nothing, where no other order is named"}


def name(variation: Variation) -> str:
    return following.name(Asked(Order("in_flight", "S-1", "B-1"), variation, "buyer"))


def test_every_field_has_another_value() -> None:
    assert {each.name for each in fields(Variation)} == set(OTHERWISE)
    assert OF_ANOTHER.keys() | DRAWN.keys() <= OTHERWISE.keys()


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_request_that_differs_is_no_complete_one_and_has_a_name_of_its_own(field: str) -> None:
    other = Variation(**{field: OTHERWISE[field]})
    assert other.sound is (field in OF_ANOTHER)
    if owner := OF_ANOTHER.get(field):
        assert not Variation(**{owner: OTHERWISE[owner], field: OTHERWISE[field]}).sound
    assert (name(other) == name(COMPLETE)) is (field in DRAWN)


def test_a_complete_request_is_one() -> None:
    assert COMPLETE.sound
