"""`countermand certify`: runs the suite, and signs a zip of what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countermand.certify import build as making
from countermand.certify import keys
from countermand.certify.check import check
from countermand.certify.contents import ContentsError
from countermand.commands import run
from countermand.exits import CommandError, Exit
from countermand.records import finished

#: Codes by which a run says that it came to its end and withheld nothing: a verdict, whatever it is.
CERTIFIED = frozenset({0, 1, 10})
#: What would make a certificate of something else than a run of the suite against a target.
FOREIGN = ("--dry-run", "--baseline", "--replay", "--collect-only", "--co")
#: Seconds of computing that a record of our own may take to judge: whoever waits has made it himself.
OURS = 600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of run, and two more."""
    run.add_arguments(parser)
    parser.add_argument("--key", required=True, metavar="signing.pem", help="the private key that signs; countermand keygen makes one")
    parser.add_argument("--out", metavar="FILE.zip", help="the certificate (default: named after target and day, in the folder of reports)")


def main(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the suite, certify what came of it as what it is, and return the run's exit code."""
    try:
        key = keys.private(Path(options.key))
    except keys.KeyFileError as error:
        raise CommandError(str(error)) from None
    _refuse_foreign(options, rest)
    options.reports = options.reports or "reports"  # a certificate is made of the run in just this folder
    reports = Path(options.reports)
    if options.out and not Path(options.out).absolute().parent.is_dir():
        raise CommandError(f"{options.out}: no such folder to write a certificate to")
    if len(run.sessions([Path(name) for name in options.target])) > 1:
        raise CommandError("a certificate is about one run: give one target of an API, and certify the others in runs of their own")
    code = run.main(options, rest)
    if code not in CERTIFIED:
        print(f"no certificate: the run did not come to its end (exit {code})")
        return code
    try:
        out = Path(options.out) if options.out else reports / _name(reports)
        made = making.write(reports, key, out)
    except (ContentsError, finished.FinishedError, OSError) as error:
        raise CommandError(f"no certificate: {error}") from None
    print(f"certificate {made.path} (sha256 {made.sha256}), signed by {keys.name(key.public_key())[:16]}")
    print(f"certified as what it is: {made.run.sentence}")
    return _see_for_ourselves(made, key.public_key(), code)


def _see_for_ourselves(made: making.Certificate, key: Ed25519PublicKey, code: int) -> int:
    """Verify what was made: what does not verify here verifies nowhere."""
    if problems := check(made.path, key, OURS).problems:
        made.path.unlink()
        raise CommandError("\n  ".join(("the certificate does not verify, and is withdrawn:", *problems)), Exit.UNVERIFIED)
    return code


def _refuse_foreign(options: argparse.Namespace, rest: list[str]) -> None:
    used = [word for word in rest if word.partition("=")[0] in FOREIGN]
    used += [f"--{name.replace('_', '-')}" for name in ("dry_run", "baseline", "replay") if getattr(options, name, None)]
    if "--baseline" in used:
        raise CommandError("--baseline: a waiver never changes a certificate; leave it out")
    if used:
        raise CommandError(f"{used[0]}: only a run that asks the target can be certified; leave it out")


def _name(reports: Path) -> str:
    """Return what a certificate is called where nobody says."""
    told = finished.read(reports)
    names = "-".join(one.name for one in told.targets)
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in names)
    return f"countermand-{safe}-{told.started[:10]}.zip"
