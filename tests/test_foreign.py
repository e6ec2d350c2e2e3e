"""Words of others do nothing on their way to a terminal, a log or a report: they are seen, and nobody obeys them."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from running import ROOT, Watched, countermand, served

from countermand.guard import foreign
from countermand.provider import embedded
from countermand.provider.http import Request, Response

#: What services obey, as they look for it: GitHub at the beginning of a line, the others wherever it stands.
OBEYED = re.compile(r"^[^\S\n]*::|##[\w.-]*\[", re.MULTILINE)
SPOKEN = (
    "On hold\n::stop-commands::x1\n  \t\u2003::error file=a.py,line=1::forged\n##vso[task.complete result=Succeeded;]\n"
    "##teamcity[buildStatus status='SUCCESS']\n##[error]forged\r::add-mask::conforms\r\n::warning::x\n"
    "\x1b[2J\x1b]0;title\x07\x9b31m\x85\u202egnp.exe\u2066\u200f\ufeff::error::x\n\u2028::notice::x\n#\x23vso[task.x]\x00\x08\x7f\udc9b"
)
SERVICES = (
    ("GITHUB_ACTIONS", "true", ()),
    ("GITHUB_ACTIONS", "true", ("-n", "2")),
    ("TF_BUILD", "True", ("-v", "-rA")),
    ("TEAMCITY_VERSION", "2026.1", ("-q",)),
)


def offences(said: str) -> list[str]:
    """Return what in a text is not seen, or is obeyed."""
    return [*foreign.UNSEEN.findall(said), *(match[0] for match in OBEYED.finditer(said))]


def written(*parts: str, coloured: bool = False) -> str:
    stream = io.StringIO()
    wall = foreign.Wall(stream, coloured=coloured)
    for part in parts:
        wall.write(part)
    return stream.getvalue()


def test_what_is_shown_is_one_line_that_nobody_obeys_and_all_of_it_is_seen() -> None:
    assert offences(SPOKEN), "this is what has to be kept out"
    line = foreign.shown(SPOKEN)
    assert offences(line) == []
    assert "\n" not in line
    assert "\\x1b[2J" in line
    assert "\\u202egnp.exe" in line


@given(st.lists(st.text(st.sampled_from(":#vso[] \t\n\rx\x1b\u202e\u200b\xa0m2;")), max_size=8))
@example(["::", "error::x"])
@example(["\n", " ", ":", ":error::x"])
@example(["##v", "so", "[x]"])
@settings(max_examples=300, deadline=None)
def test_however_words_are_parted_nothing_passes_the_wall(parts: list[str]) -> None:
    assert offences(written(*parts)) == []
    assert offences(written(*parts, coloured=True).replace("\x1b[2m", "").replace("\x1b[m", "")) == []


def test_a_line_already_begun_is_no_beginning_of_another() -> None:
    assert written("features/ala/x.feature", "::a scenario") == "features/ala/x.feature::a scenario"
    assert written(" " * 5000, "::error::x").endswith(" :\\x3aerror::x")
    assert written("##", "x" * 20, "[y]").endswith("\\x5by]")


def test_paint_passes_where_it_is_asked_for_and_nothing_that_hides_words() -> None:
    assert written("\x1b[1;31mred\x1b[0m", coloured=True) == "\x1b[1;31mred\x1b[0m"
    assert written("\x1b[8mhidden\x1b[2K", coloured=True) == "\\x1b[8mhidden\\x1b[2K"
    assert written("\x1b[1;31mred\x1b[0m") == "\\x1b[1;31mred\\x1b[0m"


def test_only_what_is_ours_is_a_command() -> None:
    stream = io.StringIO()
    wall = foreign.walled(stream)
    wall.write("half a line")
    foreign.annotate(foreign.Annotation("::error file=a::ours"), wall)
    wall.write("::error file=a::theirs\n")
    assert stream.getvalue() == "half a line\n::error file=a::ours\n:\\x3aerror file=a::theirs\n"


@given(st.text() | st.just(SPOKEN))
@settings(max_examples=200, deadline=None)
def test_json_says_the_same_and_commands_nobody(words: str) -> None:
    document = foreign.in_json(json.dumps({"said": words}, ensure_ascii=False))
    assert json.loads(document) == {"said": words}
    assert offences(document) == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_what_a_stream_has_no_bytes_for_is_written_as_its_escape(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    wall = foreign.walled(stream)
    wall.write("\u03a9mega \U0001f600\n")
    foreign.annotate(foreign.Annotation("::error ::\u03a9mega"), wall)
    wall.flush()
    name, face = ("\u03a9", "\U0001f600") if encoding == "utf-16" else ("\\u03a9", "\\U0001f600")
    assert raw.getvalue().decode(encoding) == f"{name}mega {face}\n::error ::{name}mega\n"
    assert written("\u03a9mega") == "\u03a9mega"


class Commanding(Watched):
    """Speaks to the log of whoever tests it, in bodies and headers."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever it is
        words = re.sub("[\x00\x08\x1b\x07]", "", SPOKEN.encode("utf-8", "replace").decode())  # the rest is XML
        body = re.sub(
            rb"(<status>|<response_text>|key=\"response_text\">)[^<]*",
            lambda match: match[1] + words.encode(),
            response.body,
        )
        return replace(response, body=body, headers=(*response.headers, ("X-Said", "##vso[task.complete]")))


