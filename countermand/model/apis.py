"""Every API there is: the suite's own, and those that installed distributions bring.

They bring one by an entry point of the group `countermand.apis`.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from countermand.model.api import Api, ApiError
from countermand.model.signing import SIGNED

GROUP = "countermand.apis"

ALA = Api(
    name="ala",
    title="ALA cancelOrder 2.30",
    protocol="countermand.protocols.ala:AlaSeller",
    states=("in_flight", "completed", "cancelled", "foreign"),
    needs=("identifier",),
    may_say=("reseller",),
    omitted="cancellationReason",
    two_references=True,
    client_certificate=True,
    has_dialect=True,
    seller_name="CITYFIBRE",
    steps=(".faults", ".reseller", ".unusual"),
    newcomers="ALA-SEC-02",
    traces=("messageId", "correlationId"),
    binds=(
        "ALA is bound strongly: every request carries a messageId and a correlationId of the seed, "
        "and replies repeat them."
    ),
    production_hosts=frozenset({"api-gw.cityfibre.com", "api-gw1.cityfibre.com", "api-gw2.cityfibre.com"}),
    one_system=("api-gw.cityfibre.com", "api-gw1.cityfibre.com", "api-gw2.cityfibre.com"),
    production_addresses=frozenset(
        {"52.51.45.11", "2a05:d018:9a3:b500::100", "52.58.75.78", "2a05:d014:b31:f200::100"}
    ),
)

OPENSRS = Api(
    name="opensrs",
    title="OpenSRS cancel_order",
    protocol="countermand.protocols.opensrs:OpensrsSeller",
    states=(
        "pending",
        "in-progress",
        "awaiting-approval",
        "approver-confirmed",
        "completed",
        "cancelled",
        "declined",
        "foreign",
    ),
    needs=("username", "api_key"),
    omitted="attributes.order_id",
    total=80,  # what the guide recommends
    registered=("pending", "in-progress"),
    registration="countermand.protocols.opensrs_registration:Registering",
    doctor="countermand.doctor.opensrs_answers:OpensrsChecks",
    steps=(".parameters", ".looking_up", ".attributes", ".effects"),
    capabilities=("get_order_info",),
    look_ups=("get_order_info",),
    ends_taken_up=True,
    traces=("transaction_id",),
    binds="OpenSRS is bound weakly: a cancellation carries little but the number of the order.",
    signed=SIGNED,
    production_hosts=frozenset({"rr-n1-tor.opensrs.net"}),
)

OWN = (ALA, OPENSRS)


class Apis(Mapping[str, Api]):
    """The rows by name, our own first; what is installed is looked for when somebody asks."""

    @functools.cached_property
    def _rows(self) -> dict[str, Api]:
        return self._known(_brought())

    def leave_out_what_is_broken(self) -> None:
        """Know those alone that can be used.

        It is for a shell that completes, which nobody can be told through what is wrong.
        """
        rows = {row.name: row for row in OWN}
        installed = _brought(broken=lambda _: None)
        self.__dict__["_rows"] = rows | {
            row.name: row for row in sorted(installed, key=lambda row: row.name) if row.name not in rows
        }

    def _known(self, brought: Iterable[Api]) -> dict[str, Api]:
        rows = {row.name: row for row in OWN}
        for row in sorted(brought, key=lambda row: row.name):
            if row.name in rows:
                raise ApiError(
                    f"two APIs are named {row.name}: an installed distribution brings one that is there already"
                )
            rows[row.name] = row
        return rows

    def __getitem__(self, name: str) -> Api:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


APIS = Apis()


def places() -> list[str]:
    """Return where distributions are looked for: wherever Python imports from, but for the folder somebody stands in.

    A stranger may have filled that one, and whatever is found is imported.
    """
    here = os.path.realpath(Path.cwd())
    return [place for place in sys.path if Path(place).is_absolute() and os.path.realpath(place) != here]


def _raised(error: ApiError) -> None:
    raise error


def _brought(broken: Callable[[ApiError], None] = _raised) -> Iterator[Api]:
    """Give the APIs that are installed.

    One that cannot be used is told of, which raises ApiError unless somebody takes it otherwise.
    """
    seen = set[tuple[str, str]]()
    for entry in (
        entry
        for distribution in metadata.distributions(path=places())
        for entry in distribution.entry_points
        if entry.group == GROUP
    ):
        if (entry.name, entry.value) in seen:  # one distribution, found twice on the way
            continue
        seen.add((entry.name, entry.value))
        try:
            row = entry.load()
        except Exception as error:  # noqa: BLE001 - whatever somebody else's module raises
            broken(
                ApiError(
                    f"the installed API {entry.name} ({entry.value}) cannot be loaded: {type(error).__name__}: {error}"
                )
            )
            continue
        if not isinstance(row, Api) or row.name != entry.name or row.home is None:
            broken(
                ApiError(f"the installed API {entry.name}: {entry.value} is no Api of that name with a home of its own")
            )
            continue
        if lacking := [name for name in _belongings(row) if not (row.home / name).exists()]:
            broken(ApiError(f"the installed API {entry.name} lacks {' and '.join(lacking)} in its home {row.home}"))
            continue
        yield row


def _belongings(row: Api) -> tuple[str, ...]:
    """Return what has to stand in the home of an API, which an installer leaves out unless it is told of it."""
    features = f"features/{row.name}"
    return f"{features}/clauses.toml", f"{features}/sources.toml", f"payloads/{row.name}"
