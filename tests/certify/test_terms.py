"""Who declares what, under which number, until when.

Signed, on the page that prints, told by verify, and held against what is expected.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from certify.conftest import Lie, agreed, countermand
from certify.test_verify import edit
from countermand.certify import archive, contents, envelope, expect, keys, page, summary
from countermand.certify import build as making
from countermand.certify.check import check
from countermand.certify.statement import digest
from countermand.commands.verify import answered
from countermand.model.verdict import Verdict
from countermand.provider import embedded, serving

DECLARED = {
    "organisation": "Example <b>Networks</b> & Söhne", "product": "Order Gateway", "version": "4.2.1",
    "contact": "api@networks.example", "statement": "https://networks.example/conformance",
}  # fmt: skip
SCHEMA = json.loads((Path(__file__).parents[2] / "countermand" / "schemas" / "verify.schema.json").read_text("utf-8"))


def declare(row: dict[str, Any]) -> None:
    row["targets"][0]["declaration"] = DECLARED


def test_a_declaration_is_signed_printed_and_told(lie: Lie, pair: tuple[Path, Path]) -> None:
    path = lie({"given.json": edit(declare)})
    outcome = check(path, keys.public(pair[1]))
    assert outcome.problems == ()
    said = summary.facts(outcome.statement or {})
    assert said["targets"][0]["declaration"] == DECLARED
    assert said["targets"][0]["environment"] == "staging"
    drawn = archive.unpacked(path)[page.FILE].decode()
    assert "Example &lt;b&gt;Networks&lt;/b&gt; &amp; Söhne declares that Order Gateway 4.2.1" in drawn
    assert "<script" not in drawn
    for words in (
        said["number"],
        said["validUntil"],
        said["signer"]["keyid"],
        "127.0.0.1",
        "staging",
        "api@networks.example",
    ):
        assert words in drawn
    lines = "\n".join(summary.lines(said))
    for words in (
        "'Order Gateway'",
        "'4.2.1'",
        said["number"],
        said["validUntil"],
        said["signer"]["keyid"],
        "staging",
        "not applicable",
    ):
        assert words in lines


def test_another_word_on_the_page_is_found(lie: Lie, few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:

    files = archive.unpacked(few)
    made = contents.made(files, agreed(few))
    changed = {**made.files, page.FILE: made.files[page.FILE].replace(b"inconclusive", b"conforms")}
    statement = json.loads(json.dumps(made.statement))
    for file in statement["predicate"]["evidence"]:
        file["digest"]["sha256"] = digest(changed[file["name"]])
    sealed = envelope.seal(statement, keys.private(pair[0]))
    path = tmp_path / few.name
    path.write_bytes(archive.packed({**changed, contents.ENVELOPE: sealed}))
    problems = check(path, keys.public(pair[1])).problems
    assert f"{page.FILE}: does not follow from the results and the record" in problems


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": "COUNTERMAND-ALA-2026-AAAAAAAA"}, "predicate.number"),
        ({"validUntil": "2999-01-01"}, "it claims to be valid until"),
        ({"validUntil": "2026-99-99"}, "is no day"),
        ({"supersedes": "COUNTERMAND-ALA-2026-BBBBBBBB"}, "predicate.number"),
        ({"seed": "another"}, "predicate.seed"),
        ({"signer": {"keyid": "0" * 64}}, "another key has signed it"),
        ({"profiles": []}, "predicate.profiles"),
        ({"notApplicable": []}, "predicate.notApplicable"),
        ({"clauseSets": []}, "predicate.clauseSets"),
    ],
)
def test_a_term_that_does_not_follow_is_found(
    change: dict[str, Any], words: str, few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:

    files = archive.unpacked(few)
    statement = json.loads(json.dumps(contents.made(files, agreed(few)).statement))
    if statement["predicate"].get(next(iter(change))) == next(iter(change.values())):
        pytest.skip("this certificate says so itself")
    statement["predicate"] |= change
    path = tmp_path / few.name
    path.write_bytes(archive.packed({**files, contents.ENVELOPE: envelope.seal(statement, keys.private(pair[0]))}))
    assert words in " ".join(check(path, keys.public(pair[1])).problems)


def test_validity_counts_from_the_run_and_a_number_names_just_one(
    few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    reports, key = few.parent / "reports", keys.private(pair[0])
    first = making.write(reports, key, tmp_path / "a.zip")
    assert date.fromisoformat(first.valid_until) == date.fromisoformat(first.run.finished[:10]) + timedelta(days=365)
    assert re.fullmatch(r"COUNTERMAND-ALA-\d{4}-[A-Z2-7]{8}", first.number)
    others = [making.Promise(30), making.Promise(owner="Somebody"), making.Promise(supersedes=first.number)]
    numbers = [making.write(reports, key, tmp_path / "b.zip", promise).number for promise in others]
    numbers.append(making.write(reports, keys.private(keys.make(tmp_path / "other")[0]), tmp_path / "b.zip").number)
    assert len({first.number, *numbers}) == 5
    assert making.write(reports, key, tmp_path / "c.zip").number == first.number


def test_verify_refuses_what_was_not_expected(few: Path, pair: tuple[Path, Path]) -> None:
    outcome = check(few, keys.public(pair[1]))
    said = summary.facts(outcome.statement or {})
    end, url = date.fromisoformat(said["validUntil"]), said["targets"][0]["url"]
    good = [
        expect.Expected(),
        expect.Expected("embedded-ala", "ala", said["seed"], timedelta(days=9)),
        expect.Expected(url + "/"),
        expect.Expected(on=end),
        expect.Expected(verdict=Verdict.INCONCLUSIVE),
    ]
    for expected in good:
        assert answered(outcome, expected)["exit"] == 0
    for expected, words in (
        (expect.Expected("other"), "not about 'other'"),
        (expect.Expected(api="opensrs"), "not opensrs"),
        (expect.Expected(verdict=Verdict.CONFORMS), "it says inconclusive, and not conforms"),
        (expect.Expected(seed="CHALLENGE"), "not with your challenge 'CHALLENGE'"),
        (
            expect.Expected(on=date(2020, 1, 1)),
            f"it was not yet issued on 2020-01-01: its run ended on {said['finished'][:10]}",
        ),
    ):
        answer = answered(outcome, expected)
        assert (answer["exit"], answer["outcome"]) == (14, "is not what was expected")
        assert len(answer["unmet"]) == 1
        assert words in answer["unmet"][0]
    expired = answered(outcome, expect.Expected(on=end + timedelta(days=1)))
    assert (expired["exit"], expired["outcome"]) == (11, "verifies, and holds no longer")
    old = answered(outcome, expect.Expected(age=timedelta(days=90), on=end - timedelta(days=1)))
    assert old["exit"] == 11
    assert "more than 90 days" in old["late"][0]
    for answer in (expired, old, answered(outcome, expect.Expected())):
        Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(answer)))


def test_json_is_of_its_schema_and_states_nothing_of_what_does_not_verify(
    few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    done = countermand("verify", few, "--key", pair[1], "--json", "--expect-api", "opensrs")
    answer = json.loads(done.out)
    Draft202012Validator(SCHEMA).validate(answer)
    assert (done.code, answer["stated"]["targets"][0]["api"]) == (14, "ala")
    (tmp_path / "bad.zip").write_bytes(few.read_bytes()[:-1])
    done = countermand("verify", tmp_path / "bad.zip", "--key", pair[1], "--json")
    answer = json.loads(done.out)
    Draft202012Validator(SCHEMA).validate(answer)
    assert (done.code, answer["exit"], answer["stated"]) == (14, 14, None)


def test_a_public_certificate_names_the_blanks_before_anything_is_sent(pair: tuple[Path, Path], tmp_path: Path) -> None:
    with serving.serve("opensrs", embedded.SELLERS["opensrs"](), tmp_path) as served:
        text = served.target.read_text()
        served.target.write_text(f'{text}\n[declaration]\norganisation = "Example"\nproduct = " "\n')
        done = countermand("certify", "--public", "--target", served.target, "--key", pair[0], cwd=tmp_path)
        assert done.code == 4, done.said
        assert "declaration.product, declaration.version, declaration.contact, declaration.statement" in done.err
        assert not (tmp_path / "reports").exists()
        preview = countermand("certify", "--preview", "--target", served.target, "--key", pair[0], cwd=tmp_path)
        assert preview.code == 0, preview.said
        assert "Not applicable, as things stand:" in preview.out
        assert "(OSRS-STA-02)" in preview.out
        assert "(OSRS-SIG-01)" not in preview.out  # a stand-in has no connection that might end
        assert not list(tmp_path.rglob("*.zip"))


def test_a_certificate_takes_the_place_of_none_about_another_api(pair: tuple[Path, Path], tmp_path: Path) -> None:
    number = "COUNTERMAND-ALA-2026-AAAAAAAA"
    done = countermand("certify", "--api", "opensrs", "--key", pair[0], "--supersedes", number, cwd=tmp_path)
    assert done.code == 4
    assert f"--supersedes {number}: is a certificate of ALA, and OPENSRS is certified" in done.err
    assert not list(tmp_path.rglob("results.json"))


def test_verify_can_be_asked_for_a_verdict(few: Path, pair: tuple[Path, Path]) -> None:
    assert countermand("verify", few, "--key", pair[1], "--expect-verdict", "inconclusive").code == 0
    done = countermand("verify", few, "--key", pair[1], "--expect-verdict", "conforms")
    assert done.code == 14
    assert "it says inconclusive, and not conforms" in done.err
    assert countermand("verify", few, "--key", pair[1], "--expect-api", "foo").code == 4


def test_help_of_certify_offers_nothing_that_it_refuses() -> None:
    said = countermand("certify", "--help").out
    for option in ("--baseline", "--dry-run", "--replay", "--patience", "--help-pytest", "-m "):
        assert f" {option}" not in said, option
    for option in ("--public", "--valid-days", "--supersedes", "--seed", "--passphrase-from", "--preview", "--key"):
        assert option in said, option


def test_no_word_of_a_declaration_stands_as_a_line_of_ours(lie: Lie, pair: tuple[Path, Path]) -> None:
    forged = "x'\nwhole.zip verifies: all of it\u202e\x1b[2K"

    def declare_so(row: dict[str, Any]) -> None:
        row["targets"][0]["declaration"] = dict.fromkeys(DECLARED, forged)

    outcome = check(lie({"given.json": edit(declare_so)}), keys.public(pair[1]))
    assert outcome.problems == ()
    said = summary.facts(outcome.statement or {})
    assert all(line.isprintable() and not line.lstrip().startswith("whole.zip") for line in summary.lines(said))
    assert "\\'" in "".join(summary.lines(said))  # nor does it close the quotation it stands in


def test_what_has_changed_since_a_release_is_told(tmp_path: Path) -> None:
    done = countermand("clauses", "--since", "0.1", cwd=tmp_path)
    assert done.code == 0, done.said
    assert "0.1.0" in done.out
    assert json.loads(countermand("clauses", "--since", "0.1", "--json").out)["changes"] == []
    done = countermand("clauses", "--since", "7.3")
    assert done.code == 4
    assert "there is 0.1.0" in done.err


def test_words_by_which_a_target_file_reads_replies_are_printed(lie: Lie) -> None:
    """Whoever writes the target file may call a seller's yes a no; the page says by which words."""

    def reads(given: dict[str, Any]) -> None:
        given["targets"][0]["dialect"] |= {"decision": "//<b>", "rejected": ["Pending", "No"]}

    drawn = archive.unpacked(lie({"given.json": edit(reads)}))[page.FILE].decode()
    assert "<th>Replies read by</th><td>its own dialect: rejected = Pending, No; decision = //&lt;b&gt;</td>" in drawn
    untouched = archive.unpacked(lie({"given.json": edit(declare)}))[page.FILE].decode()
    assert "Replies read by" not in untouched


def test_what_was_not_applicable_is_said_as_the_run_said_it(lie: Lie, few: Path, pair: tuple[Path, Path]) -> None:
    def partly(text: str) -> str:
        document = json.loads(text)
        judged = max(document["clauses"], key=lambda clause: len(clause["scenarios"]))
        for row in judged["scenarios"][:1]:
            row |= {"verdict": "not applicable", "message": "NotApplicable: there is none"}
        return json.dumps(document)

    for path, counted in (
        (few, "no clauses"),
        (lie({"results.json": partly}), "a part of 1 clause"),
    ):
        said = summary.facts(envelope.unseal(archive.unpacked(path)[contents.ENVELOPE], keys.public(pair[1])))
        assert f"  not applicable: {counted}" in list(summary.lines(said))
        assert said["notApplicable"] == []
