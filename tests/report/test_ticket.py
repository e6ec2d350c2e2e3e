"""A ticket holds all that somebody without the suite needs: its lines of curl are answered as the suite was."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree
from running import Watched, countermand, run, served

from countermand.document import Unreadable, pretty, readable
from countermand.identity import forwarded, strangers
from countermand.model.signing import SIGNED
from countermand.protocols.opensrs_signature import sent, signature_of
from countermand.protocols.variation import Signature
from countermand.provider import embedded, nulls, serving
from countermand.provider.deviants import deviants
from countermand.report import curl, ticket

NEEDED = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="there is no curl, or no openssl"
)


def chosen(api: str) -> list[str]:
    """Deviants of one API, one for each documented clause of three topics, so that the test stays short."""
    kinds = deviants(api)
    topics = {
        "ala": ("ALA-REQ-07", "ALA-SEC-01", "ALA-FLT-01", "ALA-XML-05", "ALA-HTTP-01"),
        "opensrs": ("OSRS-CAN-01", "OSRS-REQ-01", "OSRS-RPL-01", "OSRS-XML-06"),
    }
    return [next(name for name, kind in kinds.items() if vars(kind)["breaks"] == clause) for clause in topics[api]]


#: Signatures that are of another request.
ELSEWHERE = {Signature.USED, Signature.OTHER_ORDER}
#: Those who believe in the certificate of a header, each in one of its own, those who are reached by another path,
#: one who looks into no chunks, one who is shown what the buyer's certificate has issued, one who is asked by the whole
#: address, and those whom compression, a label, a client's name or a method in a header gets round.
ODD = (
    *("Rfc9440", "Azure", "Amazon", "Customary", "Envoy", "Doubled", "Pointing", "Decoding", "Rewriting"),
    *("Piecemeal", "Delegating", "Absolute", "Renamed", "Unpacking", "Unlabelled", "Acquainted", "Overridden"),
)
CASES = [
    *((api, name) for api in ("ala", "opensrs") for name in chosen(api)),
    *(("ala", name) for name in ODD),
]


def test_a_ticket_can_write_every_header_that_hands_a_certificate_on() -> None:
    assert curl.HANDED_ON.keys() == forwarded.NAMES  # two rooms that do not know each other


def repeated(folder: Path, target: Path, clause: str) -> str:
    """Run the lines of a ticket as its reader would, with a fresh order, and return what curl printed."""
    settings = tomllib.loads(target.read_text(encoding="utf-8"))
    text = (folder / "reports" / "tickets" / f"{clause}.md").read_text(encoding="utf-8")
    blanks, script = re.findall(r"```sh\n(.*?)\n```", text, re.DOTALL)[-2:]
    left = json.loads(countermand("orders", f"--target={target}", "--json", cwd=folder).stdout)["states"]
    state = "in_flight" if settings["api"] == "ala" else "pending"
    number = left[state]["left"][-1]
    buyer = next(
        (
            order["buyer"]
            for order in settings["orders"][state]
            if isinstance(order, dict) and order["seller"] == number
        ),
        "",
    )
    who = target.parent
    known: dict[str, Any] = {
        "CA": who / settings["trust"]["ca"],
        "CERTIFICATE": who / settings["buyer"].get("certificate", "none"),
        "PRIVATE_KEY": who / settings["buyer"].get("private_key", "none"),
        "OPENSRS_KEY": settings["buyer"].get("api_key", ""),
        "SELLER_ORDER": number,
        "BUYER_ORDER": buyer,
    }
    filled = re.sub(
        r"(?m)^export (\w+)=.*$", lambda line: f"export {line[1]}={shlex.quote(str(known[line[1]]))}", blanks
    )
    done = subprocess.run(
        ["sh", "-eu", "-c", f"{filled}\n{script}"],
        cwd=folder / "reports" / "tickets",
        env={key: value for key, value in os.environ.items() if key not in known},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@NEEDED
@pytest.mark.parametrize(("api", "name"), CASES)
def test_the_lines_of_a_ticket_are_answered_as_the_suite_was(api: str, name: str, tmp_path: Path) -> None:
    deviant = deviants(api)[name]
    clause = vars(deviant)["breaks"]
    (tmp_path / "seller").mkdir()
    with serving.serve(api, deviant(), tmp_path / "seller") as served:
        run(tmp_path, f"--target={served.target}", "-m", clause)
        rows = [
            json.loads(line)
            for line in (tmp_path / "reports" / "record.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        shown = next(row for row in rows if row["verdict"] in {"does not conform", "departs"})
        number = int(re.findall(r"exchange  (\d+):", shown["message"])[0])
        reply = next(exchange for exchange in shown["exchanges"] if exchange["number"] == number)["reply"]
        answered = repeated(tmp_path, served.target, clause)
    assert re.match(rf"HTTP/1\.\d {reply['status']}\b", answered)
    said = re.search(r"received  (\S[^\n]{0,20})", shown["message"])
    if said and said[1] not in {"nothing", "blank"} and said[1].isalpha():
        assert said[1] in answered


def test_a_host_that_was_named_in_the_handshake_alone_is_named_by_curl() -> None:
    for address, options in (
        ("https://seller.example:8443/x", ["localhost:8443:seller.example:8443", "Host: seller.example:8443"]),
        ("https://localhost/x", ["localhost.localdomain:443:localhost:443", "Host: localhost"]),
    ):
        request = {"method": "POST", "url": address, "headers": [], "body": {"encoding": "utf8", "value": "<a/>"}}
        who = "stranger without a certificate who names another host in the handshake"
        scenario: Any = SimpleNamespace(drawn={}, api="ala")
        [command] = curl.script({"identity": who, "request": request}, scenario, {}, "it.xml")[1]
        assert all(option in shlex.split(command) for option in ["--insecure", *options])
        assert urlsplit(shlex.split(command)[-1]).hostname == strangers.other_host(
            SimpleNamespace(url=address)  # type: ignore[arg-type] # all that it looks at
        )


#: How a request may write the number of an order, 4711 here, and how it is written where it is put in.
WRITTEN = {
    "<a>4711</a>": "<a>815</a>",
    "<a>&#52;&#55;&#49;&#49;</a>": "<a>815</a>",
    "<a>&#x34;&#x37;&#x31;&#x31;</a>": "<a>815</a>",
    '<!DOCTYPE a [<!ENTITY half "11"><!ENTITY order "47&half;">]><a>&order;</a>': (
        '<!DOCTYPE a [<!ENTITY half ""><!ENTITY order "815&half;">]><a>&order;</a>'
    ),
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", WRITTEN)
def test_an_order_is_put_in_however_it_is_written(words: str, codec: str, tmp_path: Path) -> None:
    mark = "" if codec == "utf-8" else "\ufeff"
    exchange, scenario = _asked((mark + words).encode(codec), "4711", "in_flight")
    (tmp_path / "it.xml").write_bytes(curl.body(exchange, scenario))
    notes, lines = curl.script(exchange, scenario, {}, "it.xml")
    assert "It uses up an order: `SELLER_ORDER` names one" in notes[0]
    script = "\n".join(["curl() { printf sent; }", *lines])
    known = {**os.environ, "CA": "ca.pem", "SELLER_ORDER": "815"}
    subprocess.run(["sh", "-c", script], cwd=tmp_path, env=known, capture_output=True, check=True)
    assert (tmp_path / "request.xml").read_bytes() == (mark + WRITTEN[words]).encode(codec)


@pytest.mark.parametrize(
    ("words", "state", "said"),
    [
        ("<a>47<!-- here -->11</a>", "in_flight", "but in pieces"),
        ("<a>47<?here?>11</a>", "in_flight", "but in pieces"),
        ("<a/>", "in_flight", "it names none that is in flight"),
        ("<a>4711</a>", "completed", "`SELLER_ORDER` names one that is completed"),
        ("<a>4711</a>", "foreign", "`SELLER_ORDER` names one that is another buyer's"),
        ("<a>4711</a>", "unknown", ""),
        ("<a/>", "completed", ""),
    ],
)
def test_what_is_said_of_an_order_goes_by_how_it_is_named_and_by_its_state(words: str, state: str, said: str) -> None:
    notes = curl.script(*_asked(words.encode(), "4711", state), {}, "it.xml")[0]
    about = [note for note in notes if " order" in note]
    assert len(about) == bool(said)
    assert said in "".join(about)


def test_two_orders_in_one_request_are_put_in_by_two_names_and_one_by_one() -> None:
    exchange, scenario = _asked(b"<a>4711</a><b>815</b>", "4711", "pending")
    scenario.drawn["orders"] += [{"state": "pending", "seller": word, "buyer": ""} for word in ("815", "99")]
    assert curl.body(exchange, scenario) == b"<a>SELLER-ORDER</a><b>SELLER-ORDER-2</b>"
    notes, lines = curl.script(exchange, scenario, {}, "it.xml")
    assert "`SELLER_ORDER` and `SELLER_ORDER_2` name one" in notes[0]
    assert lines[1].count("escaped") == 2
    exchange, scenario = _asked(b"<a>4711</a>", "4711", "pending")
    scenario.drawn["orders"].append({"state": "pending", "seller": "99", "buyer": ""})
    assert "`SELLER_ORDER` names one" in curl.script(exchange, scenario, {}, "it.xml")[0][0]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("another buyer", "It was sent by another buyer."),
        ("unknown user", "It was sent by an unknown user."),
        ("nobody", "It was sent by somebody who names no user."),
        ("stranger", "It was sent by a stranger: here one that is made up."),
    ],
)
def test_whoever_has_sent_a_request_is_named_as_people_do(who: str, said: str) -> None:
    exchange, scenario = _asked(b"<a/>", "4711", "pending")
    assert said in curl.script({**exchange, "identity": who}, scenario, {}, "it.xml")[0]


@pytest.mark.parametrize(("headers", "agents"), [([], ["countermand"]), ([["user-agent", "XML-Client/1.0"]], [])])
def test_curl_calls_itself_as_the_suite_did(headers: list[list[str]], agents: list[str]) -> None:
    exchange, scenario = _asked(b"<a/>", "4711", "unknown")
    exchange["request"]["headers"] = headers
    words = shlex.split(curl.script(exchange, scenario, {}, "it.xml")[1][-1])
    assert [after for word, after in itertools.pairwise(words) if word == "--user-agent"] == agents


@NEEDED
def test_the_lines_come_with_the_name_that_the_suite_has(tmp_path: Path) -> None:
    seller = Watched(deviants("ala")["Careless"]())
    with served("ala", tmp_path / "seller", seller) as target:
        run(tmp_path, f"--target={target}", "-m", "ALA-REQ-07")
        suites = {request.headers["user-agent"] for request in seller.asked}
        seller.asked.clear()
        repeated(tmp_path, target, "ALA-REQ-07")
    assert {request.headers["user-agent"] for request in seller.asked} == suites


def _asked(data: bytes, seller: str, state: str) -> tuple[Any, Any]:
    value = {"encoding": "base64", "value": base64.b64encode(data).decode()}
    request = {"method": "POST", "url": "https://seller.example/", "headers": [], "body": value}
    orders = [{"state": state, "seller": seller, "buyer": ""}]
    return {"identity": "buyer", "request": request}, SimpleNamespace(drawn={"orders": orders}, api="ala")


@NEEDED
def test_a_finding_in_the_answer_that_all_lean_on_is_shown_with_it(tmp_path: Path) -> None:
    kind = next(deviant for deviant in deviants("ala").values() if getattr(deviant, "slug", "") == "no-correlation-id")
    with serving.serve("ala", kind(), tmp_path) as up:
        done = run(tmp_path, f"--target={up.target}")
        assert done.verdicts["ALA-TRC-01"] == "departs"
        part = run(tmp_path, f"--target={up.target}", "-m", "ALA-TRC-01", "--reports", "part")
    ticket = (done.reports / "tickets" / "ALA-TRC-01.md").read_text(encoding="utf-8")
    sent = ticket.partition("## Sent")[2].partition("## Came back")
    assert "<correlationId>" in sent[0]
    assert "<correlationId>" not in sent[2].partition("```\n\n")[0]
    assert "export SELLER_ORDER=" in ticket
    assert (done.reports / "tickets" / "ALA-TRC-01.xml").is_file()
    assert part.code == 0, part.said
    assert "## Came back" in (tmp_path / "part" / "tickets" / "ALA-TRC-01.md").read_text(encoding="utf-8")


@NEEDED
def test_of_a_part_the_answer_that_all_lean_on_is_shown_too(tmp_path: Path) -> None:
    kind = next(deviant for deviant in deviants("opensrs").values() if vars(deviant).get("breaks") == "OSRS-ATT-01")
    with serving.serve("opensrs", kind(), tmp_path) as up:
        run(tmp_path, f"--target={up.target}", "-m", "OSRS-ATT-01")
        answered = repeated(tmp_path, up.target, "OSRS-ATT-01")
    ticket = (tmp_path / "reports" / "tickets" / "OSRS-ATT-01.md").read_text(encoding="utf-8")
    assert '<item key="action">cancel_order</item>' in ticket.partition("## Sent")[2]
    assert 'is_success">1' in answered
    listed = countermand("ticket", "OSRS-ATT-01", cwd=tmp_path)
    assert listed.stdout.strip() == ticket.strip()
    assert "Copy the curl lines" in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    given = tmp_path / "reports" / "given.json"
    document = json.loads(given.read_text(encoding="utf-8"))
    document["acceptances"]["opensrs"]["exchange"]["number"] = 99  # another one than the message speaks of
    given.write_text(json.dumps(document), encoding="utf-8")
    assert "It has asked nothing itself" in countermand("ticket", "OSRS-ATT-01", cwd=tmp_path).stdout
    document["acceptances"]["opensrs"]["exchange"] = "none"
    given.write_text(json.dumps(document), encoding="utf-8")
    assert "It has asked nothing itself" in countermand("ticket", "OSRS-ATT-01", cwd=tmp_path).stdout


@NEEDED
def test_a_finding_in_the_answer_of_another_scenario_is_shown_with_it(tmp_path: Path) -> None:
    kind = next(
        deviant
        for deviant in deviants("ala").values()
        if getattr(deviant, "slug", "") == "labels-business-replies-as-html"
    )
    with serving.serve("ala", kind(), tmp_path) as up:
        done = run(tmp_path, f"--target={up.target}")
    assert done.verdicts["ALA-HTTP-03"] == "departs"
    came = (done.reports / "tickets" / "ALA-HTTP-03.md").read_text(encoding="utf-8").partition("## Came back")[2]
    assert "Content-Type: text/html" in came.partition("## Repeat it")[0]


@NEEDED
@pytest.mark.parametrize("how", list(Signature))
def test_the_lines_of_a_ticket_sign_as_the_suite_has_signed(how: Signature, tmp_path: Path) -> None:
    body = b"<OPS_envelope>\n  <data_block>\n  1\n  </data_block>\n</OPS_envelope>"
    signature, ways = signature_of(body, "k3y", how, "us3r") if how not in ELSEWHERE else None, SIGNED.ways
    if signature is None:
        assert how not in ways
        return
    (tmp_path / "it.xml").write_bytes(sent(body, how))
    script = "\n".join(["SIGNATURE=", *(line.replace("{file}", "it.xml") for line in ways[how])])
    done = subprocess.run(
        ["sh", "-eu", "-c", f'{script}\nprintf %s "$SIGNATURE"'],
        cwd=tmp_path,
        env={**os.environ, "OPENSRS_KEY": "k3y", "OPENSRS_USER": "us3r"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == signature


@NEEDED
@pytest.mark.parametrize(
    "slug",
    ["checks-no-signature-at-whole-address", "OSRS-SIG-02", "OSRS-SIG-04", "OSRS-SIG-05", "OSRS-SIG-06", "OSRS-SIG-09"],
)
def test_at_a_right_seller_the_lines_about_a_signature_call_nothing_off(slug: str, tmp_path: Path) -> None:
    wrong = next(kind for kind in deviants("opensrs").values() if slug in {kind.slug, vars(kind).get("breaks")})
    (tmp_path / "seller").mkdir()
    (tmp_path / "right").mkdir()
    with serving.serve("opensrs", wrong(), tmp_path / "seller") as up:
        run(tmp_path, f"--target={up.target}", "-m", wrong.breaks)
        ticket = (tmp_path / "reports" / "tickets" / f"{wrong.breaks}.md").read_text(encoding="utf-8")
        if "curl cannot repeat it" in ticket:
            assert "--request" not in ticket
            assert "```sh\nexport" not in ticket
            return
        is_done = 'is_success">1' in repeated(tmp_path, up.target, wrong.breaks)
        assert is_done is (wrong.breaks != "OSRS-SIG-09")  # which is about what is told
        place, keep = up.server.server_address[1], up.certificates
    right = embedded.SELLERS["opensrs"]()
    with serving.serve("opensrs", right, tmp_path / "right", place, identities=keep) as same:
        assert 'is_success">0' in repeated(tmp_path, same.target, wrong.breaks)


def test_of_a_record_that_does_not_say_how_it_was_signed_no_lines_are_made() -> None:
    request = {"method": "POST", "url": "https://a.example/", "headers": [["X-Signature", "***"]]}
    exchange = {"identity": "buyer", "request": {**request, "body": {"encoding": "utf8", "value": "<a/>"}}}
    scenario: Any = SimpleNamespace(drawn={}, api="opensrs")
    assert curl.script(exchange, scenario, {}, "it.xml") == ([curl.UNTOLD], [])


def test_against_a_seller_that_is_right_the_lines_are_answered_otherwise(tmp_path: Path) -> None:
    (tmp_path / "seller").mkdir()
    (tmp_path / "right").mkdir()
    with serving.serve("ala", deviants("ala")["Careless"](), tmp_path / "seller") as served:
        run(tmp_path, f"--target={served.target}", "-m", "ALA-REQ-07")
        assert "Pending" in repeated(tmp_path, served.target, "ALA-REQ-07")
        place = served.server.server_address[1]
        keep = served.certificates
    with serving.serve("ala", embedded.SELLERS["ala"](), tmp_path / "right", place, identities=keep) as right:
        answered = repeated(tmp_path, right.target, "ALA-REQ-07")
    assert "Pending" not in answered
    assert answered.startswith("HTTP/1.1 400")


def test_a_ticket_is_printed_listed_and_told_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "seller").mkdir()
    with serving.serve("ala", deviants("ala")["Careless"](), tmp_path / "seller") as served:
        run(tmp_path, f"--target={served.target}", "-m", "ALA-REQ-07")
    printed = countermand("ticket", "ALA-REQ-07", cwd=tmp_path)
    assert printed.stdout.strip() == (tmp_path / "reports/tickets/ALA-REQ-07.md").read_text(encoding="utf-8").strip()
    assert "To be read at: https://" in printed.stdout
    assert "<status>Pending</status>    <!-- here -->" in printed.stdout
    assert countermand("ticket", cwd=tmp_path).stdout.startswith("ALA-REQ-07  does not conform")
    named = countermand("ticket", "reports", cwd=tmp_path)
    assert (named.returncode, "named with --reports reports" in named.stderr) == (4, True)
    [listed] = json.loads(countermand("ticket", "--json", cwd=tmp_path).stdout)["tickets"]
    ticket = json.loads(countermand("ticket", "ALA-REQ-07", "--json", cwd=tmp_path).stdout)
    assert listed.items() <= ticket.items()
    assert (ticket["verdict"], ticket["markdown"].strip()) == ("does not conform", printed.stdout.strip())
    absent = countermand("ticket", "ALA-REQ-08", cwd=tmp_path)
    assert (absent.returncode, "there is ALA-REQ-07" in absent.stderr) == (4, True)
    misspelt = countermand("ticket", "ALA-REG-07", cwd=tmp_path)
    assert (misspelt.returncode, "did you mean ALA-REQ-07?" in misspelt.stderr) == (4, True)
    strange = countermand("ticket", "FOO", cwd=tmp_path)
    assert (strange.returncode, "there is no clause FOO; there are ALA-" in strange.stderr) == (4, True)


def test_a_ticket_names_no_folder_but_those_below_where_its_run_was_started(tmp_path: Path) -> None:
    kind = next(deviant for deviant in deviants("ala").values() if vars(deviant).get("breaks") == "ALA-REQ-07")
    (tmp_path / "here").mkdir()
    with served("ala", tmp_path / "seller", kind()) as target:
        run(tmp_path / "here", f"--target={target}", f"--ledger={tmp_path / 'ledger'}", "-m", "ALA-REQ-07")
    countermand("run", "--replay", tmp_path / "here" / "reports", "--reports", "again", "--no-page", cwd=tmp_path)
    for reports, line in (
        (tmp_path / "here" / "reports", "countermand run --target target.toml --ledger ledger -m ALA-REQ-07"),
        (tmp_path / "again", "countermand run --replay here/reports -m ALA-REQ-07"),
    ):
        ticket = (reports / "tickets" / "ALA-REQ-07.md").read_text(encoding="utf-8")
        assert line in ticket
        assert str(tmp_path) not in ticket


def test_a_later_run_without_findings_leaves_no_ticket(tmp_path: Path) -> None:
    (tmp_path / "seller").mkdir()
    with serving.serve("ala", deviants("ala")["Careless"](), tmp_path / "seller") as served:
        run(tmp_path, f"--target={served.target}", "-m", "ALA-REQ-07")
        assert (tmp_path / "reports/tickets").is_dir()
        run(tmp_path, f"--target={served.target}", "-m", "ALA-REQ-08")
    assert not (tmp_path / "reports/tickets").exists()


def test_a_document_is_shown_indented_with_its_place_marked() -> None:
    data = b'<a xmlns="urn:x"><b k="1">one</b><b k="2">two</b><c/></a>'
    assert (
        pretty(data, at="/a/b[2], line 1")
        == '<a xmlns="urn:x">\n  <b k="1">one</b>\n  <b k="2">two</b>    <!-- here -->\n  <c/>\n</a>'
    )
    with pytest.raises(Unreadable):
        pretty(b"no document")
    assert readable(b"no \xff document") == "no \\xff document"


@pytest.mark.parametrize(
    ("api", "fault", "warned"),
    [
        ("ala", "ALA-REQ-07", "It uses up an order: `BUYER_ORDER` names one"),  # it names the buyer's reference alone
        ("opensrs", "says-cancelled-without-order-id", "It may use up an order: it names none"),
        ("opensrs", "OSRS-REQ-02", "It may use up an order: it names none"),
        ("opensrs", "finds-order-by-beginning-of-number", "It uses up an order"),  # of the order that is found
        ("opensrs", "says-cancelled-unknown-order", None),  # of an order nobody has: there is none to use up
    ],
)
def test_whoever_repeats_what_may_use_up_an_order_is_warned(
    api: str, fault: str, warned: str | None, tmp_path: Path
) -> None:
    deviant = next(kind for kind in deviants(api).values() if fault in {vars(kind).get("breaks"), kind.slug})
    clause = deviant.breaks
    with served(api, tmp_path / "seller", deviant()) as target:
        run(tmp_path, f"--target={target}", "-m", clause)
    ticket = (tmp_path / "reports" / "tickets" / f"{clause}.md").read_text(encoding="utf-8")
    assert "use up an order" not in ticket.replace(warned or "-", "")
    assert (warned or "") in ticket
    assert ("Take it out of the target file's lists" in ticket) is (warned is not None)


def test_who_only_asks_about_an_order_is_not_told_that_it_is_used_up(tmp_path: Path) -> None:
    deviant = next(kind for kind in deviants("opensrs").values() if kind.slug == "order-id-of-another-order-when-asked")
    with served("opensrs", tmp_path / "seller", deviant()) as target:
        run(tmp_path, f"--target={target}", "-m", deviant.breaks)
    ticket = (tmp_path / "reports" / "tickets" / f"{deviant.breaks}.md").read_text(encoding="utf-8")
    assert "use up an order" not in ticket
    exchange, scenario = _asked(b"<a>4711</a>", "4711", "in_flight")
    assert "It uses up an order" in curl.script(exchange, scenario, {}, "it.xml")[0][0]
    scenario.api, asking = "opensrs", {**exchange, "operation": "get_order_info"}
    assert (
        "It asks about an order, and uses none up: `SELLER_ORDER` names one"
        in curl.script(asking, scenario, {}, "it.xml")[0][0]
    )


#: Requests as a stranger's record may claim them: each with a command where the shell would find it.
STRANGE = {
    "method": ("POST; touch sprung", [["Accept", "*/*"]], "https://seller.example/"),
    "name of a masked header": ("GET", [["X-$(touch${IFS}sprung)", "***"]], "https://seller.example/"),
    "quote in the name of a masked header": ("GET", [["X';touch sprung;'", "***"]], "https://seller.example/"),
    "name of a header": ("GET", [["X$(touch sprung)", "`touch sprung`"]], "https://seller.example/"),
    "address": ("GET", [], "https://seller.example/$(touch sprung)';touch sprung;'"),
}


@pytest.mark.parametrize("where", STRANGE)
def test_the_lines_that_people_paste_start_curl_and_nothing_else(where: str, tmp_path: Path) -> None:
    method, headers, url = STRANGE[where]
    exchange = {
        "identity": "buyer",
        "request": {"method": method, "url": url, "headers": headers, "body": {"encoding": "utf8", "value": "x"}},
    }
    scenario: Any = SimpleNamespace(drawn={}, api="ala")
    lines = "\n".join(curl.script(exchange, scenario, {}, "request.xml")[1])

    def pasted(words: str) -> str:
        script = f"curl() {{ printf '<%s>' \"$@\"; }}; CA=ca.pem\n{words}"
        return subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    said = pasted(lines)
    assert not (tmp_path / "sprung").exists()
    assert f"<{url}>" in said
    assert "<--request>" not in said or f"<{method}>" in said
    # The attack, where nothing is quoted.
    bare = " ".join(["curl", "--request", method, *(f'"{name}: {value}"' for name, value in headers), f'"{url}"'])
    pasted(bare if "quote" not in where else bare.replace('"', "'"))
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "reference", ["4711", "PO/2026/7", "A&B", "<b>7</b>", r"back\slash \1", 'it\'s "$(touch sprung)"', "a;b|c"]
)
def test_whatever_an_order_is_called_its_reference_is_put_in_as_it_is(reference: str, tmp_path: Path) -> None:
    done = pasted(tmp_path, reference)
    assert done.stdout == "sent", done.stderr
    root = etree.fromstring((tmp_path / "request.xml").read_bytes())
    assert [child.text for child in root] == [reference, reference]
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(("reference", "lost"), [("two\nlines", False), ("4711", True)])
def test_where_a_step_of_what_was_pasted_fails_nothing_is_sent(reference: str, lost: bool, tmp_path: Path) -> None:
    done = pasted(tmp_path, reference, lost=lost)
    assert (done.stdout, done.returncode == 0) == ("", False), done.stderr


def pasted(folder: Path, reference: str, *, lost: bool = False) -> subprocess.CompletedProcess[str]:
    """Paste the lines that name an order into a shell that sends nothing, with one reference for both."""
    request = {
        "method": "POST",
        "url": "https://seller.example/",
        "headers": [],
        "body": {"encoding": "utf8", "value": "<a><s>1-s</s><b>1-b</b></a>"},
    }
    exchange, drawn = {"identity": "buyer", "request": request}, {"seller": "1-s", "buyer": "1-b", "state": "in_flight"}
    scenario: Any = SimpleNamespace(drawn={"orders": [drawn]}, api="ala")
    if not lost:
        (folder / "it.xml").write_bytes(curl.body(exchange, scenario))
    lines = curl.script(exchange, scenario, {}, "it.xml")[1]
    known = {"CA": "ca.pem", "SELLER_ORDER": reference, "BUYER_ORDER": reference}
    assert {line.partition("=")[0] for line in curl.to_fill_in(lines)} == {f"export {name}" for name in known}
    script = "\n".join(["curl() { printf sent; }", *lines])
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env={**os.environ, **known}, capture_output=True, text=True, check=False
    )


def test_what_is_no_address_of_the_web_is_no_option_of_curl() -> None:
    exchange = {
        "identity": "buyer",
        "request": {"method": "GET", "url": "-o/tmp/x", "headers": [], "body": {"encoding": "utf8", "value": ""}},
    }
    scenario: Any = SimpleNamespace(drawn={}, api="ala")
    assert curl.script(exchange, scenario, {}, "request.xml")[1][-1].endswith("--url -o/tmp/x")


def test_what_could_not_be_found_out_is_no_praise_where_tickets_are_listed(tmp_path: Path) -> None:
    (tmp_path / "seller").mkdir()
    with serving.serve("opensrs", nulls.nulls("opensrs")["Closing"](), tmp_path / "seller") as served:
        run(tmp_path, f"--target={served.target}", "-m", "OSRS-REQ-0*")
    page, unsure = tmp_path / "reports/index.html", [f"OSRS-REQ-0{number}" for number in range(1, 8)]
    listed = countermand("ticket", cwd=tmp_path)
    first, second = listed.stdout.splitlines()
    assert (listed.returncode, first) == (0, "nothing was found that is broken")
    assert re.fullmatch(
        r"could not be found out: 7 clauses in \d+ scenarios.*; "
        r"reports/(index\.html|conformance\.md) says why, and what to do about it",
        second,
    ), (second, page.exists())
    as_json = json.loads(countermand("ticket", "--json", cwd=tmp_path).stdout)
    assert (as_json["tickets"], as_json["inconclusive"]) == ([], unsure)
    asked = countermand("ticket", unsure[0], cwd=tmp_path)
    assert f"no ticket for {unsure[0]} (it could not be found out); there is none" in asked.stderr


def test_the_line_of_a_ticket_works_where_the_run_was_started_and_names_nobodys_home() -> None:
    words = ["takes/t.toml", "t.toml", "/home/anna/takes/t.toml", "../anna/t.toml", "ALA-REQ-07"]
    assert list(map(ticket._bare, words)) == ["takes/t.toml", "t.toml", "t.toml", "t.toml", "ALA-REQ-07"]
