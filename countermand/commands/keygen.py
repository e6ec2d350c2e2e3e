"""`countermand keygen`: writes a key pair, for whoever wants to certify."""

from __future__ import annotations

import argparse
from pathlib import Path

from countermand.certify import keys
from countermand.exits import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--out", default="signing", metavar="NAME", help="write NAME.pem and NAME.public.pem (default: signing)")


def main(options: argparse.Namespace) -> int:
    """Make the pair and say what each key is for."""
    try:
        private, public = keys.make(Path(options.out))
        name = keys.name(keys.public(public))
    except keys.KeyFileError as error:
        raise CommandError(str(error)) from None
    print(f"{private}  signs: keep it to yourself (countermand certify --key {private})")
    print(f"{public}  verifies: publish it (countermand verify FILE.zip --key {public})")
    print(f"the pair is called {name}")
    return 0
