"""What a seed that a reader has chosen rules out, and what it does not."""

from __future__ import annotations

from countermand.model.apis import APIS

RULES_OUT = (
    "A seed that you chose yourself, and told nobody before, rules out a record made before you chose it: "
    "every identifier in its requests is drawn from the seed, and verify makes every request again, byte for byte."
)
LEAVES = "It does not rule out that replies were invented afterwards."
OTHERWISE = "How strongly it binds depends on how much of the seed a request of this API carries."


def words(apis: set[str]) -> str:
    """Return what a seed of one's own shows, and what it does not, for certificates about some APIs."""
    return " ".join(
        [RULES_OUT, LEAVES, *((APIS[api].binds if api in APIS else "") or OTHERWISE for api in sorted(apis))]
    )
