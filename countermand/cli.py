"""The command line: on one side what a person or a job types, on the other one module per command, imported only when it is used."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from countermand import __version__
from countermand.guard import foreign, intake
from countermand.guard.private import without_password

COMMANDS: Final = {
    "run": "test a target, or without one both embedded sellers",
    "init": "write a target file from a few answers, and have the doctor look at it",
    "doctor": "say, before any order is touched, what keeps a target from being tested",
    "serve": "run an embedded seller alone, to point a client at it",
    "explain": "say what a clause asks, why, what shows that it can fail, and how to mend a seller that breaks it",
    "ticket": "print what to hand on of a clause that a run found broken: both messages, and how to repeat it with curl",
    "clauses": "list what the suite holds sellers to",
    "prove": "show that every clause can fail: run the suite against sellers that are wrong on purpose",
    "orders": "show which orders of a target are left",
    "certify": "run the suite and write a signed certificate of what came of it",
    "verify": "check a certificate, offline, down to every verdict in it",
    "keygen": "make the key pair that signs certificates",
    "baseline": "write down which failures are known, and who waives them until when",
    "compare": "say what got worse, better, appeared or vanished between two runs",
    "matrix": "join the results of many runs into one page",
    "report": "draw the page of a finished run again",
}

#: Commands that run the suite: what they do not know is pytest's.
RUNNING: Final = frozenset({"run", "certify"})
BROKEN_PIPE = 141  # as shells say it: 128 and the number of SIGPIPE


class CommandError(Exception):
    """What the user can mend, in words for the user; ends the command with a code, 4 (usage) unless it says otherwise."""

    def __init__(self, words: str, code: int = 4) -> None:
        super().__init__(without_password(words))
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, whatever it says behind the wall, and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    with foreign.guarded(arguments):
        return _command(arguments)


def _command(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - a way out per exit code
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help", "help"}:
        print(_help())
        return 0
    if name in {"-V", "--version"}:
        print(f"countermand {__version__}")
        return 0
    if name not in COMMANDS:
        nearest = difflib.get_close_matches(name, COMMANDS, n=1)
        advice = f"did you mean {nearest[0]!r}?" if nearest else "see countermand --help"
        print(f"countermand: no command {name!r}; {advice}", file=sys.stderr)
        return 4
    module = importlib.import_module(f"countermand.commands.{name}")
    parser = argparse.ArgumentParser(prog=f"countermand {name}", description=_sentence(COMMANDS[name]), allow_abbrev=False)
    module.add_arguments(parser)
    code = BROKEN_PIPE
    try:
        known, rest = parser.parse_known_args(arguments[1:]) if name in RUNNING else (parser.parse_args(arguments[1:]), [])
        code = int(module.main(known, rest) if name in RUNNING else module.main(known))
        sys.stdout.flush()
    except BrokenPipeError:  # as in `countermand clauses | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except CommandError as error:
        print(f"countermand {name}: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 2
    except (OSError, RecursionError) as error:  # a second wall: each command says more of what it was given
        print(f"countermand {name}: {intake.shown(str(error))}", file=sys.stderr)
        return 4
    except SystemExit as error:  # argparse ends with 2, which is pytest's word for interrupted
        return 4 if error.code not in {0, None} else 0
    return code


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {words}" for name, words in COMMANDS.items()]
    usage = "usage: countermand COMMAND [OPTIONS]\n\nA conformance suite for the APIs by which a buyer cancels an order.\n"
    return "\n".join([usage, *lines, "\ncountermand COMMAND --help tells the options of each."])


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."
