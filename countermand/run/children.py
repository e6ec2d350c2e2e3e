"""Processes forked from this one: each is given tasks one by one, and says what came of them, unless it ends before.

The process that hands out never waits for one child alone, so that whatever else it does in threads goes on. A child
waits for tasks only; where the parent is gone it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from countermand.interruption import SIGNALS

#: How a message begins: with its length.
HEAD = struct.Struct("!Q")
#: Seconds that children are given to end by themselves.
PATIENCE = 8.0
#: Bytes that are read at once.
CHUNK = 2**16


def may_fork() -> bool:
    """Say whether processes can be forked here; on macOS system libraries do not survive it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def fork() -> int:
    """Fork, and return as os.fork does.

    Nobody is warned of threads, since those here are embedded sellers', and wait: none is asked while one forks.
    A warning that is an error would be raised here once the child is made, and nobody would know of it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@dataclass
class End:
    """One end of the line between two processes, as the child holds it."""

    line: socket.socket

    def tasks(self) -> Iterator[Any]:
        """Yield what there is to do, until there is nothing more or nobody to ask."""
        while (task := self.message()) is not None:
            yield task

    def tell(self, outcome: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Say what came of a task."""
        self.line.sendall(_framed(outcome))

    def message(self) -> Any:  # noqa: ANN401 - as above
        """Return what one is told next, or nothing where nobody is there any more."""
        head = self._read(HEAD.size)
        body = head and self._read(HEAD.unpack(head)[0])
        return None if body is None else json.loads(body)

    def _read(self, size: int) -> bytes | None:
        read = bytearray()
        while len(read) < size:
            try:
                part = self.line.recv(size - len(read))
            except OSError:
                part = b""
            if not part:
                return None
            read += part
        return bytes(read)


@dataclass
class Child:
    """A process that plays tasks, as its parent knows it."""

    name: str
    pid: int
    line: socket.socket
    task: Any = None  # what it was given, and has not said the end of
    leaving: bool = False  # it is given nothing more, and ends
    got: bytearray = field(default_factory=bytearray)  # of a message that has not come whole


Hear = Callable[[Child, Any], None]


@dataclass
class Children:
    """The children of this process."""

    live: Callable[[str, End], None]  # what a child does; when it returns the child ends
    #: In which what was read is heard to its end.
    undisturbed: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext
    alive: list[Child] = field(default_factory=list)
    _number: int = 0

    def fork(self) -> Child:
        """Make one more; no signal is heard by either until the child may be ended by it."""
        self._number += 1
        name = f"fork{self._number}"
        sys.stdout.flush()
        sys.stderr.flush()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            ours, theirs = socket.socketpair()
            pid = fork()
            if not pid:
                self._begin(name, ours, theirs)
            theirs.close()
            child = Child(name, pid, ours)
            self.alive.append(child)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return child

    def _begin(self, name: str, ours: socket.socket, theirs: socket.socket) -> None:
        """Live as a child, and end without what was left to do here."""
        code = 1
        try:
            ours.close()
            for other in self.alive:  # or nobody would see that this process is gone
                other.line.close()
            self.live(name, End(theirs))
            code = 0
        except (OSError, KeyboardInterrupt):
            pass  # the parent is gone, or wants nothing more
        finally:
            os._exit(code)

    def give(self, child: Child, task: Any) -> None:  # noqa: ANN401 - as above
        """Give a child something to do; of one that has ended that is found out as always."""
        child.task = task
        self.tell(child, task)

    def tell(self, child: Child, message: Any) -> None:  # noqa: ANN401 - as above
        """Tell a child something while it does what it was given; one that has ended does not hear it."""
        with contextlib.suppress(OSError):
            child.line.sendall(_framed(message))

    @property
    def staying(self) -> list[Child]:
        """Those who may be given something to do."""
        return [child for child in self.alive if not child.leaving]

    def part(self, child: Child) -> None:
        """Give a child nothing more: it ends by itself."""
        child.leaving = True
        with contextlib.suppress(OSError):
            child.line.shutdown(socket.SHUT_WR)

    def listen(self, hear: Hear, seconds: float | None = None) -> int:
        """Wait for news, have each heard, and return how many there were.

        What a child says is heard, and nothing of one that has ended.
        """
        with selectors.DefaultSelector() as watching:
            for child in self.alive:
                watching.register(child.line, selectors.EVENT_READ, child)
            ready = [key.data for key, _ in watching.select(seconds)]
        with self.undisturbed():
            return sum(self._heard(child, hear) for child in ready)

    def _heard(self, child: Child, hear: Hear) -> int:
        try:
            part = child.line.recv(CHUNK)
        except OSError:
            part = b""
        child.got += part
        messages = list(_taken(child.got))
        if not part:
            self._bury(child)
            messages.append(None)
        for message in messages:
            hear(child, message)
        return len(messages)

    def _bury(self, child: Child) -> None:
        child.line.close()
        self.alive.remove(child)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child.pid, 0)

    def dismiss(self, hear: Hear, *, number: int | None = None, seconds: float = PATIENCE) -> None:
        """Have all children end, by a signal if one is named; hear what they still say, and end those that do not."""
        for child in self.alive:
            self.part(child)
            if number is not None:
                with contextlib.suppress(OSError):
                    os.kill(child.pid, number)
        until = time.monotonic() + seconds
        while self.alive and (left := until - time.monotonic()) > 0:
            self.listen(hear, left)
        for child in list(self.alive):
            with contextlib.suppress(OSError):
                os.kill(child.pid, signal.SIGKILL)
            self._bury(child)
            hear(child, None)


def _framed(message: Any) -> bytes:  # noqa: ANN401 - as above
    body = json.dumps(message).encode()
    return HEAD.pack(len(body)) + body


def _taken(got: bytearray) -> Iterator[Any]:
    """Take the messages that have come whole."""
    while len(got) >= HEAD.size and len(got) >= (whole := HEAD.size + HEAD.unpack_from(got)[0]):
        yield json.loads(bytes(got[HEAD.size : whole]))
        del got[:whole]
