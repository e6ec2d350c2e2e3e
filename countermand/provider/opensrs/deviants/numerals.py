"""Sellers that read the number of an order otherwise than it was sent, and cancel what that means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html import unescape
from string import ascii_letters
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import besides, imagined
from countermand.provider.opensrs.message import Message, parse
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller


class Rounding(Seller):
    """Reads an order_id that is no number as the digits in it, and cancels that order, or says so."""

    breaks = "OSRS-REQ-03"
    slug = "reads-digits-of-order-id-no-number"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the digits alone."""
        digits = "".join(character for character in number if character in "0123456789")
        return self.orders.get(digits, imagined(number, reseller))


class Pythonic(Seller):
    """Reads underscores between the digits of an order_id as Python does, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-without-underscores"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the number that is meant."""
        order = self.orders.get(number.replace("_", "")) if number.isascii() else None
        return order if order and "_" in number else super().not_a_number(number, reseller)


class _Construing(Seller):
    """A seller that makes a number of an order_id that is none, and cancels that order."""

    read_number: ClassVar[Callable[[str], str]]

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the number that is made of it."""
        meant = type(self).read_number(number)
        made = meant != number and meant.isascii() and meant.isdigit()
        return self.find(meant, reseller) if made else super().not_a_number(number, reseller)


construing = family(__name__, _Construing, "read_number")
Negated = construing(
    "Negated",
    "OSRS-REQ-03",
    "reads-order-id-without-minus",
    "Reads an order_id without the minus before it, and cancels that order.",
    lambda number: number.removeprefix("-"),
)
Unquoting = construing(
    "Unquoting",
    "OSRS-REQ-03",
    "reads-order-id-without-quotation-marks",
    "Reads an order_id without the quotation marks around it, and cancels that order.",
    lambda number: number.strip('"'),
)
Enlisting = construing(
    "Enlisting",
    "OSRS-REQ-03",
    "reads-first-of-list-in-order-id",
    "Takes an order_id for a list whose parts have commas between them, and cancels the first order in it.",
    lambda number: number.partition(",")[0],
)
Terminating = construing(
    "Terminating",
    "OSRS-REQ-03",
    "reads-last-of-list-in-order-id",
    "Takes an order_id for a list whose parts have commas between them, and cancels the last order in it.",
    lambda number: number.rpartition(",")[2],
)
Unescaping = construing(
    "Unescaping",
    "OSRS-REQ-03",
    "unescapes-order-id-twice",
    "Reads references to characters in an order_id that has been read before, and cancels that order.",
    unescape,
)


class Arraying(Seller):
    """Takes the first item of an array for the order_id, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-from-array"

    def read(self, body: bytes) -> Message:
        """Read a request, and an array as its first item."""
        message = super().read(body)
        array = message.attributes.get("order_id")
        if not isinstance(array, Mapping):
            return message
        return Message({**message.items, "attributes": {**message.attributes, "order_id": next(iter(array.values()))}})


class Injected(Seller):
    """Puts an order_id into its words of SQL as it is, and cancels the order that these name."""

    breaks = "OSRS-REQ-03"
    slug = "ends-order-id-at-quotation-mark"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by what stands before the mark."""
        before, marked, _ = number.partition("'")
        named = marked and before.isascii() and before.isdigit()
        return self.find(before, reseller) if named else super().not_a_number(number, reseller)


class Wrapping(Seller):
    """Reads an order_id as a number of 64 bits, which one beyond them wraps round to, and cancels that order."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-in-64-bits"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find the order by what is left of the number."""
        kept = str(int(number) % 2**64) if len(number) == len(str(2**64)) else ""
        order = next((order for order in self.owned(reseller) if order.number == kept), None)
        return order or super().unknown(number, reseller)


class Coercing(Seller):
    """Reads an order_id up to its first letter, as programs do that make a number of it, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-up-to-first-letter"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Find the order by the digits in front, and refuse what begins with a letter."""
        digits = number.rstrip(ascii_letters)
        return (
            self.find(digits, reseller)
            if digits.isascii() and digits.isdigit()
            else super().not_a_number(number, reseller)
        )


