"""Requests to the embedded OpenSRS seller, in every form a client may give them, and its replies read back."""

from __future__ import annotations

import gzip
import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5

from connections import held

from countermand.provider.http import Request, Response
from countermand.provider.opensrs.message import Message, parse, read
from countermand.provider.opensrs.orders import Reseller, State
from countermand.provider.opensrs.seller import Seller

DOCUMENT = """<?xml version='1.0' encoding='UTF-8'?>
<!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>
<OPS_envelope>
    <header><version>0.9</version></header>
    <body><data_block><dt_assoc>
        <item key="protocol">XCP</item>
        <item key="action">{action}</item>
        <item key="object">{thing}</item>
        <item key="attributes"><dt_assoc>
            <item key="order_id">{number}</item>
        </dt_assoc></item>
    </dt_assoc></data_block></body>
</OPS_envelope>
"""


def document(number: str = "111111", action: str = "cancel_order", thing: str = "trust_service") -> str:
    return DOCUMENT.format(number=number, action=action, thing=thing)


def request(seller: Seller, body: str | bytes, sender: Reseller | None = None, **headers: str | None) -> Request:
    sender = sender or seller.buyer
    data = body.encode() if isinstance(body, str) else body
    signed = {"x-username": sender.username, "x-signature": seller.signature(data, sender.key)}
    given = {**signed, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request("POST", "/", {name: value for name, value in given.items() if value is not None}, data, None)


def ask(seller: Seller, body: str | bytes, sender: Reseller | None = None, **headers: str | None) -> Message:
    return read(parse(seller.handle(request(seller, body, sender, **headers)).body))


def outcome(reply: Message) -> tuple[str | None, str | None, str | None]:
    return reply.text("is_success"), reply.text("response_code"), reply.attribute("state")


def number_of(seller: Seller, state: State) -> str:
    return next(order.number for order in seller.owned(seller.buyer) if order.state is state)


def foreign_number(seller: Seller) -> str:
    return seller.owned(seller.another_buyer)[0].number


FORMS: dict[str, Callable[[str], str | bytes]] = {
    "as documented": lambda text: text,
    "in capital letters": lambda text: text.replace("cancel_order", "CANCEL_ORDER").replace(
        "trust_service", "TRUST_SERVICE"
    ),
    "in single quotes": lambda text: text.replace('"', "'"),
    "in double quotes": lambda text: text.replace("'", '"'),
    "with comments": lambda text: text.replace("<item", "<!-- c --><item").replace("cancel_", "can<!-- c -->cel_"),
    "in CDATA": lambda text: re.sub(r">(\w+)</item>", r"><![CDATA[\1]]></item>", text),
    "without white space": lambda text: re.sub(r">\s+<", "><", text),
    "without a DOCTYPE": lambda text: re.sub(r"<!DOCTYPE.*>\n", "", text),
    "without a declaration": lambda text: re.sub(r"<\?xml.*\?>\n", "", text),
    "bare": lambda text: text[text.index("<OPS") :],
    "with a byte order mark": lambda text: "\ufeff" + text,
    "between blank lines": lambda text: f"\r\n\n{text}\n\n",
    "in UTF-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "in UTF-16, high bytes first": lambda text: ("\ufeff" + text.replace("UTF-8", "UTF-16")).encode("utf-16-be"),
    "in Latin-1": lambda text: (
        text.replace("UTF-8", "ISO-8859-1").replace("<header>", "<!-- é --><header>").encode("latin-1")
    ),
    "with msg_id and msg_type": lambda text: text.replace(
        "</version>", "</version><msg_id>1</msg_id><msg_type>standard</msg_type>"
    ),
    "attributes first": lambda text: re.sub(
        r'(<dt_assoc>\s*)(<item key="protocol">.*?)(<item key="attributes">.*</dt_assoc></item>)',
        r"\1\3\2",
        text,
        flags=re.DOTALL,
    ),
    "with an item more": lambda text: text.replace("<item", '<item key="registrant_ip"></item><item', 1),
}


NO_REQUESTS: dict[str, Callable[[str], str | bytes]] = {
    "nothing": lambda _text: b"",
    "blanks": lambda _text: b" \n ",
    "text": lambda _text: b"cancel_order",
    "cut off": lambda text: text[:-20],
    "a bare ampersand": lambda text: text.replace("</OPS_envelope>", "R & D</OPS_envelope>"),
    "text behind it": lambda text: f"{text}and so on",
    "text before it": lambda text: f"so much for {text}",
    "twice": lambda text: text + text[text.index("<OPS") :],
    "closed wrongly": lambda text: text.replace("</OPS_envelope>", "</header>"),
    "another root": lambda text: text.replace("OPS_envelope", "XCP_envelope"),
    "in a SOAP envelope": lambda text: f"<e:Envelope xmlns:e='urn:e'>{text[text.index('<OPS') :]}</e:Envelope>",
    "in another namespace": lambda text: re.sub(r"(</?)OPS_envelope", r"\1n:OPS_envelope", text).replace(
        "<n:OPS_envelope>", "<n:OPS_envelope xmlns:n='urn:x'>"
    ),
    "without a body": lambda text: text.replace("body>", "torso>"),
    "an entity": lambda text: text.replace("'ops.dtd'>", "'ops.dtd' [<!ENTITY e 'cancel_order'>]>").replace(
        ">cancel_order<", ">&e;<"
    ),
    "an entity, in UTF-16": lambda text: (
        NO_REQUESTS["an entity"](text).replace("UTF-8", "UTF-16").encode("utf-16")  # type: ignore[arg-type, union-attr]
    ),
    "an entity not used": lambda text: text.replace("'ops.dtd'>", "'ops.dtd' [<!ENTITY e 'cancel_order'>]>"),
    "a parameter entity": lambda text: text.replace("'ops.dtd'>", "'ops.dtd' [<!ENTITY % e ''>]>"),
    "an external entity": lambda text: text.replace(
        "'ops.dtd'>", "'ops.dtd' [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
    ).replace("XCP", "XCP&e;"),
    "an undeclared entity": lambda text: text.replace("XCP", "XCP&e;"),
    "a bomb": lambda text: text.replace(
        "'ops.dtd'>",
        "'ops.dtd' [<!ENTITY a 'xxxxxxxxxx'>"
        + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in ("ab", "bc", "cd"))
        + "]>",
    ).replace("<version>", "<version>&d;"),
}


