"""Validate, scale and render a model of 100 and of 1,000 services in one run; a linear cost makes the ratio of the times 10."""

from __future__ import annotations

import copy
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from model.load import load_environment, load_staging
from scaling.represented_load import represented_load
from scaling.resolve import resolve
from understudy.preview.project import read_project
from understudy.preview.rendering import render

ROOT = Path(__file__).resolve().parent.parent
SIZES = (100, 1000)
ROUNDS = 5
GOAL = 12.0


def enlarged(raw: dict[str, Any], services: int) -> dict[str, Any]:
    """The shipped model with this many services, room for them on the nodes, and a critical path for every ten."""
    model = copy.deepcopy(raw)
    pattern = copy.deepcopy(model["services"]["carts"])
    for index in range(services - len(model["services"])):
        model["services"][f"carts-{index}"] = copy.deepcopy(pattern)
    for group in model["cluster"]["node_groups"].values():
        group["nodes"], group["max_nodes"] = services * 10, services * 20
    for index in range(services // 10):
        model["critical_paths"][f"browse-{index}"] = copy.deepcopy(model["critical_paths"]["browse"])
    return model


def seconds(raw: dict[str, Any], own: dict[str, Any]) -> float:
    """Time of one validation, scaling and derivation of loads."""
    start = time.perf_counter()
    production = load_environment(raw)
    staging = resolve(production, load_staging(own, production))
    represented_load(production, staging.environment)
    return time.perf_counter() - start


def render_seconds(raw: dict[str, Any]) -> tuple[float, int]:
    """Time of rendering production, and the number of its resources."""
    project = {"name": "retail-store", "main": str(ROOT), "config": {"environment": {"value": raw}}}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Pulumi.yaml").write_text(json.dumps(project), encoding="utf-8")
        read = read_project(Path(folder))
        start = time.perf_counter()
        rendering = render(read, "production", read.configuration)
        return time.perf_counter() - start, len(rendering.resources)


def main() -> int:
    """Print the figures; the exit code says whether the goal was reached."""
    raw = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]["environment"]["value"]
    stack = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8"))["config"]
    own = {key.split(":", 1)[1]: value for key, value in stack.items()}
    times = {size: [seconds(enlarged(raw, size), own) for _ in range(ROUNDS)] for size in SIZES}
    for size in SIZES:
        print(f"validating and scaling {size:>5} services: median {statistics.median(times[size]):.3f} s")
        print(f"  of {[round(value, 3) for value in times[size]]}")
    scaling = statistics.median(times[1000]) / statistics.median(times[100])
    print(f"  1,000 services take {scaling:.1f} × the time of 100 (goal: at most {GOAL:g})")
    render_seconds(raw)  # imports what all renderings share
    rendered = {size: render_seconds(enlarged(raw, size)) for size in SIZES}
    for size, (elapsed, resources) in rendered.items():
        print(f"rendering {size:>5} services, {resources} resources: {elapsed:.1f} s")
    rendering = rendered[1000][0] / rendered[100][0]
    print(f"  1,000 services take {rendering:.1f} × the time of 100 (goal: at most {GOAL:g})")
    return 0 if max(scaling, rendering) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
