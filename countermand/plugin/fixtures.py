"""What sentences ask for by name: the run, the scene, its seller, and the acceptance.

The last is the positive control of every refusal.
"""

from __future__ import annotations

import pytest

from countermand.checks.acceptance import Acceptance, Accepted
from countermand.plugin.session import RUN
from countermand.protocols.registry import speak
from countermand.protocols.seller import Seller
from countermand.run.run import Run
from countermand.run.scene import Scene

#: Where a test keeps the scene it plays.
SCENE = pytest.StashKey[Scene]()


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run all scenarios belong to."""
    return request.config.stash[RUN]


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    """The scenario as it is played."""
    return request.node.stash[SCENE]  # type: ignore[no-any-return]


@pytest.fixture
def seller(scene: Scene) -> Seller:
    """The seller, spoken to in its protocol."""
    return speak(scene)


@pytest.fixture
def acceptance(scene: Scene) -> Acceptance:
    """The one complete cancellation of the run."""
    return Acceptance(scene, speak)


@pytest.fixture
def accepted() -> Accepted | None:
    """What was taken up for a scenario: nothing, unless it begins with that."""
    return None
