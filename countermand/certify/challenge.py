"""The challenge: on one side a seed that whoever relies on a certificate has chosen, on the other words about what that rules out."""

from __future__ import annotations

RULES_OUT = (
    "A seed that you chose yourself, and told nobody before, rules out a record made before you chose it: "
    "every identifier in its requests is drawn from the seed, and verify makes every request again, byte for byte."
)
LEAVES = "It does not rule out that replies were invented afterwards."
BINDS = {
    "ala": "ALA is bound strongly: every request carries a messageId and a correlationId of the seed, and replies repeat them.",
    "opensrs": "OpenSRS is bound weakly: a cancellation carries little but the number of the order.",
}
OTHERWISE = "How strongly it binds depends on how much of the seed a request of this API carries."


def words(apis: set[str]) -> str:
    """Return what a seed of one's own shows, and what it does not, for certificates about some APIs."""
    return " ".join([RULES_OUT, LEAVES, *(BINDS.get(api, OTHERWISE) for api in sorted(apis))])