def battery(seller: Seller) -> list[Request]:
    pending = iter([order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING])
    wanted: list[Request] = []
    for state in State:
        number = number_of(seller, state) if state is not State.PENDING else next(pending)
        wanted += [request(seller, document(number)), request(seller, document(number, "get_order_info"))]
    wanted += [request(seller, document(number)) for number in ("", "five", "111111", foreign_number(seller))]
    wanted += [request(seller, document(foreign_number(seller), "get_order_info"), seller.another_buyer)]
    wanted += [request(seller, document(foreign_number(seller), "get_order_info"))]
    wanted += [
        request(seller, document(f"{number_of(seller, State.IN_PROGRESS)}{more}"))
        for more in ("abc", ".5", "e0", "' -- ")
    ]
    wanted += [request(seller, document(f"00{foreign_number(seller)}"))]
    wanted += [request(seller, document(f"00{foreign_number(seller)}", "get_order_info"))]
    wanted += [
        request(seller, document(number, "get_order_info"))
        for number in (f"+{foreign_number(seller)}", hex(int(foreign_number(seller))))
    ]
    wanted += [request(seller, document(f" {foreign_number(seller)} "))]
    wide = foreign_number(seller).translate({digit: digit + 0xFEE0 for digit in range(0x30, 0x3A)})
    wanted += [request(seller, document(wide))]
    script = foreign_number(seller).translate({digit: digit - 0x30 + 0x660 for digit in range(0x30, 0x3A)})
    wanted += [request(seller, document(script))]
    wanted += [request(seller, document(f"{foreign_number(seller)}.0"))]
    wanted += [request(seller, document(f"<!-- x -->{foreign_number(seller)}"))]
    wanted += [request(seller, document(f"+{foreign_number(seller)}"))]
    wanted += [request(seller, document(hex(int(foreign_number(seller)))))]
    wanted += [request(seller, document(number)) for number in ("R&amp;D", "1&lt;2", "1'2", "7" * 300, "é")]
    wanted += [request(seller, document(number)) for number in written_oddly(number_of(seller, State.IN_PROGRESS))]
    twice = '</item><item key="order_id">'
    named = [number_of(seller, State.COMPLETED), foreign_number(seller)]
    wanted += [request(seller, document(twice.join(numbers))) for numbers in (named, named[::-1])]
    wanted += [request(seller, text) for text in said_besides(seller, *named)]
    wanted += [request(seller, document().replace(">XCP<", ">&#88;CP<"))]
    wanted += [request(seller, document(f"{number_of(seller, State.AWAITING_APPROVAL)}9"))]
    wanted += [request(seller, document(f"9{number_of(seller, State.AWAITING_APPROVAL)}"))]
    wanted += [request(seller, document(f"{number_of(seller, State.AWAITING_APPROVAL)}<?x?>9"))]
    wanted += [request(seller, document(f"{number_of(seller, State.AWAITING_APPROVAL)}<![CDATA[9]]>"))]
    wanted += [request(seller, document(next(pending)), seller.another_buyer)]
    both = [seller.buyer.username, seller.another_buyer.username]
    wanted += [
        request(seller, document(next(pending)), seller.another_buyer, x_username=", ".join(users))
        for users in (both, both[::-1])
    ]
    wanted += [request(seller, re.sub(r'<item key="order_id">.*?</item>', "", document()))]
    numbered = f'<item key="order_id">{next(pending)}</item>'
    bare = re.sub(r'<item key="attributes">.*</dt_assoc></item>', "", document(), flags=re.DOTALL)
    wanted += [request(seller, bare), request(seller, bare.replace("<item", f"{numbered}<item", 1))]
    wanted += [request(seller, document(next(pending)).replace('"order_id"', '"id"'))]
    posted = request(seller, document(next(pending)), seller.another_buyer)
    wanted += [replace(posted, headers={**posted.headers, "x_username": seller.buyer.username})]
    wanted += [
        request(seller, document(next(pending), "cancel_all")),
        request(seller, document(next(pending), thing="domain")),
        request(seller, document(next(pending), "uncancel_order")),
        request(seller, document(next(pending), thing="trust_service_quote")),
        request(seller, document(action="1--")),
        request(seller, document().replace('<item key="order_id', '<item key="note">x</item><item key="order_id')),
        request(seller, document(), accept="*/*"),
        request(seller, document(thing="1]]&gt;")),
    ]
    wanted += [
        request(seller, document(next(pending)).replace(f'<item key="{key}">{word}</item>', ""))
        for key, word in (("protocol", "XCP"), ("action", "cancel_order"), ("object", "trust_service"))
    ]
    number = next(pending)
    wanted += [request(seller, document(number, "cancel_all"))]
    wanted += [request(seller, document(number, "get_order_info"))] * 2
    number = next(pending)
    wanted += [request(seller, document(number), x_signature=None)]
    wanted += [request(seller, document(number, "get_order_info"))] * 2
    return wanted


