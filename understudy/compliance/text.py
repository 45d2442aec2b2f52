"""A compliance document for a terminal: what fails first, with its resources; what passes by count."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.compliance.assessment import STATUSES

WIDTH = 100


def render_text(document: Mapping[str, Any]) -> str:
    """Render a compliance document as text of at most 100 columns."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    framework = document["framework"]
    summary = ", ".join(f"{count} {status}" for status, count in document["summary"].items())
    yield from _wrapped(f"{document['project']}: {framework['name']} {framework['version']}".rstrip(), 0)
    yield from _wrapped(f"stacks: {', '.join(document['stacks'])}; controls: {summary}", 0)
    rules = {rule["id"]: rule for rule in document["rules"]}
    for status in reversed(STATUSES):
        controls = [control for control in document["controls"] if control["status"] == status]
        if controls:
            yield ""
            yield status.upper()
        for control in controls:
            yield from _control(control, rules)


def _control(control: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    counts = ", ".join(f"{count} {status}" for status, count in control["resources"].items() if count)
    yield from _wrapped(f"{control['id']}  {', '.join(control['rules'])}{f'  ({counts})' if counts else ''}", 2)
    for id_ in control["rules"]:
        for one in rules[id_]["resources"]:
            yield from (line for text in told(one) for line in _wrapped(f"{one['stack']}: {one['name']}: {id_}: {text}", 6))


def told(resource: Mapping[str, Any]) -> Iterator[str]:
    """What is said of a resource by a rule: each finding, or its exemption; nothing of one that passes."""
    yield from (finding["message"] for finding in resource["findings"])
    exemption = resource["exemption"]
    if exemption is not None and not resource["findings"]:
        yield f"exempted until {exemption['expires']} ({exemption['owner']}): {exemption['reason']}"


def _wrapped(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)
