"""Refreshes of one database at once: one goes on, all others are told that it is busy, and nothing is done twice."""

from __future__ import annotations

import multiprocessing
import os
import time
from functools import partial
from multiprocessing.synchronize import Barrier, Event

from tools.faults.bed import Bed, Figure, ended, in_process, rotated
from understudy.commands.exit_codes import BUSY
from understudy.data.connection import Place
from understudy.data.target import last_result

PATIENCE_SECONDS = 120


def at_once(bed: Bed, rounds: int, processes: int = 8) -> Figure:
    """Start so many refreshes at the same moment, over and over. The one that goes on waits until all others were refused."""
    target = bed.target()
    bed.manager(target).refresh_staging_data(rotated())
    samples = []
    for _ in range(rounds):
        start, others = multiprocessing.Barrier(processes), multiprocessing.Event()
        before = last_result(target)
        children = [in_process(partial(_one, bed, target, start, others)) for _ in range(processes)]
        codes = _codes(children, others)
        after = last_result(target)
        renewed = bool(before and after and before["run"] != after["run"])
        samples.append({"winners": codes.count(0), "busy": codes.count(BUSY), "renewed": renewed})
    good = sum(sample == {"winners": 1, "busy": processes - 1, "renewed": True} for sample in samples)
    return Figure("eight at once", "exactly one winner each", f"{good} of {rounds} rounds", good == rounds, samples)


def _one(bed: Bed, target: Place, start: Barrier, others: Event) -> None:
    def hold(step: str) -> None:
        if step == "create":
            others.wait(PATIENCE_SECONDS)

    start.wait(PATIENCE_SECONDS)
    bed.manager(target, on_step=hold).refresh_staging_data(rotated())


def _codes(children: list[int], others: Event) -> list[int | None]:
    """The exit codes, the losers' first; then the winner may go on."""
    codes: dict[int, int | None] = {}
    until = time.monotonic() + PATIENCE_SECONDS
    while len(codes) < len(children) and time.monotonic() < until:
        for child in children:
            if child not in codes and (code := _peek(child)) is not None:
                codes[child] = code
        if len(codes) >= len(children) - 1:
            others.set()
        time.sleep(0.005)
    return [codes.get(child) if child in codes else ended(child, 0) for child in children]


def _peek(child: int) -> int | None:
    done, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None
