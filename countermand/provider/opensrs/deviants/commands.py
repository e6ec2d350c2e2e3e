"""Sellers that serve commands which do not exist, or say their failures elsewhere than in a reply with status 200."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from countermand.provider.http import Request, Response
from countermand.provider.opensrs.deviants.base import Slip, slips
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import DONE, REFUSALS, Answer, Reason


class _Overlooking(Seller):
    """A seller that reads a request as if it said something else."""

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, or another."""
        return super().command(Message({**message.items, **self.overlooked(message)}), reseller)

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Say which items to read otherwise."""
        raise NotImplementedError


class Eager(_Overlooking):
    """Takes an action it does not know for cancel_order."""

    breaks = "OSRS-CMD-01"
    slug = "takes-unknown-action-as-cancel-order"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read an unknown action otherwise."""
        return {} if (message.text("action") or "").lower() in self.commands else {"action": "cancel_order"}


class Curtailing(_Overlooking):
    """Takes any action that begins with cancel_order for that."""

    breaks = "OSRS-CMD-01"
    slug = "takes-longer-action-as-cancel-order"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read the beginning of an action."""
        return {"action": "cancel_order"} if (message.text("action") or "").startswith("cancel_order") else {}


class Suffixing(_Overlooking):
    """Takes any action that ends with cancel_order for that."""

    breaks = "OSRS-CMD-01"
    slug = "takes-action-by-its-end-as-cancel-order"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read the end of an action."""
        return {"action": "cancel_order"} if (message.text("action") or "").endswith("cancel_order") else {}


class Deferring(Eager):
    """Takes an action it does not know for cancel_order, and says with status 503 that it does nothing now."""

    breaks = "OSRS-CMD-01"
    slug = "takes-unknown-action-up-with-503"

    def handle(self, request: Request) -> Response:
        """Say by the status what it would have done."""
        response = super().handle(request)
        known = b"\0" in request.body or any(name.encode() in request.body for name in self.commands)
        says_yes = b'"is_success">1<' in response.body
        return replace(response, status=503) if says_yes and not known else response


class Assuming(_Overlooking):
    """Takes a request that names no action for a cancel_order."""

    breaks = "OSRS-CMD-01"
    slug = "takes-missing-action-as-cancel-order"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read an action where there is none."""
        return {"action": message.text("action") or "cancel_order"}


class Compliant(Seller):
    """Answers an action it does not know with success, and does nothing."""

    breaks = "OSRS-CMD-01"
    slug = "success-for-unknown-action"

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, or nothing."""
        known = (message.text("action") or "").lower() in self.commands
        return super().command(message, reseller) if known else Answer(success=True, code=200, text=DONE)


class Indiscriminate(_Overlooking):
    """Takes any object for trust_service."""

    breaks = "OSRS-CMD-02"
    slug = "takes-any-object-as-trust-service"

    def overlooked(self, _message: Message) -> Mapping[str, str]:
        """Read any object otherwise."""
        return {"object": "trust_service"}


class Crossing(_Overlooking):
    """Takes the object of another service, domain, for trust_service."""

    breaks = "OSRS-CMD-02"
    slug = "takes-domain-as-trust-service"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read one object for another."""
        return {"object": "trust_service"} if (message.text("object") or "").lower() == "domain" else {}


class Stretching(_Overlooking):
    """Takes any object that begins with trust_service for that."""

    breaks = "OSRS-CMD-02"
    slug = "takes-longer-object-as-trust-service"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read the beginning of an object."""
        return {"object": "trust_service"} if (message.text("object") or "").startswith("trust_service") else {}


class Supposing(_Overlooking):
    """Takes a request that names no object for one about trust_service."""

    breaks = "OSRS-CMD-02"
    slug = "serves-request-without-object"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read an object where there is none."""
        return {"object": message.text("object") or "trust_service"}


class Obliging(Seller):
    """Answers for an object it does not know with success, and does nothing."""

    breaks = "OSRS-CMD-02"
    slug = "success-for-unknown-object"

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, or nothing."""
        thing = (message.text("object") or "").lower()
        known = thing == "trust_service"
        return (
            super().command(message, reseller)
            if known
            else Answer(success=True, code=200, text=DONE, thing=thing.upper())
        )


class Informal(_Overlooking):
    """Serves a request that names no protocol."""

    breaks = "OSRS-CMD-03"
    slug = "serves-request-without-protocol"

    def overlooked(self, message: Message) -> Mapping[str, str]:
        """Read a protocol where there is none."""
        return {"protocol": message.text("protocol") or "XCP"}


class Polyglot(_Overlooking):
    """Serves a request whatever protocol it names, or none."""

    breaks = "OSRS-CMD-03"
    slug = "serves-any-protocol"

    def overlooked(self, _message: Message) -> Mapping[str, str]:
        """Read any protocol otherwise."""
        return {"protocol": "XCP"}


class _Restful(Seller):
    """A seller that says a failure by the status of its response too."""

    status: ClassVar[int]

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, under another status."""
        return super().response(answer, self.status if slips(answer, Slip.FAILURES) else status)


class _StatusFor(Seller):
    """A seller that says one kind of refusal by the status of its response too."""

    about: ClassVar[Reason]
    status: ClassVar[int]

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, under another status."""
        refused = not answer.success and (answer.code, answer.text.partition(":")[0]) == _short(self.about)
        return super().response(answer, self.status if refused and status == 200 else status)  # noqa: PLR2004


def _short(reason: Reason) -> tuple[int, str]:
    """Give the code of a refusal, and its text as far as it is always the same."""
    code, text = REFUSALS[reason]
    return code, text.partition(":")[0]


class Unfinding(_StatusFor):
    """Says with status 404 that there is no such order."""

    breaks = "OSRS-CMD-04"
    slug = "says-unknown-order-with-404"
    about = Reason.UNKNOWN
    status = 404


class Forwarding(_StatusFor):
    """Says with status 422 that an order can no longer be cancelled."""

    breaks = "OSRS-CMD-04"
    slug = "says-too-late-with-422"
    about = Reason.STATE
    status = 422


class Bursting(_StatusFor):
    """Says with status 500 that a document is not well-formed, empty, or no envelope of its own."""

    breaks = "OSRS-CMD-04"
    slug = "says-unreadable-with-500"
    about = Reason.UNREADABLE
    status = 500


class Puzzled(_StatusFor):
    """Says with status 501 that it does not know a command."""

    breaks = "OSRS-CMD-04"
    slug = "says-unknown-command-with-501"
    about = Reason.COMMAND
    status = 501


class Accepting(Seller):
    """Says a success with status 202."""

    breaks = "OSRS-CMD-05"
    slug = "says-success-with-202"

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, a success under another status."""
        return super().response(answer, 202 if slips(answer, Slip.SUCCESSES) else status)


class Restful(_Restful):
    """Says a failure with status 400."""

    breaks = "OSRS-CMD-04"
    slug = "says-failure-with-400"
    status = 400


class Dramatic(_Restful):
    """Says a failure with status 500."""

    breaks = "OSRS-CMD-04"
    slug = "says-failure-with-500"
    status = 500


class Literal(_Restful):
    """Says a failure with status 404."""

    breaks = "OSRS-CMD-04"
    slug = "says-failure-with-404"
    status = 404
