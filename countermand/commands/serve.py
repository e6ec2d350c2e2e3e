"""`countermand serve`: an embedded seller alone, right or wrong on request, for a client to be pointed at."""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import re
import shlex
import signal
import ssl
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from countermand.commands import saying
from countermand.exits import CommandError
from countermand.guard import intake, placing, private
from countermand.guard.foreign import shown
from countermand.guard.nearest import meant
from countermand.model.apis import APIS

#: Marks a folder, and a target file by its first line, as made by this command: nothing else is ever written over.
MARK, FIRST = "written-by-countermand-serve", "# Written by countermand serve"
#: In that line, of all that follows: what was changed since is somebody's work.
DIGEST = re.compile(r"sha256 ([0-9a-f]{16})")
STATE = "state.json"
PORTS = 65535
#: What is to be done about a kept certificate that is broken.
ANEW = "remove that file, and all certificates there are made anew"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--api", choices=list(APIS), help="which seller; said by --deviant as well")
    parser.add_argument(
        "--port", type=_port, metavar="N", help="the port on 127.0.0.1 (default: any free one, or that of --keep)"
    )
    parser.add_argument(
        "--target-out",
        metavar="FILE",
        help="write the target file that reaches it there, its files into a folder beside it (.d), or --keep",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="write that target file again, also where it was edited since"
    )
    parser.add_argument(
        "--keep", metavar="DIR", type=Path, help="keep certificates, keys, users and orders there, for the next start"
    )
    parser.add_argument(
        "--deviant",
        action="append",
        default=[],
        metavar="SLUG",
        help="a seller that is wrong in one thing; may be repeated",
    )
    parser.add_argument(
        "--list-deviants", action="store_true", help="list the sellers that are wrong in one thing, by clause"
    )
    parser.add_argument("--json", action="store_true", help="with --list-deviants: as JSON")
    parser.add_argument("--quiet", action="store_true", help="do not tell of each request")
    parser.epilog = (
        "example: countermand serve --api ala --keep sandbox --target-out mine.toml "
        "--deviant takes-up-without-order-reference; then without --deviant"
    )


def main(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    if options.list_deviants:
        _list(options)
        return 0
    options.api = options.api or _api_of(options.deviant)
    from countermand.provider import serving  # noqa: PLC0415 - the sellers cost time that --help should not

    seller = _seller(options.api, options.deviant)
    enough = _enough()  # before there is anything to clear away
    with tempfile.TemporaryDirectory(prefix="countermand-") as scratch:
        target = Path(options.target_out).absolute() if options.target_out else None
        folder = _folder(options.keep, target, Path(scratch))
        _claim(folder, target, scratch=Path(scratch), edited=options.overwrite)
        state = _recall(folder, seller, options.api) if options.keep else {}
        port = options.port if options.port is not None else state.get("port", 0)
        log = None if options.quiet else _log
        try:
            identities = _identities(folder)
            served = serving.serve(options.api, seller, folder, port, identities=identities, target=target, log=log)
            _mark(served.target)
        except OSError as error:
            raise CommandError(_why(error, port, kept=options.port is None and "port" in state)) from None
        with served:
            if options.keep:  # whoever serves from there meanwhile is told of it
                _remember(folder, seller, options.api, served.server.server_address[1])
            print("\n".join(_first_words(options, served)), flush=True)
            try:
                enough.get()
            except KeyboardInterrupt:
                print("stopped", file=sys.stderr)
            finally:
                if options.keep:
                    _remember(folder, seller, options.api, served.server.server_address[1])
    return 0


def _api_of(names: Sequence[str]) -> str:
    """Return the one API that has all of some deviants; raises CommandError where that is none, or more than one."""
    from countermand.provider import deviants  # noqa: PLC0415 - see main

    wrong = {api: deviants.deviants(api) for api in APIS if names}
    for name in names:
        if not any(deviants.called(some, name) for some in wrong.values()):
            every = [word for some in wrong.values() for word in deviants.words(some)]
            raise _unknown(name, every)
    apis = [api for api, some in wrong.items() if all(deviants.called(some, name) for name in names)]
    if len(apis) != 1:
        raise CommandError(f"--api is missing: one of {', '.join(APIS)}")
    return apis[0]


def _port(words: str) -> int:
    if not (words.isdecimal() and int(words) <= PORTS):
        raise argparse.ArgumentTypeError(f"a port from 0 to {PORTS} was expected, not {words!r}; 0 is any free one")
    return int(words)


def _why(error: OSError, port: int, *, kept: bool) -> str:
    """Return why nothing can be served, in words for whoever may choose another port or folder."""
    if error.errno == errno.EADDRINUSE:
        free = "--port 0" if kept else "none"  # without one it is the kept one
        return (
            f"port {port} of 127.0.0.1 is taken by somebody else: say another with --port, "
            f"or {free} for any that is free"
        )
    if error.filename is None and error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} of 127.0.0.1 may not be used by you: say one above 1023 with --port"
    return f"{error.filename or 'the seller'}: cannot be written or served: {error.strerror or error}"


