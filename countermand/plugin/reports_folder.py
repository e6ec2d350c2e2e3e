"""The folder a run writes its reports to.

Which it is, whether it can be written to, and what it says of targets that were not tested.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from countermand import targetfile
from countermand.guard import claim, room
from countermand.model.results import Target as TestedTarget
from countermand.plugin.session import is_part
from countermand.report import allure, outputs, shelf, untested

#: Bytes that must find room in the folder of reports before anything is sent: a whole run takes up to 5.5 MB.
ROOM = 2**23


def named(config: pytest.Config) -> Path:
    """Return the folder to write to: the one that was named, or where a run of this kind belongs.

    Raises pytest.UsageError.
    """
    option = config.option
    folder = Path(config.invocation_params.dir, option.reports or "reports")
    if (option.reports or folder.is_symlink()) and (why := shelf.unfit(folder)):
        raise pytest.UsageError(why)
    if option.reports:
        return folder
    embedded = not option.target and not option.replay
    placed = shelf.place(folder, part=is_part(config), embedded=embedded)
    if placed.is_symlink() and (why := shelf.unfit(placed)):
        raise pytest.UsageError(why)
    return placed


def leave_untested(config: pytest.Config, reason: str) -> None:
    """Leave reports that say why the targets of this command line were not tested.

    They are left where a run was asked for and this process reports.
    """
    option = config.option
    if not option.target or option.replay or option.dry_run or option.collectonly or hasattr(config, "workerinput"):
        return
    targets = (targetfile.glimpse(Path(config.invocation_params.dir, path)) for path in option.target)
    untested.leave(named(config), [TestedTarget(target.name, target.api, target.url) for target in targets], reason)


def prepare(config: pytest.Config, reports: Path, *, worker: bool) -> Path | None:
    """Clean the folder of reports and point allure-pytest at it; return where the run before is set aside.

    A worker finds it clean, and a dry run leaves it as it is.
    """
    aside = None
    if config.option.dry_run:
        config.option.no_reports = config.option.no_page = True
        return None
    if not worker:
        _must_be_writable(reports)
        _claim(config, reports)
        if why := shelf.foreign(reports):
            raise targetfile.TargetError(why)
        if why := shelf.unkept():
            raise targetfile.TargetError(why)
        aside = shelf.set_aside(reports)
    if config.option.no_reports:
        return aside
    if not config.option.allure_report_dir:
        config.option.allure_report_dir = str(reports / outputs.ALLURE)
    allure.quiet()
    allure.lenient()
    return aside


def _claim(config: pytest.Config, reports: Path) -> None:
    """Keep the folder for this run until it has ended.

    Raises targetfile.TargetError where another run is writing there.
    """
    try:
        config.add_cleanup(claim.claim(reports))
    except claim.TakenError:
        raise targetfile.TargetError(
            f"--reports {reports}: another run is writing there: wait for it, or name another folder"
        ) from None


def _must_be_writable(reports: Path) -> None:
    """See, before anything is sent, that what is found can be written down; raises targetfile.TargetError."""
    if standing := next((path for path in (reports, *reports.parents) if path.exists() and not path.is_dir()), None):
        raise targetfile.TargetError(
            f"--reports {reports}: {standing} is a file, and a folder was expected: choose another name"
        )
    try:
        reports.mkdir(parents=True, exist_ok=True)
        room.must_be_had(reports, ROOM)
    except OSError as error:
        raise targetfile.TargetError(
            f"--reports {reports}: nothing can be written there ({error.strerror}{room.wanting(reports, ROOM)}): "
            "choose another folder"
        ) from None