class Padded(Seller):
    """Looks for the owner of an order by its number as text, and for the order by the number."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-by-number-with-zeros"
    also = besides(departs="REQ-07")  # it is told of it as well

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order whatever zeros stand before its number, and nobody's for its owner."""
        return self.orders.get(number.lstrip("0")) or super().unknown(number, reseller)


class _Converting(Seller):
    """A seller that looks for the owner of an order by its number as text, and for the order by what that means."""

    read_number: ClassVar[Callable[[str], str]]

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where its number is written otherwise."""
        number = message.attribute("order_id") or ""
        meant = type(self).read_number(number)
        order = None if meant == number else self.orders.get(meant)
        return self.success_attributes(self.cancel(order)) if order else super().cancel_order(message, reseller)


converting = family(__name__, _Converting, "read_number")
Widthblind = converting(
    "Widthblind",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-in-full-width",
    "Looks for the owner of an order by its number as text, and for the order whatever the width of its digits.",
    lambda number: unicodedata.normalize("NFKC", number),
)
Signed = converting(
    "Signed",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-with-plus",
    "Looks for the owner of an order by its number as text, and for the order whatever its sign.",
    lambda number: number.removeprefix("+"),
)
Arabic = converting(
    "Arabic",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-in-arabic-digits",
    "Looks for the owner of an order by its number as text, and for the order whatever script its digits are of.",
    lambda number: str(int(number)) if re.fullmatch(r"[\u0660-\u0669]+", number) else number,
)
Fractional = converting(
    "Fractional",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-with-fraction",
    "Looks for the owner of an order by its number as text, and for the order by the whole part of the number.",
    lambda number: re.sub(r"(?<=\d)\.0+\Z", "", number),
)
Hexing = converting(
    "Hexing",
    "OSRS-REQ-05",
    "cancels-foreign-order-by-number-in-hexadecimal",
    "Looks for the owner of an order by its number as text, and for the order by the number, in hexadecimal too.",
    lambda number: str(int(number, 16)) if re.fullmatch("0x[0-9a-f]+", number) else number,
)


class _Persuaded(Seller):
    """A seller that takes what stands beside a number for a proof that the order is the caller's."""

    proves: ClassVar[Callable[[Message, Order], bool]]

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where something else tells that the caller may."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is None or not type(self).proves(message, order):
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(order))


persuaded = family(__name__, _Persuaded, "proves")
Addressed = persuaded(
    "Addressed",
    "OSRS-REQ-05",
    "cancels-foreign-order-with-address-beside-it",
    "Does not look whose an order is where the request says from which address it came.",
    lambda message, _order: message.text("registrant_ip") is not None,
)
Domained = persuaded(
    "Domained",
    "OSRS-REQ-05",
    "cancels-foreign-order-with-its-domain-beside-it",
    "Takes whoever knows the domain of an order for its owner.",
    lambda message, order: message.attribute("domain") == order.domain,
)
Sponsored = persuaded(
    "Sponsored",
    "OSRS-REQ-05",
    "cancels-foreign-order-with-its-owner-beside-it",
    "Takes the user whom a request names among its attributes for the one who asks.",
    lambda message, order: message.attribute("reg_username") == order.owner,
)


class _Rereading(Seller):
    """A seller that looks for the owner of the first order that a request names, and cancels the last."""

    holders: ClassVar[str]  # the path of what names an order each

    def read(self, body: bytes) -> Message:
        """Read a request, and the numbers of its orders where they stand apart."""
        message = super().read(body)
        held = [holder.findtext(".//item[@key='order_id']", "") for holder in parse(body).iterfind(self.holders)]
        return Message({**message.items, "held": held}) if len(held) > 1 else message

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, where one before it is the reseller's."""
        held = message.items.get("held", ())
        orders = [self.orders.get(str(number)) for number in held]
        first, last = (orders[0], orders[-1]) if orders else (None, None)
        if first is None or last is None or first.owner != reseller.username:
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(last))


