"""How often Python looks for garbage that refers to itself: rarely, since nearly all that a run makes lives to its end."""

from __future__ import annotations

import gc

COLLECTED_AFTER = 50_000
"""Objects made until the youngest are looked through. By Python's own 700 a preview spends a third of its time on looking."""


def collect_rarely() -> None:
    """Let this process look for garbage rarely; how often the older generations are looked through stays."""
    gc.set_threshold(COLLECTED_AFTER, *gc.get_threshold()[1:])


def collect_no_more() -> None:
    """At the end of a run: let Python take this process down without looking once more through everything that the run made."""
    gc.freeze()
