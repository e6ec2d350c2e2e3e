"""The zip a certificate travels in: on one side its files, on the other bytes that are the same for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

#: The first moment a zip can name: no file of a certificate tells when it was packed.
MOMENT = (1980, 1, 1, 0, 0, 0)
#: Bytes and files; a zip that claims more is not opened.
LARGEST, MOST = 256 * 2**20, 256


class ArchiveError(ValueError):
    """A zip that is none of ours; says what is wrong with it."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the zip of some files: sorted, undated, and stored as they are, since no two compressors write the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, MOMENT)
            member.create_system, member.external_attr = 3, 0o644 << 16  # the same on every system
            archive.writestr(member, data)
    return whole.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files of a zip; raises ArchiveError where it cannot be read, or could mean two things."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members)
            return {one.filename: archive.read(one) for one in members}
    except FileNotFoundError:
        raise ArchiveError(f"{path}: no such file") from None
    # A zip can be broken in as many ways as its reader has exceptions; BadZipFile names the file whose checksum is wrong.
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{path}: the zip cannot be read: {error}") from None


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [one.filename for one in members]
    if len(members) > MOST or sum(one.file_size for one in members) > LARGEST:
        raise ArchiveError(f"the zip holds more than {MOST} files or {LARGEST // 2**20} MiB")
    for name in names:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name or name.endswith("/"):
            raise ArchiveError(f"the zip holds {name!r}, which is no file of a certificate")
        if names.count(name) > 1:
            raise ArchiveError(f"the zip holds {name!r} more than once")
    for one in members:
        if one.compress_type != zipfile.ZIP_STORED:
            raise ArchiveError(f"the zip holds {one.filename!r} compressed, as countermand certify never writes it")
