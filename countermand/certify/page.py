"""`certificate.html`: what a certificate says, on one side of A4 that prints."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from countermand.certify import challenge, empty, profiles
from countermand.certify.page_style import SHEET
from countermand.certify.terms import Terms
from countermand.certify.words import installing
from countermand.guard.foreign import shown
from countermand.model.clause_set import ClauseSet
from countermand.model.target import Dialect
from countermand.model.verdict import Verdict
from countermand.records.finished import Finished
from countermand.report.html import document
from countermand.report.looks import css_class, look
from countermand.report.naming import api_title, counted

FILE = "certificate.html"
#: Characters of a name, and of a sentence: one side of A4 holds no more.
TITLE, NAME, SAID = 60, 90, 160
#: What of a dialect says what a reply decides.
READING = ("pending", "rejected", "cancelled", "decision", "pending_status")
#: Reasons and clauses that are named one by one.
REASONS, NAMED = 4, 8
CLAIMS = {
    Verdict.CONFORMS: "conforms to",
    Verdict.DOES_NOT_CONFORM: "does not conform to",
    Verdict.INCONCLUSIVE: "has been tested, without a conclusion, against",
}
SHOWS = (
    "that the recorded exchanges are exactly those the holder of the key has signed;",
    (
        "that the verdict follows from them by the clauses named here: "
        "anyone can have it judged again, offline and without the provider."
    ),
)
SHOWS_NOT = (
    "that the exchanges took place: whoever signs could have made them up, or have asked another system;",
    "who holds the key: take the public key from the provider, not from whoever hands you this;",
    "how the product behaves today, or towards others, or at another address.",
)


def page(run: Finished, given: Mapping[str, Any], terms: Terms, number: str, clauses: ClauseSet) -> str:
    """Return the page of a certificate."""
    parts = [
        *_head(run, given, terms, number),
        *_facts(run, given, terms, clauses),
        *_profiles(run),
        *_findings(run),
        *_limits(run),
        (
            "<footer><p>Check it: install the suite from its wheel, "
            f"<code>{_words(installing(run.suite['version']))}</code>, "
        ),
        "or at the top of a checkout of that version, <code>pip install .</code>; it is on no package registry. Then ",
        f"<code>countermand verify {_words(shlex.quote(shown(terms.name)), 2 * NAME)} --key public.pem</code>. ",
        "The zip holds README.md, conformance.md with every clause, and record.jsonl with every exchange.</p></footer>",
    ]
    return document(shown(number, NAME), SHEET, parts)


def _head(run: Finished, given: Mapping[str, Any], terms: Terms, number: str) -> Iterator[str]:
    yield (
        f'<header class="{css_class(run.verdict)}"><p class="kind">Certificate of a conformance test, self-declared</p>'
    )
    for target in given["targets"]:
        declaration = target.get("declaration", {})
        who = declaration.get("organisation") or (
            f"{terms.owner}, holder of the key below," if terms.owner else "The holder of the key below"
        )
        what = " ".join(filter(None, (declaration.get("product"), declaration.get("version")))) or target["name"]
        claim = CLAIMS.get(run.verdict, "has not been tested against")
        yield (
            f"<h1>{_words(who, TITLE)} declares that {_words(what, TITLE)} "
            f"<strong>{claim} {_words(api_title(target['api']))}</strong></h1>"
        )
    yield f'<p class="verdict"><b>{look(run.verdict).sign}</b> {_words(run.sentence, SAID)}</p>'
    yield (
        f"<p>Number <b class=whole>{_words(number)}</b> · tested <span class=whole>{_words(run.finished[:10])}</span> "
        f"· valid until <b class=whole>{_words(terms.valid_until)}</b>"
        f"{f' · supersedes {_words(terms.supersedes)}' if terms.supersedes else ''}</p></header>"
    )


def _facts(run: Finished, given: Mapping[str, Any], terms: Terms, clauses: ClauseSet) -> Iterator[str]:
    yield "<table class=facts>"
    for target in given["targets"]:
        declaration = target.get("declaration", {})
        yield _row("Declared by", declaration.get("organisation") or "not said")
        yield _row("Contact", declaration.get("contact") or "not said")
        yield _row(
            "Product", " ".join(filter(None, (declaration.get("product"), declaration.get("version")))) or "not said"
        )
        yield _row("Statement", declaration["statement"], SAID) if declaration.get("statement") else ""
        yield _row(
            "Tested at",
            f"{target['url']}{target.get('path') or ''} ({target['environment']}; called {target['name']})",
            SAID,
        )
        if reading := _reading(target):
            yield _row("Replies read by", reading, 3 * SAID)
        digest = clauses.digest(target["api"])[:16]
        yield _row("Held to", f"{api_title(target['api'])}: clause set {clauses.name}, sha256 {digest}")
    yield _row("Test time", f"{run.started[:19]} to {run.finished[:19]} UTC")
    yield _row(
        "Tested with",
        f"Countermand {run.suite['version']}, {run.suite['digest'][:23]}; seed {shown(run.seed, TITLE)}",
        SAID,
    )
    yield _row(
        "Signed with", f"ed25519 {terms.keyid}" + (f" of {shown(terms.owner, TITLE)}" if terms.owner else ""), SAID
    )
    yield "</table>"


def _reading(target: Mapping[str, Any]) -> str:
    """Return where a target file says otherwise than the suite what a reply decides: by that its yes may be a no."""
    dialect = target.get("dialect") or {}
    own = {key: getattr(Dialect(), key) for key in READING}
    other = {key: dialect[key] for key in own if key in dialect and _words_of(dialect[key]) != _words_of(own[key])}
    return (
        f"its own dialect: {'; '.join(f'{key} = {_words_of(value)}' for key, value in other.items())}" if other else ""
    )


def _words_of(value: Any) -> str:  # noqa: ANN401 - a word, or several
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _profiles(run: Finished) -> Iterator[str]:
    columns = profiles.of(run)
    yield "<h2>Verdict by profile</h2><table class=profiles><tr>"
    yield "".join(f"<th>{profile.name}<small>{profile.says}</small></th>" for profile in columns) + "</tr><tr>"
    for profile in columns:
        counted = f"{profile.decided} of {profile.clauses} clauses decided"
        said = "none of what it adds was decided" if profile.verdict is Verdict.NOT_TESTED else counted
        yield (
            f'<td class="{css_class(profile.verdict)}"><b>{look(profile.verdict).sign} {profile.verdict}</b>'
            f"<small>{said}</small></td>"
        )
    yield "</tr></table>"


def _findings(run: Finished) -> Iterator[str]:
    for verdict, words in (
        (Verdict.DOES_NOT_CONFORM, "Broken"),
        (Verdict.INCONCLUSIVE, "Not found out"),
        (Verdict.DEPARTS, "Departs, which no provider's page forbids"),
    ):
        clauses = [judged.clause.id for judged in run.clauses if judged.verdict is verdict]
        if clauses:
            yield f"<p><b>{words} ({len(clauses)}):</b> {_some(clauses)}</p>"
    if not run.complete:
        why = f": only {_some(run.asked)} was asked for" if run.asked else ""
        yield f"<p><b>The run was not complete</b>{why}, and so it cannot be called conforming.</p>"
    reasons = list(empty.by_reason(empty.clauses(run)).items())
    if number := counted(run, Verdict.NOT_APPLICABLE):
        yield f"<h2>Not applicable</h2><p>{_words(number, SAID)}{'' if reasons else ': conformance.md says why'}</p>"
    yield "<ul>" if reasons else ""
    for why, clauses in reasons[:REASONS]:
        yield f"<li>{_words(why, SAID)}: {_some(clauses)}</li>"
    if len(reasons) > REASONS:
        yield f"<li>and {len(reasons) - REASONS} more reasons: conformance.md has them all</li>"
    yield "</ul>" if reasons else ""


def _limits(run: Finished) -> Iterator[str]:
    yield (
        '<div class="two"><section><h2>What it shows</h2><ul>'
        + "".join(f"<li>{words}</li>" for words in SHOWS)
        + "</ul></section>"
    )
    yield (
        "<section><h2>What it does not show</h2><ul>"
        + "".join(f"<li>{words}</li>" for words in SHOWS_NOT)
        + "</ul></section></div>"
    )
    yield f"<p class=seed><b>The seed.</b> {escape(challenge.words({target.api for target in run.targets}))}</p>"


def _row(name: str, value: str, room: int = NAME) -> str:
    return f"<tr><th>{name}</th><td>{_words(value, room)}</td></tr>"


def _some(clauses: Iterable[str]) -> str:
    names = list(clauses)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return _words(", ".join(names[:NAMED]), 2 * SAID) + more


def _words(said: object, room: int = NAME) -> str:
    """Return words of others as a page holds them."""
    return escape(shown(said, room))
