"""Somebody else's pytest project, in which much would go wrong if it were taken for ours."""

from __future__ import annotations

import sys
from pathlib import Path

FILES = {
    "conftest.py": 'raise RuntimeError("somebody else\'s conftest.py was loaded")\n',
    "pytest.ini": (
        "[pytest]\naddopts = --no-such-option -p no_such_plugin -n 7\npython_files = *.py\nxfail_strict = maybe\n"
    ),
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--no-such-option"\n',
    "tests/test_theirs.py": 'raise RuntimeError("somebody else\'s tests were collected")\n',
    "steps/__init__.py": 'raise RuntimeError("somebody else\'s steps were imported")\n',
    "features/theirs.feature": "Feature: Somebody else's\n  Scenario: Not ours to run\n    Given nothing we know of\n",
}
#: What steers pytest from the environment.
VARIABLES = {
    "PYTEST_ADDOPTS": "--no-such-option",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def write(folder: Path) -> Path:
    """Write the project."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]))
