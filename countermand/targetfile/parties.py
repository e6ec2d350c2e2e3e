"""Who asks.

On one side the tables of identities, on the other certificates, names and secrets, wherever these are kept.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Any

from countermand.guard import commanding, intake, private
from countermand.model import gateway
from countermand.model.apis import APIS
from countermand.model.secret import Secret
from countermand.model.target import Identity
from countermand.targetfile import belonging
from countermand.targetfile.source import Source, TargetError

IDENTITIES = ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")
FILES = ("certificate", "private_key", "pkcs12")
#: Seconds a command may take to tell a secret.
PATIENCE = 30


def identities(source: Source, table: dict[str, Any]) -> tuple[dict[str, Identity], list[str]]:
    """Return the identities of a target file by their tables, and what should be warned about; raises TargetError."""
    warnings, api = list[str](), table["api"]
    parties = {name: _identity(source, name, table[name], api, warnings) for name in IDENTITIES if name in table}
    if "buyer" not in parties:
        needed = [*(["certificate"] if APIS[api].client_certificate else []), *APIS[api].needs]
        raise TargetError(f"{source.path}: lacks [buyer]: who we are ({', '.join(needed)})")
    return parties, warnings


def _identity(source: Source, name: str, table: dict[str, Any], api: str, warnings: list[str]) -> Identity:
    if name == "buyer" and (missing := [key for key in APIS[api].needs if key not in table]):
        raise source.error([name], f"lacks {', '.join(missing)}")
    if APIS[api].client_certificate and name == "buyer" and not {"certificate", "pkcs12"} & table.keys():
        raise source.error([name], "lacks certificate (a PEM file, with private_key) or pkcs12")
    belonging.check_party(source, APIS[api], name, table)
    parts: dict[str, Any] = {key: source.file([name, key], table[key]) for key in FILES if key in table}
    for key in ("passphrase", "api_key"):
        if key in table:
            parts[key] = _secret(source, [name, key], table[key], warnings)
    plain = {key: table[key] for key in ("identifier", "reseller", "username") if key in table}
    return Identity(name=name.replace("_", " "), **parts, **plain)


def headers(source: Source, table: dict[str, Any], warnings: list[str]) -> tuple[str, dict[str, Secret]]:
    """Return the url without a user in it, and the headers every request bears, that user's among them.

    Raises TargetError.
    """
    url, user = gateway.parted(table["url"])
    fields = dict[str, Secret]()
    for name, value in table.get("headers", {}).items():
        keys = ["headers", name]
        if (why := gateway.unfit(name)) or (name.lower() in map(str.lower, fields) and (why := "it is given twice")):
            raise source.error(keys, why)
        fields[name] = _secret(source, keys, value, warnings)
        if why := gateway.unsendable(fields[name].reveal()):
            raise source.error(keys, why)
    if user is None:
        return url, fields
    if "authorization" in map(str.lower, fields):
        raise source.error(
            ["url"], "it names a user, and [headers] has Authorization, which is made of that user: give one of the two"
        )
    warnings.append(
        f"{source.place(['url'])}: a password stands in the file; better [headers] Authorization = {{ env = ... }}"
    )
    return url, {**fields, "Authorization": user}


def _secret(source: Source, keys: Sequence[str], value: str | dict[str, Any], warnings: list[str]) -> Secret:
    if isinstance(value, str):
        words = "a secret stands in the file; better { env = ... }, { file = ... } or { command = ... }"
        warnings.append(f"{source.place(keys)}: {words}")
        return Secret(value)
    if "env" in value:
        held = os.environ.get(value["env"], "").rstrip("\r\n")  # as a file or a command may end
        if not held:
            empty = "empty" if value["env"] in os.environ else "not set"
            raise source.error(keys, f"the environment variable {value['env']} is {empty}")
        return Secret(held)
    path = source.file(keys, value["file"]) if "file" in value else None
    try:
        if path is None and not source.runs:
            return Secret("unasked")
        words = commanding.printed(value["command"], PATIENCE) if path is None else intake.text(path)
    # ValueError: what is no text, a NUL in a command.
    except (
        OSError,
        ValueError,
        subprocess.SubprocessError,
    ) as error:
        which = "the file cannot be read as text" if "file" in value else f"the command {value['command'][0]!r} failed"
        raise source.error(keys, f"{which}: {private.why(error)}") from None
    if not words.strip() and keys[-1] != "passphrase":  # of which what opens no key is said where it opens none
        which = f"the command {value['command'][0]!r} prints nothing" if path is None else f"{value['file']} is empty"
        raise source.error(keys, f"{which}: a value was expected; what has none is left out")
    return Secret(words.rstrip("\r\n"))
