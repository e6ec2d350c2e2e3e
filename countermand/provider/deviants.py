"""The deviants: sellers that are wrong in just one thing, each for one clause to catch.

A deviant is a subclass of its API's reference seller. Its docstring says the vice, `slug` says it in a few words,
`breaks` names the clause, and `also`, where it has one, maps the clauses that cannot but change with it to their
verdicts.
"""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

from countermand.provider import sellers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType


def deviants(api: str) -> dict[str, type[Any]]:
    """Find every deviant of an API by its name, in the order of the clauses.

    Raises ValueError where two have one name, or one slug.
    """
    package = sellers.part(api, "deviants")
    by_name: dict[str, type[Any]] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        for deviant in _of(import_module(f"{package.__name__}.{entry.name}")):
            if (other := by_name.get(deviant.__name__)) is not None:
                where = f"in {other.__module__} and in {deviant.__module__}"
                raise ValueError(
                    f"two deviants of {api} are named {deviant.__name__}, {where}: give one of them another name"
                )
            by_name[deviant.__name__] = deviant
    if shared := [word for word, count in Counter(words(by_name)).items() if count > 1]:
        raise ValueError(f"two deviants of {api} are called {shared[0]}: give one of them another slug")
    return dict(sorted(by_name.items(), key=lambda item: (str(vars(item[1])["breaks"]), item[0])))


def slug(deviant: type[Any]) -> str:
    """Return what says in a few words what is wrong; of a deviant that says none, its name, spelt alike."""
    return str(vars(deviant).get("slug") or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", deviant.__name__).lower())


def words(wrong: Mapping[str, type[Any]]) -> list[str]:
    """Return every word by which some deviants can be asked for: their slugs first, then their names."""
    slugs = list(map(slug, wrong.values()))
    spelt_alike = {*slugs}
    return [*slugs, *(name for name in wrong if name not in spelt_alike)]


def called(wrong: Mapping[str, type[Any]], word: str) -> str | None:
    """Return the name of the deviant that is asked for by its slug or its name, or nothing."""
    return word if word in wrong else next((name for name, deviant in wrong.items() if slug(deviant) == word), None)


def combined(chosen: Sequence[type[Any]]) -> type[Any]:
    """Return a seller that is wrong in several things.

    Raises ValueError where two deviants differ from the right one in the same place.
    """
    habits = [
        {name: value for part in deviant.__mro__ if _is_of_a_deviant(part) for name, value in vars(part).items()}
        for deviant in chosen
    ]
    for number, (deviant, own) in enumerate(zip(chosen, habits, strict=True)):
        for other, others in list(zip(chosen, habits, strict=True))[:number]:
            if shared := sorted(
                name for name in own.keys() & others.keys() if name not in ABOUT and not name.startswith("__")
            ):
                raise ValueError(
                    f"{slug(other)} and {slug(deviant)} both change {shared[0]}: they cannot be served together"
                )
    if len(chosen) == 1:
        return chosen[0]
    return type("And".join(deviant.__name__ for deviant in chosen), tuple(chosen), {})


#: What a deviant says of itself, and is no habit.
ABOUT = frozenset({"breaks", "also", "slug"})


def _is_of_a_deviant(part: type) -> bool:
    return ".deviants" in part.__module__


def _of(module: ModuleType) -> Iterator[type]:
    """Give the deviants of a module: its classes, and those that it made alike and keeps in tuples."""
    for value in vars(module).values():
        for candidate in value if isinstance(value, tuple) else (value,):
            if isinstance(candidate, type) and "breaks" in vars(candidate) and candidate.__module__ == module.__name__:
                yield candidate
