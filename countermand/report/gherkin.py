"""The steps of a scenario, for Allure's results and for our own."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

import pytest
from allure_commons.model2 import Status, TestStepResult

from countermand.model.results import Step
from countermand.model.rows import ExchangeRow
from countermand.model.verdict import NotApplicable
from countermand.report.allure import Reporter, attach, unique
from countermand.report.naming import clean

NOT_REACHED = "not reached"


class Sentence(Protocol):
    """What we need to know of pytest-bdd's step."""

    keyword: str
    name: str
    type: str


class Gherkin:
    """The steps of one running scenario, mirrored into Allure and kept for the results."""

    def __init__(self, allure: Reporter | None, sentences: Iterable[Sentence]) -> None:
        self._allure = allure
        self._ahead = list(sentences)
        self._current: tuple[Sentence, str] | None = None
        self._ended: list[Step] = []
        self.attached: set[int] = set()

    def begin(self, sentence: Sentence) -> None:
        """Open a step."""
        # pytest-bdd renders a scenario anew for every use: its steps are equal, not the same.
        self._ahead = self._ahead[1:]
        self._current = (sentence, self._open(sentence))

    def end(self, error: BaseException | None = None) -> None:
        """Close the open step, if one is open, with what became of it."""
        if self._current:
            sentence, step = self._current
            self._current = None
            self._close(sentence, step, status(sentence, error))

    def finish(self, error: BaseException | None = None) -> tuple[Step, ...]:
        """Close what is still open (a skip reaches no other hook), show what was not reached, and return all steps."""
        self.end(error)
        for sentence in self._ahead:
            self._close(sentence, self._open(sentence, f" ({NOT_REACHED})"), NOT_REACHED)
        self._ahead = []
        return tuple(self._ended)

    def attach(self, exchange: ExchangeRow) -> None:
        """Put a masked exchange into the open step, or into the test where no step is open."""
        self.attached.add(exchange["number"])
        attach(self._allure, exchange)

    def _open(self, sentence: Sentence, suffix: str = "") -> str:
        step = unique()
        if self._allure:
            name = clean(f"{sentence.keyword} {sentence.name}{suffix}")
            self._allure.start_step(None, step, TestStepResult(name=name, start=_now()))
        return step

    def _close(self, sentence: Sentence, step: str, status: str) -> None:
        self._ended.append(Step(sentence.keyword, sentence.name, status))
        if self._allure:
            self._allure.stop_step(step, stop=_now(), status=Status.SKIPPED if status == NOT_REACHED else status)


def status(sentence: Sentence, error: BaseException | None) -> str:
    """Return how a step went: only a Then or a When accuses, a Given that does not hold is our trouble."""
    if error is None:
        return "passed"
    if isinstance(error, (NotApplicable, pytest.skip.Exception)):
        return "skipped"
    return "failed" if isinstance(error, AssertionError) and sentence.type != "given" else "broken"


def _now() -> int:
    return round(time.time() * 1000)
