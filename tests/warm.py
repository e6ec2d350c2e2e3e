"""The command as a process forked from one that has imported the suite and read its features.

A fresh interpreter spends more time on imports than most commands of a test need for what the test is about. Each
command has a process, a working folder, an environment and files of its own all the same; what depends on how an
interpreter starts gets a fresh one.
"""

from __future__ import annotations

import atexit
import functools
import gc
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "countermand")
#: Variables that an interpreter, or what it was built on, reads once, when it starts.
EARLY = ("PYTHON", "LC_", "LANG", "SSL_", "OPENSSL_")
# Hundreds of processes import the same modules: none of them is to compile those again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Many a test sends a signal, and all of them are heard beneath nohup as well, or in the background of a shell.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
#: The address of a socket has about a hundred bytes.
LONG = 60
NUMBER = struct.Struct("!q")


def done(
    command: Sequence[str | Path],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 600,
) -> subprocess.CompletedProcess[str]:
    """Do what `subprocess.run` does with a command of the suite, its output captured as text.

    Raises subprocess.TimeoutExpired.
    """
    words, folder = list(map(str, command)), Path(cwd or Path.cwd())
    variables = dict(os.environ if env is None else env)
    if tuple(words[:3]) != COMMAND or not _may_be_forked(folder, variables):
        return subprocess.run(
            words, cwd=folder, env=variables, capture_output=True, text=True, timeout=timeout, check=False
        )
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        asked = Asked(words[3:], folder, variables, (nothing.fileno(), out.fileno(), err.fileno()))
        code = asked.of(_server(), timeout)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"))
    return subprocess.CompletedProcess(words, code, *said)


def command(folder: Path) -> Path:
    """Write a command for shells into a folder, which does what an installed `countermand` does."""
    path = folder / "countermand"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {__file__} {_server()} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


