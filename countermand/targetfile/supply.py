"""The orders of a target file: on one side its lists and the files beside it, on the other orders in their states."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from countermand.guard import foreign, intake
from countermand.guard.nearest import meant
from countermand.model.api import NO_STATES
from countermand.model.apis import APIS
from countermand.model.target import Order, Supply
from countermand.targetfile.source import Source, TargetError

#: Where an order is listed: by its keys in the target file, or the words for a row of another.
Place = tuple[str, ...] | str
#: So many orders that are listed twice are named.
MOST = 8
#: What they keep of their own.
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
#: How they mark what is text.
FORMULA = re.compile(r"=|'")
#: How the columns of a list may be separated: a spreadsheet takes what is usual where it stands.
SEPARATORS = (",", ";", "\t")
#: How spreadsheets write numbers of more than eleven digits, or all of them with a decimal point.
FLOAT = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+[.,]0+")


def supply(source: Source, api: str, table: dict[str, Any]) -> Supply:
    """Return the orders that a target file lists and names; raises TargetError."""
    states = APIS[api].states
    for key in table.keys() - {*states} - NO_STATES:
        raise source.error(["orders", key], f"not a state of {api}; known are {', '.join(states)}")
    rows = [(state, number, row) for state in states for number, row in enumerate(table.get(state, []))]
    listed: list[tuple[Place, Order]] = [
        (("orders", state, str(number)), _order(source, api, state, row, str(number))) for state, number, row in rows
    ]
    if "file" in table:
        listed += _listed(source.file(["orders", "file"], table["file"]), api)
    unknown = _order(source, api, "unknown", table["unknown"]) if "unknown" in table else None
    _refuse_twins(source, [*listed, *([(("orders", "unknown"), unknown)] if unknown else [])])
    register = _register(source, api, table["register"]) if "register" in table else None
    return Supply(tuple(order for _, order in listed), unknown, tuple(table.get("command", ())), register)


def oddities(orders: Sequence[Order]) -> Iterator[str]:
    """Say which references were hardly written by the seller.

    A spreadsheet makes floats of long numbers, and their digits are lost.
    """
    for order in orders:
        for reference in filter(None, (order.seller, order.buyer)):
            if FLOAT.fullmatch(reference):
                words = "a spreadsheet has made a float of it: make the column one of text, and export it again"
                yield f"orders: {reference} ({order.state}) is no order number; {words}"
            elif FORMULA.match(reference):
                words = "a spreadsheet has marked it as text: leave the mark out"
                yield f"orders: {reference} ({order.state}) is hardly an order number; {words}"


def _refuse_twins(source: Source, orders: Sequence[tuple[Place, Order]]) -> None:
    """Refuse orders that are listed twice: one can be in one state only, and be used up once."""
    firsts: dict[str, tuple[Place, Order]] = {}
    twins = list[tuple[Place, Order]]()
    for place, order in orders:
        if firsts.setdefault(order.seller, (place, order))[1] is not order:
            twins.append((place, order))
    if not twins:
        return
    (there, first), (place, second) = firsts[twins[0][1].seller], twins[0]
    first_line, numbers = _said(source, there), dict.fromkeys(order.seller for _, order in twins)
    others = [repr(number) for number in numbers if number != second.seller]
    rest = f", and {len(others) - MOST} more" if len(others) > MOST else ""
    also = f"; {', '.join(others[:MOST])}{rest} as well" if others else ""
    raise TargetError(
        f"{_said(source, place)}: {second.seller!r} is listed twice, as {first.state} ({first_line}) "
        f"and as {second.state}{also}"
    )


def _said(source: Source, place: Place) -> str:
    """Say where an order is listed; the lines of a target file are looked for where one is asked for."""
    return place if isinstance(place, str) else source.place(place)


def _register(source: Source, api: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return [orders.register] with the text of the certificate request it names."""
    if not APIS[api].registered:
        able = " and ".join(name for name, row in APIS.items() if row.registered)
        raise source.error(["orders", "register"], f"only orders of {able} can be registered; use command")
    if "csr" not in table:
        return table
    keys = ["orders", "register", "csr"]
    csr = source.file(keys, table["csr"]).read_text(encoding="ascii", errors="replace").strip()
    if "-----BEGIN" not in csr or "REQUEST-----" not in csr or "PRIVATE KEY" in csr:
        raise source.error(keys, f"{table['csr']} is no PEM certificate request")
    return {**table, "csr": csr}


def _order(source: Source, api: str, state: str, row: str | Mapping[str, str], *entry: str) -> Order:
    if isinstance(row, str):
        row = {"seller": row}
    if APIS[api].two_references and "buyer" not in row and state != "unknown":
        raise source.error(
            ["orders", state, *entry],
            f'an order of {api} has two references: {{ seller = "{row["seller"]}", buyer = "..." }}',
        )
    try:
        return Order(state, reference(row["seller"]), reference(row["buyer"]) if row.get("buyer") else "")
    except ValueError as error:
        raise source.error(["orders", state, *entry], str(error)) from None


def order_of(row: Mapping[str, Any], api: str, state: str | None = None) -> Order:
    """Read an order from a row of a CSV or JSON file, or from what a command printed.

    Raises ValueError naming the key.
    """
    state = state or row.get("state")
    if state not in APIS[api].states:
        question = meant(str(state).lower().replace("_", "-"), APIS[api].states)
        raise ValueError(f"state {state!r} is not one of {', '.join(APIS[api].states)}{question and f'; {question}'}")
    for key in ("seller", "order_id", "buyer"):
        if row.get(key) is not None and type(row[key]) not in {str, int}:
            raise ValueError(
                f"{key}: a text was expected, or digits alone, not {foreign.shown(json.dumps(row[key]), 80)}"
            )
    number, buyer = _cell(row, "seller") or _cell(row, "order_id"), _cell(row, "buyer")
    if not number:
        raise _lacking("seller" if APIS[api].two_references else "order_id", row)
    if APIS[api].two_references and not buyer:
        raise _lacking("buyer", row, f": an order of {api} has two references")
    return Order(state, reference(number), reference(buyer) if buyer else "")


