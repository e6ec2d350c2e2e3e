"""The shell of every HTML page.

It opens from disk, loads nothing from anywhere, and runs the script it carries and no other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape

from countermand.guard.foreign import in_html


def document(title: str, style: str, parts: Iterable[str], script: str = "", *, images: bool = False) -> str:
    """Return a whole page; its parts are HTML already, its title is not.

    Images lie beside it or are in it, if there are any.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f" script-src 'sha256-{digest}';" if script else ""
    pictures = " img-src 'self' data:;" if images else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline';{scripts}{pictures} base-uri 'none'; form-action 'none'"
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
    )
    tail = f"<script>{script}</script>" if script else ""
    return in_html("\n".join([head, *parts, f"{tail}</body></html>\n"]))
