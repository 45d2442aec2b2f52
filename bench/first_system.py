"""From a clone to the first preview of a system of one's own: each step, as the share of the whole that it takes.

The steps are what a newcomer types. Setting up depends on the network and on what is cached; previewing the shipped system, in
the same run, is what the others can be compared with.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "tests" / "start" / "systems" / "docker-compose.yml"
STEPS = (
    ("clone", ("git", "clone", "--quiet", str(ROOT), "understudy")),
    ("set up", ("make", "-C", "understudy", ".venv/.ready")),
    ("write one's own project", ("understudy/.venv/bin/understudy", "init", "shop", "--from-compose", str(COMPOSE))),
    ("preview it", ("understudy/.venv/bin/understudy", "preview", "--project", "shop")),
    ("preview the shipped system", ("understudy/.venv/bin/understudy", "preview", "--project", "understudy")),
)


def main() -> int:
    """Take the steps in a folder of their own, and print the shares."""
    taken: list[tuple[str, tuple[str, ...], float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command in STEPS:
            began = time.perf_counter()
            done = subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode:
                print(f"{name} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)
                return 1
            taken.append((name, command, time.perf_counter() - began))
    own = sum(seconds for name, _, seconds in taken if name != "preview the shipped system")
    print(f"from clone to one's own first preview: {len(taken) - 1} commands")
    for name, command, seconds in taken:
        typed = " ".join(command).replace(str(ROOT), "<repository>")
        print(f"  {seconds / own:6.1%}  {name:<28}{typed}")
    preview, shipped = taken[-2][2], taken[-1][2]
    print(f"preview of one's own ÷ preview of the shipped system: {preview / shipped:.2f}")
    print(f"all of it ÷ preview of the shipped system: {own / shipped:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
