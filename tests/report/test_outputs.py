"""All outputs of one run agree, and each can be read by whoever it is for."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from countermand.model import results as model
from countermand.model.body import content
from countermand.model.clause import Evidence
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.results import Results, Scenario
from countermand.model.rows import ExchangeRow
from countermand.model.secret import Masker
from countermand.model.verdict import Verdict
from countermand.report import agents, environment, exchanges, front, github, junit, markdown, naming, outputs, terminal
from countermand.report.looks import look

from .conftest import MOMENT

SCHEMA = Path(model.__file__).parents[1] / "schemas" / "results.schema.json"
README = Path(__file__).parents[2] / "README.md"
EXPECTED = {
    Verdict.CONFORMS: 2,
    Verdict.DOES_NOT_CONFORM: 1,
    Verdict.DEPARTS: 1,
    Verdict.INCONCLUSIVE: 3,
    Verdict.NOT_APPLICABLE: 1,
}


def test_results_json_counts_every_scenario_once(results: Results, tmp_path: Path) -> None:
    outputs.write(results, tmp_path)
    document = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert document["counts"] == {str(verdict): number for verdict, number in EXPECTED.items()}
    assert (
        Counter(scenario["verdict"] for clause in document["clauses"] for scenario in clause["scenarios"])
        == document["counts"]
    )


def test_junit_says_failure_error_and_skipped_as_often(results: Results) -> None:
    root = ET.fromstring(junit.document(results))
    properties = Counter(
        p.get("value") for p in root.iterfind("testsuite/testcase/properties/property[@name='verdict']")
    )
    assert properties == {str(verdict): number for verdict, number in EXPECTED.items()}
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("8", "1", "3")
    for total, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"), ("tests", ".")):
        path = "testsuite/testcase" if element == "." else f"testsuite/testcase/{element}"
        assert sum(int(suite.get(total, "")) for suite in root) == len(root.findall(path))


def test_of_a_run_that_was_ended_before_its_time_junit_says_so_and_what_it_left_out_is_not_decided(
    results: Results,
) -> None:
    kept = [judged.clause for judged in results.clauses if judged.verdict is Verdict.CONFORMS]
    left = next(clause for clause in kept if clause.evidence is Evidence.DOCUMENTED)
    ended = replace(results, complete=False, unplayed=(left.id,))
    before, after = (ET.fromstring(junit.document(each)) for each in (results, ended))
    assert [int(str(root.get(name))) for root in (before, after) for name in ("tests", "errors")] == [8, 3, 9, 4]
    (error,) = after.iterfind("testsuite/testcase[@name='the run is played to its end']/error")
    assert error.get("message") == f"the run was ended before its time, and has left out scenarios of {left.id}"
    assert ended.coverage["decided"] == results.coverage["decided"] - 1


def test_conformance_md_counts_as_often(results: Results) -> None:
    text = markdown.conformance(results)
    assert "| 2 | 1 | 1 | 3 | 1 | 8 |" in text
    for verdict, heading in (
        (Verdict.DOES_NOT_CONFORM, "Does not conform"),
        (Verdict.DEPARTS, "Departs"),
        (Verdict.INCONCLUSIVE, "Inconclusive"),
    ):
        section = text.partition(f"## {heading} ({EXPECTED[verdict]})")[2].partition("\n## ")[0]
        assert section.count("\n### ") == EXPECTED[verdict]


def test_allure_statuses_follow_from_the_verdicts() -> None:
    assert {str(verdict): look(verdict).status for verdict in Verdict} == {
        "conforms": "passed",
        "does not conform": "failed",
        "departs": "skipped",
        "inconclusive": "broken",
        "not applicable": "skipped",
        "not tested": "broken",
    }
    assert [verdict for verdict in Verdict if not look(verdict).category] == [Verdict.CONFORMS, Verdict.NOT_TESTED]


def test_verdicts_are_told_apart_without_colours() -> None:
    assert len({look(verdict).sign for verdict in Verdict}) == len(Verdict)
    assert [verdict for verdict in Verdict if look(verdict).bad] == [
        Verdict.DOES_NOT_CONFORM,
        Verdict.INCONCLUSIVE,
        Verdict.NOT_TESTED,
    ]


def test_the_front_page_shows_every_scenario_and_what_to_act_on_first(results: Results) -> None:
    page = front.page(results)
    for verdict, number in EXPECTED.items():
        assert f"</b> {number} {verdict}</li>" in page
    assert page.count('<details class="clause') == len(results.clauses)
    places = [
        page.index(words)
        for words in ('id="act-ala-req-07"', 'id="act-ala-trc-01"', "Not found out (3)", 'id="ala-req-07"')
    ]
    assert places == sorted(places)
    assert "2 scenarios wait for one thing" in page


def test_the_front_page_shortens_what_is_too_long_and_says_so(results: Results) -> None:
    shown = results.scenarios[0].exchanges[0]
    assert shown["reply"] is not None
    long: ExchangeRow = {
        **shown,
        "reply": {**shown["reply"], "body": {"encoding": "utf8", "value": "x" * 10_000_000, "masked": []}},
    }
    scenarios = tuple(replace(scenario, exchanges=(long,)) for scenario in results.scenarios)
    page = front.page(replace(results, scenarios=scenarios))
    assert len(page) < 8 * 2 * front.ONE + 200_000
    assert "10000000 bytes in all" in page


def test_every_output_begins_with_the_same_sentence(results: Results) -> None:
    sentence = results.sentence
    assert sentence in markdown.conformance(results).splitlines()[0]
    assert sentence == terminal.lines(results)[0]
    assert sentence in front.page(results)
    assert environment.facts(results)["Verdict"] == sentence


def test_results_json_is_valid_and_its_words_are_closed(results: Results, tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    outputs.write(results, tmp_path)
    document = json.loads((tmp_path / "results.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(document)] == []
    for broken in ({"verdict": "passed"}, {"version": 2}, {"extra": 1}, {"counts": {"conforms": 1}}, {"seed": None}):
        assert not validator.is_valid({**document, **broken}), broken


def test_the_schema_knows_every_word_of_the_model(results: Results) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert schema["$defs"]["verdict"]["enum"] == [
        str(verdict) for verdict in Verdict if verdict is not Verdict.NOT_TESTED
    ]
    assert schema["properties"]["version"]["const"] == model.VERSION
    assert schema["required"] == list(results.as_json())


def test_the_record_gives_back_every_scenario(results: Results, tmp_path: Path) -> None:
    outputs.write(results, tmp_path)
    lines = (tmp_path / "record.jsonl").read_text("utf-8").splitlines()
    assert tuple(Scenario.of(json.loads(line)) for line in lines) == results.scenarios


def test_a_lone_surrogate_survives_in_json(results: Results, tmp_path: Path) -> None:
    outputs.write(results, tmp_path)
    assert (
        "\ud800" in json.loads((tmp_path / "results.json").read_text("utf-8"))["clauses"][1]["scenarios"][0]["message"]
    )


def test_junit_names_rows_of_an_outline_apart(results: Results) -> None:
    root = ET.fromstring(junit.document(results))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names) == 8
    assert ("Cancelling an order", "A required field [buyer<1>]") in names


def test_junit_says_what_departs_and_why_something_does_not_apply(results: Results) -> None:
    root = ET.fromstring(junit.document(results))
    assert [skipped.get("message") for skipped in root.iter("skipped")] == [
        "departs: no correlation",
        'the target declares takes_up = "no"',
    ]


def test_characters_xml_cannot_carry_are_written_as_escapes(results: Results) -> None:
    failure = next(ET.fromstring(junit.document(results)).iter("failure"))
    assert r"\x00\x0b\ud800" in (failure.get("message") or "")
    assert "取消" in (failure.text or "")


def test_no_html_of_a_seller_reaches_the_built_in_page(results: Results) -> None:
    page = front.page(results)
    assert page.count("<script") == 1
    assert "&lt;script&gt;" in page


def test_markdown_is_not_led_astray_by_a_message(results: Results) -> None:
    worst = replace(results.scenarios[1], message="Nonconformance: ```` fences\n```\n# no heading")
    text = markdown.conformance(replace(results, scenarios=(worst,)))
    block = text.partition("`````text\n")[2].partition("\n`````\n")[0]
    assert block == worst.message


def test_a_summary_is_cut_below_its_limit_and_says_so(results: Results) -> None:
    many = tuple(
        replace(results.scenarios[1], id=f"row[{n}]", message="Nonconformance: é\n" + "取" * 500) for n in range(40)
    )
    crowded = replace(results, scenarios=many)
    for limit in (500, 3_000, 20_000):
        text = markdown.summary(crowded, limit)
        assert len(text.encode()) <= limit
        assert text.rstrip().endswith("*Cut here: the whole is in conformance.md.*")
        assert text.count("```") % 2 == 0
    assert markdown.summary(results) == markdown.conformance(results)


@pytest.mark.parametrize(
    ("verdict", "words"), [(Verdict.NOT_APPLICABLE, "not applicable"), (Verdict.INCONCLUSIVE, "could not be found out")]
)
def test_clauses_are_counted_by_their_verdicts_and_parts_of_others_apart(
    results: Results, verdict: Verdict, words: str
) -> None:
    broken = results.scenarios[1]
    parts = tuple(replace(broken, id=f"part[{n}]", verdict=verdict, message="for a reason") for n in range(2))
    extended = replace(results, scenarios=(*results.scenarios, *parts))
    whole = sum(judged.verdict is verdict for judged in extended.clauses)
    said = next(line for line in terminal.lines(extended) if line.startswith(f"{words}: "))
    assert said.startswith(f"{words}: {whole} clause")
    assert said.endswith("; and a part of 1 other in 2 scenarios")
    assert said.partition(": ")[2] in markdown.conformance(extended)
    assert f"{words}: a part of 1 clause in 2 scenarios" in terminal.lines(replace(results, scenarios=(broken, *parts)))


def test_annotations_mark_the_ten_worst_on_their_lines(results: Results) -> None:
    assert github.commands(results)[0].startswith(
        "::error file=features/ala/cancel_order.feature,line=12,"
        "title=ALA-REQ-07%3A A required field [buyer<1>]::does not conform: "
    )
    assert "100 %25" in github.commands(results)[0]
    assert [line.partition(" ")[0] for line in github.commands(results)] == [
        "::error",
        "::warning",
        "::warning",
        "::warning",
    ]
    many = replace(results, scenarios=results.scenarios * 10)
    assert [line.partition(" ")[0] for line in github.commands(many)] == ["::error"] * 10
    assert not any("\n" in line or "\r" in line for line in github.commands(many, 99))


def test_the_terminal_folds_equal_reasons_and_stays_short(results: Results) -> None:
    text = "\n".join(terminal.lines(results, [Path("reports/index.html")]))
    assert "could not be found out: 2 clauses in 3 scenarios; 1 of them is documented\n" in text
    assert "2 clauses in 3 scenarios; 1 of them is documented." in markdown.conformance(results)
    assert "  2 scenarios wait for one thing: the seller throttled (429) (OSRS-XML-01)" in text
    assert "  ALA-REQ-07  A required field [buyer<1>]\n    Nonconformance: the seller took up" in text
    assert "      again     countermand run --target targets/staging.toml -m ALA-REQ-07" in text
    assert f"page     {Path('reports/index.html').resolve().as_uri()}" in text
    many = tuple(
        replace(s, id=f"{s.id}{n}", message=f"Inconclusive: reason {n}") for n in range(60) for s in results.scenarios
    )
    assert (
        len(terminal.lines(replace(results, scenarios=many), [Path(name) for name in outputs.OURS], ["notice"] * 9))
        <= 90
    )


def test_the_ticket_that_the_terminal_names_is_of_what_is_broken(results: Results) -> None:
    broken = next(judged.clause.id for judged in results.clauses if judged.verdict is Verdict.DOES_NOT_CONFORM)
    order = sorted(results.scenarios, key=lambda scenario: scenario.verdict is not Verdict.DEPARTS)
    lines = terminal.lines(replace(results, scenarios=tuple(order)), [Path("reports/index.html")])
    assert any(line.startswith(f"tickets  reports/tickets/{broken}.md and ") for line in lines), lines


def test_no_control_character_reaches_the_terminal(results: Results) -> None:
    painted = replace(results.scenarios[1], message="Nonconformance: \x1b[2J\x07 gone")
    text = "\n".join(terminal.lines(replace(results, scenarios=(painted,))))
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(
    ("variables", "on_terminal", "painted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": ""}, True, True),
    ],
)
def test_no_color_is_respected(variables: dict[str, str], on_terminal: bool, painted: bool) -> None:
    assert terminal.coloured(on_terminal, variables) is painted


def test_what_an_earlier_run_left_is_removed_and_nothing_else(results: Results, tmp_path: Path) -> None:
    outputs.write(results, tmp_path)
    made = tmp_path / "allure-results"
    environment.write(made, results, {})
    (made / "0a1b2c3d-0000-4000-8000-00000000000a-result.json").write_text("{}")
    kept = [tmp_path / ".gitkeep", tmp_path / "notes.txt", made / "history.txt"]
    for path in kept:
        path.touch()
    outputs.clean(tmp_path)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
    (made / "history.txt").unlink()
    outputs.clean(tmp_path)
    assert not made.exists()


def test_every_file_that_is_written_is_known_as_ours_and_told_of_in_the_readme(
    results: Results, tmp_path: Path
) -> None:
    written = outputs.write(results, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {path.name for path in written} <= names <= {*outputs.OURS}
    table = README.read_text("utf-8").partition("## Read the report")[2].partition("\n\n##")[0]
    assert [name for name in names if f"`{name}`" not in table] == []


def test_a_verdict_that_is_taken_back_is_said_in_no_file_any_more(results: Results, tmp_path: Path) -> None:
    outputs.write(results, tmp_path)
    outputs.restate(replace(results, scenarios=(), untested="a secret was found"), tmp_path)
    silent = {outputs.RECORD, agents.NAME}  # what was exchanged, and what the verdicts mean
    stale = [
        path.name for path in tmp_path.iterdir() if path.name not in silent and "ALA-REQ-07" in path.read_text("utf-8")
    ]
    assert stale == []


def test_a_page_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>mine</p>")
    (tmp_path / "results.json").write_text('{"mine": true}')
    outputs.clean(tmp_path)
    assert (tmp_path / "index.html").exists()
    assert (tmp_path / "results.json").exists()


def test_the_environment_is_said_and_the_ci_named(results: Results, tmp_path: Path) -> None:
    environment.write(
        tmp_path,
        results,
        {"GITHUB_RUN_ID": "7", "GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "a/b"},
    )
    text = (tmp_path / "environment.properties").read_text("utf-8")
    assert "URL\\ (ala)=https://127.0.0.1:8443\n" in text
    assert (
        json.loads((tmp_path / "executor.json").read_text())["buildUrl"] == "https://forge.example/a/b/actions/runs/7"
    )
    assert len(json.loads((tmp_path / "categories.json").read_text())) == 4


def test_an_exchange_without_a_reply_says_what_went_wrong(results: Results) -> None:
    lost = results.scenarios[4].exchanges[0]
    assert exchanges.title(lost) == "1: cancelOrder as buyer -> alert (12 ms)"
    assert exchanges.viewer(lost)["error"] == {"name": "alert", "message": "tls alert <unknown ca>"}
    assert exchanges.plain(lost).endswith("no reply: alert\ntls alert <unknown ca>")


def test_of_a_request_in_gzip_people_are_shown_what_is_in_it() -> None:
    words = '<?xml version="1.0"?>\n<a><b>é 取消</b></a>\n'
    request = Request("POST", "https://127.0.0.1:8443/", (("Content-Type", "text/xml"),), words.encode()).compressed()
    made = Exchange(1, "cancelOrder", "buyer", MOMENT, 0.1, request)
    row = made.masked(Masker(()))["request"]
    assert exchanges.text(row) == words
    assert "\n  <b>" in exchanges.pretty(row), "it is indented as every document is"
    assert content(row["body"]) == request.body, "it is kept as it was sent"
    assert set(exchanges.text(made.masked(Masker(["é 取消</b></a>"]))["request"])) == {"*"}


@pytest.mark.parametrize("size", [1, 5000])
def test_a_reply_that_was_squeezed_is_shown_as_it_came(size: int) -> None:
    body = gzip.compress(b"<a>" + b"x" * size + b"</a>")
    reply = Reply(200, "OK", "HTTP/1.1", (("Content-Type", "text/xml"), ("Content-Encoding", "gzip")), body)
    request = Request("POST", "https://127.0.0.1:8443/", (), b"")
    row = Exchange(1, "cancelOrder", "buyer", MOMENT, 0.1, request, reply).masked(Masker(()))
    assert row["reply"] is not None
    assert exchanges.text(row["reply"]) == f"({len(body)} bytes that are not text)"


def test_titles_and_headlines_are_one_line(results: Results) -> None:
    for scenario in results.scenarios:
        assert "\n" not in naming.headline(scenario)
        assert not naming.headline(scenario).startswith(("Nonconformance", "Inconclusive", "Departure"))


def test_of_every_file_that_a_run_writes_it_is_said_how_it_begins() -> None:
    """By that a file of somebody else that bears its name is told apart, and kept."""
    assert set(outputs.OURS) - set(outputs.BADGES) == set(outputs.BEGINNINGS)
