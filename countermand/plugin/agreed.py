"""What every process of a run must agree on, before the first begins."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from countermand.records.record import Record


class Agreed(TypedDict):
    """What they agree on, as one process tells it to another."""

    folder: str  # that they share
    seed: str
    targets: list[str]  # files
    piped: NotRequired[dict[str, bytes]]  # what came out of those that can be read but once


def settle(config: pytest.Config, record: Record | None = None) -> Agreed:
    """Settle what every process of the run must agree on."""
    folder = Path(tempfile.mkdtemp(prefix="countermand-"))
    if record is not None:
        return {"folder": str(folder), "seed": record.seed, "targets": []}
    targets = config.option.target or _embedded(config, folder)
    return {
        "folder": str(folder),
        "seed": config.option.seed or secrets.token_hex(8),
        "targets": [str(Path(path).absolute()) for path in targets],
    }


def _embedded(config: pytest.Config, folder: Path) -> list[Path]:
    paths: list[Path] = config.hook.pytest_countermand_embedded(api=config.option.api, folder=folder)
    return paths
