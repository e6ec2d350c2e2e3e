"""The names of the files of a run by which it is read back: results, record, and what it was given."""

from __future__ import annotations

RESULTS, RECORD, GIVEN = "results.json", "record.jsonl", "given.json"
