"""Renaming fields: data written under old names, read under new ones and back.

A rename moves nothing to another place and loses nothing: at each place it is a permutation of names. Where a new
name is taken by a value that no field declared, that value gets the name that became free.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.core import errors

_PATH = re.compile(r"[^.\[\]]+(\[\])*(\.[^.\[\]]+(\[\])*)*")
MOST = 100


@dataclass(slots=True)
class Names:
    """The renames at one place of the data: new names by old ones, and what is below each old name."""

    new: dict[str, str] = field(default_factory=dict)
    below: dict[str, "Names"] = field(default_factory=dict)

    def close(self) -> "Names":
        """Makes the names a permutation: the last of a chain gives its place to the first."""
        for first in set(self.new) - set(self.new.values()):
            last = self.new[first]
            while last in self.new:
                last = self.new[last]
            self.new[last] = first
        for names in self.below.values():
            names.close()
        return self

    def apply(self, data: Any) -> Any:
        if isinstance(data, list):
            return [self.apply(one) for one in data]
        if not isinstance(data, dict):
            return data
        return {
            self.new.get(name, name): self.below[name].apply(value) if name in self.below else value
            for name, value in data.items()
        }


def compiled(renames: dict[str, str]) -> Names:
    """What `{"old": "new"}` with paths does to data; see `checked` for what is taken."""
    top = Names()
    for old, new in renames.items():
        at = top
        *above, last = _steps(old)
        for step in above:
            at = at.below.setdefault(step, Names())
        at.new[last] = _steps(new)[-1]
    return top.close()


def renamed(data: Any, renames: Iterable[dict[str, str]]) -> Any:
    """The data with all these renames done, one after the other; the order of its members stays."""
    for one in renames:
        data = compiled(one).apply(data)
    return data


def moved(paths: Iterable[str], renames: dict[str, str]) -> dict[str, str]:
    """Of these paths those that the renames change, with their new ones."""
    found = {path: _moved(path, renames) for path in paths}
    return {path: new for path, new in found.items() if new != path}


def _moved(path: str, renames: dict[str, str]) -> str:
    if not renames:
        return path
    steps, new, at = path.split("."), [], ""
    for step in steps:
        name = step.split("[")[0]
        brackets = step[len(name) :]
        at = f"{at}.{name}" if at else name
        declared = next((b for a, b in renames.items() if a == at), None)
        new.append((_steps(declared)[-1] if declared else name) + brackets)
        at += brackets
    return ".".join(new)


def checked(renames: dict[str, str], *, before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
    """The renames, if each leads from a field of the old schema to a field of the new one at the same place.

    `before` and `after` are the paths of the fields. A path stands as `title`, `address.street`, `blocks[].title`.
    """
    old, new = set(before), set(after)
    faults = []
    for source, target in renames.items():
        if message := _fault(source, target, renames, old, new):
            faults.append({"field": f"renames.{source}", "message": message, "code": "rename"})
    if len(set(renames.values())) < len(renames):
        faults.append({"field": "renames", "message": "Two fields cannot get the same name.", "code": "rename"})
    if len(renames) > MOST:
        faults.append({"field": "renames", "message": f"At most {MOST} at once.", "code": "rename"})
    if faults:
        raise errors.Invalid(errors=faults[:50])
    return renames


def _fault(source: str, target: str, renames: dict[str, str], old: set[str], new: set[str]) -> str:
    if not _PATH.fullmatch(source) or not _PATH.fullmatch(target) or "]" in (source[-1:], target[-1:]):
        return "A path such as title, address.street or blocks[].title."
    if source not in old:
        return "The schema has no such field."
    if target not in new:
        return f"The new schema has no field {target}."
    if target == source:
        return "The name is the same."
    if target in old and target not in renames:
        return f"The schema has a field {target} already."
    if source in new and source not in renames.values():
        return "The new schema still has this field."
    if _moved(source, renames) != target:
        return "A field is renamed where it stands; it does not move to another place."
    return ""


def _steps(path: str) -> list[str]:
    return [step.replace("[]", "") for step in path.split(".")]
