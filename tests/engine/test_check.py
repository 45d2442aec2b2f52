"""`understudy check` of a real preview gives the embedded preview's document: all that differs is named here."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.engine.conftest import copied, new_workspace
from understudy import assemble

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("check")]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory, engine: Path, described: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The embedded preview's document, and the real one's."""
    folder = tmp_path_factory.mktemp("check")
    project = copied("online-boutique", folder / "project")
    workspace = new_workspace(folder / "sandbox", engine, described)
    workspace.prepare(project, "staging")
    out = folder / "report.json"
    words = ["check", "--debug", "--project", str(workspace.folder(project)), "--format", "json", "--out", str(out), "--"]
    command = ["pulumi", "preview", "--stack", "staging", "--cwd", str(workspace.folder(project)), "--non-interactive"]
    check = [sys.executable, "-m", "understudy", *words, *command]
    ended = subprocess.run(check, env=workspace.environment(), capture_output=True, text=True, check=False)
    assert out.exists(), ended.stderr
    return assemble.preview(workspace.folder(project), stack="staging"), json.loads(out.read_text(encoding="utf-8"))


def test_the_documents_are_the_same_but_for_what_the_engine_adds(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    embedded, real = documents

    assert _comparable(embedded) == _comparable(real)


def test_the_run_is_told(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    engine = documents[1]["engine"]

    assert (engine["command"], engine["result"], engine["exit_code"]) == ("preview", "succeeded", 0)
    assert engine["undecided"] == engine["errors"] == []
    assert engine["operations"]["create"] == len(documents[1]["stacks"]["staging"]["resources"])


def test_the_document_keeps_to_its_schema(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(documents[1])


def _comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Without the run, the versions that the engine adds to providers, and aliases, of which it tells those that it used."""
    shown = {key: copy.deepcopy(value) for key, value in document.items() if key != "engine"}
    for content in shown["stacks"].values():
        for resource in content["resources"]:
            del resource["aliases"]
            if resource["type"].startswith("pulumi:providers:"):
                resource["inputs"].pop("version", None)
    return shown
