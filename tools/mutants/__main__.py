"""Makes every mutant of the shipped systems' staging stacks, and counts those that parity catches. `make mutants` runs it.

A mutant counts as caught where a difference that nothing explains is told at the resource and at the very property that was
changed, above it or inside it.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.assessment import Assessor
from policies.parity.counterpart import ROOT, Pair, role
from policies.parity.difference import Difference
from policies.parity.reference import Reference, read_reference
from tools.mutants.mutations import Mutant, mutants
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.reference import rendered_reference

SYSTEMS = (Path(), Path("examples/online-boutique"))
STACK = "staging"
SHOWN = 20
_LABEL = re.compile(r"\[[^\]\"]*\]")


def main() -> int:
    """Print the figure for each system; 1 where a mutant escaped."""
    escaped_in_all = 0
    for system in SYSTEMS:
        started = time.monotonic()
        project = read_project(system)
        document = rendered_reference(project, STACK, LEAD, project.stack_configuration(STACK))
        made, escaped = hunted(read_reference(document))
        total = sum(made.values())
        print(f"{project.name}: {total - len(escaped)} of {total} mutants caught, in {time.monotonic() - started:.0f} s")
        print("  " + ", ".join(f"{what}: {count}" for what, count in sorted(made.items())))
        for line in escaped[:SHOWN]:
            print(f"  escaped: {line}")
        escaped_in_all += len(escaped)
    return 1 if escaped_in_all else 0


def hunted(reference: Reference, step: int = 1) -> tuple[Counter[str], list[str]]:
    """How many mutants of each kind were made, and those that escaped. `step` takes only each so-manieth mutant."""
    return hunted_at(reference, range(len(reference.own.resources)), step)


def hunted_at(reference: Reference, positions: Iterable[int], step: int = 1) -> tuple[Counter[str], list[str]]:
    """The same, of the resources at some positions alone."""
    production = {role(resource.urn): resource for resource in reference.declared.resources}
    made: Counter[str] = Counter()
    escaped: list[str] = []
    number = 0
    for position in positions:
        resource = reference.own.resources[position]
        theirs = production.get(role(resource.urn))
        for mutant in (*mutants(resource, theirs), *_missing_and_extra(resource)):
            number += 1
            if number % step:
                continue
            made[mutant.what] += 1
            if not _is_caught(mutant, reference, position, theirs):
                escaped.append(f"{role(resource.urn)} {mutant.path or '(the resource)'}: {mutant.what}")
    return made, escaped


def _missing_and_extra(resource: Resource) -> Iterator[Mutant]:
    if resource.type != ROOT:
        yield Mutant(resource, "", "left out")
        yield Mutant(replace(resource, urn=f"{resource.urn}-planted"), "", "added beside")


def _is_caught(mutant: Mutant, reference: Reference, position: int, theirs: Resource | None) -> bool:
    resources = reference.own.resources
    declared = None if theirs is not None else resources[position]
    if mutant.what == "left out":
        stack, pair = Snapshot((*resources[:position], *resources[position + 1 :])), Pair("", theirs, None, declared)
    elif mutant.what == "added beside":
        stack, pair = Snapshot((*resources, mutant.resource)), Pair("", None, mutant.resource)
    else:
        stack = Snapshot((*resources[:position], mutant.resource, *resources[position + 1 :]))
        pair = Pair("", theirs, mutant.resource, declared)
    return any(_names(found, mutant) for found in Assessor(stack, reference).differences(pair) if not found.explained)


def _names(found: Difference, mutant: Mutant) -> bool:
    """Whether a difference is told where the mutant was changed."""
    told, changed = _without_labels(found.path), _without_labels(mutant.path)
    if not changed:
        return True
    return bool(told) and (told.startswith(changed) or changed.startswith(told))


def _without_labels(path: str) -> str:
    """A path that does not tell which item of a list it means: without its natural key an item is told by its position."""
    return _LABEL.sub("[]", path)


if __name__ == "__main__":
    sys.exit(main())
