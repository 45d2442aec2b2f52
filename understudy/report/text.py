"""The report for a terminal or a log: what is wrong first, nothing cut, in colour only where a terminal shows it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from understudy.report import engine
from understudy.report.change import (
    MOST_PROPERTIES,
    TOTALS,
    base_of,
    changed_findings,
    changed_resources,
    is_unchanged,
    moved_figures,
    moved_loads,
    totals,
)
from understudy.report.parity import HEADINGS, parity_tables
from understudy.report.tables import Table as Figures
from understudy.report.tables import further_tables, tables
from understudy.report.tree import TreeRow, columns, folded, tree_rows
from understudy.report.words import (
    LEVELS,
    beside,
    description,
    differ,
    exempted,
    findings,
    money,
    more_properties,
    place,
    said,
    shown,
    source,
)

WIDTH, NARROWEST, WIDEST = 100, 80, 120
_NAMES, _REASONS, _GAP = 28, 16, 2
"""Columns that names of components and figures have at least, and reasons, and what is between columns."""
_MARKS = {"mandatory": ("✗", "bold red"), "advisory": ("!", "yellow")}
_CHANGED = {"+": "green", "~": "yellow", "-": "red"}


class Detail(IntEnum):
    """How much is told: the verdict and what is wrong; what a reviewer asks; everything."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


