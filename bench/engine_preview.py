"""The embedded preview against the real engine's, of the same stack under the same packs, alternating in one run.

The real one runs on stand-in providers, so that neither waits for a network. Then what each pack's start adds to a real preview
of a program that declares nothing, beside a preview without a pack.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from model.errors import ConfigurationError  # noqa: E402 - the path above comes first
from understudy.engine.command import bytecode_kept  # noqa: E402
from understudy.engine.executable import find_engine  # noqa: E402
from understudy.preview.packs import find_packs  # noqa: E402
from understudy.preview.project import read_project  # noqa: E402
from understudy.sandbox import descriptions  # noqa: E402
from understudy.sandbox.workspace import Workspace, open_workspace  # noqa: E402

ROUNDS = 3
STACK = "staging"
FASTER = 3.0
"""How many times faster the embedded preview shall be."""
START_UP = 1.0
"""Seconds that the security pack's start may add to a real preview."""
PACKS = find_packs(ROOT / "policies")
EMPTY = {
    "Pulumi.yaml": "name: nothing\nruntime: python\n",
    "Pulumi.staging.yaml": "{}\n",
    "__main__.py": "",
}


def embedded() -> float:
    """Seconds of `understudy preview`."""
    command = [sys.executable, "-m", "understudy", "preview", "--project", str(ROOT), "--stack", STACK, "--format", "json"]
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=bytecode_kept(), stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def real(workspace: Workspace, project: Path, packs: Sequence[Path], *, must_pass: bool = True) -> float:
    """Seconds of `pulumi preview`."""
    read = read_project(project)
    workspace.prepare(read, STACK)
    start = time.perf_counter()
    outcome = workspace.run(read, STACK, "preview", packs=packs)
    if must_pass and outcome.exit_code != 0:
        raise RuntimeError(outcome.output[-2000:])
    return time.perf_counter() - start


def workspace_in(folder: Path, engine: Path) -> Workspace:
    """A workspace of its own, with the descriptions that an earlier run kept."""
    opened = open_workspace(folder, engine)
    kept = {descriptions.VARIABLE: str(ROOT / ".cache" / "descriptions")}
    return Workspace(opened.root, opened.engine, opened.passphrase, kept)


def medians(samples: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Print the samples, and return each median."""
    for name, found in samples.items():
        print(f"{name}: {', '.join(f'{each:.2f}' for each in sorted(found))} s")
    return {name: statistics.median(found) for name, found in samples.items()}


def against_each_other(workspace: Workspace) -> bool:
    """The ratio of the two; whether it is what was aimed at."""
    samples: dict[str, list[float]] = {"embedded preview": [], "real preview": []}
    real(workspace, ROOT, PACKS)
    embedded()
    for _ in range(ROUNDS):
        samples["embedded preview"].append(embedded())
        samples["real preview"].append(real(workspace, ROOT, PACKS))
    middle = medians(samples)
    ratio = middle["real preview"] / middle["embedded preview"]
    print(f"real ÷ embedded: {ratio:.1f} (goal ≥ {FASTER:g})")
    return ratio >= FASTER


def starts(workspace: Workspace, folder: Path) -> bool:
    """What each pack's start adds; whether that of the security pack is what was aimed at."""
    folder.mkdir()
    for name, text in EMPTY.items():
        (folder / name).write_text(text, encoding="utf-8")
    given = {"no pack": [], **{pack.name: [pack] for pack in PACKS}}
    samples: dict[str, list[float]] = {name: [] for name in given}
    for _ in range(ROUNDS + 1):
        for name, packs in given.items():
            samples[name].append(real(workspace, folder, packs, must_pass=False))  # parity finds no production there
    middle = medians({name: found[1:] for name, found in samples.items()})
    added = {name: found - middle["no pack"] for name, found in middle.items() if name != "no pack"}
    for name, seconds in added.items():
        print(
            f"the pack {name} adds to an empty preview: {seconds:.2f} s"
            + (f" (goal < {START_UP:g})" if name == "security" else "")
        )
    return added["security"] < START_UP


def main() -> int:
    """Measure and print; 1 where a goal is missed. Where there is no engine there is nothing to measure, and that is said."""
    try:
        engine = find_engine()
    except ConfigurationError as error:
        print(f"not measured: {error.problems[0]}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="understudy-bench-"))
    try:
        workspace = workspace_in(folder / "sandbox", engine)
        reached = [against_each_other(workspace), starts(workspace, folder / "nothing")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(reached) else 1


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main())
