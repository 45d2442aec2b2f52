"""Privileges that grow, and credentials in the open."""

import base64
import json
from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, both, case, change, drop, referring, without

_ACCOUNT = "arn:aws:iam::111122223333"
_TOKEN = "ghp_" + "a1B2" * 9
_RANDOM = "q7Zk2Vw9Lm4Xc8Rt1Yb6Nf3Hd5Js0PgAeUi"


def _document(*actions: str, resource: object = "*", **more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}]})


def _attached(*actions: str, **more: Any) -> Edit:
    return change("policy", "policy", _document(*actions, **more))


def _own(*actions: str, **more: Any) -> Edit:
    return change("own", "policy", _document(*actions, **more))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_NARROW = _document("ec2:RunInstances", "s3:PutBucketPolicy", resource="arn:aws:s3:::x")
_TO_MACHINES = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
_SCRIPT = "#!/bin/sh\nexec /opt/run --port 8080\n"

STACK = Stack(
    {
        "role": Declared("aws:iam/role:Role", {"name": "cart"}),
        "own": Declared(
            "aws:iam/rolePolicy:RolePolicy",
            {"policy": _document("iam:PassRole", resource=f"{_ACCOUNT}:role/worker"), "role": UNKNOWN},
            {"role": "role"},
        ),
        "policy": Declared("aws:iam/policy:Policy", {"policy": _NARROW}),
        "attached": Declared(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": UNKNOWN, "policyArn": UNKNOWN},
            {"role": "role", "policyArn": "policy"},
        ),
        "network": Declared("aws:ec2/vpc:Vpc", {"tags": {"Name": "shop", "secret-name": "shop/database"}}),
        "parameter": Declared("aws:ssm/parameter:Parameter", {"name": "/shop/db/host", "type": "String", "value": "db.internal"}),
        "machine": Declared("aws:ec2/launchTemplate:LaunchTemplate", {"userData": _encoded(_SCRIPT)}),
    }
)

_MAY_RUN_MACHINES = both(without("attached"), _own("iam:PassRole"), _attached("ec2:Run*"))
_SEVERAL = ({"roles": [UNKNOWN], "policyArn": UNKNOWN}, {"roles": "role", "policyArn": "policy"})

CASES: dict[str, Case] = {
    "IAM-09": case(
        (
            both(_own("iam:PassRole"), _attached("ec2:Run*")),
            both(_own("iam:PassRole", resource=f"{_ACCOUNT}:role/*"), _attached("lambda:*")),
            _own("iam:PutRolePolicy", resource=f"{_ACCOUNT}:role/cart"),
            _own("iam:AttachRolePolicy", resource=f"{_ACCOUNT}:role/*"),
            both(_MAY_RUN_MACHINES, adding("others", "aws:iam/policyAttachment:PolicyAttachment", _SEVERAL[0], _SEVERAL[1])),
            both(_MAY_RUN_MACHINES, referring("role", "managedPolicyArns", "policy")),
        ),
        (
            change("policy", "policy", UNKNOWN),
            change("role", "inlinePolicies", [{"policy": UNKNOWN}]),
            referring("own", "role", ""),
        ),
        (
            both(
                _own("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}), _attached("ec2:*")
            ),
            _own("iam:PutRolePolicy", resource=f"{_ACCOUNT}:role/other"),
            both(_own("iam:PassRole"), _attached("s3:GetObject")),
        ),
    ),
    "IAM-10": case(
        (_attached("s3:PutBucketPolicy"), _attached("kms:Create*"), _own("lambda:AddPermission")),
        _attached_unknown := change("policy", "policy", UNKNOWN),
        (
            _attached("s3:GetBucketPolicy"),
            _attached("kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        ),
    ),
    "IAM-11": case(
        (_attached("s3:GetObjekt"), _attached("secretmanager:GetSecretValue")),
        _attached_unknown,
        (_attached("s3:getobject"), _attached("*"), _attached("s3:Get*", "ec2:Describe*")),
    ),
    "TAG-01": case(
        (
            change("network", "tags.token", "correct-horse"),
            change("network", "tags.note", _TOKEN),
            change("network", "tags.note", _RANDOM),
        ),
        (change("network", "tags", UNKNOWN), change("network", "tags.note", UNKNOWN)),
        (
            change("network", "tags.commit", "0123456789abcdef0123456789abcdef01234567"),
            change("network", "tags.owner", "platform-team-of-the-retail-store-in-europe"),
            drop("network", "tags"),
        ),
    ),
    "SSM-01": case(
        (
            change("parameter", "value", "postgres://shop:hunter22@db.internal/shop"),
            both(change("parameter", "name", "/shop/db/password"), change("parameter", "value", "hunter22")),
        ),
        (change("parameter", "value", UNKNOWN), change("parameter", "type", UNKNOWN)),
        both(change("parameter", "type", "SecureString"), change("parameter", "value", _TOKEN)),
    ),
    "EC2-01": case(
        (change("machine", "userData", f"TOKEN={_TOKEN}"), change("machine", "userData", _encoded(f"export TOKEN={_TOKEN}\n"))),
        change("machine", "userData", UNKNOWN),
        drop("machine", "userData"),
    ),
}
