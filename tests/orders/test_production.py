"""No run begins against production under another name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countermand.model.target import PRODUCTION_ADDRESSES, PRODUCTION_HOSTS, Target
from countermand.run.safety import Misdirected, hold_off
from countermand.targetfile import TargetError
from countermand.targetfile.production import addresses, agree, looked_up

PLACE = Target("staging", "ala", "https://seller.example:8443", Path("staging.toml"), {})
SPELT = (
    *(
        "API-GW.cityfibre.com",
        "api-gw.cityfibre.com.",
        "api-gw.cityfibre.com..",
        "api-gw\u3002cityfibre\u3002com",
        "api-gw1\uff61cityfibre.com",
    ),
    *(
        "api-gw2\uff0ecityfibre\uff0ecom\u3002",
        "\uff41pi-gw.cityfibre.com",
        "api%2Dgw.cityfibre.com",
        "api-gw%2ecityfibre.com",
    ),
    *("user@api-gw.cityfibre.com", "rr-n1-tor.OpenSRS.net\uff0e", "api-\u00adgw.cityfibre.com"),
    *("52.51.45.11", "875769099", "0x34.0x33.45.11", "064.063.055.013", "52.51.11531", "52.58.75.78."),
    *("[2a05:d018:9a3:b500::100]", "[2A05:D018:09A3:B500:0:0:0:100]", "[::ffff:52.51.45.11]", "[64:ff9b::343a:4b4e]"),
    # NAT64 with the local prefix and with an operator's own of each length, 6to4, ISATAP, compatible, Teredo, a zone.
    *("[64:ff9b:1::3433:2d0b]", "[64:ff9b:1:3433:2d:b00::]", "[64:ff9b:1:34:33:2d0b::]", "[64:ff9b:1:0:34:332d:b00::]"),
    *("[2001:db8:3433:2d0b::]", "[2001:db8:12:3434:33:2d0b::]", "[2001:db8:1234:3433:2d:b00::]"),
    *(
        "[2002:3433:2d0b::1]",
        "[2001:db8::200:5efe:3433:2d0b]",
        "[::52.51.45.11]",
        "[2001:0:4136:e378:8000:63bf:cbcc:d2f4]",
    ),
    *("[2a05:d018:9a3:b500::100%251]", "[::ffff:52.51.45.11%251]"),
)
HARMLESS = (
    "seller.example",
    "api-gw.cityfibre.com.example",
    "xapi-gw.cityfibre.com",
    "52.51.45.12",
    "[2a05:d018:9a3:b500::101]",
    "127.0.0.1",
    *("[64:ff9b:1::3433:2d0c]", "[2002:3433:2d0c::1]", "[2001:db8::1]", "[fe80::1%25eth0]", "[::1]"),
)


def ways(host: str) -> list[Target]:
    return [
        replace(PLACE, url=f"https://{host}:8443/ala"),
        replace(PLACE, connect_to=f"{host}:8443"),
        replace(PLACE, proxy=f"http://{host}:3128"),
    ]


@pytest.mark.parametrize("host", SPELT)
def test_production_is_known_in_every_spelling_and_on_every_way(host: str) -> None:
    for target in ways(host):
        assert target.production
        with pytest.raises(TargetError, match="is published as production: its orders are real"):
            agree([target], [])


@pytest.mark.parametrize("host", HARMLESS)
def test_what_only_looks_like_production_is_none(host: str) -> None:
    for target in ways(host):
        assert not target.production
        agree([target], [])


@pytest.mark.parametrize("address", sorted(PRODUCTION_ADDRESSES))
def test_a_name_that_leads_to_a_published_address_is_production(address: str) -> None:
    asked: list[str] = []

    def resolve(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.9", address)

    for target in ways("alias.example"):
        with pytest.raises(
            TargetError, match=rf"{address}, an address of .*alias\.example.* is published as production"
        ):
            agree([looked_up(target, resolve)], [])
        agree([target], [])  # the guard switched off: nobody has looked
    assert {"alias.example", "seller.example"} == set(asked)
    elsewhere = looked_up(PLACE, lambda _: ("127.0.0.9",))
    assert not elsewhere.production


def test_nobody_is_asked_for_the_address_of_an_address_or_of_what_needs_none() -> None:
    def resolve(host: str) -> tuple[str, ...]:
        raise AssertionError(host)

    target = replace(PLACE, url="https://localhost:8443", connect_to="127.1:8443", proxy="http://[::1]:3128")
    assert looked_up(target, resolve).resolved == ()
    for known in (replace(PLACE, embedded=True), replace(PLACE, recorded=True)):
        assert looked_up(known, resolve) == known


def test_the_name_in_the_url_is_not_looked_up_where_nobody_connects_to_it() -> None:
    asked: list[str] = []
    for target in (
        replace(PLACE, connect_to="tunnel.example:8443"),
        replace(PLACE, url="https://rr-n1-tor.opensrs.net:55443"),
    ):
        looked_up(target, lambda host: asked.append(host) or ())  # type: ignore[func-returns-value]
    assert asked == ["tunnel.example"]


NAMES = {
    "rr-n1-tor.opensrs.net": ("93.184.216.34",),
    "horizon.opensrs.net": ("93.184.216.35",),
    "shared.example": ("93.184.216.34", "93.184.216.35"),
    "tunnel.example": ("93.184.216.34",),
}


@pytest.mark.parametrize(
    ("url", "connect_to", "is_production"),
    [
        ("horizon.opensrs.net", "93.184.216.34", True),
        ("horizon.opensrs.net", "tunnel.example", True),
        ("93.184.216.34", None, True),
        ("horizon.opensrs.net", "93.184.216.35", False),
        ("shared.example", "93.184.216.34", False),  # a door that both share, and the name tells them apart
        ("horizon.opensrs.net", None, False),
        ("horizon.opensrs.net", "127.0.0.1", False),
    ],
)
def test_a_service_that_publishes_names_alone_is_known_by_where_they_lead(
    url: str, connect_to: str | None, is_production: bool
) -> None:
    place = replace(PLACE, api="opensrs", url=f"https://{url}:55443", connect_to=connect_to and f"{connect_to}:55443")
    target = looked_up(place, lambda host: NAMES.get(host, ()))
    assert target.production == is_production
    if is_production:
        with pytest.raises(TargetError, match=r"rr-n1-tor.opensrs.net, to which .* leads, is published as production"):
            agree([target], [])
    agree([place], [])  # the guard switched off: nobody has looked


def test_nobody_asks_where_production_is_for_a_place_that_is_none_of_the_net() -> None:
    asked: list[str] = []
    looked_up(replace(PLACE, connect_to="10.0.0.1:8443"), lambda host: asked.append(host) or ())  # type: ignore[func-returns-value]
    assert asked == []


def test_the_system_is_asked_for_addresses() -> None:
    assert "127.0.0.1" in addresses("localhost")
    assert addresses("no such host") == addresses("x" * 300) == addresses("a\0b") == ()


def test_a_connection_to_production_unawares_is_held() -> None:
    address = next(iter(PRODUCTION_ADDRESSES))
    with pytest.raises(Misdirected, match="nothing was sent there"):
        hold_off(PLACE, address)
    with pytest.raises(Misdirected, match="2002:3433:2d0b::1, which is published as production"):
        hold_off(PLACE, "2002:3433:2d0b::1")
    hold_off(replace(PLACE, environment="production"), address)
    hold_off(PLACE, "127.0.0.1")


def _private_network() -> bool:
    """Say whether a process of ours can have names and addresses of its own, on this machine alone."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    words = "ip link set lo up && ip address add 52.51.45.11/32 dev lo && mount --bind /etc/hosts /etc/hosts"
    return (
        subprocess.run(["unshare", "--net", "--mount", "sh", "-c", words], capture_output=True, check=False).returncode
        == 0
    )


