"""What a person or a job types.

On one side its words, on the other one module per command, imported only when it is used.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import itertools
import json
import os
import re
import sys
import textwrap
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from countermand import __version__, interruption, usage
from countermand.commands import lasting, saying
from countermand.exits import CommandError, Exit
from countermand.guard import foreign, intake
from countermand.guard.nearest import meant
from countermand.model.api import ApiError
from countermand.usage import COMMANDS

#: Commands that run the suite: what they do not know is pytest's.
RUNNING: Final = frozenset({"run", "certify"})
#: So many of the places at which a fault came about are named, the nearest last.
FRAMES = 20
BROKEN_PIPE = 141  # as shells say it: 128 and the number of SIGPIPE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line as every other mistake is said, to programs as well."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and where it is said what would be right; raises CommandError."""
        raise CommandError(message if "did you mean" in message else f"{message}; see {self.prog} --help")


class _Unbroken(argparse.HelpFormatter):
    """Folds no line within an option or a command, so that each can be copied."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False, break_long_words=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in self._split_lines(text, width - len(indent)))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, whatever it says behind the wall, and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if os.environ.get("_ARGCOMPLETE"):
        _complete()
    if arguments[:1] == ["help"] and len(arguments) > 1:
        arguments = [arguments[1], "--help"]
    try:
        with lasting.streams() if RUNNING & {*arguments[:1]} else contextlib.nullcontext(), foreign.guarded(arguments):
            code = _command(arguments)
            sys.stdout.flush()
            return code
    except ApiError as error:
        print(f"countermand: {error}", file=sys.stderr)
        return Exit.USAGE
    except BrokenPipeError:
        return _broken_pipe()
    except foreign.UnheardError as error:
        _silence()
        with contextlib.suppress(OSError):
            print(f"countermand: {error}", file=sys.stderr)
        return Exit.USAGE
    except ImportError:
        raise  # an interruption may come so
    except Exception as error:  # noqa: BLE001 - the last wall: what nobody has foreseen is a fault of ours
        return _fault("countermand", error)


def _command(arguments: Sequence[str]) -> int:
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help", "help"}:
        print(usage.general())
        return 0
    if name in {"-V", "--version"}:
        print(_version(as_json="--json" in arguments))
        return 0
    if name not in COMMANDS:
        print(f"countermand: no command {name!r}; {meant(name, COMMANDS, 'see countermand --help')}", file=sys.stderr)
        return Exit.USAGE
    try:
        Path.cwd()
    except OSError as error:
        why = f"the folder you stand in cannot be used: {error.strerror}: go to another"
        return _failed(name, why, Exit.USAGE, json_too="--json" in arguments)
    return _done(name, arguments[1:])


def _done(name: str, arguments: Sequence[str]) -> int:
    """Import a command and carry it out."""
    module = importlib.import_module(f"countermand.commands.{name}")
    parser = _Parser(
        f"countermand {name}", None, _sentence(COMMANDS[name]), formatter_class=_Unbroken, allow_abbrev=False
    )
    module.add_arguments(parser)
    known = argparse.Namespace()
    try:
        rest = _understood(name, parser, arguments, known)
        return int(module.main(known, rest) if name in RUNNING else module.main(known))
    except (ApiError, BrokenPipeError, foreign.UnheardError):
        raise  # said where the streams are our own again
    except CommandError as error:
        asked = getattr(known, "json", None) or "--json" in arguments
        return _failed(name, str(error), error.code, json_too=saying.wanted(asked) and not error.answered)
    except KeyboardInterrupt:
        interruption.ignore()
        print(f"countermand {name}: interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except (OSError, RecursionError, ImportError) as error:
        # A second wall: each command says more of what it was given.
        return _failed(name, intake.shown(str(error)), Exit.USAGE, json_too=saying.wanted(getattr(known, "json", None)))
    except SystemExit:  # --help
        return Exit.CONFORMS
    except Exception as error:  # noqa: BLE001 - the last wall
        code = _fault(f"countermand {name}", error)
        if saying.wanted(getattr(known, "json", None)):
            saying.mistake(_unforeseen(error), code)
        return code


def _understood(
    name: str, parser: argparse.ArgumentParser, arguments: Sequence[str], known: argparse.Namespace
) -> list[str]:
    """Note what is known of the words of a command, and return the rest, which is pytest's; raises CommandError.

    What is understood before a mistake is noted all the same, as that a program reads standard output.
    """
    if name not in RUNNING:
        _refuse_unknown_options(parser, arguments)
    _, rest = parser.parse_known_args(arguments, known)
    if rest and name not in RUNNING:
        _refuse_unknown_words(parser, rest, known)
    return rest


def _refuse_unknown_words(parser: argparse.ArgumentParser, words: Sequence[str], known: argparse.Namespace) -> NoReturn:
    """Refuse words that belong to nothing: a target file belongs to its option; raises CommandError."""
    stray = next((word for word in words if word.endswith(".toml")), None)
    if stray is not None and getattr(known, "target", None):
        raise CommandError(f"{foreign.shown(stray)}: one file too many: this is about one target, that of --target")
    if stray is not None and "--target" in _options(parser):
        raise CommandError(saying.stray_target(foreign.shown(stray)))
    parser.error(f"unrecognized arguments: {' '.join(words)}")


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [*re.findall(r"--[a-z][a-z0-9-]*", parser.format_usage()), "--help"]


def _refuse_unknown_options(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Refuse an option by name: argparse would first miss the one that was meant; raises CommandError."""
    options = _options(parser)
    for word in itertools.takewhile("--".__ne__, arguments):
        name = word.partition("=")[0]
        if name.startswith("--") and name not in options:
            parser.error(f"no option {name}; {meant(name, options, 'it has none like it')}")


