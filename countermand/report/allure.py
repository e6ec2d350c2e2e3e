"""The result files of allure-pytest, with what Allure is to show of a scenario."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
from allure_commons import hookimpl, plugin_manager
from allure_commons.logger import AllureFileLogger, AllureMemoryLogger
from allure_commons.model2 import Label, Link, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import LabelType
from allure_pytest.listener import AllureListener  # type: ignore[import-untyped]

from countermand.guard.foreign import in_json
from countermand.model.clause import Clause, Evidence
from countermand.model.results import Results, Scenario
from countermand.model.rows import ExchangeRow
from countermand.model.verdict import Verdict
from countermand.report import exchanges, ticket
from countermand.report.looks import look
from countermand.report.naming import WEIGHT, api_title, clean

SEVERITY = {Evidence.DOCUMENTED: "critical", Evidence.STANDARD: "normal", Evidence.INFERRED: "minor"}
#: Labels that name the machine or our own parts, which are no business of whoever reads the report.
HIDDEN = ("host", "thread", "framework", "language", "package", "parentSuite", "suite", "subSuite")


#: The kind of a ticket's file, by which it is told from every exchange.
TICKET = "text/markdown"
#: Why results could not be written, one for each.
LOST: list[str] = []


class Reporter(Protocol):
    """What we need of allure-pytest's keeper of open tests and steps (its own has no types)."""

    def get_test(self, uuid: str | None) -> TestResult | None:
        """Return the open test."""

    def start_step(self, parent_uuid: str | None, uuid: str, step: TestStepResult) -> None:
        """Open a step in whatever is open."""

    def stop_step(self, uuid: str, **kwargs: object) -> None:
        """Close a step."""

    def attach_data(self, uuid: str, body: str, name: str, attachment_type: str, extension: str) -> None:
        """Attach to whatever is open."""


class Tidy:
    """Takes hidden and doubled labels out of a result before it is written."""

    @hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Drop the labels of HIDDEN, and all but the first of equal ones."""
        kept = {(label.name, label.value): label for label in result.labels if label.name not in HIDDEN}
        result.labels = list(kept.values())


#: How allure-commons writes what is no result of a test, and whatever somebody wants indented.
_WRITE: Any = AllureFileLogger._report_item  # noqa: SLF001 - allure-commons has no switch for it
_MEMORY: Any = AllureMemoryLogger  # neither has types
INDENTED = "ALLURE_INDENT_OUTPUT"


def _write_whole(logger: AllureFileLogger, item: object) -> None:
    """Write a result at once, by the encoder in C: allure-commons has it written token by token."""
    if not isinstance(item, TestResult) or os.environ.get(INDENTED):
        _WRITE(logger, item)
        return
    memory = _MEMORY()
    memory.report_result(item)
    path = logger._report_dir / item.file_pattern.format(prefix=unique())  # noqa: SLF001 - as above
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.write_text(json.dumps(memory.test_cases[0], ensure_ascii=False), encoding="utf-8")
    unfinished.replace(path)


def lenient() -> None:
    """Let a result that cannot be written be missing: what a run has found is worth more than its copy for Allure."""
    setattr(AllureFileLogger, "_report_item", _write_whole)  # noqa: B010 - mypy lets no method be replaced
    for name in ("_report_item", "report_attached_file", "report_attached_data"):
        write = getattr(AllureFileLogger, name)
        if not hasattr(write, "__wrapped__"):
            setattr(AllureFileLogger, name, _without_fail(write))


def _without_fail(write: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(write)
    def kept(*arguments: object, **named: object) -> None:
        try:
            write(*arguments, **named)
        except OSError as error:
            LOST.append(error.strerror or str(error))

    return kept


def quiet() -> None:
    """Keep fixtures and machine names out of the results; to be called before allure-pytest registers its listener.

    pytest-bdd makes a fixture of every step, so allure-pytest would write several container files per scenario,
    with the text of exceptions unmasked.
    """
    AllureListener.pytest_fixture_setup = None
    AllureListener._update_fixtures_children = lambda _listener, _item: None  # noqa: SLF001 - allure-pytest has no switch for it
    if not plugin_manager.has_plugin("countermand-tidy"):
        plugin_manager.register(Tidy(), "countermand-tidy")


def reporter(config: pytest.Config) -> Reporter | None:
    """Return what allure-pytest keeps the running test in; nothing where Allure results are not asked for."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    return listener.allure_logger if listener else None


def attach(allure: Reporter | None, exchange: ExchangeRow) -> None:
    """Attach a masked exchange to whatever is open."""
    if allure:
        body = in_json(json.dumps(exchanges.viewer(exchange)))
        allure.attach_data(unique(), body, exchanges.title(exchange), exchanges.MEDIA_TYPE, exchanges.EXTENSION)


