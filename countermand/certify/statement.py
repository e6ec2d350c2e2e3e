"""The statement that is signed: in-toto Statement v1 with Test Result v0.1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from countermand.certify import empty, profiles
from countermand.certify.terms import Terms
from countermand.model.clause_set import ClauseSet
from countermand.model.results import Scenario
from countermand.model.verdict import Verdict
from countermand.records.finished import Finished
from countermand.report.naming import counted

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
#: Test Result knows three words. Departures warn and never fail; what is inconclusive has not passed.
LISTS = {
    "passedTests": {Verdict.CONFORMS},
    "warnedTests": {Verdict.DEPARTS},
    "failedTests": {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE},
    "skippedTests": {Verdict.NOT_APPLICABLE},
}


def of(
    run: Finished, given: Mapping[str, Any], files: Mapping[str, bytes], terms: Terms, number: str, clauses: ClauseSet
) -> dict[str, Any]:
    """Return the statement about a run on some terms; `files` is all the certificate holds but the envelope.

    Extension fields of the predicate say what Test Result has no word for: consumers ignore those they do not know.
    """
    lists = {
        key: sorted(scenario.id for scenario in run.scenarios if scenario.verdict in verdicts)
        for key, verdicts in LISTS.items()
    }
    predicate = {
        "result": "PASSED" if run.verdict is Verdict.CONFORMS else "FAILED",
        "configuration": [_suite(run, given), *_described(files, "clauses/", "targets/")],
        **lists,
        **_agreed(terms, number),
        "verdict": run.verdict,
        "sentence": run.sentence,
        "complete": run.complete,
        "asked": list(run.asked),
        "coverage": run.coverage,
        "profiles": [profile.as_json() for profile in profiles.of(run)],
        "notApplicable": [{"clause": key, "why": why} for key, why in empty.clauses(run)],
        "notApplicableCounted": counted(run, Verdict.NOT_APPLICABLE),
        "clauseSets": [_set(clauses, target.api) for target in run.targets],
        "seed": run.seed,
        "capabilities": {target["name"]: target.get("capabilities", {}) for target in given["targets"]},
        "timeStarted": run.started,
        "timeFinished": run.finished,
        "evidence": _described(files, ""),
    }
    subject = [_target(target, run.scenarios) for target in given["targets"]]
    return {"_type": TYPE, "subject": subject, "predicateType": PREDICATE, "predicate": predicate}


def _agreed(terms: Terms, number: str) -> dict[str, Any]:
    signer = {"keyid": terms.keyid, **({"owner": terms.owner} if terms.owner else {})}
    fields = {"certificate": terms.name, "number": number, "validUntil": terms.valid_until, "signer": signer}
    fields |= {"drawing": terms.drawing}
    return {**fields, **({"supersedes": terms.supersedes} if terms.supersedes else {})}


def _set(clauses: ClauseSet, api: str) -> dict[str, Any]:
    return {
        "api": api,
        "version": clauses.version,
        "released": clauses.released,
        "digest": {"sha256": clauses.digest(api)},
    }


def digest(data: bytes) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(data).hexdigest()


def _suite(run: Finished, given: Mapping[str, Any]) -> dict[str, Any]:
    about = {"version": run.suite["version"], **({"failOn": given["fail_on"]} if given["fail_on"] else {})}
    return {
        "name": "countermand",
        "digest": {"sha256": run.suite["digest"].removeprefix("sha256:")},
        "annotations": about,
    }


def _described(files: Mapping[str, bytes], *folders: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "digest": {"sha256": digest(data)}}
        for name, data in sorted(files.items())
        if name.startswith(folders)
    ]


def _target(target: Mapping[str, Any], scenarios: tuple[Scenario, ...]) -> dict[str, Any]:
    """Return what was tested.

    A service has no bytes, so its digest is that of its name, its address and the certificates it showed.
    """
    shown = {
        exchange["tls"]["server"]
        for row in scenarios
        if row.api == target["api"]
        for exchange in row.exchanges
        if exchange["tls"]
    }
    identity = {"api": target["api"], "name": target["name"], "url": target["url"], "certificates": sorted(shown)}
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()
    about = {"api": target["api"], "certificates": sorted(shown), "environment": target["environment"]}
    about |= {"declaration": target["declaration"]} if target.get("declaration") else {}
    return {"name": target["name"], "uri": target["url"], "digest": {"sha256": digest(canonical)}, "annotations": about}
