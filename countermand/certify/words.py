"""What people are told of a certificate: the README in the zip, and the last words of verify."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from countermand.certify import challenge
from countermand.certify.terms import Terms
from countermand.guard.foreign import shown
from countermand.records.finished import Finished
from countermand.report.markdown import code, plain

SHOWS = (
    "the files are those the holder of the key has signed, none is missing and none was added;",
    (
        "the record is whole: every request in it is byte for byte "
        "what the suite makes of seed, orders and target, but for signatures and a certificate in a header;"
    ),
    "every verdict follows from the recorded replies, by the features and clauses of this very suite;",
    "nothing was waived: a baseline changes an exit code, never a certificate.",
)
SHOWS_NOT = (
    (
        "that the exchanges took place: whoever signs could have made them up, "
        "or have asked another system than the one named;"
    ),
    "who holds the key: take the public key from the provider by a way you trust, not from whoever hands you the zip;",
    "that the target still behaves as it did on that day, or behaves so towards others;",
    (
        "what is masked: a signature or a certificate in a header, "
        "and whatever stands behind stars in a reply or in words that quote one;"
    ),
    "when it was: times are in order and within the run, but all of them could have been moved together;",
    (
        "what the record merely tells, having no exchange for it: "
        "the clock, the orders given, whether a listener of ours was called, and what stands in its notes."
    ),
)


def readme(run: Finished, terms: Terms, number: str) -> str:
    """Return README.md for whoever receives a certificate."""
    name = shown(terms.name)
    targets = "\n".join(f"- {plain(target.name)} ({target.api}), {plain(target.url)}" for target in run.targets)
    version, replaying = run.suite["version"], f"countermand run --replay {shlex.quote(name)} -m CLAUSE"
    return f"""\
# {plain(run.sentence)}

Certificate {number}, {code(name)}, of a run of Countermand {version}, \
a conformance suite for the APIs by which a buyer cancels an order.
It is a self-declaration: the provider, or somebody it asked, ran the suite and signed what came of it.
`certificate.html` says on one page who declares what, and is made to be printed.
It is valid until {terms.valid_until}.

{targets}

- Started {run.started}, finished {run.finished}.
- {_whole(run)}
- Suite digest `{run.suite["digest"]}`.
{_list(tuple(plain(note) for note in run.notes))}

## Check it

It takes no network, no key or certificate of the target, and no access to the provider.
Only the suite that made it can judge it again, so install the same version: it is on no package registry.
Whoever gave you this certificate has its wheel; at the top of a checkout of that version `pip install .` does the same.

```sh
{installing(version)}
countermand verify {shlex.quote(name)} --key public.pem
```

`public.pem` is the provider's public key.
The envelope is DSSE, the statement in it in-toto (Statement v1, Test Result v0.1), \
the signature ed25519: other tools read them too.

If it verifies, this is shown:

{_list(SHOWS)}

This is not, and no such file can show it:

{_list(SHOWS_NOT)}

{challenge.words({target.api for target in run.targets})}

## What is in it

| File | Holds |
| --- | --- |
| `attestation.dsse.json` | the signed statement: the verdict, the tests by outcome, the SHA-256 of every other file |
| `results.json` | every clause and scenario with its verdict |
| `record.jsonl` | every scenario with its exchanges, secrets masked |
| `given.json` | what the run was given besides: its seed, its targets, \
and the complete cancellation refusals are held against |
| `targets/` | the target files as the suite read them, without secrets, with the capabilities claimed |
| `clauses/` | the catalogue the target was held to |
| `certificate.html` | the page to print: who declares what, of which product, held to which clauses |
| `conformance.md`, `junit.xml`, `index.html` | the same results for people and machines |
| `badge.json`, `badge.svg` | a badge: which API, the verdict, the month |

To judge a single clause of it again, and look at its exchanges: {code(replaying)}.
"""


def installing(version: str) -> str:
    """Return the line that installs a version of the suite from its wheel: no registry has it."""
    return f"pip install countermand-{version}-py3-none-any.whl"


def spoken(apis: set[str]) -> str:
    """Return what verify says last of a certificate about some APIs."""
    seed = f"The seed\n  - {challenge.words(apis)}"
    return f"This shows that\n{_list(SHOWS, '  - ')}\nIt does not show\n{_list(SHOWS_NOT, '  - ')}\n{seed}"


def completeness(asked: Sequence[str]) -> str:
    """Return what is said of a run that was not complete: which clauses were asked for, where any were."""
    why = f"only {', '.join(asked)} was asked for" if asked else "scenarios were left out or it was interrupted"
    return f"The run was not complete: {why}, and so it cannot be called conforming."


def _whole(run: Finished) -> str:
    if run.complete:
        return "The run was complete: no scenario was left out, and it was not interrupted."
    return completeness(run.asked)


def _list(lines: tuple[str, ...], mark: str = "- ") -> str:
    return "\n".join(mark + line for line in lines)
