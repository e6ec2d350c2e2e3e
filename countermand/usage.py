"""What the command line says of itself: the commands by what they are for, examples, and the exit codes."""

from __future__ import annotations

from typing import Final

GROUPS: Final = {
    "Test a seller": {
        "init": "write a target file from a few answers, and have the doctor look at it",
        "doctor": "say, before any order is touched, what keeps a target from being tested",
        "run": "test a target, or without one both embedded sellers",
        "orders": "show which orders of a target are left",
    },
    "Read and hand on": {
        "ticket": (
            "print what to hand on of a clause that a run found broken: both messages, and how to repeat it with curl"
        ),
        "explain": "say what a clause asks, what it rests on, and what sellers do wrong that break it",
        "clauses": "list what the suite holds sellers to, and what has changed since a release",
        "report": "draw the pages of a finished run again, or open them",
    },
    "Certify": {
        "keygen": "make the key pair that signs certificates",
        "certify": "run the suite and write a signed certificate of what came of it",
        "verify": "check a certificate, offline, down to every verdict in it, and say of whom and what it speaks",
        "register": "draw a page of many certificates, each verified as it is drawn, with badges",
    },
    "Every night": {
        "baseline": "write down which failures are known, and who waives them until when",
        "compare": "say what got worse, better, appeared or vanished between two runs",
        "targets": "list the target files that lie somewhere, as the matrix of a workflow is given",
        "night": "say what is new since the night before, of any number of targets",
        "matrix": "join the results of many runs into one page",
    },
    "Write a client, or trust the checks": {
        "serve": "run an embedded seller alone, to point a client at it",
        "prove": "show that every clause can fail: run the suite against sellers that are wrong on purpose",
        "completion": "print what completes commands and options in bash, zsh or fish",
    },
}
COMMANDS: Final = {name: words for group in GROUPS.values() for name, words in group.items()}
EXAMPLES: Final = (
    ("countermand init", "write mine.toml"),
    ("countermand doctor --target mine.toml", "what to mend first"),
    ("countermand run --target mine.toml --dry-run", "what a run would send and use up"),
    ("countermand run --target mine.toml", "test it; the report is reports/index.html"),
    ("countermand run --target mine.toml -m ALA-REQ-07", "repeat one clause"),
    ("countermand ticket ALA-REQ-07", "what to hand on of it"),
)
#: Of `run`; what other commands end with, their own --help says.
CODES: Final = (
    (0, "conforms, or what was asked of a part is kept, or all that is broken is waived"),
    (1, "does not conform"),
    (2, "interrupted"),
    (3, "a fault of ours, or of a tool that we started"),
    (4, "a mistake in the command or in a file"),
    (6, "pytest warned more often than --max-warnings allows"),
    (10, "inconclusive: something could not be found out"),
    (11, "an entry of the baseline is stale or has expired; or a certificate has; or a register has none left"),
    (12, "a secret was found in the output, and withheld"),
    (13, "the target cannot be used at all"),
    (14, "a certificate does not verify, or is not what was expected"),
)


def general() -> str:
    """Return what countermand --help prints."""
    width = max(map(len, COMMANDS))
    lines = [
        "usage: countermand COMMAND [OPTIONS]",
        "",
        "A conformance suite for the APIs by which a buyer cancels an order.",
    ]
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:", *(f"  {name:<{width}}  {words}" for name, words in commands.items())]
    wide = max(len(line) for line, _ in EXAMPLES)
    lines += ["", "Examples:", *(f"  {line:<{wide}}  {words}" for line, words in EXAMPLES)]
    lines += ["", "Exit codes:", *(f"  {code:>2}  {words}" for code, words in CODES)]
    return "\n".join([*lines, "", "countermand COMMAND --help tells the options of each."])
