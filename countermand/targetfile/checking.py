"""Holds a target file to its published schema: on one side tables, on the other words about the first thing to mend."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from countermand.guard.nearest import meant
from countermand.model.api import Api
from countermand.model.apis import APIS
from countermand.model.json_schema import mistakes, unknown
from countermand.targetfile.source import Source, TargetError

if TYPE_CHECKING:
    from jsonschema import ValidationError

#: How keys are named that no file holds (RFC 7512, and what OpenSSL's engines and providers take).
ON_TOKEN = re.compile(r"(pkcs11|tpm2tss|tpm2|engine|org\.openssl\.engine):", re.IGNORECASE)
FILES = frozenset({"certificate", "private_key", "pkcs12", "passphrase", "ca", "file"})
SECRETS = frozenset({"passphrase", "api_key"})
#: How a URL begins (RFC 3986, 3.1), and what none of ours holds.
SCHEME, BLANK = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://"), re.compile(r"\s")
#: What stands at a key whose form the schema says in signs, and an example.
FORMS = {
    "name": ("a line of at most 200 characters", "staging"),
    "connect_to": ("host:port", "10.0.0.5:8443 or [::1]:8443"),
    "path": ("a path that begins with / and has no query", "/cancelOrder"),
    "proxy": ("a proxy", "http://proxy.example:3128"),
}
#: How like a known word one must be to be taken for it: "prod" is.
CUTOFF = 0.5
#: So much is named that is wrong: a file with more is of another program.
MOST = 8


def schema() -> dict[str, Any]:
    """Return the published JSON schema of target files, with the words of every API that is installed."""
    return completed(json.loads(_published()), APIS.values())


@cache
def _published() -> str:
    return files("countermand").joinpath("schemas/target.schema.json").read_text(encoding="utf-8")


def completed(published: dict[str, Any], apis: Iterable[Api]) -> dict[str, Any]:
    """Add to a schema the names, states and claims of APIs where it lacks them; what it says of others stays."""
    properties = published["properties"]
    for api in apis:
        if api.name not in properties["api"]["enum"]:
            properties["api"]["enum"].append(api.name)
        for state in api.states:
            properties["orders"]["properties"].setdefault(state, {"$ref": "#/$defs/orders"})
        for claim in api.claims:
            properties["capabilities"]["properties"].setdefault(claim, {"$ref": "#/$defs/claim"})
    return published


def check(source: Source, table: dict[str, Any]) -> None:
    """Hold a table to the schema, and addresses to what can be an address; raises TargetError."""
    _refuse_what_is_no_number(source, table, [])
    whole = schema()
    misspelt = _unknown(source, unknown(table, whole), whole)
    # What is said to be missing may stand there misspelt.
    said = {"additionalProperties", "required"} if misspelt else set[str]()
    wrong = [error for error in mistakes(table, whole) if error.validator not in said]
    if misspelt or wrong:
        raise _joined(source, [*misspelt, *(_explained(source, error) for error in wrong)])
    for keys, value in _texts(table):
        if keys[-1] in FILES and ON_TOKEN.match(value):
            raise source.error(
                keys, "keys on tokens are not supported; a tunnel that holds the key can be named by connect_to"
            )
    for key in ("url", "proxy"):
        if key in table:
            _check_address(source, key, table[key])
    if "connect_to" in table and not _is_host_and_port(table["connect_to"]):
        raise source.error(["connect_to"], _of_form("connect_to", table["connect_to"]))


def _texts(table: dict[str, Any], *at: str) -> Iterator[tuple[list[str], str]]:
    """Return the texts of a table and of those in it, with their keys."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _texts(value, *at, key)
        elif isinstance(value, str):
            yield [*at, key], value


def _check_address(source: Source, key: str, url: str) -> None:
    """See that a URL names a place and nothing besides; what is said of it shows neither user nor password."""
    host, mark, rest = re.findall(r"://([^/?#]*)([/?#]?)(.*)", url)[0]  # the schema has seen to the scheme
    if "@" in rest and "@" not in host and (mark in "?#" or not _names_a_place(url)):
        raise source.error([key], "a / ? # or @ in a user or password is percent-encoded, as %2F %3F %23 %40")
    if why := _no_place(url):
        raise source.error([key], why)
    for mark, what in (("?", "query"), ("#", "fragment")):
        if key == "url" and mark in url:
            why = "the path of the operation is added to url, which ends"
            raise source.error([key], f"url has a {what}: {why} before the {mark}, as in {_bare(url)!r}")


