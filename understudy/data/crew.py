"""The processes that copy: begun before there is anything to copy, as they take long to start; they end with who began them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from types import TracebackType

from model.errors import ConfigurationError, Problem
from understudy.data.copying import Copying, Piece, Report

END_SECONDS = 5
RUN = "import sys; from understudy.data.worker import main; main(map(int, sys.argv[1:]))"


class Crew:
    """So many workers; with one, this process does the work. Use it as a context: leaving it ends them."""

    def __init__(self, workers: int) -> None:
        self._pipes: list[Pipe] = []
        self._process: subprocess.Popen[bytes] | None = None
        if workers > 1:
            self._start(workers)

    def _start(self, workers: int) -> None:
        pairs = [socket.socketpair() for _ in range(workers)]
        theirs = [other.fileno() for _, other in pairs]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", RUN, *map(str, theirs)],
            env={**kept, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            pass_fds=theirs,
            start_new_session=True,
        )
        for ours, other in pairs:
            other.close()
            self._pipes.append(Pipe(ours.detach()))

    def copy(self, copying: Copying, work: Iterable[Piece], report: Report) -> None:
        """Copy all pieces. Raises ConfigurationError for the first that fails."""
        if not self._pipes:
            with ExitStack() as stack:
                copier = copying.copier(stack)
                for piece in work:
                    copier.copy(piece, report)
            return
        try:
            for pipe in self._pipes:
                pipe.send(copying)
            _hand_out(self._pipes, iter(work), report)
        except (EOFError, ConnectionError):
            raise ConfigurationError([Problem("refresh", "a worker ended before its work was done")]) from None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pipe in self._pipes:
            pipe.close()
        if self._process is None:
            return
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _hand_out(pipes: list[Pipe], remaining: Iterator[Piece], report: Report) -> None:
    """Give each worker that is free the next piece; the largest were put first."""
    busy: set[Pipe] = set(pipes)
    while busy:
        for ready in wait(list(busy)):
            pipe = next(pipe for pipe in busy if pipe is ready)
            message = pipe.recv()
            if isinstance(message, tuple):
                report(*message)
            elif isinstance(message, list):
                raise ConfigurationError(message)
            else:
                piece = next(remaining, None)
                pipe.send(piece)
                if piece is None:
                    busy.discard(pipe)
