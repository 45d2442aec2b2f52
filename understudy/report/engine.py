"""The real engine's run in a report's words: how it ended, why it proves nothing where it does not, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.report.document import open_questions

SHOWN = 5
"""How many properties of a change are named."""


def summary(document: Mapping[str, Any]) -> str:
    """How the run ended, empty for an embedded preview."""
    engine = document.get("engine")
    if engine is None:
        return ""
    steps = ", ".join(f"{count} {operation}" for operation, count in engine["operations"].items())
    return f"pulumi {engine['command']} {engine['result']}" + (f": {steps}" if steps else "")


def reasons(document: Mapping[str, Any]) -> Iterator[str]:
    """Why the run is no proof: what failed, and who did not judge."""
    engine = document.get("engine", {})
    for error in engine.get("errors", ()):
        where = f"{error['urn'].rpartition('::')[2]}: " if error["urn"] else ""
        yield f"{where}{error['message']}"
    yield from engine.get("undecided", ())
    for stack, content in document["stacks"].items() if engine else ():
        count = len(open_questions(content))
        if count:
            yield f"{stack}: {count} findings by which a mandatory rule cannot tell"


def changed(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each change that is no creation of something new: the step, the resource, and the properties that call for it."""
    for change in document.get("engine", {}).get("changes", ()):
        if change["operation"] != "create":
            names = change["replaced_by"] or change["properties"]
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield change["operation"], change["urn"].rpartition("::")[2], ", ".join(names[:SHOWN]) + more
