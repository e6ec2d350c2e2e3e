"""What a gateway wants to see is in every request, and nothing shows it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import warm

from countermand.model.secret import Masker
from countermand.provider.http import Request, Response
from countermand.report import leaks
from orders.conftest import ENVIRONMENT, Ala, Opensrs, Place, placed

WORD = "Gate-Word-77410"
BASIC = "Basic " + base64.b64encode(f"gateway:{WORD}".encode()).decode()
CASES = Path(__file__).parents[1] / "cases"
CLAUSES = {"ala": "ALA-CAN-01 or ALA-REQ-01 or ALA-SEC-01", "opensrs": "OSRS-CAN-01 or OSRS-SIG-01 or OSRS-SIG-07"}


class Gateway:
    """Lets nobody pass who does not show its word, and hands it back to those who do, in a way a careless one would."""

    def __init__(self, name: str, word: str) -> None:
        self.name, self.word = name, word
        self.turned_away = 0

    def look(self, request: Request, response: Response) -> Response:
        if request.headers.get(self.name) != self.word:
            self.turned_away += 1
            return Response(
                401,
                b"<html>Who are you?</html>",
                (("WWW-Authenticate", 'Basic realm="staging"'), ("Content-Type", "text/html")),
            )
        return Response(
            response.status,
            response.body,
            (*response.headers, ("X-Echo", self.word.lower()), ("X-Hex", WORD.encode().hex())),
        )


class BehindAla(Ala):
    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway

    def handle(self, request: Request) -> Response:
        return self.gateway.look(request, super().handle(request))


class BehindOpensrs(Opensrs):
    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway

    def handle(self, request: Request) -> Response:
        return self.gateway.look(request, super().handle(request))


def with_user(text: str) -> str:
    return text.replace('"https://', f'"https://gateway:{WORD}@')


def with_header(text: str) -> str:
    return text + '\n[headers]\nX-Gateway-Key = { env = "GATEWAY_KEY" }\n'


HOW: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "a user in url": ("authorization", BASIC, with_user),
    "a header": ("x-gateway-key", WORD, with_header),
}


def called(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return warm.done([*warm.COMMAND, *map(str, arguments)], cwd=folder, env={**ENVIRONMENT, "GATEWAY_KEY": WORD})


def played(place: Place, api: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = ["run", "--target", place.target, "--ledger", place.ledger, "--reports", "reports", "-m", CLAUSES[api]]
    return called(*own, *arguments, folder=place.folder)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("api", CLAUSES)
def test_every_request_bears_it_and_no_output_shows_it(api: str, how: str, tmp_path: Path) -> None:
    name, word, write = HOW[how]
    gateway = Gateway(name, word)
    with placed(
        BehindAla(gateway) if api == "ala" else BehindOpensrs(gateway), tmp_path, {"in_flight": 4, "pending": 4}
    ) as place:
        place.rewrite(write)
        done = played(place, api)
        assert done.returncode == 0, done.stdout + done.stderr  # what was asked is kept
        otherwise = [words for verdict, words in place.verdicts().values() if verdict != "conforms"]
        besides = ("no reply of this run gives the buyer a cookie", "the target file sends Authorization itself")
        assert all(any(reason in words for reason in besides) for words in otherwise)
        assert gateway.turned_away == 0
        files = [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]
        assert {"results.json", "conformance.md", "given.json", "record.jsonl", "index.html"} <= {
            path.name for path in files
        }
        masker = Masker([WORD, BASIC, BASIC.partition(" ")[2]])
        assert [path for path in files if leaks.shows(path.read_bytes(), masker)] == []
        assert not leaks.shows((done.stdout + done.stderr).encode(), masker)
        dry = played(place, api, "--dry-run", "-v")
        assert f"{'Authorization' if name == 'authorization' else 'X-Gateway-Key'}: ***" in dry.stdout
        assert not leaks.shows(dry.stdout.encode(), masker)
    again = called("run", "--replay", "reports", "--reports", "again", "--no-page", folder=tmp_path)
    assert again.returncode == 10, again.stdout
    then, now = (
        json.loads((tmp_path / folder / "results.json").read_text())["counts"] for folder in ("reports", "again")
    )
    assert then == now


@pytest.mark.parametrize("how", HOW)
def test_without_it_the_doctor_says_what_is_missing(how: str, tmp_path: Path) -> None:
    name, word, write = HOW[how]
    with placed(BehindOpensrs(Gateway(name, word)), tmp_path) as place:
        bare = " ".join(called("doctor", "--target", place.target, folder=tmp_path).stdout.split())
        assert (
            "a gateway in front of the seller wants a key of its own, as this one does (Basic): give it in [headers]"
            in bare
        )
        place.rewrite(
            lambda text: (
                write(text).replace(WORD, "Another-Word-1").replace('{ env = "GATEWAY_KEY" }', '"Another-Word-1"')
            )
        )
        wrong = " ".join(called("doctor", "--target", place.target, folder=tmp_path).stdout.split())
        assert "does not take what [headers] gives it" in wrong
        assert "Another-Word-1" not in wrong
        place.rewrite(lambda text: text.replace("Another-Word-1", WORD))
        assert "a gateway" not in " ".join(called("doctor", "--target", place.target, folder=tmp_path).stdout.split())


@pytest.mark.parametrize("name", ["user_in_url.toml", "gateway_header.toml"])
def test_the_files_of_the_field_reach_their_seller(name: str, tmp_path: Path) -> None:
    seller = BehindOpensrs(
        Gateway("authorization", BASIC) if name == "user_in_url.toml" else Gateway("x-gateway-key", WORD)
    )
    with placed(seller, tmp_path) as place:
        key = next(line for line in place.target.read_text().splitlines() if line.startswith("api_key")).split('"')[1]
        user = next(line for line in place.target.read_text().splitlines() if line.startswith("username")).split('"')[1]
        port = place.target.read_text().partition("127.0.0.1:")[2].partition('"')[0]
        pending = next(line for line in place.target.read_text().splitlines() if line.startswith("pending"))
        shutil.copy(CASES / name, place.target)
        ca = next(tmp_path.rglob("ca*.pem")).relative_to(tmp_path)
        place.rewrite(lambda text: text.replace("55443", port).replace("reseller1", user) + f'\n[trust]\nca = "{ca}"\n')
        place.rewrite(lambda text: text.replace('{ env = "OPENSRS_KEY" }', f'"{key}"'))
        place.rewrite(lambda text: text.replace('pending = ["578", "579"]', pending))
        done = played(place, "opensrs", "--no-page")
        assert done.returncode == 0, done.stdout + done.stderr
        assert seller.gateway.turned_away == 0
        assert (
            json.loads((tmp_path / "reports" / "results.json").read_text())["targets"][0]["url"]
            == f"https://127.0.0.1:{port}"
        )


def test_a_certificate_shows_that_there_was_a_header_and_not_which(tmp_path: Path) -> None:
    with placed(BehindOpensrs(Gateway("x-gateway-key", WORD)), tmp_path) as place:
        place.rewrite(with_header)
        assert called("keygen", folder=tmp_path).returncode == 0
        own = ["--target", place.target, "--ledger", place.ledger, "-m", CLAUSES["opensrs"], "--no-page"]
        done = called("certify", *own, "--key", "signing.pem", "--out", "made.zip", folder=tmp_path)
        assert (tmp_path / "made.zip").exists(), done.stdout + done.stderr
        checked = called("verify", "made.zip", "--key", "signing.public.pem", folder=tmp_path)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        with zipfile.ZipFile(tmp_path / "made.zip") as archive:
            text = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert WORD not in text
        assert 'X-Gateway-Key = "withheld"' in text
