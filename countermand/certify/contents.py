"""What a certificate holds: the files of the zip, most of which follow from a few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand.certify import archive, drawing, page, statement, target_file, terms, words
from countermand.certify.terms import Terms
from countermand.guard import bounds
from countermand.model import clause, clause_set, suite
from countermand.model import files as model_files
from countermand.nightly import badge
from countermand.records import finished, inputs
from countermand.records.finished import Finished
from countermand.report import junit, markdown, outputs

ENVELOPE, README, CATALOGUE = model_files.ENVELOPE, "README.md", "clauses/"
#: What a run leaves and a certificate takes as it is; all else is made of these.
TAKEN = drawing.SOURCES


class ContentsError(ValueError):
    """Reports, or files of a certificate, that no certificate can be made of; says which."""


@dataclass(frozen=True)
class Contents:
    """The files of a certificate but its envelope, and the statement about them."""

    files: Mapping[str, bytes]
    statement: Mapping[str, Any]
    run: Finished
    number: str


def taken(reports: Path) -> dict[str, bytes]:
    """Return what a certificate takes from a folder of reports as it is; raises ContentsError."""
    if missing := [file for file in TAKEN if not (reports / file).is_file()]:
        raise ContentsError(f"{reports}: lacks {', '.join(missing)}: what a whole run has left is certified")
    files = {file: (reports / file).read_bytes() for file in TAKEN}
    if sum(map(len, files.values())) > archive.LARGEST // 2:
        raise ContentsError(
            f"{reports}: more than {archive.LARGEST // 2**21} MiB, which is more than a certificate holds"
        )
    try:
        return {**files, outputs.PAGE: drawing.page(files)}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ContentsError(f"the run cannot be read: {bounds.wrong(error)}") from None


def made(files: Mapping[str, bytes], agreed: Terms) -> Contents:
    """Return what follows from results, record, what was given and the terms; the page of the run is kept as it is.

    It shows what strangers have sent, and so a process of its own draws it again. Where another version has drawn the
    others, they are kept as well. Raises ContentsError.
    """
    name = agreed.name
    if missing := [file for file in (*TAKEN, outputs.PAGE) if file not in files]:
        raise ContentsError(f"lacks {', '.join(missing)}")
    try:
        run = finished.of(Path(name), files[outputs.RESULTS], files[outputs.RECORD])
        given = bounds.parsed(files[inputs.FILE], largest=inputs.LARGEST)
        inputs.check(given)
        _check_apis(run)
        terms.check(run, agreed)
        number = terms.number(run, {file: files[file] for file in TAKEN}, agreed)
        frozen = clause_set.current(
            clause.read(*suite.features()), suite.root() / "features", {target.api for target in run.targets}
        )
        derived = _derived(run, given, agreed, number, frozen)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentsError(f"the run cannot be read: {bounds.wrong(error).removeprefix(f'{name}: ')}") from None
    drawn = {file for file in derived if not file.startswith(CATALOGUE)}
    kept = {*TAKEN, outputs.PAGE, *([] if agreed.drawn_here else drawn)}
    whole = {**derived, **{file: files[file] for file in kept & files.keys()}}
    return Contents(whole, statement.of(run, given, whole, agreed, number, frozen), run, number)


def _check_apis(run: Finished) -> None:
    """Hold a run to APIs this suite knows, before files are called after them; raises LimitError."""
    known = {entry.api for entry in clause.read(*suite.features()).values()}
    if strange := {target.api for target in run.targets} - known:
        raise bounds.LimitError(f"the suite knows no API {min(strange)[:40]!r}")


def _derived(
    run: Finished, given: Mapping[str, Any], agreed: Terms, number: str, frozen: clause_set.ClauseSet
) -> dict[str, bytes]:
    apis = {target.api for target in run.targets}
    texts = {
        outputs.MARKDOWN: markdown.conformance(drawing.noted(run)),
        badge.JSON: badge.endpoint(badge.of(run)),
        badge.SVG: badge.picture(badge.of(run), page.FILE),
        README: words.readme(drawing.noted(run), agreed, number),
        page.FILE: page.page(run, given, agreed, number, frozen),
        **{f"targets/{target['api']}.toml": target_file.text(target) for target in given["targets"]},
        **{
            f"{CATALOGUE}{api}.toml": (suite.home(api) / "features" / api / "clauses.toml").read_text(encoding="utf-8")
            for api in apis
        },
    }
    return {
        outputs.JUNIT: junit.document(run),
        **{file: text.encode("utf-8", "backslashreplace") for file, text in texts.items()},
    }