def said_besides(seller: Seller, own: str, foreign: str) -> list[str]:
    """Name another reseller's order, with what may pass for a proof beside it, or apart from one of the buyer's."""
    text, order = document(foreign), seller.orders[foreign]
    at_top, within = '<item key="protocol">', '<item key="order_id">'
    both = re.search(r"<dt_assoc>.*</dt_assoc>(?=</data_block>)", text, re.DOTALL)
    lists = re.search(r'<item key="attributes">.*?</dt_assoc></item>', text, re.DOTALL)
    assert both
    assert lists
    return [
        text.replace(at_top, f'<item key="registrant_ip">192.0.2.1</item>{at_top}'),
        text.replace(within, f'<item key="domain">{order.domain}</item>{within}'),
        text.replace(within, f'<item key="reg_username">{order.owner}</item>{within}'),
        *(text.replace(part[0], part[0].replace(foreign, own) + part[0]) for part in (both, lists)),
    ]


def written_oddly(number: str) -> list[str]:
    """Write the number of an order so that it is none."""
    return [
        f"{number[:1]}_{number[1:]}",
        str(int(number) + 2**64),
        f"-{number}",
        f'"{number}"',
        f"{number},{number}",
        f"&amp;#{ord(number[0])};{number[1:]}",
        f'<dt_array><item key="0">{number}</item></dt_array>',
    ]


