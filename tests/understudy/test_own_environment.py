"""A rendering owes nothing to the shell that it runs in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from understudy.preview.programs import own_environment
from understudy.preview.project import read_project
from understudy.preview.rendering import Rendering, render

PROGRAM = """
import os
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
aws.Provider("cloud")
k8s.Provider("cluster")
pulumi.export("seen", sorted(name for name in os.environ if name.startswith(("PULUMI_", "AWS_", "KUBE"))))
pulumi.export("given", pulumi.Config("shop").get("given"))
pulumi.export("other", pulumi.Config("shop").get("other"))
"""
CALLER = {
    "PULUMI_CONFIG": '{"shop:given": "the caller\'s", "shop:other": "the caller\'s"}',
    "PULUMI_CONFIG_SHOP_OTHER": "the caller's",
    "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY": "true",
    "PULUMI_PROJECT": "theirs",
    "PULUMI_STACK": "theirs",
    "AWS_REGION": "xx-caller-1",
    "KUBECONFIG": "/caller/config",
}


def rendered(folder: Path) -> Rendering:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nconfig: {given: {value: own}}\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    project = read_project(folder)
    return render(project, "production", project.configuration)


def test_a_rendering_is_the_same_whatever_the_caller_has_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = rendered(tmp_path)
    for name, value in CALLER.items():
        monkeypatch.setenv(name, value)
    again = rendered(tmp_path)

    assert again.outputs == plain.outputs == {"seen": [], "given": "own"}
    assert [(each.urn, each.inputs) for each in again.resources] == [(each.urn, each.inputs) for each in plain.resources]


def test_the_callers_variables_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_STACK", "theirs")
    with own_environment():
        seen = os.environ.get("PULUMI_STACK")

    assert (seen, os.environ["PULUMI_STACK"]) == (None, "theirs")
