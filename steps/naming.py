"""Sentences about how a cancellation names its order: by the number of another, by one written otherwise, or by two."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_bdd import parsers, when

from countermand.checks.acceptance import Accepted
from countermand.checks.stock import order_in
from countermand.document import Interruption
from countermand.model.draw import lacking
from countermand.model.target import Order
from countermand.model.verdict import NotApplicable
from countermand.protocols.answer import Answer
from countermand.protocols.seller import Seller
from countermand.protocols.variation import COMPLETE, OwnName, Variation
from countermand.run.scene import Scene

#: Letters and digits as wide as those of Chinese (Unicode, Halfwidth and Fullwidth Forms), the same to many databases.
FULL_WIDTH = {letter: letter + 0xFEE0 for letter in range(0x21, 0x7F)}
#: Digits of another script, which programs read that ask what a digit is and not which (Unicode, Arabic-Indic digits).
ARABIC = {letter: letter - 0x30 + 0x660 for letter in range(0x30, 0x3A)}
#: What makes a number none; whoever takes it for words of SQL means no other order by it.
BEHIND = {"letters": "abc", "a fraction": ".5", "a power": "e0", "a quotation mark": "' -- "}
#: What has to be escaped in a text, or in a quotation of it, and what ends a section and a comment.
MARKUP = "&<'1]]>--"
#: What stands beside a number, by the place where it does.
BESIDE = {
    "with an address beside it": "registrant_ip",
    "with its domain beside it": "attributes.domain",
    "with its owner beside it": "attributes.reg_username",
}
#: How a number of nobody's is made one that hardly a program expects.
UNUSUAL: Mapping[str, Callable[[str], str]] = {
    "very long": lambda number: number + "7" * 400,
    "beyond ASCII": lambda number: f"{number}é漢\N{GRINNING FACE}",
    "with a quotation mark": lambda number: f"{number}'",
    "of zeros alone": lambda _: "0" * 40,  # digits that are nobody's, however few of them are read
}


@when("the buyer cancels an order whose number begins with that of the order", target_fixture="answer")
def buyer_names_longer(seller: Seller, scene: Scene, order: Order) -> Answer:
    return seller.cancel(order, Variation(values=_only_number(seller, order.seller + _more(scene, order))))


@when("the buyer cancels an order whose number ends with that of the order", target_fixture="answer")
def buyer_names_other_beginning(seller: Seller, scene: Scene, order: Order) -> Answer:
    return seller.cancel(order, Variation(values=_only_number(seller, _more(scene, order) + order.seller)))


@when(
    parsers.parse("the buyer cancels an order whose number begins with that of the order, {what} behind that"),
    target_fixture="answer",
)
def buyer_names_longer_in_parts(seller: Seller, scene: Scene, order: Order, what: str) -> Answer:
    return seller.cancel(order, _in_parts(seller, order.seller, what, _more(scene, order)))


@when(
    parsers.parse("the buyer cancels an order whose number ends with that of the order, {what} before that"),
    target_fixture="answer",
)
def buyer_names_other_beginning_in_parts(seller: Seller, scene: Scene, order: Order, what: str) -> Answer:
    return seller.cancel(order, _in_parts(seller, _more(scene, order), what, order.seller))


def _in_parts(seller: Seller, before: str, what: str, behind: str) -> Variation:
    """Name an order by a number in which something stands that is no part of it."""
    number = _only_number(seller, before + behind)
    return Variation(values=number, interrupted=dict.fromkeys(number, len(before)), interruption=Interruption(what))


@when(parsers.parse("the buyer cancels the order with {what} behind its number"), target_fixture="answer")
def buyer_adds_to_number(seller: Seller, order: Order, what: str) -> Answer:
    return seller.cancel(order, Variation(values=_only_number(seller, order.seller + BEHIND[what])))


@when(parsers.parse('the buyer cancels the order, whose number stands as its "{name}"'), target_fixture="answer")
def buyer_names_elsewhere(seller: Seller, order: Order, name: str) -> Answer:
    return seller.cancel(order, Variation(named_at=name))


@when(parsers.parse("the buyer cancels the order by its number {written}"), target_fixture="answer")
def buyer_writes_number(seller: Seller, scene: Scene, order: Order, written: str) -> Answer:
    answer = seller.cancel(order, number_written(seller, scene, order, written))
    nobodys = seller.unknown()
    if answer.decision.taken_up and any(
        seller.cancel(nobodys, how).decision.taken_up
        for how in (COMPLETE, number_written(seller, scene, nobodys, written))
    ):
        raise NotApplicable(
            "the seller takes up even what names no order, so that nothing tells whose it has cancelled"
        )
    return answer


@when(
    parsers.parse("the buyer cancels a completed order of its own, and names this one {where}"), target_fixture="answer"
)
def buyer_names_both_orders(seller: Seller, scene: Scene, order: Order, where: str) -> Answer:
    own = _completed(scene, seller)
    answer = seller.cancel(own, Variation(another=order.seller, beside=OwnName(where)))
    if answer.decision.taken_up:
        scene.note(order, answer.said, spent=True)
    return answer


@when("the buyer cancels the order by its reference of a completed order of its own", target_fixture="answer")
def buyer_refers_to_its_own(seller: Seller, scene: Scene, order: Order) -> Answer:
    own = _completed(scene, seller)
    if not own.buyer:
        raise NotApplicable("the target file gives no reference of the buyer's for its completed order")
    return seller.cancel(order, Variation(values=seller.naming(order.seller, own.buyer)))


def _completed(scene: Scene, seller: Seller) -> Order:
    """Return an order of the buyer's that is never taken up, to be named beside another."""
    if seller.target.lacks("completed_orders") or not scene.fact(lambda: scene.orders.offers("completed")):
        raise NotApplicable("the target file lists no completed order of the buyer's: [orders] completed")
    own = order_in(scene, seller, "completed")
    if seller.cancel(own).decision.taken_up:
        raise NotApplicable("the completed order is taken up by itself, which another clause is about")
    return own


