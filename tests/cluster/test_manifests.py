"""Every Kubernetes object that a stack declares is taken by a real API server, and planted mistakes are not."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import PROJECTS, raw_model
from tools.checkov.manifests import manifests
from tools.cluster.definitions import definitions
from tools.cluster.server import MODULE, Answer, Cluster, cluster
from tools.go_tool import locked_version
from understudy.preview.project import read_project
from understudy.preview.rendering import render

pytestmark = pytest.mark.cluster
FIRST = ("CustomResourceDefinition", "Namespace", "ServiceAccount")
"""What others need to be there; a cluster's controllers, or the engine by its dependencies, see to that."""


@dataclass(frozen=True)
class Applied:
    """A stack's objects on a server of their own, and what it said to each."""

    cluster: Cluster
    manifests: Mapping[str, dict[str, Any]]
    answers: Mapping[str, Answer]

    def of_kind(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((name, each) for name, each in self.manifests.items() if each["kind"] == kind)

    def one(self, kind: str) -> dict[str, Any]:
        return copy.deepcopy(next(self.of_kind(kind))[1])


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((system, stack), id=f"{system}-{stack}", marks=pytest.mark.xdist_group(f"{system}-{stack}"))
        for system in PROJECTS
        for stack in ("production", "staging")
    ],
)
def applied(request: pytest.FixtureRequest) -> Iterator[Applied]:
    system, stack = request.param
    project = read_project(PROJECTS[system])
    made = dict(manifests(render(project, stack, project.stack_configuration(stack))))
    with cluster() as ready:
        for definition in definitions():
            assert ready.apply(definition).is_taken
        answers = {}
        for name, manifest in sorted(made.items(), key=lambda entry: _rank(entry[1])):
            answers[name] = ready.apply(manifest)
            if manifest["kind"] == "Namespace":
                _give_default_account(ready, manifest["metadata"]["name"])
        yield Applied(ready, made, answers)


def _rank(manifest: Mapping[str, Any]) -> int:
    return FIRST.index(manifest["kind"]) if manifest["kind"] in FIRST else len(FIRST)


def _give_default_account(ready: Cluster, namespace: str) -> None:
    """What a controller does in a whole cluster."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": namespace}}
    assert ready.create(account).is_taken


def test_the_server_is_of_the_version_that_the_model_declares(applied: Applied) -> None:
    running = applied.cluster.call("GET", "/version").body

    declared = {raw_model(system)["cluster"]["version"] for system in PROJECTS}
    assert declared == {f"{running['major']}.{running['minor']}"}
    assert running["gitVersion"] == locked_version(MODULE, "k8s.io/kubernetes")


def test_every_object_is_taken(applied: Applied) -> None:
    refused = {name: answer.message for name, answer in applied.answers.items() if not answer.is_taken}

    assert refused == {}
    assert len(applied.answers) > 60


def test_no_object_is_warned_of(applied: Applied) -> None:
    warned = {name: answer.warnings for name, answer in applied.answers.items() if answer.warnings}

    assert warned == {}


def test_every_namespace_enforces_the_restricted_pod_security_standard(applied: Applied) -> None:
    labels = {name: each["metadata"]["labels"] for name, each in applied.of_kind("Namespace")}

    assert {found.get("pod-security.kubernetes.io/enforce") for found in labels.values()} == {"restricted"}


def test_the_pods_of_every_deployment_are_admitted(applied: Applied) -> None:
    refused = {
        name: answer.message
        for name, each in applied.of_kind("Deployment")
        if not (answer := applied.cluster.create(pod_of(each), dry_run=True)).is_taken
    }

    assert refused == {}


def pod_of(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """A pod as the deployment's controller would make it."""
    template = copy.deepcopy(deployment["spec"]["template"])
    metadata = {**template["metadata"], "name": "pod", "namespace": deployment["metadata"]["namespace"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


Mistake = Callable[[dict[str, Any]], None]


def misspelt(deployment: dict[str, Any]) -> None:
    deployment["spec"]["replicsa"] = 3


def misspelt_below(deployment: dict[str, Any]) -> None:
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["imagePullPolcy"] = container.pop("imagePullPolicy", "IfNotPresent")


def bad_quantity(deployment: dict[str, Any]) -> None:
    deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = "512Mb"


def wrong_kind(deployment: dict[str, Any]) -> None:
    deployment["spec"]["replicas"] = "three"


def selects_nothing(deployment: dict[str, Any]) -> None:
    deployment["spec"]["selector"] = {"matchLabels": {"app.kubernetes.io/name": "somebody-else"}}


def unknown_word(deployment: dict[str, Any]) -> None:
    deployment["spec"]["strategy"] = {"type": "Rolling"}


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (misspelt, "spec.replicsa"),
        (misspelt_below, "imagePullPolcy"),
        (bad_quantity, "quantities must match"),
        (wrong_kind, "spec.replicas"),
        (selects_nothing, "does not match template"),
        (unknown_word, "Unsupported value"),
    ],
)
def test_a_planted_mistake_is_refused(applied: Applied, mistake: Mistake, said: str) -> None:
    deployment = applied.one("Deployment")
    mistake(deployment)
    deployment["metadata"]["name"] = "planted"

    answer = applied.cluster.apply(deployment, dry_run=True)

    assert not answer.is_taken
    assert said in answer.message


def root(spec: dict[str, Any]) -> None:
    spec["containers"][0]["securityContext"] |= {"runAsUser": 0, "runAsNonRoot": False}


def privileged(spec: dict[str, Any]) -> None:
    spec["containers"][0]["securityContext"] |= {"privileged": True, "allowPrivilegeEscalation": True}


def capable(spec: dict[str, Any]) -> None:
    spec["containers"][0]["securityContext"]["capabilities"] = {"add": ["NET_ADMIN"]}


def on_the_host(spec: dict[str, Any]) -> None:
    spec["volumes"] = [*spec.get("volumes", []), {"name": "host", "hostPath": {"path": "/"}}]


@pytest.mark.parametrize("mistake", [root, privileged, capable, on_the_host])
def test_a_pod_that_is_not_restricted_is_refused(applied: Applied, mistake: Mistake) -> None:
    pod = pod_of(applied.one("Deployment"))
    mistake(pod["spec"])

    answer = applied.cluster.create(pod, dry_run=True)

    assert answer.code == 403
    assert "violates PodSecurity" in answer.message


@pytest.mark.parametrize("kind", ["TargetGroupBinding", "ExternalSecret", "SecurityGroupPolicy"])
def test_a_misspelt_field_of_a_custom_resource_is_refused(applied: Applied, kind: str) -> None:
    if not any(applied.of_kind(kind)):
        pytest.skip(f"the system has no {kind}")
    manifest = applied.one(kind)
    manifest["spec"]["tpyo"] = "x"

    answer = applied.cluster.apply(manifest, dry_run=True)

    assert not answer.is_taken
    assert "tpyo" in answer.message


def test_an_object_of_a_namespace_that_does_not_exist_is_refused(applied: Applied) -> None:
    deployment = applied.one("Deployment")
    deployment["metadata"]["namespace"] = "nowhere"

    assert applied.cluster.apply(deployment, dry_run=True).code == 404
