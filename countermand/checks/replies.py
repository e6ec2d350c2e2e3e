"""The form of every reply of a run, whatever its API: label, schema and discretion."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

from countermand.checks import fingerprint
from countermand.document import Element, Unreadable, parse, problems, where, whole
from countermand.guard.schema import Schema
from countermand.model.body import text_of
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.verdict import Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.reply import charset, read_xml, try_xml
from countermand.run.run import Seen

HTML_TYPE = re.compile(r"text/html\s*(;|\Z)", re.IGNORECASE)
XML_TYPE = re.compile(r"(application|text)/([\w.+-]+\+)?xml\b|application/soap\+xml\b", re.IGNORECASE)
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: Bytes within which a declaration ends that names an encoding.
DECLARATION = 1024
#: What programs write where they have nothing to say.
NOTHING = frozenset({"null", "nil", "none", "undefined", "nan", "n/a"})
#: Characters of a reply that are searched for internals;
#: a run of blanks that is longer than any indentation is no text.
READ = 2**18
BLANKS = re.compile(r"\s{200,}")
ALIKE = {
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
}
#: What languages themselves call errors, and nobody who means an order's: "ValidationError" and "ValueError" may be the
#: seller's own words for what is wrong with it.
RAISED = (
    "Key|UnboundLocal|ModuleNotFound|Import|Runtime|Recursion|UnicodeDecode|UnicodeEncode|OS|FileNotFound|"
    "ConnectionRefused|ConnectionReset|BrokenPipe|ZeroDivision|Assertion|NoMethod|JSONDecode|StackOverflow|"
    "OutOfMemory|NoClassDefFound|Operational|Programming|Eval|Aggregate"
)
#: What they say in them, by whatever name. These and the next begin where a word does: each of them by itself, asked at
#: every character, would take ten times as long.
RAISING = (
    r"NoneType\b|has no attribute '|Cannot read propert(y|ies) of (undefined|null)\b|undefined method ['`]"
    r"|undefined is not an?\b|(list|string|tuple) index out of range\b|invalid literal for \w{1,20}\(\)"
    r"|\w{1,100} is not a function\b|name '\w{1,100}' is not defined\b|Fatal error: Uncaught\b"
    r"|Undefined (index|variable|array key|offset): |runtime error: (invalid memory|index out|slice bounds)"
    r"|terminate called after throwing\b|std::\w"
    r"|Segmentation fault\b|object at 0x[0-9a-fA-F]|E(CONNREFUSED|CONNRESET|NOENT)\b"
    r"|For input string: \"|Cannot invoke \"[^\"]{1,200}\" because \"|Object reference not set to an instance\b"
    r"|strconv\.\w{1,20}: |sql: no rows in result set\b|dial tcp [\d\[]|could not convert string to float\b"
    r"|Call to (a member function|undefined (function|method)) \w|called `(Option|Result)::"
    r"|no function clause matching\b"
)
#: What databases say, and how programs name them.
STORING = (
    r"ORA-\d{4,5}\b|SQLSTATE\b|(DBD|PG|ActiveRecord)::\w|SQLITE_[A-Z]{3}"
    r"|(OLE DB|ODBC|JDBC|PDO)( \w{1,40}){0,6} (Provider|Driver)\b|syntax error at or near\b"
    r"|error in your SQL syntax\b|SELECT [^;]{1,400} FROM \w|INSERT INTO \w|DELETE FROM \w"
    r"|violates (unique|foreign key|not-null|check) constraint\b|relation \"[^\"]{1,99}\" does not exist\b"
    r"|Duplicate entry '[^']{0,100}' for key ['\d]|Unknown column '[^']{1,100}' in '"
    r"|Table '[^']{1,99}' doesn't exist\b|does not exist\s{1,20}LINE \d|(?<!is )no such (table|column): \w"
    r"|invalid input syntax for (type \w{1,40}|\w{0,9}int\w{0,6}|uuid|numeric|date|boolean|json)\b[^:\"]{0,30}: \""
    r"|(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed\b"
    r"|Violation of (PRIMARY|UNIQUE) KEY constraint\b|Invalid object name '|Incorrect syntax near '"
    r"|E11000 duplicate\b"
    r"|jdbc:[a-z]{2,20}:|(postgres(ql)?|mysql|mariadb|mongodb(\+srv)?|rediss?|amqps?)://"
)
#: How the names of files end that a seller's machine has, and nobody's who is meant.
FILES = "xml|xsd|wsdl|dtd|json|ya?ml|ini|config|cfg|log|txt|csv|sql|bak|dll|exe|jar|war|aspx?|asmx|php|pem|pfx|cer"
#: What only the seller's own developers should ever read.
#: No repetition is without a bound, so that a megabyte is read in one go.
INTERNALS = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        (
            "a stack trace",
            (
                r"Traceback \(most recent call last\)|File \"[^\"]{1,400}\", line \d{1,9}"
                r"|(?m:^[ \t]{1,80}at [\w.$<>]{1,400}\()"
                r"|\b(?:at [\w$.]{1,400}\([\w$]{1,200}\.(java|kt|scala|cs):\d+\)"
                r"|goroutine \d{1,20} \[|panic: |panicked at \S|node:internal/"
                r"|in \S{1,400}\.(php|rb|pl|py) (on )?line \d{1,9}|at \S{1,400}\.(pl|pm) line \d{1,9})"
                # A source file with its line; what ends like one of the second kind may be a host with its port.
                r"|\w\.(rb|go|m?js|tsx?|php|java|kt|scala|cs|exs?|erl|clj|lua|cpp):(line )?\d{1,9}\b"
                r"|\w\.(rs|py|pl|hs):\d{1,9}:\d{1,9}\b"
            ),
        ),
        (
            "a file path",
            (
                r"(?<![\w/.])/(usr|opt|var|home|srv|app|etc|root|tmp)/[\w.-]{1,200}|\b[A-Z]:\\[\w\\]{1,200}"
                # A share, with a folder or a file in it: what stands behind a backslash in a pattern is one letter.
                rf"|(?<![\w\\])\\\\[\w.-]{{2,100}}\\([\w$]{{2,200}}\\\w|[\w$-]{{2,200}}\.({FILES})\b)"
            ),
        ),
        (
            "a product's internals",
            (
                r"\b(?:(java|javax|org\.springframework|org\.apache|com\.sun|System)\.[a-z]{1,100}\.[A-Z]\w{1,200}"
                r"|(System|Microsoft)(\.[A-Z]\w{0,100}){1,6}Exception\b"
                rf"|\w{{1,100}}Exception: |({RAISED})Error: |{RAISING}"
                rf"|[a-z_]\w{{0,60}}(\.[a-z_]\w{{0,60}}){{1,8}}\.[A-Z]\w{{0,100}}(Error|Exception)\b|{STORING})"
                r"|\[Errno \d|\{(badmatch|badarg|case_clause|function_clause|undef)\b"
            ),
        ),
    )
)

#: How a name begins whose end shows them: a file's is recognised by its last letter, and is told whole.
NAME, BEGINNING = 200, re.compile(r"[\w.:/\\-]+\Z")

#: What may end a sentence behind one.
ENDING = ".,;:-"

#: The headers in which programs say what went wrong, and what none of them may say: a path in one may be an address.
#: All others bear addresses, of pages, of hosts and of what has served, that look like the lines of a program.
TROUBLE = re.compile(r"exception|error|debug|trace|stack|fault|cause|message|detail|reason|warning|sql", re.IGNORECASE)
INTERNALS_IN_HEADERS = tuple((what, pattern) for what, pattern in INTERNALS if what != "a file path")
#: A server's name and version: in the API's own words they are its insides. On a page they are a banner, which a
#: generic message may bear (that it had better not is another requirement than the one about errors: OWASP ASVS 4.0.3,
#: 14.3.3).
BANNER = re.compile(r"\b(Apache|Tomcat|nginx|PHP|Python|OpenSSL|Microsoft-IIS|Jetty|WebLogic|JBoss|Perl)/v?\d")
#: What of a page nobody reads: scripts and styles, and the attributes of its elements,
#: among them the addresses of other pages.
TAG, BEGUN = re.compile(r"<[^<>]*>"), re.compile(r"<(?:(script|style)\b|[^<>]*>)", re.IGNORECASE)
CLOSED = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}


def each(seen: Iterable[Seen], check: Callable[[Exchange], None], otherwise: str) -> None:
    """Hold every exchange to a check; the first that fails speaks for all and names its scenario.

    Of none it is not applicable.
    """
    listed = list(seen)
    if not listed:
        raise NotApplicable(otherwise)
    for entry in listed:
        try:
            check(entry.exchange)
        except Nonconformance as failed:
            raise _amended(failed, entry) from None


def _amended(failed: Nonconformance, seen: Seen) -> Nonconformance:
    """Return what is said of an exchange with where it took place, so that it can be provoked again."""
    if not seen.clause:  # by the scenario that looks at all answers itself
        return Nonconformance(
            failed.otherwise, expected=failed.expected, received=failed.received, at=failed.at, exchange=seen.exchange
        )
    named = f"{seen.exchange}, in the scenario {seen.scenario!r} of {seen.clause}"
    located = Nonconformance(
        failed.otherwise, expected=failed.expected, received=failed.received, at=failed.at, exchange=named
    )
    located.provoked = seen.clause
    return located


def document(exchange: Exchange) -> Element:
    """Return a reply's document; raises Nonconformance where it is none."""
    reply = _reply(exchange)
    front.must_be_bare(reply)
    try:
        return read_xml(reply)
    except Unreadable as error:
        raise Nonconformance(
            "the reply is not XML", expected="a document", received=f"{_start(reply.body)}: {error}"
        ) from None