def _cell(row: Mapping[str, Any], key: str) -> str:
    """Return what a row says under a key, nothing where it is blank: 0 is a number like any other."""
    return "" if row.get(key) is None else str(row[key])


def _lacking(key: str, row: Mapping[str, Any], why: str = "") -> ValueError:
    instead = [name for name in row if name not in {"state", "seller", "order_id", "buyer"}]
    question = meant(key, instead)
    return ValueError(f"lacks {key}{why}{question and f'; {question}'}".replace("did you mean", "is it"))


def reference(words: str) -> str:
    """Return a reference in its one spelling: the ledger knows an order by its letters. Raises ValueError."""
    plain = words.strip()
    if not plain or "\t" in plain or "\n" in plain or foreign.visible(plain) != plain:
        raise ValueError(f"'{foreign.shown(plain, 80)}' is no order number: it is blank, or holds what is not seen")
    if (usual := "".join(map(_usual, plain))) != plain:
        shown, other = (foreign.shown(word, 80) for word in (plain, usual))
        raise ValueError(f"'{shown}' is written in other letters or digits than '{other}', which it looks like")
    return plain


def _usual(letter: str) -> str:
    """Return a digit of any script as one of ours, and a letter in its usual width."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    is_wide = unicodedata.decomposition(letter).startswith(("<wide>", "<narrow>"))
    return unicodedata.normalize("NFKC", letter) if is_wide else letter


def _listed(path: Path, api: str) -> Iterator[tuple[Place, Order]]:
    """Read orders, with their places, from a CSV or JSON file beside the target file.

    Raises TargetError naming file and row.
    """
    try:
        if path.suffix.lower() in WORKBOOKS:
            raise intake.IntakeError("a workbook: save it as CSV in UTF-8, and name that")  # noqa: TRY301
        rows = _json_rows(path) if path.suffix.lower() == ".json" else _csv_rows(path)
    except intake.IntakeError as error:
        raise TargetError(f"{path}: {error}") from None
    except (OSError, ValueError, csv.Error) as error:
        raise TargetError(f"{path}: cannot be read: {error}") from None
    for place, row in rows:
        try:
            yield place, order_of(row, api)
        except ValueError as error:
            raise TargetError(f"{place}: {error}") from None


def _json_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    rows = intake.parsed(intake.text(path), once=True)
    if not isinstance(rows, list):
        raise ValueError('a list of orders was expected, as in [{"state": "completed", "seller": "..."}]')  # noqa: TRY004 - of the file
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ValueError(  # noqa: TRY004
                f"order {number}: an object with state and seller or order_id was expected, not {json.dumps(row)[:40]}"
            )
    return [(f"{path}: order {number}", row) for number, row in enumerate(rows, 1)]


def _csv_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    with io.StringIO(intake.text(path), newline="") as lines:
        number, head = _head(lines)
        if not head.strip():
            raise intake.IntakeError("is empty: the names of the columns were expected, state among them, and orders")
        separator = next((sign for sign in SEPARATORS if sign in head), SEPARATORS[0])
        names = [
            name.strip().lower() for name in next(csv.reader([head], delimiter=separator, skipinitialspace=True), [])
        ]
        if "state" not in names:
            question = meant("state", names, "none of them is state", cutoff=0.7)
            raise ValueError(
                f"line {number}: the names of the columns were expected, with state among them, "
                f"not '{foreign.shown(head.strip(), 80)}'; {question}"
            )
        _refuse_unclosed(lines.getvalue(), separator)
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        return [
            (f"{path}:{number + reader.line_num}", _named(names, cells, number + reader.line_num))
            for cells in reader
            if any(cell.strip() for cell in cells)  # a spreadsheet writes rows that were cleared as separators alone
        ]


def _refuse_unclosed(text: str, separator: str) -> None:
    """Refuse a quotation mark that is not closed, which would make all that follows one cell; raises ValueError."""
    end = "countermand-end"  # a row of ours, which such a cell takes in
    whole = io.StringIO(f"{text}\n{end}\n", newline="")
    reader = csv.reader(whole, delimiter=separator, skipinitialspace=True)
    begun, line, last = 0, 0, list[str]()
    try:
        for row in reader:
            begun, line, last = line + 1, reader.line_num, row
    except csv.Error:  # a cell that takes in more than a reader allows
        begun, last = line + 1, []
    if last != [end]:
        raise ValueError(f"line {begun}: a quotation mark is not closed")


def _named(names: Sequence[str], cells: Sequence[str], line: int) -> dict[str, Any]:
    """Return the cells of a row by their columns; raises ValueError where one stands in no column that has a name."""
    row = list(zip_longest(names, map(str.strip, cells), fillvalue=""))
    if lost := next((cell for name, cell in row if cell and not name), ""):
        why = "a cell that holds a separator stands in quotation marks, and a column of notes has a name"
        raise ValueError(f"line {line}: '{foreign.shown(lost, 40)}' stands in no column that has a name: {why}")
    return {name: cell for name, cell in row if name}


def _head(lines: Iterable[str]) -> tuple[int, str]:
    """Return the line that names the columns, and its number; a spreadsheet may say the separator before it."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lower().startswith("sep="):
            return number, line
    return 1, ""
