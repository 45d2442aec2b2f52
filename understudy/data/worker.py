"""A worker: asks for a piece, copies it, asks again. It ends when there are none left, or when whoever began it is gone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection as Pipe

from model.errors import ConfigurationError, Problem
from understudy.data.copying import Copying


def main(descriptors: Iterable[int]) -> None:
    """Work at the other end of each descriptor, in a process for each: all is imported once, and then they part."""
    own, *others = descriptors
    parted = []
    for number, other in enumerate(others):
        child = os.fork()
        if child == 0:
            for unused in (own, *others[number + 1 :]):
                os.close(unused)
            _work(Pipe(other))
            os._exit(0)
        os.close(other)
        parted.append(child)
    _work(Pipe(own))
    for child in parted:
        os.waitpid(child, 0)


def _work(pipe: Pipe) -> None:
    """Copy what is handed out. Key and passwords come this way: neither stands on a command line."""
    try:
        with ExitStack() as stack:
            copying: Copying = pipe.recv()
            copier = copying.copier(stack)
            pipe.send(None)
            while (piece := pipe.recv()) is not None:
                copier.copy(piece, lambda table, rows: pipe.send((table, rows)))
                pipe.send(None)
    except ConfigurationError as error:
        _tell(pipe, list(error.problems))
    except (EOFError, ConnectionError, KeyboardInterrupt):
        return
    except Exception as error:  # noqa: BLE001 - a traceback on standard error could show a value
        _tell(pipe, [Problem("refresh", f"internal error in a worker: {type(error).__name__}")])


def _tell(pipe: Pipe, problems: list[Problem]) -> None:
    with suppress(OSError):  # whoever began it may be gone, or have heard of another problem
        pipe.send(problems)