def no_address(url: str) -> str:
    """Say what a URL lacks to be a seller's address; nothing where it is one. Neither user nor password is shown."""
    shown, scheme = _bare(url), (match[1].lower() if (match := SCHEME.match(url)) else "")
    if not shown:
        return "an address was expected, as in https://host:port"
    if not scheme and _names_a_place(f"https://{shown}"):
        return f"an address begins with https://, and {shown!r} does not"
    if scheme == "http":
        return f"nothing is sent without TLS: an address with https:// was expected, not {shown!r}"
    if not url.startswith("https://"):
        small = ", in small letters" if scheme == "https" else ""
        return f"an address was expected, as in https://host:port{small}, not {shown!r}"
    return _no_place(url)


def _no_place(url: str) -> str:
    """Say why a URL names no place; nothing where it names one."""
    if BLANK.search(url):
        return f"holds a blank, which is written %20 if it belongs there: {_bare(url)!r}"
    return "" if _names_a_place(url) else f"names no host, or a port that is none: {_bare(url)!r}"


def _bare(url: str) -> str:
    """Return a URL without user, password, query and fragment; all before the last @ may be of a password."""
    scheme = match[0] if (match := SCHEME.match(url)) else ""
    return scheme + re.split(r"[?#]", url[len(scheme) :].rpartition("@")[2], maxsplit=1)[0]


def _refuse_what_is_no_number(source: Source, value: Any, keys: list[str]) -> None:  # noqa: ANN401 - whatever TOML holds
    """Refuse inf and nan, which are numbers to TOML and to a schema: nobody can wait, or read, so much."""
    if isinstance(value, float) and not math.isfinite(value):
        raise source.error(keys, f"is {value}: a number was expected")
    for key, item in _items(value):
        _refuse_what_is_no_number(source, item, [*keys, str(key)])


def _items(value: Any) -> Iterable[tuple[str | int, Any]]:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_host_and_port(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname and parts.port) and parts.netloc == text and not re.search(r"[@\s]", text)
    except ValueError:
        return False


def _of_form(key: str, value: str) -> str:
    """Say what was expected at a key; all before an @ may be a password, and is not shown."""
    what, example = FORMS[key]
    before, _, shown = value.rpartition("@")
    if key == "connect_to" and before and _is_host_and_port(shown):
        return f"{what} was expected, as in {example}: leave out what stands before the @ of {shown!r}"
    shown = _bare(value) if key == "proxy" else shown
    return f"{what} was expected, as in {example}, not {shown!r}"


def _names_a_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _unknown(source: Source, errors: Sequence[ValidationError], whole: dict[str, Any]) -> list[TargetError]:
    """Name every key that nobody knows, each with where it belongs, or with the one that stands nearest."""
    faults = _once([fault for error in errors for fault in _keys(error, whole)])
    return [source.error(keys, words) for keys, words in faults]


