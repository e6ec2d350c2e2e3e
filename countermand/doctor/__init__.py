"""What keeps a target from being tested, in plain words, before any order is touched."""

from __future__ import annotations

from countermand.doctor.examination import examine, reach
from countermand.doctor.files import authorities, credentials, impostors
from countermand.doctor.finding import Finding, State, first_to_mend, usable
from countermand.identity.tls import CredentialsError, context
from countermand.model.target import Target

__all__ = ["Finding", "State", "examine", "first_to_mend", "preflight", "usable"]

#: Seconds a run waits for the answer that only tells whether anybody is there.
PATIENCE = 10.0


def preflight(target: Target, *, sending: bool = True) -> str | None:
    """Return the first thing to mend where no exchange with a target can come to anything, else nothing.

    Costs one connection and one request that changes nothing, twice where the first brought trouble; without sending
    it looks at files alone. A seller that is merely odd (slow, silent, any HTTP at all) is left to the run.
    """
    findings = [authorities(target)]
    try:
        context(target.ca, credentials(target.identities["buyer"]), target.tls_minimum, target.tls_maximum)
    except CredentialsError as error:
        findings.append(
            Finding.trouble("buyer's certificate", str(error), "countermand doctor tells more", certain=True)
        )
    findings += impostors(target)
    if sending and not any(finding.certain for finding in findings):
        findings += reach(target, asking=True, patience=min(PATIENCE, target.limits.total))
    first = next((finding for finding in findings if finding.state is State.TROUBLE and finding.certain), None)
    return None if first is None else target.masker().text(f"{first.check}: {first}")