def _folder(keep: Path | None, target: Path | None, scratch: Path) -> Path:
    """Return where a seller lays what it serves with: where it was told to, or beside its target file."""
    if keep:
        return keep.absolute()
    return target.with_suffix(".d") if target else scratch


def _seller(api: str, names: Sequence[str]) -> Any:  # noqa: ANN401 - of whichever API
    """Make the seller, wrong in all that was named; raises CommandError."""
    from countermand.provider import deviants, embedded  # noqa: PLC0415 - see main

    wrong = deviants.deviants(api)
    chosen = dict.fromkeys(_called(api, wrong, name) for name in names)
    try:
        return deviants.combined([wrong[name] for name in chosen])() if names else embedded.SELLERS[api]()
    except (ValueError, TypeError) as error:
        raise CommandError(f"--deviant: {error}") from None


def _called(api: str, wrong: Mapping[str, type], word: str) -> str:
    """Return the name of a deviant that was asked for; raises CommandError."""
    from countermand.provider import deviants  # noqa: PLC0415 - see main

    if (name := deviants.called(wrong, word)) is None:
        for other in APIS:
            if other != api and deviants.called(deviants.deviants(other), word):
                raise CommandError(f"{word!r} is a deviant of {other}, and {api} is served: say --api {other}")
        raise _unknown(word, deviants.words(wrong))
    return name


def _unknown(word: str, known: Sequence[str]) -> CommandError:
    return CommandError(f"no deviant {word!r}; {meant(word, known, 'see --list-deviants')}")


def _list(options: argparse.Namespace) -> None:
    from countermand.provider import deviants  # noqa: PLC0415 - see main

    rows = [
        {
            "api": api,
            "clause": deviant.breaks,
            "slug": deviants.slug(deviant),
            "name": name,
            "does": " ".join((deviant.__doc__ or "").split()),
        }
        for api in ([options.api] if options.api else APIS)
        for name, deviant in deviants.deviants(api).items()
    ]
    if options.json:
        saying.as_json({"version": 1, "deviants": rows})
        return
    for row in rows:
        print(f"{row['clause']:<13} {row['slug']:<46} {row['name']:<36} {row['does']}")


def _claim(folder: Path, target: Path | None, *, scratch: Path, edited: bool) -> None:
    """See that nothing is written over that this command has not written, or that was edited since.

    Raises CommandError.
    """
    if target is not None:
        _may_be_written(target, edited=edited)
    if target is not None and folder == target.with_suffix(".d") and folder.is_symlink():
        raise CommandError(f"{folder}: {placing.LINK}")
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder}: is a file, and a folder was expected: say another name")
    try:
        if folder.exists() and folder != scratch and any(folder.iterdir()) and not (folder / MARK).exists():
            raise CommandError(f"{folder}: holds files of somebody else: say another name")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MARK).touch()
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None


