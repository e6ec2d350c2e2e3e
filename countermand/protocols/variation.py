"""How a request differs from the complete one.

What is left out or written otherwise, what damages it, how it is signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from countermand.document import Interruption, Spelling
from countermand.model.exchange import WHOLE_ADDRESS
from countermand.model.verdict import NotApplicable


class Damage(StrEnum):
    """Ways in which a request is no request."""

    EMPTY = "an empty body"
    BROKEN = "a document that is not well-formed"
    TRAILED = "a document with text behind it"
    PRECEDED = "a document with text before it"
    DOUBLED = "two documents, one behind the other"
    AMPERSAND = "a document with a bare ampersand"
    ANOTHER_MESSAGE = "another message"
    LONGER_MESSAGE = "another message whose name begins alike"
    FOREIGN_ENVELOPE = "a foreign envelope"
    ANY_ENVELOPE = "an envelope of nobody's"
    BARE = "a message outside its envelope"
    NAMESAKE = "an envelope in another namespace"
    ENCLOSED = "an envelope within another"
    DECLARED_ENTITY = "a declared entity"
    EXTERNAL_ENTITY = "an external entity"
    ENTITY_BOMB = "an entity bomb"
    EXTERNAL_PARAMETER = "an external parameter entity"
    EXTERNAL_SUBSET = "an external subset"
    NAMED_BY_ENTITY = "an order that only an entity names"
    NAMED_BY_BOMB = "an order that only entities within entities name"


#: What is outside a document, and fetched by whoever reads all that its DOCTYPE names (XML 1.0, 2.8 and 4.2.2).
EXTERNAL = frozenset({Damage.EXTERNAL_ENTITY, Damage.EXTERNAL_PARAMETER, Damage.EXTERNAL_SUBSET})
HOSTILE = EXTERNAL | {Damage.DECLARED_ENTITY, Damage.ENTITY_BOMB, Damage.NAMED_BY_ENTITY, Damage.NAMED_BY_BOMB}


#: Of a path, none that is percent-encoded.
LETTER = re.compile(r"(?<!%)(?<!%[0-9a-fA-F])[a-zA-Z]")


class PathSpelling(StrEnum):
    """Ways to write the path of the operation that software may take for it all the same."""

    TRAILING_SLASH = "with a slash behind it"
    TWO_SLASHES = "with two slashes before it"
    DOT = "with a dot before it"
    ENCODED_DOT = "with an encoded dot before it"
    UP = "with a segment and two dots before it"
    UP_PARAMETER = "with two dots and a semicolon before it"
    ENCODED = "with a letter percent-encoded"
    OTHER_CASE = "in the other case"
    QUERY = "with a query"
    PARAMETER = "with a parameter behind it"
    ENDING = "with an ending behind it"
    SEGMENT = "with a segment behind it"
    WHOLE = WHOLE_ADDRESS


def spelt(path: str, how: PathSpelling) -> str:
    """Return a path written otherwise; raises NotApplicable where there is nothing to write so."""
    if how in {PathSpelling.ENCODED, PathSpelling.OTHER_CASE} and LETTER.search(path) is None:
        raise NotApplicable(f"the operation's path has no letter: {path}")
    return {
        PathSpelling.TRAILING_SLASH: f"{path}/",
        PathSpelling.TWO_SLASHES: f"/{path}",
        PathSpelling.DOT: f"/.{path}",  # RFC 3986, 6.2.2
        PathSpelling.ENCODED_DOT: f"/%2e{path}",
        PathSpelling.UP: f"/countermand/..{path}",
        PathSpelling.UP_PARAMETER: f"/countermand/..;{path}",  # two dots to who takes parameters out first
        PathSpelling.ENCODED: LETTER.sub(lambda letter: f"%{ord(letter.group()):02X}", path, count=1),
        PathSpelling.OTHER_CASE: LETTER.sub(lambda letter: letter.group().swapcase(), path),
        PathSpelling.QUERY: f"{path}?countermand=1",
        PathSpelling.PARAMETER: f"{path};countermand=1",
        PathSpelling.ENDING: f"{path}.xml",
        PathSpelling.SEGMENT: f"{path.rstrip('/')}/countermand",
        PathSpelling.WHOLE: path,  # the request line has the rest (RFC 9112, 3.2.2)
    }[how]


class Signature(StrEnum):
    """How a request is signed, where requests are signed."""

    GOOD = "good"
    WRONG = "wrong"
    MISSING = "missing"
    OTHER_KEY = "made with another key"
    OTHER_BODY = "made for another body"
    UPPER_CASE = "in upper case"
    SHORT = "too short"
    FIRST_DIGIT = "wrong in its first digit"
    LAST_DIGIT = "wrong in its last digit"
    MIDDLE_DIGIT = "wrong in a middle digit"
    LONG = "too long"
    SINGLE = "made with a single digest"
    NO_KEY = "made without a key"
    UNDEFINED = "made with the key undefined"
    NULL = "made with the key null"
    NONE = "made with the key None"
    OTHER_ORDER = "made for another order"
    USED = "that of an earlier request"
    EMPTY = "empty"
    NO_DIGITS = "of letters that are no digits"
    TRIMMED = "made without the line behind the body"
    UP_TO_NUL = "made without the NUL byte behind the body"
    LINE_ENDS = "made for the body with other line ends"
    ENVELOPE = "made for the envelope alone"
    BLOCK = "made for the data block alone"
    NOTHING = "made for an empty body"
    UNSPACED = "made for the body without blanks between tags"
    BEYOND_ASCII = "of letters beyond ASCII"
    HMAC = "an HMAC-MD5 of the body"
    USER = "made of the user and the key alone"
    DIGEST = "made of the body alone"
    USER_AS_KEY = "made with the user's name as key"
    ZEROS = "of zeros alone"
    COMMENT = "made without the comment in the body"
    LINES = "made without the blank lines before the body"
    MARK = "made without the byte order mark before the body"
    QUOTES = "made for the body in other quotes"
    UTF8 = "made for the text of the body in UTF-8"


#: A namespace that nobody else has.
ANOTHER_NAMESPACE = "urn:countermand:another"


class OwnName(StrEnum):
    """Where a second name stands in a request: the sender's own beside another's, or that of another order."""

    BEFORE = "before it"
    BEHIND = "behind it"
    APART = "in another namespace before it"  # where there are namespaces
    HEADER = "in the envelope's header"  # where there are envelopes
    LIST = "in another list of attributes behind it"  # where there are attributes
    BLOCK = "in another block of items behind it"  # where there are blocks
    HYPHENATED = "in a header spelt rightly"  # where a header bears it, and the other in one with an underscore

    @property
    def before(self) -> bool:
        """Say whether it stands before the other."""
        return self not in {OwnName.BEHIND, OwnName.LIST, OwnName.BLOCK}

    @property
    def namespace(self) -> str | None:
        """Return the namespace it is in, nothing where that is the other's."""
        return ANOTHER_NAMESPACE if self is OwnName.APART else None


