"""Gives the command a number of malformed projects and counts what it answers. `make fuzz` runs it.

Each must end with exit code 2, a message that names the file, and no traceback. A hang ends the run.
"""

from __future__ import annotations

import re
import signal
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from tools.fuzz.malformed import PROJECT, STAGING, Malformed, Valid, malformed
from understudy.cli import cli
from understudy.commands.exit_codes import BAD_INPUT

COUNT, SECONDS, SHOWN = 1000, 60, 20
ROOT = Path(__file__).resolve().parents[2]
_LOCATED = re.compile(r"^error: (Pulumi(\.staging)?\.yaml|\S+:)", re.MULTILINE)


def main() -> int:
    """Print the figure; 1 where an answer was not as it must be."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    wrong, ways = attempted(range(count))
    print(f"{count - len(wrong)} of {count} malformed configurations ended with exit code {BAD_INPUT} and a place")
    print("  " + ", ".join(f"{how}: {number}" for how, number in sorted(ways.items())))
    for line in wrong[:SHOWN]:
        print(f"  {line}")
    return 1 if wrong else 0


def attempted(seeds: range) -> tuple[list[str], Counter[str]]:
    """What was answered wrongly, and how many were made in which way."""
    valid = Valid({name: _text(name) for name in (PROJECT, STAGING)})
    wrong: list[str] = []
    ways: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for seed in seeds:
            each = malformed(valid, seed)
            ways[each.how] += 1
            problem = _answered(Path(folder), each)
            if problem:
                wrong.append(f"seed {seed}, {each.how} at {each.where}: {problem}")
    return wrong, ways


def _text(name: str) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    return text.replace("runtime:", f"main: {ROOT}\nruntime:", 1) if name == PROJECT else text


def _answered(folder: Path, each: Malformed) -> str:
    """What is wrong with the answer; empty where it is as it must be."""
    for name, content in each.files.items():
        (folder / name).write_bytes(content)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(SECONDS)
    try:
        result = CliRunner().invoke(cli, ["explain", "network.zones", "--project", str(folder)], catch_exceptions=True)
    finally:
        signal.alarm(0)
    if result.exit_code != BAD_INPUT:
        return f"exit code {result.exit_code}: {result.output.strip()[:200] or result.exception!r}"
    if "Traceback" in result.output or not _LOCATED.search(result.output):
        return f"says {result.output.strip()[:200]}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
