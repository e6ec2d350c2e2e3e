"""Many runs make one page and one JSON, which say the same and need nothing but themselves."""

from __future__ import annotations

import json
import re
import signal
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from countermand import cli
from countermand.interruption import SIGNALS
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.model.waiver import Waiver
from countermand.nightly import matrix, matrix_page
from countermand.nightly.night import Kind
from countermand.records import finished
from countermand.report import front, outputs, page, ticket

from .conftest import Night, plain

SCHEMA = Path(matrix.__file__).parent.parent / "schemas" / "matrix.schema.json"
CLAUSE = "ALA-REQ-07"
FAILS = Verdict.DOES_NOT_CONFORM


class Page(HTMLParser):
    """What a browser would find in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def joined(*nights: Path) -> matrix.Matrix:
    return matrix.matrix([finished.read(path) for path in nights])


def test_a_target_tested_twice_is_a_history_by_date(night: Night) -> None:
    (table,) = joined(night(2, {CLAUSE: FAILS}, "b"), night(1, {}, "b"), night(3, {}, "a")).tables
    assert [(column.target.name, column.run.started[:10]) for column in table.columns] == [
        ("b", "2026-11-01"),
        ("b", "2026-11-02"),
        ("a", "2026-11-03"),
    ]  # the one that is newly broken first
    row = next(clause for clause in table.clauses if clause.id == CLAUSE)
    assert [cell and cell.verdict for cell in table.cells(row)] == [Verdict.CONFORMS, FAILS, Verdict.CONFORMS]
    assert [column.verdict for column in table.columns] == [Verdict.CONFORMS, FAILS, Verdict.CONFORMS]


def test_a_run_given_twice_counts_once(night: Night) -> None:
    folder = night(1)
    assert len(joined(folder, folder).tables[0].columns) == 1


def test_the_json_says_what_the_page_says(night: Night, tmp_path: Path) -> None:
    for number in range(1, 6):
        night(number, {CLAUSE: FAILS} if number % 2 else {"ALA-REQ-01": Verdict.INCONCLUSIVE}, f"target-{number}")
    page, file = tmp_path / "out" / "matrix.html", tmp_path / "out" / "matrix.json"
    assert cli.main(["matrix", str(tmp_path), "--out", str(page), "--json", str(file)]) == 0
    data = json.loads(file.read_text("utf-8"))
    jsonschema.validate(data, json.loads(SCHEMA.read_text("utf-8")))
    (table,) = data["tables"]
    assert {len(clause["verdicts"]) for clause in table["clauses"]} == {len(table["runs"])} == {5}
    verdicts = [verdict for clause in table["clauses"] for verdict in clause["verdicts"]]
    text = page.read_text("utf-8")
    cells = text.split("<tbody>", 1)[1].split("</table>", 1)[0]
    for verdict in WORST_FIRST:
        assert cells.count(f'<span class="unseen">{verdict}</span>') == verdicts.count(verdict)


def test_the_page_loads_nothing_and_can_be_read_without_eyes_or_mouse(night: Night) -> None:
    page = Page(matrix_page.page(joined(*(night(day, {CLAUSE: FAILS}, f"t{day}") for day in range(1, 31)))))
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert page.all("script") == [{}]
    policy = (
        r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\S+'; base-uri 'none'; form-action 'none'"
    )
    assert re.fullmatch(policy, str(page.all("meta")[1]["content"]))
    links = [str(link["href"]) for link in page.all("a")]
    named = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(links) == 30
    assert {link.removeprefix("#") for link in links} <= set(named)
    assert len(named) == len(set(named))
    assert all("scope" in attributes for attributes in page.all("th"))
    assert [(attributes["role"], attributes["tabindex"]) for attributes in page.all("div")] == [("region", "0")]
    assert page.all("html")[0]["lang"] == "en"


def test_names_from_a_run_are_text(night: Night) -> None:
    text = matrix_page.page(joined(night(1, {CLAUSE: FAILS}, "<img src=x onerror=alert(1)>"[:12])))
    assert "<img" not in text


def test_a_run_links_to_its_own_page(night: Night, tmp_path: Path) -> None:
    folder = night(1)
    (folder / "index.html").write_text("the page", encoding="utf-8")
    out = tmp_path / "site" / "matrix.html"
    assert cli.main(["matrix", str(folder), "--out", str(out)]) == 0
    assert f'href="../{folder.name}/index.html"' in out.read_text("utf-8")


def test_a_run_that_is_missing_is_named_on_the_page(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, out = tmp_path / "lost", tmp_path / "matrix.html"
    lost.mkdir()
    assert cli.main(["matrix", str(night(1)), str(lost), "--out", str(out)]) == 10
    assert "lost: a folder of reports has a results.json" in out.read_text("utf-8")
    assert "not read: " in capsys.readouterr().err
    assert cli.main(["matrix", str(lost), "--out", str(out)]) == 4


def test_the_page_opens_with_what_was_there_last_night(night: Night) -> None:
    nights = [night(1, {}, "op-01"), night(2, {}, "op-01"), night(1, {}, "op-07"), night(2, {CLAUSE: FAILS}, "op-07")]
    made = joined(*nights)
    text = matrix_page.page(made)
    assert "Last night: 1 newly broken (op-07 ALA-REQ-07)." in text.partition("<table")[0]
    assert [(column.target.name, column.last) for column in made.tables[0].columns] == [
        ("op-07", False),
        ("op-07", True),
        ("op-01", False),
        ("op-01", True),
    ]
    assert text.count(' past">') == 2 * (2 + len(made.tables[0].clauses))


def test_a_target_that_was_not_tested_stays_on_the_page(night: Night, tmp_path: Path) -> None:
    whole = plain(finished.read(night(1, {}, "op-09")))
    lost = replace(
        whole,
        started="2026-11-02T02:00:00.000000Z",
        scenarios=(),
        untested="nobody listens at 127.0.0.1:1",
        complete=False,
    )
    outputs.write(lost, tmp_path / "lost")
    made = joined(night(1, {}, "op-09"), tmp_path / "lost")
    assert [column.verdict for column in made.tables[0].columns] == [Verdict.CONFORMS, Verdict.NOT_TESTED]
    text = matrix_page.page(made)
    assert "1 newly not tested (op-09)" in text
    assert "nobody listens at 127.0.0.1:1" in text
    jsonschema.validate(matrix.as_json(made), json.loads(SCHEMA.read_text("utf-8")))


def test_an_expected_target_that_is_missing_is_red(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("op-01", "op-02"):
        words = (
            f'name = "{name}"\napi = "opensrs"\nurl = "https://127.0.0.1:1"\n[buyer]\n'
            f'username = "a"\napi_key = "{"0" * 112}"\n'
        )
        (tmp_path / f"{name}.toml").write_text(words, encoding="utf-8")
    out = str(tmp_path / "matrix.html")
    assert cli.main(["matrix", str(night(1)), "--out", out, "--expect", str(tmp_path / "op-*.toml")]) == 1
    assert "not tested: op-01: no run of it was found" in capsys.readouterr().err
    assert cli.main(["matrix", str(night(1)), "--out", out, "--expect", str(tmp_path / "absent.toml")]) == 4


def test_an_expected_target_that_was_tested_another_night_was_not_tested_last_night(night: Night) -> None:
    runs = [finished.read(path) for path in (night(1, {}, "op-01"), night(2, {}, "op-01"), night(1, {}, "op-11"))]
    assert matrix.matrix(runs).changes == ()
    changes = matrix.matrix(runs, expected=[("ala", "op-01"), ("ala", "op-11")]).changes
    assert [(change.target, change.kind, change.words, change.red) for change in changes] == [
        (
            "op-11",
            Kind.UNTESTED,
            "no run of it was found but one that began at 2026-11-01T02:00:00.000000Z (conforms)",
            True,
        ),
    ]


def test_a_bundle_can_be_moved_and_its_links_still_work(night: Night, tmp_path: Path) -> None:
    folder = night(1)
    (folder / "index.html").write_text("the page", encoding="utf-8")
    out = tmp_path / "site" / "index.html"
    assert cli.main(["matrix", str(folder), "--out", str(out), "--bundle"]) == 0
    moved = out.parent.rename(tmp_path / "elsewhere")
    links = re.findall(r'href="([^"#]+)"', (moved / "index.html").read_text("utf-8"))
    assert links
    assert all("ALA-REQ-07" in (moved / link).read_text("utf-8") for link in links)


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_bundle_that_is_stopped_leaves_no_runs_without_a_page(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: BaseException
) -> None:
    runs = [night(1), night(2)]
    for folder in runs:
        (folder / "index.html").write_text("the page", encoding="utf-8")
    out, names = tmp_path / "site" / "m.html", [str(folder) for folder in runs]

    def stops(*_: object, **__: object) -> None:
        raise stopped

    heard = {number: signal.getsignal(number) for number in SIGNALS}
    for before in ([], names[:1]):  # what stood there with a page of its own stays
        if before:
            assert cli.main(["matrix", *before, "--out", str(out), "--bundle"]) == 0
        kept = sorted(out.parent.rglob("*"))
        with monkeypatch.context() as patched:
            patched.setattr(matrix_page, "page", stops)
            assert cli.main(["matrix", *names, "--out", str(out), "--bundle"]) != 0
        for number, handler in heard.items():
            signal.signal(number, handler)  # a command that was interrupted hears no second one, and this process may
        assert sorted(out.parent.rglob("*")) == kept


def test_what_is_published_of_a_run_is_drawn_again_or_left_out(night: Night, tmp_path: Path) -> None:
    folder, forged = night(1, {CLAUSE: FAILS}), "<script>forged</script>conforms"
    (folder / "tickets").mkdir(exist_ok=True)
    pages = ("index.html", "conformance.md", "junit.xml", "tickets/forged.html", ".htaccess")
    for name in (*pages, *(f"tickets/{CLAUSE}.{ending}" for ending in ("md", "xml"))):
        (folder / name).write_text(forged, encoding="utf-8")
    begins = outputs.BEGINNINGS["allure.html"][0].partition("<meta ")[0]
    (folder / "allure.html").write_text(f"{begins}{page.GUARD}{forged}", encoding="utf-8")
    out = tmp_path / "site" / "index.html"
    assert cli.main(["matrix", str(folder), "--out", str(out), "--bundle"]) == 0
    [copied] = out.parent.glob("index.runs/*/index.html")
    assert "does not conform" in copied.read_text("utf-8")
    assert "allure.html</a>" not in copied.read_text("utf-8")
    assert not [path for path in out.parent.rglob("*") if path.is_file() and forged in path.read_text("utf-8")]


def test_what_a_bundled_page_leads_to_is_bundled_and_nothing_else(night: Night, tmp_path: Path) -> None:
    folder = night(1)
    (folder / "index.html").write_text(front.page(finished.read(folder)), encoding="utf-8")
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (folder / "allure.html").symlink_to(secret)
    out = tmp_path / "site" / "index.html"
    assert cli.main(["matrix", str(folder), "--out", str(out), "--bundle"]) == 0
    [copied] = out.parent.glob("index.runs/*/index.html")
    links = set(re.findall(r'href="([^"#:]+)"', copied.read_text("utf-8")))
    assert links == {"conformance.md", "results.json", "junit.xml", "record.jsonl"}
    assert {file.name for file in copied.parent.iterdir()} == {*links, "index.html"}
    assert all((copied.parent / name).read_bytes() == (folder / name).read_bytes() for name in links)


def test_the_tickets_that_conformance_md_leads_to_are_bundled(night: Night, tmp_path: Path) -> None:
    folder = night(1, {CLAUSE: FAILS})
    ticket.write(finished.read(folder), [], folder)
    (folder / "index.html").write_text("the page", encoding="utf-8")
    out = tmp_path / "site" / "index.html"
    assert cli.main(["matrix", str(folder), "--out", str(out), "--bundle"]) == 0
    [copied] = out.parent.glob("index.runs/*/conformance.md")
    links = set(re.findall(r"\((tickets/[^)]+)\)", copied.read_text("utf-8")))
    assert links == {f"tickets/{CLAUSE}.md"}
    here, there = (
        {path.name: path.read_bytes() for path in place.glob(pattern)}
        for place, pattern in ((folder, "tickets/*.md"), (copied.parent, "tickets/*"))
    )
    assert all(b"which the run has left in `tickets/` of its reports:" in words for words in there.values())
    assert here == there  # a request of a stranger's record is any document, which a browser would show


def test_a_waiver_is_seen_in_its_cell(night: Night, tmp_path: Path) -> None:
    waiver = Waiver(
        "fails",
        CLAUSE,
        "anna@ourco.example",
        "they mend it",
        "2026-12-20",
        "excused",
        link="https://tracker.example/4711",
    )
    run = plain(finished.read(night(1, {CLAUSE: FAILS}, "op-02")))
    broken = tuple(scenario.id for scenario in run.scenarios if scenario.clause == CLAUSE)
    whole = replace(run, waivers=(replace(waiver, scenarios=broken),))
    outputs.write(whole, tmp_path / "waived")
    text = matrix_page.page(joined(tmp_path / "waived"))
    words = "ALA-REQ-07 is waived by anna@ourco.example until 2026-12-20: they mend it, https://tracker.example/4711"
    assert f'title="op-02: does not conform; {words}"' in text
    assert "1 waived (op-02 ALA-REQ-07)" in text
    legend = text.partition('<ul class="legend">')[2].partition("</ul>")[0]  # which phones and paper show, as no title
    assert '<span class="waived">w</span> waived' in legend
    assert "* below a run: not complete" in legend
    outputs.write(replace(whole, waivers=(replace(waiver, scenarios=broken[1:]),)), tmp_path / "half")
    assert "1 newly broken (op-02 ALA-REQ-07)" in matrix_page.page(
        joined(tmp_path / "half")
    )  # one of its scenarios is nobody's


def test_in_print_only_the_last_night_stands_in_columns_and_many_of_them_shrink_to_the_sheet(night: Night) -> None:
    few = matrix_page.page(joined(night(1), night(2)))
    [printed] = re.findall(r"@media print\{(.*?)\}\}", few, re.DOTALL)
    assert re.search(
        r"\.past\{display:none!important\}", printed
    )  # the strip shows the others: as columns they would be cut off
    assert "thead{display:table-header-group}" in printed
    assert "<table>" in few
    many = matrix_page.page(joined(*(night(1, target=f"operator-{number}") for number in range(14))))
    assert '<table class="dense" style="--columns:14">' in many
    assert "zoom:calc(min(1,40/var(--columns)))" in printed
    [names] = re.findall(r"\.dense \.target span[^}]*\}", many)
    assert "nowrap" not in names  # a long name is broken, never cut off where it differs from others


@pytest.mark.parametrize("text", ["<!doctype html>\n<html><body>mine</body></html>", '{"name": "mine"}', "mine"])
@pytest.mark.parametrize("written", ["page", "json"])
def test_no_page_or_json_of_somebody_elses_is_written_over(
    text: str, written: str, night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(night(1, {}, "op"))
    mine, ours = tmp_path / "mine", tmp_path / "ours"
    mine.write_text(text)
    words = {"page": ["--out", str(mine)], "json": ["--out", str(ours), "--json", str(mine)]}
    assert cli.main(["matrix", run, *words[written]]) == 4
    assert "was not written by this command" in capsys.readouterr().err
    assert mine.read_text() == text
    mine.unlink()
    assert [cli.main(["matrix", run, *words[written]]) for _ in range(2)] == [0, 0]
