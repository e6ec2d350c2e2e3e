"""What an operator's own schema is about, and what it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from countermand.document import declared
from countermand.guard import schema
from countermand.guard.schema import Schema
from countermand.model.verdict import Verdict
from countermand.proof.field import judge
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.http import Response

FAULT = '<xs:element name="fault" type="xs:anyType"/>'
STRICT = FAULT.replace("anyType", "int")
SOAP_FAULT = b"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>
<faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>"""


class Silent(Seller):
    """Has a schema of its messages that says nothing of faults."""

    declares = ""

    def files(self) -> Mapping[str, str]:
        return {name: text.replace(FAULT, self.declares) for name, text in super().files().items()}


class Strict(Silent):
    """Has a schema that says of faults what they are not."""

    declares = STRICT


class Stacked(Silent):
    """Is built on a SOAP library, which answers what it cannot read by itself, as SOAP 1.1 has it."""

    declares = FAULT

    def refuse(self, refusal: RefusalError) -> Response:
        answer = super().refuse(refusal)
        return replace(answer, status=500, body=SOAP_FAULT) if refusal.code == "Client.Message" else answer


def test_a_fault_is_held_to_a_schema_that_declares_faults() -> None:
    came = judge("ala", {"silent": Silent, "strict": Strict, "stacked": Stacked})
    assert {name: judgement.clauses["ALA-SCH-02"] for name, judgement in came.items()} == {
        "silent": Verdict.CONFORMS,
        "strict": Verdict.DOES_NOT_CONFORM,
        "stacked": Verdict.CONFORMS,
    }
    assert Verdict.DOES_NOT_CONFORM not in {*came["silent"].clauses.values(), *came["stacked"].clauses.values()}


def test_a_schema_declares_what_it_lets_a_document_begin_with_wherever_it_says_so() -> None:
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    inner = '<xs:complexType><xs:sequence><xs:element name="status"/></xs:sequence></xs:complexType>'
    texts = {
        "a.xsd": f'{head}<xs:include schemaLocation="b.xsd"/><xs:element name="reply">{inner}</xs:element></xs:schema>',
        "b.xsd": f'{head}<xs:element name="fault"/></xs:schema>',
    }
    assert declared(Schema("a.xsd", {name: text.encode() for name, text in texts.items()})) == {"reply", "fault"}
    dtd = b"<!ELEMENT reply (status)><!ELEMENT status (#PCDATA)>"
    assert declared(Schema("a.dtd", {"a.dtd": dtd})) == {"reply", "status"}


def test_no_file_that_is_no_schema_is_taken_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has written which files it names, and every record of a run holds what was read."""
    kept = {
        "id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----",
        "passwd": "root:x:0:0",
        "pom.xml": "<project>s3</project>",
    }
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "schemas").mkdir()
    root = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
    (tmp_path / "wide.xsd").write_text(root.format("<!-- é -->"), encoding="utf-16")
    names = "".join(f'<xs:include schemaLocation="../{name}"/>' for name in (*kept, "wide.xsd"))
    (tmp_path / "schemas/own.xsd").write_text(root.format(names))
    assert set(Schema.load(tmp_path / "schemas/own.xsd").texts) == {"schemas/own.xsd", "wide.xsd"}
    monkeypatch.setattr(schema, "XSD", b"")  # the guard switched off, for all that begins as XML does
    assert "pom.xml" in Schema.load(tmp_path / "schemas/own.xsd").texts
