"""Where runs are kept, so that none destroys the evidence of another.

The latest whole run of a target stands in the folder of reports itself. A part of the suite, and a run of the embedded
sellers where a target's run stands, are put into folders of their own below it. What stood there before is set aside
below `earlier/`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from countermand.guard import intake
from countermand.guard.foreign import shown
from countermand.model.files import EARLIER, EMBEDDED, PART, SET_ASIDE
from countermand.report import history, outputs
from countermand.report.terminal import near

#: How many earlier runs are kept per folder, unless COUNTERMAND_KEEP says otherwise; each is some megabytes.
KEPT = 20
KEEP = "COUNTERMAND_KEEP"
#: By these a folder is known to hold somebody's project.
PROJECT = (".git", "pyproject.toml")
#: What private keys are called.
PKCS12 = frozenset({".p12", ".pfx"})
KEYS = PKCS12 | {".pem", ".key"}


def kept_runs() -> int | None:
    """Return how many earlier runs are kept; None, and so all, where what was set is no number of them."""
    setting = os.environ.get(KEEP, "").strip()
    if not setting:
        return KEPT
    return int(setting) if re.fullmatch(r"[1-9][0-9]{0,8}", setting) else None


def unkept() -> str | None:
    """Say what is wrong with how many earlier runs are to be kept.

    None is no number of them: no run destroys the evidence of another.
    """
    if kept_runs() is not None:
        return None
    setting = shown(os.environ[KEEP].strip(), 50)
    return f"{KEEP}={setting}: a number of earlier runs from 1 on was expected; unset it to keep {KEPT}"


def unfit(folder: Path) -> str | None:
    """Say why a folder that somebody named is none for reports.

    What a run moves and looks through there is to be its own.
    """
    whole = Path(os.path.realpath(folder))
    kinds = {
        "the root of a file system": whole.parent == whole,
        "somebody's home": whole == Path(os.path.realpath(os.path.expanduser("~"))),  # noqa: PTH111 - which may be unknown
        "a project": any((whole / name).exists() for name in PROJECT),
        "where private keys lie, and reports are handed on whole": key_in(whole) is not None,
    }
    problem = next((kind for kind, so in kinds.items() if so), None)
    return problem and f"--reports {folder}: is {problem}: name a folder below it, as in {folder / 'reports'}"


def key_in(folder: Path) -> Path | None:
    """Return a private key that lies in a folder, if one does."""
    return next(filter(_is_key, _files(folder)), None)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in KEYS]
    except OSError:
        return []


def _is_key(path: Path) -> bool:
    """Say whether a file is a private key, by how its kind begins: PEM (RFC 7468), or a PKCS#12 by its name alone."""
    try:
        return path.suffix.lower() in PKCS12 or b"PRIVATE KEY-----" in intake.read(path, 2**20)
    except (OSError, ValueError):
        return False


def foreign(folder: Path) -> str | None:
    """Say which file keeps a run from writing to a folder.

    That is one that a run would replace, and that none has written, or what leads its reports elsewhere.
    """
    earlier = folder / EARLIER
    led = earlier if earlier.is_symlink() or (earlier.exists() and not earlier.is_dir()) else outputs.astray(folder)
    if led is not None:
        return (
            f"--reports {folder}: {led} is a link or no plain file, and would lead elsewhere what a run writes: "
            "remove it, or name another folder"
        )
    path = outputs.not_ours(folder)
    return (
        None
        if path is None
        else f"--reports {folder}: {path} is there already, and was not written by a run: name another folder"
    )


def place(folder: Path, *, part: bool, embedded: bool) -> Path:
    """Return where a run belongs that was told no folder of its own."""
    if part:
        return folder / PART
    return folder / EMBEDDED if embedded and _is_of_a_target(folder) else folder


def set_aside(folder: Path) -> Path | None:
    """Move what an earlier run has left into a folder of its own, and return it.

    Files that no run writes stay, and those that stand where one writes are moved as well. Raises OSError.
    """
    results = _results(folder)
    if results is None:
        outputs.clean(folder)  # what no results speak of is no evidence
        return None
    aside = _free(folder / EARLIER / _name(results))
    aside.mkdir(parents=True)
    for path in filter(Path.exists, outputs.of_a_run(folder)):
        if path.name != history.NAME:  # which goes on
            _move(path, aside / path.relative_to(folder))
    outputs.tidy(folder)
    return aside


def prune(folder: Path) -> None:
    """Remove the runs set aside there beyond those that are kept; raises OSError."""
    if (folder / EARLIER).is_dir():
        for path in _old(folder / EARLIER):
            outputs.remove(path)


def put_back(folder: Path, aside: Path | None) -> None:
    """Have a run that was set aside for one that came to nothing stand again where it stood; raises OSError."""
    outputs.clear(folder)
    if aside is not None:
        for path in [path for path in aside.rglob("*") if not path.is_dir()]:
            _move(path, folder / path.relative_to(aside))
        shutil.rmtree(aside)
        with contextlib.suppress(OSError):  # there are others
            aside.parent.rmdir()


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, to)


def last_tested(folder: Path) -> Path | None:
    """Return where the last run stands that was set aside in a folder and had tested anything, if there is one."""
    kept = sorted(folder.glob(f"{EARLIER}/*"), reverse=True)
    return next((path for path in kept if (results := _results(path)) and results.get("untested") is None), None)


def where_kept(folder: Path, how: str) -> str | None:
    """Say where the last run stands that was set aside there and had tested anything; how is what takes it up again."""
    before = last_tested(folder)
    return None if before is None else f"the last run that tested anything is kept: {how}{shlex.quote(near(before))}"


def _old(earlier: Path) -> Iterator[Path]:
    """Yield the runs beyond those that are kept, the oldest first; only what we have named, and put results into.

    Those that tested nothing push none out.
    """
    kept = kept_runs()
    if kept is None:
        return
    named = sorted(path for path in earlier.iterdir() if SET_ASIDE.match(path.name))
    with_results = {path: results for path in named if len(named) > kept and (results := _results(path)) is not None}
    runs = list(with_results)
    untested = [path for path, results in with_results.items() if results.get("untested") is not None]
    for some in (untested, [path for path in runs if path not in untested]):
        yield from some[: max(0, len(some) - kept)]


def _results(folder: Path) -> dict[str, Any] | None:
    """Return the results of the run that stands in a folder, if one does."""
    try:
        results = outputs.document(folder / outputs.RESULTS)
    except (OSError, ValueError):
        return None
    known = isinstance(results, dict) and results.keys() >= outputs.KEYS and isinstance(results["targets"], list)
    return results if known else None


def _is_of_a_target(folder: Path) -> bool:
    results = _results(folder) or {"targets": []}
    return any(
        not str(target.get("name", "")).startswith("embedded-")
        for target in results["targets"]
        if isinstance(target, dict)
    )


def _name(results: dict[str, Any]) -> str:
    """Return when the run began, of which targets it was, and that it was no whole one, as the name of a folder."""
    began = str(results.get("started", ""))[:19].replace(":", "-")
    names = [str(target.get("name", "")) for target in results["targets"] if isinstance(target, dict)]
    less = "part" if results.get("asked") else "incomplete"  # as the front page has it
    words = "-".join([began, *names, *([] if results.get("complete") else [less])])
    return re.sub(r"[^\w.-]+", "-", words)[:120]


def _free(path: Path) -> Path:
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.name}-{number}")
        number += 1
    return free
