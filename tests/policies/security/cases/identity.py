"""Identities."""

import json
from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, case, change, drop

_POLICY = "aws:iam/policy:Policy"


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})


def _trust(**statement: Any) -> Edit:
    return change("role", "assumeRolePolicy", _document(**statement))


def _granting(name: str, path: str, *actions: str, resource: str = "*", **more: Any) -> Edit:
    return change(name, path, _document(Action=list(actions), Resource=resource, **more))


_FEDERATED = {"Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}}
_TAKE_ON = {"Action": "sts:AssumeRoleWithWebIdentity", **_FEDERATED}

STACK = Stack(
    {
        "role": Declared(
            "aws:iam/role:Role",
            {
                "assumeRolePolicy": _document(Principal={"Service": "pods.eks.amazonaws.com"}, Action="sts:AssumeRole"),
                "inlinePolicies": [{"policy": _document(Action="s3:GetObject", Resource="arn:aws:s3:::shop-images/*")}],
                "managedPolicyArns": [],
            },
        ),
        "policy": Declared(_POLICY, {"policy": _document(Action=["sqs:SendMessage"], Resource="arn:aws:sqs:::orders")}),
        "attachment": Declared(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"},
        ),
    }
)


def _statement(*violating: Edit, passing: tuple[Edit, ...] = ()) -> Case:
    return case(violating, (change("policy", "policy", UNKNOWN), change("role", "inlinePolicies[0].policy", UNKNOWN)), passing)


CASES: dict[str, Case] = {
    "IAM-01": _statement(
        _granting("policy", "policy", "*"),
        _granting("role", "inlinePolicies[0].policy", "*"),
        change("policy", "policy", _document(NotAction="iam:*", Resource="*")),
        passing=(_granting("policy", "policy", "ec2:DescribeSubnets"),),
    ),
    "IAM-02": _statement(
        _granting("policy", "policy", "S3:*"),
        passing=(
            _granting("policy", "policy", "s3:*", resource="arn:aws:s3:::shop-images"),
            _granting("policy", "policy", "cloudwatch:PutMetricData"),
        ),
    ),
    "IAM-03": case(
        (
            _trust(Principal="*", Action="sts:AssumeRole"),
            _trust(Principal={"AWS": "*"}, Action="sts:AssumeRole"),
            _trust(**_TAKE_ON),
            _trust(**_TAKE_ON, Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}),
        ),
        change("role", "assumeRolePolicy", UNKNOWN),
        (
            _trust(**_TAKE_ON, Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:shop/shop:*"}}),
            _trust(Principal="*", Action="sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ),
    ),
    "IAM-04": case(
        (
            change("attachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
            change("role", "managedPolicyArns", ["arn:aws:iam::aws:policy/IAMFullAccess"]),
        ),
        change("attachment", "policyArn", UNKNOWN),
    ),
    "IAM-05": case(
        (adding("user", "aws:iam/user:User", {}), adding("key", "aws:iam/accessKey:AccessKey", {"user": UNKNOWN})),
        is_kept_by_absence=True,
    ),
    "IAM-06": _statement(
        _granting("policy", "policy", "iam:PutRolePolicy"),
        _granting("policy", "policy", "iam:Put*"),
        passing=(_granting("policy", "policy", "iam:PutRolePolicy", resource="arn:aws:iam::111122223333:role/shop-*"),),
    ),
    "IAM-07": _statement(
        _granting("policy", "policy", "kms:Decrypt"),
        _granting("policy", "policy", "s3:Get*"),
        _granting("role", "inlinePolicies[0].policy", "iam:PassRole", "ec2:DescribeSubnets"),
        passing=(
            _granting(
                "policy", "policy", "kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
            ),
        ),
    ),
    "IAM-08": case(
        _trust(Principal={"AWS": "arn:aws:iam::111122223333:root"}, Action="sts:AssumeRole"),
        change("role", "assumeRolePolicy", UNKNOWN),
        (
            _trust(
                Principal={"AWS": "arn:aws:iam::111122223333:root"},
                Action="sts:AssumeRole",
                Condition={"StringEquals": {"sts:ExternalId": "shop"}},
            ),
            drop("role", "assumeRolePolicy"),
        ),
    ),
}
