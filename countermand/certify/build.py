"""Makes a certificate of a folder of reports: the signed zip, and the badge that names it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countermand.certify import archive, contents, envelope, statement
from countermand.nightly import badge
from countermand.records.finished import Finished
from countermand.report import outputs


@dataclass(frozen=True)
class Certificate:
    """A certificate that was written."""

    path: Path
    sha256: str
    run: Finished


def write(reports: Path, key: Ed25519PrivateKey, out: Path) -> Certificate:
    """Write the certificate of a run, and its badge into the folder of reports; raises contents.ContentsError and OSError.

    The same reports, key and name make the same bytes.
    """
    held = contents.of(reports, out.name)
    data = archive.packed({**held.files, contents.ENVELOPE: envelope.seal(dict(held.statement), key)})
    written = out.with_name(out.name + ".part")
    written.write_bytes(data)
    written.replace(out)
    badge.write(reports / outputs.RESULTS, reports, out)
    return Certificate(out, statement.digest(data), held.run)
