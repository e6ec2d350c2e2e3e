"""What the doctor finds wrong before anything is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from identities.authority import Issued, openssl
from running import run

from countermand import cli
from countermand.provider import embedded, serving
from doctor.conftest import Told, World

Write = Callable[..., Path]
Ask = Callable[..., Told]
CLOSED = 1  # a port nobody listens at


def test_a_target_file_that_is_not_there_is_named(examine: Ask, tmp_path: Path) -> None:
    done = examine(tmp_path / "none.toml")
    assert (done.code, done.state("target file")) == (4, "trouble")
    assert "none.toml: no such file" in done.words("target file")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("api = ", "not TOML"),
        ('name = "x"\napi = "ala"\nurl = "https://x"\nurrl = ""\n', "did you mean 'url'?"),
        (
            'name = "x"\napi = "opensrs"\nurl = "https://x"\n[buyer]\nusername = "a"\napi_key = { file = "key" }\n',
            "no such file",
        ),
    ],
)
def test_a_target_file_that_cannot_be_used_is_told_as_it_is(
    examine: Ask, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "target.toml"
    path.write_text(text)
    done = examine(path)
    assert done.code == 4
    assert words in done.words("target file")


def test_doctor_and_run_end_alike_with_a_file_that_cannot_be_used_and_the_doctor_says_it_once(
    ala: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = ala(CLOSED, 'enviroment = "staging"')
    monkeypatch.chdir(tmp_path)
    assert cli.main(["doctor", "--target", str(path)]) == 4
    assert capfd.readouterr().out.count("enviroment") == 1
    assert cli.main(["run", "--target", str(path), "--dry-run"]) == 4
    assert "did you mean 'environment'?" in "".join(capfd.readouterr())


def test_a_secret_file_that_is_no_text_leaves_no_traceback(examine: Ask, opensrs: Write, tmp_path: Path) -> None:
    path = opensrs(CLOSED)
    tmp_path.joinpath("key").write_bytes(b"\xff\xfe\xff")
    assert examine(path).code == 4


@pytest.mark.parametrize(
    ("top", "words"),
    [
        ('connect_to = "x:99999"', "connect_to: host:port was expected"),
        ('connect_to = "me:pw@x:443"', "leave out what stands before the @ of 'x:443'"),
        ('proxy = "http://:3128"', "proxy: names no host, or a port that is none"),
    ],
)
def test_an_address_that_is_none_is_named_with_its_key(examine: Ask, ala: Write, top: str, words: str) -> None:
    done = examine(ala(CLOSED, top))
    assert done.code == 4
    assert words in done.words("target file")


def test_a_url_without_a_port_number_is_named(examine: Ask, ala: Write) -> None:
    path = ala(CLOSED)
    path.write_text(path.read_text().replace("https://localhost:1", "https://localhost:eighty"))
    assert "url: names no host, or a port that is none" in examine(path).words("target file")


def test_a_secret_in_the_file_is_warned_about_and_never_shown(
    opensrs: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = opensrs(CLOSED)
    path.write_text(path.read_text().replace('{ file = "key" }', '"a-literal-key"'))
    cli.main(["doctor", "--target", str(path)])
    said = " ".join(capsys.readouterr().out.split())
    assert "a secret stands in the file; better { env = ... }" in said
    assert "a-literal-key" not in said


def test_a_key_of_another_certificate_is_named(examine: Ask, ala: Write, world: World, tmp_path: Path) -> None:
    other = world.root.issue("other")
    path = ala(CLOSED, buyer=f'certificate = "{world.buyer.certificate}"\nprivate_key = "{other.private_key}"')
    done = examine(path)
    assert done.state("buyer's certificate") == "trouble"
    assert "other.key: the private key does not belong to the certificate buyer.pem" in done.words(
        "buyer's certificate"
    )
    assert done.first is not None
    assert done.first["check"] == "buyer's certificate"
    dry = run(tmp_path, f"--target={path}", "--dry-run")
    assert (dry.code, "the private key does not belong to the certificate" in dry.said) == (13, True), dry.said


def test_a_passphrase_that_is_missing_or_wrong_is_named(examine: Ask, ala: Write, world: World, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed.key"
    openssl("pkcs8", "-topk8", "-in", world.buyer.private_key, "-passout", "pass:correct horse", "-out", sealed)
    buyer = f'certificate = "{world.buyer.certificate}"\nprivate_key = "{sealed}"\n'
    assert "is encrypted: add passphrase" in examine(ala(CLOSED, buyer=buyer)).words("buyer's certificate")
    wrong = examine(ala(CLOSED, buyer=buyer + 'passphrase = "battery staple"')).words("buyer's certificate")
    assert "the passphrase does not open the private key" in wrong
    assert "battery" not in wrong
    (tmp_path / "word").write_text("", encoding="utf-8")
    blank = examine(ala(CLOSED, buyer=buyer + f'passphrase.file = "{tmp_path / "word"}"')).words("buyer's certificate")
    assert "the passphrase is empty" in blank, blank
    assert examine(ala(CLOSED, buyer=buyer + 'passphrase = "correct horse"')).state("buyer's certificate") == "ok"


def test_a_pkcs12_file_that_does_not_open_is_named(examine: Ask, ala: Write, world: World, tmp_path: Path) -> None:
    bag = tmp_path / "bag.p12"
    held = ("-in", world.buyer.certificate, "-inkey", world.buyer.private_key)
    openssl("pkcs12", "-export", *held, "-passout", "pass:correct horse", "-out", bag)
    assert "cannot be opened: add passphrase" in examine(ala(CLOSED, buyer=f'pkcs12 = "{bag}"')).words(
        "buyer's certificate"
    )
    opened = examine(ala(CLOSED, buyer=f'pkcs12 = "{bag}"\npassphrase = "correct horse"'))
    assert opened.state("buyer's certificate") == "ok"


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        ((-20, -10), "trouble", "expired on"),
        ((10, 20), "trouble", "not valid before"),
        ((-10, 10), "note", "expires soon"),
        ((-10, 100), "ok", "matches its key, valid until"),
    ],
    ids=["expired", "not yet valid", "soon", "valid"],
)
def test_the_time_of_our_certificate_is_told(
    examine: Ask, ala: Write, world: World, days: tuple[float, float], state: str, words: str
) -> None:
    made = world.root.issue(f"dated{days[0]}{days[1]}", days=days)
    done = examine(ala(CLOSED, buyer=f'certificate = "{made.certificate}"\nprivate_key = "{made.private_key}"'))
    assert done.state("buyer's certificate") == state
    assert words in done.words("buyer's certificate")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("expired_buyer", "and is served rightly; name yesterday's certificate there, or leave the table out"),
        ("unknown_buyer", "[unknown_buyer] shows the certificate of [buyer], who is served rightly"),
        ("another_buyer", "[another_buyer] shows the certificate of [buyer]"),
    ],
)
def test_a_seller_is_not_blamed_for_serving_the_buyer_by_another_name(
    examine: Ask, ala: Write, world: World, tmp_path: Path, table: str, words: str
) -> None:
    path = ala(CLOSED, rest=f'[{table}]\n{shown_by(world.buyer)}\nidentifier = "SPDEV2"')
    done = examine(path)
    assert (done.code, done.state(table.replace("_", " "))) == (13, "trouble")
    assert words in done.words(table.replace("_", " "))
    ran = run(tmp_path, f"--target={path}")
    assert ran.code == 13
    assert words.partition(";")[0] in ran.said
    dry = run(tmp_path, f"--target={path}", "--dry-run")
    assert (dry.code, words.partition(";")[0] in dry.said) == (13, True), dry.said


def shown_by(issued: Issued) -> str:
    return f'certificate = "{issued.certificate}"\nprivate_key = "{issued.private_key}"'


def test_another_buyer_is_not_the_buyer_by_name_either(
    examine: Ask, ala: Write, opensrs: Write, world: World, tmp_path: Path
) -> None:
    other = shown_by(world.root.issue("other"))
    done = examine(ala(CLOSED, rest=f'[another_buyer]\nidentifier = "SPDEV1"\n{other}'))
    assert (done.code, done.state("another buyer")) == (13, "trouble")
    assert "[another_buyer] has the identifier of [buyer]: they are one party" in done.words("another buyer")
    path = opensrs(CLOSED)
    path.write_text(f'{path.read_text()}\n[another_buyer]\nusername = "reseller"\napi_key = {{ file = "key" }}\n')
    done = examine(path)
    assert "[another_buyer] has the username of [buyer]: they are one party" in done.words("another buyer")
    shared = shown_by(world.buyer)  # of the gateway both come through
    text = path.read_text().replace('username = "reseller"', f'username = "reseller"\n{shared}', 1)
    path.write_text(
        text.replace('[another_buyer]\nusername = "reseller"', f'[another_buyer]\nusername = "other"\n{shared}')
    )
    assert "another buyer" not in examine(path).findings
    done = examine(ala(CLOSED, rest=f'[another_buyer]\nidentifier = "SPDEV2"\n{other}'))
    assert "another buyer" not in done.findings


def test_another_buyer_who_cannot_be_used_does_not_keep_the_target_from_being_tested(
    examine: Ask, ala: Write, world: World
) -> None:
    done = examine(
        ala(CLOSED, rest=f'[another_buyer]\ncertificate = "{world.server.certificate}"\nidentifier = "SPDEV2"')
    )
    assert done.state("another buyer's certificate") == "note"
    assert "scenarios with this party will be inconclusive" in done.words("another buyer's certificate")


def test_a_certificate_with_words_of_trust_is_looked_at_as_any_other(
    examine: Ask, ala: Write, world: World, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted.pem"
    openssl("x509", "-in", world.buyer.certificate, "-trustout", "-addtrust", "clientAuth", "-out", trusted)
    done = examine(ala(CLOSED, buyer=f'certificate = "{trusted}"\nprivate_key = "{world.buyer.private_key}"'))
    assert done.state("buyer's certificate") == "ok"
    assert "matches its key" in done.words("buyer's certificate")


def test_a_certificate_for_servers_is_noted(ala: Write, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    path = ala(CLOSED, buyer=f'certificate = "{world.server.certificate}"\nprivate_key = "{world.server.private_key}"')
    cli.main(["doctor", "--target", str(path)])
    assert "not issued for clients (extended key usage)" in " ".join(capsys.readouterr().out.split())


def test_a_bundle_that_cannot_be_read_is_named_and_tls_is_not_tried(
    examine: Ask, ala: Write, world: World, tmp_path: Path
) -> None:
    path = ala(CLOSED)
    tmp_path.joinpath("empty.pem").touch()
    path.write_text(path.read_text().replace(str(world.root.certificate), "empty.pem"))
    done = examine(path)
    assert done.state("authorities") == "trouble"
    assert "empty.pem: no certificate authority can be read" in done.words("authorities")


@pytest.mark.parametrize(
    ("word", "said"),
    [("unreadable", ""), ("//*[", "dialect.decision: is not an XPath"), ("", "dialect.decision: is not an XPath")],
)
def test_a_decision_that_is_no_xpath_is_named(examine: Ask, ala: Write, word: str, said: str) -> None:
    done = examine(ala(CLOSED, rest=f'[dialect]\ndecision = "{word}"'))
    assert (done.code == 4) is bool(said)
    assert said in done.words("target file")


def test_a_schema_that_cannot_be_read_is_named(examine: Ask, ala: Write, tmp_path: Path) -> None:
    tmp_path.joinpath("reply.xsd").write_text("<none>")
    done = examine(ala(CLOSED, rest='[schemas]\nreply = "reply.xsd"'))
    assert (done.code, done.state("target file")) == (4, "trouble")
    assert "schemas.reply: reply.xsd: no schema that can be read" in done.words("target file")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('identifier = "SPDEV1"', 'identifier = "a\\u0000b"'),
        ("[limits]", '[dialect]\nrequest_root = "two words"\n[limits]'),
        ("[limits]", '[dialect]\nrequest_root = ""\n[limits]'),
        ("[limits]", '[dialect]\nnamespace = "no namespace <"\n[limits]'),
        ("[limits]", '[dialect]\ncontent_type = "text/xml\\r\\nX-Injected: yes"\n[limits]'),
        ("https://localhost:1", "https://[::1"),
        ("https://localhost:1", "https://"),
        ("https://localhost:1", "https://" + "x" * 70 + ".example"),
        ("https://localhost:1", "https://a..b"),
        ("https://localhost:1", "https://user:word@localhost:1/a path/\u00e9"),
        ("[trust]", 'proxy = "http://[::1"\n[trust]'),
        ("connect = 2", "connect = inf"),
        ("total = 2", "total = nan"),
    ],
)
def test_nothing_in_a_target_file_ends_in_a_traceback(examine: Ask, ala: Write, old: str, new: str) -> None:
    path = ala(CLOSED)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    done = examine(path)
    assert done.code == (4 if list(done.findings) == ["target file"] else 13)  # and nothing else was looked at
    assert done.first is not None


def test_our_signature_comes_out_as_the_guide_says(examine: Ask, opensrs: Write) -> None:
    assert examine(opensrs(CLOSED)).state("signature") == "ok"


def test_a_key_with_blanks_in_it_is_noted(opensrs: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = opensrs(CLOSED)
    tmp_path.joinpath("key").write_text("0123456789 abcdef")
    cli.main(["doctor", "--target", str(path)])
    assert "api_key in [buyer] has blanks" in " ".join(capsys.readouterr().out.split())


def test_what_the_target_file_leaves_out_is_told_with_what_becomes_of_it(
    opensrs: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    rest = '[orders]\npending = ["57800578"]\ncompleted = []\n[capabilities]\ndeclined_orders = "no"'
    cli.main(["doctor", "--target", str(opensrs(CLOSED, rest))])
    said = " ".join(capsys.readouterr().out.split())
    assert "no order that is completed: scenarios that need one will be inconclusive" in said
    assert '[capabilities] completed_orders = "no"' in said
    assert "no order that is declined" not in said
    assert "no order that is pending" not in said
    assert "no [another_buyer]: scenarios that need a second party are not applicable" in said
    assert "57800578" not in said


def test_a_public_production_host_is_production_whatever_the_file_says(examine: Ask, opensrs: Write) -> None:
    path = opensrs(CLOSED)
    path.write_text(
        path.read_text().replace(
            "https://localhost:1", 'https://rr-n1-tor.opensrs.net:55443"\nconnect_to = "127.0.0.1:1'
        )
    )
    done = examine(path)
    assert "public production host: orders there are real" in done.words("environment")


def test_another_name_does_not_open_production(opensrs: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--target", str(opensrs(CLOSED)), "--production", "staging"]) == 4
    assert "the target's name is 'horizon'" in capsys.readouterr().err


def test_a_folder_in_the_place_of_a_target_file_is_named(examine: Ask, tmp_path: Path) -> None:
    done = examine(tmp_path)
    assert done.code == 4
    assert "cannot be read" in done.words("target file")


def test_of_a_certificate_that_does_not_open_one_thing_is_said_and_that_is_true(
    examine: Ask, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with serving.serve("ala", embedded.SELLERS["ala"](), tmp_path) as up:
        bag, text = tmp_path / "bundle.p12", up.target.read_text()
        held = ("-in", up.certificates.buyer.certificate, "-inkey", up.certificates.buyer.private_key)
        openssl("pkcs12", "-export", *held, "-passout", "pass:right", "-out", bag)
        start = text.index("[buyer]")
        end = text.index("\n[", start)
        buyer = '[buyer]\nidentifier = "SPDEV1"\npkcs12 = "bundle.p12"\npassphrase = "wrong"\n'
        up.target.write_text(text[:start] + buyer + text[end:])
        done = examine(up.target)
        assert [name for name, finding in done.findings.items() if finding["state"] == "trouble"] == [
            "buyer's certificate"
        ]
        assert done.state("client certificate") == done.state("answer") == "not checked"
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        cli.main(["doctor", "--target", str(up.target)])
        said = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out)
        assert "accepts" not in said
        assert "status 401" not in " ".join(said.split())  # a port may hold these digits
        assert all(len(line) <= 80 for line in said.splitlines() if str(tmp_path) not in line)


def test_the_doctor_paints_on_a_terminal_alone(
    ala: Write, world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    cli.main(["doctor", "--target", str(ala(CLOSED))])
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    cli.main(["doctor", "--target", str(ala(CLOSED))])
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    cli.main(["doctor", "--target", str(ala(CLOSED))])
    assert "\x1b[" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (6, "its repetition, and a whole run after the fix, but for"),
        (
            5,
            "after the fix, the last of them without the one by which a run sees at its end that any is still taken up",
        ),
        (2, "and not for all clauses once one is broken, its repetition"),
        (1, "too few"),
    ],
)
def test_the_doctor_tells_whether_the_orders_suffice(
    ala: Write,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: int,
    words: str,
) -> None:
    monkeypatch.setenv("COUNTERMAND_LEDGER", str(tmp_path / "ledger.sqlite"))
    orders = ", ".join(f'{{ seller = "S-{index}", buyer = "B-{index}" }}' for index in range(number))
    cli.main(["doctor", "--target", str(ala(CLOSED, rest=f"[orders]\nin_flight = [{orders}]"))])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{number} in flight: a whole run uses" in said
    assert words in said