def render_text(document: Mapping[str, Any], *, width: int = WIDTH, colour: bool = False, detail: Detail = Detail.NORMAL) -> str:
    """Render a report document as text of `width` columns, with the terminal's colours if `colour`."""
    output = io.StringIO()
    console = Console(
        file=output,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for index, section in enumerate(each for each in _sections(document, detail, width) if each):
        if index:
            console.print()
        console.print(Group(*section))
    return "".join(f"{line.rstrip()}\n" for line in output.getvalue().splitlines())


def _sections(document: Mapping[str, Any], detail: Detail, width: int) -> Iterator[list[RenderableType]]:
    yield list(_verdict(document))
    yield list(_wrong(document))
    yield list(_engine(document))
    yield list(_change(document, detail))
    if detail is Detail.QUIET:
        return
    yield list(_advice(document, detail))
    yield list(_exempted(document))
    yield list(_parity(document))
    yield list(_components(document, detail, width))
    yield from map(_told, tables(document))
    if detail is Detail.VERBOSE:
        yield list(_differences(document))
        yield from map(_told, further_tables(document))


def _verdict(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    counts = document["summary"]["policies"]
    clean = document["verdict"] == "clean"
    verdict = Text(f"{shown(document['project'])}: ", "bold")
    verdict.append("CLEAN" if clean else document["verdict"].upper(), "bold green" if clean else "bold red")
    verdict.append(f"  {counts['mandatory']} mandatory, {counts['advisory']} advisory", "")
    yield verdict
    cost = document.get("cost", {})
    parts = beside(cost)
    rows = []
    for stack, count in document["summary"]["resources"].items():
        monthly = cost.get("stacks", {}).get(stack, {}).get("monthly")
        rows.append((stack, f"{count:,} resources", f"{money(monthly)} USD a month" if monthly else "", parts.get(stack, "")))
    yield _table(rows, "lrrl")
    packs = ", ".join(f"{pack['name']} ({pack['policies']})" for pack in document["packs"]) or "no policy pack"
    yield _line(f"judged by {packs}", style="dim")


def _wrong(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Each mandatory finding in full: what is asked for, where, what was found, and the line that it comes from."""
    count = document["summary"]["policies"]["mandatory"]
    yield _title("WHAT IS WRONG", str(count) if count else "")
    if not count:
        yield _line("nothing", style="green")
    for level, name, found in findings(document):
        if level == "mandatory":
            yield from _finding(level, name, found, found)


def _change(document: Mapping[str, Any], detail: Detail) -> Iterator[RenderableType]:
    """What the change does to each environment; its resources with their properties where more than the counts is asked."""
    if "change" not in document:
        return
    yield _title("WHAT CHANGES", f"since {base_of(document)}")
    rows = list(totals(document))
    yield _table(rows, "lrrrrrr", TOTALS)
    if is_unchanged(document):
        yield _line("nothing changes", style="green")
    if detail is Detail.QUIET:
        return
    for each in changed_resources(document):
        yield _line(f"{each.mark} {each.stack}: {each.name}  {each.kind}", style=_CHANGED[each.mark])
        told = each.properties if detail is Detail.VERBOSE else each.properties[:MOST_PROPERTIES]
        for path, sides in told:
            yield _line(f"{path}: {sides}", 6)
        if len(told) < len(each.properties):
            yield _line(more_properties(len(each.properties) - len(told)), 6, "dim")
    for title, moved in (("FIGURES THAT MOVE", moved_figures(document)), ("REPRESENTED LOAD THAT MOVES", moved_loads(document))):
        if moved:
            yield Text("")
            yield _title(title)
            yield _table(moved, "llll", ("", "before", "after", ""))
    for title, found in (("NEW FINDINGS", "new"), ("CURED FINDINGS", "cured")):
        told_findings = list(changed_findings(document, found))
        if told_findings:
            yield Text("")
            yield _title(title, str(len(told_findings)))
        for finding in told_findings:
            yield _line(finding)


def _engine(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Of a run of the real engine: how it ended, what leaves it unproven, and what it does to resources that exist."""
    if "engine" not in document:
        return
    yield _title("THE ENGINE", engine.summary(document))
    for reason in engine.reasons(document):
        yield _line(reason, 2, "red")
    for operation, name, properties in engine.changed(document):
        yield _line(f"{operation} {name}" + (f": {properties}" if properties else ""))


def _advice(document: Mapping[str, Any], detail: Detail) -> Iterator[RenderableType]:
    """Advisory findings by policy: the first of each, or all of them."""
    count = document["summary"]["policies"]["advisory"]
    if count:
        yield _title("ADVICE, AND WHAT CANNOT BE TOLD YET", str(count))
    for level, name, found in findings(document):
        if level == "advisory":
            yield from _finding(level, name, found, found if detail is Detail.VERBOSE else found[:1])


def _finding(
    level: str, name: str, found: list[tuple[str, Mapping[str, Any]]], told: list[tuple[str, Mapping[str, Any]]]
) -> Iterator[RenderableType]:
    mark, style = _MARKS[level]
    first = found[0][1]
    head = Text(f"{mark} ", style).append(shown(name), "bold")
    head.append(f"  {first['severity']}" if first["severity"] else "", style)
    head.append(f"  {len(found)} ×" if len(found) > 1 else "", "dim")
    yield Padding(head, (0, 0, 0, 2))
    if description(first):
        yield _line(description(first), 4, "dim")
    for stack, policy in told:
        at = f"  ({source(policy)})" if source(policy) else ""
        yield _line(f"{stack}: {place(policy)}: {said(policy)}{at}", 4)
    if len(told) < len(found):
        yield _line(f"and {len(found) - len(told)} more", 4, "dim")


def _exempted(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    found = list(exempted(document))
    if found:
        yield _title("EXEMPTED", str(len(found)))
    for what, why in found:
        yield _line(f"{what}: {why}")


def _parity(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """How much of staging agrees with production, by row; nothing where no parity was judged."""
    for table in parity_tables(document):
        yield _title(f"PARITY OF {table.stack.upper()}", table.verdict)
        yield _table(table.rows, "l" + "r" * (len(HEADINGS) - 1), HEADINGS)
        for remark in table.remarks:
            yield _line(remark)


def _components(document: Mapping[str, Any], detail: Detail, width: int) -> Iterator[RenderableType]:
    """The tree, with as many stacks beside the first as there is room for; further ones in a table of their own."""
    whole, stacks = detail is Detail.VERBOSE, columns(document)
    rows = list(tree_rows(document, whole=whole))
    if not rows:
        return
    widest = max(map(cell_len, (*stacks, *(cell for row in rows for cell in row.cells)))) + _GAP
    room = max((width - _NAMES - _REASONS) // widest - 1, 1)
    for begin in range(1, max(len(stacks), 2), room):
        if begin > 1:
            yield Text("")
        some = [stacks[0], *stacks[begin : begin + room]]
        yield _tree(rows if len(some) == len(stacks) else list(tree_rows(document, whole=whole, stacks=some)), some)
    if document["ledger"]:
        yield _line(f"`understudy explain {document['ledger'][0]['path']}` tells a figure's story", style="dim")
    same = folded(document)
    if same and detail is not Detail.VERBOSE:
        yield _line(f"{differ(len(same))} in nothing but identity: {', '.join(same)}", style="dim")


def _tree(rows: Sequence[TreeRow], stacks: Sequence[str]) -> Table:
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 0, 0, _GAP), expand=True, header_style="bold")
    table.add_column("COMPONENTS", ratio=1, width=_NAMES, overflow="fold")
    for stack in stacks:
        table.add_column(shown(stack), justify="right", no_wrap=True, overflow="fold")
    table.add_column("what differs, and why", ratio=1, overflow="fold", style="dim")
    for row in rows:
        table.add_row(_label(row), *(Text(shown(cell), _cell_style(row)) for cell in row.cells), Text(shown(row.why)))
    return table


@dataclass(frozen=True)
class _Path:
    """A figure's path, broken after a dot or an underscore where it is too long for its column."""

    text: Text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        line = ""
        for part in re.findall(r"[^._]*[._]?", self.text.plain):
            if line and cell_len(line + part) > options.max_width:
                yield Text(line, overflow="fold")
                line = ""
            line += part
        yield Text(line, overflow="fold")


def _label(row: TreeRow) -> RenderableType:
    if row.kind == "figure":
        return Padding(_Path(Text(shown(row.label))), (0, 0, 0, 2 * row.depth))
    label = Text(shown(row.label), "bold" if row.kind == "component" else "")
    if row.kind == "component" and row.differs:
        label.append("  ≠", "yellow")
    for level in LEVELS:
        if row.levels.get(level):
            mark, style = _MARKS[level]
            label.append(f"  {mark}{row.levels[level]}", style)
    return Padding(label, (0, 0, 0, 2 * row.depth))


def _cell_style(row: TreeRow) -> str:
    if row.kind == "component":
        return "yellow" if row.differs else "dim"
    return "cyan" if row.differs else ""


def _told(table: Figures) -> list[RenderableType]:
    notes = [_line(note) for note in table.notes]
    return [_title(table.title.upper(), table.remark), _table(table.rows, table.sides, table.headings), *notes]


def _differences(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Every difference that is explained by more than the environment's own identity."""
    for stack, section in document.get("parity", {}).items():
        told = [each for each in section.get("differences", ()) if each["explained"] != "identity"]
        if told:
            yield _title(f"EXPLAINED DIFFERENCES OF {stack.upper()}", str(len(told)))
        for each in told:
            yield _line(f"{each['place']} {each['property'] or ''}".rstrip())
            yield _line(f"{each['explained']}: {each['message']}", 6, "dim")


def _title(title: str, remark: str = "") -> Text:
    return Text(title, "bold").append(f"  {shown(remark)}" if remark else "", "")


def _line(text: str, indent: int = 2, style: str = "") -> RenderableType:
    return Padding(Text(shown(text), style, overflow="fold"), (0, 0, 0, indent))


def _table(rows: Iterable[tuple[str, ...]], justify: str, headings: tuple[str, ...] = ()) -> RenderableType:
    """Rows in columns, `l` to the left and `r` to the right, indented as a section's lines are."""
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(headings), header_style="dim")
    for index, side in enumerate(justify):
        table.add_column(
            shown(headings[index]) if headings else "",
            justify="right" if side == "r" else "left",
            no_wrap=side == "r",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    return Padding(table, (0, 0, 0, 2))
