"""Write OPS replies in any legitimate markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from operator import itemgetter
from typing import TypeAlias

from countermand.provider.opensrs.message import VERSION, Items, Value, pairs
from countermand.provider.opensrs.style import Layout, Sorting, Style

Line: TypeAlias = tuple[int, str]  # a depth, and what stands there

INDENTS = {Layout.RECORDED: " ", Layout.PRETTY: "    ", Layout.COMPACT: ""}


def write(items: Items, style: Style) -> bytes:
    """Write a reply; a charset that needs its declaration has one."""
    lines = [*_head(style), *_envelope(items, style)]
    newline = "" if style.layout is Layout.COMPACT else "\n"
    text = newline.join(INDENTS[style.layout] * depth + line for depth, line in lines) + (
        "\n" if style.trailing_newline else ""
    )
    mark = "\ufeff" if style.byte_order_mark and style.charset == "utf-8" else ""
    return (mark + text).encode(style.charset)


def _head(style: Style) -> Iterator[Line]:
    """Write what stands before the envelope."""
    if style.prolog or style.charset == "iso-8859-1":
        standalone = f" standalone={_quoted('no', style)}" if style.standalone else ""
        yield 0, f"<?xml version={_quoted('1.0', style)} encoding={_quoted(style.charset.upper(), style)}{standalone}?>"
    if style.comments:
        yield 0, "<!-- a reply -->"
    if style.doctype:
        yield 0, f"<!DOCTYPE OPS_envelope SYSTEM {_quoted('ops.dtd', style)}>"
    if style.instructions:
        yield 0, "<?reply of a seller?>"


def _envelope(items: Items, style: Style) -> Iterator[Line]:
    """Write the envelope."""
    yield 0, "<OPS_envelope>"
    yield 1, "<header>"
    yield 2, f"<version>{VERSION}</version>"
    yield 1, "</header>"
    yield 1, "<body>"
    yield 2, "<data_block>"
    yield from _array(items, style, 3)
    yield 2, "</data_block>"
    yield 1, "</body>"
    yield 0, "</OPS_envelope>"


def _array(values: Mapping[str, Value] | Sequence[Value], style: Style, depth: int) -> Iterator[Line]:
    """Write an associative array, or a numbered one."""
    kind = "dt_assoc" if isinstance(values, Mapping) else "dt_array"
    yield depth, f"<{kind}>"
    for key, value in _sorted(pairs(values), style.sorting):
        if style.comments:
            yield depth + 1, f"<!-- {key} -->"
        yield from _item(key, value, style, depth + 1)
    yield depth, f"</{kind}>"


def _sorted(items: list[tuple[str, Value]], sorting: Sorting) -> list[tuple[str, Value]]:
    """Put items in order."""
    if sorting is Sorting.ALPHABETICAL:
        return sorted(items, key=itemgetter(0))
    return items[::-1] if sorting is Sorting.BACKWARDS else items


def _item(key: str, value: Value, style: Style, depth: int) -> Iterator[Line]:
    """Write an item: a text in one line, an array in several."""
    kind = f" class={_quoted('SCALAR', style)}" if style.classes else ""
    start = f"<item key={_quoted(key, style)}{kind}>"
    if isinstance(value, str):
        text = _text(value, style)
        yield depth, f"{start}<dt_scalar>{text}</dt_scalar></item>" if style.scalars else f"{start}{text}</item>"
        return
    yield depth, start
    yield from _array(value, style, depth + 1)
    yield depth, "</item>"


def _text(text: str, style: Style) -> str:
    """Write a text."""
    if style.references and text:
        first, rest = f"&#{ord(text[0])};", text[1:]
    else:
        first, rest = "", text
    written = f"<![CDATA[{rest}]]>" if style.cdata else escape(rest, quote=False)
    return ("<!-- a text -->" if style.comments else "") + first + written


def _quoted(value: str, style: Style) -> str:
    """Write the value of an attribute, which has no quotes in it."""
    return f"'{value}'" if style.single_quotes else f'"{value}"'
