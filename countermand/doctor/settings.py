"""What a target file says, before anything is tried: findings about its keys."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.doctor.finding import Finding
from countermand.model.target import PRODUCTION_HOSTS, Target


def findings(target: Target) -> Iterator[Finding]:
    """Say what the target file is about, and what in it is unwise or cannot be used; the url must be one."""
    yield Finding.ok(
        "target file", f"{target.source}: {target.name}, {target.api} at {target.url}, {target.environment}"
    )
    for warning in target.warnings:
        yield Finding.note("target file", warning)
    if target.published and target.environment != "production":
        kind = (
            "a public production host" if target.published in PRODUCTION_HOSTS else "an address published as production"
        )
        words = f"{target.published} is {kind}: orders there are real, whatever environment says"
        yield Finding.note("environment", words, 'set environment = "production", or mend url')
    elif target.production:
        yield Finding.note("environment", f"production: orders are real, and a run needs --production {target.name}")
