"""Every form of a report of 1,000 resources, as shares of the preview that made it, in one run.

The report is that of the shipped system with a few services more, and with a change of every resource, which is the most that a
form can have to show.
"""

from __future__ import annotations

import copy
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from model_size import enlarged

from understudy.assemble import preview
from understudy.change.difference import change
from understudy.commands.delivery import as_json
from understudy.report.markdown import render_markdown
from understudy.report.page.page import render_html
from understudy.report.text import Detail, render_text

ROOT = Path(__file__).resolve().parent.parent
SERVICES, LEAST, ROUNDS = 9, 1_000, 5
MOST_SECONDS = 1.0
FORMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "json": as_json,
    "text": render_text,
    "text --verbose": lambda document: render_text(document, detail=Detail.VERBOSE),
    "markdown": render_markdown,
    "html": render_html,
}


def project(folder: Path) -> Path:
    """The shipped project with a few services more."""
    shipped = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    model = enlarged(shipped["config"]["environment"]["value"], SERVICES)
    whole = {**shipped, "main": str(ROOT), "config": {"environment": {"value": model}}}
    (folder / "Pulumi.yaml").write_text(json.dumps(whole), encoding="utf-8")
    (folder / "Pulumi.staging.yaml").write_text((ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def with_change(document: dict[str, Any]) -> dict[str, Any]:
    """The report, held against one in which every resource, figure and finding is otherwise."""
    base = copy.deepcopy(document)
    for content in base["stacks"].values():
        content["policies"] = []
        for resource in content["resources"]:
            resource["inputs"] = {**resource["inputs"], "former": True}
    for line in base["ledger"]:
        line["ratio"] = line["ratio"] / 2
    return {**document, "change": change(base, document, {"kind": "report", "name": "base.json", "commit": None})}


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of doing it once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    """Print the shares; the exit code says whether every form took less than a second."""
    made: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        directory = project(Path(folder))
        whole = min(seconds(lambda: made.append(preview(directory))) for _ in range(2))
    document = with_change(made[-1])
    resources = sum(document["summary"]["resources"].values())
    changed = sum(len(each["changed"]) for each in document["change"]["stacks"].values())
    print(f"{resources} resources, {changed} of them changed; the preview itself took {whole:.2f} s, the better of two")
    slowest = 0.0
    for name, render in FORMS.items():
        render(document)
        taken = statistics.median(seconds(lambda render=render: render(document)) for _ in range(ROUNDS))
        slowest = max(slowest, taken)
        print(f"  {name:<16}{taken / whole:8.2%} of the preview  {len(render(document)):>12,} characters")
    print(f"slowest form: {slowest:.2f} s (goal < {MOST_SECONDS:g} s), {slowest / whole:.1%} of the preview")
    return 0 if resources >= LEAST and slowest < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
