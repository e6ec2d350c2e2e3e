"""Sellers whose is_success is neither 0 nor 1."""

from __future__ import annotations

from countermand.provider.opensrs.deviants.base import Rewording, Slip, Wording, besides, to


class Truthful(Wording):
    """Says true and false instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-true-or-false"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("false", "true")


class Emphatic(Wording):
    """Says True and False instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-capital-true-or-false"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("False", "True")


class Agreeable(Wording):
    """Says yes and no instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-yes-or-no"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("no", "yes")


class Counting(Wording):
    """Says -1 and 2 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-minus-one-or-two"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("-1", "2")


class Padding(Wording):
    """Says 00 and 01 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-zero-padded"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("00", "01")


class Exact(Wording):
    """Says 0.0 and 1.0 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-with-decimal-point"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("0.0", "1.0")


class Empty(Wording):
    """Leaves is_success empty."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-empty"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("", "")


class Perlish(Wording):
    """Leaves is_success empty where it fails."""

    breaks = "OSRS-RPL-04"
    slug = "is-success-empty-on-failure"
    also = besides(not_applicable="RPL-07")
    words = ("", "1")


class Undecided(Rewording):
    """Leaves is_success out."""

    breaks = "OSRS-RPL-04"
    slug = "no-is-success"
    also = besides(departs="SCH-02", not_applicable="RPL-07 RPL-08")
    changes = to(is_success=None)


class Shamefaced(Rewording):
    """Leaves is_success out where it fails."""

    breaks = "OSRS-RPL-04"
    slug = "no-is-success-on-failure"
    also = besides(departs="SCH-02", not_applicable="RPL-07")
    slips_on = Slip.FAILURES
    changes = to(is_success=None)
