"""What of a target file is for its API: the schema knows the words of all there are."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from countermand.model.api import WHO, Api
from countermand.model.apis import APIS
from countermand.model.target import Dialect
from countermand.targetfile.source import Source

#: What any target may say yes or no to.
USUAL = ("takes_up",)
#: The lists of words of [dialect]: what a seller says in one sense it does not say in another.
SENSES = ("pending", "rejected", "cancelled")


def check(source: Source, table: dict[str, Any]) -> None:
    """Refuse what is for another API, or says two things at once; raises TargetError."""
    api = APIS[table["api"]]
    for key, there in (("seller", bool(api.seller_name)), ("dialect", api.has_dialect)):
        if key in table and not there:
            raise source.error([key], f"is not for {api.name}: leave it out")
    claims = (*USUAL, *api.claims)
    for claim in table.get("capabilities", {}):
        if claim not in claims:
            raise source.error(["capabilities", claim], f"is no claim of {api.name}; known are {', '.join(claims)}")
    _refuse_two_senses(source, table.get("dialect", {}))


def check_party(source: Source, api: Api, name: str, table: dict[str, Any]) -> None:
    """Refuse, of a table that says who somebody is, what says nothing to its API; raises TargetError."""
    known = (*api.needs, *api.may_say)
    for key in WHO:
        if key in table and key not in known:
            raise source.error([name, key], f"is not for {api.name}, which knows {', '.join(known)}")
    for key in ("certificate", "private_key"):
        if key in table and "pkcs12" in table:
            raise source.error([name, key], "is in the file that pkcs12 names as well: give one of the two")


def _refuse_two_senses(source: Source, dialect: dict[str, Any]) -> None:
    """Hold the words of each sense against those of the others, as they are where a file gives none."""
    usual = Dialect()
    for given, other in permutations(SENSES, 2):
        others = {word.casefold() for word in dialect.get(other, getattr(usual, other))}
        for word in dialect.get(given, ()):
            if word.casefold() in others:
                by_default = "" if other in dialect else f", where {other} is not given"
                raise source.error(
                    ["dialect", given], f"{word!r} is one of {other} as well{by_default}: a word says one thing"
                )