rereading = family(__name__, _Rereading, "holders")
Relisting = rereading(
    "Relisting",
    "OSRS-REQ-05",
    "cancels-foreign-order-of-second-attributes",
    "Looks for the owner of the order in the first attributes of a request, and cancels that in the last.",
    "body/data_block/dt_assoc[1]/item[@key='attributes']",
)
Reblocking = rereading(
    "Reblocking",
    "OSRS-REQ-05",
    "cancels-foreign-order-of-second-block",
    "Looks for the owner of the order in the first block of a request, and cancels that in the last.",
    "body/data_block/dt_assoc",
)


class Spaced(Seller):
    """Looks for the owner of an order by its number as it is written, and for the order without the blanks."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-by-number-with-blanks"

    def read(self, body: bytes) -> Message:
        """Read a request, and how the number is written in it."""
        message = super().read(body)
        written = ("".join(map(str, item.itertext())) for item in parse(body).iterfind(".//item[@key='order_id']"))
        return Message({**message.items, "written": next(written, "")})

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where its number is written otherwise."""
        number, order = message.text("written") or "", self.orders.get(message.text("written") or "")
        if order is None or message.items["written"] == number:
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(order))


class Remarked(Seller):
    """Looks for the owner of an order by its number up to a comment, and for the order behind that as well."""

    breaks = "OSRS-REQ-05"
    slug = "cancels-foreign-order-by-number-with-comment"

    def read(self, body: bytes) -> Message:
        """Read a request, and whether a comment stands within the number."""
        in_parts = re.search(rb"""key=["']order_id["']>[^<]*<!--""", body)
        return Message({**super().read(body).items, "parts": "2" if in_parts else "1"})

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, whosever it is, where its number is in parts."""
        order = self.orders.get(message.attribute("order_id") or "")
        if order is None or message.text("parts") == "1":
            return super().cancel_order(message, reseller)
        return self.success_attributes(self.cancel(order))


class Beginning(Seller):
    """Finds an order by the beginning of the number it is asked for, as a column does that is too short."""

    breaks = "OSRS-REQ-04"
    slug = "finds-order-by-beginning-of-number"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order with which the number begins."""
        alike = (order for order in self.owned(reseller) if number.startswith(order.number))
        return next(alike, None) or super().unknown(number, reseller)


class Ending(Seller):
    """Finds an order by the last digits of the number it is asked for."""

    breaks = "OSRS-REQ-04"
    slug = "finds-order-by-end-of-number"

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Find an order with which the number ends."""
        alike = (order for order in self.owned(reseller) if number.endswith(order.number))
        return next(alike, None) or super().unknown(number, reseller)


class Winded(Seller):
    """Reads a number up to the first comment in it, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-up-to-comment"
    commented = rb"<!--[^<]*?--\s*>[^<]*(?=</item>)"

    def read(self, body: bytes) -> Message:
        """Leave out what stands behind a comment, or before it."""
        return super().read(re.sub(self.commented, b"", body))


class Startled(Winded):
    """Reads a number from the last comment in it on, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-from-comment-on"
    commented = rb"(?<=>)[^<>]*<!--[^<]*?--\s*>(?=[^<]*</item>)"


class Instructed(Winded):
    """Reads a number up to the first processing instruction in it, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-up-to-instruction"
    commented = rb"<\?[^<]*?\?>[^<]*(?=</item>)"


class Sectioned(Winded):
    """Reads a number up to the CDATA section in which it goes on, and so another than the one that was sent."""

    breaks = "OSRS-REQ-04"
    slug = "reads-order-id-up-to-cdata-section"
    commented = rb"(?<=\d)<!\[CDATA\[[^<]*?\]\]>(?=</item>)"


class Flooring(Seller):
    """Reads an order_id with a fraction behind it without that, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-without-its-fraction"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Make a whole number of one that is not."""
        whole, point, fraction = number.partition(".")
        is_number = whole.isdecimal() and point and fraction.isdecimal()
        return self.find(whole, reseller) if is_number else super().not_a_number(number, reseller)


class Exponential(Seller):
    """Reads an order_id in scientific notation, as programs do that compare loosely, and cancels that order."""

    breaks = "OSRS-REQ-03"
    slug = "reads-order-id-as-power-of-ten"

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Multiply a number by the power behind it."""
        whole, e, power = number.partition("e")
        is_number = whole.isdecimal() and e and power == "0"
        return self.find(whole, reseller) if is_number else super().not_a_number(number, reseller)
