"""Callers nobody agreed to: on one side the names features give them, on the other certificates and keys made up for the occasion."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import replace
from pathlib import Path

from countermand.target import Identity, Target

_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def make(name: str, target: Target) -> Identity | None:
    """Make up a stranger who bears the buyer's name, or return nothing where only the target's owner could."""
    buyer = target.identities["buyer"]
    bare = Identity(name, identifier=buyer.identifier, reseller=buyer.reseller)
    if name == "stranger without a certificate":
        return bare
    if name in {"stranger with a self-signed certificate", "stranger with a certificate of another authority"}:
        return replace(bare, certificate=certificate(self_signed="self-signed" in name))
    if name == "unknown user":
        return replace(buyer, name=name, username="countermand-nobody")
    if name == "nobody":
        return replace(buyer, name=name, username=None)
    another = target.identities.get("another_buyer")
    if name == "buyer with the key of another buyer" and another and another.api_key:
        return replace(buyer, name=name, api_key=another.api_key)
    return None


@functools.cache
def certificate(*, self_signed: bool) -> Path:
    """Write a certificate and key that no seller has agreed to, and return the PEM file that holds both."""
    import trustme  # noqa: PLC0415 - 0.1 s that only strangers cost

    folder = tempfile.TemporaryDirectory(prefix="countermand-")
    _FOLDERS.append(folder)
    path = Path(folder.name, "stranger.pem")
    authority = trustme.CA(organization_name="Countermand", organization_unit_name="stranger")
    if self_signed:
        path.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    else:
        authority.issue_cert("stranger@example.org", common_name="stranger").private_key_and_cert_chain_pem.write_to_path(str(path))
    return path
