"""How long is looked for trouble: shortly at every change, at length by `python benchmarks/fuzzing.py`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import warm
from hypothesis import HealthCheck, settings

#: So many examples of each kind; a quick look draws the same ones each time, a long one draws by the seed it says.
WISHED = os.environ.get("COUNTERMAND_FUZZ", "")
settings.register_profile(
    "fuzz",
    max_examples=int(WISHED or 60),
    derandomize=not WISHED,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
settings.load_profile("fuzz")


@dataclass(frozen=True)
class Genuine:
    """What the suite has written itself, to be mangled."""

    reports: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Genuine:
    """A run against both embedded sellers, and its certificate."""
    folder = tmp_path_factory.mktemp("genuine")
    for words in (
        ["keygen", "--out", "signing"],
        [
            "certify",
            "--key",
            "signing.pem",
            "--no-page",
            "--out",
            "made.zip",
            "-m",
            "ALA-CAN-01 or OSRS-CAN-01 or ALA-REQ-07",
        ],
    ):
        warm.done([*warm.COMMAND, *words], cwd=folder)
    return Genuine(folder / "reports" / "part", folder / "made.zip", folder / "signing.public.pem")
