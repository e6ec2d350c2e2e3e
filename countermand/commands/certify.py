"""`countermand certify`: runs the suite, and signs a zip of what came of it."""

from __future__ import annotations

import argparse
import base64
import itertools
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermand.certify import archive, contents, keys, page, passphrases, terms
from countermand.certify import build as making
from countermand.certify.check import UnjudgedError, check
from countermand.certify.contents import ContentsError
from countermand.commands import asking, choice, preview, run, sessions
from countermand.exits import CommandError, Exit
from countermand.guard import bounds, room
from countermand.guard.foreign import shown
from countermand.model.apis import APIS
from countermand.nightly import badge
from countermand.records import finished
from countermand.report import outputs, shelf
from countermand.targetfile import TargetError, load

#: Codes by which a run says that it came to its end and withheld nothing: a verdict, whatever it is.
CERTIFIED = frozenset({0, 1, 10})
#: What `run` alone can do: a certificate is of a whole run of its own, which asks its target and speaks to people.
FOREIGN = (
    *("--dry-run", "--requests", "--baseline", "--replay", "--patience", "--failed", "--json", "--pytest-output"),
    *("--collect-only", "--co"),
)
#: What a public certificate says of whoever declares.
DECLARED = ("organisation", "product", "version", "contact", "statement")
#: Bytes that must find room beside a certificate before anything is sent: one of both APIs has some 2 MB.
ROOM = 2**22
#: Seconds of computing that a record of our own may take to judge: whoever waits has made it himself.
OURS = 600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of a run that asks its target, and those of the certificate."""
    asking.add_asking(parser)
    parser.set_defaults(replay=None, patience=None, baseline=None, dry_run=False, help_pytest=False)
    parser.set_defaults(failed=None, requests=None, json=False, pytest_output=False)
    # A part of the suite is certified as what it is, which is inconclusive: nobody is invited to it.
    parser.add_argument("-m", dest="clauses", help=argparse.SUPPRESS)
    parser.add_argument(
        "--key", required=True, metavar="signing.pem", help="the private key that signs; countermand keygen makes one"
    )
    parser.add_argument(
        "--passphrase-from",
        metavar="SOURCE",
        help=f"what opens an encrypted key; SOURCE is {passphrases.WAYS} (default, on a terminal)",
    )
    parser.add_argument(
        "--out",
        metavar="FILE.zip",
        help="the certificate (default: named after target and day, in the folder of reports)",
    )
    parser.add_argument(
        "--seed", metavar="CHALLENGE", help="draw every identifier from the seed that whoever relies on it has chosen"
    )
    parser.add_argument(
        "--public", action="store_true", help="refuse a target file that leaves anything of its [declaration] blank"
    )
    parser.add_argument(
        "--valid-days",
        type=_days,
        default=terms.DAYS,
        metavar="N",
        help=f"valid for so many days (default: {terms.DAYS}, at most {terms.MOST})",
    )
    parser.add_argument(
        "--supersedes", metavar="NUMBER", help="the number, or the file, of the certificate whose place it takes"
    )
    parser.add_argument("--preview", action="store_true", help="say what would not be applicable, and send nothing")
    parser.epilog = (
        "Exit: as run ends (countermand --help); 14 where the certificate does not verify here, and is withdrawn."
    )


def main(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the suite, certify what came of it as what it is, and return the run's exit code."""
    asking.check(options, rest)
    try:
        key = keys.private(Path(options.key), passphrases.opening(Path(options.key), options.passphrase_from))
        superseded = _superseded(options.supersedes, keys.name(key.public_key()))
        promise = making.Promise(options.valid_days, keys.owner(Path(options.key)), superseded)
    except keys.KeyFileError as error:
        raise CommandError(str(error)) from None
    _refuse_foreign(rest)
    if options.out and not options.preview:
        _must_be_free(Path(options.out))
    if len(sessions.grouped([Path(name) for name in options.target])) > 1:
        raise CommandError(
            "a certificate is about one run: give one target of an API, and certify the others in runs of their own"
        )
    named = choice.targets(options.target, embedded=bool(options.embedded or options.api))
    _must_be_about(superseded, named, options.api)
    # A certificate is made of the run in just this folder.
    part = run.is_part(options, rest)
    reports = Path(options.reports) if options.reports else shelf.place(Path(run.LAST), part=part, embedded=not named)
    options.reports = str(reports)
    if options.public:
        _refuse_blanks(named)
    if _is_previewed(options, named):
        return 0
    # Nobody can see of a certificate what another run has shown: a part has an acceptance of its own.
    code = run.main(options, [*rest, "--certified", *([f"--seed={options.seed}"] if options.seed else [])])
    if code not in CERTIFIED:
        print(f"no certificate: the run did not come to its end (exit {code})")
        return code
    try:
        if (untested := finished.read(reports).untested) is not None:
            print(f"no certificate: {untested}")
            return code
        out = Path(options.out) if options.out else _free(reports / _name(reports))
    except finished.FinishedError as error:
        raise CommandError(f"no certificate: {error}") from None
    made = _made(reports, key, out, promise)
    _see_for_ourselves(made, key.public_key(), reports)
    _say(made, keys.name(key.public_key()), promise.owner)
    return code


def _is_previewed(options: argparse.Namespace, named: Sequence[str]) -> bool:
    """Say what would not be applicable, and return whether nothing else was asked for."""
    if named and not options.preview:
        print("rehearsing first, with nothing sent, to say what would not be applicable", file=sys.stderr)
    if named or options.preview:
        preview.say(named, options.api, options.production)
    return bool(options.preview)


