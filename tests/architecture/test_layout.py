"""How the code is laid out: files that can be read in one go, and names that hide nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("model", "scaling", "components", "policies", "understudy", "tools")
SOURCES = sorted(
    path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts
)
LONGEST_FILE = 400
# The program is read as one page.
LONGEST_PROGRAM = 60


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_file_has_fewer_than_400_lines(source: Path) -> None:
    assert len((ROOT / source).read_text(encoding="utf-8").splitlines()) < LONGEST_FILE


def test_the_program_is_a_page() -> None:
    assert len((ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) <= LONGEST_PROGRAM


def test_nothing_in_a_policy_pack_hides_a_module_of_the_standard_library() -> None:
    # A pack runs with its own folder first on the path: a `secrets.py` there would be what the SDK imports.
    packs = [path.parent for path in (ROOT / "policies").glob("*/PulumiPolicy.yaml")]
    names = {entry.stem: entry for pack in packs for entry in pack.iterdir() if entry.suffix == ".py" or entry.is_dir()}

    assert sorted(str(entry) for name, entry in names.items() if name in sys.stdlib_module_names) == []


def test_every_target_of_the_makefile_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))


def test_continuous_integration_runs_what_contributors_run() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    (targets,) = re.findall(r"^for target in (.+); do$", script, re.MULTILINE)
    assert targets == "test check test-slow differential mutants fuzz docs faults test-engine test-cluster"
    assert '    make "$target"\n' in script
    assert "set -euo pipefail" in script