def number_written(seller: Seller, scene: Scene, order: Order, how: str) -> Variation:
    """Name an order by its number, written otherwise."""
    if how == "with a comment before it":  # whoever reads it up to that reads nothing, and never another order's number
        return _in_parts(seller, "", "a comment", order.seller)
    if how in BESIDE:
        return Variation(added={BESIDE[how]: _beside(seller, order, how)})
    zeros = "0" * len(_more(scene, order))  # so that it is no number of another order where zeros are digits
    number = zeros + order.seller if how == "with zeros before it" else otherwise_written(order.seller, how)
    if number in {each.seller for each in scene.target.orders.listed}:
        raise NotApplicable("written so it is the same number, or that of another order")
    return Variation(values=_only_number(seller, number))


def _beside(seller: Seller, order: Order, how: str) -> str:
    """Return what a request says besides the number of its order: who asks from where, or whose or for what that is."""
    if how == "with an address beside it":
        return "192.0.2.1"  # of nobody's (RFC 5737)
    if how == "with its owner beside it":
        return seller.identity("another buyer").username or ""
    facts = seller.private(order) if order.state == "foreign" else []
    domain = next((fact.word for fact in facts if fact.what == "its domain"), None)
    if domain is None and order.state == "foreign":
        raise NotApplicable("no look-up of this run tells its owner the domain of the order")
    return domain or "www.example.com"


