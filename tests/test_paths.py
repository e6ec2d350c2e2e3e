"""The path of an operation, written otherwise, still is that path to whoever decodes and tidies it."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

import pytest

from countermand.model.verdict import NotApplicable
from countermand.protocols.variation import PathSpelling, spelt

PATHS = ("/", "/cancelOrder", "/%2Fx", "/a%2f%C3%A4b/C")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", PathSpelling)
def test_a_path_written_otherwise_is_another_one_and_comes_to_the_same(how: PathSpelling, path: str) -> None:
    if path == "/" and how in {PathSpelling.ENCODED, PathSpelling.OTHER_CASE}:
        with pytest.raises(NotApplicable, match="no letter"):
            spelt(path, how)
        return
    written = spelt(path, how)
    assert (written == path) is (how is PathSpelling.WHOLE)  # before which the rest of the address stands
    up = written.replace("/..;/", "/../")  # which some take for a parameter of a segment that leads up
    plain = unquote(re.split("[?;]", up)[0])  # a query, and what follows a ";" (RFC 3986, 3.3), are none of it
    if how in {PathSpelling.ENDING, PathSpelling.SEGMENT}:  # to whoever looks at how a path begins
        plain = plain.removesuffix(".xml").removesuffix("/countermand")
    plain = plain.lower() if how is PathSpelling.OTHER_CASE else plain
    wanted = unquote(path).lower() if how is PathSpelling.OTHER_CASE else unquote(path)
    assert posixpath.normpath(f"/{plain.lstrip('/')}") == posixpath.normpath(f"/{wanted.lstrip('/')}")
