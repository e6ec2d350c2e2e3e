"""Sellers whose protocol, action, object and text are not those documented for a reply."""

from __future__ import annotations

from countermand.provider.opensrs.deviants.base import UNLISTED, Slip, rewordings

rewording = rewordings(__name__)
failing = rewordings(__name__, Slip.FAILURES)

DEVIANTS = (
    rewording("Foreignspeaking", "OSRS-RPL-01", "names-another-protocol", "Names another protocol.", protocol="EPP"),
    rewording("Unprotocolled", "OSRS-RPL-01", "no-protocol", "Names no protocol.", protocol=None),
    rewording("Blank", "OSRS-RPL-01", "empty-protocol", "Leaves the protocol empty.", protocol=""),
    rewording(
        "Parroting",
        "OSRS-RPL-02",
        "repeats-action-asked-for",
        "Repeats the action asked for instead of calling its own REPLY.",
        action="cancel_order",
    ),
    rewording("Actionless", "OSRS-RPL-02", "no-action", "Names no action.", also=UNLISTED, action=None),
    rewording("Idle", "OSRS-RPL-02", "empty-action", "Leaves the action empty.", action=""),
    rewording("Responding", "OSRS-RPL-02", "action-response", "Calls its action RESPONSE.", action="RESPONSE"),
    rewording(
        "Confused",
        "OSRS-RPL-02",
        "action-of-another-command",
        "Calls its action the reply to another command.",
        action="GET_ORDER_INFO:REPLY",
    ),
    failing(
        "Curt", "OSRS-RPL-02", "no-action-on-failure", "Names no action where it fails.", also=UNLISTED, action=None
    ),
    rewording("Misaddressed", "OSRS-RPL-03", "names-another-object", "Speaks of another object.", object="DOMAIN"),
    rewording("Objectless", "OSRS-RPL-03", "no-object", "Names no object.", also=UNLISTED, object=None),
    rewording("Pointless", "OSRS-RPL-03", "empty-object", "Leaves the object empty.", object=""),
    rewording("Hyphenating", "OSRS-RPL-03", "misspelt-object", "Misspells its object.", object="TRUST-SERVICE"),
    failing(
        "Vague", "OSRS-RPL-03", "no-object-on-failure", "Names no object where it fails.", also=UNLISTED, object=None
    ),
    rewording(
        "Taciturn", "OSRS-RPL-06", "no-response-text", "Describes no outcome.", also=UNLISTED, response_text=None
    ),
    rewording("Nullifying", "OSRS-RPL-06", "null-response-text", "Says null of its outcome.", response_text="null"),
    rewording("Mumbling", "OSRS-RPL-06", "empty-response-text", "Describes its outcome by nothing.", response_text=""),
    rewording(
        "Whispering", "OSRS-RPL-06", "blank-response-text", "Describes its outcome by blanks.", response_text="  "
    ),
    failing(
        "Complacent",
        "OSRS-RPL-06",
        "text-of-success-on-failure",
        "Says that the command was completed successfully where it fails.",
        response_text="Command completed successfully.",
    ),
    failing(
        "Sullen",
        "OSRS-RPL-06",
        "no-response-text-on-failure",
        "Describes no outcome where it fails.",
        also=UNLISTED,
        response_text=None,
    ),
)
