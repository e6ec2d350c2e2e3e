"""Where a machine has no such server, the tests say which one they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from stacks import servers
from stacks.situations import verdicts
from stacks.test_nginx import ALA, NGINX


def test_a_server_that_is_not_here_is_skipped_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="nginx is not on this machine"):
        verdicts(NGINX, "ala", ALA, tmp_path)
