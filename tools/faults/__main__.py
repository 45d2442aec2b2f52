"""Does to staging's data what must not harm it, and prints what came of it. `make faults` runs it.

`make faults ARGS="--size full"` takes every experiment at the size that the goals name; `--out FILE` keeps the raw samples.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from tools.faults.at_once import at_once
from tools.faults.bed import Bed, Figure, bed
from tools.faults.canaries import canaries
from tools.faults.closure import closure
from tools.faults.drift import drift
from tools.faults.killed import killed_anywhere, killed_at_steps, server_stopped
from tools.faults.mis_aimed import mis_aimed
from understudy.data.server import programs

SIZES: Mapping[str, Mapping[str, int]] = {
    "small": {"killed": 6, "stopped": 2, "rounds": 3, "changes": 100, "canaries": 1000, "schemas": 12},
    "full": {"killed": 200, "stopped": 20, "rounds": 50, "changes": 100, "canaries": 1000, "schemas": 500},
}
Experiment = Callable[[Bed, Mapping[str, int], int], Figure]
EXPERIMENTS: Mapping[str, Experiment] = {
    "killed": lambda bed, size, seed: killed_anywhere(bed, size["killed"], seed),
    "steps": lambda bed, size, seed: killed_at_steps(bed),  # noqa: ARG005
    "stopped": lambda bed, size, seed: server_stopped(bed, size["stopped"], seed),
    "at-once": lambda bed, size, seed: at_once(bed, size["rounds"]),  # noqa: ARG005
    "drift": lambda bed, size, seed: drift(bed, size["changes"]),  # noqa: ARG005
    "canaries": lambda bed, size, seed: canaries(bed, size["canaries"], seed),
    "mis-aimed": lambda bed, size, seed: mis_aimed(bed),  # noqa: ARG005
    "closure": lambda bed, size, seed: closure(bed, size["schemas"], seed),
}


def main() -> int:
    """Run the experiments; 1 where one did not hold."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    named = f"which of {', '.join(EXPERIMENTS)}; all by default"
    parser.add_argument("experiments", nargs="*", choices=[*EXPERIMENTS, []], metavar="EXPERIMENT", help=named)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seed", type=int, default=20_261_128)
    parser.add_argument("--programs", type=Path, help="folder of the server's programs")
    parser.add_argument("--out", type=Path, help="file for the raw samples")
    given = parser.parse_args()
    print(f"PostgreSQL of {programs(given.programs)}, Python {platform.python_version()}, seed {given.seed}, size {given.size}")
    figures = []
    with bed(given.programs) as made:
        for name in given.experiments or EXPERIMENTS:
            began = time.monotonic()
            figure = EXPERIMENTS[name](made, SIZES[given.size], given.seed)
            figures.append(figure)
            print(f"{figure.line()}, {time.monotonic() - began:.0f} s", flush=True)
            for sample in figure.samples if not figure.holds else ():
                print(f"    {sample}")
    if given.out:
        given.out.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", encoding="utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
