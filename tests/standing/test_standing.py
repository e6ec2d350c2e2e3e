"""A run in which the buyer was never served accuses nobody and praises nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import Told, countermand, run, served

from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Rejection, Style
from countermand.provider.http import Request, Response
from standing.conftest import PAGE, XML, Front, fronted, page

AUTHENTICATION = b"""<?xml version='1.0' encoding='UTF-8' standalone='no' ?>
<!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>
<OPS_envelope><header><version>0.9</version></header><body><data_block><dt_assoc>
<item key="protocol">XCP</item><item key="response_text">No access from here</item>
<item key="response_code">480</item><item key="is_success">0</item></dt_assoc></data_block></body></OPS_envelope>"""
SOAP_FAULT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Client</faultcode>'
    b"<faultstring>The SOAPAction is not known.</faultstring></e:Fault></e:Body></e:Envelope>"
)
ENTITIES = b"<!DOCTYPE r [<!ENTITY a 'Pending'>]><r><status>&a;</status></r>"
DEEP = b"<r>" * 300 + b"</r>" * 300
UNREAD, WITH = "the seller answers the buyer in what cannot be read", "a document that cannot be read:"
TAKES_NONE_UP = ("[safety]", '[capabilities]\ntakes_up = "no"\n\n[safety]')
SOME = "ALA-CAN-01 or ALA-SEC-01 or ALA-SEC-02 or ALA-FLT-01 or ALA-FLT-03 or ALA-REQ-01 or ALA-HTTP-03"


def always(response: Response) -> Front:
    return lambda _request, _response: response


def unregistered(request: Request, _response: Response) -> Response:
    """Answer as nginx does, whose pages tell a missing certificate from one that is not accepted."""
    return page(
        400, "400 No required SSL certificate was sent" if request.peer is None else "400 The SSL certificate error"
    )


def whoever(request: Request, _response: Response) -> Response:
    name = request.peer.name if request.peer else "nobody"
    return Response(
        400, f"<fault><faultcode>7</faultcode><faultmessage>Who is {name}?</faultmessage></fault>".encode(), XML
    )


def must_say_nothing(done: Told, cause: str) -> None:
    """Hold a run to saying nothing of the seller, and the cause once."""
    if done.code == 13:
        return
    assert done.code == 10, done.said
    assert set(done.scenarios) == {"inconclusive"}, done.said
    lines = [line for line in done.said.splitlines() if cause in line and " scenarios wait for one thing: " in line]
    assert len(lines) == 1, done.said
    assert f"{sum(done.scenarios.values())} scenarios wait" in lines[0]
    assert "error" not in done.said


@pytest.mark.parametrize("changes", [(), (TAKES_NONE_UP,)], ids=["", "takes none up"])
@pytest.mark.parametrize(
    ("front", "cause"),
    [
        (always(page(403)), "does not serve the buyer: status 403"),
        (unregistered, "does not serve the buyer: status 400"),
        (whoever, "no more than a stranger: status 400"),
        (always(page(404, "Not Found")), "no more than a stranger: status 404"),
        (
            always(Response(200, b"<!DOCTYPE html><html><body>Sign in<br></body></html>", PAGE)),
            "no more than a stranger: status 200 with a body that is not XML; see whether url and path name",
        ),
        (always(Response(200, b"<r><status>Rejected</status></r>", XML)), "no more than a stranger: Rejected"),
        (
            always(Response(500, SOAP_FAULT, XML)),
            "no more than a stranger: status 500 (The SOAPAction is not known.); have the seller see in its log why",
        ),
        (always(page(500)), "no more than a stranger: status 500; have the seller see in its log why it fails"),
        (
            always(page(503)),
            "a complete cancellation could not be had: status 503; run again later, or slow down with [safety] rate",
        ),
        (always(Response(200, ENTITIES, XML)), f"{UNREAD}: status 200 with {WITH} it declares entities"),
        (always(Response(400, ENTITIES, XML)), f"{UNREAD}: status 400, with {WITH} it declares entities"),
        (always(Response(200, DEEP, XML)), f"{WITH} line 1: it is nested more than 256 deep, column 771"),
        (always(Response(200, b"<r>\1</r>", XML)), f"{WITH} line 1: a control character that XML does not allow: &#1;"),
    ],
    ids=[
        *("allow list", "not registered", "names who asks", "wrong path", "portal", "rejects everybody"),
        *("SOAP", "fails", "busy"),
        *("entities", "a fault with entities", "deep", "control character"),
    ],
)
def test_where_buyer_and_strangers_are_answered_alike_nothing_is_said_of_the_seller(
    tmp_path: Path, front: Front, cause: str, changes: tuple[tuple[str, str], ...]
) -> None:
    with fronted("ala", tmp_path / "seller", front, *changes) as (path, seller):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", SOME)
    must_say_nothing(done, cause)
    assert len(seller.asked) < 20  # once it is known, nobody is asked any more
    assert "takes_up" not in done.said


def test_who_finds_nothing_may_not_know_the_message(tmp_path: Path) -> None:
    """As Spring Web Services, which say so of an element no endpoint is mapped to."""

    def front(request: Request, _response: Response) -> Response:
        return page(401) if request.peer is None else Response(404, b"")

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", SOME)
    must_say_nothing(done, "see whether url and path name the operation")
    assert "if it does not know the message, set [dialect] namespace or request_root" in done.said


@pytest.mark.parametrize("blamed", ["Server", "Client"])
def test_who_does_not_know_the_message_is_not_said_to_decide_or_not(tmp_path: Path, blamed: str) -> None:
    """Its name and namespace are documented nowhere: a toolkit that expects others fails over everything alike."""
    unknown = SOAP_FAULT.replace(b"e:Client", b"e:" + blamed.encode())

    def front(request: Request, _response: Response) -> Response:
        return page(401) if request.peer is None else Response(500, unknown, XML)

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01")
    assert done.verdicts["ALA-CAN-01"] == "inconclusive", done.said
    assert "one that lacks a field: status 500 (The SOAPAction is not known.); if it does not know" in done.said
    assert "set [dialect] namespace or request_root" in done.said
    again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    assert again.code == done.code, again.said


@pytest.mark.parametrize("strangers", [401, 500])
def test_who_speaks_of_the_label_is_to_be_asked_with_another(tmp_path: Path, strangers: int) -> None:
    """As SOAP::Lite, which says so with status 500, to whoever has come so far."""
    unlabelled = SOAP_FAULT.replace(b"The SOAPAction is not known.", b"Content-Type must be 'text/xml'")

    def front(request: Request, _response: Response) -> Response:
        return page(401) if request.peer is None and strangers == 401 else Response(500, unlabelled, XML)

    with fronted("ala", tmp_path / "seller", front) as (path, seller):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-CAN-01")
    assert "(Content-Type must be 'text/xml'); set [dialect] content_type to another" in done.said
    assert "namespace" not in done.said
    assert len(seller.asked) < 30


@pytest.mark.parametrize(
    ("api", "status", "words"),
    [
        ("ala", 421, "TLS tells a server no address as its name: put its name into url"),
        ("opensrs", 421, "TLS tells a server no address as its name: put its name into url"),
        ("ala", 415, 'set [dialect] content_type to another, as "text/xml"'),
    ],
)
def test_who_says_that_it_reads_nothing_is_asked_for_no_order(
    tmp_path: Path, api: str, status: int, words: str
) -> None:
    """A server whose TLS was told no name, or a toolkit of SOAP that wants text/xml, turns everybody away.

    No order is used up with it.
    """
    with fronted(api, tmp_path / "seller", always(Response(status, b"", PAGE))) as (path, seller):
        done = run(tmp_path, f"--target={path}", "--no-reports")
    must_say_nothing(done, f"status {status}; {words}")
    orders = countermand("orders", "--target", path, cwd=tmp_path).stdout
    assert "What was taken" not in orders
    assert len(seller.asked) < 20


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_a_page_that_welcomes_everybody_is_asked_for_no_order(tmp_path: Path, api: str) -> None:
    welcome = Response(200, b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>", PAGE)
    with fronted(api, tmp_path / "seller", always(welcome)) as (path, seller):
        done = run(tmp_path, f"--target={path}", "--no-reports")
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    must_say_nothing(done, "no more than a stranger: status 200 with ")
    assert "see whether url and path name the operation" in done.said
    assert "What was taken" not in countermand("orders", "--target", path, cwd=tmp_path).stdout
    assert len(seller.asked) < 20
    assert again.code == done.code, again.said


def names_the_path(request: Request, response: Response) -> Response:
    words = f"<fault><faultcode>7</faultcode><faultmessage>There is no {request.path}.</faultmessage></fault>"
    return Response(404, words.encode(), XML) if response.status == 404 else response


@pytest.mark.parametrize("front", [lambda _, response: response, names_the_path], ids=["", "names the path"])
def test_at_a_wrong_path_nothing_is_said_of_a_seller_that_knows_the_buyer_there(tmp_path: Path, front: Front) -> None:
    """It tells strangers otherwise, in the language of the API, and what it tells the buyer it tells of any path."""
    wrong = ('environment = "staging"', 'environment = "staging"\npath = "/nowhere/cancelOrder"')
    with fronted("ala", tmp_path / "seller", front, wrong) as (path, seller):
        done = run(tmp_path, f"--target={path}", "--no-reports")
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    must_say_nothing(done, "hardly the seller itself answers the buyer: status 404 (There is no ")
    assert "see whether url and path name the operation" in done.said
    assert "the seller does not know order" not in done.said  # nor any other: the lists are not to be mended for it
    assert len(seller.asked) < 20
    assert again.code == done.code, again.said


def test_a_seller_that_says_404_of_orders_it_does_not_know_is_judged(tmp_path: Path) -> None:
    """The other way round: it tells an incomplete cancellation of such an order something else."""

    def front(_: Request, response: Response) -> Response:
        unknown = response.status == 200 and b"Pending" not in response.body
        return (
            Response(404, b"<fault><faultcode>7</faultcode><faultmessage>No.</faultmessage></fault>", XML)
            if unknown
            else response
        )

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", SOME)
    assert done.verdicts["ALA-CAN-01"] == done.verdicts["ALA-SEC-01"] == "conforms", done.said


@pytest.mark.parametrize("changes", [(), (TAKES_NONE_UP,)], ids=["", "takes none up"])
def test_an_opensrs_seller_that_answers_everybody_alike_is_not_judged(
    tmp_path: Path, changes: tuple[tuple[str, str], ...]
) -> None:
    with fronted("opensrs", tmp_path / "seller", always(Response(200, AUTHENTICATION, XML)), *changes) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports")
        again = run(tmp_path / "reports", "--replay=.", "--reports=again", "--no-reports")
    must_say_nothing(done, "no more than a stranger: is_success 0, code 480 (No access from here)")
    assert again.code == done.code, again.said


@pytest.mark.parametrize(
    "style", [Style(takes_up=False), Style(takes_up=False, rejection=Rejection.FAULT_400)], ids=["reply", "fault"]
)
def test_a_seller_that_rejects_everything_and_turns_strangers_away_is_judged(tmp_path: Path, style: Style) -> None:
    """The other way round: the same rejection whatever the buyer asks, and another answer to strangers."""
    with served("ala", tmp_path / "seller", Seller(style)) as path:
        assert 'takes_up = "no"' in path.read_text()
        done = run(tmp_path, f"--target={path}", "--no-reports")
    assert done.code == 0, done.said
    assert done.verdicts["ALA-SEC-01"] == done.verdicts["ALA-SEC-02"] == done.verdicts["ALA-CAN-01"] == "conforms"


def test_a_seller_that_serves_everybody_alike_is_accused(tmp_path: Path) -> None:
    """Alike is no excuse for who takes cancellations up."""

    def front(request: Request, response: Response) -> Response:
        return Response(200, b"<r><status>Pending</status></r>", XML) if request.method == "POST" else response

    with fronted("ala", tmp_path / "seller", front) as (path, _):
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", SOME)
    assert done.code == 1, done.said
    assert done.verdicts["ALA-SEC-01"] == done.verdicts["ALA-REQ-01"] == "does not conform"
