"""What the processes of a run share, through a folder.

It is finished scenarios, what one process has made for all, and why the run was stopped.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from countermand.model.rows import PlayedRow, ShownRow

#: The file by which the processes of a run tell each other that it was stopped, and why.
STOPPED = "stopped"
#: The file by which whoever gives scenarios out says that all are over which others wait for.
SETTLED = "settled"

Made = TypeVar("Made", bound=Mapping[str, object])


@dataclass
class Shared:
    """What the processes of a run share: each writes into the folder, and sees what all others have written."""

    folder: Path
    worker: str = field(default="main", kw_only=True)
    #: Who writes down what is done here, where this process does not.
    report: Callable[[Any], None] | None = field(default=None, kw_only=True)
    #: Who is told that another scenario of the clause may begin, where one waits for the other.
    next_may_begin: Callable[[], None] | None = field(default=None, kw_only=True)
    #: What waits until no order of the clause's scenario before is at risk any more, where the two are played at once.
    turn: Callable[[], None] | None = field(default=None, kw_only=True)
    #: Of each file: up to where, and what.
    _read: dict[Path, tuple[int, list[PlayedRow]]] = field(default_factory=dict, kw_only=True)
    #: Finished scenarios that could not be written down.
    _kept: list[PlayedRow] = field(default_factory=list, kw_only=True)
    _made: dict[str, Any] = field(default_factory=dict, kw_only=True)  # what was made once stays as it is
    _stopped: str | None = field(default=None, kw_only=True)

    def stop(self, reason: str) -> None:
        """Let no process of this run begin another scenario; the first reason stands."""
        self._stopped = self.stopped or reason
        with contextlib.suppress(OSError):
            (self.folder / STOPPED).write_text(self._stopped, encoding="utf-8", errors="backslashreplace")

    @property
    def stopped(self) -> str | None:
        """Why this run was stopped, if it was, by whichever process."""
        if self._stopped is None:
            with contextlib.suppress(OSError):
                self._stopped = (self.folder / STOPPED).read_text(encoding="utf-8") or None
        return self._stopped

    def append(self, row: PlayedRow) -> None:
        """Write down a finished scenario, at once and for all processes.

        Where that cannot be done, keep it and stop.
        """
        if self.report is not None:
            self.report(row)
            return
        try:
            with (self.folder / f"scenarios-{self.worker}.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as error:
            self._kept.append(row)
            self.stop(f"what was found cannot be written down in {self.folder}: {error.strerror or error}")

    def rows(self) -> list[PlayedRow]:
        """Return every scenario that is done, of all processes."""
        for path in sorted(self.folder.glob("scenarios-*.jsonl")):
            start, rows = self._read.get(path, (0, []))
            if path.stat().st_size > start:
                with path.open("rb") as lines:
                    lines.seek(start)
                    # A line that is being written is left for the next time.
                    whole, newline, _ = lines.read().rpartition(b"\n")
                # Not splitlines: a reply may hold U+2028.
                fresh = [json.loads(line) for line in whole.split(b"\n") if line]
                self._read[path] = (start + len(whole) + len(newline), rows + fresh)
        return [*(row for _, rows in self._read.values() for row in rows), *self._kept]

    def settle(self) -> None:
        """Let nobody wait any longer for scenarios that have not ended: none will be begun."""
        with contextlib.suppress(OSError):
            (self.folder / SETTLED).touch()

    def made(self, name: str) -> Any:  # noqa: ANN401 - a row of its own kind
        """Return what one process of the run has made, if one has."""
        if name not in self._made and (path := self.folder / f"{name}.json").exists():
            self._made[name] = json.loads(path.read_text(encoding="utf-8"))
        return self._made.get(name)

    def offer(self, name: str, made: Mapping[str, object]) -> None:
        """Let all others be given what a process has made already, unless one of them was quicker; waits for nobody."""
        path = self.folder / f"{name}.json"
        written = path.with_suffix(f".{self.worker}")
        written.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(written)
        written.unlink()

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what one process of the run makes and all others are given.

        What make raises, it raises for its caller alone.
        """
        if self.made(name) is None:
            with FileLock(self.folder / f"{name}.lock"):
                if self.made(name) is None:
                    self.offer(name, make())
        result: Made = self.made(name)
        return result

    def broken(self, api: str, clause: str) -> bool:
        """Say whether a scenario of this run has used up an order to show that a clause is broken."""
        return (self.folder / f"broken.{api}.{clause}").exists()

    def note_broken(self, api: str, clause: str, verdict: str) -> None:
        """Remember that a scenario has used up an order to show that a clause is broken, and its verdict."""
        written = self.folder / f"verdict-{self.worker}"
        written.write_text(verdict, encoding="ascii")
        written.replace(self.folder / f"broken.{api}.{clause}")  # whoever reads it reads the whole

    def faults(self, api: str) -> set[str]:
        """Return the verdicts of the faults that have used up an order of an API's target.

        What another target does is no matter of this one.
        """
        return {path.read_text(encoding="ascii") for path in self.folder.glob(f"broken.{api}.*")}

    def shown(self, name: str) -> ShownRow | None:
        """Return which clause a request has shown broken, and how heavily that weighs, if one of that name has."""
        row: ShownRow | None = self.made(f"shown-{name}")
        return row

    def note_shown(self, name: str, clause: str, verdict: str) -> None:
        """Remember which clause a request has shown broken, and how heavily that weighs."""
        self.offer(f"shown-{name}", {"clause": clause, "verdict": verdict})

    def note_unwritten(self, orders: Iterable[str]) -> None:
        """Remember orders whose use the ledger may not tell."""
        with (
            contextlib.suppress(OSError),
            (self.folder / f"unwritten-{self.worker}").open("a", encoding="utf-8") as lines,
        ):
            lines.writelines(f"{number}\n" for number in orders)

    @property
    def settled(self) -> bool:
        """Whether all that will be done is done."""
        return self.worker == "main" or (self.folder / SETTLED).exists()

    @property
    def unwritten(self) -> list[str]:
        """The numbers of orders whose use the ledger may not tell."""
        numbers = list[str]()
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob("unwritten-*")):
                numbers += path.read_text(encoding="utf-8").splitlines()
        return numbers
