"""Commands that people name.

On one side words of any kind, on the other what such a command prints, within what its answer can need.
"""

from __future__ import annotations

import io
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

#: Bytes: no order and no secret is longer; what it complains of is cut to its end.
LIMIT, COMPLAINT = 2**20, 2**16


class TooMuchError(ValueError):
    """A command that prints more than anybody asked of it."""


def printed(command: Sequence[str], patience: float, folder: Path | None = None) -> str:
    """Run a command, and return what it prints; what we are given to read is not its to take.

    Raises OSError where it cannot be started, subprocess.SubprocessError where it fails or takes too long, with what it
    complained of, and ValueError where it prints too much or no text.
    """
    out, complaint = bytearray(), bytearray()
    end = time.monotonic() + patience
    with subprocess.Popen(  # noqa: S603 - the user's own command
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, bufsize=0
    ) as process:
        try:
            _hear(process, out, complaint, end)
            code = process.wait(max(0.0, end - time.monotonic()))
        except BaseException as error:  # an interrupt too
            process.kill()
            if isinstance(error, (TimeoutError, subprocess.TimeoutExpired)):
                raise subprocess.TimeoutExpired(command, patience) from None
            raise
    if code:
        raise subprocess.CalledProcessError(code, command, stderr=bytes(complaint).decode(errors="replace"))
    return io.TextIOWrapper(io.BytesIO(bytes(out))).read()


def _hear(process: subprocess.Popen[bytes], out: bytearray, complaint: bytearray, end: float) -> None:
    """Hear a command out; raises TimeoutError, and TooMuchError."""
    readers = [
        threading.Thread(target=_read, args=(process.stdout, out), daemon=True),
        threading.Thread(target=_drain, args=(process.stderr, complaint), daemon=True),
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(max(0.0, end - time.monotonic()))
        if len(out) > LIMIT:
            raise TooMuchError(f"it prints more than {LIMIT // 2**20} MiB")
        if reader.is_alive():
            raise TimeoutError


def _read(stream: IO[bytes], into: bytearray) -> None:
    """Read what a command prints, up to a bit more than it may."""
    with suppress(OSError, ValueError):  # it was closed by whoever waits no longer
        while len(into) <= LIMIT and (part := stream.read(2**16)):
            into += part


def _drain(stream: IO[bytes], into: bytearray) -> None:
    """Read all that a command complains of, and keep its end."""
    with suppress(OSError, ValueError):  # as above
        while part := stream.read(2**16):
            into += part
            del into[:-COMPLAINT]
