"""`countermand init`: asks what a target file has to say, writes it, and has the doctor look at it."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from countermand.exits import CommandError, Exit
from countermand.guard import intake, placing
from countermand.guard.nearest import absent, meant
from countermand.model.api import WHO, Api
from countermand.model.apis import APIS
from countermand.protocols.registry import PROTOCOLS
from countermand.targetfile import TargetError, load, no_address
from countermand.targetfile.supply import reference

#: How somebody is asked for what says who we are.
ASKED = {
    "identifier": ("Our buyerIdentifier", ""),
    "reseller": ("Our reseller", ""),
    "username": ("Our user name (X-Username)", ""),
    "api_key": ("Where the key is (env:NAME, file:PATH, command:WORDS)", "env:{api}_KEY"),
}
SOURCES = ("env", "file", "command")

#: How a line of a list of orders begins that is a comment elsewhere, or has no order before its first separator.
ELSEWHERE = re.compile(r"\s*(//|--|[;,](?=.*[^\s;,]))")
COMMENT = "a comment stands on a line of its own, which begins with #"
BESIDE = re.compile(r"^#|\s#\s")
#: A number as a spreadsheet shows it where its column is too narrow, or the number too long.
SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
HEAD = "#:schema {schema}\n# How the target is reached and who asks it; {where}.\n"
#: Where the keys are explained, for APIs of the suite's own and for those that others bring.
EXPLAINED = "targets/{api}.toml of the suite explains every key there is"
IN_COMMON = "the examples in targets/ of the suite explain the keys that all APIs have"


@dataclass
class Answers:
    """What was answered, or given by flags."""

    api: str = ""
    url: str = ""
    name: str = ""
    ca: str = ""
    certificate: str = ""
    private_key: str = ""
    pkcs12: str = ""
    passphrase: str = ""  # SOURCE:VALUE
    identifier: str = ""
    reseller: str = ""
    seller: str = ""
    username: str = ""
    api_key: str = ""  # SOURCE:VALUE
    orders: list[tuple[str, ...]] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", default="mine.toml", metavar="FILE", type=Path, help="the file to write (default: mine.toml)"
    )
    parser.add_argument("--overwrite", action="store_true", help="write that file anew, also where it was edited since")
    parser.add_argument(
        "--from-flags", action="store_true", help="ask nothing: what is not given by an option is left out"
    )
    parser.add_argument("--api", choices=list(APIS), help="the API")
    parser.add_argument("--url", help="the seller's address; an operation at its end is taken off")
    parser.add_argument("--name", help="how reports call the target (default: its host)")
    parser.add_argument("--ca", metavar="FILE", help="the authorities that vouch for the server, PEM")
    parser.add_argument("--certificate", metavar="FILE", help="ala: our certificate, PEM")
    parser.add_argument("--private-key", metavar="FILE", help="ala: its key, PEM")
    parser.add_argument("--pkcs12", metavar="FILE", help="ala: certificate and key as PKCS#12, instead")
    parser.add_argument(
        "--passphrase", metavar="SOURCE", help="where the passphrase is: env:NAME, file:PATH or command:WORDS"
    )
    parser.add_argument("--identifier", help="ala: our buyerIdentifier")
    parser.add_argument("--seller", help="ala: the sellerIdentifier")
    parser.add_argument("--reseller", help="ala: cfh:resellerId")
    parser.add_argument("--username", help="opensrs: X-Username")
    parser.add_argument(
        "--api-key", metavar="SOURCE", help="opensrs: where the key is: env:NAME, file:PATH or command:WORDS"
    )
    parser.add_argument(
        "--orders",
        metavar="FILE",
        help="a list of orders, one per line: its references, and its state, separated by , ; or tabs; "
        "a line that begins with # is a comment (- : stdin)",
    )
    parser.add_argument("--no-doctor", action="store_true", help="do not have the doctor look at it")
    parser.epilog = (
        "Exit: as countermand doctor ends with the file that was written. "
        "example: countermand init --from-flags --api opensrs --url https://127.0.0.1:55443 "
        "--username qa --api-key env:OPENSRS_KEY"
    )


def main(options: argparse.Namespace) -> int:
    """Ask, write the file, and return what the doctor makes of it."""
    if os.path.lexists(options.out) and not options.overwrite:
        raise CommandError(f"{options.out}: is there already: say --overwrite, or --out with another name")
    values: dict[str, Any] = {
        answer.name: getattr(options, answer.name) or "" for answer in fields(Answers) if answer.name != "orders"
    }
    given = Answers(**values)
    listed = f"--orders {options.orders}" if options.orders else ""
    rows = _listed(options.orders, listed) if options.orders else {}
    given.orders = list(rows.values())
    _refuse(given)
    if given.api in APIS:
        _must_be_for(listed, rows, given)
    if not options.from_flags:
        rows = _ask_all(given, _asker(), options.out.parent) or rows
    _completed(given)
    _must_be_for(listed, rows, given)
    _write(options.out, _text(given), anew=options.overwrite)
    print(f"{options.out}: written")
    try:
        load(options.out)
    except TargetError as error:
        print(f"to be mended first: {error}")
        return Exit.USAGE
    if options.no_doctor:
        return 0
    from countermand.commands import doctor  # noqa: PLC0415 - sockets and TLS, which only the doctor needs

    return doctor.main(argparse.Namespace(target=str(options.out), production=None, json=False))


def _asker() -> Callable[[str, str], str]:
    """Return what asks a question and gives the answer, or the default where there is none.

    Raises CommandError where nobody answers.
    """

    def ask(question: str, default: str = "") -> str:
        print(f"{question}{f' [{default}]' if default else ''}: ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise CommandError("nobody answers: say --from-flags, and the options that init --help lists")
        return line.strip() or default

    return ask


def _ask_all(given: Answers, ask: Callable[[str, str], str], folder: Path) -> dict[int, tuple[str, ...]]:
    """Ask for all that was not given, and return the rows of a list of orders that is among the answers.

    Files are named as they lie beside the one that is written, in its folder.
    """
    given.api = given.api or _api(ask)
    given.url = given.url or _until(no_address, ask, "The seller's address, as in https://staging.example")
    given.name = given.name or ask("How reports shall call it", urlsplit(given.url).hostname or "")
    authority = "PEM file of the authority of its certificate, where that is not a public one"
    given.ca = given.ca or _until_there(ask, authority, folder)
    if (row := APIS.get(given.api)) is not None:
        if row.client_certificate:
            _ask_certificate(given, ask, folder)
        for name in row.needs:
            setattr(given, name, getattr(given, name) or _asked(name, row, ask))
        if row.seller_name:
            given.seller = given.seller or ask("The sellerIdentifier", row.seller_name)
    rows = {} if given.orders else _orders_asked(APIS[given.api])
    given.orders = given.orders or list(rows.values())
    return rows


def _orders_asked(api: Api) -> dict[int, tuple[str, ...]]:
    """Ask for orders until each line names one, as all other answers would be lost with them.

    Raises CommandError where nobody answers any more.
    """
    wrong: CommandError | None = None
    while True:
        print("Orders, one per line or as CSV, an empty line at the end (the name of a file will do):", flush=True)
        lines = list[str]()
        while (line := sys.stdin.readline()).strip():
            lines.append(line.strip())
        if wrong and not (line or lines):
            raise wrong
        name = lines[0] if len(lines) == 1 and Path(lines[0]).is_file() else ""
        try:
            rows = _listed(name, name) if name else _rows("\n".join(lines), name)
            _must_name_orders(name, rows, api)
        except CommandError as error:
            wrong = error
            print(error)
        else:
            return rows


def _api(ask: Callable[[str, str], str]) -> str:
    """Ask which API it is, until it is one that there is: the questions that follow are about that one."""
    while (api := ask(f"Which API ({' or '.join(APIS)})", next(iter(APIS))).lower()) not in APIS:
        print(f"there is no API {api!r}; {meant(api, APIS, 'it is one of these')}")
    return api


def _until(wrong: Callable[[str], str], ask: Callable[[str, str], str], question: str, default: str = "") -> str:
    """Ask until what is answered can be used, and say each time what is wrong with it."""
    while why := wrong(answer := ask(question, default)):
        print(why)
    return answer


def _until_there(
    ask: Callable[[str, str], str],
    question: str,
    folder: Path,
    wrong: Callable[[str], str] = lambda _: "",
) -> str:
    """Ask for a file until it is there, or is named once more by whoever has yet to put it there."""
    before = None
    while (answer := _until(wrong, ask, question)) and answer != before:
        try:
            path = folder / intake.home(answer)
            intake.look(path)
        except FileNotFoundError:
            print(f"{intake.shown(path)}: {absent(path)}; if it is yet to come, say it once more")
        except (intake.IntakeError, RuntimeError) as error:
            print(f"{intake.shown(answer)}: {error}")
        else:
            break
        before = answer
    return answer


def _no_source(reference: str) -> str:
    """Say that it is not told where a secret is; nothing where it is, or where there is none."""
    source, _, value = reference.partition(":")
    usable = not reference or (source in SOURCES and value)
    return "" if usable else "say where it is, and not what it is: env:NAME, file:PATH or command:WORDS"


def _asked(name: str, row: Api, ask: Callable[[str, str], str]) -> str:
    question, usual = ASKED.get(name, (name, ""))
    default = usual.format(api=row.name.upper().replace("-", "_"))
    return _until(_no_source if name == "api_key" else _nothing, ask, question, default)


def _nothing(answer: str) -> str:
    """Say that a target file cannot do without an answer; nothing where there is one."""
    return "" if answer else "the file cannot do without it"


def _ask_certificate(given: Answers, ask: Callable[[str, str], str], folder: Path) -> None:
    if not (given.certificate or given.pkcs12):
        path = _until_there(ask, "Our certificate (PEM or PKCS#12)", folder, _nothing)
        if Path(path).suffix.lower() in {".p12", ".pfx"}:
            given.pkcs12 = path
        else:
            given.certificate = path
            given.private_key = given.private_key or _until_there(ask, "Its key (PEM)", folder)
    question = "Where its passphrase is, if it has one (env:NAME, file:PATH, command:WORDS)"
    given.passphrase = given.passphrase or _until(_no_source, ask, question)


def _completed(given: Answers) -> None:
    """See that the answers make a target file; raises CommandError."""
    if given.api not in APIS:
        raise CommandError(f"--api {given.api or 'is missing'}: one of {', '.join(APIS)}")
    if not given.url:
        raise CommandError("--url is missing: an address as in https://staging.example")
    given.url = given.url.rstrip("/").removesuffix(PROTOCOLS[given.api].path.rstrip("/") or "//").rstrip("/")
    given.name = given.name or str(urlsplit(given.url).hostname)


def _refuse(given: Answers) -> None:
    """Refuse, before anything is asked, what was given and cannot be used; raises CommandError."""
    if given.url and (why := no_address(given.url)):
        raise CommandError(f"--url: {why}")
    for option, held in (("--passphrase", given.passphrase), ("--api-key", given.api_key)):
        if why := _no_source(held):
            raise CommandError(f"{option}: {why}")


def _read(name: str, said: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else intake.decoded(intake.read(Path(name), piped=True))
    except FileNotFoundError:
        raise CommandError(f"{said}: {absent(Path(name))}") from None
    except UnicodeDecodeError:  # of standard input
        raise CommandError(f"{said}: cannot be read: it is not UTF-8") from None
    except intake.IntakeError as error:
        raise CommandError(f"{said}: {error}") from None


def _listed(name: str, said: str) -> dict[int, tuple[str, ...]]:
    """Return the rows of a list of orders that a file holds, and say what of it is no order; raises CommandError."""
    text = _read(name, said)
    rows, comments = _rows(text, said), sum(map(_is_comment, text.splitlines()))
    if comments or not rows:
        passed = f", and {comments} line{'s' if comments > 1 else ''} with a comment passed over" if comments else ""
        print(f"{said}: {len(rows) or 'no'} order{'' if len(rows) == 1 else 's'}{passed}")
    return rows


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _rows(text: str, said: str) -> dict[int, tuple[str, ...]]:
    """Return the rows of a list of orders by their lines, each however separated; raises CommandError.

    A row of names of columns is passed over, and a separator that a spreadsheet has said, and a comment. What begins
    as comments do elsewhere is refused: whoever has put it there has taken that order off the list.
    """
    rows = dict[int, tuple[str, ...]]()
    for number, line in enumerate(text.splitlines(), 1):
        if _is_comment(line):
            continue
        if begun := ELSEWHERE.match(line):
            raise CommandError(f"{_line(said, number)}: begins with {begun[1]}, and not with an order; {COMMENT}")
        separator = next((character for character in (";", "\t", ",") if character in line), " ")
        row = tuple(cell.strip() for cell in next(csv.reader([line], delimiter=separator), []) if cell.strip())
        named = {cell.lower() for cell in row} & {"seller", "buyer", "order_id", "state"}
        if row and not named and not line.lower().startswith("sep="):
            rows[number] = row
    return rows


def _must_be_for(said: str, rows: Mapping[int, tuple[str, ...]], given: Answers) -> None:
    """See, before anything is written, that what was given is for the API; raises CommandError."""
    api = APIS[given.api]
    for key in WHO:
        if getattr(given, key) and key not in (*api.needs, *api.may_say):
            raise CommandError(f"--{key.replace('_', '-')}: is not for {api.name}: leave it out")
    if given.seller and not api.seller_name:
        raise CommandError(f"--seller: is not for {api.name}: leave it out")
    if given.pkcs12 and (given.certificate or given.private_key):
        raise CommandError("--pkcs12: that file holds certificate and key: leave --certificate and --private-key out")
    _must_name_orders(said, rows, api)


def _line(said: str, number: int) -> str:
    """Return the place of a line: in a list that said names, or among the answers."""
    return f"{said}: line {number}" if said else f"line {number} of the orders"


def _must_name_orders(said: str, rows: Mapping[int, tuple[str, ...]], api: Api) -> None:
    """See, before anything is written, that each line of a list names an order of its own; raises CommandError."""
    wanted = ("seller's reference", "buyer's reference") if api.two_references else ("number",)
    firsts = dict[str, int]()
    for number, row in rows.items():
        if any(BESIDE.search(cell) for cell in row):
            raise CommandError(f"{_line(said, number)}: holds a comment beside its order; {COMMENT}")
        _, cells = _parted(row, api)
        if len(cells) < len(wanted):
            raise CommandError(
                f"{_line(said, number)}: {' and '.join(wanted)} of an order were expected, "
                f"separated by a comma, and a state where it is another than {api.in_flight}: not {', '.join(row)!r}"
            )
        for cell in cells:
            try:
                reference(cell)
            except ValueError as error:
                raise CommandError(f"{_line(said, number)}: {error}") from None
            if SHORTENED.fullmatch(cell):
                raise CommandError(
                    f"{_line(said, number)}: {cell!r} is a number that a spreadsheet has shortened, and its last "
                    "digits are lost: export the column as text"
                )
            if not any(letter.isdigit() for letter in cell) and (question := meant(cell.lower(), api.states)):
                raise CommandError(f"{_line(said, number)}: {cell!r} is no state of {api.name}; {question}")
        if more := cells[len(wanted) :]:
            raise CommandError(
                f"{_line(said, number)}: {more[0]!r} is no state of {api.name}, and a line is about one "
                f"order; there are {', '.join(api.states)}"
            )
        if (first := firsts.setdefault(cells[0], number)) != number:
            raise CommandError(f"{_line(said, number)}: {cells[0]!r} is in line {first} as well")


def _text(given: Answers) -> str:
    schema = Path(str(files("countermand").joinpath("schemas/target.schema.json"))).as_uri()
    where = EXPLAINED.format(api=given.api) if APIS[given.api].home is None else IN_COMMON
    return "\n".join([HEAD.format(schema=schema, where=where), *_lines(given), ""])


def _lines(given: Answers) -> Iterator[str]:
    yield from (f"name = {_word(given.name)}", f"api = {_word(given.api)}", f"url = {_word(given.url)}")
    yield 'environment = "staging"    # or "production": then --production NAME must be said as well'
    if given.ca:
        yield from ("", "[trust]", f"ca = {_word(given.ca)}")
    yield from ("", "# Who we are: never a secret itself, only where it is.", "[buyer]")
    for key in ("certificate", "private_key", "pkcs12", "identifier", "reseller", "username"):
        if value := getattr(given, key):
            yield f"{key} = {_word(value)}"
    for key in ("passphrase", "api_key"):
        if value := getattr(given, key):
            yield f"{key} = {_secret(value)}"
    if usual := APIS[given.api].seller_name:
        yield from ("", "[seller]", f"identifier = {_word(given.seller or usual)}")
    yield from (
        "",
        "# One whose cancellation is taken up is used up; countermand orders shows what is left.",
        "[orders]",
        *_supply(given),
    )


def _supply(given: Answers) -> Iterator[str]:
    row = APIS[given.api]
    by_state: dict[str, list[str]] = {row.in_flight: []}
    for order in given.orders:
        state, cells = _parted(order, row)
        pairs = ", ".join(f"{key} = {_word(cell)}" for key, cell in zip(("seller", "buyer"), cells, strict=False))
        first = cells[0] if cells else ""
        by_state.setdefault(state, []).append(f"{{ {pairs} }}" if row.two_references else _word(first))
    for state, orders in by_state.items():
        yield from (f"{state} = [", *(f"  {order}," for order in orders), "]")


def _parted(order: tuple[str, ...], api: Api) -> tuple[str, list[str]]:
    """Return the state of an order of a list, and its references."""
    states = {_folded(state): state for state in api.states}
    said = next((cell for cell in order if _folded(cell) in states), None)
    return states.get(_folded(said or ""), api.in_flight), [cell for cell in order if cell != said]


def _folded(state: str) -> str:
    return re.sub(r"[-_ ]", "", state).lower()


def _secret(reference: str) -> str:
    source, _, value = reference.partition(":")
    shown = json.dumps(value.split(), ensure_ascii=False) if source == "command" else _word(value)
    return f"{{ {source} = {shown} }}"


def _word(words: str) -> str:
    """Return a TOML basic string, whose escapes are those of JSON and one more (TOML 1.0, String)."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str, *, anew: bool) -> None:
    """Write a file, whole or not at all, for its owner alone; what is another's, behind a link, is left as it is."""
    try:
        (placing.instead if anew else placing.add)(path, text.encode(), mode=0o600)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from None