def otherwise_written(name: str, how: str) -> str:
    """Write a name as software may write it that looks at it in two places, and takes it for the same in one."""
    return {
        "with blanks around it": f"  {name}  ",
        "in the other case": name.swapcase(),
        "in full width": name.translate(FULL_WIDTH),
        "in Arabic digits": name.translate(ARABIC),
        "with a fraction behind it": f"{name}.0",
        "with a plus before it": f"+{name}",
        "with a minus before it": f"-{name}",
        "in quotation marks": f'"{name}"',
        "in a list that has it twice": f"{name},{name}",
        "that was escaped twice": "".join(f"&#{ord(digit)};" for digit in name),  # once more where it is written
        "in hexadecimal": hex(int(name)) if name.isdecimal() else name,
        "with an underscore in it": f"{name[:1]}_{name[1:]}",
        "with 2^64 added": str(int(name) + 2**64) if name.isdecimal() else name,
    }[how]


def _only_number(seller: Seller, number: str) -> Mapping[str, str]:
    """Name an order by its number; what else names one stays, as a seller may hold an order it has found to that."""
    return {name: value for name, value in seller.naming(number).items() if value == number}


def _more(scene: Scene, order: Order) -> str:
    """Draw the digits by which an order's number becomes one that nobody has."""
    lengths = [len(each.seller) for each in (order, *scene.target.orders.listed)]
    return scene.draw.digits(lacking(order.seller, lambda: scene.fact(lambda: max(lengths))))


@when("the buyer cancels an order of nobody's by the buyer's reference of the order", target_fixture="answer")
def buyer_names_own_reference(seller: Seller, order: Order) -> Answer:
    if not order.buyer:
        raise NotApplicable("the target file gives no reference of the buyer's for the order")
    return seller.cancel(order, Variation(values=seller.naming(seller.unknown().seller, order.buyer)))


@when(parsers.parse('the buyer cancels an order of nobody\'s with markup in its "{field}"'), target_fixture="answer")
def buyer_writes_markup(seller: Seller, field: str) -> Answer:
    order = seller.unknown()
    return seller.cancel(order, Variation(values={**seller.naming(order.seller), field: f"{order.seller}{MARKUP}"}))


@when(parsers.parse("the buyer cancels an order of nobody's whose number is {what}"), target_fixture="answer")
def buyer_names_unusually(seller: Seller, what: str) -> Answer:
    order = seller.unknown()
    return seller.cancel(order, Variation(values=seller.naming(UNUSUAL[what](order.seller))))


@when(parsers.parse("the buyer names an order of nobody's by a number, {what}"), target_fixture="answer")
def buyer_names_oddly(seller: Seller, what: str) -> Answer:
    answer = buyer_names_unusually(seller, what)
    if seller.is_stopped(answer.exchange):
        raise NotApplicable("what stands in front of the seller may have answered")
    return answer


@when("the buyer cancels an order of nobody's with the buyer's reference of the cancellation", target_fixture="answer")
def buyer_refers_to_cancellation(seller: Seller, accepted: Accepted) -> Answer:
    return seller.cancel(seller.unknown(), Variation(values=_referring(seller, accepted)))


@when("the buyer cancels a completed order with the buyer's reference of the cancellation", target_fixture="answer")
def buyer_refers_to_cancellation_beside(seller: Seller, scene: Scene, accepted: Accepted) -> Answer:
    values = _referring(seller, accepted)
    return seller.cancel(_completed(scene, seller), Variation(values=values))


def _referring(seller: Seller, accepted: Accepted) -> Mapping[str, str]:
    """Return the buyer's reference as a cancellation gave it that was taken up."""
    values = seller.referring(accepted.answer)
    if not all(values.values()):
        raise NotApplicable("the cancellation of this run that was taken up gives no reference of the buyer's")
    return values


@when("the buyer cancels a completed order with the buyer's reference of the order", target_fixture="answer")
def buyer_refers_to_another(seller: Seller, scene: Scene, order: Order) -> Answer:
    if not order.buyer:
        raise NotApplicable("the target file gives no reference of the buyer's for the order")
    own = _completed(scene, seller)
    answer = seller.cancel(own, Variation(values=seller.naming(own.seller, order.buyer)))
    if not seller.spares(answer):
        scene.note(order, answer.said, spent=True)  # it may have been called off in the place of the other
    return answer
