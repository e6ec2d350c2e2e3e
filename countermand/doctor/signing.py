"""Signatures before they are sent: findings by a documented vector and by another calculation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.model.target import Target
from countermand.protocols.opensrs_signature import sign

CHECK = "signature"
#: The guide's own vector for MD5 (troubleshooting).
TEXT, DIGEST = b"ConnecttoOpenSRSviaSSL", "e787cc1d1951dfec4827cede7b1a0933"


def findings(target: Target) -> Iterator[Finding]:
    """See whether we sign as the guide says, and whether the key looks like one.

    Of targets that sign nothing, say nothing.
    """
    key = target.identities["buyer"].api_key
    if key is None:
        return
    word = key.reveal()
    try:
        right = _md5(TEXT) == DIGEST and sign(TEXT, word) == _md5(_md5(TEXT + word.encode()).encode() + word.encode())
    except ValueError as error:  # a system in FIPS mode
        yield Finding.trouble(
            CHECK,
            f"MD5 cannot be had here: {error}",
            "run where the system allows MD5: the API's signature is made of it",
            certain=True,
        )
        return
    if not right:
        yield Finding.trouble(
            CHECK, "MD5 here does not give what the guide says", "mend this machine's Python or OpenSSL", certain=True
        )
        return
    yield Finding.ok(
        CHECK, "made as the guide says: its test vector, and md5(md5(body + key) + key) with our key, come out right"
    )
    if word != word.strip() or not word.isascii() or any(letter.isspace() for letter in word):
        yield Finding.note(
            CHECK, "api_key in [buyer] has blanks, line ends or letters that are not ASCII in it", "copy the key again"
        )


def _md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()
