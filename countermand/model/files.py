"""The names of the files of a run, or a certificate, by which it is read back, and of the folder of those before."""

from __future__ import annotations

import re

RESULTS, RECORD, GIVEN = "results.json", "record.jsonl", "given.json"
#: What a certificate has, and no other zip.
ENVELOPE = "attestation.dsse.json"
#: The folders in which a run of a part, and one of the embedded sellers, stand beside that of a whole target.
PART, EMBEDDED = "part", "embedded"
#: The folder in which earlier runs are set aside, and how the name of each begins.
EARLIER, SET_ASIDE = "earlier", re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d")
