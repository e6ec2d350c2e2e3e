"""Real servers say what docs/staging-ala.md has them say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from countermand.model.verdict import Verdict
from stacks.situations import Software, accusations, verdicts
from stacks.test_apache import APACHE
from stacks.test_haproxy import HAPROXY
from stacks.test_nginx import NGINX

DOCUMENT = Path(__file__).parents[2] / "docs" / "staging-ala.md"
FAULT = (
    "<fault><faultcode>Client.Authentication</faultcode>"
    "<faultmessage>A client certificate is required.</faultmessage></fault>"
)


def recipe(language: str) -> str:
    """Return the recipe for a server, as it stands in the document."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    return str(found)


def nginx(_folder: Path) -> str:
    return recipe("nginx") + "location / { proxy_pass https://$inner; }\n"


def apache(folder: Path) -> str:
    (folder / "stranger.xml").write_text(FAULT, encoding="utf-8")
    access = f'<Directory "{folder}">\n  Require all granted\n</Directory>\n'
    rules = recipe("apache").replace("/etc/apache2/stranger.xml", str(folder / "stranger.xml"))
    return rules + access + "ProxyPass /stranger.xml !\nProxyPass / https://$inner/\n"


def haproxy(_folder: Path) -> str:
    bind, _, rules = recipe("haproxy").partition("\n")
    return bind.partition("buyers.pem ")[2] + "\n" + rules


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Where anybody may read: Apache's children run as somebody else, and pytest's own folders are closed to them."""
    with TemporaryDirectory(prefix="countermand-stacks-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize(
    ("software", "made"), [(NGINX, nginx), (APACHE, apache), (HAPROXY, haproxy)], ids=["nginx", "apache", "haproxy"]
)
def test_a_recipe_tells_every_stranger_in_a_fault(
    software: Software, made: Callable[[Path], str], tmp_path: Path, open_folder: Path
) -> None:
    found = verdicts(software, "ala", {"the recipe": made(open_folder)}, tmp_path)
    assert accusations(found) == {}
    assert {name: found["the recipe"].clauses[name] for name in ("ALA-FLT-07", "ALA-FLT-10")} == dict.fromkeys(
        ("ALA-FLT-07", "ALA-FLT-10"), Verdict.CONFORMS
    )
