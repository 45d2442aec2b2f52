"""A story: what is told of one thing, as data that every form renders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import Any, Literal

from understudy.report.markdown_text import plain, table_head, table_row

SCHEMA = "understudy.explanation/v1"
_GAP, _WIDTH = "  ", 100


@dataclass(frozen=True)
class Table:
    """Rows under a title. Where there are none, `otherwise` says what that means."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    otherwise: str = "none"


@dataclass(frozen=True)
class Story:
    """What is told of one thing."""

    kind: Literal["figure", "resource", "rule"]
    name: str
    lines: tuple[str, ...]
    """Sentences, or facts of one line each."""
    tables: tuple[Table, ...] = ()

    def document(self) -> dict[str, Any]:
        """The story as JSON-ready data."""
        return {"schema": SCHEMA, **asdict(self)}


def text(story: Story) -> str:
    """The story for a terminal."""
    return "\n".join(_text(story)) + "\n"


def _text(story: Story) -> Iterator[str]:
    if story.kind != "figure":  # a figure's first sentence begins with its path
        yield story.name
    for line in story.lines:
        yield from wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
    for table in story.tables:
        yield ""
        yield table.title.upper()
        if not table.rows:
            yield f"{_GAP}{table.otherwise}"
            continue
        widths = [max(map(len, column)) for column in zip(*(table.columns, *table.rows), strict=True)]
        for row in (table.columns, *table.rows):
            yield _GAP + _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def markdown(story: Story) -> str:
    """The story for a pull request or a wiki."""
    return "\n".join(_markdown(story)) + "\n"


def _markdown(story: Story) -> Iterator[str]:
    yield f"## {plain(story.name)}"
    for line in story.lines:
        yield ""
        yield plain(line)
    for table in story.tables:
        yield ""
        yield f"### {table.title}"
        yield ""
        if not table.rows:
            yield f"{table.otherwise}"
            continue
        yield from table_head(table.columns, "l" * len(table.columns))
        yield from (table_row(*map(plain, cells)) for cells in table.rows)
