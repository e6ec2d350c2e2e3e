"""What shows that an entity was expanded stands in what was made of a request, and not in the request."""

from __future__ import annotations

import pytest
from lxml import etree

from countermand.model.target import Order
from countermand.protocols import damage
from countermand.protocols.variation import Damage, Variation

DOCUMENT = b'<?xml version="1.0"?>\n<message><reason>No longer needed</reason></message>'


@pytest.mark.parametrize("how", damage.SIGNS)
def test_the_sign_of_an_expanded_entity_is_in_no_request(how: Damage) -> None:
    sent = damage.done_to(DOCUMENT, Variation(damage=how), "message", "reason", Order("in_flight", "S-1", "B-1"))
    expanded = etree.fromstring(sent, etree.XMLParser(resolve_entities=True)).findtext("reason") or ""
    assert damage.SIGNS[how].encode() not in sent
    assert damage.SIGNS[how] in expanded[:20]  # however much of it is shown
    assert len(expanded) <= 64 * 1024
