"""An acceptance that outlives its run.

The ledger keeps it, and a part that is repeated soon after costs no second one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import cast

from countermand.model import suite
from countermand.model.ownership import seller_key
from countermand.model.rows import AcceptanceRow
from countermand.model.target import Target
from countermand.model.verdict import Inconclusive
from countermand.records import inputs
from countermand.run.run import Run
from countermand.run.scene import Scene

#: What of a target makes its requests what they are.
ASKING = ("api", "url", "path", "buyer", "seller", "dialect", "headers", "trust")
PARTS = ("order", "exchange", "drawn", "without")


def name(api: str) -> str:
    """Return what a run calls the acceptance it has been lent."""
    return f"lent-{api}"


def keep(scene: Scene, row: AcceptanceRow) -> None:
    """Let later runs lean on a cancellation that was taken up.

    Where that cannot be written down they have one of their own.
    """
    if scene.recorded is None and scene.run.rehearsals is None:
        acceptance = cast("AcceptanceRow", {part: value for part, value in row.items() if part in PARTS})
        with contextlib.suppress(Inconclusive):
            scene.run.ledger(scene.target).keep_acceptance(
                seller_key(scene.target), _way(scene.target), scene.run.id, acceptance
            )


def lent(scene: Scene) -> AcceptanceRow | None:
    """Return a recent acceptance of another run, where this one is a part and has none of its own.

    A replay is told the same.
    """
    run, api = scene.run, scene.target.api
    if scene.recorded is not None:
        acceptance = scene.recorded["drawn"].get("lent") and run.record and run.record.lent(api)
    else:
        acceptance = _recent(run, scene.target) if run.lent and run.made(f"acceptance-{api}") is None else None
    if not acceptance:
        return None
    scene.lent = True
    return run.once(name(api), lambda: acceptance)


def _recent(run: Run, target: Target) -> AcceptanceRow | None:
    acceptance = run.made(name(target.api)) or run.ledger(target).acceptance(seller_key(target), _way(target))
    return acceptance and {"scenario": "an earlier run", **acceptance}


def _way(target: Target) -> str:
    """Return by what two runs are known to ask alike."""
    table = inputs.table(target)
    buyer = target.identities["buyer"]
    files = [path.read_bytes() for path in (buyer.certificate, buyer.pkcs12) if path is not None and path.is_file()]
    shown = [hashlib.sha256(data).hexdigest() for data in files]
    asked = [suite.digest(), {key: table.get(key) for key in ASKING}, shown]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def remark(run: Run, target: Target) -> list[str]:
    """Say on what a part has leant, and what it therefore does not tell."""
    if (row := run.made(name(target.api))) is None:
        return []
    since = str(row["exchange"]["started"])[:19].replace("T", " ")
    words = (
        f"no order was used up to see that {target.name} takes cancellations up: "
        f"it took {row['order']['seller']} up at {since} UTC"
    )
    return [f"{words}, in an earlier run ({row.get('run', 'recorded')}); whether it still does, a whole run tells"]
