"""`countermand keygen`: writes a key pair, for whoever wants to certify."""

from __future__ import annotations

import argparse
from pathlib import Path

from countermand.certify import keys, passphrases
from countermand.commands import saying
from countermand.exits import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="say as JSON what was made")
    parser.add_argument(
        "--out", default="signing", metavar="NAME", help="write NAME.pem and NAME.public.pem (default: signing)"
    )
    parser.add_argument(
        "--owner",
        default="",
        metavar="NAME",
        help="whose key it is: stands in both files, and in what is signed with it",
    )
    parser.add_argument("--passphrase", metavar="SOURCE", help=f"encrypt the private key; SOURCE is {passphrases.WAYS}")


def main(options: argparse.Namespace) -> int:
    """Make the pair and say what each key is for."""
    try:
        private, public = keys.make(Path(options.out), options.owner, passphrases.read(options.passphrase, fresh=True))
        name = keys.name(keys.public(public))
    except keys.KeyFileError as error:
        raise CommandError(str(error)) from None
    if options.json:
        pair = {"private": str(private), "public": str(public), "name": name, "owner": options.owner}
        saying.as_json({"version": 1, **pair})
        return 0
    more = f" --passphrase-from {options.passphrase}" if options.passphrase else ""
    print(f"{private}  signs: keep it to yourself (countermand certify --key {private}{more})")
    print(f"{public}  verifies: publish it (countermand verify FILE.zip --key {public})")
    print(f"the pair is called {name}" + (f" and belongs to {options.owner}" if options.owner else ""))
    return 0
