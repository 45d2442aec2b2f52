"""The engine's own events, one JSON object a line in the file that `--event-log` names: what happened, never what was printed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]
PAUSE = 0.1
"""Seconds between looks at a file that still grows."""


def read_events(path: Path) -> list[Event]:
    """The events of a run that has ended; a line that the run did not finish is left out."""
    return parsed(path.read_text(encoding="utf-8")) if path.exists() else []


def parsed(text: str) -> list[Event]:
    """The events in a text, one a line; a line that was not finished is left out."""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n") and line.startswith("{")]


def of_kind(events: Iterable[Event], kind: str) -> Iterator[Any]:
    """The content of the events of a kind, in order."""
    return (event[kind] for event in events if kind in event)


class Follower:
    """Hands on each event of a growing file as it comes, in a thread of its own."""

    def __init__(self, path: Path, tell: Callable[[Event], None]) -> None:
        self._path, self._tell, self._over = path, tell, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._path.exists():
            if self._over.wait(PAUSE):
                return
        with self._path.open(encoding="utf-8") as file:
            rest = ""
            while True:
                is_last = self._over.is_set()
                if self._path.stat().st_size < file.tell():  # an update begins the log anew after its preview
                    file.seek(0)
                    rest = ""
                *lines, rest = (rest + file.read()).split("\n")
                for line in filter(None, lines):
                    self._tell(json.loads(line))
                if is_last:
                    return
                self._over.wait(PAUSE)
