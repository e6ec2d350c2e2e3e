"""A replay is judged by an interpreter that nothing around it steers, and behind a wall that lets nothing out."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import rewritten

from countermand.certify import keys
from countermand.provider import embedded, serving
from countermand.records import isolation

ROOT = Path(__file__).resolve().parents[2]
SPRUNG = "from pathlib import Path\nPath({marker!r}).write_text('ran')\n"
TRAPS = (
    "xmlschema.py",
    "jsonschema.py",
    "lxml.py",
    "pytest.py",
    "json.py",
    "sitecustomize.py",
    "usercustomize.py",
    "countermand/__init__.py",
)


def imports(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Have the process of a replay, started in a folder, import a module."""
    monkeypatch.setattr(
        isolation, "BEGIN", f"import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); import {module}"
    )
    scratch = folder.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    isolation.run(isolation.Task((), (scratch,), cwd=folder), captured=True)


@pytest.mark.parametrize("trap", TRAPS)
def test_no_module_beside_a_record_is_imported(trap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, marker = tmp_path / "record", tmp_path / "sprung"
    (folder / trap).parent.mkdir(parents=True)
    (folder / trap).write_text(SPRUNG.format(marker=str(marker)))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.syspath_prepend(str(folder))
    module = trap.removesuffix(".py").partition("/")[0]
    imports(folder, monkeypatch, module if "customize" not in module else "json")
    assert not marker.exists()
    # The attack, with the guards switched off.
    monkeypatch.setattr(isolation, "FLAGS", ())
    monkeypatch.setattr(isolation, "search_path", lambda _: [str(folder), *sys.path])
    monkeypatch.setattr(isolation, "environment", lambda *_, **__: dict(os.environ))
    imports(folder, monkeypatch, module)
    assert marker.exists() or module == "usercustomize"  # which Python leaves alone in a virtual environment anyway


@pytest.mark.parametrize("trap", ["countermand/__init__.py", "pytest.py", "json.py"])
@pytest.mark.parametrize("asked", [("certify", "--preview", "--api", "ala"), ("run", "--dry-run")])
def test_no_process_that_we_start_imports_from_where_somebody_stands(
    asked: tuple[str, ...], trap: str, tmp_path: Path
) -> None:
    folder, marker = tmp_path / "theirs", tmp_path / "sprung"
    (folder / trap).parent.mkdir(parents=True)
    (folder / trap).write_text(SPRUNG.format(marker=str(marker)))
    arguments = [*asked]
    if "run" in asked:  # two of an API are two sessions, each in a process of its own
        arguments += [f"--target={written(tmp_path / name)}" for name in ("first", "second")]
    else:
        arguments += ["--key", str(keys.make(tmp_path / "own")[0])]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "COUNTERMAND_LEDGER": str(tmp_path / "ledger.sqlite")}
    ours = [sys.executable, "-P", "-c", "import sys; from countermand.cli import main; sys.exit(main())"]
    done = subprocess.run([*ours, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not marker.exists()
    # The attack works on a process that is started there without care.
    subprocess.run(
        [sys.executable, "-c", f"import {trap.partition('/')[0].removesuffix('.py')}"], cwd=folder, check=False
    )
    assert marker.exists()


def written(folder: Path) -> Path:
    """Return the target file of an embedded seller, which a rehearsal does not ask."""
    folder.mkdir()
    with serving.serve("ala", embedded.SELLERS["ala"](), folder) as served:
        return rewritten(served.target, ('"embedded-ala"', f'"{folder.name}"'))


def test_a_conftest_or_settings_of_pytest_in_the_record_are_not_read(few: Path, tmp_path: Path) -> None:
    marker, folder = tmp_path / "sprung", tmp_path / "record"
    folder.mkdir()
    for name in ("conftest.py", "steered.py", "xmlschema.py"):
        (folder / name).write_text(SPRUNG.format(marker=str(marker)))
    for name, head in (("pytest.ini", "[pytest]"), ("tox.ini", "[pytest]")):
        (folder / name).write_text(f"{head}\naddopts = -p steered\npythonpath = .\n")
    (folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["-p", "steered"]\npythonpath = ["."]\n'
    )
    (folder / "steered.pth").write_text(f"import sys; open({str(marker)!r}, 'w')\n")
    steered = {
        "PYTEST_ADDOPTS": "-p steered",
        "PYTEST_PLUGINS": "steered",
        "PYTHONPATH": str(folder),
        "PYTHONSTARTUP": "steered.py",
    }
    command = [sys.executable, "-m", "countermand", "run", "--replay", str(few), "--reports", str(tmp_path / "again")]
    command += ["-m", "ALA-CAN-01", "--no-page", "--no-reports"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **steered}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not marker.exists()
    # The attack works on a pytest that stands in the record.
    subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, capture_output=True, check=False)
    assert marker.exists()


ACTS = {
    "a connection": "import socket; socket.create_connection(('127.0.0.1', {port}), 1)",
    "a listener": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "a look-up": "import socket; socket.getaddrinfo('localhost', 80)",
    "a process": "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
    "a shell": "import os; os.system('true')",
    "a fork": "import os; os.fork() or os._exit(0)",
    "a file": "open({outside!r}, 'w').close()",
    "a descriptor": "import os; os.close(os.open({outside!r}, os.O_CREAT | os.O_WRONLY))",
    "a folder": "import os; os.mkdir({outside!r})",
    "a move": "import os; os.rename({inside!r}, {outside!r})",
    "a link": "import os; os.symlink({inside!r}, {outside!r})",
}


@pytest.mark.parametrize("act", ACTS)
def test_the_second_wall_lets_nothing_out(act: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    inside = tmp_path / "in" / "file"
    inside.write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = ACTS[act].format(port=server.getsockname()[1], outside=str(tmp_path / "outside"), inside=str(inside))
        wall = (
            f"from countermand.records import wall; wall.Wall([{str(tmp_path / 'in')!r}]).raised(); "
            f"open({str(inside)!r}, 'a').close()\n"
        )
        held = subprocess.run([sys.executable, "-c", wall + words], capture_output=True, text=True, check=False)
        assert "Walled: judging a record again" in held.stderr, held.stderr
        assert not (tmp_path / "outside").exists()
        free = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
        assert free.returncode == 0, free.stderr


SECRETS = {
    "OPENSRS_KEY": "correct horse",
    "GITHUB_TOKEN": "ghs_1",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "eyJ1",
    "CI_JOB_TOKEN": "glcbt-1",
    "NPM_CONFIG__AUTH": "bnBt",
    "HTTPS_PROXY": "http://me:pass@proxy.example:3128",
    "LD_PRELOAD": "",
}


@pytest.mark.parametrize("captured", [True, False])
def test_the_process_that_judges_knows_no_secret_of_the_job(
    captured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> str:
        isolation.run(isolation.Task((str(seen),), (tmp_path,)), captured=captured)
        return seen.read_text()

    seen = tmp_path / "seen"
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.setattr(isolation, "BEGIN", "import os, sys; open(sys.argv[-1], 'w').write(' '.join(os.environ))")
    names = shown()
    assert not SECRETS.keys() & set(names.split())
    assert "PATH" in names
    assert ("GITHUB_STEP_SUMMARY" in names) is not captured
    monkeypatch.setattr(isolation, "environment", lambda *_, **__: dict(os.environ))  # the guard switched off
    assert SECRETS.keys() <= set(shown().split())


@pytest.mark.parametrize("imported", ["", "json", "countermand.records.wall", "pytest", "countermand.plugin.launch"])
def test_whoever_interrupts_a_replay_that_still_begins_is_shown_nothing_of_it(imported: str, tmp_path: Path) -> None:
    words = isolation.command(isolation.Task((f"--replay={tmp_path}",), (tmp_path,)))
    words[1:1] = ["-X", "importtime"]
    with (
        isolation._held_back() as heard,
        subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
    ):
        heard()
        assert process.stdout
        assert process.stderr
        begun = not imported or any(line.rstrip().endswith(f" {imported}") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said = [line for line in process.stderr if not line.startswith("import time:")]
        assert (begun, said, process.stdout.read()) == (True, [], "")
    assert process.returncode == -signal.SIGINT


def test_an_interruption_is_held_back_until_a_replay_knows_how_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = "signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])"
    monkeypatch.setattr(isolation, "BEGIN", f"import signal; print({blocked})")
    assert isolation.run(isolation.Task((), (tmp_path,)), captured=True).stdout == "True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_whoever_interrupts_while_a_replay_is_started_ends_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a process of its own, and need not have heard of it."""

    class Started(subprocess.Popen[str]):
        def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - whatever is passed on
            super().__init__(*arguments, **options)
            started.append(self)
            signal.raise_signal(signal.SIGINT)

    started = list[Started]()
    monkeypatch.setattr(isolation, "BEGIN", "import time; time.sleep(60)")
    monkeypatch.setattr(subprocess, "Popen", Started)
    with pytest.raises(KeyboardInterrupt):
        isolation.run(isolation.Task((), (tmp_path,)))
    assert [process.returncode for process in started] == [-signal.SIGKILL]
