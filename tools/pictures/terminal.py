"""The report as a terminal shows it, as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from understudy.report.text import WIDTH, render_text

FILE = Path(__file__).resolve().parents[2] / "docs" / "report-terminal.svg"
COMMAND = "understudy preview"
_ENDS_BEFORE = "  catalog (Service)"
"""The component of the shipped system at which the picture ends."""
_FONT_FACES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def terminal_picture(document: Mapping[str, Any]) -> str:
    """The report's text up to the tree's first components. It names no font that would have to be fetched."""
    lines = render_text(document, colour=True).splitlines()
    end = next((index for index, line in enumerate(lines) if _ENDS_BEFORE in Text.from_ansi(line).plain), len(lines))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="standard", _environ={})
    console.print(Text(f"$ {COMMAND}", "bold"))
    for line in lines[:end]:
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    console.print(Text("  …", "dim"))
    drawn = console.export_svg(title=COMMAND, theme=MONOKAI, unique_id="report")
    return "\n".join(line.rstrip() for line in _FONT_FACES.sub("", drawn).splitlines()) + "\n"
