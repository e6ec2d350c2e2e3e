"""What the doctor says of trouble between us and a seller."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from identities import door
from identities.authority import Authority, Issued

from countermand import cli, doctor
from countermand.targetfile import load
from doctor.conftest import Told, World

Write = Callable[..., Path]
Ask = Callable[..., Told]
FINE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 8\r\n\r\n<fault/>"
BARE = b"""<?xml version='1.0' encoding="UTF-8" standalone="no" ?>
<OPS_envelope><header><version>0.9</version></header><body><data_block><dt_assoc><item key="response_code">400</item>
<item key="response_text">Access denied: invalid IP address</item><item key="is_success">0</item>
</dt_assoc></data_block></body></OPS_envelope>"""
MISDIRECTED = b"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n"


def refused_by_code(code: str, text: str, about: str = "TRUST_SERVICE") -> bytes:
    """Return what OpenSRS says in HTTP."""
    body = BARE.replace(b"400", code.encode()).replace(b"Access denied: invalid IP address", text.encode())
    body = body.replace(b"<dt_assoc>", f'<dt_assoc><item key="object">{about}</item>'.encode())
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def resetting(connection: ssl.SSLSocket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def resetting_once_asked(connection: ssl.SSLSocket) -> None:
    door.heard(connection)
    resetting(connection)


def serving(
    world: World, behave: door.Behaviour, issued: Issued | None = None, *, asks: bool = True
) -> AbstractContextManager[int]:
    return door.listening(behave, door.context(issued or world.server, asks=world.root.certificate if asks else None))


def test_a_seller_that_answers_can_be_tested(examine: Ask, ala: Write, world: World) -> None:
    with serving(world, door.saying(FINE)) as port:
        done = examine(ala(port))
    assert done.code == 0, done
    assert {
        done.state(check)
        for check in ("name resolution", "connection", "TLS", "server certificate", "client certificate")
    } == {"ok"}
    assert "accepts buyer.pem" in done.words("client certificate")
    assert "answered with status 400" in done.words("answer")


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
        b"HTTP/1.1 102 Wait\r\n\r\n" * 3,
    ],
)
def test_what_a_seller_says_before_its_answer_is_not_taken_for_it(
    examine: Ask, ala: Write, world: World, interim: bytes
) -> None:
    with serving(world, door.saying(interim + FINE)) as port:
        done = examine(ala(port))
    assert (done.code, done.state("answer")) == (0, "ok")
    assert "is answered with status 400" in done.words("answer")


@pytest.mark.parametrize("then", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 102 Wait\r\n\r\n"])
def test_a_seller_that_says_nothing_after_that_has_not_answered(
    examine: Ask, ala: Write, world: World, then: bytes
) -> None:
    with serving(world, door.saying(b"HTTP/1.1 103 Early Hints\r\n\r\n" + then)) as port:
        assert examine(ala(port)).state("answer") != "ok"


def test_no_order_of_the_target_file_is_ever_named(examine: Ask, ala: Write, world: World) -> None:
    heard: list[bytes] = []

    def slam(connection: ssl.SSLSocket) -> None:
        heard.append(door.heard(connection))

    with serving(world, slam) as port:
        examine(ala(port, rest='[orders]\nin_flight = [{ seller = "S-1", buyer = "B-1" }]'))
    assert len(heard) == 2
    assert not any(b"S-1" in request or b"B-1" in request for request in heard)
    assert b"cancellationReason" not in heard[0]
    assert all(b"COUNTERMAND-" in request for request in heard)


def test_opensrs_is_asked_without_an_order_and_then_for_one_that_does_not_exist(
    examine: Ask, opensrs: Write, world: World
) -> None:
    heard: list[bytes] = []

    def slam(connection: ssl.SSLSocket) -> None:
        heard.append(door.heard(connection))

    with serving(world, slam, asks=False) as port:
        examine(opensrs(port, '[orders]\npending = ["578"]'))
    assert b"cancel_order" in heard[0]
    assert b"order_id" not in heard[0]
    assert b"get_order_info" in heard[1]
    assert not any(b">578<" in request for request in heard)


def test_a_name_without_an_address_is_named(examine: Ask, ala: Write) -> None:
    done = examine(ala(443, host="seller.invalid"))
    assert done.code == 13
    assert "seller.invalid has no address" in done.words("name resolution")
    assert done.state("connection") == "not checked"


def test_a_proxy_that_others_use_is_named_where_there_is_no_way(
    examine: Ask, ala: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    words = examine(ala(443, host="seller.invalid")).words("name resolution")
    assert words.endswith("; HTTPS_PROXY is set, and not used: where the way leads through a proxy, name it as proxy")


def test_a_port_nobody_listens_at_is_named(examine: Ask, ala: Write) -> None:
    done = examine(ala(1))
    assert done.code == 13
    assert "nobody listens at localhost port 1: connection refused" in done.words("connection")
    assert done.state("TLS") == "not checked"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("theirs", "ours"), [(ssl.TLSVersion.TLSv1_1, "1.2"), (ssl.TLSVersion.TLSv1_2, "1.3")])
def test_a_tls_version_that_is_not_in_common_is_named(
    examine: Ask, ala: Write, world: World, theirs: ssl.TLSVersion, ours: str
) -> None:
    old = door.context(world.server)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, theirs
    with door.listening(door.saying(FINE), old) as port:
        done = examine(ala(port, trust=f'tls_minimum = "{ours}"'))
    assert done.code == 13
    assert "no TLS version in common" in done.words("TLS")
    assert ("tls_minimum" in done.words("TLS")) == (ours == "1.3")


def test_a_port_that_does_not_speak_tls_is_named(examine: Ask, ala: Write) -> None:
    with door.listening(lambda plain: plain.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n"), None) as port:
        done = examine(ala(port))
    assert "does not speak TLS" in done.words("TLS")


def test_an_alert_is_named(examine: Ask, ala: Write, world: World) -> None:
    made = door.context(world.server)
    made.sni_callback = lambda *_: ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    with door.listening(door.saying(FINE), made) as port:
        done = examine(ala(port))
    assert "the server knows no localhost (alert unrecognized_name)" in done.words("TLS")


def test_a_server_that_wants_another_http_than_ours_is_named_with_what_to_mend(
    examine: Ask, ala: Write, world: World
) -> None:
    made = door.context(world.server)
    made.sni_callback = lambda *_: 120  # no_application_protocol: Python's own list ends before it
    with door.listening(door.saying(FINE), made) as port:
        done = examine(ala(port))
    assert done.code == 13
    assert "probably HTTP/2 alone (alert no_application_protocol)" in done.words("TLS")
    assert "have the seller speak HTTP/1.1" in done.words("TLS")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_certificate_of_ours_that_the_server_refuses_is_named_with_the_alert(
    examine: Ask, ala: Write, world: World, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    foreign = Authority(tmp_path / "foreign", "Foreign")
    made = door.context(world.server, asks=foreign.certificate)
    made.maximum_version = version
    with door.listening(door.saying(FINE), made) as port:
        path = ala(port)
        done, first = examine(path), doctor.preflight(load(path))
    assert done.code == 13
    assert "the server refuses ours, buyer.pem (alert unknown_ca)" in done.words("client certificate")
    assert done.state("server certificate") == "ok"
    assert first is not None
    assert first.startswith("client certificate: the server refuses ours")


def test_an_expired_certificate_of_ours_is_named_by_file_and_by_alert(examine: Ask, ala: Write, world: World) -> None:
    old = world.root.issue("old", days=(-20, -10))
    with serving(world, door.saying(FINE)) as port:
        done = examine(ala(port, buyer=f'certificate = "{old.certificate}"\nprivate_key = "{old.private_key}"'))
    assert done.first is not None
    assert "expired on" in done.first["words"]
    assert "alert certificate_expired" in done.words("client certificate")


def test_a_server_that_wants_a_certificate_where_there_is_none_is_named(
    examine: Ask, opensrs: Write, world: World
) -> None:
    with serving(world, door.saying(FINE)) as port:
        done = examine(opensrs(port))
    assert "the server wants a client certificate" in done.words("client certificate")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda world, _: world.root.server("expired", days=(-20, -10)), "has expired: its own ended on"),
        (lambda world, _: world.root.server("early", days=(10, 20)), "the server's certificate is not valid before"),
        (lambda world, _: world.root.server("other", "DNS:other.example"), "is for other.example, not for localhost"),
        (
            lambda _, folder: Authority(folder / "b", "B").server(),
            "issued by CN=B, which we do not trust; the server sends no intermediate",
        ),
        (lambda _, folder: Authority(folder / "c", "C").itself(), "is self-signed"),
        (
            lambda world, folder: Authority(folder / "d", "D", above=world.root).server(),
            "issued by CN=D, which we do not trust",
        ),
    ],
    ids=["expired", "not yet valid", "name", "chain", "self-signed", "intermediate left out"],
)
def test_a_server_certificate_we_do_not_trust_is_named_with_the_reason(
    examine: Ask, ala: Write, world: World, tmp_path: Path, make: Callable[[World, Path], Issued], words: str
) -> None:
    with serving(world, door.saying(FINE), make(world, tmp_path), asks=False) as port:
        path = ala(port)
        done, first = examine(path), doctor.preflight(load(path))
    assert done.code == 13
    assert words in done.words("server certificate")
    assert done.first is not None
    assert done.first["check"] == "server certificate"
    assert first is not None
    assert first.startswith("server certificate: ")


def test_a_server_certificate_that_ends_soon_is_noted(examine: Ask, ala: Write, world: World) -> None:
    with serving(world, door.saying(FINE), world.root.server("soon", days=(-1, 5))) as port:
        done = examine(ala(port))
    assert (done.code, done.state("server certificate")) == (0, "note")


@pytest.mark.parametrize(
    ("behave", "words", "certain"),
    [
        (door.saying(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), "status 403", False),
        (resetting, "the connection is closed right after TLS", True),
        (lambda _: None, "the connection is closed right after TLS", True),
        (resetting_once_asked, "closed or reset without an answer", False),
        (door.saying(BARE), "code 400 'Access denied: invalid IP address'", True),
        (lambda connection: connection.sendall(BARE), "code 400 'Access denied: invalid IP address'", True),
        (
            door.saying(refused_by_code("400", "Access denied: invalid ip address")),
            "our address is refused: code 400",
            True,
        ),
    ],
    ids=["403", "reset", "closed", "reset once asked", "bare XML", "bare XML unasked", "code in HTTP"],
)
def test_a_probable_allow_list_is_named(
    examine: Ask, opensrs: Write, world: World, behave: door.Behaviour, words: str, certain: bool
) -> None:
    with serving(world, behave, asks=False) as port:
        path = opensrs(port)
        done, first = examine(path), doctor.preflight(load(path))
    assert done.code == 13
    assert words in done.words("answer")
    assert "allow list" in done.words("answer")
    assert (first is not None) == certain


def test_a_key_that_is_refused_and_ends_with_a_blank_is_said_to(
    examine: Ask, opensrs: Write, world: World, tmp_path: Path
) -> None:
    refused = refused_by_code("401", "Authentication Error", "AUTHENTICATE")
    with serving(world, door.saying(refused), asks=False) as port:
        path = opensrs(port)
        plain = examine(path).words("answer")
        (tmp_path / "key").write_text(f"{'ab' * 56} \n")
        blank = examine(path).words("answer")
    words = "it begins or ends with a blank"
    assert (words in plain, words in blank) == (False, True), blank


@pytest.mark.parametrize(
    ("reply", "words", "certain"),
    [
        (
            refused_by_code("401", "Authentication Error", "AUTHENTICATE"),
            "the key is wrong for reseller here: mend api_key",
            True,
        ),
        (refused_by_code("410", "Reseller authentication error"), "mend api_key", True),
        (refused_by_code("415", "Authentication Error."), "mend api_key", True),
        (refused_by_code("400", "Invalid Username", "AUTHENTICATE"), "mend username", True),
        (refused_by_code("400", "Authentication Error: address not allowed", ""), "probably an allow list", True),
        (
            refused_by_code("400", "Try again", ""),
            "see whether this machine's public address is on the allow list, and",
            True,
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "probably the wrong path: mend url or path ({url}/ is asked)",
            False,
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
            "a redirect is never followed",
            False,
        ),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "the seller behind it does not", False),
        (
            MISDIRECTED,
            "see whether url and connect_to go together",
            False,
        ),
        (bytes.fromhex("000006040000000000 0004 00010000"), "HTTP/2, whatever it is asked in; have the seller", True),
        (bytes.fromhex("000008070000000000 00000000 00000001"), "HTTP/2, whatever it is asked in", True),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "an answer that is not HTTP: 'SSH-2.0-OpenSSH_9.2'", True),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            "with the header Content-Length twice: 5 and 6",
            False,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
            "with more than 2097152 bytes; set [limits] size to more",
            False,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n<OPS",
            "its body ends before it is whole; tell the seller",
            False,
        ),
    ],
    ids=[
        "401",
        "410",
        "415",
        "user",
        "address",
        "bare 400",
        "404",
        "302",
        "503",
        "421",
        "HTTP/2",
        "farewell",
        "not HTTP",
        "length",
        "size",
        "broken off",
    ],
)
def test_an_answer_that_no_request_will_better_is_named_with_what_to_mend(
    examine: Ask, opensrs: Write, world: World, reply: bytes, words: str, certain: bool
) -> None:
    with serving(world, door.saying(reply), asks=False) as port:
        path = opensrs(port)
        done, first = examine(path), doctor.preflight(load(path))
    assert done.code == 13
    assert words in done.words("answer")
    assert (first is not None) == certain


def test_a_document_that_cannot_be_read_is_noted_with_what_is_wrong_with_it(
    examine: Ask, opensrs: Write, world: World
) -> None:
    body = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with serving(world, door.saying(reply), asks=False) as port:
        done = examine(opensrs(port))
    assert "a document that cannot be read: it declares entities" in done.words("answer")


def test_a_server_that_was_done_no_name_is_named_with_what_to_mend(examine: Ask, opensrs: Write, world: World) -> None:
    with serving(world, door.saying(MISDIRECTED), asks=False) as port:
        path = opensrs(port)
        path.write_text(path.read_text(encoding="utf-8").replace("https://localhost:", "https://127.0.0.1:"))
        done = examine(path)
    assert done.code == 13
    assert f"put its name into url, and 127.0.0.1:{port} into connect_to" in done.words("answer")


@pytest.mark.parametrize(
    "reply",
    [
        FINE,
        b"HTTP/1.1 500 Oh\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 2\xff\r\n\r\n",
        refused_by_code("460", "Missing required field"),
    ],
)
def test_a_seller_that_is_merely_odd_is_left_to_the_run(opensrs: Write, world: World, reply: bytes) -> None:
    with serving(world, door.saying(reply), asks=False) as port:
        assert doctor.preflight(load(opensrs(port))) is None


def test_a_key_refused_once_and_then_accepted_is_no_trouble(examine: Ask, opensrs: Write, world: World) -> None:
    replies = [refused_by_code("401", "Authentication Error"), refused_by_code("405", "Invalid id supplied")]

    def behave(connection: ssl.SSLSocket) -> None:
        door.heard(connection)
        connection.sendall(replies.pop(0))

    with serving(world, behave, asks=False) as port:
        assert examine(opensrs(port)).code == 0


def test_a_silent_seller_is_trouble_for_the_doctor_and_left_to_the_run(
    examine: Ask, opensrs: Write, world: World
) -> None:
    def hang(connection: ssl.SSLSocket) -> None:
        door.heard(connection)
        connection.recv(1)

    with serving(world, hang, asks=False) as port:
        path = opensrs(port)
        path.write_text(path.read_text().replace("total = 2", "total = 0.5"))
        assert "no answer in time" in examine(path).words("answer")
        assert doctor.preflight(load(path)) is None


def test_a_seller_that_sends_headers_and_no_body_is_trouble(examine: Ask, opensrs: Write, world: World) -> None:
    def begin(connection: ssl.SSLSocket) -> None:
        door.heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        connection.recv(1)

    with serving(world, begin, asks=False) as port:
        path = opensrs(port)
        path.write_text(path.read_text().replace("total = 2", "total = 0.5"))
        done = examine(path)
    assert done.code == 13
    assert "status 200, and its body does not come in time" in done.words("answer")


@pytest.mark.parametrize("body", [b"", b"<html><body><h1>Internal Server Error</h1></body></html>", b"Oops"])
def test_what_is_no_document_of_an_api_is_not_called_the_sellers_own(
    examine: Ask, opensrs: Write, world: World, body: bytes
) -> None:
    head = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(world, door.saying(head + body), asks=False) as port:
        done = examine(opensrs(port))
    assert (done.code, done.state("answer")) == (0, "note")
    assert "status 500, and no XML of an API" in done.words("answer")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 415 Unsupported Media Type\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Error\r\nContent-Length: 44\r\n\r\n<fault>Content-Type must be text/xml</fault>",
    ],
    ids=["415", "in words"],
)
def test_a_content_type_that_is_not_taken_is_noted_where_another_may_be_declared(
    examine: Ask, ala: Write, opensrs: Write, world: World, said: bytes
) -> None:
    reply = door.saying(said)
    with serving(world, reply) as port:
        assert 'set [dialect] content_type to another, as "text/xml"' in examine(ala(port)).words("answer")
    with serving(world, reply, asks=False) as port:
        assert "dialect" not in examine(opensrs(port)).words("answer")


@pytest.mark.parametrize(("shift", "words"), [(-3600, "60 minutes ahead of"), (7200, "2 hours behind"), (0, "agree")])
def test_clocks_that_differ_are_noted(examine: Ask, ala: Write, world: World, shift: int, words: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=shift), usegmt=True)
    with serving(world, door.saying(FINE.replace(b"\r\n", f"\r\nDate: {date}\r\n".encode(), 1))) as port:
        done = examine(ala(port))
    assert done.code == 0
    assert done.state("clock") == ("note" if shift else "ok")
    assert words in done.words("clock")


def test_connect_to_is_where_we_connect_and_the_name_is_kept(examine: Ask, ala: Write, world: World) -> None:
    with serving(world, door.saying(FINE), world.root.server("named", "DNS:seller.example")) as port:
        done = examine(ala(8443, f'connect_to = "127.0.0.1:{port}"', host="seller.example"))
    assert done.code == 0, done
    assert "bears the name seller.example" in done.words("server certificate")


@pytest.mark.parametrize("status", ["200 Connection established", "407 Proxy Authentication Required"])
def test_a_proxy_is_gone_through_and_its_password_is_never_shown(
    ala: Write, world: World, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[bytes] = []
    secured = door.context(world.server, asks=world.root.certificate)

    def proxy(plain: ssl.SSLSocket) -> None:
        heard.append(door.heard(plain))
        plain.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if status.startswith("200"):
            with secured.wrap_socket(plain.dup(), server_side=True) as tunnelled:
                door.saying(FINE)(tunnelled)

    with door.listening(proxy, None) as port:
        path = ala(8443, f'proxy = "http://me:hush-hush@127.0.0.1:{port}"')
        code = cli.main(["doctor", "--target", str(path)])
    said = capsys.readouterr().out
    assert heard[0].startswith(b"CONNECT localhost:8443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " in heard[0]
    assert "hush-hush" not in said
    assert code == (0 if status.startswith("200") else 13)
    assert ("no way through the proxy" in said) == (code == 13)


def test_a_proxy_that_itself_is_reached_by_tls_is_not_looked_through(examine: Ask, ala: Write) -> None:
    path = ala(8443, 'proxy = "https://127.0.0.1:1"')
    done = examine(path)
    assert (done.code, done.state("connection")) == (0, "not checked")
    assert doctor.preflight(load(path)) is None


def test_production_is_not_asked_unless_it_is_named(
    examine: Ask, ala: Write, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[bytes] = []

    def keep(connection: ssl.SSLSocket) -> None:
        heard.append(door.heard(connection))
        connection.sendall(FINE)

    with serving(world, keep) as port:
        path = ala(port, 'environment = "production"')
        done = examine(path)
        assert (done.code, done.state("answer")) == (0, "not checked")
        assert not any(heard)
        cli.main(["doctor", "--target", str(path)])
        assert "The target was reached, and asked nothing: it is production" in " ".join(
            capsys.readouterr().out.split()
        )
        assert examine(path, "--production", "staging").state("answer") == "ok"
        cli.main(["doctor", "--target", str(path), "--production", "staging"])
        assert "The target can be tested." in capsys.readouterr().out
    assert any(heard)


def test_the_last_words_name_the_first_thing_to_mend(ala: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--target", str(ala(1))]) == 13
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert "The target cannot be used. Mend first: connection: nobody listens at localhost port 1" in " ".join(
        said.split()
    )
    assert any(line.startswith("trouble      connection: ") for line in lines)