@dataclass(frozen=True)
class Variation:
    """How a request differs from the complete one."""

    without: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    unwrapped: str | None = None  # the object whose fields stand there by themselves
    nil: bool = False  # with values: what has none says so
    interrupted: Mapping[str, int] = field(
        default_factory=dict
    )  # with values: behind how many letters something stands that is no text
    interruption: Interruption = Interruption.COMMENT  # what that is
    spelling: Spelling = Spelling.PLAIN
    damage: Damage | None = None
    method: str = "POST"
    chunked: bool = False  # its body comes in chunks, and nothing says beforehand how long it is
    compressed: bool = False  # its body is in gzip
    headers: Mapping[str, str] = field(default_factory=dict)  # in the place of its own of these names, or besides
    action: str | None = None  # what SOAPAction says, where that is not what the target file has it say
    path: str | None = None
    path_spelling: PathSpelling | None = None
    entity: str | None = None  # what an external entity names, where that is not a file that cannot exist
    speaks_for: str | None = None  # the identity whose name the request bears, where that is not the sender's
    headed: bool = False  # its envelope has a header, which says nothing that anybody must understand
    own_name: OwnName | None = None  # where it bears the sender's name as well
    named_at: str | None = None  # where the number of its order stands instead of its place
    added: Mapping[str, str] = field(default_factory=dict)  # what it says besides, by its path
    another: str | None = None  # the number of another order that it names as well
    beside: OwnName = OwnName.BEHIND  # where that stands: before the order's, or behind it
    forwarded: str | None = None  # the header in which it names the buyer's certificate, as a proxy would
    local: bool = False  # it says in headers that it comes from the seller's own machine
    names_host: bool = (
        False  # it names the host itself: another of the same server, or in the handshake alone another or none
    )
    rewritten: bool = False  # with a path: it says in headers that it was the operation's, as a server that rewrites it
    signature: Signature = Signature.GOOD
    cookies: bool = False  # it bears what the buyer was given as cookies a moment ago

    @property
    def sound(self) -> bool:
        """Say whether the request is a complete, well-formed one in the sender's own name."""
        as_usual = (
            self.spelling is Spelling.PLAIN and self.damage is self.action is None and self.method == "POST"
        ) and not (self.chunked or self.compressed or self.headers)
        as_addressed = self.path is self.path_spelling is None and not self.names_host
        own_name = (
            self.signature is Signature.GOOD
            and self.speaks_for is self.forwarded is None
            and not (self.local or self.cookies)
        )
        as_named = self.another is self.named_at is self.unwrapped is None and not (
            self.without or self.values or self.added or self.headed
        )
        return as_usual and as_addressed and own_name and as_named


COMPLETE = Variation()
