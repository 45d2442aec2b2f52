"""The whole preview against merely importing the SDKs and constructing the same resources, alternating in one run.

The lower bound runs the program for both stacks under the SDK's own mocks: no recording, no policies, no report.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
GOAL = 3.0
MEMORY_GOAL_MIB = 400

BARE = """
import runpy, sys
from pathlib import Path
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import ROOT
from understudy.preview.project import read_project

class Bare(mocks.Mocks):
    def new_resource(self, args):
        return None, args.inputs
    def call(self, args):
        raise NotImplementedError(args.token)

project = read_project(Path(sys.argv[1]))
for stack in ("production", "staging"):
    ROOT.set(None)
    set_all_config(project.stack_configuration(stack))
    mocks.set_mocks(Bare(), project=project.name, stack=stack, preview=True)
    mocks.test(lambda: runpy.run_path(str(project.program / "__main__.py"), run_name="__main__") and None)()
"""
COMMANDS = {
    "importing and constructing": [sys.executable, "-c", BARE, str(ROOT)],
    "understudy preview": [str(Path(sys.executable).parent / "understudy"), "preview", "--project", str(ROOT)],
}


def seconds(command: list[str]) -> float:
    """Wall-clock time of one run; the bytecode cache is used, as on any machine's second run."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    """Print medians, samples, their ratio and the peak memory; the exit code says whether both goals were reached."""
    for command in COMMANDS.values():
        seconds(command)
    samples: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            samples[name].append(seconds(command))
    bare, whole = (statistics.median(samples[name]) for name in COMMANDS)
    for name, times in samples.items():
        print(f"{name:<28} median {statistics.median(times):5.2f} s of {[round(value, 2) for value in times]}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"a preview takes {whole / bare:.2f} × the time of importing and constructing (goal: at most {GOAL:g})")
    print(f"peak memory of a process: {memory} MiB (goal: below {MEMORY_GOAL_MIB})")
    return 0 if whole / bare <= GOAL and memory < MEMORY_GOAL_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
