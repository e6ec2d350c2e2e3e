"""What a certificate says of itself, for programs and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countermand.certify import challenge, empty, words
from countermand.certify.printable import line, quoted
from countermand.certify.terms import NUMBER
from countermand.guard.bounds import LimitError
from countermand.guard.foreign import Shown
from countermand.model.verdict import Verdict
from countermand.records import shape
from countermand.report.naming import api_title

_DIGEST = shape.table({"sha256": shape.words(64, "[0-9a-f]{64}")})
_DECLARED = dict.fromkeys(("organisation", "product", "version", "contact", "statement"), shape.words(300))
_PROFILE = shape.table(
    {"name": shape.words(40), "verdict": shape.one_of(*Verdict), "decided": shape.number(), "clauses": shape.number()}
)
_SET = shape.table(
    {"api": shape.API, "version": shape.words(40), "released": shape.maybe(shape.words(10)), "digest": _DIGEST}
)
_ABOUT = shape.table(
    {"api": shape.API, "environment": shape.words(40)}, {"declaration": shape.table({}, dict(_DECLARED))}
)
_SUBJECT = shape.table({"name": shape.words(), "uri": shape.words(), "annotations": _ABOUT})
_PREDICATE = shape.table(
    {
        "number": shape.words(120, NUMBER.pattern), "certificate": shape.words(200), "verdict": shape.one_of(*Verdict),
        "sentence": shape.words(), "complete": shape.truth, "coverage": shape.table({}), "seed": shape.words(),
        "timeStarted": shape.moment, "timeFinished": shape.moment, "validUntil": shape.words(10, r"\d{4}-\d\d-\d\d"),
        "signer": shape.table({"keyid": shape.words(64, "[0-9a-f]{64}")}, {"owner": shape.words(200)}),
        "profiles": shape.listed(_PROFILE, 9), "clauseSets": shape.listed(_SET, 9),
        "notApplicable": shape.listed(shape.table({"clause": shape.CLAUSE, "why": shape.words(10_000)}), 2000),
    },
    {
        "supersedes": shape.words(120, NUMBER.pattern), "asked": shape.listed(shape.CLAUSE, 2000),
        "notApplicableCounted": shape.words(200),
    },
)  # fmt: skip


def facts(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a signed statement says, once it has the shape of ours.

    Raises LimitError, KeyError and the like where it has not.
    """
    shape.table({"subject": shape.listed(_SUBJECT, 9), "predicate": _PREDICATE})(statement, "the statement")
    predicate = statement["predicate"]
    suite = next(resource for resource in predicate["configuration"] if resource["name"] == "countermand")
    shape.table({"version": shape.words(40)})(suite["annotations"], "its suite")
    _DIGEST(suite["digest"], "its suite")
    if not statement["subject"]:
        raise LimitError("the statement: it is about nothing")
    return {
        **{
            key: predicate[key]
            for key in ("number", "verdict", "sentence", "complete", "coverage", "seed", "profiles", "notApplicable")
        },
        "asked": predicate.get("asked", []),
        "notApplicableCounted": predicate.get("notApplicableCounted", ""),
        "file": predicate["certificate"],
        "validUntil": predicate["validUntil"],
        "supersedes": predicate.get("supersedes"),
        "started": predicate["timeStarted"],
        "finished": predicate["timeFinished"],
        "suite": {"version": suite["annotations"]["version"], "digest": f"sha256:{suite['digest']['sha256']}"},
        "clauseSets": [
            {
                **{key: clause_set[key] for key in ("api", "version", "released")},
                "sha256": clause_set["digest"]["sha256"],
            }
            for clause_set in predicate["clauseSets"]
        ],
        "signer": {"keyid": predicate["signer"]["keyid"], "owner": predicate["signer"].get("owner")},
        "targets": [_target(subject) for subject in statement["subject"]],
    }


def _target(subject: Mapping[str, Any]) -> dict[str, Any]:
    about = subject["annotations"]
    declared = {key: about.get("declaration", {}).get(key) for key in _DECLARED}
    return {
        "name": subject["name"],
        "api": about["api"],
        "url": subject["uri"],
        "environment": about["environment"],
        "declaration": declared,
    }


def lines(said: Mapping[str, Any], *, judged: bool = True) -> Iterator[Shown | str]:
    """Yield what a statement says, for people: words of its maker stand in quotation marks.

    So does its verdict where nobody has judged it again.
    """
    sentence = said["sentence"] if judged else f"not judged again; its maker says {quoted(said['sentence'], 200)}"
    yield line(f"{sentence} ({said['finished'][:10]})")
    if not said["complete"]:
        yield line(words.completeness(said["asked"]))
    yield ""
    yield "It says, as its maker calls it:"
    yield f"  number       {line(said['number'])}"
    for target in said["targets"]:
        declared = target["declaration"]
        yield f"  about        {quoted(target['name'])} at {quoted(target['url'], 200)}, {line(target['environment'])}"
        yield f"  declared by  {_or_nobody(declared['organisation'])}, contact {_or_nobody(declared['contact'])}"
        yield f"  product      {_or_nobody(declared['product'])}, version {_or_nobody(declared['version'])}"
        yield from [f"  statement    {quoted(declared['statement'], 200)}"] if declared["statement"] else []
    for clause_set in said["clauseSets"]:
        released = "" if clause_set["released"] else " (not yet released)"
        yield (
            f"  held to      {line(api_title(clause_set['api']))}, clause set {line(clause_set['version'])}{released}, "
            f"sha256 {clause_set['sha256'][:16]}"
        )
    yield (
        f"  tested       {line(said['started'][:19])} to {line(said['finished'][:19])} UTC, "
        f"seed {quoted(said['seed'], 200)}"
    )
    yield f"  suite        {line(said['suite']['version'])}, {line(said['suite']['digest'][:19])}"
    owner = f", whose owner it calls {quoted(said['signer']['owner'], 200)}" if said["signer"]["owner"] else ""
    yield f"  signed with  key {said['signer']['keyid']}{owner}"
    superseded = f", supersedes {line(said['supersedes'])}" if said["supersedes"] else ""
    yield f"  valid until  {line(said['validUntil'])}{superseded}"
    profiles = [line(f"{profile['name']}: {profile['verdict']}") for profile in said["profiles"]]
    yield f"  profiles     {', '.join(profiles)}"
    grouped = empty.by_reason((row["clause"], row["why"]) for row in said["notApplicable"])
    number = sum(map(len, grouped.values()))
    counted = said["notApplicableCounted"] or f"{number or 'no'} clause{'' if number == 1 else 's'}"
    yield f"  not applicable: {line(counted)}"
    for why, clauses in grouped.items():
        yield f"    {line(', '.join(clauses))}: {line(why)}"


def undrawn(drawing: str) -> str:
    """Return what is said of a certificate whose files another version of the suite has drawn."""
    return (
        f"its pages, README.md, junit.xml, badge and targets/ were drawn by another version ({drawing[:19]}), "
        "and were not drawn again: rely on what is said here, and not on them"
    )


def limits(said: Mapping[str, Any]) -> str:
    """Return what such a certificate shows and does not."""
    return words.spoken({target["api"] for target in said["targets"]})


def seed_words(said: Mapping[str, Any]) -> str:
    """Return what the seed binds."""
    return challenge.words({target["api"] for target in said["targets"]})


def _or_nobody(said: str | None) -> str:
    return quoted(said, 200) if said else "not said"