def sign_otherwise(seller: Seller) -> list[Request]:
    body = document(number_of(seller, State.PENDING))
    data, key = body.encode(), seller.buyer.key
    right = seller.signature(data, key)
    flipped = [
        right[:-1] + "0123456789abcdef"[int(right[-1], 16) ^ 1],
        "0123456789abcdef"[int(right[0], 16) ^ 1] + right[1:],
    ]
    others = [*(order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING)][1:2]
    made = [
        *flipped,
        None,
        "",
        seller.signature(data, seller.another_buyer.key),
        seller.signature(data, ""),
        f"{right}0",
        right[:15] + "0123456789abcdef"[int(right[15], 16) ^ 1] + right[16:],
        md5(data + key.encode(), usedforsecurity=False).hexdigest(),
        seller.signature(document(others[0]).encode(), key),
        seller.signature(data.strip(), key),
        seller.signature(document(number_of(seller, State.CANCELLED)).encode(), key),
        right.upper(),
        "g" * 32,
        "\u00e9" * 32,
        seller.signature(data[data.index(b"<OPS_envelope>") :].strip(), key),
        seller.signature(data[data.index(b"<data_block>") : data.index(b"</body>")], key),
        seller.signature(b"", key),
        seller.signature(re.sub(rb">\s+<", b"><", data), key),
        hmac.new(key.encode(), data, md5).hexdigest(),
        md5(f"{seller.buyer.username}{key}".encode(), usedforsecurity=False).hexdigest(),
        md5(data, usedforsecurity=False).hexdigest(),
        seller.signature(data, seller.buyer.username),
    ]
    last = number_of(seller, State.PENDING)
    behind = [request(seller, data + more, x_signature=right) for more in (b"\n", b"\0")]
    behind += [
        request(seller, sent, x_signature=right)
        for sent in (
            b"\r\n\n" + data,
            b"\xef\xbb\xbf" + data,
            data.replace(b"<header>", b"<!-- x --><header>"),
            data.translate(bytes.maketrans(b"\"'", b"'\"")),
        )
    ]
    utf8 = body.replace("UTF-8", "UTF-16").encode()
    behind += [request(seller, utf8.decode().encode("utf-16"), x_signature=seller.signature(utf8, key))]
    lines = request(seller, data.replace(b"\n", b"\r\n"), x_signature=right)
    wide = document(last).replace("UTF-8", "UTF-16").encode("utf-16")
    return [
        *behind,
        lines,
        request(seller, wide, x_signature="0" * 32),
        request(seller, FORMS["in UTF-16, high bytes first"](document(last)), x_signature="0" * 32),
        request(seller, "\ufeff" + document(last), x_signature="0" * 32),
        request(seller, FORMS["in CDATA"](document(last)), x_signature="0" * 32),
        request(seller, body),
        request(seller, body, x_signature="0" * 32),
        *(request(seller, body, x_signature=signature) for signature in made),
        *(request(seller, body, x_username=user) for user in ("nobody", None)),
        *(request(seller, body, x_username=f"{seller.buyer.username}{more}") for more in ("nobody", ".nobody")),
        *(
            request(seller, body, None, x_signature=None, **{name: value})
            for name, value in (
                ("authorization", "Basic eA=="),
                ("cookie", "x=y"),
                ("content_type", "application/x-www-form-urlencoded"),
            )
        ),
        *(request(seller, body, x_username=user, x_signature=seller.signature(data, "")) for user in ("nobody", None)),
        *(
            request(seller, body, x_username="nobody", x_signature=seller.signature(data, key))
            for key in ("undefined", "null", "None")
        ),
        request(seller, body.replace("cancel_order", "CANCEL_ORDER"), x_signature="0" * 32),
        *looked_up(seller),
    ]


def looked_up(seller: Seller) -> list[Request]:
    """Look an order up with signatures that will not do, that of another reseller's order among them, and by nobody."""
    theirs = request(seller, document(foreign_number(seller), "get_order_info"))
    body = document(number_of(seller, State.PENDING), "get_order_info")
    data, key = body.encode(), seller.buyer.key
    made = ("", seller.signature(data, key[::-1] + "0"), seller.signature(data + b"\n", key))
    signatures = (*made, seller.signature(data, key).upper())
    return [
        *(request(seller, body, x_signature=signature) for signature in signatures),
        request(seller, body, x_username=None),
        theirs,
        replace(theirs, headers={**theirs.headers, "x-username": seller.another_buyer.username}),
        request(seller, body),
        request(seller, body.replace('"', "'"), x_signature=seller.signature(data, key)),
    ]


def forms(seller: Seller) -> list[Request]:
    numbers = [order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING]
    more: dict[str, Callable[[str], str]] = {
        "with tabs": lambda text: text.replace("\n", "\n\t\n"),
        "with a newline in a tag": lambda text: text.replace("<item key", "<item\n key"),
        "another namespace": lambda text: text.replace("<OPS_envelope>", "<OPS_envelope xmlns='urn:x'>"),
    }
    made = {**FORMS, **NO_REQUESTS, **more}
    return [request(seller, make(document(number))) for number, make in zip(numbers * 2, made.values(), strict=False)]


