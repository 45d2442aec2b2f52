"""The documentation's site: every page can be reached, every command is in the reference, no link leaves it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tools.docs.commands import FILE, reference
from tools.docs.site import SETTINGS, lay_out, without_outer_links
from understudy.cli import cli


def pages(nav: Any) -> set[str]:
    if isinstance(nav, str):
        return {nav}
    return {page for each in (nav.values() if isinstance(nav, dict) else nav) for page in pages(each)}


def test_every_page_stands_in_the_navigation() -> None:
    named = pages(tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["project"]["nav"])

    assert named == {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}


def test_the_reference_is_the_same_whatever_ran_before() -> None:
    before = reference()

    CliRunner().invoke(cli, ["--help"])
    CliRunner().invoke(cli, ["preview", "--help"])

    assert reference() == before


def test_every_command_has_its_heading_in_the_reference() -> None:
    text = reference()

    for name in cli.commands:
        assert f"\n## understudy {name}\n" in text


def test_the_reference_is_in_step_with_the_commands() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "`make docs` writes it anew"


@pytest.mark.parametrize(
    ("folder", "written", "kept"),
    [
        (".", "see [it](model.md)", "see [it](model.md)"),
        (".", "see [it](../README.md)", "see it"),
        (".", "[`a`](../a.py#L1) and [b](b.md#c)", "`a` and [b](b.md#c)"),
        ("policies", "[up](../parity.md) [out](../../model/)", "[up](../parity.md) out"),
        (".", "[web](https://example.com) [here](#there)", "[web](https://example.com) [here](#there)"),
        (".", "![picture](picture.svg)", "![picture](picture.svg)"),
    ],
)
def test_a_link_that_leaves_the_documentation_becomes_words(folder: str, written: str, kept: str) -> None:
    assert without_outer_links(written, folder) == kept


def test_what_is_laid_out_is_the_documentation_as_it_is_now(tmp_path: Path) -> None:
    source, target = tmp_path / "from", tmp_path / "build" / "docs"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "page.md").write_text("[out](../../README.md)", encoding="utf-8")
    (target / "former").mkdir(parents=True)

    lay_out(source, target)

    assert (target / "inner" / "page.md").read_text(encoding="utf-8") == "out"
    assert not (target / "former").exists()
    assert (target.parent / SETTINGS.name).is_file()
