"""XML: on one side bytes, on the other values with their places; the only room that imports lxml and xmlschema."""

from countermand.document.pretty import MARK, pretty, readable
from countermand.document.reading import (  # fmt: skip
    Element,
    Place,
    Unreadable,
    children,
    leaves,
    local,
    named,
    namespace,
    nested,
    parse,
    see_xpath,
    select,
    text,
    where,
    whole,
    without_namespace,
)
from countermand.document.renaming import renamed
from countermand.document.schemas import declared, problems
from countermand.document.writing import ENCODINGS, Form, Interruption, Resolver, Spelling, write

__all__ = [
    "ENCODINGS", "MARK", "Element", "Form", "Interruption", "Place", "Resolver", "Spelling", "Unreadable", "children",
    "declared", "leaves", "local", "named", "namespace", "nested", "parse", "pretty", "problems", "readable", "renamed",
    "see_xpath", "select", "text", "where", "whole", "without_namespace", "write",
]  # fmt: skip