@pytest.mark.skipif(not _private_network(), reason="needs a network namespace of its own")
@pytest.mark.parametrize("route", ["url", "connect_to"])
def test_a_run_at_a_name_of_production_sends_nothing(
    route: str, opensrs_place: Callable[..., Any], tmp_path: Path
) -> None:
    """The name stands in a hosts file, its address on the loopback of a network that nobody else is in."""
    with opensrs_place({"pending": 2}) as at:
        url = next(line for line in at.target.read_text().splitlines() if line.startswith("url = "))
        port = url.rpartition(":")[2].strip('"/')
        new = f'url = "https://alias.test:{port}"' if route == "url" else f'{url}\nconnect_to = "alias.test:{port}"'
        at.rewrite(lambda text: text.replace(url, new))
        (tmp_path / "hosts").write_text("127.0.0.1 localhost\n52.51.45.11 alias.test\n")
        set_up = (
            f"ip link set lo up && ip address add 52.51.45.11/32 dev lo && mount --bind {tmp_path}/hosts /etc/hosts"
        )
        listen = "import socket, sys; s = socket.create_server(('52.51.45.11', int(sys.argv[1]))); s.settimeout(0.2)"
        script = f"""
import subprocess, sys
{listen}
done = subprocess.run(sys.argv[2:])
try:
    s.accept()
    print("somebody came")
except TimeoutError:
    print("nobody came")
sys.exit(done.returncode)
"""

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            inner = [sys.executable, "-c", script, port, *at.command(*words)]
            return subprocess.run(
                ["unshare", "--net", "--mount", "sh", "-c", f'{set_up} && exec "$@"', "sh", *inner],
                capture_output=True,
                text=True,
                check=False,
                cwd=at.folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            )

        held = run("-m", "OSRS-CAN-01")
        assert held.returncode == 4, held.stdout + held.stderr
        assert "52.51.45.11, an address of" in held.stderr
        assert "nobody came" in held.stdout
        agreed = run("-m", "OSRS-CAN-01", "--production", "staging")  # the guard switched off
        assert "somebody came" in agreed.stdout


