"""Grants on KMS keys, by alias.

A key's ARN is known only once the key exists, its alias from the start: a grant by alias can be judged in a first preview.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.policy_document import Statement, allow
from model.environment import Environment

DECRYPT = ("kms:Decrypt", "kms:DescribeKey")
ENCRYPT = (*DECRYPT, "kms:GenerateDataKey*")


def key_alias(environment: Environment, purpose: str) -> str:
    """The alias of the key of a data class, or of another purpose such as `cluster`."""
    return f"alias/{environment.name}-{purpose}"


def may_use_keys(
    environment: Environment,
    purposes: Iterable[str],
    actions: Sequence[str],
    *,
    through: str | None,
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Allow actions on the keys of these purposes.

    `through` is an AWS service that alone may ask for the caller, by the name in its endpoint, such as `sqs`; None where the
    caller is a service itself. `condition` narrows the grant further.
    """
    identity = environment.identity
    region = identity.regions.primary
    return allow(
        actions,
        f"arn:aws:kms:{region}:{identity.account_id}:key/*",
        {
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": sorted(key_alias(environment, purpose) for purpose in purposes)},
            **({} if through is None else {"StringEquals": {"kms:ViaService": f"{through}.{region}.amazonaws.com"}}),
            **(condition or {}),
        },
    )
