"""Tickets: one finding as it is handed to the people who run the seller, with a way to repeat it without the suite."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from countermand.guard import placing
from countermand.guard.foreign import inert
from countermand.model.apis import APIS
from countermand.model.clause import Clause
from countermand.model.message import repeats, said
from countermand.model.results import Results, Scenario
from countermand.model.rows import ExchangeRow
from countermand.model.verdict import Verdict
from countermand.report import curl, exchanges
from countermand.report.naming import WEIGHT, api_title, clean, headline, titles, worst_first

FOLDER = "tickets"
FINDINGS = (Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS)
NUMBER = re.compile(r"^  exchange  (\d+): ", re.MULTILINE)
ELSEWHERE = re.compile(r"^  exchange  (\d+: .*), in the scenario (.* of \S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Ticket:
    """One clause that was not kept, shown by one scenario."""

    clause: Clause
    scenario: Scenario
    title: str
    others: int  # further scenarios that show the same clause broken
    suite: Mapping[str, str]
    target: Mapping[str, Any]  # the target as given.json tells it
    asked: Scenario  # whose exchanges show it: its own, those it speaks of, or the one that it leans on

    @property
    def name(self) -> str:
        """The name of its files: the clause's id."""
        return self.clause.id

    @property
    def exchange(self) -> ExchangeRow | None:
        """The exchange the message speaks of; the last where it names none."""
        match = NUMBER.search(self.scenario.message or "")
        numbered = [row for row in self.asked.exchanges if match and row["number"] == int(match[1])]
        return next(iter(numbered or self.asked.exchanges[-1:]), None)


def tickets(results: Results, targets: Sequence[Mapping[str, Any]]) -> list[Ticket]:
    """Return a ticket for each clause that is broken or departed from, the documented ones first."""
    named, by_name = titles(results), {target["name"]: target for target in targets}
    findings: dict[str, list[Scenario]] = {}
    for scenario in worst_first(results):
        if scenario.verdict in FINDINGS:
            findings.setdefault(scenario.clause, []).append(scenario)
    return [
        Ticket(
            clause=results.catalogue[key],
            scenario=some[0],
            title=named[some[0].id],
            others=len(some) - 1,
            suite=results.suite,
            target=by_name.get(some[0].target, {}),
            asked=_asked(results, some[0], by_name.get(some[0].target, {})),
        )
        for key, some in findings.items()
    ]


def _asked(results: Results, scenario: Scenario, target: Mapping[str, Any]) -> Scenario:
    """Return the scenario whose exchanges show a finding.

    That is the one that its message names. Where it has asked nothing itself, it is the one whose answer all others
    lean on, which a run of a part has asked outside its scenarios.
    """
    if match := ELSEWHERE.search(scenario.message or ""):
        named = (
            other
            for other in results.scenarios
            if (other.target, f"{other.name!r} of {other.clause}") == (scenario.target, match[2])
            and match[1] in map(_called, other.exchanges)  # rows of an outline have one name
        )
        if (other := next(named, None)) is not None:
            return other
    leading = (
        other
        for other in results.scenarios
        if other.target == scenario.target and results.catalogue[other.clause].outcome
    )
    if scenario.exchanges:
        return scenario
    return next((other for other in leading if other.exchanges), None) or _leaning(scenario, target)


def _leaning(scenario: Scenario, target: Mapping[str, Any]) -> Scenario:
    """Return a scenario with the exchanges of the cancellation that it leans on, where its message speaks of that."""
    acceptance = target.get("acceptance")
    shown = said(scenario.message, "exchange") or ""
    if acceptance is None or not shown.startswith(_called(acceptance["exchange"])):
        return scenario
    rows = acceptance.get("exchanges") or [acceptance["exchange"]]
    return replace(scenario, exchanges=tuple(rows), drawn=acceptance["drawn"])


def _called(row: ExchangeRow) -> str:
    """Return how a message calls an exchange."""
    reply = row["reply"]
    return f"{row['number']}: {row['operation']} -> {reply['status'] if reply else row['trouble']}"


def write(results: Results, targets: Sequence[Mapping[str, Any]], folder: Path, *, requests: bool = True) -> list[Path]:
    """Write each ticket, and its request as a file beside it; raises OSError.

    A request of a stranger's record may be any document: where it would be published, it is left out.
    """
    paths = []
    for ticket in tickets(results, targets):
        place = folder / FOLDER
        placing.folder(place)
        paths.append(place / f"{ticket.name}.md")
        placing.put(paths[-1], markdown(ticket).encode("utf-8", "backslashreplace"))
        if requests and ticket.exchange is not None and (body := curl.body(ticket.exchange, ticket.asked)):
            placing.put(place / f"{ticket.name}.xml", body)
    return paths


def place(scenario: Scenario) -> str | None:
    """Return the place in a reply that a message speaks of."""
    return said(scenario.message, "at")


def again(ticket: Ticket) -> str:
    """Return the line that repeats the scenario with the suite, nothing where a stranger has put another there."""
    line = said(ticket.scenario.message, "again") or ""
    return line if repeats(line) else ""