class Asked(NamedTuple):
    """A command that is to be carried out by a fork."""

    arguments: list[str]
    folder: Path
    variables: Mapping[str, str]
    files: tuple[int, int, int]  # what it reads, writes and complains to

    def of(self, address: str, timeout: float | None) -> int:
        """Have it carried out, and return its exit code, negative for a signal; raises subprocess.TimeoutExpired."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address)
            asked = json.dumps({"argv": self.arguments, "cwd": str(self.folder), "env": dict(self.variables)}).encode()
            socket.send_fds(line, [NUMBER.pack(len(asked))], self.files)
            line.sendall(asked)
            process = _number(line)
            line.settimeout(timeout)
            try:
                return _number(line)
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(self.arguments, timeout or 0) from None


def _may_be_forked(folder: Path, variables: Mapping[str, str]) -> bool:
    """Say whether an interpreter that starts there would import what the one that is forked has imported."""
    early = [
        {name: value for name, value in some.items() if name.startswith(EARLY) and name != "PYTHONPATH"}
        for some in (variables, os.environ)
    ]
    places = {folder, *(Path(place) for place in variables.get("PYTHONPATH", "").split(os.pathsep) if place)}
    return (
        hasattr(os, "fork") and early[0] == early[1] and not any(_brings_modules(place.resolve()) for place in places)
    )


def _brings_modules(place: Path) -> bool:
    return place != ROOT and any(
        True for pattern in ("*.py", "*.pth", "*/__init__.py", "*.dist-info") for _ in place.glob(pattern)
    )


@functools.cache
def _server() -> str:
    """Start the process that is forked, once for each process that runs tests, and return the address of its socket."""
    place = "/tmp" if len(tempfile.gettempdir()) > LONG and Path("/tmp").is_dir() else None
    folder = tempfile.TemporaryDirectory(prefix="countermand-warm-", dir=place)
    atexit.register(folder.cleanup)
    address = str(Path(folder.name, "socket"))
    lifeline, held = os.pipe()  # closed when we end, however that comes about
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", address, folder.name],
        stdin=lifeline, stdout=subprocess.PIPE, cwd=folder.name, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(lifeline)

    def end() -> None:
        os.close(held)
        server.wait()

    atexit.register(end)
    if server.stdout is None or server.stdout.read() != b"ready":  # it closes its end once it has said so
        raise RuntimeError("the process that commands of tests are forked from did not start")
    return address


def _number(line: socket.socket) -> int:
    data = line.recv(NUMBER.size, socket.MSG_WAITALL)
    if len(data) < NUMBER.size:
        raise RuntimeError("the process that commands of tests are forked from has ended")
    return int(NUMBER.unpack(data)[0])


def _serve(address: str, folder: Path) -> None:
    """Fork a process for each command that is asked for, until whoever started us ends.

    A forked one leaves by SystemExit.
    """
    import select  # noqa: PLC0415 - used by this side alone

    _warm_up(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(8)
        gc.collect()
        gc.freeze()
        os.write(1, b"ready")
        os.dup2(2, 1)
        while True:
            ready, _, _ = select.select([door.fileno(), 0], [], [])
            if 0 in ready:
                os._exit(0)
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _carry_out(line)
            line.close()


def _warm_up(folder: Path) -> None:
    """Import what commands import, and read what they read: by rehearsing a run, which sends nothing."""
    import contextlib  # noqa: PLC0415 - used by this side alone
    import importlib  # noqa: PLC0415
    import io  # noqa: PLC0415

    from countermand import usage  # noqa: PLC0415
    from countermand.cli import main  # noqa: PLC0415
    from countermand.plugin.forking import LATE  # noqa: PLC0415
    from countermand.provider import embedded, serving  # noqa: PLC0415

    for name in (*LATE, *(f"countermand.commands.{command}" for command in usage.COMMANDS)):
        importlib.import_module(name)
    os.environ["COUNTERMAND_LEDGER"] = str(folder / "ledger.sqlite")
    for api, seller in embedded.SELLERS.items():
        (folder / api).mkdir()
        served = serving.serve(api, seller(), folder / api)
        served.stop()
        with contextlib.redirect_stdout(io.StringIO()):
            code = main(["run", "--target", str(served.target), "--dry-run"])
        if code:
            raise RuntimeError(f"a rehearsal ended with {code}")


def _carry_out(line: socket.socket) -> None:
    """Fork once more, and tell the number of that process and what it ended with.

    That process carries the command out.
    """
    size, files, _, _ = socket.recv_fds(line, NUMBER.size, 3)
    asked = json.loads(line.recv(NUMBER.unpack(size)[0], socket.MSG_WAITALL))
    if process := os.fork():
        for file in files:
            os.close(file)
        line.sendall(NUMBER.pack(process))
        _, status = os.waitpid(process, 0)
        line.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
        os._exit(0)
    line.close()
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    kept = [place for place in sys.path if Path(place).resolve() not in {ROOT, Path(__file__).parent}]
    sys.path[:] = [
        str(ROOT),
        *(place for place in asked["env"].get("PYTHONPATH", "").split(os.pathsep) if place),
        *kept,
    ]
    sys.argv[:] = [str(ROOT / "countermand" / "__main__.py"), *asked["argv"]]
    tempfile.tempdir = None
    random.seed()

    from countermand.cli import main  # noqa: PLC0415

    sys.exit(main())


def _ask(address: str, arguments: list[str]) -> int:
    """Carry out a command that somebody types into a shell."""
    variables = dict(os.environ)
    if not _may_be_forked(Path.cwd(), variables):
        os.execv(sys.executable, [*COMMAND, *arguments])
    code = Asked(arguments, Path.cwd(), variables, (0, 1, 2)).of(address, None)
    return code if code >= 0 else 128 - code  # as shells say it


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve(sys.argv[2], Path(sys.argv[3]))
    sys.exit(_ask(sys.argv[1], sys.argv[2:]))
