"""Text inside Markdown: nothing in it is taken for markup, a table's border, a mention or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from understudy.report.words import shown

LONGEST = 600
"""Characters of one cell or line; the JSON report has what is cut."""
_BREAK = "&#8203;"  # of no width: what stands on both sides is no longer one word to whoever looks for mentions and links
_MARKUP = re.compile(r"([\\`*_{}\[\]()~|!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_REFERENCES = re.compile(r"@(?=\w)|#(?=\d)|\bGH-(?=\d)|(?<=\w):(?=//)|\bwww(?=\.)", re.IGNORECASE)
_TICKS = re.compile("`+")


def plain(text: str) -> str:
    """Words for a line or a cell: one line, of which nothing is markup, and that calls and links nobody."""
    escaped = "".join(_ENTITIES.get(character, character) for character in cut(shown(" ".join(text.split()))))
    escaped = _MARKUP.sub(r"\\\1", escaped)
    return _REFERENCES.sub(lambda found: found.group() + _BREAK, escaped)


def code(text: str) -> str:
    """A name, path or value for a line or a cell."""
    content = cut(shown(" ".join(text.split()))).replace("|", "\\|")
    if not content:
        return ""
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(content)), default=0))
    space = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{fence}{space}{content}{space}{fence}"


def table_head(headings: Sequence[str], sides: str) -> Iterator[str]:
    """The first two lines of a table. `sides` has `l` or `r` for each column: where its cells stand."""
    yield table_row(*headings)
    yield table_row(*("---:" if side == "r" else "---" for side in sides))


def table_row(*cells: str) -> str:
    """A line of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def fence_for(lines: list[str]) -> str:
    """What encloses lines of code of which none may end it."""
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    return "`" * max(3, longest + 1)


def cut(text: str) -> str:
    """At most LONGEST characters of a text."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
