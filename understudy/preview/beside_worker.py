"""The process beside: renders the stack that it is asked for, answers, and ends; or ends when whoever began it is gone."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from typing import IO

from policies.engine.collector import collect_rarely
from understudy.preview.rendering import render


def main() -> None:
    """Render what standard input asks for. The program gets an empty one, and what it prints goes to standard error."""
    collect_rarely()
    asked, answered = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        request = pickle.load(asked)  # noqa: S301 - from the process that began this one
    except EOFError:  # it asks for nothing
        return
    threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
    answer = pickle.dumps(render(*request))
    sys.stderr.flush()
    answered.write(answer)
    answered.flush()
    os._exit(0)  # taking all of it down would take longer than rendering it


def _end_with(asked: IO[bytes]) -> None:
    """Wait for the end of standard input: whoever began this process has it open for as long as it needs an answer."""
    asked.read()
    os._exit(1)
