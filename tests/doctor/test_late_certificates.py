"""Servers that want a certificate only once they know the path."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from identities import apache, door
from identities.authority import Authority

from countermand.identity.tls import Credentials, context
from countermand.model.exchange import Request
from countermand.model.target import Target
from countermand.run.wire import HttpsWire
from countermand.targetfile import load
from doctor.conftest import Told, World

needs_apache = pytest.mark.skipif(apache.PROGRAM is None or not apache.MODULES.is_dir(), reason="no Apache httpd here")
Write = Callable[..., Path]
Ask = Callable[..., Told]
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>"


def asked(target: Target) -> int | None:
    wire = HttpsWire(target)
    request = Request("POST", f"{target.url}/cancelOrder", (("Content-Type", "application/xml"),), b"<x/>" * 1000)
    exchange = wire.send(target.identities["buyer"], request, "cancelOrder")
    wire.close()
    return None if exchange.reply is None else exchange.reply.status


@needs_apache
@pytest.mark.parametrize("trust", ["", 'tls_maximum = "1.2"'], ids=["TLS 1.3", "TLS 1.2"])
def test_apache_that_asks_per_location_is_shown_our_certificate(
    ala: Write, examine: Ask, world: World, tmp_path: Path, trust: str
) -> None:
    with apache.asking_per_location(tmp_path / "apache", world.server, world.root.certificate) as port:
        path = ala(port, trust=trust)
        target = load(path)
        assert asked(target) == 402
        assert "after the handshake" in examine(path).words("client certificate")


@needs_apache
def test_who_does_not_offer_it_is_refused_by_apache(
    ala: Write, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: what the offer is for."""

    def silent(*arguments: object) -> ssl.SSLContext:
        made = context(*arguments)  # type: ignore[arg-type]
        made.post_handshake_auth = False
        return made

    monkeypatch.setattr("countermand.run.wire.context", silent)
    with apache.asking_per_location(tmp_path / "apache", world.server, world.root.certificate) as port:
        assert asked(load(ala(port))) == 403


def test_the_offer_is_made_by_whoever_has_a_certificate(world: World) -> None:
    assert context(
        world.root.certificate, Credentials(world.buyer.certificate, world.buyer.private_key)
    ).post_handshake_auth
    assert not context(world.root.certificate, Credentials()).post_handshake_auth


@pytest.mark.parametrize(("trust", "version"), [('tls_maximum = "1.2"', "TLSv1.2"), ("", "TLSv1.3")])
def test_no_higher_version_is_spoken_than_the_target_file_allows(
    ala: Write, world: World, trust: str, version: str
) -> None:
    spoken: list[str | None] = []

    def behave(connection: ssl.SSLSocket) -> None:
        spoken.append(connection.version())
        door.saying(REFUSED)(connection)

    with door.listening(behave, door.context(world.server, asks=world.root.certificate)) as port:
        assert asked(load(ala(port, trust=trust))) == 403
    assert spoken == [version]


@pytest.mark.parametrize("asks", [True, False])
def test_a_403_after_a_handshake_without_our_certificate_has_one_cause(
    ala: Write, examine: Ask, world: World, *, asks: bool
) -> None:
    with door.listening(
        door.saying(REFUSED), door.context(world.server, asks=world.root.certificate if asks else None)
    ) as port:
        answer = examine(ala(port))
    assert answer.code == 13
    assert ("has asked for no certificate" in answer.words("answer")) != asks
    assert ("tls_maximum" in answer.words("answer")) != asks


@pytest.mark.parametrize("whole", [True, False])
def test_a_certificate_that_stands_alone_is_named_with_its_issuer(
    ala: Write, examine: Ask, world: World, tmp_path: Path, *, whole: bool
) -> None:
    middle = Authority(tmp_path / "middle", "Test intermediate", above=world.root)
    buyer = middle.issue("alone")
    shown = buyer.joined(tmp_path / "buyer.pem", *([middle.certificate] if whole else []))
    with door.listening(door.saying(REFUSED), door.context(world.server, asks=world.root.certificate)) as port:
        answer = examine(ala(port, buyer=f'certificate = "{shown}"'))
    check = "answer" if whole else "client certificate"
    assert answer.code == 13
    assert ("ours is shown alone, issued by CN=Test intermediate" in answer.words(check)) != whole


def test_a_maximum_below_the_minimum_is_an_error(ala: Write, examine: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    path = ala(1, trust='tls_minimum = "1.3"\ntls_maximum = "1.2"')
    with pytest.raises(ValueError, match=r"trust.tls_maximum: is lower than tls_minimum, 1.3: no version is left"):
        load(path)
