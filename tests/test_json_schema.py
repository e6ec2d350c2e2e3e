from __future__ import annotations

import subprocess
import sys

import pytest

from countermand.model.json_schema import mistake

PROBE = """
import sys
from countermand.model.json_schema import mistake
assert mistake({}, {"required": ["a"]}).message == "'a' is a required property"
assert "rfc3987_syntax" not in sys.modules and "lark" not in sys.modules
import rfc3987_syntax
"""


UNUSED = """
import sys
import countermand.run.wire
from countermand.plugin.launch import run_pytest
run_pytest(["--version"])
assert "pytest_bdd" in sys.modules
assert not {"httpx._main", "rich", "click", "mako.ext.pygmentplugin", "pygments.lexers.javascript"} & {*sys.modules}
import httpx._main, mako.ext.pygmentplugin
"""


def test_what_is_wrong_first_comes_back() -> None:
    wrong = mistake({"one": 1}, {"properties": {"one": {"type": "string"}}})
    assert wrong is not None
    assert wrong.json_path == "$.one"
    assert mistake({"one": "1"}, {"properties": {"one": {"type": "string"}}}) is None


def test_the_checkers_of_formats_that_take_seconds_to_import_are_left_out_and_can_be_imported_by_others() -> None:
    pytest.importorskip("rfc3987_syntax", reason="jsonschema's costly extra is not installed here")
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr


def test_what_libraries_bring_for_others_costs_no_run_its_time_and_can_be_imported_by_others() -> None:
    for module in ("rich", "click", "pygments"):
        pytest.importorskip(module, reason="what a library would import of its own accord is not installed here")
    done = subprocess.run([sys.executable, "-c", UNUSED], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