@pytest.mark.skipif(not _private_network(), reason="needs a network namespace of its own")
def test_the_wire_stops_at_a_door_of_production_it_did_not_expect() -> None:
    """As where a name has led elsewhere a moment ago, when it was looked up."""
    script = """
import socket
from dataclasses import replace
from pathlib import Path
from countermand.model.exchange import Request
from countermand.run.safety import Misdirected
from countermand.model.target import Identity, Limits, Target
from countermand.run.wire import HttpsWire
door = socket.create_server(("52.51.45.11", 0))
door.settimeout(5)
url = f"https://52.51.45.11:{door.getsockname()[1]}"
limits = Limits(2, 2, 2**20, 5)
target = Target("staging", "ala", "https://alias.test", Path("x"), {}, connect_to=url[8:], limits=limits)
class Unaware(Target):
    published = None
unaware = Unaware(**{name: getattr(target, name) for name in target.__dataclass_fields__})
request = Request("POST", "https://alias.test/", (), b"<x/>")
try:
    HttpsWire(unaware).send(Identity("buyer"), request, "cancelOrder")
except Misdirected as error:
    print(error)
print("sent", len(door.accept()[0].recv(100)))
HttpsWire(replace(target, environment="production")).send(Identity("buyer"), request, "cancelOrder")
print("sent", len(door.accept()[0].recv(100)))
"""
    words = 'ip link set lo up && ip address add 52.51.45.11/32 dev lo && exec "$@"'
    command = ["unshare", "--net", "sh", "-c", words, "sh", sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "https://alias.test has led to 52.51.45.11, which is published as production: nothing was sent there",
        "sent 0",
        "sent 100",  # production that was agreed to: the guard switched off
    ], done.stderr


def test_published_hosts_are_in_their_one_spelling() -> None:
    assert all(host == host.lower().strip(".") for host in PRODUCTION_HOSTS)
