"""The named styles of OpenSRS sellers: each thing left open by the public documents, and some that combine many."""

from __future__ import annotations

from dataclasses import replace

from countermand.provider.opensrs.orders import State
from countermand.provider.opensrs.style import Action, Door, Layout, Sorting, Style, Terminal


def styles() -> dict[str, Style]:
    """Give a style for each thing left open, and some that combine many."""
    return {**_words(), **_markup(), **_bytes(), **_decisions(), **_doors(), **_combined()}


def _words() -> dict[str, Style]:
    """Give styles of their own words."""
    return {
        "recorded": Style(),
        "documented": Style(action=Action.DOCUMENTED, wrapped_text=True, layout=Layout.PRETTY),
        "reply in lower case": Style(action=Action.LOWER),
        "every action after its command": Style(action=Action.COMMAND),
        "object in lower case": Style(lower_object=True),
        "wrapped text": Style(wrapped_text=True),
        "text beyond ASCII": Style(accents=True),
        "error details": Style(error_details=True),
        "further items": Style(extra_items=True),
        "further attributes": Style(extra_attributes=True),
        "blank attributes in refusals": Style(blank_attributes=True),
        "items backwards": Style(sorting=Sorting.BACKWARDS),
        "items in the order of the alphabet": Style(sorting=Sorting.ALPHABETICAL),
    }


def _markup() -> dict[str, Style]:
    """Give styles of their own markup."""
    return {
        "compact": Style(layout=Layout.COMPACT),
        "pretty": Style(layout=Layout.PRETTY),
        "single quotes": Style(single_quotes=True),
        "no declaration": Style(prolog=False),
        "not said whether standalone": Style(standalone=False),
        "no DOCTYPE": Style(doctype=False),
        "neither declaration nor DOCTYPE": Style(prolog=False, doctype=False),
        "comments": Style(comments=True),
        "processing instructions": Style(instructions=True),
        "CDATA": Style(cdata=True),
        "character references": Style(references=True),
        "classes of items": Style(classes=True),
        "texts in dt_scalar": Style(scalars=True),
        "a newline at the end": Style(trailing_newline=True),
    }


def _bytes() -> dict[str, Style]:
    """Give styles of their own bytes and headers."""
    return {
        "byte order mark": Style(byte_order_mark=True),
        "UTF-16": Style(charset="utf-16", accents=True),
        "UTF-16, labelled": Style(charset="utf-16", charset_label=True),
        "UTF-16 without a declaration": Style(charset="utf-16", prolog=False),
        "Latin-1": Style(charset="iso-8859-1", accents=True),
        "Latin-1, labelled": Style(charset="iso-8859-1", accents=True, charset_label=True),
        "UTF-8, labelled": Style(charset_label=True, accents=True),
        "application/xml": Style(content_type="application/xml"),
        "application/xml, labelled": Style(content_type="application/xml", charset_label=True),
        "further headers": Style(extra_headers=True),
        "chunked": Style(chunked=True),
        "closing": Style(close=True),
        "chunked and closing": Style(chunked=True, close=True),
    }


def _decisions() -> dict[str, Style]:
    """Give styles that decide otherwise."""
    return {
        "in flight becomes cancelled": Style(cancelled_in_flight=State.CANCELLED),
        "pending becomes declined": Style(cancelled_pending=State.DECLINED),
        "finished orders unchanged": Style(terminal=Terminal.UNCHANGED),
        "finished orders unchanged, in flight cancelled": Style(
            terminal=Terminal.UNCHANGED, cancelled_in_flight=State.CANCELLED
        ),
        "no get_order_info": Style(tells_orders=False),
        "codes of the general table": Style(
            code_unnamed=460,
            code_not_a_number=465,
            code_unknown=480,
            code_foreign=435,
            code_state=485,
            code_command=430,
            code_protocol=400,
        ),
        "one code for every failure": Style(
            code_unnamed=400,
            code_not_a_number=400,
            code_unknown=400,
            code_foreign=400,
            code_protocol=400,
            code_signature=400,
        ),
        "not found for the foreign": Style(code_foreign=405, code_not_a_number=405),
        "registrant's code": Style(code_foreign=415, code_state=415),
        "lowest and highest codes": Style(
            code_unnamed=400, code_not_a_number=599, code_unknown=999, code_unreadable=599
        ),
    }


def _doors() -> dict[str, Style]:
    """Give styles that shut the door otherwise."""
    return {
        "no object at the door": Style(door_object=False),
        "reseller's code at the door": Style(code_signature=410, code_user=410),
        "401 and an envelope": Style(door_status=401),
        "403 and an envelope": Style(door_status=403, code_signature=410),
        "401 and a page": Style(door_status=401, door=Door.PAGE),
        "403 and a page": Style(door_status=403, door=Door.PAGE),
        "401 and a text": Style(door_status=401, door=Door.TEXT),
        "401 and nothing": Style(door_status=401, door=Door.NOTHING),
        "403 and nothing": Style(door_status=403, door=Door.NOTHING),
    }


def _combined() -> dict[str, Style]:
    """Give styles that combine many."""
    plain = Style(
        layout=Layout.COMPACT, single_quotes=True, prolog=False, doctype=False, action=Action.LOWER, lower_object=True
    )
    ornate = Style(
        layout=Layout.PRETTY,
        comments=True,
        instructions=True,
        cdata=True,
        references=True,
        classes=True,
        wrapped_text=True,
    )
    return {
        "plain": plain,
        "ornate": ornate,
        "plain and strict": replace(plain, door_status=401, door=Door.NOTHING, tells_orders=False, chunked=True),
        "ornate and talkative": replace(
            ornate, extra_items=True, extra_attributes=True, error_details=True, charset="utf-16"
        ),
        "mild": replace(
            ornate, terminal=Terminal.UNCHANGED, cancelled_in_flight=State.CANCELLED, charset="iso-8859-1", close=True
        ),
    }
