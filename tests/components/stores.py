"""Builders of the stores under test, on keys and subnets that a test can recognise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

from model.environment import Environment
from model.load import load_environment
from tests.components.rendering import render
from tests.conftest import raw_model

T = TypeVar("T")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/data-class"
LOGS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/logs"
ACCOUNT = "111122223333"


def known(text: str) -> pulumi.Output[str]:
    """A value that exists already."""
    return pulumi.Output.from_input(text)


def placement() -> dict[str, Any]:
    """Keys, subnets and security group of a store inside the network."""
    return {
        "key_arn": known(KEY),
        "logs_key_arn": known(LOGS_KEY),
        "subnet_ids": [known("subnet-a"), known("subnet-b"), known("subnet-c")],
        "security_group_id": known("sg-store"),
    }


def environment_with(path: str, **changes: Any) -> Environment:
    """The shipped model with fields changed at a dotted path (empty: the top); a change to None removes the field."""
    raw = raw_model()
    target = raw
    for part in filter(None, path.split(".")):
        target = target[part]
    for key, value in changes.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
    return load_environment(raw)


def built(build: Callable[[], T]) -> list[T]:
    """What `build` returns when it is rendered, as the only item of a list."""
    results: list[T] = []
    render(lambda: results.append(build()))
    return results
