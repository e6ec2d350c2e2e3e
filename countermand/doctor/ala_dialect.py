"""What a target file declares where the documents of ALA leave something open, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.doctor.own import Own
from countermand.document import parse, select
from countermand.model.target import Target


class AlaChecks(Own):
    """The checks of ALA alone."""

    def settings(self, target: Target) -> Iterator[Finding]:
        """See whether the decision's place can be looked for."""
        try:
            select(parse(b"<none/>"), target.dialect.decision)
        except ValueError as error:
            yield Finding.trouble(
                "dialect", f"[dialect] decision: {error}", "write an XPath, or leave the key out", certain=True
            )
