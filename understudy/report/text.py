"""The report for a terminal: plain text of at most 100 columns, what is wrong first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.report.tree import columns, component_tree

WIDTH = 100


def render_text(document: Mapping[str, Any]) -> str:
    """Render a report document as text."""
    sections = [_verdict(document), _findings(document), _tree(document), _ledger(document), _loads(document)]
    return "\n\n".join("\n".join(section) for section in map(list, sections) if section) + "\n"


def _verdict(document: Mapping[str, Any]) -> Iterator[str]:
    counts = document["summary"]["policies"]
    resources = ", ".join(f"{name} {count}" for name, count in document["summary"]["resources"].items())
    packs = ", ".join(f"{pack['name']} ({pack['policies']})" for pack in document["packs"]) or "none"
    verdict = "VIOLATION" if document["verdict"] == "violation" else "CLEAN"
    yield f"{document['project']}: {verdict}  {counts['mandatory']} mandatory, {counts['advisory']} advisory"
    yield f"resources: {resources}"
    yield f"policy packs: {packs}"


def _findings(document: Mapping[str, Any]) -> Iterator[str]:
    """Findings by policy: mandatory ones in full, advisory ones by count and first message."""
    yield "FINDINGS"
    found = False
    for level in ("mandatory", "advisory"):
        grouped: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}
        for stack, content in document["stacks"].items():
            for policy in content["policies"]:
                if policy["level"] == level:
                    grouped.setdefault((policy["pack"], policy["policy"]), []).append((stack, policy))
        for (pack, name), policies in sorted(grouped.items()):
            found = True
            yield f"  {level:<9}  {pack}/{name}  ({len(policies)} ×)"
            shown = policies if level == "mandatory" else policies[:1]
            for stack, policy in shown:
                where = (policy["urn"] or "stack").rsplit("::", 1)[-1]
                lines = policy["message"].splitlines()
                yield from _wrapped(f"{stack}: {where}: {lines[-1] if lines else ''}", 13)
    if not found:
        yield "  none"


def _tree(document: Mapping[str, Any]) -> Iterator[str]:
    stacks = columns(document)
    yield f"{'COMPONENTS':<{WIDTH - 14 * len(stacks)}}" + "".join(f"{stack:>14}" for stack in stacks)
    for branch in component_tree(document):
        mark = "  ≠" if branch.differs else ""
        label = f"{'  ' * (branch.depth + 1)}{branch.label}{mark}"
        counts = "".join(f"{count or '·':>14}" for count in branch.counts)
        yield f"{_cut(label, WIDTH - 14 * len(stacks) - 1):<{WIDTH - 14 * len(stacks)}}{counts}"


def _ledger(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["ledger"]:
        return
    yield f"{'LEDGER':<46}{'production':>15}{'ratio':>7}{'exact':>10} → result"
    for line in document["ledger"]:
        exact = "" if isinstance(line["exact"], str) else f"{line['exact']:g}"
        head = f"  {_cut(line['path'], 43):<44}{_short(line['production']):>15}{line['ratio']:>7g}{exact:>10}"
        yield f"{head} → {_short(line['result'])}"
        yield f"      {_cut(line['rule'], WIDTH - 6)}"


def _loads(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["represented_load"]:
        return
    yield f"{'REPRESENTED LOAD':<34}{'production peak/s':>18}{'staging must hold/s':>21}  bound by"
    for load in document["represented_load"]:
        rates = f"{load['peak_requests_per_second']:>18g}{load['represented_requests_per_second']:>21g}"
        yield _cut(f"  {load['path']:<32}{rates}  {load['bound_by']}", WIDTH)


def _short(value: object) -> str:
    return str(value) if isinstance(value, str | int) else f"{value:g}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)