def first_byte(exchange: Exchange) -> None:
    """Hold a reply to being well-formed XML with nothing before its declaration.

    It is read as strictly as XML 1.0, 2.8 has it.
    """
    document(exchange)
    reply = exchange.reply
    if reply is None:
        return
    try:
        parse(reply.body, charset(reply))
    except Unreadable as error:
        raise Nonconformance(
            "the reply is not well-formed", expected="XML from the first byte", received=str(error)
        ) from None


def labelled(exchange: Exchange) -> None:
    """Hold a reply that is XML to an XML media type and the charset it is written in (RFC 7303).

    One that is not is held to another label.
    """
    reply = _reply(exchange)
    label, root = reply.content_type, try_xml(reply)
    if not reply.body.strip():
        return
    # Blanks and quotes are no difference (RFC 9110, 8.3.1).
    given = [value for name, value in reply.headers if name.lower() == "content-type"]
    labels = {re.sub(r'[\s"]', "", value).lower(): value for value in given}
    if len(labels) > 1:  # whoever reads it takes the one or the other (RFC 9110, 8.3)
        raise Nonconformance(
            "a reply is labelled as two things", expected="one Content-Type", received=" and ".join(labels.values())
        )
    if root is not None and front.is_page(root) and HTML_TYPE.match(label.strip()):
        raise Nonconformance(
            "a reply is a page", expected="XML, labelled as XML", received=f"{label}: {_start(reply.body)}"
        )
    if root is not None and not XML_TYPE.match(label.strip()):
        raise Nonconformance(
            "a reply that is XML is not labelled as XML",
            expected="application/xml or text/xml",
            received=label or "no Content-Type",
        )
    if root is None and XML_TYPE.match(label.strip()):
        raise Nonconformance("a reply labelled as XML is not XML", expected="a document", received=_start(reply.body))
    if root is None:
        what = f"a reply is {front.PACKAGE}" if front.is_package(reply) else "a reply is not XML"
        raise Nonconformance(what, expected="XML, labelled as XML", received=f"{label}: {_start(reply.body)}")
    said, declared = charset(reply), DECLARED.match(reply.body[:DECLARATION])
    if said and declared and _same(said) != _same(declared[1].decode()):
        raise Nonconformance(
            "the label and the document name two encodings", expected=said, received=declared[1].decode()
        )
    if said:
        _must_decode(reply.body, said)


