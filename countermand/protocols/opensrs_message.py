"""OPS messages: a command is written from its example, and the items of a message are found by their keys."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping, Sequence

from countermand.document import Element, Form, Place, children, local, named, text
from countermand.model import suite
from countermand.model.exchange import Reply
from countermand.model.target import Order
from countermand.protocols import damage
from countermand.protocols.reply import SHORT, try_xml
from countermand.protocols.variation import Damage, OwnName, Variation


def document(action: str, order: Order, variation: Variation) -> bytes:
    """Return a command about an order, from the example of its name."""
    form = Form.load(suite.payload("opensrs", f"{action}.xml"), resolve)
    form.fill({"attributes.order_id": order.seller})
    for path in variation.without:
        form.drop(path)
    form.fill(variation.values)
    for path, place in variation.interrupted.items():
        form.interrupt(path, place, variation.interruption)
    if variation.named_at is not None:
        _move(form, "attributes.order_id", variation.named_at)
    for path, said in variation.added.items():
        block, _, key = path.rpartition(".")
        item = form.twin("attributes.order_id" if block else "protocol", {}, before=False)
        item.set("key", key)
        item.text = said
    if variation.another is not None:
        _name_another(form, variation.another, variation.beside)
    if variation.damage is Damage.ANOTHER_MESSAGE:
        form.fill({"action": "lookup", "object": "domain"})
    if variation.damage is Damage.FOREIGN_ENVELOPE:
        form.root.tag, form.doctype = "XCP_envelope", form.doctype.replace("OPS_envelope", "XCP_envelope")
    return damage.done_to(form.write(variation.spelling), variation, "OPS_envelope", "version", order)


def _move(form: Form, path: str, to: str) -> None:
    """Give an item another key; put it beside the attributes where it is none of them, or in an array in its place."""
    item, (block, _, key) = form.find(path), to.rpartition(".")
    if block == path:
        holder = form.twin(path, {}, before=True)
        holder.text = None
        holder.append(array := holder.makeelement("dt_array"))
        array.append(item)
    item.set("key", key)
    if not block:
        form.find("attributes").addnext(item)


def _name_another(form: Form, number: str, where: OwnName) -> None:
    """Name another order beside the first: by a second item, in a second list of attributes, or in a second block."""
    if where is OwnName.LIST:
        form.twin("attributes", {"order_id": number}, before=False)
    elif where is OwnName.BLOCK:
        item = form.find("attributes.order_id")
        block, kept = next(each for each in form.find("attributes").iterancestors("dt_assoc")), item.text
        item.text = number
        behind = copy.deepcopy(block)
        item.text = kept
        block.addnext(behind)
    else:
        form.twin("attributes.order_id", {}, before=where.before).text = number


def resolve(parent: Element, name: str) -> list[Element]:
    """Find an item by its key; protocol, action, object and attributes are those of the message."""
    if local(parent) == "OPS_envelope":
        parent = named(parent, "data_block")[0]
    lists = [child for child in children(parent) if local(child) == "dt_assoc"]
    return [item for assoc in lists for item in children(assoc) if item.get("key") == name]


def items(root: Element, path: str) -> list[Place]:
    """Return the items a dotted path of keys names.

    The outermost key is looked for where the message's parameters are.
    """
    blocks = named(root, "data_block") or [root]
    elements = list(blocks)
    for name in path.split("."):
        elements = [item for element in elements for item in _keyed(element, name)]
    return [Place(value(item), item) for item in elements]


def value(item: Element) -> str:
    """Return what an item says, by itself or in the scalar that the format's DTD lets it have instead."""
    scalars = [child for child in children(item) if local(child) in {"dt_scalar", "dt_scalarref"}]
    return text(scalars[0] if len(scalars) == 1 and not text(item).strip() else item).strip()


def outermost(reply: Reply | None) -> Mapping[str, Sequence[Place]]:
    """Return the outermost items of a reply by their keys.

    Those of a short one are kept, for who looks at every reply of a run.
    """
    root = None if reply is None else try_xml(reply)
    if reply is None or root is None:
        return {}
    return (_kept if len(reply.body) <= SHORT else _kept_long)(root)


def _outermost(root: Element) -> Mapping[str, Sequence[Place]]:
    places = dict[str, list[Place]]()
    for block in named(root, "data_block") or [root]:
        for item in _within(block):
            if (key := item.get("key")) is not None:
                places.setdefault(key, []).append(Place(value(item), item))
    return places


_kept = functools.lru_cache(maxsize=512)(_outermost)
_kept_long = functools.lru_cache(maxsize=2)(_outermost)


def first(reply: Reply | None, key: str) -> Place | None:
    """Return the first item of a key, nothing where there is none, or no document."""
    return next(iter(outermost(reply).get(key, ())), None)


def _keyed(parent: Element, name: str) -> list[Element]:
    return [item for item in _within(parent) if item.get("key") == name]


def _within(parent: Element) -> list[Element]:
    lists = [child for child in children(parent) if local(child) in {"dt_assoc", "dt_array"}] or [parent]
    return [item for container in lists for item in children(container)]
