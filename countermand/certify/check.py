"""Checks a certificate offline, and says everything that is wrong with it."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countermand.certify import archive, contents, envelope, keys, moments, rejudge, statement, terms
from countermand.certify.words import installing
from countermand.guard import bounds, room
from countermand.model import suite
from countermand.records import shape

#: Bytes that must find room where a record is judged again, for reports of its own.
ROOM = 2**23
#: Of errors of the system, those that are never a certificate's doing.
MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EFBIG})


class UnjudgedError(RuntimeError):
    """What keeps this machine from judging a certificate again, and says nothing of the certificate.

    It may be that there is no room at all, or none for what this one takes.
    """

    def __init__(self, words: str, *, at_all: bool = False) -> None:
        super().__init__(words)
        self.at_all = at_all


@dataclass(frozen=True)
class Outcome:
    """What is known of a certificate."""

    problems: tuple[str, ...] = ()
    statement: Mapping[str, Any] | None = None  # as signed; none where no signature holds
    #: Which suite made it, where that is not this one: its verdicts were not judged again.
    other_suite: str | None = None
    #: Which rooms drew its files, where these are not ours although the suite judges alike: nobody drew them again.
    other_drawing: str | None = None


def check(zipped: Path | bytes, key: Ed25519PublicKey, patience: float | None = None) -> Outcome:
    """Check signature, digests and completeness, and judge the record again if this very suite made it.

    Whoever shows the certificate afterwards gives its bytes, for a file may be another one by then. Raises
    UnjudgedError.
    """
    try:
        data = zipped if isinstance(zipped, bytes) else archive.read(zipped)
        files = archive.unpacked(data)
        attestation = envelope.unseal(files.get(contents.ENVELOPE, b""), key)
    except archive.RepackedError as error:
        return Outcome((str(error), *_changed(error.files, key)))
    except archive.ArchiveError as error:
        return Outcome((str(error),))
    except envelope.EnvelopeError as error:
        return Outcome((f"{contents.ENVELOPE}: {error}",))
    try:
        problems = (*_digests(attestation, files), *_bytes(data, files))
        other = _other_suite(attestation)
        if not problems:
            keyid = keys.name(key)
            problems = tuple(_signer(attestation, keyid) if other else _content(attestation, files, keyid, patience))
    # Whatever a statement or a record may lack or say instead: no traceback is an answer.
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        StopIteration,
        OSError,
        RuntimeError,
        MemoryError,
    ) as error:
        if isinstance(error, (OSError, rejudge.ReplayError)):
            _must_have_room(error)
        return Outcome((f"the certificate cannot be judged again: {bounds.wrong(error)}",), attestation)
    return Outcome(problems, attestation, other, None if problems or other else _other_drawing(attestation))


def _must_have_room(error: Exception) -> None:
    """See that what could not be judged again was not for want of room; raises UnjudgedError."""
    here = "it cannot be judged again on this machine"
    try:
        room.must_be_had(Path(tempfile.gettempdir()), ROOM)
    except OSError as trouble:
        raise UnjudgedError(f"{here}: {trouble.strerror or trouble}", at_all=True) from None
    if isinstance(error, OSError) and error.errno in MACHINE:
        raise UnjudgedError(f"{here}: {error.strerror}") from None


def _digests(attestation: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    """Hold every file to the digest that was signed."""
    signed = {file["name"]: file["digest"]["sha256"] for file in attestation["predicate"]["evidence"]}
    for name, wanted in signed.items():
        if name not in files:
            yield f"{name}: is missing, and was signed for"
        elif statement.digest(files[name]) != wanted:
            yield f"{name}: was changed after it was signed"
    yield from (
        f"{name}: is in the zip, and nobody signed for it" for name in files if name not in {*signed, contents.ENVELOPE}
    )


def _changed(files: Mapping[str, bytes], key: Ed25519PublicKey) -> Iterator[str]:
    """Say which files of a zip that was packed again are not those that were signed, as far as that can be known."""
    try:
        yield from _digests(envelope.unseal(files.get(contents.ENVELOPE, b""), key), files)
    except envelope.EnvelopeError as error:
        yield f"{contents.ENVELOPE}: {error}"
    except (TypeError, AttributeError, LookupError):  # signed, and no statement of ours
        return


def _bytes(data: bytes, files: Mapping[str, bytes]) -> Iterator[str]:
    """Hold the zip to being what certify writes of its files, so that nothing stands between or beside them."""
    wanted = archive.packed(files)
    if data != wanted:
        at = next(
            (index for index, (byte, other) in enumerate(zip(data, wanted, strict=False)) if byte != other),
            min(len(data), len(wanted)),
        )
        yield f"the zip itself is not as it was written, from byte {at} on; its files can be read"


def _signer(attestation: Mapping[str, Any], keyid: str) -> Iterator[str]:
    """Hold what another suite's says of its key to the key: by that word it would take the place of others."""
    if attestation["predicate"]["signer"]["keyid"] != keyid:
        yield f"{contents.ENVELOPE}: it says that another key has signed it"


def _other_suite(attestation: Mapping[str, Any]) -> str | None:
    """Name the suite that made a certificate, if it is not this one."""
    made = next(resource for resource in attestation["predicate"]["configuration"] if resource["name"] == "countermand")
    version, digest, own = made["annotations"]["version"], f"sha256:{made['digest']['sha256']}", suite.identity()
    shape.SUITE({"version": version, "digest": digest}, "its suite")
    if digest == own["digest"]:
        return None
    older = f"install that version, from a checkout of it or from its wheel: {installing(version)}"
    advice = older if version != own["version"] else "take the very suite it names: this one was changed"
    return f"made by suite {version} ({digest[:19]}), and this is {own['version']} ({own['digest'][:19]}): {advice}"


def _other_drawing(attestation: Mapping[str, Any]) -> str | None:
    """Name what drew the files of a certificate, if that is not this suite."""
    drawing = attestation["predicate"]["drawing"]
    return None if drawing == suite.drawing() else str(drawing)


def _content(
    attestation: Mapping[str, Any], files: Mapping[str, bytes], keyid: str, patience: float | None
) -> Iterator[str]:
    """Make the whole certificate again of its record, and say where it says otherwise."""
    agreed = terms.of(attestation, keyid)
    wanted = contents.made(files, agreed)
    for name in sorted(files.keys() | wanted.files.keys()):
        if name == contents.ENVELOPE:
            continue
        if name not in wanted.files:
            yield f"{name}: belongs to no certificate"
        elif name not in files:
            yield f"{name}: is missing"
        elif files[name] != wanted.files[name]:
            yield f"{name}: does not follow from the results and the record"
    for key in sorted(attestation.keys() | wanted.statement.keys()):
        if attestation.get(key) != wanted.statement.get(key):
            yield (
                f"{contents.ENVELOPE}: its {_where(key, attestation, wanted.statement)} "
                "does not follow from the results and the record"
            )
    yield from moments.problems(files)
    yield from rejudge.differences(files, patience, drawn_here=agreed.drawn_here)


def _where(key: str, attestation: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    here, there = attestation.get(key), other.get(key)
    if not (isinstance(here, dict) and isinstance(there, dict)):
        return key
    inner = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
    return ", ".join(f"{key}.{name}" for name in inner)