def _must_decode(body: bytes, said: str) -> None:
    try:
        text_of(body, said)
    except LookupError:
        raise Nonconformance(
            "the label names an encoding nobody knows", expected="a registered charset", received=said
        ) from None
    except UnicodeDecodeError as error:
        raise Nonconformance(
            "the reply is not in the encoding of its label", expected=said, received=f"byte {error.start} is not"
        ) from None


def discreet(exchange: Exchange) -> None:
    """Hold a reply to showing nothing of the seller's insides.

    What it repeats of the address it was asked at, or of a value of the request, shows nothing.
    """
    reply = _reply(exchange)
    root = try_xml(reply)
    words, page = telling(reply.body.decode("utf-8", "replace") if root is None else whole(root)), front.is_page(root)
    words = visible(words) if page and "<" in words else html.unescape(words)
    words = html.unescape(words)  # what is written in a document as if it were one of its own
    _must_show_none(words, exchange.request, (*INTERNALS, *([] if page else [("a product's internals", BANNER)])))
    for name, value in reply.headers:
        if TROUBLE.search(name):  # what is more than one line, or not of ASCII, has to be encoded there
            _must_show_none(unquote_plus(value), exchange.request, INTERNALS_IN_HEADERS, f" in its header {name}")


def says_nothing(words: str) -> bool:
    """Say whether words are none: blank, or what programs write where they have nothing to say."""
    return not words.strip() or words.strip().casefold() in NOTHING


