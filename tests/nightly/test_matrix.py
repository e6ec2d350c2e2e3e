"""Many runs make one page and one JSON, which say the same and need nothing but themselves."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from countermand import cli
from countermand.model.verdict import Verdict
from countermand.nightly import matrix, matrix_page
from countermand.records import finished

from .conftest import Night

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
    assert [(one.target.name, one.run.started[:10]) for one in table.columns] == [
        ("a", "2026-11-03"),
        ("b", "2026-11-01"),
        ("b", "2026-11-02"),
    ]
    row = next(one for one in table.clauses if one.id == CLAUSE)
    assert [cell and cell.verdict for cell in table.cells(row)] == [Verdict.CONFORMS, Verdict.CONFORMS, FAILS]
    assert [one.verdict for one in table.columns] == [Verdict.CONFORMS, Verdict.CONFORMS, FAILS]


def test_a_run_given_twice_counts_once(night: Night) -> None:
    folder = night(1)
    assert len(joined(folder, folder).tables[0].columns) == 1


def test_the_json_says_what_the_page_says(night: Night, tmp_path: Path) -> None:
    for number in range(1, 6):
        night(number, {CLAUSE: FAILS} if number % 2 else {"ALA-REQ-01": Verdict.INCONCLUSIVE}, f"target-{number}")
    page, told = tmp_path / "out" / "matrix.html", tmp_path / "out" / "matrix.json"
    assert cli.main(["matrix", str(tmp_path), "--out", str(page), "--json", str(told)]) == 0
    data = json.loads(told.read_text("utf-8"))
    jsonschema.validate(data, json.loads(SCHEMA.read_text("utf-8")))
    (table,) = data["tables"]
    assert {len(one["verdicts"]) for one in table["clauses"]} == {len(table["runs"])} == {5}
    verdicts = [verdict for one in table["clauses"] for verdict in one["verdicts"]]
    text = page.read_text("utf-8")
    cells = text.split("<tbody>", 1)[1].split("</table>", 1)[0]
    for verdict in Verdict:
        assert cells.count(f'<span class="unseen">{verdict}</span>') == verdicts.count(verdict)


def test_the_page_loads_nothing_and_can_be_read_without_eyes_or_mouse(night: Night) -> None:
    page = Page(matrix_page.page(joined(*(night(day, {CLAUSE: FAILS}, f"t{day}") for day in range(1, 31)))))
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert page.all("meta")[1]["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    links = [str(one["href"]) for one in page.all("a")]
    named = [one["id"] for _, one in page.tags if "id" in one]
    assert len(links) == 30
    assert {link.removeprefix("#") for link in links} <= set(named)
    assert len(named) == len(set(named))
    assert all("scope" in one for one in page.all("th"))
    assert [(one["role"], one["tabindex"]) for one in page.all("div")] == [("region", "0")]
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


def test_a_run_that_is_missing_is_named_on_the_page(night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost, out = tmp_path / "lost", tmp_path / "matrix.html"
    lost.mkdir()
    assert cli.main(["matrix", str(night(1)), str(lost), "--out", str(out)]) == 10
    assert "lost: a folder of reports has a results.json" in out.read_text("utf-8")
    assert "not read: " in capsys.readouterr().err
    assert cli.main(["matrix", str(lost), "--out", str(out)]) == 4
