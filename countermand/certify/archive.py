"""The zip a certificate travels in: the same bytes for the same files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from countermand.guard import bounds
from countermand.guard.nearest import absent
from countermand.records import container

#: The first moment a zip can name: no file of a certificate tells when it was packed.
MOMENT = (1980, 1, 1, 0, 0, 0)
#: Bytes and files; a zip that claims more is not opened.
LARGEST, MOST = 64 * 2**20, 64
#: What files of a certificate are called, with no more than one folder; and what a zip says of one that is encrypted.
NAME, ENCRYPTED = re.compile(r"(?:[a-z][a-z0-9_-]{0,39}/)?[A-Za-z][A-Za-z0-9_.-]{0,79}"), 0x1


class ArchiveError(ValueError):
    """A zip that is none of ours; says what is wrong with it."""


class RepackedError(ArchiveError):
    """A zip that another tool has packed, of files that can be read all the same."""

    def __init__(self, member: str, files: Mapping[str, bytes]) -> None:
        super().__init__(
            f"another tool has packed the zip again ({member!r} is compressed or a folder, as countermand certify "
            "never writes it): verify the zip as it was written"
        )
        self.files = files


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the zip of some files.

    They are sorted, undated, and stored as they are, since no two compressors write the same bytes.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, MOMENT)
            member.create_system, member.external_attr = 3, 0o644 << 16  # the same on every system
            archive.writestr(member, data)
    return whole.getvalue()


def read(path: Path) -> bytes:
    """Return the bytes of a zip, once; raises ArchiveError where it is larger than any of ours."""
    try:
        return container.regular(path, LARGEST)
    except FileNotFoundError:
        raise ArchiveError(absent(path)) from None
    except (OSError, bounds.LimitError) as error:
        raise ArchiveError(f"the zip cannot be read: {str(error).removeprefix(f'{path}: ')}") from None


def unpacked(data: bytes | Path) -> dict[str, bytes]:
    """Return the files of a zip; raises ArchiveError where it cannot be read, or could mean two things.

    It is a RepackedError where somebody has merely unpacked a zip, and packed it again as one usually does.
    """
    whole = read(data) if isinstance(data, Path) else data
    try:
        container.check_directory(io.BytesIO(whole), len(whole))
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            members = archive.infolist()
            _check(members)
            files = {
                member.filename: container.from_zip(archive, member, LARGEST)
                for member in members
                if not member.is_dir()
            }
    # A zip can be broken in as many ways as its reader has exceptions;
    # BadZipFile names the file whose checksum is wrong.
    except container.BROKEN as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"the zip cannot be read: {_broken(error)}") from None
    if other := next((member for member in members if member.compress_type or member.is_dir()), None):
        raise RepackedError(other.filename, files)
    return files


def _broken(error: Exception) -> str:
    """Say what is wrong with a zip: of a place before its beginning Python says only that it cannot go there."""
    return "a part of it is missing, or not where it says" if "seek" in str(error) else str(error)


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST or sum(member.file_size for member in members) > LARGEST:
        raise ArchiveError(f"the zip holds more than {MOST} files or {LARGEST // 2**20} MiB")
    names = [member.filename.removesuffix("/") for member in members]
    for name in names:
        if not NAME.fullmatch(name) or ".." in name:
            raise ArchiveError(f"the zip holds {name[:80]!r}, which is no file of a certificate")
        if names.count(name) > 1:
            raise ArchiveError(f"the zip holds {name[:80]!r} more than once")
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise ArchiveError(f"the zip holds {member.filename!r} encrypted, as countermand certify never writes it")
