"""What a dry run is played with: embedded sellers that stand in for targets."""

from __future__ import annotations

import pytest

from countermand.provider.standin import StandIn


class StandIns:
    """Brings the stand-ins into a pytest session."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_countermand_stand_in(self, api: str, parties: dict[str, dict[str, str]], request_root: str) -> StandIn:
        """Return a seller that answers in a target's place."""
        return StandIn(api, parties, request_root)
