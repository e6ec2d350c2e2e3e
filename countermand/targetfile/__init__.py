"""Target files: on one side TOML and the files beside it, on the other a Target or an error that says what to mend."""

from countermand.targetfile.checking import schema
from countermand.targetfile.glimpse import Glimpse, glimpse
from countermand.targetfile.reading import load
from countermand.targetfile.source import TargetError
from countermand.targetfile.supply import order_of

__all__ = ["Glimpse", "TargetError", "glimpse", "load", "order_of", "schema"]
