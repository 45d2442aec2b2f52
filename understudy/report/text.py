"""The report for a terminal: plain text of at most 100 columns, what is wrong first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.report.parity import HEADINGS, parity_tables
from understudy.report.tree import columns, component_tree
from understudy.report.words import exempted, figure, findings, place, said

WIDTH = 100


def render_text(document: Mapping[str, Any]) -> str:
    """Render a report document as text."""
    sections = [
        _verdict(document),
        _findings(document),
        _exempted(document),
        _parity(document),
        _tree(document),
        _ledger(document),
        _loads(document),
    ]
    return "\n\n".join("\n".join(section) for section in map(list, sections) if section) + "\n"


def _verdict(document: Mapping[str, Any]) -> Iterator[str]:
    counts = document["summary"]["policies"]
    resources = ", ".join(f"{name} {count}" for name, count in document["summary"]["resources"].items())
    packs = ", ".join(f"{pack['name']} ({pack['policies']})" for pack in document["packs"]) or "none"
    verdict = "VIOLATION" if document["verdict"] == "violation" else "CLEAN"
    yield f"{document['project']}: {verdict}  {counts['mandatory']} mandatory, {counts['advisory']} advisory"
    yield from _wrapped(f"resources: {resources}", 0)
    yield from _wrapped(f"policy packs: {packs}", 0)


def _findings(document: Mapping[str, Any]) -> Iterator[str]:
    """Findings by policy: mandatory ones in full, advisory ones by count and first message."""
    yield "FINDINGS"
    found = False
    for level, name, policies in findings(document):
        found = True
        yield _cut(f"  {level:<9}  {name}  ({len(policies)} ×)", WIDTH)
        for stack, policy in policies if level == "mandatory" else policies[:1]:
            yield from _wrapped(f"{stack}: {place(policy)}: {said(policy)}", 13)
    if not found:
        yield "  none"


def _exempted(document: Mapping[str, Any]) -> Iterator[str]:
    found = list(exempted(document))
    if found:
        yield "EXEMPTED"
    for what, why in found:
        yield from _wrapped(f"{what}: {why}", 2)


def _parity(document: Mapping[str, Any]) -> Iterator[str]:
    """How much of staging agrees with production, by row; nothing where no parity was judged."""
    for table in parity_tables(document):
        yield f"PARITY OF {table.stack.upper()}: {table.verdict}"
        for cells in (HEADINGS, *table.rows):
            yield f"  {cells[0]:<16}" + "".join(f"{cell:>13}" for cell in cells[1:])
        for remark in table.remarks:
            yield from _wrapped(remark, 2)


def _tree(document: Mapping[str, Any]) -> Iterator[str]:
    stacks = columns(document)
    yield f"{'COMPONENTS':<{WIDTH - 14 * len(stacks)}}" + "".join(f"{stack:>14}" for stack in stacks)
    for branch in component_tree(document):
        mark = "  ≠" if branch.differs else ""
        label = f"{'  ' * (branch.depth + 1)}{branch.label}{mark}"
        counts = "".join(f"{count or '·':>14}" for count in branch.counts)
        yield f"{_cut(label, WIDTH - 14 * len(stacks) - 1):<{WIDTH - 14 * len(stacks)}}{counts}"


def _ledger(document: Mapping[str, Any]) -> Iterator[str]:
    """Each figure on a line of its own, so that no path is cut, and how it came about below."""
    if not document["ledger"]:
        return
    yield "LEDGER  production × ratio = exact → result: rule"
    for line in document["ledger"]:
        product = f"{figure(line['production'])} × {line['ratio']:.4g}"
        exact = "" if isinstance(line["exact"], str) else f" = {figure(line['exact'])}"
        yield _cut(f"  {line['path']}", WIDTH)
        yield from _wrapped(f"{product}{exact} → {figure(line['result'])}: {line['rule']}", 6)


def _loads(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["represented_load"]:
        return
    yield f"{'REPRESENTED LOAD':<34}{'production peak/s':>18}{'staging must hold/s':>21}  bound by"
    for load in document["represented_load"]:
        rates = f"{figure(load['peak_requests_per_second']):>18}{figure(load['represented_requests_per_second']):>21}"
        yield _cut(f"  {_cut(load['path'], 31):<32}{rates}  {load['bound_by']}", WIDTH)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)