def _broken_pipe() -> int:
    """End as a program does whose reader has seen enough, as in `countermand clauses | head`."""
    _silence()
    return BROKEN_PIPE


def _silence() -> None:
    """Let what is still to be said, as at our end, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(name: str, words: str, code: int, *, json_too: bool) -> int:
    """Say to people, and to a program that reads standard output, what a command could not do."""
    print(f"countermand {name}: {words}", file=sys.stderr)
    if json_too:
        saying.mistake(words, code)
    return code


def _fault(who: str, error: Exception) -> int:
    """Say what nobody has foreseen, and where in the suite it came about: no verdict of any target is to be made of it.

    Return the exit code of a fault of ours.
    """
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    lines = [
        f"{who}: {_unforeseen(error)}; report it with these lines and what countermand --version says:",
        *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
    ]
    print("\n".join(lines), file=sys.stderr)
    return Exit.FAULT


def _unforeseen(error: Exception) -> str:
    kind, words = type(error).__name__, foreign.shown(error, intake.SHOWN)
    return f"a fault of ours, which says nothing of any target: {kind}{words and f': {words}'}"


def _version(*, as_json: bool) -> str:
    """Return the version, and for programs the digest of all that judges as well.

    Two suites of one digest judge alike.
    """
    if not as_json:
        return f"countermand {__version__}"
    from countermand.model import suite  # noqa: PLC0415 - reads every file that judges

    return json.dumps(suite.identity())


def _complete() -> None:
    """Answer a shell that asks what may follow, and end."""
    import argcomplete  # noqa: PLC0415 - only a shell that completes needs it

    from countermand.model.apis import APIS  # noqa: PLC0415 - the same

    APIS.leave_out_what_is_broken()
    parser = argparse.ArgumentParser(prog="countermand", allow_abbrev=False)
    commands = parser.add_subparsers()
    for name in COMMANDS:
        importlib.import_module(f"countermand.commands.{name}").add_arguments(commands.add_parser(name))
    argcomplete.autocomplete(parser)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."
