"""What is wrong with a certificate is found and named, whoever made it wrong: a stranger, or the holder of the key."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from certify.conftest import Lie, countermand
from countermand.certify import archive, contents, envelope, keys
from countermand.certify.check import check


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    path.write_bytes(archive.packed(files))
    return path


def edit(change: Any) -> Any:  # noqa: ANN401 - a change to whatever JSON holds
    """Return what changes the first line of a record, or a document, read as JSON."""

    def changed(text: str) -> str:
        first, newline, rest = text.partition("\n") if text.startswith('{"') else (text, "", "")
        row = json.loads(first)
        change(row)
        return json.dumps(row, ensure_ascii=False) + newline + rest

    return changed


def test_a_good_certificate_verifies_offline(whole: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    done = countermand("verify", whole, "--key", pair[1], offline=tmp_path)
    assert done.code == 0, done.said
    assert "conforms: 22 of 22" in done.out
    assert done.out.splitlines()[-1] == f"{whole}: verifies"
    assert "It does not show\n  - that the exchanges took place" in done.out


def narrow(size: int, *words: object) -> subprocess.CompletedProcess[str]:
    """Have a command played that may write files of so many bytes and no more."""
    return subprocess.run(
        [sys.executable, "-m", "countermand", *map(str, words)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_room_is_told_from_a_bad_certificate(whole: Path, pair: tuple[Path, Path]) -> None:
    without = narrow(2**16, "verify", whole, "--key", pair[1])
    assert without.returncode == 4, without.stdout + without.stderr
    assert "it cannot be judged again on this machine: File too large" in without.stderr
    assert "verify" not in without.stdout
    assert narrow(2**26, "verify", whole, "--key", pair[1]).returncode == 0


def test_that_a_certificate_finds_no_room_is_said_before_anything_is_asked(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "c.zip"
    done = narrow(2**16, "certify", "--key", pair[0], "--out", out, "--reports", tmp_path / "reports")
    assert (done.returncode, done.stdout) == (4, "")
    assert f"{out}: cannot be written there: File too large" in done.stderr
    assert [path for path in tmp_path.iterdir() if path.name != "pair"] == []


def test_another_key_is_told_from_a_bad_signature(few: Path, tmp_path: Path) -> None:
    _, other = keys.make(tmp_path / "other")
    done = countermand("verify", few, "--key", other)
    assert done.code == 14
    assert "it is not signed by this key" in done.err


def test_a_change_in_any_file_is_found_and_the_file_named(whole: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    files, key = archive.unpacked(whole), keys.public(pair[1])
    for name, data in files.items():
        for at in (len(data) // 3, len(data) - 2):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            outcome = check(packed(tmp_path / "changed.zip", {**files, name: changed}), key)
            assert len(outcome.problems) == 1, name
            assert outcome.problems[0].startswith(name), outcome.problems


def test_a_file_that_is_gone_or_was_added_is_named(whole: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    files, key = archive.unpacked(whole), keys.public(pair[1])
    for name in files.keys() - {contents.ENVELOPE}:
        outcome = check(
            packed(tmp_path / "less.zip", {file: data for file, data in files.items() if file != name}), key
        )
        assert outcome.problems == (f"{name}: is missing, and was signed for",)
    outcome = check(packed(tmp_path / "more.zip", {**files, "more.txt": b"more"}), key)
    assert outcome.problems == ("more.txt: is in the zip, and nobody signed for it",)
    outcome = check(
        packed(tmp_path / "none.zip", {file: data for file, data in files.items() if file != contents.ENVELOPE}), key
    )
    assert outcome.problems == (f"{contents.ENVELOPE}: is missing or empty, and so nothing here is signed",)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("changed", ["README.md", "record.jsonl", contents.ENVELOPE, ""])
def test_of_a_zip_that_was_packed_again_the_changed_file_is_named(
    few: Path, pair: tuple[Path, Path], tmp_path: Path, method: int, changed: str
) -> None:
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", method) as again:
        again.mkdir("targets")
        for name, data in archive.unpacked(few).items():
            again.writestr(name, data.replace(b"a", b"b", 1) if name == changed else data)
    problems = check(path, keys.public(pair[1])).problems
    if method == zipfile.ZIP_BZIP2:  # which unpacks to whatever it likes, and is not unpacked
        assert problems[0].endswith("is packed in a way that no run is")
        return
    assert "another tool has packed the zip again ('targets/' is" in problems[0]
    assert [words.partition(":")[0] for words in problems[1:]] == ([changed] if changed else [])


def test_a_change_in_any_byte_of_the_zip_is_found(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    data, key, path = few.read_bytes(), keys.public(pair[1]), tmp_path / "changed.zip"
    directory = data.rindex(b"PK\x01\x02")
    for at in (*range(60), *range(60, len(data), len(data) // 150), *range(directory, len(data))):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        assert check(path, key).problems, at
    for more in (data + b"\0", b"\0" + data):
        path.write_bytes(more)
        assert check(path, key).problems


def test_what_is_no_certificate_is_said_so(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "note.zip").write_text("no zip")
    packed(tmp_path / "empty.zip", {})
    packed(tmp_path / "odd.zip", {contents.ENVELOPE: b'{"payload": 1}'})
    for name in ("note.zip", "empty.zip", "odd.zip"):
        done = countermand("verify", tmp_path / name, "--key", pair[1])
        assert done.code == 14
        assert "Traceback" not in done.said
    assert countermand("verify", tmp_path / "nowhere.zip", "--key", pair[1]).code == 4


def test_a_signed_statement_without_its_parts_is_no_certificate(pair: tuple[Path, Path], tmp_path: Path) -> None:
    sealed = envelope.seal({"predicate": {"evidence": []}}, keys.private(pair[0]))
    outcome = check(packed(tmp_path / "bare.zip", {contents.ENVELOPE: sealed}), keys.public(pair[1]))
    assert "cannot be judged again" in outcome.problems[0]


def test_a_certificate_of_another_suite_is_told_from_a_bad_one(lie: Lie, pair: tuple[Path, Path]) -> None:
    def older(row: dict[str, Any]) -> None:
        row["suite"] = {"version": "0.0.9", "digest": "sha256:" + "0" * 64}

    path = lie({"results.json": edit(older), "given.json": edit(older)})
    done = countermand("verify", path, "--key", pair[1])
    assert done.code == 10
    assert "the signature and every file hold" in done.err
    assert "from its wheel: pip install countermand-0.0.9-py3-none-any.whl" in done.err
    files = archive.unpacked(path)
    packed(path, {**files, "conformance.md": files["conformance.md"] + b"!"})
    assert countermand("verify", path, "--key", pair[1]).code == 14


def test_a_verdict_that_does_not_follow_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    def better(row: dict[str, Any]) -> None:
        row["complete"], row["verdict"] = True, "conforms"

    problems = check(lie({"results.json": edit(better)}), keys.public(pair[1])).problems
    assert any(
        words.startswith('results.json: its verdict is "conforms", judged again "inconclusive"') for words in problems
    )


def test_a_scenario_that_does_not_follow_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    def refused(row: dict[str, Any]) -> None:
        body = row["exchanges"][-1]["reply"]["body"]
        body["value"] = "<html>No</html>"

    path = lie({"record.jsonl": edit(refused)})
    name = json.loads(archive.unpacked(path)["record.jsonl"].split(b"\n")[0])["id"]
    problems = check(path, keys.public(pair[1])).problems
    assert any(words.startswith(f"{name}: recorded as 'conforms', judged again as") for words in problems), problems


def test_a_dropped_exchange_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    path = lie({"record.jsonl": edit(lambda row: row["exchanges"].pop())})
    problems = check(path, keys.public(pair[1])).problems
    assert any("is not in the record" in words for words in problems), problems


def test_a_changed_request_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    def asked_otherwise(row: dict[str, Any]) -> None:
        body = row["exchanges"][0]["request"]["body"]
        body["value"] = body["value"].replace("<", " <", 1)

    problems = check(lie({"record.jsonl": edit(asked_otherwise)}), keys.public(pair[1])).problems
    assert any("request 1 (cancelOrder): its body differs" in words for words in problems), problems


def test_a_dropped_scenario_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    path = lie({"record.jsonl": lambda text: text.partition("\n")[2]})
    problems = check(path, keys.public(pair[1])).problems
    assert any("is in results.json alone" in words for words in problems), problems


def test_a_complete_run_that_lacks_a_scenario_is_not_complete(lie: Lie, pair: tuple[Path, Path]) -> None:
    def whole(row: dict[str, Any]) -> None:
        row["complete"] = True

    problems = check(lie({"results.json": edit(whole)}), keys.public(pair[1])).problems
    assert any("scenarios it lacks" in words for words in problems), problems


def test_another_acceptance_is_named(lie: Lie, pair: tuple[Path, Path]) -> None:
    def taken_up(row: dict[str, Any]) -> None:
        row["acceptances"]["ala"]["exchange"]["elapsed"] = 1.0

    problems = check(lie({"given.json": edit(taken_up)}), keys.public(pair[1])).problems
    assert any(words.startswith("given.json: its acceptances") for words in problems), problems


def test_a_record_cannot_write_outside_its_folder(lie: Lie, pair: tuple[Path, Path]) -> None:
    def outwards(row: dict[str, Any]) -> None:
        row["targets"][0]["files"] |= {"reply/../../outside.xsd": "<schema/>"}

    problems = check(lie({"given.json": edit(outwards)}), keys.public(pair[1])).problems
    assert any("is no path within a record" in words for words in problems), problems


def test_a_zip_that_lacks_its_beginning_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "whole.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("results.json", b"x" * 500)
    with pytest.raises(archive.ArchiveError, match="a part of it is missing, or not where it says"):
        archive.unpacked(path.read_bytes()[100:])
