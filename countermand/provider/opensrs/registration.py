"""What sw_register must name, and what it may leave to be read from the certificate request it carries."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Final

from countermand.provider.opensrs.message import Message

ALWAYS: Final = ("reg_type", "product_type", "period")
WHEN_PROCESSED: Final = ("csr", "contact_set")  # a saved order is a draft, completed before it is submitted
COMMON_NAME: Final = bytes.fromhex("0603550403")  # DER: the object identifier 2.5.4.3


def missing_fields(message: Message) -> list[str]:
    """List the required fields that a registration lacks, of none where it builds on an earlier order."""
    attributes = message.attributes
    if attributes.get("base_order_id"):
        return []
    required = ALWAYS if attributes.get("handle") == "save" else ALWAYS + WHEN_PROCESSED
    return [name for name in required if not attributes.get(name)]


def common_name(csr: str) -> str:
    """Read the common name from a PEM certificate request; empty where it has none that can be read."""
    lines = [line.strip() for line in csr.splitlines()]
    try:
        der = b64decode("".join(line for line in lines if line and not line.startswith("-----")), validate=True)
    except (binascii.Error, ValueError):
        return ""
    value = der.partition(COMMON_NAME)[2]
    return value[2 : 2 + value[1]].decode("utf-8", "replace") if len(value) > 1 else ""
