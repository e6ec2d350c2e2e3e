"""What of a certificate would be empty, said before the run."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from countermand.commands import sessions
from countermand.guard.foreign import shown
from countermand.run.plan import EMPTY


def say(targets: Sequence[str], api: str | None, production: Sequence[str] = ()) -> None:
    """Rehearse the run, which sends nothing, and say what would not be applicable.

    What keeps it from being rehearsed the run will say.
    """
    asked = [f"--target={path}" for path in targets] or ["--embedded", *([f"--api={api}"] if api else [])]
    asked += [f"--production={name}" for name in production]
    command = sessions.itself("run", "--dry-run", *asked)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as rehearsal:  # noqa: S603 - ourselves, on the user's own target
        try:
            lines = rehearsal.communicate()[0].splitlines()
        except KeyboardInterrupt:
            rehearsal.terminate()  # it clears away what it has made
            rehearsal.wait()
            raise
    if EMPTY not in lines:
        return
    start = lines.index(EMPTY)
    end = next((at for at in range(start, len(lines)) if not lines[at]), len(lines))
    print(
        *(f"{'  ' if number else ''}{shown(line)}" for number, line in enumerate(lines[start:end])),
        sep="\n",
        flush=True,
    )
