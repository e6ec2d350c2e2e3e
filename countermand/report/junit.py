"""JUnit XML, as CI systems read it; pytest's own would call an inconclusive scenario a failure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from countermand.model.results import Results, Scenario, Target
from countermand.model.verdict import Verdict
from countermand.report.looks import look
from countermand.report.naming import clean, headline, titles


def document(results: Results) -> bytes:
    """Return junit.xml: a suite per feature, a case per scenario.

    Failure accuses the target, error says that we could not find out.
    """
    root = ET.Element("testsuites", {"name": "countermand", **_numbers(results.scenarios)})
    del root.attrib["skipped"]  # the usual schema knows it on a suite only
    by_file: dict[tuple[str, str, str], list[Scenario]] = {}
    for scenario in results.scenarios:
        by_file.setdefault((scenario.target, scenario.file, scenario.feature), []).append(scenario)
    named = titles(results)
    for (target, _, feature), scenarios in by_file.items():
        suite = ET.SubElement(root, "testsuite", _suite(feature, scenarios))
        _properties(
            suite,
            {
                "suite version": results.suite["version"],
                "suite digest": results.suite["digest"],
                "seed": results.seed,
                "target": target,
            },
        )
        for scenario in scenarios:
            _case(suite, scenario, named[scenario.id], results)
    if results.untested is not None:
        _add_errors(root, results, results.targets, "the target is tested", results.sentence)
    for each in results.targets:
        if left := [clause for clause in results.unplayed if results.catalogue[clause].api == each.api]:
            words = f"the run was ended before its time, and has left out scenarios of {', '.join(left)}"
            _add_errors(root, results, [each], "the run is played to its end", words)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_errors(root: ET.Element, results: Results, targets: Sequence[Target], title: str, words: str) -> None:
    """Add an error per target that was not tested, or not whole, so that a pipeline's tests name it and why."""
    number = len(targets)
    for name in ("tests", "errors"):
        root.set(name, str(int(root.get(name, "0")) + number))
    for target in targets:
        numbers = {"tests": "1", "failures": "0", "errors": "1", "skipped": "0", "time": "0.000"}
        suite = ET.SubElement(
            root, "testsuite", {"name": clean(target.name), **numbers, "timestamp": results.started[:19]}
        )
        case = ET.SubElement(suite, "testcase", {"classname": clean(target.name), "name": title, "time": "0.000"})
        ET.SubElement(case, "error", {"type": results.verdict.value, "message": clean(words)}).text = clean(words)


def _suite(feature: str, scenarios: list[Scenario]) -> dict[str, str]:
    # The schema allows no fraction of a second and no time zone.
    return {
        "name": clean(feature),
        **_numbers(scenarios),
        "timestamp": min(scenario.started for scenario in scenarios)[:19],
    }


def _numbers(scenarios: Iterable[Scenario]) -> dict[str, str]:
    played = list(scenarios)
    elements = [look(scenario.verdict).element for scenario in played]
    return {
        "tests": str(len(played)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
        "time": f"{sum(scenario.elapsed for scenario in played):.3f}",
    }


def _case(suite: ET.Element, scenario: Scenario, title: str, results: Results) -> None:
    case = ET.SubElement(
        suite, "testcase", {"classname": clean(scenario.feature), "name": title, "time": f"{scenario.elapsed:.3f}"}
    )
    clause = results.catalogue[scenario.clause]
    properties = {
        "clause": clause.id,
        "evidence": clause.evidence,
        "verdict": scenario.verdict,
        "target": scenario.target,
    }
    waiver = results.waiver(scenario.id)
    properties |= {"waiver": waiver.sentence, "owner": waiver.owner} if waiver else {}
    _properties(case, {**properties, "feature file": f"{scenario.file}:{scenario.line}"})
    element = look(scenario.verdict).element
    if element is None:
        return
    words = headline(scenario)
    about = {
        "type": scenario.verdict.value,
        "message": f"departs: {words}" if scenario.verdict is Verdict.DEPARTS else words,
    }
    ET.SubElement(case, element, about).text = clean(scenario.message or words)


def _properties(parent: ET.Element, properties: dict[str, str]) -> None:
    holder = ET.SubElement(parent, "properties")
    for name, value in properties.items():
        ET.SubElement(holder, "property", {"name": name, "value": clean(value)})
