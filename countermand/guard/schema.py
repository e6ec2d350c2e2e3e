"""A schema with all that it names.

On one side files beside a target file or texts of a record, on the other what documents are held to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: Where a schema names others (XML Schema 1.0, 4.2: include, redefine, import).
NAMED = re.compile(rb"""schemaLocation\s*=\s*["']([^"'\s]+)["']""")
XSD = b"http://www.w3.org/2001/XMLSchema"
#: Bytes of a schema with all that it names, how many files these are, and characters of a path.
LARGEST, MOST, LONGEST = 4 * 2**20, 64, 200
#: A part of a path that can lead nowhere else.
PART = re.compile(r"(?!\.{1,2}\Z)[^\x00-\x1f/\\:]+")


@dataclass(frozen=True)
class Schema:
    """Texts by their paths within the schema, and which of them is read first.

    What is not among the texts does not exist.
    """

    path: str
    texts: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.path not in self.texts:
            raise ValueError(f"the schema {self.path[:80]!r} is not among its own files")
        if strange := next((name for name in self.texts if not _within(name)), None):
            raise ValueError(f"{strange[:80]!r} is no path within a record")
        if len(self.texts) > MOST or sum(map(len, self.texts.values())) > LARGEST:
            raise ValueError(f"the schema has more than {MOST} files or {LARGEST // 2**20} MiB")

    @property
    def name(self) -> str:
        """How messages call it."""
        return PurePosixPath(self.path).name

    @classmethod
    def load(cls, path: Path) -> Schema:
        """Read a schema and the local files it names, by paths relative to the folder they have in common.

        Raises OSError, ValueError.
        """
        files, ahead, size = dict[Path, bytes](), [path.resolve()], 0
        while ahead:
            file = ahead.pop()
            if file in files or not file.is_file():
                continue
            size += file.stat().st_size
            if size > LARGEST or len(files) >= MOST:
                raise ValueError(f"{path}: has more than {MOST} files or {LARGEST // 2**20} MiB with all that it names")
            data = file.read_bytes()
            if files and not _is_schema(data):  # an operator wrote the names, and records hold what they lead to
                continue
            files[file] = data
            places = [name.decode("utf-8", "replace") for name in NAMED.findall(files[file])]
            ahead += [(file.parent / place).resolve() for place in places if "://" not in place]
        if not files:
            raise FileNotFoundError(f"{path}: no such file")
        top = Path(os.path.commonpath([file.parent for file in files]))
        texts = {file.relative_to(top).as_posix(): data for file, data in sorted(files.items())}
        return cls(path.resolve().relative_to(top).as_posix(), texts)


def _is_schema(data: bytes) -> bool:
    """Say whether a file may be a schema or a part of one, whatever its charset: keys and lists of users are none."""
    plain = data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<") and XSD in plain


def _within(name: str) -> bool:
    return len(name) <= LONGEST and all(PART.fullmatch(part) for part in name.split("/"))
