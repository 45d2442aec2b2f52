"""Each import contract holds, and is noticed when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = sorted(contract["id"] for contract in CONFIGURATION["contracts"])

BREAKS = [
    ("one-way", "model", "import scaling"),
    ("one-way", "model", "import understudy"),
    ("one-way", "scaling", "import components"),
    ("one-way", "components", "import policies"),
    ("one-way", "components", "import understudy"),
    ("one-way", "policies", "import components"),
    ("one-way", "policies", "import understudy"),
    ("pure", "model", "import pulumi"),
    ("pure", "model", "import yaml"),
    ("pure", "scaling", "import pulumi_aws"),
    ("components", "components", "import pulumi_policy"),
    ("command", "understudy", "import components"),
    ("command", "understudy", "import pulumi_aws"),
    ("policy-engine", "policies.engine", "import scaling"),
    ("packs", "policies.engine", "import policies.parity"),
    ("packs", "policies.security", "import policies.parity"),
    ("adapter", "policies.engine", "import pulumi_policy"),
    ("adapter", "policies.parity", "import pulumi"),
    ("independent-judgement", "policies.parity", "from scaling import resolve"),
]


@pytest.fixture
def working_copy(tmp_path: Path) -> Path:
    """The packages alone, to be broken; packs are there even before the first one is written."""
    for package in CONFIGURATION["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for pack in ("parity", "security"):
        (tmp_path / "policies" / pack).mkdir(exist_ok=True)
        (tmp_path / "policies" / pack / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(directory: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on the packages in a directory."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache", "--contract", contract],
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
    )


def is_reported(result: subprocess.CompletedProcess[str], module: str) -> bool:
    """Whether the contract is broken, and by this module: a mistake in the configuration fails too, but names none."""
    return result.returncode == 1 and "0 kept, 1 broken" in result.stdout and module in result.stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_kept(working_copy: Path, contract: str) -> None:
    result = lint_imports(working_copy, contract)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(("contract", "package", "statement"), BREAKS)
def test_an_import_that_breaks_a_contract_is_reported(working_copy: Path, contract: str, package: str, statement: str) -> None:
    (working_copy / package.replace(".", "/") / "breaking.py").write_text(statement + "\n", encoding="utf-8")

    assert is_reported(lint_imports(working_copy, contract), f"{package}.breaking")


@pytest.mark.parametrize("package", CONFIGURATION["root_packages"])
def test_modules_that_import_each_other_are_reported(working_copy: Path, package: str) -> None:
    (working_copy / package / "egg.py").write_text(f"import {package}.hen\n", encoding="utf-8")
    (working_copy / package / "hen.py").write_text(f"import {package}.egg\n", encoding="utf-8")

    assert is_reported(lint_imports(working_copy, "acyclic"), package)


def test_the_adapter_may_touch_the_policy_sdk(working_copy: Path) -> None:
    with (working_copy / "policies" / "engine" / "adapter" / "resources.py").open("a", encoding="utf-8") as adapter:
        adapter.write("import pulumi\nimport pulumi_policy\n")

    assert lint_imports(working_copy, "adapter").returncode == 0


def test_each_contract_has_an_import_that_breaks_it() -> None:
    assert {contract for contract, _, _ in BREAKS} | {"acyclic"} == set(CONTRACTS)
