"""Ports of loopback for servers from elsewhere, which must be told one before they listen."""

from __future__ import annotations

import itertools
import os
import socket
from contextlib import suppress

#: A system gives ports from 32768 on to whoever listens or connects anywhere: those below stay free meanwhile.
LOWEST, HIGHEST = 16_384, 32_768
#: How far the processes of these tests begin from each other.
SLICE = 4_096

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_numbers = itertools.count(_worker * SLICE + os.getpid() % SLICE)


def free(count: int) -> list[int]:
    """Find ports that nobody has, and that nobody is given before a server listens there."""
    ports = list[int]()
    for number in itertools.islice(_numbers, HIGHEST - LOWEST):
        port = LOWEST + number % (HIGHEST - LOWEST)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise AssertionError(f"fewer than {count} ports are free from {LOWEST} to {HIGHEST}")