def _must_show_none(
    words: str, request: Request, patterns: Iterable[tuple[str, re.Pattern[str]]], where: str = ""
) -> None:
    """Hold words to matching none of some patterns, but for the path that was asked and what the request says."""
    asked = urlsplit(request.url).path
    words = words.replace(asked, "") if asked != "/" else words

    @functools.cache
    def sent() -> Sequence[str]:
        return [value.casefold() for value in fingerprint.values(request)]

    for what, pattern in patterns:
        for match in pattern.finditer(words):
            if any(match[0].strip().rstrip(ENDING).casefold() in value for value in sent()):
                continue
            shown = f"a refusal shows {what}{where}"
            begun = "".join(BEGINNING.findall(words[max(0, match.start() - NAME) : match.start()]))
            raise Nonconformance(shown, expected="nothing of the kind", received=f"{begun}{match[0]}".strip())


def visible(page: str) -> str:
    """Return what of a page somebody would read: what is opened and never closed is read.

    A closing is looked for where there is one, so that a page of nothing but openings is read in one go.
    """
    last = {
        name: max((close.start() for close in closed.finditer(page)), default=-1) for name, closed in CLOSED.items()
    }
    parts, at = list[str](), 0
    while (tag := BEGUN.search(page, at)) is not None:
        name = (tag[1] or "").lower()
        closed = CLOSED[name].search(page, tag.end()) if name and last[name] >= tag.end() else None
        whole = closed or TAG.match(page, tag.start())
        parts += [page[at : tag.start()], "\n"] if whole else [page[at : tag.end()]]
        at = (whole or tag).end()
    return "".join([*parts, page[at:]])


def telling(words: str) -> str:
    """Return what of a text somebody would read.

    Of a very long one that is its beginning and its end, once blanks are squeezed.
    """
    if len(words) <= READ:
        return words
    squeezed = BLANKS.sub(lambda run: run[0][:1], words)
    return squeezed if len(squeezed) <= READ else f"{squeezed[: READ // 2]}\n{squeezed[-READ // 2 :]}"


def valid(
    schema: Path | Schema, of: Callable[[Element], Iterable[Element]] = lambda root: [root]
) -> Callable[[Exchange], None]:
    """Return a check that holds a document, or parts of it, to a schema.

    The schema is the suite's own, by its path, or an operator's.
    """

    def check(exchange: Exchange) -> None:
        for part in of(document(exchange)):
            if wrong := problems(part, schema, rules=isinstance(schema, Path)):
                raise Nonconformance(
                    f"a reply is not valid against {schema.name}",
                    expected="valid",
                    received=wrong[0].text,
                    at=wrong[0].at or where(part),
                )

    return check


def _same(name: str) -> str:
    return ALIKE.get(name.lower(), name.lower())


def _reply(exchange: Exchange) -> Reply:
    if exchange.reply is None:
        raise NotApplicable("there is no reply")
    return exchange.reply


def _start(body: bytes) -> str:
    words = " ".join(body[:80].decode("utf-8", "replace").split())
    return repr(words) if words else "an empty body"
