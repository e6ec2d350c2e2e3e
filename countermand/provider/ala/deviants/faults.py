"""Sellers whose fault of one status is not the documented one: every habit, at each of the three statuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from countermand.provider.ala.markup import SOAP, Element
from countermand.provider.ala.reply import Headers
from countermand.provider.ala.seller import Seller
from countermand.provider.http import Response

STRANGERS, IMPOSTORS = 401, 403  # whom this seller tells each, and nobody else
CLAUSES = {400: "ALA-FLT-01", 401: "ALA-FLT-02", 403: "ALA-FLT-03"}
XML, HTML, JSON, TEXT = (
    "application/xml; charset=utf-8",
    "text/html; charset=utf-8",
    "application/json",
    "text/plain; charset=utf-8",
)


@dataclass(frozen=True)
class Habit:
    """A way to get a fault wrong: what stands in its place, an element or bare bytes."""

    name: str
    slug: str
    vice: str
    spoil: Callable[[str, str], Element | bytes]
    label: str = XML


class Spoiling(Seller):
    """Answers as it should but at one status."""

    at: ClassVar[int]
    habit: ClassVar[Habit]

    def fault(self, status: int, code: str, message: str, headers: Headers = ()) -> Response:
        """Spoil the fault of that status."""
        if status != self.at:
            return super().fault(status, code, message, headers)
        spoilt = self.habit.spoil(code, message)
        body = spoilt if isinstance(spoilt, bytes) else self.document(spoilt)
        return Response(status, body, (("Content-Type", self.habit.label), *headers))


def _fault(*names: str) -> Callable[[str, str], Element]:
    """Make a fault of elements by these names, the code for those that speak of a code and the message for others."""
    return lambda code, message: Element(
        "fault", tuple(Element(name, code if "ode" in name else message) for name in names)
    )


def _without_root(code: str, message: str) -> Element:
    """Give the code and the message with no fault around them."""
    return Element("error", (Element("faultcode", code), Element("faultmessage", message)))


def _soap_fault(code: str, message: str) -> Element:
    """Give the fault of SOAP 1.1, which is not the documented one."""
    return Element("Fault", (Element("faultcode", f"soap:{code}"), Element("faultstring", message)), "soap", SOAP)


def _two(code: str, message: str) -> Element:
    """Give two faults."""
    fault = Element("fault", (Element("faultcode", code), Element("faultmessage", message)))
    return Element("faults", (fault, fault))


def _nested(code: str, message: str) -> Element:
    """Hide the code and the message one level down."""
    return Element("fault", (Element("description", (Element("faultcode", code), Element("faultmessage", message))),))


def _fixed(body: bytes) -> Callable[[str, str], bytes]:
    """Give always the same bytes."""
    return lambda _code, _message: body


HABITS = [
    Habit("Uncoded", "no-faultcode", "Leaves the faultcode out", _fault("faultmessage")),
    Habit("Speechless", "no-faultmessage", "Leaves the faultmessage out", _fault("faultcode")),
    Habit("Misspeaking", "misspelt-faultcode", "Misspells the faultcode", _fault("faultCode", "faultmessage")),
    Habit("Misspelling", "misspelt-faultmessage", "Misspells the faultmessage", _fault("faultcode", "faultMessage")),
    Habit(
        "Orthodox",
        "faultstring-for-faultmessage",
        "Says faultstring, as SOAP does, for faultmessage",
        _fault("faultcode", "faultstring"),
    ),
    Habit("Stammering", "two-faultcodes", "Gives two faultcodes", _fault("faultcode", "faultcode", "faultmessage")),
    Habit(
        "Repetitive",
        "two-faultmessages",
        "Gives two faultmessages",
        _fault("faultcode", "faultmessage", "faultmessage"),
    ),
    Habit("Hollowed", "empty-fault", "Gives a fault that holds nothing", _fault()),
    Habit(
        "Headless", "faultcode-without-fault", "Gives the code and the message with no fault around them", _without_root
    ),
    Habit("Doctrinaire", "soap-fault", "Gives the Fault of SOAP 1.1", _soap_fault),
    Habit("Doubled", "two-faults", "Gives two faults", _two),
    Habit("Nesting", "nested-faultcode", "Hides the code and the message one level down", _nested),
    Habit(
        "Fashionable",
        "json-for-fault",
        "Answers in JSON",
        _fixed(b'{"fault": {"faultcode": "Client", "faultmessage": "No."}}'),
        JSON,
    ),
    Habit(
        "Decorative",
        "page-for-fault",
        "Answers with a page",
        _fixed(b"<!DOCTYPE html><title>No</title><body><p>No.</body>"),
        HTML,
    ),
    Habit("Plain", "word-for-fault", "Answers with a word", _fixed(b"No."), TEXT),
    Habit("Mute", "nothing-for-fault", "Answers with no body", _fixed(b"")),
    Habit(
        "Breaking",
        "truncated-fault",
        "Breaks off",
        _fixed(b"<fault><faultcode>Client</faultcode><faultmessage>No.</fault>"),
    ),
]


FAULTY = {"ALA-SCH-01": "departs"}  # there is a fault, and it is not what the documented fields make
UNREADABLE = {"ALA-HTTP-03": "departs"}
OPERATOR = "ALA-SCH-02"  # the operator's schema, to which nobody holds what a stranger is told
STRANGE = {OPERATOR: "does not conform"}  # a document, but not one of the operator's
ALSO: dict[str, dict[str, str]] = {
    **dict.fromkeys(("Fashionable", "Decorative", "Plain", "Breaking"), UNREADABLE),
    **dict.fromkeys(("Headless", "Doubled"), STRANGE),
    "Mute": {},
    "Doctrinaire": {},  # of SOAP's Fault the operator's schema says nothing
}


#: Habits that leave no fault, or two: a party the seller knows must be told in one,
#: and that a stranger is too is inferred.
UNFAULTY = ("Headless", "Doctrinaire", "Doubled", "Fashionable", "Decorative", "Plain", "Mute", "Breaking")


def _deviant(habit: Habit, status: int) -> type[Spoiling]:
    """Make the deviant that has a habit at a status; this seller answers none but strangers with 401."""
    breaks, also = CLAUSES[status], dict(ALSO.get(habit.name, FAULTY))
    if status == STRANGERS and habit.name in UNFAULTY:
        breaks, also = "ALA-FLT-10", {} if habit.name == "Doubled" else {CLAUSES[status]: "not applicable"}
    elif status == IMPOSTORS and habit.name in UNFAULTY:
        also["ALA-FLT-10"] = "departs"  # who shows another's certificate is a stranger as well
    made = {"__doc__": f"{habit.vice} where it answers {status}.", "__module__": __name__, "at": status, "habit": habit}
    return type(
        f"{habit.name}{status}",
        (Spoiling,),
        made | {"breaks": breaks, "slug": f"{habit.slug}-at-{status}", "also": also},
    )


DEVIANTS = tuple(_deviant(habit, status) for habit in HABITS for status in CLAUSES)
