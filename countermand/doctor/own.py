"""What only one API needs a doctor for: the checks that its row names."""

from __future__ import annotations

from collections.abc import Iterable

from countermand.doctor.finding import Finding
from countermand.model.api import imported
from countermand.model.apis import APIS
from countermand.model.exchange import Reply
from countermand.model.target import Target


class Own:
    """Checks of one API; those it has no need of find nothing."""

    def identities(self, target: Target) -> Iterable[Finding]:  # noqa: ARG002 - what others look at
        """Look at who asks, before anything is sent."""
        return ()

    def answer(self, target: Target, reply: Reply) -> Finding | None:  # noqa: ARG002
        """Say what a harmless request's answer tells about us, if it does."""
        return None

    def bare(self, data: bytes) -> str:  # noqa: ARG002
        """Say what came without HTTP around it, if it can be read."""
        return ""


def own(api: str) -> Own:
    """Return the checks of an API's own."""
    checks: Own = imported(APIS[api].doctor)() if APIS[api].doctor else Own()
    return checks
