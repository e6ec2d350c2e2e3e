"""`countermand register`: draws a static page of certificates that can be published."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from countermand.certify import expect, keys, register, register_page, terms
from countermand.certify.check import UnjudgedError
from countermand.commands import judging, redrawn, saying
from countermand.exits import CommandError, Exit
from countermand.guard import intake, placing
from countermand.guard.foreign import Shown, in_json, shown
from countermand.nightly import badge
from countermand.report import shelf

#: What is said of a certificate that was listed once.
UNLISTED = "it is not listed any more, for whoever keeps this register has taken it out, or it does not verify"


#: Folders below the one that is published in which no private key may lie.
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    words = "a certificate, or a folder of certificates and of the public keys that are trusted (*.public.pem)"
    parser.add_argument("places", metavar="PLACE", nargs="+", type=Path, help=words)
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        required=True,
        help="the folder to write: index.html, register.json, badges",
    )
    parser.add_argument("--json", action="store_true", help="say what stands in register.json on standard output")
    parser.add_argument(
        "--key", metavar="public.pem", type=Path, action="append", default=[], help="a key that is trusted besides"
    )
    parser.add_argument("--title", default="Register of certificates", help="what the page is called")
    parser.add_argument(
        "--url",
        type=_address,
        default="",
        metavar="ADDRESS",
        help="where the folder is published: lines for badges name it",
    )
    parser.add_argument(
        "--on", type=expect.a_day, metavar="DAY", help="what has expired by that day is grey (default: today, UTC)"
    )
    judging.add_patience(parser, "each")
    parser.epilog = (
        "Draw it again every day: badges and rows turn grey only then. "
        "Exit: 0 all are listed; 14 one or more do not verify, and are named below the table; "
        "10 one or more were made by another suite: their signature and files hold; "
        "11 none lies there any more, and what was listed before has been turned grey."
    )


def _address(words: str) -> str:
    if words and not re.match(r"https?://[^/?#]", words):
        raise argparse.ArgumentTypeError(f"{words!r}: an address as in https://register.example was expected")
    return words


def main(options: argparse.Namespace) -> int:
    """Verify, draw, and say what is not listed."""
    _see(options)
    on = expect.Expected(on=options.on).day
    try:
        entries, refused = register.drawn(options.places, options.key, on, options.patience, _tell, options.out)
    except (keys.KeyFileError, UnjudgedError) as error:
        raise CommandError(str(error)) from None
    if not entries and not refused:
        none = f"there is no certificate (*.zip) in {', '.join(intake.shown(place) for place in options.places)}"
        if not next(_badges(options.out, ()), None):
            raise CommandError(f"{none}: countermand certify makes one")
        print(f"{none} any more: what was listed before turns grey", file=sys.stderr)
    try:
        said = _write(options, entries, refused, on.isoformat())
    except OSError as error:
        raise CommandError(f"{intake.shown(options.out)}: cannot be written: {error.strerror}") from None
    with saying.aside(programs=options.json):
        print(f"{options.out / 'index.html'}: {_counted(options.out, entries, refused)}")
    if options.json:
        saying.as_json(said)
    for refusal in refused:
        print(f"not listed: {refusal.file}: {refusal.reason}", file=sys.stderr)
    if refused:
        return Exit.UNVERIFIED
    if not entries:
        return Exit.STALE
    return Exit.INCONCLUSIVE if any(entry.other_suite for entry in entries) else Exit.CONFORMS


def _counted(out: Path, entries: Sequence[register.Entry], refused: Sequence[register.Refused]) -> str:
    """Say how many certificates there are, and of those that hold no longer why."""
    gone = sum(bool(entry.gone) for entry in entries)
    unjudged = sum(entry.state == register.UNJUDGED for entry in entries)
    removed = len(list(_badges(out, {entry.number for entry in entries})))
    parts = [
        f"certificates that hold: {len(entries) - gone - unjudged}",
        f"grey, as expired or superseded: {gone}",
        *([f"grey, as made by another suite and not judged again: {unjudged}"] if unjudged else []),
        f"not listed: {len(refused)}",
        *([f"listed before, and grey since: {removed}"] if removed else []),
    ]
    return "; ".join(parts)


def _see(options: argparse.Namespace) -> None:
    """See that what was named can be read, and drawn; raises CommandError."""
    for place in options.places:
        if not (intake.is_folder(place) or intake.is_file(place)):
            raise CommandError(f"{intake.shown(place)}: no such folder, and no such certificate")
        if intake.is_folder(place) and place.resolve() in (options.out.resolve() / "index.html").parents:
            raise CommandError(
                "--out: a folder outside of PLACE was expected: what is drawn must not be taken for what is to be drawn"
            )
    below = itertools.islice((path for path in options.out.rglob("*") if path.is_dir()), MOST)
    if (key := next(filter(None, map(shelf.key_in, (options.out, *below))), None)) is not None:
        where = key.relative_to(options.out)
        raise CommandError(
            f"--out {options.out}: {where} is a private key, and the folder is published as it is: name another one"
        )
    for name, first in (("index.html", "<"), ("register.json", "{")):
        redrawn.see(options.out / name, first)


def _tell(number: int, of: int, name: Shown) -> None:
    """Say which certificate is verified now: each takes seconds."""
    print(f"verifying {number} of {of}: {name}", file=sys.stderr, flush=True)


def _write(
    options: argparse.Namespace, entries: list[register.Entry], refused: list[register.Refused], on: str
) -> dict[str, Any]:
    """Write the folder, and return what stands in its register.json."""
    options.out.mkdir(parents=True, exist_ok=True)
    before = [path.stem for path in _badges(options.out, {entry.number for entry in entries})]
    page = register_page.page(shown(options.title), entries, refused, on, options.url, before)
    _text(options.out / "index.html", page)
    said = register_page.as_json(entries, refused, on, before)
    _text(options.out / "register.json", in_json(json.dumps(said, ensure_ascii=False, indent=1)) + "\n")
    _grey_out(options.out, {entry.number for entry in entries})
    for entry in entries:
        _text(options.out / f"{entry.number}.svg", badge.picture(entry.badge, register_page.leads_to(entry)))
        _text(options.out / f"{entry.number}.json", badge.endpoint(entry.badge))
        _bytes(options.out / f"{entry.number}.zip", entry.data)
        if entry.gone:
            _text(options.out / f"{entry.number}.html", register_page.past(entry.number, register_page.ended(entry)))
        elif entry.page is not None:
            _bytes(options.out / f"{entry.number}.html", entry.page)
    return said


def _grey_out(folder: Path, listed: Collection[str]) -> None:
    """Leave of what was listed once a grey badge and a page that say so, and the certificate, which is evidence.

    Pages elsewhere show the badge still, and lead to the page.
    """
    for path in _badges(folder, listed):
        gone = badge.unlisted({api.lower() for api in terms.apis(path.stem)})
        _text(path, badge.picture(gone))
        _text(path.with_suffix(".json"), badge.endpoint(gone))
        _text(path.with_suffix(".html"), register_page.past(path.stem, UNLISTED))


def _badges(folder: Path, listed: Collection[str]) -> Iterator[Path]:
    """Yield the badges of certificates that were listed before, and are not any more."""
    for path in sorted(folder.glob("COUNTERMAND-*.svg")):
        if terms.NUMBER.fullmatch(path.stem) and path.stem not in listed and not path.is_symlink():
            yield path


def _text(path: Path, text: str) -> None:
    _bytes(path, text.encode("utf-8", "backslashreplace"))


def _bytes(path: Path, data: bytes) -> None:
    if path.is_symlink():
        path.unlink()  # what it leads to is somebody else's
    placing.put(path, data)