def _may_be_written(target: Path, *, edited: bool) -> None:
    try:
        placing.see(target)
        first, _, rest = intake.text(target).partition("\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror or error}") from None
    except intake.IntakeError:
        first, rest = "", ""
    if not first.startswith(FIRST):
        raise CommandError(
            f"{target}: is there already, and was not written by countermand serve: say --target-out with another name"
        )
    match = DIGEST.search(first)
    if not edited and (match is None or match[1] != _digest(rest)):
        words = (
            "was edited since countermand serve wrote it: say --target-out with another name, "
            "or --overwrite to lose what was edited"
        )
        raise CommandError(f"{target}: {words}")


def _mark(target: Path) -> None:
    """Say in the first line of a target file who has written it, and what, so that it may be written again."""
    text = target.read_text(encoding="utf-8")
    head = f"{FIRST}, and written again at its next start unless it is edited (sha256 {_digest(text)})."
    private.write(target, f"{head}\n{text}".encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _identities(folder: Path) -> Any:  # noqa: ANN401 - the sellers' own class, which only they import
    from countermand.provider import certificates  # noqa: PLC0415 - see main

    kept = certificates.load(folder)
    if kept is None:
        return certificates.make(folder)
    buyers = (kept.buyer, kept.another_buyer, kept.expired_buyer, kept.unknown_buyer)
    for identity in (kept.server, *buyers, kept.stranger):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(identity.certificate, identity.private_key)
        except (ssl.SSLError, ValueError):
            raise CommandError(
                f"{identity.certificate} and {identity.private_key.name}: are no certificate and its key; {ANEW}"
            ) from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(kept.ca)
    except (ssl.SSLError, ValueError):
        raise CommandError(f"{kept.ca}: is no certificate of an authority; {ANEW}") from None
    return kept


def _recall(folder: Path, seller: Any, api: str) -> dict[str, Any]:  # noqa: ANN401 - of whichever API
    """Let a seller go on where it ended; raises CommandError where what was kept is none of this seller's."""
    try:
        state: dict[str, Any] = intake.parsed(intake.read(folder / STATE))
        if (other := state.get("api", api)) != api:
            raise CommandError(f"{folder}: keeps a seller of {shown(str(other))}: name another folder with --keep")
        state["port"] = _port(str(state["port"]))
        seller.recall(state["seller"])
    except FileNotFoundError:
        return {}
    except intake.IntakeError as error:
        raise CommandError(f"{folder / STATE}: {error}") from None
    except (ValueError, TypeError, AttributeError, LookupError, argparse.ArgumentTypeError):
        words = (
            f"does not hold what a seller of {api} remembers: "
            "name its own folder with --keep, or remove the file to begin anew"
        )
        raise CommandError(f"{folder / STATE}: {words}") from None
    return state


def _remember(folder: Path, seller: Any, api: str, port: int) -> None:  # noqa: ANN401 - of whichever API
    text = json.dumps({"api": api, "port": port, "seller": seller.memory()}, indent=1, ensure_ascii=False)
    private.write(folder / STATE, text.encode("utf-8", "surrogatepass"))


def _first_words(options: argparse.Namespace, served: Any) -> list[str]:  # noqa: ANN401 - the sellers' own class, which only they import
    """Say what is served, what is wrong with it, and how to ask it something."""
    wrong = ", ".join(options.deviant) or "none: it is right"
    from countermand.protocols.registry import PROTOCOLS  # noqa: PLC0415 - see main

    operation = f"{served.url}{PROTOCOLS[options.api].path}"
    who = served.certificates
    own = list[str]()
    if APIS[options.api].client_certificate:
        own = ["--cert", str(who.buyer.certificate), "--key", str(who.buyer.private_key)]
    asked = [*own, "--header", "Content-Type: text/xml", "--data", "<x/>", operation]
    curl = shlex.join(["curl", "--cacert", str(who.ca), *asked])
    return [f"{options.api} at {operation}", f"deviants: {wrong}", f"target file: {served.target}", f"try: {curl}"]


def _log(words: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S} {words}", flush=True)


def _enough() -> SimpleQueue[int]:
    """Return what gets something once the process that supervises us says that it is enough.

    An Event would wait for itself where the signal comes while its lock is taken: this alone may be used in a handler.
    """
    enough = SimpleQueue[int]()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, _: enough.put(number))
    return enough
