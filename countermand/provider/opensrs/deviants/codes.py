"""Sellers whose response_code is not what it should be, or contradicts is_success."""

from __future__ import annotations

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import UNREAD, Slip, Wording, besides, rewordings
from countermand.provider.opensrs.message import Items
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import REFUSALS, Answer, Reason

MISMATCHED = besides(departs="RPL-09")  # the two no longer say the same


class Doublespoken(Seller):
    """Turns a caller that names no user away with the code and the words for it, and says that this is a success."""

    breaks = "OSRS-RPL-09"
    slug = "turns-away-unnamed-user-with-success"

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, and say yes where nobody was served."""
        items = super().items(answer)
        unnamed = answer.text == REFUSALS[Reason.USER][1]
        return {**items, "response_code": "404", "is_success": "1"} if unnamed else items


class Halfhearted(Seller):
    """Turns a caller away with the code of success, and says that this is a failure."""

    breaks = "OSRS-RPL-09"
    slug = "turns-away-with-code-of-success"

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, and give the code of a success where nobody was served."""
        items = super().items(answer)
        return {**items, "response_code": "200"} if answer.thing == "AUTHENTICATE" else items


coding = family(__name__, Wording, "words", key="response_code")
rewording = rewordings(__name__)
failing = rewordings(__name__, Slip.FAILURES)
succeeding = rewordings(__name__, Slip.SUCCESSES)

DEVIANTS = (
    coding("Wordy", "OSRS-RPL-05", "words-as-response-code", "Gives words as its code.", ("FAILED", "OK"), also=UNREAD),
    coding(
        "Verbose",
        "OSRS-RPL-05",
        "response-code-with-word",
        "Gives its code together with a word.",
        ("405 Not found", "200 OK"),
        also=UNREAD,
    ),
    coding(
        "Hexadecimal",
        "OSRS-RPL-05",
        "response-code-in-hexadecimal",
        "Gives its code in hexadecimal digits.",
        ("0x195", "0xC8"),
        also=UNREAD,
    ),
    rewording(
        "Codeless",
        "OSRS-RPL-05",
        "no-response-code",
        "Gives no code.",
        also=besides(departs="SCH-02", not_applicable="RPL-07 RPL-08"),
        response_code=None,
    ),
    rewording(
        "Numberless", "OSRS-RPL-05", "empty-response-code", "Leaves the code empty.", also=UNREAD, response_code=""
    ),
    failing(
        "Secretive",
        "OSRS-RPL-05",
        "no-response-code-on-failure",
        "Gives no code where it fails.",
        also=besides(departs="SCH-02", not_applicable="RPL-07"),
        response_code=None,
    ),
    failing(
        "Cheerful",
        "OSRS-RPL-07",
        "fails-with-code-200",
        "Fails with the code of success.",
        also=MISMATCHED,
        response_code="200",
    ),
    failing(
        "Optimistic",
        "OSRS-RPL-07",
        "fails-with-another-code-of-success",
        "Fails with another code of success.",
        also=MISMATCHED,
        response_code="299",
    ),
    failing("Zeroing", "OSRS-RPL-07", "fails-with-code-0", "Fails with code 0.", response_code="0"),
    succeeding(
        "Gloomy",
        "OSRS-RPL-08",
        "succeeds-with-code-of-failure",
        "Succeeds with a code of failure.",
        also=MISMATCHED,
        response_code="485",
    ),
    succeeding(
        "Provisional",
        "OSRS-RPL-08",
        "succeeds-with-code-of-one-hundred",
        "Succeeds with a code of one hundred.",
        response_code="100",
    ),
    succeeding("Shellminded", "OSRS-RPL-08", "succeeds-with-code-0", "Succeeds with code 0.", response_code="0"),
)