@pytest.fixture(scope="module")
def commanding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where such a seller is up."""
    folder = tmp_path_factory.mktemp("commanding")
    with served("ala", folder / "served", Commanding(embedded.SELLERS["ala"]())) as target:
        yield target


@pytest.mark.parametrize(("service", "word", "loud"), SERVICES)
def test_a_seller_gives_no_service_a_command_and_ours_still_come(
    commanding: Path, tmp_path: Path, service: str, word: str, loud: tuple[str, ...]
) -> None:
    which = ("--target", commanding, "-m", "ALA-CAN-01", "--no-page")
    done = countermand("run", *which, *loud, cwd=tmp_path, path=ROOT, **{service: word})
    ours = [
        line
        for line in done.stdout.splitlines()
        if line.startswith(("::warning file=features/", "::error file=features/"))
    ]
    rest = "\n".join(line for line in done.stdout.splitlines() if line not in ours)
    assert bool(ours) == (service == "GITHUB_ACTIONS"), done.stdout
    assert offences(rest) == []
    assert offences(done.stderr) == []
    assert "On hold" in done.stdout
    for report in sorted((tmp_path / "reports").rglob("*.*")):
        assert offences(report.read_bytes().decode()) == [], report


def test_no_ticket_gives_a_service_a_command(tmp_path: Path) -> None:
    class Talkative(Watched):
        """Tells too much in its faults, so that they are handed on."""

        def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever it is
            words = b"see /usr/lib/seller/orders.py\n::stop-commands::x1\n##vso[task.complete]"
            return replace(response, body=re.sub(rb"(<faultmessage>)[^<]*", rb"\g<1>" + words, response.body))

    with served("ala", tmp_path / "served", Talkative(embedded.SELLERS["ala"]())) as target:
        countermand("run", "--target", target, "-m", "ALA-FLT-09 or ALA-REQ-07", "--no-page", cwd=tmp_path)
    tickets = sorted(tmp_path.rglob("tickets/*.md"))
    assert "stop-commands" in "".join(path.read_text(encoding="utf-8") for path in tickets)
    for path in [*tickets, *tmp_path.rglob("allure-results/*.md")]:
        assert offences(path.read_text(encoding="utf-8")) == [], path


def test_without_the_wall_and_the_door_it_would_have_been_obeyed(commanding: Path, tmp_path: Path) -> None:
    """The control: the seller does say so, and the record of the run holds it, word for word."""
    countermand("run", "--target", commanding, "-m", "ALA-CAN-01", "--no-page", cwd=tmp_path)
    (record,) = (tmp_path / "reports").rglob("record.jsonl")  # a part stands in a folder of its own
    rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    bodies = "\n".join(
        exchange["reply"]["body"]["value"] for row in rows for exchange in row["exchanges"] if exchange["reply"]
    )
    assert "##vso[" in offences(bodies)
    assert os.linesep + "::stop-commands::" in bodies
