"""Stand-ins refuse what the SDK's own types refuse, and name the place and the nearest valid word."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.sandbox.reflection import UnknownTypeError, describe
from understudy.sandbox.validation import failures
from understudy.sandbox.values import UNKNOWN, Secret

QUEUE = "aws:sqs/queue:Queue"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def found(token: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    return list(failures(describe(token), inputs))


def container(**more: Any) -> dict[str, Any]:
    return {"spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "web", **more}]}}}}


@pytest.mark.parametrize(
    ("token", "inputs", "path", "words"),
    [
        (QUEUE, {"nmae": "orders"}, "nmae", "did you mean 'name'?"),
        (QUEUE, {"delaySeconds": "5"}, "delaySeconds", "must be of type integer"),
        (QUEUE, {"delaySeconds": 1.5}, "delaySeconds", "must be a whole number"),
        (QUEUE, {"fifoQueue": 1}, "fifoQueue", "must be of type boolean"),
        (QUEUE, {"delaySeconds": True}, "delaySeconds", "must be of type integer"),
        (QUEUE, {"tags": {"a": 1}}, "tags.a", "must be of type string"),
        (QUEUE, {"tags": "a"}, "tags", "must be an object"),
        ("aws:iam/role:Role", {"name": "r"}, "assumeRolePolicy", "is required"),
        ("aws:rds/instance:Instance", {"instanceClass": "db.r7g.large", "storageType": "gp9"}, "storageType", "did you mean"),
        (DEPLOYMENT, container(imgae="x"), "spec.template.spec.containers[0].imgae", "did you mean 'image'?"),
        (DEPLOYMENT, {"kind": "Deploy"}, "kind", "did you mean 'Deployment'?"),
    ],
)
def test_a_mistake_is_named_by_its_path(token: str, inputs: dict[str, Any], path: str, words: str) -> None:
    reasons = dict(found(token, inputs))

    assert words in reasons[path]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (QUEUE, {"name": "orders", "delaySeconds": 5, "tags": {"a": "b"}}),
        (QUEUE, {"name": UNKNOWN, "tags": UNKNOWN}),
        (QUEUE, {"name": Secret("orders")}),
        (QUEUE, {"name": "orders", "__defaults": []}),
        ("aws:rds/instance:Instance", {"instanceClass": "db.r7g.large"}),
        (DEPLOYMENT, container(image="x", ports=[{"containerPort": 80}])),
    ],
)
def test_what_the_types_allow_is_taken(token: str, inputs: dict[str, Any]) -> None:
    assert found(token, inputs) == []


def test_a_wrong_secret_is_refused_without_being_shown() -> None:
    assert found(QUEUE, {"delaySeconds": Secret("canary")}) == [("delaySeconds", "is a secret of a wrong kind")]


def test_a_type_that_the_sdk_does_not_have_is_not_described() -> None:
    with pytest.raises(UnknownTypeError):
        describe("kubernetes:external-secrets.io/v1:SecretStore")
