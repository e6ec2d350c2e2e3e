"""How a run begins: targets, agreement, ledger, folder of reports, and the doctor's first look."""

from __future__ import annotations

import contextlib
import shlex
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countermand import targetfile
from countermand.baseline.file import read as read_baseline
from countermand.exits import Exit
from countermand.guard import intake
from countermand.model.clause import Catalogue
from countermand.model.ownership import seller_keys
from countermand.model.results import Target as TestedTarget
from countermand.model.target import Target
from countermand.orders import budget
from countermand.orders.ledger import Ledger
from countermand.orders.ledger_file import default_path, named
from countermand.plugin import reports_folder
from countermand.plugin.agreed import Agreed, settle
from countermand.plugin.session import Session, is_part
from countermand.protocols.registry import PROTOCOLS
from countermand.records import inputs
from countermand.records.record import Record, RecordError
from countermand.records.record import read as read_record
from countermand.report import shelf, untested
from countermand.report.terminal import near
from countermand.run import rehearsal
from countermand.run.run import Run
from countermand.targetfile import piped, production

#: Bytes of a record, before what is in it is held to limits of its own.
LARGEST = 2**40


def begin(config: pytest.Config, catalogue: Catalogue) -> Session:
    """Read the targets and make the run; raises targetfile.TargetError."""
    option, worker = config.option, getattr(config, "workerinput", None)
    reports = reports_folder.named(config)
    record = _record(config, reports) if option.replay else None
    agreed: Agreed = worker["countermand"] if worker else settle(config, record)
    try:
        return _begun(config, catalogue, reports, record, agreed)
    except BaseException:
        if worker is None:  # what does not begin is not ended, and the folder may hold keys
            shutil.rmtree(agreed["folder"], ignore_errors=True)
        raise


def _begun(
    config: pytest.Config, catalogue: Catalogue, reports: Path, record: Record | None, agreed: Agreed
) -> Session:
    option, worker = config.option, hasattr(config, "workerinput")
    targets = _asked(config, record, agreed)
    waived = read_baseline(Path(config.invocation_params.dir, option.baseline), catalogue) if option.baseline else None
    run = _opened(config, record, agreed, targets)
    with contextlib.ExitStack() as beginning:
        beginning.callback(run.close)
        aside = reports_folder.prepare(config, reports, worker=worker)
        maskers = {api: target.masker() for api, target in targets.items()}
        if not worker and record is None and not option.collectonly and not option.dry_run:
            _look_first(targets, run, reports)
        budgets = {} if record is not None or worker else _budgets(run)
        beginning.pop_all()  # it has begun: what is open now is closed at its end
    return Session(
        *(run, catalogue, reports, config, datetime.now(UTC), maskers, agreed),
        baseline=waived,
        budgets=budgets,
        aside=aside,
    )


def _asked(config: pytest.Config, record: Record | None, agreed: Agreed) -> dict[str, Target]:
    """Return who is asked, by API: the targets of a record, or of the files that were agreed on."""
    piped.keep(agreed.get("piped", {}))
    targets = record.targets() if record else _targets([Path(name) for name in agreed["targets"]])
    agreed["piped"] = piped.kept()
    if record is None and not config.option.dry_run and not config.option.collectonly:
        return {api: production.looked_up(target) for api, target in targets.items()}
    return targets


def _opened(config: pytest.Config, record: Record | None, agreed: Agreed, targets: dict[str, Target]) -> Run:
    """Return the run, once production is agreed to and what is used can be written down."""
    option = config.option
    run = Run(
        Path(agreed["folder"]),
        agreed["seed"],
        targets,
        named(option.ledger) if option.ledger and record is None else None,
        record,
        lent=is_part(config) and not (option.own_acceptance or option.certified),
        given=bool(option.target),
        worker=config.workerinput["workerid"] if hasattr(config, "workerinput") else "main",
    )
    if record is None:
        if not option.dry_run:
            production.agree(targets.values(), option.production)
        run = _rehearsed(config, run) if option.dry_run else run
        _open_ledgers(run)
    return run


