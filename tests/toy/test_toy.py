"""A third API, brought by a distribution installed beside the suite.

All of it stands in this folder, and no other file knows it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from countermand.model import apis
from countermand.model.api import WHO, Api, ApiError
from countermand.model.target import Identity

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CLEAN = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("COUNTERMAND_", "PYTEST_", "PYTHON", "GITHUB_"))
}


def installed(folder: Path, entry: str = "toy = countermand_toy.api:API", name: str = "countermand_toy") -> Path:
    """Lay a distribution out as an installer does: its package, and beside it what says which API that is."""
    shutil.copytree(HERE / "countermand_toy", folder / "countermand_toy", ignore=shutil.ignore_patterns("__pycache__"))
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[countermand.apis]\n{entry}\n")
    return folder


def environment(folder: Path, *places: Path) -> dict[str, str]:
    return {
        **CLEAN,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *places))),
        "COUNTERMAND_LEDGER": str(folder / "ledger.sqlite"),
    }


def countermand(folder: Path, *arguments: object, site: Path | None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "countermand", *map(str, arguments)]
    variables = environment(folder, *([site] if site else []))
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("site"))


@contextlib.contextmanager
def served(folder: Path, site: Path, *arguments: str) -> Iterator[Path]:
    """Serve a toy shop, and give the target file that reaches it."""
    target = folder / "toy.toml"
    command = [
        sys.executable,
        "-m",
        "countermand",
        "serve",
        "--api",
        "toy",
        "--quiet",
        "--target-out",
        str(target),
        *arguments,
    ]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(folder, site), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 120
            while (
                "try: " not in (folder / "said").read_text() and process.poll() is None and time.monotonic() < deadline
            ):
                time.sleep(0.05)
            yield target
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a shop was served, looked at, rehearsed and certified."""
    place = tmp_path_factory.mktemp("toy")
    assert countermand(place, "keygen", site=site).returncode == 0
    with served(place, site) as target:
        for name, arguments in {
            "doctor": ("doctor", "--target", target),
            "dry": ("run", "--dry-run", "-v", "--target", target),
            "certify": ("certify", "--target", target, "--key", "signing.pem", "--out", "toy.zip", "--no-page"),
        }.items():
            done = countermand(place, *arguments, site=site)
            (place / f"{name}.txt").write_text(done.stdout + done.stderr)
            assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_it_is_served_looked_at_rehearsed_and_certified_like_the_other_two(folder: Path) -> None:
    assert "The target can be tested." in (folder / "doctor.txt").read_text()
    assert "<cancel><ticket>" in (folder / "dry.txt").read_text()
    results = json.loads((folder / "reports" / "results.json").read_text())
    assert {clause["id"]: clause["verdict"] for clause in results["clauses"]} == dict.fromkeys(
        ("TOY3-CAN-01", "TOY3-REQ-01", "TOY3-STK-01"), "conforms"
    )
    assert "Toy shop 3" in (folder / "reports" / "index.html").read_text()


def test_its_certificate_verifies_where_it_is_installed_and_nowhere_else(
    folder: Path, site: Path, tmp_path: Path
) -> None:
    for name in ("toy.zip", "signing.public.pem"):
        shutil.copy(folder / name, tmp_path / name)
    verify = ("verify", "toy.zip", "--key", "signing.public.pem", "--patience", "100")
    there = countermand(tmp_path, *verify, site=site)
    assert (there.returncode, "verifies" in there.stdout) == (0, True), there.stderr
    assert countermand(tmp_path, *verify, site=None).returncode not in {0, 1}


def test_its_record_is_judged_again(folder: Path, site: Path, tmp_path: Path) -> None:
    again = countermand(tmp_path, "run", "--replay", folder / "reports", "--no-page", "--patience", "100", site=site)
    assert (again.returncode, "conforms: 2 of 2" in again.stdout) == (0, True), again.stdout + again.stderr


def test_every_deviant_is_caught_by_its_clause_alone(site: Path, tmp_path: Path) -> None:
    proof = countermand(tmp_path, "prove", "--api", "toy", site=site)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "3 deviants: every one of 3 clauses was broken and caught" in proof.stdout


def test_a_deviant_that_is_served_by_its_slug_is_found_out_and_ticketed(site: Path, tmp_path: Path) -> None:
    with served(tmp_path, site, "--deviant", "takes-up-without-order") as target:
        wrong = countermand(tmp_path, "run", "--target", target, "--no-page", site=site)
    assert (wrong.returncode, "TOY3-REQ-01" in wrong.stdout) == (1, True), wrong.stdout
    ticket = countermand(tmp_path, "ticket", "TOY3-REQ-01", "--reports", "reports", site=site)
    assert "ticket of the request" in ticket.stdout
    assert "takes-up-without-order (Careless)" in countermand(tmp_path, "explain", "TOY3-REQ-01", site=site).stdout


