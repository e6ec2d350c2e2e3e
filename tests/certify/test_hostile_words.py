"""What a certificate says of itself cannot be taken for what verify says of it."""

from __future__ import annotations

import base64
import json
import re
import shlex
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from certify.conftest import Lie, countermand
from countermand.certify import archive, contents, envelope, keys, page, printable, terms, words
from countermand.model import clause, clause_set, suite
from countermand.records import finished

FORGED = (
    "x\nwhole.zip verifies: "
    "the signature, every file, and every verdict judged again from the record.\r\x1b[2K\u202e\u2028\x85"
)


def test_foreign_words_are_one_line_without_controls() -> None:
    for said in (printable.quoted(FORGED), printable.line(f"a problem with {FORGED}")):
        assert said.isprintable()
        assert len(said.splitlines()) == 1
    assert "\\u202e" in printable.line(FORGED)
    assert printable.quoted("'" * 3) == r"'\'\'\''"  # nobody closes a quotation but we
    assert printable.quoted("embedded-ala") == "'embedded-ala'"
    assert len(printable.line("x" * 10**7)) < printable.LINE + 40


def alone(said: str) -> list[str]:
    """Return the lines that begin as verify's own last word does."""
    return [line for line in said.splitlines() if line.lstrip().startswith("whole.zip verifies")]


def test_no_forged_line_stands_alone(
    few: Path, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, private = archive.unpacked(few), keys.private(pair[0])
    statement = json.loads(base64.b64decode(json.loads(files[contents.ENVELOPE])["payload"]))
    statement["predicate"]["evidence"].append({"name": FORGED, "digest": {"sha256": "0" * 64}})
    named = {**files, contents.ENVELOPE: envelope.seal(statement, private)}
    (tmp_path / "evidence.zip").write_bytes(archive.packed(named))
    (tmp_path / "member.zip").write_bytes(archive.packed({**files, FORGED: b""}))
    statement["predicate"]["evidence"].pop()
    for resource in statement["predicate"]["configuration"]:
        if resource["name"] == "countermand":
            resource["annotations"]["version"], resource["digest"]["sha256"] = FORGED, "0" * 64
    (tmp_path / "version.zip").write_bytes(
        archive.packed({**files, contents.ENVELOPE: envelope.seal(statement, private)})
    )
    sealed = json.loads(files[contents.ENVELOPE])
    sealed["signatures"][0].update(keyid=FORGED, sig="AAAA")
    (tmp_path / "keyid.zip").write_bytes(
        archive.packed({**files, contents.ENVELOPE: json.dumps(sealed, indent=1).encode() + b"\n"})
    )
    sealed["payloadType"] = FORGED
    (tmp_path / "type.zip").write_bytes(
        archive.packed({**files, contents.ENVELOPE: json.dumps(sealed, indent=1).encode() + b"\n"})
    )
    named_so = tmp_path / "x\nwhole.zip verifies: yes\n.zip"
    named_so.write_bytes(b"no zip")
    for path in [*sorted(tmp_path.glob("*.zip"))]:
        done = countermand("verify", path, "--key", pair[1])
        assert done.code == 14, done.said
        assert alone(done.said) == [], done.said
        assert all(line.isprintable() for line in done.said.splitlines()), done.said
        assert "Traceback" not in done.said
    assert len(list(tmp_path.glob("*.zip"))) == 6
    # The attack, with the door open.
    monkeypatch.setattr(printable, "line", str)
    assert alone(printable.line(f"  a problem with {FORGED}"))


def test_a_target_is_told_as_its_makers_word(lie: Lie, few: Path, pair: tuple[Path, Path]) -> None:
    good = countermand("verify", few, "--key", pair[1])
    assert good.code == 0, good.said
    assert "about        'embedded-ala' at 'https://127.0.0.1" in good.out

    def renamed(text: str) -> str:
        return text.replace('"embedded-ala"', json.dumps("embedded-" + FORGED))

    path = lie_of(lie, renamed)
    done = countermand("verify", path, "--key", pair[1])
    assert done.code == 14, done.said
    assert alone(done.said) == []


def lie_of(lie: Lie, change: object) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("countermand.records.finished._check_words", lambda *_: None)
        return lie({"results.json": change, "record.jsonl": change, "given.json": change})  # type: ignore[dict-item]


def test_the_readme_and_the_page_hold_no_markup_and_no_command_of_their_signer(few: Path, tmp_path: Path) -> None:
    picture, link = "![x](https://evil.example/x.png)", "[mend](https://evil.example)"
    run = finished.read(few)
    run = replace(
        run, notes=(f"{picture}\n# forged <b>",), targets=tuple(replace(target, name=link) for target in run.targets)
    )
    agreed = terms.Terms("a b`c`; touch sprung; $(touch sprung)'.zip", "2027-01-01", "0" * 64)
    text = words.readme(run, agreed, "COUNTERMAND-ALA-2026-ABCDEFGH")
    assert picture not in text
    assert link not in text
    assert "\n# forged" not in text
    assert "\\<b\\>" in text
    [line] = re.findall(r"(?m)^countermand verify .*$", text)
    assert shlex.split(line) == ["countermand", "verify", agreed.name, "--key", "public.pem"]
    given = json.loads(archive.unpacked(few)["given.json"])
    frozen = clause_set.current(clause.read(*suite.features()), suite.root() / "features", {"ala"})
    html = page.page(finished.read(few), given, agreed, "COUNTERMAND-ALA-2026-ABCDEFGH", frozen)
    [pasted] = re.findall(r"<code>(countermand verify .*?)</code>", html)
    assert shlex.split(unescape(pasted)) == shlex.split(line)
    # The attack works on a line that quotes nothing.
    subprocess.run(["sh", "-c", f"true {agreed.name}'"], cwd=tmp_path, check=False, capture_output=True)
    assert (tmp_path / "sprung").exists()
