"""Refreshes that are killed: anywhere, at every boundary between steps, and by a server that stops."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import Any

from tools.faults.bed import Bed, Figure, databases, digest, ended, in_process, next_refresh, rotated
from understudy.data.connection import Place
from understudy.data.target import last_result

STEPS = (
    "prepare", "create", "schema", "rows", "sequences", "indexes and keys", "views and statistics", "grants", "verify", "swap",
    "before swap", "renamed", "clean up", "done",
)  # fmt: skip
PATIENCE_SECONDS = 120


def killed_anywhere(bed: Bed, points: int, seed: int) -> Figure:
    """Kill refreshes after random times."""
    drawn = random.Random(seed)
    target = bed.target()
    whole = _timed(bed, target)
    samples = []
    for _ in range(points):
        after = drawn.uniform(0, 1.05 * whole)
        before = digest(target)
        child = in_process(lambda: bed.manager(target).refresh_staging_data(rotated()))
        if ended(child, after) is None:
            samples.append({"after_seconds": round(after, 4), **_aftermath(bed, target, before)})
        else:
            samples.append({"after_seconds": round(after, 4), **_aftermath(bed, target, before), "ended": True})
    return _judged("killed anywhere", samples)


def killed_at_steps(bed: Bed) -> Figure:
    """Kill refreshes as each step begins."""
    target = bed.target()
    _timed(bed, target)
    samples = []
    for step in STEPS:
        before = digest(target)

        def stop(reached: str, step: str = step) -> None:
            if reached == step:
                os.kill(os.getpid(), signal.SIGKILL)

        child = in_process(lambda stop=stop: bed.manager(target, on_step=stop).refresh_staging_data(rotated()))  # type: ignore[misc]
        code = ended(child, PATIENCE_SECONDS)
        samples.append({"step": step, "reached": code == -signal.SIGKILL, **_aftermath(bed, target, before)})
    figure = _judged("killed at every step", samples)
    return Figure(
        figure.name, figure.goal, figure.measured, figure.holds and all(sample["reached"] for sample in samples), samples
    )


def server_stopped(bed: Bed, times: int, seed: int) -> Figure:
    """Stop a server at once, as in a crash, during refreshes: staging's three times of four, else production's."""
    drawn = random.Random(seed)
    target = bed.target()
    whole = _timed(bed, target)
    samples = []
    for number in range(times):
        server = bed.production if number % 4 == 3 else bed.staging
        before = digest(target)
        child = in_process(lambda: bed.manager(target).refresh_staging_data(rotated()))
        after = drawn.uniform(0, whole)
        time.sleep(after)
        server.stop(signal.SIGQUIT)
        ended(child, PATIENCE_SECONDS)
        server.start()
        samples.append(
            {"after_seconds": round(after, 4), "production": server is bed.production, **_aftermath(bed, target, before)}
        )
    return _judged("server stopped", samples)


def _timed(bed: Bed, target: Place) -> float:
    """Fill the target for the first time, then once more, as those that are killed do; the second's seconds."""
    bed.manager(target).refresh_staging_data(rotated())
    began = time.monotonic()
    ended(in_process(lambda: bed.manager(target).refresh_staging_data(rotated())), PATIENCE_SECONDS)
    return time.monotonic() - began


def _aftermath(bed: Bed, target: Place, before: str) -> dict[str, Any]:
    """What is there after a fault, and whether the next refresh succeeds and leaves nothing beside its database."""
    now, result = digest(target), last_result(target)
    whole = now == before or bool(result and result["verification"]["verdict"] == "clean")
    following = next_refresh(bed.manager(target), rotated())
    left = [name for name in databases(bed.staging) if name.startswith(f"{target.database}_understudy")]
    after = {"old": now == before, "whole": whole, "next": following.accepted, "left": left}
    refused = [check["findings"] for check in following.verification["checks"] if check["status"] == "fail"]
    return {**after, "refused": refused} if refused else after


def _judged(name: str, samples: list[dict[str, Any]]) -> Figure:
    good = [sample for sample in samples if sample["whole"] and sample["next"] and not sample["left"]]
    old = sum(sample["old"] for sample in samples)
    measured = f"{len(good)} of {len(samples)}; the old data whole {old} times, the new {len(samples) - old} times"
    return Figure(
        name,
        "old data byte-identical or new data complete, next run succeeds, nothing left",
        measured,
        len(good) == len(samples),
        samples,
    )
