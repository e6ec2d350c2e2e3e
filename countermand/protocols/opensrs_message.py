"""OPS messages: a command is written from its example, and the items of a message are found by their keys."""

from __future__ import annotations

from countermand.document import Element, Form, Place, children, local, named, text
from countermand.model import suite
from countermand.model.target import Order
from countermand.protocols import damage
from countermand.protocols.variation import HOSTILE, Damage, Variation


def document(action: str, order: Order, variation: Variation) -> bytes:
    """Return a command about an order, from the example of its name."""
    form = Form.load(suite.payload("opensrs", f"{action}.xml"), resolve)
    form.fill({"attributes.order_id": order.seller})
    for path in variation.without:
        form.drop(path)
    form.fill(variation.values)
    if variation.damage is Damage.ANOTHER_MESSAGE:
        form.fill({"action": "lookup", "object": "domain"})
    if variation.damage is Damage.FOREIGN_ENVELOPE:
        form.root.tag, form.doctype = "XCP_envelope", form.doctype.replace("OPS_envelope", "XCP_envelope")
    data = form.write(variation.spelling)
    if variation.damage is Damage.BROKEN:
        return damage.broken(data)
    if variation.damage in HOSTILE:
        return damage.with_entity(data, variation, "OPS_envelope", "version", order)
    return data


def resolve(parent: Element, name: str) -> list[Element]:
    """Find an item by its key; protocol, action, object and attributes are those of the message."""
    if local(parent) == "OPS_envelope":
        parent = named(parent, "data_block")[0]
    lists = [child for child in children(parent) if local(child) == "dt_assoc"]
    return [item for one in lists for item in children(one) if item.get("key") == name]


def items(root: Element, path: str) -> list[Place]:
    """Return the items a dotted path of keys names; the outermost key is looked for where the message's parameters are."""
    blocks = named(root, "data_block") or [root]
    found = list(blocks)
    for name in path.split("."):
        found = [item for one in found for item in _keyed(one, name)]
    return [Place(text(item).strip(), item) for item in found]


def first(root: Element | None, key: str) -> Place | None:
    """Return the first item of a key, nothing where there is none, or no document."""
    found = [] if root is None else items(root, key)
    return found[0] if found else None


def _keyed(parent: Element, name: str) -> list[Element]:
    lists = [child for child in children(parent) if local(child) in {"dt_assoc", "dt_array"}] or [parent]
    return [item for one in lists for item in children(one) if item.get("key") == name]