def repeated(ticket: Ticket) -> str:
    """Return the lines that repeat the exchange without the suite, after those that are to be filled in."""
    if ticket.exchange is None:
        return ""
    lines = curl.script(ticket.exchange, ticket.asked, ticket.target, f"{ticket.name}.xml")[1]
    return "\n".join([*curl.to_fill_in(lines), "", *lines])


def markdown(ticket: Ticket) -> str:
    """Return the ticket in Markdown, as GitHub, GitLab and Jira read it; no service of CI obeys it."""
    return inert("\n".join([*_finding(ticket), *_messages(ticket), *_repeated(ticket)]))


def _finding(ticket: Ticket) -> Iterator[str]:
    clause, scenario = ticket.clause, ticket.scenario
    yield from (f"# {clause.id}: {_text(headline(scenario))}", "")
    yield from (
        (
            f"{_text(clause.says)[:1].upper()}{_text(clause.says)[1:]}: "
            f"{clause.evidence.level} ({WEIGHT[clause.evidence]})."
        ),
        "",
    )
    yield f"- Required by: {_text(clause.source)}"
    yield f"- To be read at: {_text(clause.url)}"
    for label in ("expected", "received", "at"):
        if words := said(scenario.message, label):
            yield f"- {label.capitalize()}: `{_line(words)}`"
    yield f"- Scenario: {_text(ticket.title)}"
    asked = [step.text for step in scenario.steps if step.keyword.strip() == "When"]
    if asked:
        yield f"- What was asked: {_text(asked[0])}"
    if ticket.others:
        yield f"- Further scenarios that show it: {ticket.others}"
    yield f"- Target: {_text(scenario.target)} ({_text(api_title(scenario.api))})"
    if (exchange := ticket.exchange) is not None:
        yield f"- When: {exchange['started']} (UTC), exchange {_text(exchanges.title(exchange))}"
        yield from (f"- {name}: `{_line(value)}`" for name, value in _traces(exchange, scenario.api))
    yield ""


def _traces(exchange: ExchangeRow, api: str) -> Iterator[tuple[str, str]]:
    for side, message in (("request", exchange["request"]), ("reply", exchange["reply"])):
        words = exchanges.text(message) if message else ""
        for name in APIS[api].traces if api in APIS else ():
            for value in re.findall(rf"<(?:[\w.-]+:)?{name}[^<>]*>([^<]{{1,200}})<", words)[:1]:
                yield f"{name} of the {side}", value


def _messages(ticket: Ticket) -> Iterator[str]:
    exchange = ticket.exchange
    if exchange is None:
        yield from (
            (
                "It has asked nothing itself: the complete cancellation it speaks of stands in given.json; "
                "a whole run shows it here."
            ),
            "",
        )
        return
    yield from ("## Sent", "", *_fenced([*exchanges.sent(exchange), "", exchanges.pretty(exchange["request"])]))
    reply = exchange["reply"]
    body = ["", exchanges.pretty(reply, place(ticket.scenario))] if reply else []
    yield from ("## Came back", "", *_fenced([*exchanges.came(exchange), *body]))


def _repeated(ticket: Ticket) -> Iterator[str]:
    yield from ("## Repeat it", "")
    if line := again(ticket):
        yield from ("With the suite:", "", *_fenced([shlex.join(map(_bare, shlex.split(line)))], "sh"))
    lines: list[str] = []
    if ticket.exchange is not None:
        notes, lines = curl.script(ticket.exchange, ticket.asked, ticket.target, f"{ticket.name}.xml")
        yield from ("Without it:", "", *(f"- {_unlinked(note)}" for note in notes), "")
    if lines:
        yield from ("Fill in what is yours:", "", *_fenced(curl.to_fill_in(lines), "sh"))
        beside = curl.body(ticket.exchange, ticket.asked) if ticket.exchange is not None else b""
        yield from (
            f"In the folder of {ticket.name}.xml, which the run has left in `{FOLDER}/` of its reports:"
            if beside
            else "Then:",
            "",
        )
        yield from _fenced(lines, "sh")
    yield f"Found by Countermand {_text(ticket.suite['version'])} ({ticket.suite['digest'][:19]})."


def _bare(word: str) -> str:
    """Return a word of a command without the folders that whoever is handed a ticket has not, as somebody's home.

    A path below the folder in which the run was started stays: there the line is to do what it says.
    """
    path = PurePath(word)
    return path.name if "/" in word and (path.is_absolute() or ".." in path.parts) else word


def _fenced(lines: Iterable[str], language: str = "text") -> Iterator[str]:
    words = clean("\n".join(lines)).strip("\n")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", words)), default=0))
    yield from (f"{fence}{language}", words, fence, "")


def _text(words: str) -> str:
    """Return words of others where they are no code."""
    return _unlinked(_line(words))


def _unlinked(words: str) -> str:
    """Return words of which Markdown makes no link, no picture and no element."""
    return re.sub(r"([\\<]|(?<=\])\()", r"\\\1", words)


def _line(words: str) -> str:
    return " ".join(clean(words).split()).replace("`", "'")