def _once(faults: Iterable[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    """Return what is said of keys, once of the entries of one list that are all wrong in the same way."""
    alike: dict[tuple[str, ...], list[tuple[list[str], str]]] = {}
    for keys, said in faults:
        alike.setdefault((*(key for key in keys if not key.isdigit()), said), []).append((keys, said))
    return [(keys, f"{said}{_more(len(same) - 1)}") for same in alike.values() for keys, said in same[:1]]


def _more(count: int) -> str:
    return f" (and {count} more of that list like it)" if count else ""


def _joined(source: Source, errors: Sequence[TargetError]) -> TargetError:
    """Say all that is wrong with a file at once, in one line and in the order of the file."""
    rests = sorted({str(error).removeprefix(f"{source.path}:").strip() for error in errors}, key=_placed)
    sentences = [
        rests[0],
        *(f"Also {f'in line {rest}'.replace(': ', ', ', 1) if _line(rest) else rest}" for rest in rests[1:MOST]),
    ]
    sentences += [f"And {len(rests) - MOST} more"] if len(rests) > MOST else []
    ended = [words if words.endswith(("?", ".")) else f"{words}." for words in sentences[:-1]]
    return TargetError(
        f"{source.path}:{'' if _line(rests[0]) else ' '}{' '.join([*ended, sentences[-1].removesuffix('.')])}"
    )


def _placed(words: str) -> tuple[int, str]:
    """Return what errors of a file are put in order by."""
    return _line(words), words


def _line(words: str) -> int:
    """Return the line that an error begins with, or 0."""
    match = re.match(r"(\d+): ", words)
    return int(match[1]) if match else 0


def _belongs(key: str, whole: dict[str, Any]) -> str:
    """Say where a key is known that stands somewhere else; nothing of one that nobody knows."""
    top = {
        name: whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for name, part in whole["properties"].items()
    }
    if key in top:
        is_table = top[key].get("type") == "object"
        return f"it is a table of its own, [{key}]" if is_table else "it stands at the top, above every [table]"
    return next((f"it stands under [{name}]" for name, part in top.items() if key in part.get("properties", {})), "")


def _keys(error: ValidationError, whole: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Yield the keys of a table that are not in the schema, and what is said of each."""
    instance, part = cast("Any", error.instance), cast("dict[str, Any]", error.schema)
    known = sorted(part.get("properties", {}))
    listed = f"known are {', '.join(known)}"
    for key in (key for key in instance if key not in known):
        near = _belongs(key, whole) or meant(key, known, listed, CUTOFF)
        yield [*map(str, error.absolute_path), key], f"unknown key{f'; {near}' if near else ''}"
        listed = "" if near == listed else listed  # once for each table


def _explained(source: Source, error: ValidationError) -> TargetError:
    """Say where a table departs from the schema, and what stands nearest."""
    keys = [str(part) for part in error.absolute_path]
    # The stubs allow for an error that is not of a document.
    instance, wanted, part = (
        cast("Any", error.instance),
        cast("Any", error.validator_value),
        cast("dict[str, Any]", error.schema),
    )
    if error.validator == "required":
        table = [key for key in keys if not key.isdigit()]
        missing = [repr(".".join([*table, key])) for key in wanted if key not in instance]
        return source.error(keys, f"lacks {' and '.join(missing)}")
    if error.validator == "enum":
        question = meant(instance, wanted, cutoff=CUTOFF) if isinstance(instance, str) else ""
        advice = f"; {question}" if question else ""
        words = ("no", "yes")[instance] if isinstance(instance, bool) else str(instance)
        if not isinstance(instance, str) and words in wanted:
            advice = f'; write "{words}", in quotes'
        return source.error(keys, f"is one of {', '.join(map(str, wanted))}, not {_scalar(instance)}{advice}")
    if (said := _of_type(error, secret=_is_secret(keys))) is not None:
        return source.error(keys, said)
    if (key := ".".join(keys)) in {"url", *FORMS}:
        return source.error(keys, no_address(str(instance)) if key == "url" else _of_form(key, str(instance)))
    # What is in it is not repeated: it may be a key, wherever it stands.
    if isinstance(instance, (dict, list)) or _is_secret(keys):
        kind = {"object": "a table", "array": "a list", "string": "text"}.get(str(wanted), f"a {wanted}")
        given = "something else"
        if isinstance(instance, list):
            given = "a list of tables" if any(isinstance(entry, dict) for entry in instance) else "a list"
        elif isinstance(instance, dict):
            given = "a table"
        advice = (
            f": write [{'.'.join(keys)}] once, in single brackets"
            if wanted == "object" and given == "a list of tables"
            else ""
        )
        sentence = (
            f"{kind} was expected, and not {given}{advice}" if error.validator == "type" else part.get("description")
        )
        return source.error(keys, sentence or "is not what the documents of target files say")
    # Of alternatives nobody can follow what fits none of them.
    return source.error(keys, (error.validator == "oneOf" and part.get("description")) or error.message)


def _scalar(value: object) -> str:
    """Return a value as it is quoted; what is in a table or a list is not repeated: it may be a key."""
    if isinstance(value, bool):
        return str(value).lower()  # as TOML writes it
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)


def _is_secret(keys: Sequence[str]) -> bool:
    return keys[0] == "headers" or not SECRETS.isdisjoint(keys) if keys else False


def _of_type(error: ValidationError, *, secret: bool) -> str | None:
    """Say what a value that is empty or of another type should be, and how it is written; a secret is not shown."""
    wanted, value = error.validator_value, error.instance
    if value in ("", []):
        return "is empty: a value was expected; what has none is left out"
    if error.validator in {"oneOf", "anyOf"}:
        return next(
            (
                said
                for cause in error.context or ()
                if cause.validator == "type" and (said := _quoted(cause, secret=secret))
            ),
            None,
        )
    if error.validator != "type":
        return None
    if wanted == "array" and isinstance(value, (str, int, float)):
        return "a list was expected: put it in [brackets]" + ("" if secret else f", as in [{json.dumps(str(value))}]")
    if wanted in {"boolean", "number", "integer"} and isinstance(value, (str, bool, float)):
        what = {
            "boolean": "true or false",
            "number": "a number was expected",
            "integer": "a whole number was expected",
        }[str(wanted)]
        return f"{what}{', without quotes' if isinstance(value, str) else ''}, not {_scalar(value)}"
    return _quoted(error, secret=secret)


def _quoted(error: ValidationError, *, secret: bool) -> str | None:
    """Say that a number, which is text here, is written in quotes.

    Digits would be lost, and to a seller it is a name.
    """
    value = error.instance
    if error.validator_value != "string" or not isinstance(value, (int, float)):
        return None
    if secret or isinstance(value, (bool, float)):
        return "text was expected: write it in quotes, with all its digits"
    which = "them" if "orders" in error.absolute_path else "it"
    return f'text was expected, and not a number: write {which} in quotes, as in "{value}"'
