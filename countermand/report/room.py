"""What Allure's page has room for: so much of a run's results and of its target's history as still opens.

A browser, a mail and a CI service all have limits. The page's own program is most of it; the rest is the bodies of
messages, of which long ones are shortened, and earlier runs, of which the last ones are shown. Allure writes what it
draws twice, once for each environment there is, of which a run has one: it is kept once.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from countermand.report import exchanges

#: Bytes that the page stays below, and of what is put into it:
#: what a byte of an attachment, a result and the history costs, and what each attachment costs besides.
MOST = 8_000_000
PROGRAM, ATTACHMENT, RESULT, PAST, EACH = 3_750_000, 1.4, 3.7, 2.6, 350
#: A file of the page: its name, and what is in it in base64; and of which environment it is.
DATA, OF_ENVIRONMENT = re.compile(r'd\("(widgets/[^"]+)","([A-Za-z0-9+/=]*)"\)'), "widgets/default/"
#: Headers that are left out where no body is shown: the size, the time and the kind of it are told beside it.
TOLD_BESIDE = frozenset({"content-length", "date", "connection", "content-type"})
#: What is tried, from the most to the least: so many characters of a body; with none, less is said of the connection;
#: and with no headers, the request line and the status are what is left. Then what has passed loses its description,
#: and as many of it as there is no room for lose their exchanges.
BARE = -1
#: What a scenario says then whose exchanges are left out at last.
LEFT_OUT = "What was sent and answered is left out of this page: it is in record.jsonl."
TRIED = (8192, 4096, 2048, 1024, 512, 256, 128, 64, 0, BARE)


def left(source: Path) -> float:
    """Return the bytes of the page that are left for its history.

    There are fewer than none where the results alone are too large.
    """
    attached, results = (
        [path.stat().st_size for path in source.glob(kind)] for kind in (f"*.{exchanges.EXTENSION}", "*-result.json")
    )
    return MOST - PROGRAM - ATTACHMENT * sum(attached) - EACH * len(attached) - RESULT * sum(results)


def said_once(page: str) -> str:
    """Return the page with what is the same of all environments and of the one there is leading to the same."""
    first = dict[str, tuple[str, str]]()

    def lead(match: re.Match[str]) -> str:
        name, content = match.groups()
        other, said = first.setdefault(name.removeprefix(OF_ENVIRONMENT).removeprefix("widgets/"), (name, content))
        if other == name or not _is_same(content, said):
            return match[0]
        return f'd("{name}",window.allureReportData["{other}"])'

    return DATA.sub(lead, page)


def _is_same(content: str, other: str) -> bool:
    """Say whether two files hold the same: Allure writes it in the order in which it has read the results, any."""
    if content == other or len(content) != len(other):
        return content == other
    try:
        held, others = (json.loads(base64.b64decode(each)) for each in (content, other))
    except ValueError:  # it is no JSON
        return False
    return _in_order(held) == _in_order(others)


def _in_order(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, dict):
        return json.dumps({key: _in_order(value[key]) for key in sorted(value)})
    return json.dumps(sorted(map(_in_order, value)) if isinstance(value, list) else value)


def past(lines: Sequence[str], room: float) -> list[str]:
    """Return the last of the earlier runs, as many as there is room for."""
    kept = list[str]()
    for line in reversed(lines):
        room -= PAST * len(line.encode())
        if room < 0:
            break
        kept.insert(0, line)
    return kept


def fitting(source: Path, scratch: Path) -> Path:
    """Return a folder of results that the page has room for.

    It is the one given, or a copy in which bodies are shortened and say so: those that nobody has to look at first.
    """
    if left(source) >= 0:
        return source
    shutil.copytree(source, scratch)
    whole = {name for path in scratch.glob("*-result.json") for name in _to_be_looked_at(_read(path))}
    attached = sorted(scratch.glob(f"*.{exchanges.EXTENSION}"))
    fine = [path for path in attached if path.name not in whole]
    less = (partial(_leave_descriptions_out, scratch), partial(_leave_exchanges_out, scratch))
    tries = [*(partial(_shorten, fine, most) for most in TRIED), *less]
    for attempt in (*tries, *(partial(_shorten, attached, most) for most in TRIED)):
        attempt()
        if left(scratch) >= 0:
            break
    return scratch


def _shorten(paths: Sequence[Path], most: int) -> None:
    for path in filter(Path.exists, paths):
        path.write_text(json.dumps(_shortened(_read(path), most), separators=(",", ":")), encoding="utf-8")


def _leave_descriptions_out(source: Path) -> None:
    """Leave out what is said of a scenario that has passed and stands beside it: the clause, and where it is from."""
    for path in source.glob("*-result.json"):
        result = _read(path)
        if result.get("status") == "passed":
            result.pop("description", None)
            path.write_text(json.dumps(result, separators=(",", ":")), encoding="utf-8")


def _leave_exchanges_out(source: Path) -> None:
    """Leave out what was sent and answered in scenarios that have passed, in as many as there is no room for."""
    room = left(source)
    for path in sorted(source.glob("*-result.json")):
        if room >= 0:
            return
        result, size = _read(path), path.stat().st_size
        if result.get("status") != "passed":
            continue
        for step in result.get("steps", ()):
            for attached in step.pop("attachments", ()):
                room += EACH + ATTACHMENT * (source / attached["source"]).stat().st_size
                (source / attached["source"]).unlink()
        result["description"] = LEFT_OUT
        path.write_text(json.dumps(result, separators=(",", ":")), encoding="utf-8")
        room += RESULT * (size - path.stat().st_size)


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever Allure, or we, have written
    return json.loads(path.read_text(encoding="utf-8"))


def _to_be_looked_at(result: dict[str, Any]) -> Iterator[str]:
    """Give the names of a result's attachments, unless it has passed."""
    parts = [] if result.get("status") == "passed" else [result]
    while parts:
        part = parts.pop()
        yield from (attached["source"] for attached in part.get("attachments", ()))
        parts += part.get("steps", ())


def _is_kept(header: str) -> bool:
    """Say whether a header stands in an exchange without bodies: what we note of the connection does not."""
    return not header.startswith("(") and header.lower() not in TOLD_BESIDE


def _shortened(exchange: dict[str, dict[str, Any]], most: int) -> dict[str, dict[str, Any]]:
    """Return an exchange of Allure's viewer with bodies of so many characters.

    With none, it is without headers that are told elsewhere, and what we note of the connection beside them.
    At the least it is without any.
    """
    for name in ("request", "response"):
        message = exchange.get(name, {})
        body = message.get("body", {})
        if most <= 0 and "headers" in message:
            kept = message["headers"] if most != BARE else []
            message["headers"] = [each for each in kept if _is_kept(each["name"])]
        words = body.get("value", "")
        if len(words) > max(most, 0):
            start = words[: max(most, 0)].partition(exchanges.SHORTENED)[0]
            body["value"] = (
                f"{start}\n{exchanges.SHORTENED} {body.get('size', len(words))} bytes in all; "
                "the whole is in record.jsonl]"
            )
    return exchange
