"""A compliance document as Markdown: one table of controls, and one of what is not in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.compliance.text import told
from understudy.report.markdown_text import plain, table_head, table_row


def render_markdown(document: Mapping[str, Any]) -> str:
    """Render a compliance document as Markdown."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    framework = document["framework"]
    yield f"### {document['project']}: {framework['name']} {framework['version']}".rstrip()
    yield ""
    yield f"Stacks: {', '.join(document['stacks'])}. Controls: " + ", ".join(
        f"{count} {status}" for status, count in document["summary"].items()
    )
    yield ""
    yield from table_head(("control", "status", "rules", "resources"), "llll")
    for control in document["controls"]:
        counts = ", ".join(f"{count} {status}" for status, count in control["resources"].items() if count)
        yield table_row(*map(plain, (control["id"], control["status"], ", ".join(control["rules"]), counts)))
    rows = [
        table_row(*map(plain, (rule["id"], one["status"], one["stack"], one["name"], text)))
        for rule in document["rules"]
        for one in rule["resources"]
        for text in told(one)
    ]
    if rows:
        yield ""
        yield from table_head(("rule", "status", "stack", "resource", "what is said of it"), "lllll")
        yield from rows
