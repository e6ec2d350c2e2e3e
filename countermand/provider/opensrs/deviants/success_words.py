"""Sellers whose is_success is neither 0 nor 1."""

from __future__ import annotations

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import UNREAD, Slip, Wording, besides, rewordings

wording = family(__name__, Wording, "words")
rewording = rewordings(__name__)
failing = rewordings(__name__, Slip.FAILURES)

DEVIANTS = (
    wording(
        "Truthful",
        "OSRS-RPL-04",
        "is-success-true-or-false",
        "Says true and false instead of 1 and 0.",
        ("false", "true"),
        also=UNREAD,
    ),
    wording(
        "Emphatic",
        "OSRS-RPL-04",
        "is-success-capital-true-or-false",
        "Says True and False instead of 1 and 0.",
        ("False", "True"),
        also=UNREAD,
    ),
    wording(
        "Agreeable",
        "OSRS-RPL-04",
        "is-success-yes-or-no",
        "Says yes and no instead of 1 and 0.",
        ("no", "yes"),
        also=UNREAD,
    ),
    wording(
        "Counting",
        "OSRS-RPL-04",
        "is-success-minus-one-or-two",
        "Says -1 and 2 instead of 0 and 1.",
        ("-1", "2"),
        also=UNREAD,
    ),
    wording(
        "Padding",
        "OSRS-RPL-04",
        "is-success-zero-padded",
        "Says 00 and 01 instead of 0 and 1.",
        ("00", "01"),
        also=UNREAD,
    ),
    wording(
        "Exact",
        "OSRS-RPL-04",
        "is-success-with-decimal-point",
        "Says 0.0 and 1.0 instead of 0 and 1.",
        ("0.0", "1.0"),
        also=UNREAD,
    ),
    wording("Empty", "OSRS-RPL-04", "is-success-empty", "Leaves is_success empty.", ("", ""), also=UNREAD),
    wording(
        "Perlish",
        "OSRS-RPL-04",
        "is-success-empty-on-failure",
        "Leaves is_success empty where it fails.",
        ("", "1"),
        also=besides(not_applicable="RPL-07"),
    ),
    rewording(
        "Undecided",
        "OSRS-RPL-04",
        "no-is-success",
        "Leaves is_success out.",
        also=besides(departs="SCH-02", not_applicable="RPL-07 RPL-08"),
        is_success=None,
    ),
    failing(
        "Shamefaced",
        "OSRS-RPL-04",
        "no-is-success-on-failure",
        "Leaves is_success out where it fails.",
        also=besides(departs="SCH-02", not_applicable="RPL-07"),
        is_success=None,
    ),
)
