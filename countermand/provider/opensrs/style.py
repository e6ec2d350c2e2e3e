"""The style of an OpenSRS seller: how it does what the public documents leave to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from countermand.provider.opensrs.orders import State


class Action(StrEnum):
    """What a reply calls its action; the documents and the recordings differ."""

    DOCUMENTED = "REPLY"
    LOWER = "reply"
    RECORDED = "recorded"  # REPLY for a success, CANCEL_ORDER:REPLY for a failure
    COMMAND = "COMMAND:REPLY"  # for both


class Layout(StrEnum):
    """How a document is laid out."""

    RECORDED = "recorded"  # one blank per depth
    PRETTY = "pretty"  # four blanks per depth, as in the documents
    COMPACT = "compact"  # no white space between elements


class Sorting(StrEnum):
    """In which order items stand, at every depth."""

    RECORDED = "recorded"
    BACKWARDS = "backwards"
    ALPHABETICAL = "alphabetical"


class Terminal(StrEnum):
    """What becomes of a cancellation of an order that is completed, cancelled or declined."""

    REFUSED = "refused"
    UNCHANGED = "unchanged"  # a success that tells the state as it was


class Door(StrEnum):
    """What body the refusal of an unauthenticated request has."""

    ENVELOPE = "envelope"
    PAGE = "page"
    TEXT = "text"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Style:
    """One legitimate way to speak OpenSRS; the defaults are those of the recorded replies."""

    # the words of replies
    action: Action = Action.RECORDED
    lower_object: bool = False
    wrapped_text: bool = False  # response_text over two lines, as in the documented example
    accents: bool = False  # letters beyond ASCII in response_text
    error_details: bool = False
    extra_items: bool = False
    extra_attributes: bool = False
    blank_attributes: bool = False  # a refusal has the attributes of a success, and beside them, with nothing in them
    sorting: Sorting = Sorting.RECORDED
    # the markup of replies
    layout: Layout = Layout.RECORDED
    single_quotes: bool = False
    prolog: bool = True  # written in any case where a charset needs it
    standalone: bool = True
    doctype: bool = True
    comments: bool = False
    instructions: bool = False  # processing instructions
    cdata: bool = False
    references: bool = False  # the first letter of each text as a character reference
    classes: bool = False  # the optional attribute class of items
    scalars: bool = False  # each text in an element of its own, dt_scalar
    trailing_newline: bool = False
    # the bytes of replies
    charset: str = "utf-8"  # utf-8, utf-16 or iso-8859-1
    byte_order_mark: bool = False  # UTF-16 has one in any case
    content_type: str = "text/xml"  # or application/xml
    charset_label: bool = False
    extra_headers: bool = False
    chunked: bool = False
    close: bool = False
    # what is decided
    cancelled_pending: State = State.CANCELLED  # or declined
    cancelled_in_flight: State = State.DECLINED  # or cancelled
    terminal: Terminal = Terminal.REFUSED
    tells_orders: bool = True  # whether get_order_info exists
    # the codes of failures, 300 and above, but for those that ask to come again
    code_unnamed: int = 460
    code_not_a_number: int = 465
    code_unknown: int = 405
    code_foreign: int = 501
    code_state: int = 400
    code_command: int = 400
    code_protocol: int = 500
    code_unreadable: int = 400
    # the door
    code_signature: int = 401
    code_user: int = 400
    door_status: int = 200  # or 401, 403
    door: Door = Door.ENVELOPE  # any other has status 401 where door_status is 200
    door_object: bool = True