def _made(reports: Path, key: Ed25519PrivateKey, out: Path, promise: making.Promise) -> making.Certificate:
    """Write the certificate; raises CommandError."""
    try:
        return making.write(reports, key, out, promise)
    except ContentsError as error:
        raise CommandError(f"no certificate: {error}") from None
    except OSError as error:
        raise CommandError(f"no certificate: {error.filename or out}: {error.strerror or error}") from None


def _must_be_about(superseded: str | None, named: Sequence[str], api: str | None) -> None:
    """See that what is superseded is about the same APIs; raises CommandError."""
    if superseded is None:
        return
    try:
        asked = {load(Path(name), runs=False).api for name in named} or ({api} if api else {*APIS})
    except TargetError as error:
        raise CommandError(str(error)) from None
    if (other := terms.apis(superseded)) != (apis := set(map(terms.spelt, asked))):
        raise CommandError(
            f"--supersedes {superseded}: is a certificate of {' and '.join(sorted(other))}, "
            f"and {' and '.join(sorted(apis))} is certified"
        )


def _must_be_free(out: Path) -> None:
    """See, before anything is sent, that a certificate can be written without writing over another.

    Raises CommandError.
    """
    if not out.absolute().parent.is_dir():
        raise CommandError(f"{out}: no such folder to write a certificate to")
    if out.exists() or out.is_symlink():
        raise CommandError(
            f"{out}: there is such a file already, and no certificate is written over: "
            "name another with --out, or move it"
        )
    try:
        room.must_be_had(out.absolute().parent, ROOM)
    except OSError as error:
        raise CommandError(f"{out}: cannot be written there: {error.strerror}") from None


def _free(path: Path) -> Path:
    """Return a name of which there is no file yet: a target may be certified twice in a day."""
    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], others) if not candidate.exists())


def _say(made: making.Certificate, keyid: str, owner: str) -> None:
    """Tell what was made, and how to show it."""
    print(f"certificate {made.path} (sha256 {made.sha256}), signed by {keyid[:16]}" + (f", {owner}" if owner else ""))
    print(f"certified as what it is: {made.run.sentence}")
    print(f"number {made.number}, valid until {made.valid_until}; to print: {page.FILE} in the zip")
    print(f"badge: {badge.SVG} in the reports; countermand register draws one that leads to the certificate")


def _days(words: str) -> int:
    if not (words.isdecimal() and 0 < int(words) <= terms.MOST):
        raise argparse.ArgumentTypeError(f"{words!r}: a number of days from 1 to {terms.MOST} was expected")
    return int(words)


def _superseded(named: str | None, keyid: str) -> str | None:
    """Return the number that is superseded, as given or of the file named.

    The file is not trusted, its number is a name.
    """
    if named is None or terms.NUMBER.fullmatch(named):
        return named
    try:
        files = archive.unpacked(Path(named))
        signed = keys.named(files)
        statement = bounds.parsed(base64.b64decode(bounds.parsed(files[contents.ENVELOPE])["payload"]))
        number = str(statement["predicate"]["number"])
    except (archive.ArchiveError, ValueError, KeyError, TypeError) as error:
        why = f"neither the number of a certificate nor the file of one: {shown(bounds.wrong(error))}"
        raise CommandError(f"--supersedes {shown(named, 200)}: {why}") from None
    if not terms.NUMBER.fullmatch(number):
        raise CommandError(f"--supersedes {shown(named, 200)}: the certificate has no number")
    if signed != keyid:
        differ = f"key {shown(signed[:16])} has signed it, and --key is {keyid[:16]}"
        why = "no register takes one certificate for another's successor unless the same key has signed both"
        print(f"note: --supersedes {shown(named, 200)}: {differ}: {why}", file=sys.stderr)
    return number


def _refuse_blanks(named: list[str]) -> None:
    """See that whoever publishes a certificate says who declares what."""
    if not named:
        raise CommandError("--public: the embedded sellers are nobody's product; give a target")
    for path in named:
        declaration = load(Path(path), runs=False).declaration
        if blank := [key for key in DECLARED if not declaration.get(key, "").strip()]:
            words = ", ".join(f"declaration.{key}" for key in blank)
            raise CommandError(
                f"{path}: a public certificate says who declares what, and blank is {words}: fill in [declaration]"
            )


def _see_for_ourselves(made: making.Certificate, key: Ed25519PublicKey, reports: Path) -> None:
    """Verify what was made, and leave nothing of what does not verify here; raises CommandError.

    What nobody had the time to judge stays, and is called so.
    """
    left = (made.path, *(Path(reports, name) for name in outputs.BADGES))
    try:
        problems = check(made.path, key, OURS).problems
    except UnjudgedError as error:
        raise CommandError(f"{made.path} was made, and not verified: {error}; see countermand verify") from None
    except BaseException:
        _withdraw(left)
        print(f"no certificate: {made.path} was not verified yet, and is withdrawn", file=sys.stderr)
        raise
    if problems:
        _withdraw(left)
        raise CommandError(
            "\n  ".join(("the certificate does not verify, and is withdrawn:", *problems)), Exit.UNVERIFIED
        )


def _withdraw(left: Iterable[Path]) -> None:
    for path in left:
        path.unlink(missing_ok=True)


def _refuse_foreign(rest: list[str]) -> None:
    used = [word for word in rest if word.partition("=")[0] in FOREIGN]
    if "--baseline" in used:
        raise CommandError("--baseline: a waiver never changes a certificate; leave it out")
    if used:
        raise CommandError(f"{used[0]}: only a run of its own, which asks the target, can be certified; leave it out")


def _name(reports: Path) -> str:
    """Return what a certificate is called where nobody says."""
    results = finished.read(reports)
    names = "-".join(target.name for target in results.targets)
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in names)
    return f"countermand-{safe}-{results.started[:10]}.zip"
