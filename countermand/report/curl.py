"""A recorded request as a script of curl and openssl: what repeats it without the suite."""

from __future__ import annotations

import codecs
import html
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from countermand.model.api import Signed
from countermand.model.apis import APIS
from countermand.model.gateway import USER_AGENT
from countermand.model.results import Scenario
from countermand.report.exchanges import is_packed, unpacked

#: What stands for the references of an order that is used up.
SELLER_ORDER, BUYER_ORDER = "SELLER-ORDER", "BUYER-ORDER"
#: States in which an order cannot be called off, so that a seller that is right never uses it up, and in what words.
LASTING = {
    "completed": "is completed",
    "cancelled": "is cancelled",
    "declined": "was declined",
    "foreign": "is another buyer's",
}
#: What stands, until it is filled in, for what a script takes from whoever runs it.
TO_FILL_IN = {
    "CA": "/path/of/ca.pem",
    "CERTIFICATE": "/path/of/certificate.pem",
    "PRIVATE_KEY": "/path/of/private.key",
    "PKCS12": "/path/of/certificate.p12",
    "SELLER_ORDER": "reference-of-the-seller",
    "BUYER_ORDER": "reference-of-the-buyer",
}
#: Writes a value as XML does, and then so that sed puts it in as it is.
ESCAPED = r"""escaped() { printf %s "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s|[\&/]|\\&|g'; }"""
#: Reads a file in one encoding and writes it in another; not every iconv knows UTF-16.
RECODED = """python3 -c 'import sys
sys.stdout.buffer.write(sys.stdin.buffer.read().decode("{was}").encode("{to}"))' < {file} > {out}"""
#: What is to be done about an order that somebody has used up by hand,
#: and what is said where it is not known beforehand which it is.
GONE = "Take it out of the target file's lists: a later run would not know that it is gone."
UNNAMED = (
    "It may use up an order: it names none that is in flight, "
    f"so a seller that takes it up may cancel any of the buyer's. {GONE}"
)
IN_PIECES = (
    "It names the order of the run, but in pieces: it may use it up, and a seller that has used it up refuses it. "
    f"Where it is gone, put in another by hand. {GONE}"
)
NAMED = (
    "It uses up an order: {names} one that is still in flight, since the order of the run may be used up; "
    f"a reply that it is not in flight says nothing of the fault. {GONE}"
)
LASTS = (
    "It may use up an order, where a seller takes up what it must refuse: {names} one that {is_in}. "
    "That of the run will do where the seller has left it as it was."
)
LOOKS = (
    "It asks about an order, and uses none up: {names} one that {is_in}. "
    "That of the run will do where it still is as it was."
)
#: What is said of handshakes: of one that curl cannot make, and of one for which it must not look at a name.
UNNAMED_HOST = (
    "curl names the host of the address in the handshake, and none where that is an IP address: "
    "`openssl s_client -noservername` names none."
)
OTHER_HOST = (
    "`{other}` is named in the handshake, and not the seller's host: `--insecure` is needed, "
    "since the seller's certificate may not be for that name."
)
#: What is said of a request whose signature nobody makes by hand, or of which the record does not say how it was made.
OTHERWISE_SIGNED = "curl cannot repeat it: it takes a signature that only the suite makes, which repeats it."
IN_COOKIES = "curl cannot repeat it: it bears the cookies that the buyer was given just before. The suite can."
UNTOLD = "curl cannot repeat it: the record does not say how it was signed. The suite can."
#: What makes the certificate that a stranger shows: of nobody's, and in the buyer's name by the buyer's own.
SELF_SIGNED = [
    "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=stranger -keyout stranger.key -out stranger.pem"
]
ISSUED = [
    "openssl ecparam -name prime256v1 -genkey -noout -out stranger.key",
    "openssl pkey -in stranger.key -pubout -out stranger.pub",
    'openssl x509 -x509toreq -in "$CERTIFICATE" -signkey "$PRIVATE_KEY" -out stranger.csr',
    """openssl x509 -req -in stranger.csr -force_pubkey stranger.pub -set_serial 1 -days 1 \\
  -CA "$CERTIFICATE" -CAkey "$PRIVATE_KEY" -out stranger.pem""",
    'cat "$CERTIFICATE" >> stranger.pem',
]
_DER = 'openssl x509 -in "$CERTIFICATE" -outform DER'
_QUOTED = "python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.stdin.read(), safe=str()))'"
_PEM = f'openssl x509 -in "$CERTIFICATE" | {_QUOTED}'
_SUBJECT = 'openssl x509 -in "$CERTIFICATE" -noout -subject -nameopt'
_NAME = f"$({_SUBJECT} multiline | sed -n 's/^ *commonName *= //p')"
#: How a certificate is written in a header by which proxies hand it on; the shell leaves it in a variable.
HANDED_ON = {
    **dict.fromkeys(("client-cert", "x-client-cert-leaf"), f'":$({_DER} | openssl base64 -A):"'),
    **dict.fromkeys(("x-arr-clientcert", "cf-client-cert-der-base64"), f"$({_DER} | openssl base64 -A)"),
    **dict.fromkeys(("x-amzn-mtls-clientcert", "x-ssl-client-cert", "ssl-client-cert"), f"$({_PEM})"),
    **dict.fromkeys(("x-client-cert", "x-client-certificate", "x-ssl-cert", "x-tls-client-cert"), f"$({_PEM})"),
    **dict.fromkeys(
        ("x-ssl-client-s-dn", "x_ssl_client_s_dn", "ssl-client-subject-dn", "x-client-dn"),
        f"$({_SUBJECT} RFC2253 | cut -c 9-)",
    ),
    **dict.fromkeys(("x-ssl-client-cn", "x-remote-user", "remote-user", "x-forwarded-user"), _NAME),
    **dict.fromkeys(("x-authenticated-user", "x-consumer-username"), _NAME),
    "x-forwarded-tls-client-cert": f"$({_DER} | openssl base64 -A | {_QUOTED})",
    "x-forwarded-client-cert": f'"Hash=$({_DER} | openssl dgst -sha256 -r | cut -c 1-64);Cert=\\"$({_PEM})\\""',
}
#: A segment of a path that curl would take out.
_DOT = re.compile(r"/(\.\.?|%2e)/", re.IGNORECASE)
#: What may stand within a text and is no part of it.
_BETWEEN = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
_TAKEN, _SET = re.compile(r"\$([A-Z][A-Z0-9_]*)"), re.compile(r"^([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def body(exchange: Mapping[str, Any], scenario: Scenario) -> bytes:
    """Return the body that was sent, as it was before it was compressed.

    References of orders that may be used up are replaced by words that stand for them.
    """
    data = unpacked(exchange["request"])
    words, codec = data.decode(_codec(data)), _codec(data)
    for word, stands in _named(words, scenario)[0].items():
        for written in _written(words, word):
            words = words.replace(written, stands)
        for first, name, last in _halves(words, word):
            words = words.replace(f'{name} "{last}"', f'{name} ""').replace(f"{first}&{name};", f"{stands}&{name};")
    return words.encode(codec)


def script(
    exchange: Mapping[str, Any], scenario: Scenario, target: Mapping[str, Any], file: str
) -> tuple[list[str], list[str]]:
    """Return what has to be known first, and the lines that send the request as it was sent.

    A line is run only where the one before it has succeeded, so that nothing else is ever sent.
    """
    request, who = exchange["request"], exchange["identity"]
    sent = body(exchange, scenario)
    notes, lines = _order(exchange, scenario, file)
    name = "request.xml" if lines else file
    identity = target.get(who.replace(" ", "_"), {})
    more, options, before = _identity(who, identity, scenario.api)
    if any(key.lower() == "cookie" and value == "***" for key, value in request["headers"]) and not any(
        key.lower() == "cookie" for key in target.get("headers", {})
    ):
        return [IN_COOKIES], []
    signed = _signed(request["headers"], scenario.api)
    if signed is not None:
        how = request.get("signed", "")
        if how not in signed.ways:
            return [OTHERWISE_SIGNED if how else UNTOLD], []
        signing = [line.replace("{file}", name) for line in signed.ways[how]]
        notes += [f"The signature is {how}, as the one that was sent."] if how != "good" else []
        whose = "another buyer" if "another buyer" in who else "the buyer"
        notes += [f"`{signed.key}` is the key of {whose}."] if any(f"${signed.key}" in line for line in signing) else []
        lines += signing
    if sent and is_packed(request):
        lines.append(f"gzip -c {name} > {name}.gz")
        name += ".gz"
    for key in _handed_on(request["headers"], target):
        notes.append(f"`CERTIFICATE` is the buyer's: anybody may have it, and hand it on in the header {key}.")
        lines.append(f"{_variable(key)}={HANDED_ON[key.lower()]}")
    command = ["curl --silent --show-error --include", '--cacert "$CA"', *options]
    command += [f"--request {shlex.quote(request['method'])}"] if request["method"] != "POST" or not sent else []
    command += [
        f"--header {_header(key, value, signed, request.get('signed', ''))}" for key, value in request["headers"]
    ]
    # It goes out with every request that has none of its own, and a filter may go by it.
    is_named = any(key.lower() == "user-agent" for key, _ in request["headers"])
    command += [] if is_named else [f"--user-agent {USER_AGENT}"]
    command += [f"--data-binary @{name}"] if sent else []
    command += ["--path-as-is"] if _DOT.search(request["url"]) else []
    url, address = shlex.quote(request["url"]), request["url"]
    command += [f"--request-target {url}"] if request.get("whole") else []
    if who.endswith("another host in the handshake"):
        other, address, by_the_way = _beside(request)
        notes.append(OTHER_HOST.format(other=other))
        command += by_the_way
    command.append(("" if address.startswith("https://") else "--url ") + shlex.quote(address))  # no option of curl's
    notes.append("`CA` is the file of the authority that the server's certificate is from.")
    return [*notes, *more], [*(f"{line} &&" for line in (*before, *lines)), " \\\n  ".join(command)]


def to_fill_in(lines: Iterable[str]) -> list[str]:
    """Return a line for each variable that a script takes and does not set, to be filled in before it is run.

    The quotes are there whatever stands between them now: what is filled in may hold what a shell reads.
    """
    words = "\n".join(lines)
    taken = dict.fromkeys(name for name in _TAKEN.findall(words) if name not in _SET.findall(words))
    return [f"export {name}='{TO_FILL_IN.get(name, name.lower().replace('_', '-'))}'" for name in taken]


def _order(exchange: Mapping[str, Any], scenario: Scenario, file: str) -> tuple[list[str], list[str]]:
    """Say which orders to put in, where the request named some that may be used up.

    Say that one may be where it named none.
    """
    data = unpacked(exchange["request"])
    codec = _codec(data)
    words = data.decode(codec)
    stands, states = _named(words, scenario)
    looks = scenario.api in APIS and exchange.get("operation") in APIS[scenario.api].look_ups
    if not stands:
        return [] if looks else _unnamed(words, scenario), []
    notes = []
    for state in dict.fromkeys(states.values()):
        variables = [f"`{_shell(word)}`" for word in sorted(set(stands.values())) if states[word] == state]
        names = f"{' and '.join(variables)} {'name' if len(variables) > 1 else 'names'}"
        note = LOOKS if looks else NAMED if state not in LASTING else LASTS
        notes.append(note.format(names=names, is_in=LASTING.get(state, "is still in flight")))
    replaced = "; ".join(
        f's/{word}/$(escaped "${_shell(word)}")/g' for word in sorted(set(stands.values()), key=len, reverse=True)
    )
    if not codec.startswith("utf-16"):
        return notes, [ESCAPED, f'sed "{replaced}" {file} > request.xml']
    return notes, [
        ESCAPED,
        RECODED.format(was=codec, to="utf-8", file=file, out="plain.xml"),
        f'sed "{replaced}" plain.xml > named.xml',
        RECODED.format(was="utf-8", to=codec, file="named.xml", out="request.xml"),
    ]


def _unnamed(words: str, scenario: Scenario) -> list[str]:
    """Say what may be used up by a request that names no order in one piece."""
    joined = html.unescape(_BETWEEN.sub("", words))
    drawn = [order for order in scenario.drawn.get("orders", []) if order["state"] != "unknown"]
    if any(word in joined for order in drawn for word in (order["seller"], order.get("buyer")) if word):
        return [IN_PIECES]
    return [UNNAMED] if any(order["state"] not in LASTING for order in drawn) else []


def _named(words: str, scenario: Scenario) -> tuple[dict[str, str], dict[str, str]]:
    """Return the references of orders of the supply that a request names, longest first, and what stands for them.

    Return as well in which state the order was that each of these stands for.
    """
    stands: dict[str, str] = {}
    states: dict[str, str] = {}
    number = 0
    for order in scenario.drawn.get("orders", []):
        pairs = ((order["seller"], SELLER_ORDER), (order.get("buyer"), BUYER_ORDER))
        named = [(word, name) for word, name in pairs if word and (_written(words, word) or _halves(words, word))]
        if order["state"] == "unknown" or not named or any(word in stands for word, _ in named):
            continue
        number += 1
        for word, name in named:
            stands[word] = name if number == 1 else f"{name}-{number}"
            states[stands[word]] = order["state"]
    return dict(sorted(stands.items(), key=lambda item: -len(item[0]))), states


def _written(words: str, word: str) -> list[str]:
    """Return how a word stands in a document: as it is, escaped, or in references to characters."""
    referred = ["".join(form.format(ord(letter)) for letter in word) for form in ("&#{};", "&#x{:x};", "&#x{:X};")]
    return [form for form in dict.fromkeys([escape(word), word, *referred]) if form in words]


def _halves(words: str, word: str) -> list[tuple[str, str, str]]:
    """Return how a word is put together of a beginning and what an entity stands for: both, and its name between."""
    declared = re.findall(r'<!ENTITY (\w+) "([^"&]+)">', words)
    parts = [(word.removesuffix(last), name, last) for name, last in declared if word.endswith(last) and word != last]
    return [(first, name, last) for first, name, last in parts if f"{first}&{name};" in words]


def _shell(word: str) -> str:
    return word.replace("-", "_")


def _identity(who: str, identity: Mapping[str, str], api: str) -> tuple[list[str], list[str], list[str]]:
    """Return what the caller's credentials are: notes, curl's options, and lines that make what a stranger shows."""
    if "pkcs12" in identity:
        return (
            [f"`PKCS12` and `PASSPHRASE` are those of the {who}."],
            ["--cert-type P12", '--cert "$PKCS12:$PASSPHRASE"'],
            [],
        )
    if "certificate" in identity:
        key = ['--key "$PRIVATE_KEY"'] if "private_key" in identity else []
        word = ['--pass "$PASSPHRASE"'] if "passphrase" in identity else []
        return [f"`CERTIFICATE` and `PRIVATE_KEY` are those of the {who}."], ['--cert "$CERTIFICATE"', *key, *word], []
    if "stranger" in who and "without" not in who and api in APIS and APIS[api].client_certificate:
        notes = [f"It was sent by {_caller(who)}: here one that is made up."]
        is_issued = who.endswith("the buyer's own has issued")
        notes += ["`CERTIFICATE` and `PRIVATE_KEY` are the buyer's, in PEM."] if is_issued else []
        return notes, ["--cert stranger.pem", "--key stranger.key"], ISSUED if is_issued else SELF_SIGNED
    notes = [f"It was sent by {_caller(who)}."] if who != "buyer" else []
    return [*notes, *([UNNAMED_HOST] if who.endswith("no host in the handshake") else [])], [], []


def _caller(who: str) -> str:
    if (known := {"nobody": "somebody who names no user", "another buyer": who}.get(who)) is not None:
        return known
    return f"{'an' if who[:1] in 'aeiou' else 'a'} {who}"


def _signed(headers: Iterable[Sequence[str]], api: str) -> Signed | None:
    """Return how a request is signed by hand, if it is signed at all."""
    signed = APIS[api].signed if api in APIS else None
    return signed if signed is not None and any(key.lower() == signed.header for key, _ in headers) else None


def _beside(request: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """Return another host, the address with it, and the options by which curl asks the same server all the same."""
    parts = urlsplit(request["url"])
    here, other = parts.netloc, "localhost.localdomain" if parts.hostname == "localhost" else "localhost"
    host, colon, port = here.rpartition(":") if parts.port is not None else (here, "", "443")
    options = ["--insecure", f"--connect-to {shlex.quote(f'{other}:{port}:{host}:{port}')}"]
    options += (
        []
        if any(key.lower() == "host" for key, _ in request["headers"])
        else [f"--header {shlex.quote(f'Host: {here}')}"]
    )
    return other, parts._replace(netloc=f"{other}{colon}{port if colon else ''}").geturl(), options


def _handed_on(headers: Iterable[Sequence[str]], target: Mapping[str, Any]) -> list[str]:
    """Return the headers in which a certificate is handed on that the target file does not send itself."""
    own = {name.lower() for name in target.get("headers", {})}
    return [key for key, value in headers if value == "***" and key.lower() in HANDED_ON.keys() - own]


def _variable(header: str) -> str:
    return re.sub(r"[^A-Z0-9_]", "_", header.upper())


def _header(name: str, value: str, signed: Signed | None, how: str) -> str:
    variable = ""
    if signed is not None and name.lower() == signed.header:
        variable, value = ("SIGNATURE", value) if signed.ways[how] else ("", "")
    if variable or value == "***":
        variable = variable or _variable(name)
        # Between double quotes the shell reads on: only what means nothing to it may stand there.
        return f'"{name}: ${variable}"' if _PLAIN.fullmatch(name) else f'{shlex.quote(f"{name}: ")}"${{{variable}}}"'
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _codec(data: bytes) -> str:
    """Return the codec that reads all of a body; its byte order mark is read as a letter, and so kept."""
    marks = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    codec = next((name for mark, name in marks.items() if data.startswith(mark)), "utf-8")
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return "latin-1"
    return codec
