"""Target files: on one side TOML and the files beside it, on the other a Target or an error that says what to mend."""

from countermand.targetfile.checking import no_address, schema
from countermand.targetfile.glimpse import Glimpse, glimpse
from countermand.targetfile.reading import load
from countermand.targetfile.source import TargetError
from countermand.targetfile.supply import order_of

__all__ = ["Glimpse", "TargetError", "glimpse", "load", "no_address", "order_of", "schema"]