def _budgets(run: Run) -> dict[str, str]:
    """Say of each target of somebody's own what orders are left, what a run costs, and how far that reaches."""
    outlooks = {}
    for api, target in run.targets.items():
        if run.given and not target.lacks("takes_up"):
            left = run.rehearsals[api].left if run.rehearsals else budget.left(target, run.ledger(target))
            own = run.rehearsals[api].target if run.rehearsals else target
            stock = budget.counted(own, PROTOCOLS[api].cancellable, PROTOCOLS[api].spends(own), Counter(left))
            outlooks[api] = f"{target.name}: {stock}; {stock.outlook}"
    return outlooks


def _open_ledgers(run: Run) -> None:
    """See, before anything is sent, that what is used can be written down; raises LedgerError."""
    for target in run.targets.values():
        run.ledger(target)


def _rehearsed(config: pytest.Config, run: Run) -> Run:
    """Return the run as a dry one: a stand-in answers for each target, and a copy of the ledger is written to."""
    if getattr(config.option, "numprocesses", None):
        raise targetfile.TargetError("--dry-run plays in one process: leave -n out")
    path = run.ledger_path or default_path()
    copied = Ledger(run.folder / "rehearsal.sqlite", durable=False)
    if intake.exists(path):
        kept = Ledger(path)
        kept.copy_to(copied)
        kept.close()
    rehearsals = {}
    for api, target in run.targets.items():
        stand_in = config.hook.pytest_countermand_stand_in(**rehearsal.facts(target))
        if stand_in is None:
            raise targetfile.TargetError("nobody stands in for the target: say countermand run --dry-run")
        copied.join(seller_keys(target))
        rehearsals[api] = rehearsal.Rehearsal(stand_in, target, budget.left(target, copied))
    copied.close()
    understudied = {api: rehearsal.understudied(target) for api, target in run.targets.items()}
    return replace(run, targets=understudied, ledger_path=copied.path, rehearsals=rehearsals)


def _record(config: pytest.Config, reports: Path) -> Record:
    """Read the record to judge again, and be as strict as its run was; raises RecordError."""
    path = Path(config.invocation_params.dir, config.option.replay)
    if config.option.target or config.option.api or config.option.seed:
        raise RecordError(f"{path}: a record has its own target and seed: leave --target, --api and --seed out")
    if reports.resolve() == path.resolve():
        raise RecordError(f"{path}: the record would be overwritten: give --reports another folder")
    if not intake.is_folder(path):
        try:
            intake.look(path, LARGEST)  # a pipe has no end, and no zip
        except FileNotFoundError:
            pass
        except intake.IntakeError as error:
            raise RecordError(f"{intake.shown(path)}: {error}") from None
    elif not intake.exists(path / inputs.FILE) and (kept := shelf.where_kept(path, "countermand run --replay ")):
        raise RecordError(f"{path}: there is no record of a run in it; {kept}")
    record = read_record(path)
    config.option.fail_on = config.option.fail_on or record.fail_on
    return record


def _look_first(targets: Mapping[str, Target], run: Run, reports: Path) -> None:
    """End with a code of its own where a target cannot be used at all, before any order is touched."""
    if not run.given:  # the embedded sellers are there: they are started with the run
        return
    from countermand import doctor  # noqa: PLC0415 - only targets of somebody's own need one

    troubles = {target.name: trouble for target in targets.values() if (trouble := doctor.preflight(target))}
    if not troubles:
        return
    reported = [TestedTarget(target.name, target.api, target.url) for target in targets.values()]
    words = [f"{name} cannot be tested: {trouble}" for name, trouble in troubles.items()]
    words += [
        f"{target.name} was not tested either: one run asks both, and does not begin without one of them; "
        "test it in a run of its own"
        for target in reported
        if target.name not in troubles
    ]
    untested.leave(reports, reported, "; ".join(words) if reported[1:] else troubles[reported[0].name])
    files = [shlex.quote(near(target.source)) for target in targets.values() if target.name in troubles]
    words += [f"see countermand doctor --target {file}" for file in files]
    pytest.exit("\n".join(words), returncode=Exit.UNUSABLE)


def _targets(paths: list[Path]) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for path in paths:
        target = targetfile.load(path)
        if target.api in targets:
            raise targetfile.TargetError(f"{path}: a second target of {target.api}: give each a session of its own")
        targets[target.api] = target
    return targets
