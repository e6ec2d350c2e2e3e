"""Makes a certificate of a folder of reports: the signed zip, and the badge that names it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countermand.certify import archive, contents, envelope, keys, statement, terms
from countermand.guard import placing
from countermand.nightly import badge
from countermand.records import finished
from countermand.records.finished import Finished
from countermand.report import outputs


@dataclass(frozen=True)
class Promise:
    """What whoever certifies adds to a run.

    It says how long the certificate is valid, whose key signs, and which other one it takes the place of.
    """

    days: int = terms.DAYS
    owner: str = ""
    supersedes: str | None = None


@dataclass(frozen=True)
class Certificate:
    """A certificate that was written."""

    path: Path
    sha256: str
    run: Finished
    number: str
    valid_until: str


def write(reports: Path, key: Ed25519PrivateKey, out: Path, promise: Promise = Promise()) -> Certificate:
    """Write the certificate of a run, and its badge into the folder of reports.

    The same reports, key, name and promise make the same bytes. Raises contents.ContentsError and OSError.
    """
    files = contents.taken(reports)
    last = terms.until(finished.of(reports, files[outputs.RESULTS]), promise.days)
    agreed = terms.Terms(out.name, last, keys.name(key.public_key()), promise.owner, promise.supersedes)
    held = contents.made(files, agreed)
    data = archive.packed({**held.files, contents.ENVELOPE: envelope.seal(dict(held.statement), key)})
    placing.put(out, data)
    badge.write(reports / outputs.RESULTS, reports)
    return Certificate(out, statement.digest(data), held.run, held.number, last)