def test_a_target_file_that_init_writes_names_no_example_that_is_not_there(site: Path, tmp_path: Path) -> None:
    flags = ("--from-flags", "--api", "toy", "--url", "https://127.0.0.1:1", "--username", "me", "--no-doctor")
    countermand(tmp_path, "init", *flags, "--out", "mine.toml", site=site)
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert "targets/toy.toml" not in text
    assert "the examples in targets/ of the suite explain" in text


def test_nobody_knows_it_where_it_is_not_installed(tmp_path: Path) -> None:
    refused = countermand(tmp_path, "run", "--api", "toy", site=None)
    assert (refused.returncode, "invalid choice: 'toy'" in refused.stderr) == (4, True)
    assert "TOY3" not in countermand(tmp_path, "clauses", site=None).stdout


HOSTILE = 'from pathlib import Path\nPath("{mark}").touch()\n'


def test_what_lies_where_somebody_stands_is_never_loaded(tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    installed(stranger, "evil = countermand_evil:API", "countermand_evil")
    (stranger / "countermand_evil.py").write_text(HOSTILE.format(mark=tmp_path / "loaded"))
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from countermand.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, str(stranger), "clauses"]
    here = subprocess.run(command, cwd=stranger, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (here.returncode, (tmp_path / "loaded").exists()) == (0, False), here.stderr
    elsewhere = subprocess.run(
        command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert (elsewhere.returncode, (tmp_path / "loaded").exists()) == (4, True)  # so that the first would have been seen
    assert "the installed API evil (countermand_evil:API) cannot be loaded" in elsewhere.stderr


def test_a_row_that_asks_for_a_key_no_party_has_is_told_which_there_are() -> None:
    with pytest.raises(
        ApiError,
        match=r"the API toy needs account of \[buyer\], which has no such key; it has identifier, reseller, user",
    ):
        Api(name="toy", title="Toy", protocol="", states=("open",), needs=("username", "account"), omitted="order")


def test_a_party_says_who_it_is_by_just_these_keys() -> None:
    shown = {"name", "certificate", "private_key", "pkcs12", "passphrase"}
    assert {field.name for field in fields(Identity)} == shown | {*WHO} | {
        "line",
        "server_name",
    }  # which no target file has


@pytest.mark.parametrize(("module", "lacks"), [("curt", ""), ("curt", "Curt"), ("seller", "")])
def test_what_its_embedded_seller_lacks_is_said_in_words(tmp_path: Path, module: str, lacks: str) -> None:
    site = installed(tmp_path / "site")
    path = site / "countermand_toy" / "provider" / f"{module}.py"
    if lacks:
        path.write_text("")
    else:
        path.unlink()
    run = ("run", "--api", "toy", *(("--dry-run",) if module == "curt" else ()), "-p", "no:cacheprovider")
    done = countermand(tmp_path, *run, site=site)
    words = f"{module} of toy lacks {lacks}" if lacks else f"lacks its module countermand_toy.provider.{module}"
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (4, True, False), done.stderr


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("toy = countermand_toy.api:Nothing", "cannot be loaded: AttributeError"),
        ("tin = countermand_toy.api:API", "is no Api of that name"),
        ("ala = countermand.model.apis:ALA", "is no Api of that name with a home of its own"),
    ],
)
def test_one_that_cannot_be_used_is_said_in_words(tmp_path: Path, entry: str, words: str) -> None:
    place = tmp_path / "site"
    place.mkdir()
    installed(place, entry)
    for command in (("clauses",), ("--version", "--json")):
        refused = countermand(tmp_path, *command, site=place)
        assert (refused.returncode, words in refused.stderr, "Traceback" in refused.stderr) == (4, True, False), (
            refused.stderr
        )


@pytest.mark.parametrize("missing", ["features", "features/toy/clauses.toml", "features/toy/sources.toml", "payloads"])
def test_one_that_was_installed_without_what_belongs_to_it_is_said_in_words(tmp_path: Path, missing: str) -> None:
    place = installed(tmp_path / "site")
    home = place / "countermand_toy"
    (home / missing).rename(home / "elsewhere")
    words = f"the installed API toy lacks {missing}"
    for command in (("clauses",), ("run", "--api", "toy", "--dry-run")):
        refused = countermand(tmp_path, *command, site=place)
        assert (refused.returncode, words in refused.stderr, "Traceback" in refused.stderr) == (4, True, False), (
            refused.stderr
        )
    assert len(refused.stderr.splitlines()) == 1, refused.stderr


def test_a_relative_place_and_the_present_one_are_not_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", "packages", str(tmp_path), str(HERE)])
    assert apis.places() == [str(HERE)]
