"""The security rules: what a rule and a resource cost, whether that grows with the stack, and how checkov compares.

10,000 mixed resources are the shipped systems' own, copied under names of their own. Against checkov both are whole processes
over the same manifests, alternating in one run; `make differential` installs it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import json_format

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from policies.engine.adapter.resources import plain  # noqa: E402 - the path above comes first
from policies.engine.evaluate import evaluate  # noqa: E402
from policies.engine.snapshot import Resource, Snapshot  # noqa: E402
from policies.security.pack import NAME, RULES  # noqa: E402
from tools.checkov.manifests import write_manifests  # noqa: E402
from understudy.preview.project import read_project  # noqa: E402
from understudy.preview.rendering import Rendering, render  # noqa: E402

RESOURCES, ROUNDS = 10_000, 3
MICROSECONDS, GROWTH, FASTER, START_UP = 10.0, 1.25, 5.0, 1.0
CHECKOV = ROOT / "tools/checkov/.venv/bin/checkov"
OURS = """
import sys
from pathlib import Path
from policies.engine.evaluate import evaluate
from policies.engine.snapshot import Snapshot
from policies.security.pack import RULES
from tools.checkov.manifests import read_manifests
print(len(evaluate(RULES, Snapshot.of(read_manifests(Path(sys.argv[1])))).findings))
"""


def renderings() -> list[Rendering]:
    """Production of both shipped systems."""
    projects = [read_project(path) for path in (ROOT, ROOT / "examples/online-boutique")]
    return [render(project, "production", project.stack_configuration("production")) for project in projects]


def resources(rendering: Rendering, copy: int) -> list[Resource]:
    """The rendering's resources as rules see them, under URNs of the copy's own."""
    made = []
    for resource in rendering.resources:
        request = resource.request
        made.append(
            Resource(
                request.type,
                f"{resource.urn}-{copy}",
                plain(request.type, json_format.MessageToDict(request.object)),
                {key: tuple(f"{urn}-{copy}" for urn in value.urns) for key, value in request.propertyDependencies.items()},
                f"{request.parent}-{copy}",
            )
        )
    return made


def stack(systems: Sequence[Rendering], count: int) -> list[Resource]:
    """At least as many resources, from whole copies of the systems."""
    made: list[Resource] = []
    copy = 0
    while len(made) < count:
        for system in systems:
            made += resources(system, copy)
        copy += 1
    return made[:count]


def judging(members: Sequence[Resource]) -> tuple[float, int]:
    """Seconds to judge a snapshot of them by every rule, and how many pairs of rule and resource that was. Best of several."""
    best, pairs = float("inf"), 0
    for _ in range(ROUNDS):
        snapshot = Snapshot.of(members)
        start = time.process_time()
        assessment = evaluate(RULES, snapshot)
        best = min(best, time.process_time() - start)
        pairs = sum(outcome.subjects for outcome in assessment.outcomes)
    return best, pairs


def seconds(command: Sequence[str]) -> float:
    """Wall-clock time of one process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def start_up(program: str) -> float:
    """Seconds until a pack's process answers with its port. Best of several."""
    best = float("inf")
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "__main__.py").write_text(program, encoding="utf-8")
        for _ in range(ROUNDS):
            start = time.perf_counter()
            command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", directory]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                if process.stdout is not None:
                    process.stdout.readline()
                best = min(best, time.perf_counter() - start)
                process.kill()
    return best


EMPTY = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy
PolicyPack("empty", [ResourceValidationPolicy("nothing", "Nothing.", lambda args, report: None)])
"""
SECURITY = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from policies.engine.serving import serve
from policies.security.pack import NAME, RULES
serve(NAME, RULES)
"""


def against_checkov(systems: Sequence[Rendering]) -> Mapping[str, Any] | None:
    """Both over the same manifests, None where checkov is not installed."""
    if not CHECKOV.exists():
        return None
    with tempfile.TemporaryDirectory() as directory:
        count = sum(write_manifests(system, Path(directory)) for system in systems)
        commands = {
            "checkov": [str(CHECKOV), "-d", directory, "--framework", "kubernetes", "-o", "json", "--skip-download"],
            NAME: [sys.executable, "-c", OURS, directory],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(seconds(command))
    return {"manifests": count, **{name: statistics.median(found) for name, found in times.items()}}


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    systems = renderings()
    members = stack(systems, RESOURCES)
    small, small_pairs = judging(members[: RESOURCES // 10])
    large, pairs = judging(members)
    each = large / pairs * 1e6
    growth = each / (small / small_pairs * 1e6)
    added = start_up(SECURITY) - start_up(EMPTY)
    figures = [
        (f"{len(RULES)} rules over {len(members)} resources, {pairs} pairs: a pair", each, "µs", MICROSECONDS),
        (f"a pair among {RESOURCES} ÷ among {RESOURCES // 10}", growth, "", GROWTH),
        ("what the pack adds to an empty pack's start", added, "s", START_UP),
    ]
    missed = False
    for name, value, unit, most in figures:
        print(f"{name}: {value:.2f} {unit} (goal ≤ {most:g})")
        missed |= value > most
    compared = against_checkov(systems)
    if compared is None:
        print("against checkov: not measured, since it is not installed; `make differential` does that")
    else:
        ratio = compared["checkov"] / compared[NAME]
        print(f"checkov ÷ {NAME} on {compared['manifests']} manifests, whole processes: {ratio:.1f} (goal ≥ {FASTER:g})")
        missed |= ratio < FASTER
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
