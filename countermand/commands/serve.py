"""`countermand serve`: on one side a person with a client, on the other an embedded seller, right or wrong on request."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path

from countermand.cli import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--api", choices=["ala", "opensrs"], required=True, help="which seller")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--target-out", metavar="FILE", help="write the target file that reaches it there, certificates and keys beside it")
    parser.add_argument("--deviant", metavar="NAME", help="a seller that is wrong in one thing")
    parser.add_argument("--list-deviants", action="store_true", help="list the sellers that are wrong in one thing, and what it is")


def main(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from countermand.provider import deviants, embedded, serving  # noqa: PLC0415 - the sellers cost time that --help should not

    wrong = deviants.deviants(options.api)
    if options.list_deviants:
        for name, one in sorted(wrong.items()):
            print(f"{name:<32} {one.breaks:<13} {(one.__doc__ or '').strip().splitlines()[0]}")
        return 0
    if options.deviant and options.deviant not in wrong:
        import difflib  # noqa: PLC0415

        nearest = difflib.get_close_matches(options.deviant, wrong, n=1)
        raise CommandError(f"no deviant {options.deviant!r}; " + (f"did you mean {nearest[0]!r}?" if nearest else "see --list-deviants"))
    seller = wrong[options.deviant]() if options.deviant else embedded.SELLERS[options.api]()
    with tempfile.TemporaryDirectory(prefix="countermand-") as scratch:
        target = Path(options.target_out).absolute() if options.target_out else None
        folder = target.parent if target else Path(scratch)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            served = serving.serve(options.api, seller, folder, options.port, target=target)
        except (OSError, OverflowError) as error:
            raise CommandError(f"cannot serve: {error}") from None
        with served:
            print(f"{options.api} at {served.url}\ntarget file: {served.target}", flush=True)
            _until_told()
    return 0


def _until_told() -> None:
    """Wait for an interrupt, or for the process that supervises us to say that it is enough."""
    enough = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: enough.set())
    try:
        enough.wait()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
