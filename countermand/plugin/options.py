"""The suite's options for pytest, and the hooks of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from countermand.model.apis import APIS
from countermand.run import rehearsal


class Hooks:
    """What others do for the plugin: they lend it sellers, and learn where results stand."""

    @pytest.hookspec(firstresult=True)
    def pytest_countermand_embedded(self, api: str | None, folder: Path) -> list[Path]:  # type: ignore[empty-body]
        """Start the embedded sellers of one API or of all, and return their target files."""

    @pytest.hookspec
    def pytest_countermand_finished(self, reports: Path) -> None:
        """Learn where results.json stands, once it is written and holds no secret."""

    @pytest.hookspec(firstresult=True)
    def pytest_countermand_stand_in(  # type: ignore[empty-body]
        self, api: str, parties: dict[str, dict[str, str]], request_root: str
    ) -> rehearsal.StandIn:
        """Return a seller that answers in a target's place, in this process, in a dry run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's own options."""
    group = parser.getgroup("countermand", "conformance")
    group.addoption(
        "--target",
        action="append",
        default=[],
        metavar="FILE",
        help="a target file; without one the embedded sellers are tested",
    )
    group.addoption("--api", choices=list(APIS), help="test the embedded seller of one API only")
    group.addoption(
        "--reports",
        metavar="DIR",
        help="the folder of reports, whole or part (default: reports, reports/part for a part)",
    )
    group.addoption(
        "--replay",
        metavar="FILE",
        help="judge a recorded run again, from a folder of reports or a certificate; nothing is sent",
    )
    group.addoption("--seed", metavar="WORDS", help="draw the same identifiers as the run that said this seed")
    group.addoption(
        "--fail-on", choices=["standard", "inferred"], help="let departures from such clauses fail the target as well"
    )
    group.addoption(
        "--baseline", metavar="FILE", help="known failures and waivers: they change the exit code, never a verdict"
    )
    group.addoption("--ledger", metavar="FILE", help="the ledger of orders used (default: one per user)")
    group.addoption(
        "--own-acceptance",
        action="store_true",
        help="have a cancellation taken up in this run, also where a part could lean on an earlier one",
    )
    group.addoption("--certified", action="store_true", help=argparse.SUPPRESS)  # as certify runs it
    group.addoption(
        "--production", action="append", default=[], metavar="NAME", help="agree that the target so named is production"
    )
    group.addoption(
        "--dry-run", action="store_true", help="say which orders are needed and what would be sent, and send nothing"
    )
    group.addoption(
        "--pytest-output", action="store_true", help="let pytest tell of the run in its own words, as -v does"
    )
    group.addoption("--requests", metavar="DIR", help="with --dry-run: write every request into a new folder")
    group.addoption(
        "--at-once", metavar="N", help="play so many scenarios at once, in processes forked after collection"
    )
    group.addoption("--no-page", action="store_true", help="do not draw allure.html, Allure's own page")
    group.addoption("--no-reports", action="store_true", help="draw no page, and keep no results for Allure's")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks by which sellers are lent, and others learn where results stand."""
    pluginmanager.add_hookspecs(Hooks)
