"""XML that means the same is read the same, and what only looks like XML is not read at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermand.document import (
    Element,
    Form,
    Interruption,
    Spelling,
    Unreadable,
    children,
    leaves,
    local,
    named,
    namespace,
    parse,
    problems,
    renamed,
    see_xpath,
    select,
    text,
    where,
)
from countermand.model import suite
from countermand.protocols.ala import resolve as ala_field
from countermand.protocols.opensrs_message import resolve as ops_field

BODY = "<reply><status kind='{word}'>{word}</status></reply>"
#: Characters that XML allows, and that no charset below lacks.
LATIN = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="<&>'\"]\x7f" + "".join(map(chr, range(0x80, 0xA0)))
    ),
    min_size=1,
)
ANY = st.text(
    st.characters(
        min_codepoint=0x20,
        max_codepoint=0x2FFFF,
        exclude_categories=("Cs", "Cc", "Cn"),
        exclude_characters="<&>'\"]\ufeff",
    ),
    min_size=1,
)
#: How a document may be written down: charset, mark, what the declaration says, what the label says.
WRITTEN = [
    ("utf-8", b"", None, None),
    ("utf-8", b"", "UTF-8", None),
    ("utf-8", b"", "utf-8", "UTF-8"),
    ("utf-8", b"", None, "utf-8"),
    ("utf-8", codecs.BOM_UTF8, None, None),
    ("utf-8", codecs.BOM_UTF8, "UTF-8", None),
    ("utf-8", codecs.BOM_UTF8, "UTF-8", "iso-8859-1"),  # the mark wins: RFC 7303, 3.2
    ("utf-16-le", codecs.BOM_UTF16_LE, None, None),
    ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16", None),
    ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
    ("utf-16-be", codecs.BOM_UTF16_BE, None, "utf-8"),
    ("iso-8859-1", b"", "ISO-8859-1", None),
    ("iso-8859-1", b"", None, "iso-8859-1"),
    ("iso-8859-1", b"", "ISO-8859-1", "iso-8859-1"),
    ("utf-8", b"", "ISO-8859-1", "utf-8"),  # the label wins over the declaration
    ("us-ascii", b"", None, None),
    ("us-ascii", b"", "US-ASCII", "us-ascii"),
    ("utf-8", b"", "UTF-8", "no-such-charset"),
    ("utf-8", b"", "UTF-8", "us-ascii-wrongly"),
]


def document(written: tuple[str, bytes, str | None, str | None], word: str) -> tuple[bytes, str | None]:
    charset, mark, declared, label = written
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    return mark + (prolog + BODY.format(word=word)).encode(charset, "xmlcharrefreplace"), label


@pytest.mark.parametrize(
    "written", WRITTEN, ids=lambda written: "-".join(str(part) for part in (written[0], bool(written[1]), *written[2:]))
)
@given(word=LATIN)
@settings(max_examples=15, deadline=None)
def test_a_document_means_the_same_in_every_charset(
    written: tuple[str, bytes, str | None, str | None], word: str
) -> None:
    root = parse(*document(written, word))
    assert [place.text for place in select(root, "//status/text() | //status/@kind")] == [word, word]


@given(word=ANY)
@settings(max_examples=60, deadline=None)
def test_any_character_comes_through(word: str) -> None:
    for written in WRITTEN[:11]:
        assert text(named(parse(*document(written, word)), "status")[0]) == word


@given(
    word=st.from_regex(r"[A-Za-z][A-Za-z -]{0,20}", fullmatch=True),
    cut=st.integers(0, 20),
    prefix=st.sampled_from(["", "a:", "soap:", "x-1.y:"]),
    form=st.sampled_from(["plain", "cdata", "split cdata", "comment", "instruction", "reference"]),
)
@settings(max_examples=150, deadline=None)
def test_a_value_means_the_same_in_every_form(word: str, cut: int, prefix: str, form: str) -> None:
    first, other = word[:cut], word[cut:]
    inner = {
        "plain": word,
        "cdata": f"<![CDATA[{word}]]>",
        "split cdata": f"<![CDATA[{first}]]>{other}",
        "comment": f"{first}<!-- between -->{other}",
        "instruction": f"{first}<?pause?>{other}",
        "reference": "".join(f"&#{ord(letter)};" for letter in word),
    }[form]
    names = f'xmlns:{prefix[:-1]}="urn:x"' if prefix else 'xmlns="urn:y"'
    root = parse(
        (
            f"<!-- before -->\n<{prefix}reply {names}><{prefix}status>{inner}</{prefix}status>"
            f"</{prefix}reply><!-- after -->"
        ).encode()
    )
    (status,) = named(root, "status")
    assert text(status) == word
    assert where(status) == "/reply/status, line 2"
    (place,) = select(root, "//*[local-name()='status']")
    assert (place.text, place.at) == (word, "/reply/status, line 2")


UNREADABLE = {
    "empty": b"",
    "blank": b" \n",
    "text": b"pending",
    "JSON": b'{"status": "pending"}',
    "HTML": b"<!DOCTYPE html><html><body><p>Sorry<br></body></html>",
    "not closed": b"<reply><status>Pending</status>",
    "two roots": b"<reply/><reply/>",
    "something after": b"<reply/>x",
    "something before": b"x<reply/>",
    "blank before the declaration": b' <?xml version="1.0"?><reply/>',
    "not bound": b"<a:reply/>",
    "attribute twice": b"<reply a='1' a='2'/>",
    "no XML character": b"<reply>\x01</reply>",
    "not its charset": b'<?xml version="1.0" encoding="UTF-8"?><reply>\xe9</reply>',
    "unknown charset": b'<?xml version="1.0" encoding="klingon"?><reply/>',
    "declared entity": b'<!DOCTYPE reply [<!ENTITY a "Pending">]><reply>&a;</reply>',
    "declared and not used": b'<!DOCTYPE reply [<!ENTITY a "Pending">]><reply/>',
    "external entity": b'<!DOCTYPE reply [<!ENTITY a SYSTEM "file:///etc/hostname">]><reply>&a;</reply>',
    "parameter entity": b'<!DOCTYPE reply [<!ENTITY % a SYSTEM "file:///none">%a;]><reply/>',
    "entity bomb": b'<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>',
    "undeclared entity": b'<!DOCTYPE OPS_envelope SYSTEM "ops.dtd"><r>&copy;</r>',
    "unknown entity": b"<reply>&nbsp;</reply>",
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1"])
def test_what_is_no_document_is_not_read(what: str, label: str | None) -> None:
    if what == "not its charset" and label == "iso-8859-1":
        return  # the label says what it is written in
    if what == "unknown charset" and label:
        return
    with pytest.raises(Unreadable) as caught:
        parse(UNREADABLE[what], label)
    assert "Pending" not in str(caught.value)


def test_a_doctype_is_tolerated_and_nothing_is_fetched() -> None:
    root = parse(
        b"<?xml version='1.0' encoding='UTF-8' standalone='no'?>\n<!DOCTYPE OPS_envelope SYSTEM 'http://127.0.0.1:9/ops.dtd'>\n<OPS_envelope/>"
    )
    assert local(root) == "OPS_envelope"


def test_a_place_tells_twins_and_keys_apart() -> None:
    root = parse(b"<r>\n<i key='a'>1</i>\n<i key='b'>2</i>\n<s/>\n<s>3</s>\n</r>")
    assert [where(child) for child in children(root)] == [
        "/r/i[@key='a'], line 2",
        "/r/i[@key='b'], line 3",
        "/r/s[1], line 4",
        "/r/s[2], line 5",
    ]


def test_an_xpath_finds_elements_attributes_and_strings() -> None:
    root = parse(b"<r><s kind='x'>Pend<!-- -->ing <b>now</b></s></r>")
    assert [(place.text, place.at) for place in select(root, "//s")] == [("Pending now", "/r/s, line 1")]
    assert [(place.text, place.at) for place in select(root, "//s/@kind")] == [("x", "/r/s, line 1, attribute kind")]
    assert [place.text for place in select(root, "string(//s/@kind)")] == ["x"]
    assert select(root, "//none") == []
    with pytest.raises(ValueError, match=r"not an XPath: //\["):
        select(root, "//[")


@pytest.mark.parametrize(
    ("xpath", "said"),
    [
        ("//a[containz(., 'x')]", "there is no function containz()"),
        ("//a[b[$state = 'x']]", "no variable $state is known"),
        ("//a[ala:b]", "Undefined namespace prefix ala"),
        ("//a[b/ala:*]", "Undefined namespace prefix ala"),
        ("//a[", "Invalid expression"),
        ("//a[contains(., 'f($x:y)') and(b or (c div(2)))]/child::d[not(ancestor::node()[text()=\"a:b(\"])]", ""),
        ("//*[local-name() = 'status'][starts-with(normalize-space(.), 'P')]/preceding-sibling::e.f-g/@*", ""),
    ],
)
def test_what_no_document_makes_known_is_found_within_conditions_too(xpath: str, said: str) -> None:
    if not said:
        see_xpath(xpath)
        return
    with pytest.raises(ValueError, match=re.escape(f"not an XPath: {xpath}: {said}")):
        see_xpath(xpath)


EXAMPLES = {"ala": ("cancelOrder.xml", ala_field), "opensrs": ("cancel_order.xml", ops_field)}


@pytest.mark.parametrize("api", EXAMPLES)
@pytest.mark.parametrize("spelling", Spelling)
def test_every_spelling_of_an_example_means_the_same(api: str, spelling: Spelling) -> None:
    name, resolver = EXAMPLES[api]
    example = suite.payload(api, name)
    plain = parse(example.read_bytes())
    data = Form.load(example, resolver).write(spelling)
    spelt = parse(data)
    texts = [(place.text, place.at) for place in leaves(spelt)]
    assert sorted(texts) == sorted((place.text, place.at) for place in leaves(plain))
    unlike = spelling is not Spelling.PREFIXED or api == "ala"  # OPS has no namespaces
    if unlike and spelling not in {
        Spelling.PLAIN,
        Spelling.REORDERED,
        Spelling.NO_DOCTYPE,
        Spelling.DOUBLE_QUOTED,
        Spelling.SINGLE_QUOTED,
    }:
        assert data != Form.load(example, resolver).write()


@pytest.mark.parametrize(("api", "number"), [("ala", "targetSellerOrderReference"), ("opensrs", "attributes.order_id")])
@pytest.mark.parametrize(
    ("what", "written"),
    [(Interruption.COMMENT, b"<!-- a comment -->"), (Interruption.INSTRUCTION, b"<?countermand an instruction?>")],
)
def test_what_is_no_text_changes_nothing_of_one_and_stays(
    api: str, number: str, what: Interruption, written: bytes
) -> None:
    name, resolver = EXAMPLES[api]
    form = Form.load(suite.payload(api, name), resolver)
    whole = form.root
    form.root = named(whole, "cancelOrderRequest")[0] if api == "ala" else whole
    form.fill({number: "4711"}).interrupt(number, 2, what)
    form.root = renamed(form.root, "another", None, None)
    assert b">47" + written + b"11</" in form.write()
    assert "4711" in {place.text for place in leaves(parse(form.write()))}


def test_a_text_goes_on_in_a_cdata_section() -> None:
    name, resolver = EXAMPLES["opensrs"]
    form = Form.load(suite.payload("opensrs", name), resolver).fill({"attributes.order_id": "4711"})
    form.interrupt("attributes.order_id", 2, Interruption.SECTION)
    assert b'<item key="order_id">47<![CDATA[11]]></item>' in form.write()
    assert "4711" in {place.text for place in leaves(parse(form.write()))}


def test_a_twin_of_an_element_stands_where_it_is_put_and_says_something_else() -> None:
    for before, names in ((True, ["SPDEV2", "SPDEV1"]), (False, ["SPDEV1", "SPDEV2"])):
        form = Form.load(suite.payload("ala", "cancelOrder.xml"), ala_field)
        form.root = named(form.root, "cancelOrderRequest")[0]
        form.twin("buyer", {"buyerIdentifier": "SPDEV2"}, before=before)
        assert [text(element) for element in named(parse(form.write()), "buyerIdentifier")] == names


def test_a_twin_may_be_in_a_namespace_of_its_own_with_all_it_holds() -> None:
    form = Form.load(suite.payload("ala", "cancelOrder.xml"), ala_field)
    form.root = named(form.root, "cancelOrderRequest")[0]
    form.twin("buyer", {"buyerIdentifier": "SPDEV2"}, before=True, base="urn:x")
    twin, buyer = named(parse(form.write()), "buyer")
    assert {namespace(element) for element in (twin, *children(twin))} == {"urn:x"}
    assert not namespace(buyer)


def test_an_element_says_that_it_is_nil_by_the_prefix_that_all_know() -> None:
    form = Form.load(suite.payload("ala", "cancelOrder.xml"), ala_field)
    form.root = named(form.root, "cancelOrderRequest")[0]
    form.fill({"message.messageId": ""}).annul("message.messageId")
    form.root = renamed(form.root, "another", "urn:x", None)
    assert b'<messageId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"' in form.write()


def test_white_space_between_elements_is_no_reference_to_a_character() -> None:
    for api, (name, resolver) in EXAMPLES.items():
        data = Form.load(suite.payload(api, name), resolver).write(Spelling.COMMENTED)
        assert b">\r\n  \n" in data
        assert b"&#" not in data


def test_a_form_is_filled_emptied_and_cut_by_the_documented_names() -> None:
    path = suite.payload("ala", "cancelOrder.xml")
    form = Form.load(path, ala_field)
    form.root = named(form.root, "cancelOrderRequest")[0]
    form.fill({"message.messageId": "a & b", "buyer.buyerIdentifier": ""}).drop("cancellationReason")
    root = parse(form.write())
    assert [text(element) for element in (*named(root, "messageId"), *named(root, "buyerIdentifier"))] == ["a & b", ""]
    assert not named(root, "cancellationReasonCode")
    for wrong in ("message.nothing", "messageid", "buyer.messageId"):
        with pytest.raises(KeyError, match="the example has 0 of"):
            form.find(wrong)


def test_schemas_of_each_kind_are_read(tmp_path: Path) -> None:
    dtd, xsd, newer, none = (tmp_path / name for name in ("a.dtd", "a.xsd", "b.xsd", "c.xsd"))
    dtd.write_text("<!ELEMENT reply (status)><!ELEMENT status (#PCDATA)>", encoding="utf-8")
    sequence = '<xs:sequence><xs:element name="status" type="xs:string"/></xs:sequence>'
    body = f'<xs:element name="reply"><xs:complexType>{sequence}{{}}</xs:complexType></xs:element></xs:schema>'
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    xsd.write_text(f"{head}>" + body.format(""), encoding="utf-8")
    newer.write_text(
        f'{head} xmlns:vc="http://www.w3.org/2007/XMLSchema-versioning" vc:minVersion="1.1">'
        + body.format("<xs:assert test=\"status != 'x'\"/>"),
        encoding="utf-8",
    )
    none.write_text("<xs:schema", encoding="utf-8")
    right, wrong, asserted = (
        parse(f"<reply>{inner}</reply>".encode()) for inner in ("<status>y</status>", "<state/>", "<status>x</status>")
    )
    for schema in (dtd, xsd, newer):
        assert problems(right, schema) == []
        assert problems(wrong, schema)
    assert problems(asserted, xsd) == []
    assert problems(asserted, newer)
    with pytest.raises(ValueError, match=r"c\.xsd: no schema that can be read"):
        problems(right, none)


def test_rules_of_schematron_count_in_the_suites_own_schemas_alone(tmp_path: Path) -> None:
    schema = tmp_path / "a.xsd"
    rule = '<sch:rule context="/reply"><sch:assert test="status != \'x\'">no x</sch:assert></sch:rule>'
    pattern = f'<sch:pattern xmlns:sch="http://purl.oclc.org/dsdl/schematron">{rule}</sch:pattern>'
    schema.write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:annotation><xs:appinfo>{pattern}</xs:appinfo></xs:annotation>'
        '<xs:element name="reply"/></xs:schema>',
        encoding="utf-8",
    )
    right, broken = (parse(f"<reply><status>{inner}</status></reply>".encode()) for inner in "yx")
    assert problems(right, schema, rules=True) == []
    assert [(problem.text, problem.at) for problem in problems(broken, schema, rules=True)] == [("no x", "/reply")]
    assert problems(broken, schema) == []


ITEMS = {"action": "REPLY", "object": "ORDER", "is_success": "1", "response_code": "200", "response_text": "done"}
TOLD = {"domain": "a.example", "order_id": "1", "state": "cancelled"}


def reply(items: Iterable[tuple[str, str]], attributes: Iterable[tuple[str, str]]) -> Element:
    inner = "".join(f'<item key="{key}">{value}</item>' for key, value in attributes)
    outer = (
        "".join(f'<item key="{key}">{value}</item>' for key, value in items)
        + f'<item key="attributes"><dt_assoc>{inner}</dt_assoc></item>'
    )
    return parse(
        f"<OPS_envelope><header/><body><data_block><dt_assoc>{outer}</dt_assoc></data_block></body></OPS_envelope>".encode()
    )


@pytest.mark.parametrize("name", [*ITEMS, *TOLD])
def test_a_reply_of_opensrs_is_held_to_every_documented_item(name: str) -> None:
    schema = suite.payload("opensrs", "reply.xsd")
    assert problems(reply(ITEMS.items(), TOLD.items()), schema, rules=True) == []
    less, more = ([pair for pair in pairs.items() if pair[0] != name] for pairs in (ITEMS, TOLD))
    assert problems(reply(less, more), schema, rules=True)
    refused = ITEMS | {"is_success": "0"}
    assert problems(reply(refused.items(), more), schema, rules=True) == []
    twice = [*ITEMS.items(), ("action", "REPLY"), ("anything", "1"), ("anything", "1")]
    for some in (twice[:6], [*ITEMS.items(), *twice[6:]]):
        assert problems(reply(some, TOLD.items()), schema, rules=True)


def test_an_element_with_more_attributes_than_can_be_asked_for_one_by_one_is_not_read() -> None:
    def crowded(number: int) -> bytes:
        return b"<a><b " + b" ".join(b'c%d="1"' % at for at in range(number)) + b"/></a>"

    assert len(children(parse(crowded(1000)))) == 1
    with pytest.raises(Unreadable, match="more than 1000 attributes"):
        parse(crowded(1001))
