"""Parity in a preview: the report has what the pack judged by, and where the pack did not judge, it is assessed all the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policies.parity.pack import NAME
from tests.conftest import PROJECTS, ROOT
from understudy import assemble

PROJECT = PROJECTS["online-boutique"]
PACK = ROOT / "policies" / "parity"
TODAY = date(2026, 1, 1)


def previewed(config: str, folder: Path, stack: str = "staging") -> dict[str, Any]:
    file = folder / "parity.yaml"
    file.write_text(config, encoding="utf-8")
    return assemble.preview(PROJECT, stack=stack, today=TODAY, pack_directories=[PACK], pack_configs=[file])


def section(document: dict[str, Any]) -> Any:
    return document["parity"]["staging"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return section(previewed("{}", tmp_path_factory.mktemp("judged")))


def test_a_stack_has_the_section_that_the_pack_judged_by_and_the_lead_has_none(judged: Any, tmp_path: Path) -> None:
    both = previewed("{}", tmp_path, "all")

    assert judged["rows"]
    assert both["parity"] == {"staging": judged}


@pytest.mark.parametrize(
    "config",
    [f"{NAME}: disabled", f"{NAME}:\n  deployed: /nowhere/state.json"],
    ids=["disabled", "cannot use its configuration"],
)
def test_a_stack_that_the_pack_did_not_judge_is_assessed_all_the_same(judged: Any, tmp_path: Path, config: str) -> None:
    assert section(previewed(config, tmp_path)) == judged


def test_a_stack_at_which_the_pack_crashed_is_assessed_all_the_same(
    judged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("policies.parity.pack._given", crash)
    document = previewed("{}", tmp_path)

    assert section(document) == judged
    assert "crashed with RuntimeError" in str(document["stacks"]["staging"]["policies"])
