"""What a run was made with: the side files that Allure reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermand.model.results import Results
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.report.looks import look
from countermand.report.naming import clean

#: What any page can show, and what it cannot.
SHOWS = (
    "that the verdicts follow from the recorded exchanges; that these took place is the word of whoever ran the suite"
)


def facts(results: Results) -> dict[str, str]:
    """Return what a reader should know of a run, in the order he should know it."""
    several = len(results.targets) > 1
    facts = {"Verdict": results.sentence}
    for target in results.targets:
        suffix = f" ({target.api})" if several else ""
        facts |= {f"Target{suffix}": target.name, f"URL{suffix}": target.url}
    facts |= {"Suite": f"Countermand {results.suite['version']}", "Suite digest": results.suite["digest"]}
    facts |= {"Seed": results.seed} if results.seed else {}
    facts |= {"Started": results.started, "Finished": results.finished, "Complete": "yes" if results.complete else "no"}
    facts |= {} if results.untested else {"Shows": SHOWS}
    return {name: clean(value) for name, value in facts.items()}


def write(folder: Path, results: Results, variables: Mapping[str, str] = os.environ) -> None:
    """Write environment.properties, categories.json and, on a known CI, executor.json to a folder of Allure results."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{_key(name)}={_value(value)}\n" for name, value in facts(results).items()]
    (folder / "environment.properties").write_text("".join(lines), encoding="utf-8")
    (folder / "categories.json").write_text(json.dumps(_categories(), indent=1), encoding="utf-8")
    if executor := _executor(variables):
        (folder / "executor.json").write_text(json.dumps(executor, indent=1), encoding="utf-8")


def _categories() -> list[dict[str, Any]]:
    """Return the categories of Allure 2, which knows status and message only; Allure 3 is given rules of its own."""
    message = {verdict: f"(?s){verdict}: .*" for verdict in (Verdict.DEPARTS, Verdict.NOT_APPLICABLE)}
    return [
        {"name": shown.category, "matchedStatuses": [shown.status]}
        | ({"messageRegex": message[verdict]} if verdict in message else {})
        for verdict in WORST_FIRST
        if (shown := look(verdict)).category
    ]


def _executor(variables: Mapping[str, str]) -> dict[str, str] | None:
    if "GITHUB_RUN_ID" in variables:
        page = (
            f"{variables.get('GITHUB_SERVER_URL', '')}/{variables.get('GITHUB_REPOSITORY', '')}"
            f"/actions/runs/{variables['GITHUB_RUN_ID']}"
        )
        number, job = variables.get("GITHUB_RUN_NUMBER", ""), variables.get("GITHUB_WORKFLOW", "workflow")
        return {
            "name": "GitHub Actions",
            "type": "github",
            "buildOrder": number,
            "buildName": f"{job} #{number}",
            "buildUrl": page,
        }
    if "CI_PIPELINE_ID" in variables:
        number, page = variables.get("CI_PIPELINE_IID", ""), variables.get("CI_JOB_URL", "")
        name = f"{variables.get('CI_JOB_NAME', 'job')} #{number}"
        return {"name": "GitLab CI", "type": "gitlab", "buildOrder": number, "buildName": name, "buildUrl": page}
    if "JENKINS_URL" in variables:
        number, page = variables.get("BUILD_NUMBER", ""), variables.get("BUILD_URL", "")
        name = f"{variables.get('JOB_NAME', 'job')} #{number}"
        return {"name": "Jenkins", "type": "jenkins", "buildOrder": number, "buildName": name, "buildUrl": page}
    return None


def _key(name: str) -> str:
    """Escape a key for a file of Java properties, where a blank would end it."""
    return _value(name).replace(" ", "\\ ").replace(":", "\\:").replace("=", "\\=")


def _value(words: str) -> str:
    return words.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