def elsewhere(seller: Seller) -> list[Request]:
    posted = request(seller, document(number_of(seller, State.PENDING)))
    return [
        request(seller, document(number_of(seller, State.PENDING), "cancel_orders")),
        Request("GET", "/", posted.headers, b"", None),
        Request("POST", "/other", posted.headers, posted.body, None),
        *(
            Request("POST", "/", {**posted.headers, "x-signature": "0" * 32}, posted.body, None, path)
            for path in (
                "//",
                "/./",
                "/%2e/",
                "/countermand/../",
                "/countermand/..;/",
                "/?countermand=1",
                "/;countermand=1",
                "https://seller.example/",
            )
        ),
        *(Request(method, "/", posted.headers, posted.body, None, "/") for method in ("PUT", "PATCH", "DELETE", "GET")),
        Request("PUT", "/", {**posted.headers, "x-signature": "0" * 32}, posted.body, None, "/"),
        Request("GET", "/", {**posted.headers, "x-http-method-override": "POST"}, posted.body, None, "/"),
        *(
            Request("POST", "/", {**posted.headers, "x-signature": "0" * 32, name: value}, posted.body, None)
            for name, value in (
                ("forwarded", "for=127.0.0.1"),
                ("true-client-ip", "127.0.0.1"),
                ("transfer-encoding", "chunked"),
                ("user-agent", "x"),
                ("content-type", "application/octet-stream"),
            )
        ),
        Request(
            "POST",
            "/",
            {**posted.headers, "x-signature": "0" * 32, "content-encoding": "gzip"},
            gzip.compress(posted.body),
            None,
        ),
    ]


def afterwards(seller: Seller) -> list[Request]:
    """Ask for what must be refused, and each time for the order after it, of as many as are still pending."""
    numbers = [order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING]
    asked = [
        request(seller, document(numbers[0]), x_signature="0" * 32),
        request(seller, document(numbers[1]), x_signature=None),
        request(seller, document(numbers[2]), x_username="nobody"),
        request(seller, document(numbers[3]), x_username=None),
        request(seller, document(numbers[4], "cancel_all")),
        request(seller, document(numbers[-1], "get_order_info"), x_signature="0" * 32),
        request(seller, document(numbers[-1], "get_order_info"), x_signature=None),
        request(seller, document(numbers[-1], "get_order_info"), x_username="nobody"),
    ]
    after = [request(seller, document(number, "get_order_info")) for number in numbers]
    # Some that nobody asked to be cancelled stand beside those that were.
    beside = [
        order.number for order in seller.owned(seller.buyer) if order.state in {State.IN_PROGRESS, State.CANCELLED}
    ]
    looked = [request(seller, document(number, "get_order_info")) for number in beside]
    return [*(sent for pair in zip(asked, after, strict=False) for sent in pair), *looked]


def asked_by_others(seller: Seller) -> list[Request]:
    """Ask for orders that are over, as another reseller, and as somebody who cannot sign."""
    pending = [order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING][-1]
    over = [number_of(seller, State.COMPLETED), number_of(seller, State.CANCELLED)]
    return [
        request(seller, document(pending)),
        request(seller, document(pending), seller.another_buyer),
        request(seller, document(pending), x_signature="0" * 32),
        *(request(seller, document(number), seller.another_buyer) for number in over),
        *(request(seller, document(number, "get_order_info"), seller.another_buyer) for number in over),
    ]


def replies(seller: Seller) -> list[Response]:
    makers = (battery, sign_otherwise, elsewhere, forms, afterwards, asked_by_others)
    return [*(seller.handle(asked) for make in makers for asked in make(seller)), *beside_buyer(seller)]


def beside_buyer(seller: Seller) -> list[Response]:
    """Ask for an order, as another reseller and as one who cannot sign, while the buyer has connections."""
    pending = [order.number for order in seller.owned(seller.buyer) if order.state is State.PENDING]
    served = request(seller, document())
    with held([lambda: seller.handle(served)] * 2):
        return [
            seller.handle(request(seller, document(pending[-2]), seller.another_buyer)),
            seller.handle(request(seller, document(pending[-3]), x_signature="0" * 32)),
        ]
