"""Names, cardinalities and states of both sides are those of the two documents, whose tables stand in tests/tables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from countermand import targetfile
from countermand.checks import ala as fault
from countermand.document import Form, local, named, parse, text
from countermand.model import clause, suite
from countermand.model.apis import APIS
from countermand.model.clause import Evidence
from countermand.protocols import ala, opensrs
from countermand.protocols.opensrs_message import items
from countermand.provider.ala import request as ala_request
from countermand.provider.ala import seller as ala_provider
from countermand.provider.opensrs import orders as opensrs_orders
from countermand.provider.opensrs import seller as opensrs_provider
from countermand.provider.opensrs.trust import Answer

TABLES = Path(__file__).with_name("tables")
ALA: dict[str, Any] = json.loads((TABLES / "ala.json").read_text(encoding="utf-8"))
OPENSRS: dict[str, Any] = json.loads((TABLES / "opensrs.json").read_text(encoding="utf-8"))
CATALOGUE = clause.read(suite.root() / "features")
REQUIRED = [row["field"] for row in ALA["request"] if row["required"]]
OPTIONAL = [row["field"] for row in ALA["request"] if not row["required"]]


def features(api: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((suite.root() / "features" / api).glob("*.feature"))
    )


def test_the_tables_are_whole() -> None:
    assert (len(REQUIRED), OPTIONAL) == (14, ["buyer.cfh:resellerId"])
    assert sorted(ALA["responses"]) == ["400", "401", "403"]
    assert len(OPENSRS["response"]["states"]) == 7


def test_both_sides_require_the_documented_fields() -> None:
    assert list(ala.REQUIRED) == REQUIRED
    assert set(REQUIRED) == ala_request.REQUIRED
    assert {row["field"] for row in ALA["request"] if row["type"] == "object"} == ala_request.OBJECTS
    assert [ala.RESELLER] == OPTIONAL
    assert ala_request.RESELLER.rpartition(".")[2] == OPTIONAL[0].rpartition(":")[2]


@pytest.mark.parametrize("field", REQUIRED)
def test_each_required_field_has_its_documented_clause_and_scenario(field: str) -> None:
    lines = features("ala").splitlines()
    at = next(
        number
        for number, line in enumerate(lines)
        if line.strip() == f'When the buyer cancels the order without its "{field}"'
    )
    tag = next(line.strip() for line in reversed(lines[:at]) if line.strip().startswith("@ALA-"))
    assert CATALOGUE[tag[1:]].evidence is Evidence.DOCUMENTED
    assert field in CATALOGUE[tag[1:]].source


def test_no_other_field_is_left_out() -> None:
    assert set(re.findall(r'without its "([^"]+)"', features("ala"))) - {"<field>"} <= {*REQUIRED, *OPTIONAL}


@pytest.mark.parametrize(
    "row", [row for row in ALA["request"] if row["type"] != "object"], ids=lambda row: row["field"]
)
def test_the_example_is_complete_and_has_the_documented_values(row: dict[str, Any]) -> None:
    form = Form.load(suite.payload("ala", "cancelOrder.xml"), ala.resolve)
    form.root = named(form.root, "cancelOrderRequest")[0]
    value = text(form.find(row["field"]))
    assert value == row.get("example", value)
    assert value.strip() or row["field"] == "targetSellerOrderReference"


def test_the_example_has_no_other_field() -> None:
    message = named(parse(suite.payload("ala", "cancelOrder.xml").read_bytes()), "cancelOrderRequest")[0]
    paths = []
    for element in message.iterdescendants(etree.Element):
        names = [
            local(part)
            for part in [
                *reversed([ancestor for ancestor in element.iterancestors() if message in ancestor.iterancestors()]),
                element,
            ]
        ]
        paths.append(".".join(names))
    assert paths == [row["field"].replace("cfh:", "") for row in ALA["request"]]


def test_both_sides_know_the_documented_statuses_and_faults() -> None:
    assert [str(status) for status in fault.STATUSES] == sorted(ALA["responses"])
    for status, rows in ALA["responses"].items():
        assert [f"fault.{name}" for name in fault.REQUIRED] == [row["field"] for row in rows if row["required"]]
        response = ala_provider.Seller().fault(int(status), "Client.Code", "A message.", headers=())
        assert response.status == int(status)
        (fault_element,) = named(parse(response.body), "fault")
        assert {f"fault.{local(child)}" for child in fault_element} <= {row["field"] for row in rows}
        assert {f"fault.{local(child)}" for child in fault_element} >= {row["field"] for row in rows if row["required"]}
        assert f"every fault with status {status} is complete" in features("ala")


def test_the_endpoint_is_the_documented_one() -> None:
    method, path = ALA["operation"].split()
    assert (method, path) == ("POST", ala_provider.PATH)
    assert ala.AlaSeller.operation == path.strip("/")


def test_both_sides_allow_the_documented_states() -> None:
    states = OPENSRS["response"]["states"]
    assert list(opensrs.STATES) == states
    assert sorted(opensrs_orders.State) == states
    assert {*APIS["opensrs"].states} == {*states, "foreign"}
    schema = targetfile.schema()["properties"]["orders"]["properties"]
    assert {*states} <= {*schema}
    rows = re.findall(r"^\s*\|\s*([a-z-]+)\s*\|", features("opensrs"), re.MULTILINE)
    assert {*states} <= {*rows}


def test_both_sides_require_the_documented_attribute() -> None:
    documented = [f"attributes.{row['field']}" for row in OPENSRS["request"]["attributes"] if row["required"]]
    assert list(opensrs.REQUIRED) == documented
    assert f'without its "{documented[0]}"' in features("opensrs")


def test_the_command_is_the_documented_one() -> None:
    root = parse(suite.payload("opensrs", "cancel_order.xml").read_bytes())
    standard = {key: items(root, key)[0].text for key in ("protocol", "action", "object")}
    example = OPENSRS["example"]
    assert standard == {key: example[key] for key in standard}
    assert {key: standard[key] for key in OPENSRS["request"]["standard"]} == OPENSRS["request"]["standard"]
    assert items(root, "attributes.order_id")[0].text == example["order_id"]
    assert [text(element) for element in named(root, "version")] == [example["version"]]
    assert [item.get("key") for item in named(root, "item")] == [
        "protocol",
        "action",
        "object",
        "attributes",
        "order_id",
    ]


def test_a_success_of_the_provider_has_what_is_always_returned() -> None:
    rows = [row["field"] for row in OPENSRS["response"]["attributes"] if row["always"]]
    attributes = {row["field"]: row["example"] for row in OPENSRS["response"]["attributes"]}
    answer = Answer(success=True, code=200, text="Command completed successfully.", attributes=attributes)
    root = parse(opensrs_provider.Seller().response(answer).body)
    for name in OPENSRS["response"]["parameters"]:
        assert len(items(root, name)) == 1, name
    for key, words in OPENSRS["response"]["standard"].items():
        assert items(root, key)[0].text.lower() == words
    for row in rows:
        assert [place.text for place in items(root, f"attributes.{row}")] == [attributes[row]]
        assert re.search(rf'every success has an? "{row}"', features("opensrs")), row
