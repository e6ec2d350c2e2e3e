"""Situations: how a server is told to stand before a seller, and what the suite says of the seller behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import Template

import ports
import pytest
from running import rewritten

from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, judge
from countermand.provider import certificates, embedded, serving
from countermand.provider.certificates import Certificates
from stacks import servers
from stacks.behind import Behind

BAD = {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE, Verdict.DEPARTS}
#: What is inferred of strangers: that they are told so with status 401, and in a fault.
INFERRED = {"ALA-FLT-07", "ALA-FLT-10"}


@dataclass(frozen=True)
class Software:
    """A server, and how it is told what it shall do."""

    name: str
    frame: Callable[[list[str]], str]  # what stands around the situations
    situation: str  # one of them: $port, $inner, $ca, $certificate, $key, $both, $n and $rules are filled in


@dataclass(frozen=True)
class Place:
    """One situation that is up."""

    target: Path
    port: int
    config: str


@contextmanager
def up(software: Software, api: str, situations: Mapping[str, str], folder: Path) -> Iterator[dict[str, Place]]:
    """Put an embedded seller behind the server in every situation; skips where this machine has no such server."""
    if servers.program(software.name) is None:
        pytest.skip(f"{software.name} is not on this machine")
    identities = certificates.make(folder)
    with ExitStack() as stack:
        places = _places(stack, software, api, situations, folder, identities)
        config = software.frame([place.config for place in places.values()])
        stack.enter_context(servers.running(software.name, config, folder, [place.port for place in places.values()]))
        yield places


def verdicts(software: Software, api: str, situations: Mapping[str, str], folder: Path) -> dict[str, Judgement]:
    """Judge the seller in every situation."""
    with up(software, api, situations, folder) as places:
        return judge(api, {name: partial(_target, place) for name, place in places.items()})


def accusations(judgements: Mapping[str, Judgement]) -> dict[str, dict[str, str]]:
    """Return by situation which clauses say what of no conforming seller may be said, with the words of a scenario."""
    return {name: accused for name, judgement in judgements.items() if (accused := _accusations(judgement))}


def _accusations(judgement: Judgement) -> dict[str, str]:
    if judgement.trouble:
        return {"trouble": judgement.trouble}
    words = [message for verdict, message in judgement.scenarios.values() if verdict in BAD and message]
    inferred = {name for name in INFERRED if judgement.clauses.get(name) is Verdict.DEPARTS}
    bad = {name: verdict for name, verdict in judgement.clauses.items() if verdict in BAD and name not in inferred}
    return {name: next((said for said in words if f"{name}:" in said), str(verdict)) for name, verdict in bad.items()}


def _places(
    stack: ExitStack,
    software: Software,
    api: str,
    situations: Mapping[str, str],
    folder: Path,
    identities: Certificates,
) -> dict[str, Place]:
    both = folder / "both.pem"
    both.write_bytes(identities.server.certificate.read_bytes() + identities.server.private_key.read_bytes())
    numbers, made = ports.free(len(situations)), {}
    for number, ((name, rules), port) in enumerate(zip(situations.items(), numbers, strict=True)):
        place = folder / f"situation-{number}"
        place.mkdir()
        inner = stack.enter_context(serving.serve(api, Behind(embedded.SELLERS[api]()), place, identities=identities))
        rewritten(inner.target, (inner.url, f"https://127.0.0.1:{port}"), ('name = "embedded-', 'name = "behind-'))
        words = {
            "port": port,
            "inner": inner.url.removeprefix("https://"),
            "ca": identities.ca,
            "certificate": identities.server.certificate,
            "key": identities.server.private_key,
            "stranger": identities.stranger.certificate,
            "both": both,
            "n": number,
        }
        filled = Template(rules).safe_substitute(words)
        made[name] = Place(inner.target, port, Template(software.situation).safe_substitute(words, rules=filled))
    return made


def _target(place: Place) -> Path:
    return place.target
