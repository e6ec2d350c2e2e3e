"""A baseline's file, brought up to date: what people have written around its entries stays."""

from __future__ import annotations

from collections.abc import Sequence

import tomlkit
from tomlkit.exceptions import TOMLKitError

from countermand.baseline.file import dumps, dumps_entry, parsed
from countermand.baseline.waiver import Baseline, Entry, List


def rewritten(text: str, before: Baseline, now: Baseline) -> str:
    """Return the text without the entries that are gone, and with new ones at its end.

    It is written anew where that cannot be done.
    """
    try:
        kept = _without(text, before, [entry for entry in before.entries if entry not in now.entries])
    except (TOMLKitError, TypeError, KeyError, IndexError):
        return dumps(now)
    added = [dumps_entry(entry) for entry in now.entries if entry not in before.entries]
    whole = "\n".join([kept.rstrip("\n") + "\n", *added])
    return whole if _says(whole, now) else dumps(now)


def _without(text: str, before: Baseline, gone: Sequence[Entry]) -> str:
    """Take entries out of the text, the others with their comments left as they are."""
    document = tomlkit.parse(text)
    for kind in List:
        listed = [entry for entry in before.entries if entry.list is kind]
        for number in reversed(range(len(listed))):
            if listed[number] in gone:
                del document[kind][number]  # a list of tables, as it was read
        if listed and not document[kind]:
            document.remove(kind)
    return document.as_string()


def _says(text: str, baseline: Baseline) -> bool:
    """Say whether a text reads as this baseline, whatever the order: no waiver is lost, and none comes back."""
    try:
        return set(parsed(text)) == set(baseline.entries)
    except ValueError:
        return False