def describe(
    allure: Reporter | None,
    scenario: Scenario,
    clause: Clause,
    *,
    suite: Mapping[str, str],
    example: Mapping[str, str] | None = None,
    attached: Iterable[int] = (),
    target: Mapping[str, Any] | None = None,
) -> None:
    """Say all that is known of the scenario that has just ended.

    That is verdict, clause, evidence, source, exchanges not attached yet.
    """
    result = allure.get_test(None) if allure else None
    if result is None:
        return
    api = api_title(scenario.api)
    result.name = clean(scenario.name)
    result.fullName = scenario.id
    result.testCaseId = _hash(scenario.id.partition("[")[0])
    result.historyId = _hash(scenario.id)
    result.titlePath = [api, scenario.feature, scenario.rule]
    result.status = look(scenario.verdict).status
    result.statusDetails = _details(scenario)
    _explain(result)
    result.description = _description(clause)
    result.parameters = [Parameter(name=name, value=clean(value)) for name, value in (example or {}).items()]
    result.labels = _labels(scenario, clause, api)
    result.links = _links(clause)
    for exchange in scenario.exchanges:
        if exchange["number"] not in set(attached):
            attach(allure, exchange)
    if allure and scenario.verdict in ticket.FINDINGS:
        finding = ticket.Ticket(clause, scenario, clean(scenario.name), 0, suite, target or {}, scenario)
        allure.attach_data(unique(), ticket.markdown(finding), f"ticket {clause.id}", TICKET, "md")


def _details(scenario: Scenario) -> StatusDetails | None:
    """Return the message; what Allure calls skipped says first which of our verdicts it stands for."""
    words = clean(scenario.message or "")
    if look(scenario.verdict).status == Status.SKIPPED:
        words = f"{scenario.verdict}: {words or 'no reason was recorded'}"
    return StatusDetails(message=words) if words else None


def _explain(result: TestResult) -> None:
    """Give the message to the step that went wrong as well, where a reader of the steps looks for it."""
    for step in result.steps:
        if step.status in (Status.FAILED, Status.BROKEN):
            step.statusDetails = result.statusDetails


def _labels(scenario: Scenario, clause: Clause, api: str) -> list[Label]:
    labels = {
        LabelType.EPIC: api,
        LabelType.FEATURE: scenario.feature,
        LabelType.STORY: f"{clause.id}: {clause.says}",
        LabelType.SEVERITY: SEVERITY[clause.evidence],
        LabelType.TAG: scenario.verdict.value,
    }
    return [Label(name=name, value=value) for name, value in [*labels.items(), (LabelType.TAG, clause.id)]]


def _description(clause: Clause) -> str:
    parts = {"Clause": f"{clause.id}: {clause.says}", "Evidence": WEIGHT[clause.evidence], "Source": clause.source}
    return "\n\n".join(f"**{name}** {words}" for name, words in parts.items())


def _links(clause: Clause) -> list[Link]:
    source = clause.url
    links = [Link(type="clause", url=f"conformance.md#{clause.id.lower()}", name=clause.id)]
    return links + ([Link(type="source", url=source, name="source")] if source else [])


def amend(folder: Path, changed: Iterable[Scenario]) -> None:
    """Give scenarios whose verdict has changed since the one they came to; raises OSError."""
    after = {scenario.id: scenario for scenario in changed}
    for path in sorted(folder.glob("*-result.json")) if after else ():
        result = json.loads(path.read_text(encoding="utf-8"))
        if (scenario := after.get(result.get("fullName", ""))) is None:
            continue
        details = _details(scenario)
        result["status"], result["statusDetails"] = (
            look(scenario.verdict).status,
            {"message": details.message if details else ""},
        )
        result["labels"] = [label for label in result["labels"] if label["value"] not in set(Verdict)]
        if scenario.verdict not in ticket.FINDINGS:  # it says what is not said any more
            result["attachments"] = [
                attachment for attachment in result.get("attachments", []) if attachment.get("type") != TICKET
            ]
        result["labels"].append({"name": LabelType.TAG, "value": scenario.verdict.value})
        path.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def withdraw(folder: Path, scenario: str) -> None:
    """Remove the results of a scenario whose process ended before it could tell of them; raises OSError."""
    _remove(folder, lambda name: name == scenario)


def keep(folder: Path, scenarios: Collection[str]) -> None:
    """Remove the results of all but these scenarios.

    One that was interrupted before it had begun has come to nothing. Raises OSError.
    """
    _remove(folder, lambda name: name not in scenarios)


def _remove(folder: Path, unwanted: Callable[[str], bool]) -> None:
    for path in sorted(folder.glob("*-result.json")):
        if unwanted(json.loads(path.read_text(encoding="utf-8")).get("fullName", "")):
            path.unlink()


def tidy(folder: Path) -> None:
    """Remove what was being written by a process that ended meanwhile; raises OSError."""
    for path in folder.glob("*.tmp"):
        path.unlink()


def waive(folder: Path, results: Results) -> None:
    """Name in the results of scenarios that are waived who answers for them, and where it is followed up.

    Raises OSError.
    """
    for path in sorted(folder.glob("*-result.json")) if results.waivers else ():
        result = json.loads(path.read_text(encoding="utf-8"))
        waiver = results.waiver(result.get("fullName", ""))
        if waiver is None:
            continue
        result["labels"] += [
            {"name": "owner", "value": clean(waiver.owner)},
            {"name": LabelType.TAG, "value": f"waiver: {waiver.state}"},
        ]
        if waiver.link:
            result["links"] = [
                *result.get("links", []),
                {"type": "issue", "url": waiver.link, "name": waiver.link.rpartition("/")[2]},
            ]
        details = result.get("statusDetails") or {}
        result["statusDetails"] = {**details, "known": waiver.state == "excused"}
        result["description"] = f"{result.get('description', '')}\n\n**Waiver** {clean(waiver.sentence)}"
        path.write_text(in_json(json.dumps(result, ensure_ascii=False)), encoding="utf-8")


def unique() -> str:
    """Return a name nothing else has."""
    return str(uuid.uuid4())


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
