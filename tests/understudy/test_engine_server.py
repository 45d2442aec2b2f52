"""A plugin's process: it goes when the engine that started it is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from understudy.sandbox.provider import ROOT_VARIABLE

ENGINE = """
import subprocess, sys
command = [sys.executable, "-m", *sys.argv[1:], "127.0.0.1:1"]
plugin = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stdout, text=True)
print(int(plugin.stdout.readline()), flush=True)
plugin.wait()
"""
"""Starts a plugin as an engine does, tells its port, and waits for it. The plugin holds the engine's output open."""


@pytest.mark.parametrize("plugin", [["understudy.engine.language_host"], ["understudy.sandbox.provider", "random"]], ids=str)
def test_a_plugin_ends_when_its_engine_is_killed(plugin: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENGINE, *plugin]
    environment = {**os.environ, ROOT_VARIABLE: str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as engine:
        assert engine.stdout is not None
        assert int(engine.stdout.readline()) > 0
        engine.kill()

        left, _ = engine.communicate(timeout=60)

    assert left == ""
