"""A register: certificates in a folder, each verified when it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from countermand.certify import archive, check, contents, envelope, expect, keys, page, summary
from countermand.certify.printable import quoted
from countermand.certify.terms import day
from countermand.guard import bounds, intake
from countermand.guard.foreign import Shown, shown
from countermand.model.verdict import Verdict
from countermand.nightly import badge

#: Of certificates and of keys, so many are looked at.
MOST = 2000
#: Problems of one certificate that are told.
MOST_PROBLEMS = 3
#: What a statement that is none of ours makes its reader raise.
UNREAD = (ValueError, TypeError, AttributeError, LookupError, StopIteration)
#: States of a certificate, beside those that end it.
HOLDS, UNJUDGED = "holds", "not judged again"


@dataclass(frozen=True)
class Entry:
    """One certificate as the register shows it."""

    file: str  # where it lies, relative to the folder
    data: bytes
    said: Mapping[str, Any]
    page: bytes | None  # its own page, where this suite has made it again byte for byte
    owner: str = ""  # of the key, as its file says
    other_suite: str | None = None
    superseded: str | None = None  # by the certificate of this number
    expired: bool = False

    @property
    def number(self) -> str:
        """Its number, which names its files."""
        return str(self.said["number"])

    @property
    def apis(self) -> set[str]:
        """The APIs it is about."""
        return {target["api"] for target in self.said["targets"]}

    @property
    def gone(self) -> str:
        """Why it holds no longer, nothing while it does."""
        if self.superseded:
            return "superseded"
        return "expired" if self.expired else ""

    @property
    def state(self) -> str:
        """What it is as of the day the register is drawn.

        Whoever holds the key can name any suite, so what no suite here has judged again is nobody's verdict but his.
        """
        return self.gone or (UNJUDGED if self.other_suite else HOLDS)

    @property
    def badge(self) -> badge.Badge:
        """Its badge as of the day the register is drawn; it says until when it held, once it does not."""
        moment = self.said["validUntil"] if self.gone == "expired" else self.said["finished"]
        instead = "" if self.state == HOLDS else self.state
        return badge.said(self.apis, Verdict(self.said["verdict"]), moment, instead)


@dataclass(frozen=True)
class Refused:
    """A file that is not listed, and why."""

    file: Shown
    why: tuple[Shown, ...]

    @property
    def reason(self) -> str:
        """Why, in one line."""
        return "; ".join(self.why)


def silent(_place: int, _all: int, _name: Shown) -> None:
    """Tell nobody which certificate is verified now."""


def drawn(
    places: Iterable[Path],
    more: Iterable[Path],
    on: date,
    patience: float | None = None,
    tell: Callable[[int, int, Shown], None] = silent,
    before: Path | None = None,
) -> tuple[list[Entry], list[Refused]]:
    """Verify certificates, and those below folders, with the public keys that lie there and those given.

    Each takes seconds: `tell` is told before each which one it is, of how many. What was listed in a folder before
    still takes the place of others. Raises keys.KeyFileError.
    """
    places = list({place.resolve(): place for place in places}.values())
    lying = [
        path for place in places if intake.is_folder(place) for path in sorted(place.rglob(f"*{keys.PUBLIC}"))[:MOST]
    ]
    known = {keys.name(keys.public(path)): path for path in [*lying, *more]}
    listed, refused = dict[str, Entry](), list[Refused]()
    below = [pair for place in places for pair in _below(place)]
    for number, (path, name) in enumerate(below, 1):
        tell(number, len(below), shown(name, 200))
        result = _verified(path, name, known, patience)
        if isinstance(result, Refused):
            refused.append(result)
            continue
        if early := list(expect.unissued(result.said, on)):
            refused.append(Refused(shown(result.file), tuple(map(shown, early))))
            continue
        if (same := listed.get(result.number)) is not None and same.data == result.data:
            continue  # a copy
        # Of what no suite here has judged again the number is its maker's word, and may be another's.
        first, *others = sorted(
            [*filter(None, [listed.get(result.number)]), result], key=lambda entry: entry.other_suite is not None
        )
        listed[result.number] = first
        refused += [Refused(shown(other.file), (shown(f"it has the number of {first.file}"),)) for other in others]
    dated = [replace(entry, expired=on > day(entry.said["validUntil"])) for entry in listed.values()]
    marked = superseded(dated, () if before is None else _listed(before, known, on))
    return sorted(marked, key=lambda entry: (entry.state != HOLDS, _reversed(entry.said["finished"]))), refused


def superseded(entries: list[Entry], before: Iterable[Mapping[str, Any]] = ()) -> Iterator[Entry]:
    """Mark what another certificate takes the place of, be it one that says so and is listed no more.

    Both are signed with the same key, for nobody withdraws what is another's, and about the same APIs.
    """

    def rank(said: Mapping[str, Any], number: str) -> tuple[str, str, frozenset[str]]:
        return number, said["signer"]["keyid"], frozenset(target["api"] for target in said["targets"])

    all_said = [*before, *(entry.said for entry in entries)]
    later = {rank(said, said["supersedes"]): str(said["number"]) for said in all_said if said["supersedes"]}
    for entry in entries:
        by = later.get(rank(entry.said, entry.number))
        yield replace(entry, superseded=by if by != entry.number else None)


def _listed(site: Path, known: Mapping[str, Path], on: date) -> Iterator[Mapping[str, Any]]:
    """Yield what the certificates say that a register has left in its folder, and that were issued by some day.

    Whoever may write there can make none up: only what a known key has signed is heard.
    """
    for path in sorted(site.glob("COUNTERMAND-*.zip")):
        if path.is_symlink():
            continue
        try:
            files = archive.unpacked(path)
            key = keys.public(known[keys.named(files)])
            said = summary.facts(envelope.unseal(files[contents.ENVELOPE], key))
        except UNREAD:
            continue
        own = said["number"] == path.stem and said["signer"]["keyid"] == keys.name(key)
        if own and not any(expect.unissued(said, on)):
            yield said


def _below(place: Path) -> list[tuple[Path, str]]:
    """Return the certificates that a path stands for, each with what it is called."""
    if not intake.is_folder(place):
        return [(place, place.name)]
    return [(path, path.relative_to(place).as_posix()) for path in sorted(place.rglob("*.zip"))[:MOST]]


def _verified(path: Path, name: str, known: Mapping[str, Path], patience: float | None) -> Entry | Refused:
    def refusal(*why: str) -> Refused:
        return Refused(shown(name, 200), tuple(shown(words, 300) for words in why))

    if not intake.is_file(path) or path.is_symlink():
        return refusal("it is no regular file")
    try:
        data = archive.read(path)
        keyid = keys.named(archive.unpacked(data))
    except (archive.ArchiveError, bounds.LimitError) as error:
        return refusal(f"it is no certificate: {error}")
    if keyid not in known:
        return refusal(f"it is signed with a key that lies nowhere here: {quoted(keyid[:16])}")
    try:
        outcome = check.check(data, keys.public(known[keyid]), patience)
    except check.UnjudgedError as error:
        if error.at_all:  # else it is this one that takes so much: the others are judged
            raise check.UnjudgedError(f"{shown(name, 200)}: {error}", at_all=True) from None
        outcome = check.Outcome((str(error),))
    if outcome.problems:
        first, *others = outcome.problems[:MOST_PROBLEMS]
        return refusal(f"it does not verify: {first}", *others)
    try:
        said = summary.facts(outcome.statement or {})
    except UNREAD:
        return refusal(f"another suite has made it, and states it otherwise: {outcome.other_suite}")
    drawn_here = outcome.other_suite is None and outcome.other_drawing is None
    own = archive.unpacked(data).get(page.FILE) if drawn_here else None
    return Entry(name, data, said, own, keys.owner(known[keyid]), outcome.other_suite)


def _reversed(moment: str) -> str:
    """Return what sorts later moments first."""
    return "".join(chr(0x7F - ord(letter)) for letter in moment)
