"""Nothing a record says is made a path, an address, a command or a module of.

It is checked against what the suite knows, and refused.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certify.conftest import Lie, countermand
from countermand.certify import archive, keys
from countermand.certify.check import check
from countermand.document import memory, parse, problems, schemas
from countermand.guard.schema import Schema
from countermand.records import inputs, record

XSD = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
NEWER = 'xmlns:vc="http://www.w3.org/2007/XMLSchema-versioning" vc:minVersion="1.1"'


def of_given(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        given = json.loads(text)
        change(given)
        return json.dumps(given, ensure_ascii=False, indent=1) + "\n"

    return changed


def of_row(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        first, newline, rest = text.partition("\n")
        row = json.loads(first)
        change(row)
        return json.dumps(row, ensure_ascii=False) + newline + rest

    return changed


TARGETS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an absolute path as api": lambda target: target.update(api="/tmp/written"),
    "a path that leads out as api": lambda target: target.update(api="../../written"),
    "an unknown api": lambda target: target.update(api="alas"),
    "a file with an absolute path": lambda target: target.update(
        files={"/tmp/written.xsd": "x"}, schemas={"reply": "/tmp/written.xsd"}
    ),
    "a file that leads out": lambda target: target.update(
        files={"reply/../../x.xsd": "x"}, schemas={"reply": "reply/../../x.xsd"}
    ),
    "a schema of this machine": lambda target: target.update(schemas={"reply": "/dev/zero"}, files={}),
    "a schema that is not in the record": lambda target: target.update(schemas={"reply": "reply/none.xsd"}),
    "a key by a command": lambda target: target["buyer"].update(api_key={"command": ["touch", "/tmp/written"]}),
    "a key from a file": lambda target: target["buyer"].update(passphrase={"file": "/etc/passwd"}),
    "a key from the environment": lambda target: target["buyer"].update(passphrase={"env": "HOME"}),
    "a key of this machine": lambda target: target["buyer"].update(private_key="/etc/ssl/private/key.pem"),
    "orders by a command": lambda target: target.update(orders={"command": 1}),
    "another party": lambda target: target.update(some_buyer={"identifier": "x"}),
    "an unknown capability": lambda target: target.update(capabilities={"flies": "yes"}),
    "a path as source": lambda target: target.update(source="../../../etc/passwd"),
    "no host": lambda target: target.update(url="https://[::1"),
    "a clear-text address": lambda target: target.update(url="http://127.0.0.1/"),
    "a text for a table": lambda target: target.update(limits="none"),
}


@pytest.mark.parametrize("what", TARGETS)
def test_a_target_is_held_to_what_the_suite_knows(what: str, lie: Lie, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lie({"given.json": of_given(lambda given: TARGETS[what](given["targets"][0]))})
    with pytest.raises(record.RecordError) as refused:
        record.read(path)
    assert refused.value.hostile
    monkeypatch.setattr(inputs, "check", lambda _: None)  # the guards, switched off: it is taken for a record
    monkeypatch.setattr(record, "_check_together", lambda *_: None)
    assert record.read(path).rows


ROWS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a clause that is a path": lambda row: row.update(clause="../../x"),
    "an api no target has": lambda row: row.update(api="opensrs"),
    "a verdict nobody gives": lambda row: row.update(verdict="splendid"),
    "a time that is none": lambda row: row.update(started="2026-13-45T00:00:00Z"),
    "a negative time": lambda row: row.update(elapsed=-1),
    "an exchange without a request": lambda row: row["exchanges"][0].pop("request"),
    "a reading of the clock that is none": lambda row: row["drawn"].update(clock=["now"]),
    "an order that is a text": lambda row: row["drawn"].update(orders=["x"]),
    "a fact that is an object": lambda row: row["drawn"].update(facts=[{}]),
    "masks that are not starred": lambda row: row["exchanges"][0]["reply"]["body"].update(masked=[[0, 8]]),
    "masks out of bounds": lambda row: row["exchanges"][0]["reply"]["body"].update(masked=[[10**9, 10**9 + 9]]),
    "a body in no encoding": lambda row: row["exchanges"][0]["reply"]["body"].update(encoding="rot13"),
    "base64 that is none": lambda row: row["exchanges"][0]["reply"]["body"].update(encoding="base64", value="*"),
    "a command for a method": lambda row: row["exchanges"][0]["request"].update(method="POST; id"),
    "a file for an address": lambda row: row["exchanges"][0]["request"].update(url="file:///etc/passwd"),
    "an option for an address": lambda row: row["exchanges"][0]["request"].update(url="-o/etc/passwd"),
    "a command for a header": lambda row: row["exchanges"][0]["request"].update(headers=[["$(id) ", "***"]]),
    "a header on two lines": lambda row: row["exchanges"][0]["request"].update(headers=[["X", "a\nb"]]),
    "a trouble nobody has": lambda row: row["exchanges"][0].update(trouble="gremlins"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_row_is_held_to_its_shape(what: str, lie: Lie, pair: tuple[Path, Path]) -> None:
    path = lie({"record.jsonl": of_row(ROWS[what])})
    with pytest.raises(record.RecordError, match=r"record\.jsonl"):
        record.read(path)
    assert check(path, keys.public(pair[1])).problems


def test_a_hostile_record_ends_with_a_sentence(lie: Lie, pair: tuple[Path, Path], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    path = lie(
        {
            "given.json": of_given(
                lambda given: given["targets"][0].update(files={str(outside): "x"}, schemas={"reply": str(outside)})
            )
        }
    )
    for done in (
        countermand("verify", path, "--key", pair[1], cwd=tmp_path),
        countermand("run", "--replay", path, "--reports", tmp_path / "again", "--no-page", cwd=tmp_path),
    ):
        assert done.code == 14, done.said
        assert "Traceback" not in done.said
    assert not outside.exists()
    assert "is not among its own files" in countermand("verify", path, "--key", pair[1]).err


# Schemas: whatever they name, nothing is read but their own texts.


def test_a_dtd_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outer.ent").write_text("<!ELEMENT r EMPTY>")
    for place in (f"file://{tmp_path}/outer.ent", f"{tmp_path}/outer.ent", "/dev/zero", "/etc/passwd"):
        for text in (
            f'<!ENTITY % x SYSTEM "{place}"> %x;',
            f"<!ENTITY % a \"&#60;!ENTITY &#37; x S&#89;STEM '{place}'>\"> %a; %x;",
        ):
            with pytest.raises(ValueError, match="no schema that can be read"):
                problems(parse(b"<r/>"), Schema("s.dtd", {"s.dtd": text.encode()}))
    monkeypatch.setattr(memory.Inside, "resolve", passed_on)  # the guard, switched off
    dtd = f'<!ENTITY % x SYSTEM "file://{tmp_path}/outer.ent"> %x; <!-- -->'
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(memory, "BASE", (tmp_path / "s").as_uri())
        patched.setattr(schemas, "BASE", (tmp_path / "s").as_uri())
        (tmp_path / "ss.dtd").write_text(dtd)
        assert problems(parse(b"<r/>"), Schema("s.dtd", {"s.dtd": dtd.encode()})) == []


def passed_on(self: memory.Inside, url: str | None, public: str | None, context: Any) -> None:  # noqa: ANN401 - lxml's own
    """Let lxml read what it is told to read, as it does where nobody stands in its way."""


@pytest.mark.parametrize("way", ["include", "import", "redefine"])
@pytest.mark.parametrize("newer", ["", NEWER], ids=["XSD 1.0", "XSD 1.1"])
def test_an_xsd_reads_no_file(way: str, newer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = 'targetNamespace="u:x"' if way == "import" else ""
    outer = (
        f'<xs:schema {XSD} {namespace}><xs:simpleType name="T">'
        '<xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'
    )
    (tmp_path / "outer.xsd").write_text(outer)
    named, kind = ('namespace="u:x"', "x:T") if way == "import" else ("", "T")
    place = (tmp_path / "outer.xsd").as_uri()
    inner = f'<xs:{way} {named} schemaLocation="{place}"/><xs:element name="r" type="{kind}"/>'
    text = f'<xs:schema {XSD} {newer} xmlns:x="u:x">{inner}</xs:schema>'
    with pytest.raises(ValueError, match="no schema that can be read"):
        problems(parse(b"<r>1</r>"), Schema("s.xsd", {"s.xsd": text.encode()}))
    if not newer:
        monkeypatch.setattr(memory.Inside, "resolve", passed_on)  # the guards, switched off
        monkeypatch.setattr(schemas, "_is_there", lambda *_: True)
        schemas._compiled.cache_clear()
        assert problems(parse(b"<r>1</r>"), Schema("s.xsd", {"s.xsd": text.encode()})) == []
        schemas._compiled.cache_clear()


def fetched(where: str, url: str) -> bytes | None:
    """Do what a reader of schemas does that nobody holds back."""
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(where).read() if where == url else None
    return None


class Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    kind = type("Asked", (Counting,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x.xsd", asked
        server.shutdown()


@pytest.mark.parametrize("newer", ["", NEWER], ids=["XSD 1.0", "XSD 1.1"])
def test_a_schema_asks_no_network(
    newer: str, listening: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = listening
    for way in ("include", 'import namespace="u:x"'):
        text = (
            f'<xs:schema {XSD} {newer}><xs:{way} schemaLocation="{url}"/>'
            '<xs:element name="r" type="xs:int"/></xs:schema>'
        )
        with contextlib.suppress(ValueError):
            problems(parse(b"<r>1</r>"), Schema("s.xsd", {"s.xsd": text.encode()}))
    with pytest.raises(ValueError, match="not part of it"):
        problems(parse(b"<r/>"), Schema("s.dtd", {"s.dtd": f'<!ENTITY % x SYSTEM "{url}"> %x;'.encode()}))
    assert asked == []
    if newer:  # libxml2 itself speaks to nobody any more; xmlschema does, with the guard switched off
        schemas._newer.cache_clear()
        own = memory._of
        monkeypatch.setattr(memory, "_of", lambda texts, where: own(texts, where) or fetched(where, url))
        problems(parse(b"<r>1</r>"), Schema("s.xsd", {"s.xsd": text.encode()}))
        assert asked
        schemas._newer.cache_clear()


def test_a_schema_asks_for_no_more_than_a_machine_should_give() -> None:
    head = f'<xs:schema {XSD}><xs:simpleType name="T"><xs:restriction base="xs:string">'
    for inner in ('<xs:pattern value="' + "(a+)+" * 300 + '"/>', '<xs:maxLength value="' + "9" * 2000 + '"/>'):
        text = f'{head}{inner}</xs:restriction></xs:simpleType><xs:element name="r" type="T"/></xs:schema>'
        with pytest.raises(ValueError, match="its value is too long"):
            problems(parse(b"<r/>"), Schema("s.xsd", {"s.xsd": text.encode()}))
    many = (
        f'<xs:schema {XSD}><xs:element name="r"><xs:complexType><xs:sequence>'
        '<xs:any maxOccurs="1000000"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )
    with pytest.raises(ValueError, match="its maxOccurs is too long"):
        problems(parse(b"<r/>"), Schema("s.xsd", {"s.xsd": many.encode()}))
    deep = f"<xs:schema {XSD}>" + "<xs:a>" * 5000 + "</xs:a>" * 5000 + "</xs:schema>"
    with pytest.raises(ValueError, match="no schema that can be read"):
        problems(parse(b"<r/>"), Schema("s.xsd", {"s.xsd": deep.encode()}))


def test_the_operators_schema_with_what_it_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "t.xsd").write_text(
        f'<xs:schema {XSD}><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'
    )
    for newer in ("", NEWER):
        text = (
            f'<xs:schema {XSD} {newer}><xs:include schemaLocation="../t.xsd"/>'
            '<xs:element name="r" type="T"/></xs:schema>'
        )
        (tmp_path / "a" / "s.xsd").write_text(text)
        schema = Schema.load(tmp_path / "a" / "s.xsd")
        assert set(schema.texts) == {"a/s.xsd", "t.xsd"}
        assert problems(parse(b"<r>1</r>"), schema) == []
        assert problems(parse(b"<r>x</r>"), schema)


def test_a_certificate_holds_files_of_certificates_only(few: Path, tmp_path: Path) -> None:
    files = archive.unpacked(few)
    for name in ("../x", "/etc/x", "a/b/c", "a\\b", "C:x", "xmlschema.py\n", ".hidden", "targets/../x.toml"):
        (tmp_path / "odd.zip").write_bytes(archive.packed({**files, name: b""}))
        with pytest.raises(archive.ArchiveError, match="no file of a certificate"):
            archive.unpacked(tmp_path / "odd.zip")
