"""Validate and scale a model of 100 and of 1,000 services in one run; a linear cost makes the ratio of the times 10."""

from __future__ import annotations

import copy
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from model.load import load_environment, load_staging
from scaling.represented_load import represented_load
from scaling.resolve import resolve

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


def main() -> int:
    """Print the figures; the exit code says whether the goal was reached."""
    raw = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]["environment"]["value"]
    stack = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8"))["config"]
    own = {key.split(":", 1)[1]: value for key, value in stack.items()}
    times = {size: [seconds(enlarged(raw, size), own) for _ in range(ROUNDS)] for size in SIZES}
    ratio = statistics.median(times[1000]) / statistics.median(times[100])
    for size in SIZES:
        print(f"{size:>5} services: median {statistics.median(times[size]):.3f} s of {[round(t, 3) for t in times[size]]}")
    print(f"1,000 services take {ratio:.1f} × the time of 100 (goal: at most {GOAL:g})")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
