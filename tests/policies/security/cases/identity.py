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
_NARROWING_NOBODY = (
    ("aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
    ("aws:PrincipalArn", "arn:*"),
    ("aws:SourceArn", "arn:aws:s3:::*"),
    ("aws:PrincipalOrgID", "o-*"),
)


def _take_on(subject: str, operator: str = "StringLike", **more: Any) -> Edit:
    return _trust(**{**_TAKE_ON, "Condition": {operator: {"token.actions.githubusercontent.com:sub": subject}}, **more})


def _everyone_with(key: str, value: str) -> Edit:
    return _trust(Principal="*", Action="sts:AssumeRole", Condition={"StringLike": {key: value}})


_ADMINISTRATOR = {"group": "people", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}

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
        change("policy", "policy", _document(Action="*", NotResource="arn:aws:s3:::shop-images")),
        _granting("policy", "policy", "*", resource="arn:aws:*"),
        _granting("policy", "policy", "*", resource="arn:aws-cn:*:*:*"),
        passing=(_granting("policy", "policy", "ec2:DescribeSubnets"),),
    ),
    "IAM-02": _statement(
        _granting("policy", "policy", "S3:*"),
        _granting("policy", "policy", "s3:*", resource="arn:aws:s3:::*"),
        _granting("policy", "policy", "sqs:*", resource="arn:aws:sqs:eu-west-1:111122223333:*"),
        _granting("policy", "policy", "s3:*", Condition={}),
        _granting("policy", "policy", "s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        passing=(
            _granting("policy", "policy", "s3:*", Condition={"StringEquals": {"aws:ResourceTag/System": "shop"}}),
            _granting("policy", "policy", "s3:*", resource="arn:aws:s3:::shop-images"),
            _granting("policy", "policy", "cloudwatch:PutMetricData"),
        ),
    ),
    "IAM-03": case(
        (
            _trust(Principal="*", Action="sts:AssumeRole"),
            _trust(Principal={"AWS": "*"}, Action="sts:AssumeRole"),
            _trust(**_TAKE_ON),
            _take_on("*"),
            _take_on("repo:*"),
            _take_on("repo:*/shop:ref:refs/heads/main"),
            _take_on("system:serviceaccount:*:cart"),
            _take_on("*", Action="sts:*"),
            _take_on("repo:shop/shop:*", operator="ForAllValues:StringLike"),
            *(_everyone_with(key, value) for key, value in _NARROWING_NOBODY),
        ),
        change("role", "assumeRolePolicy", UNKNOWN),
        (
            _take_on("repo:shop/*", operator="ForAnyValue:StringLike"),
            _take_on("system:serviceaccount:shop:*"),
            _everyone_with("aws:PrincipalArn", "arn:aws:iam::111122223333:role/deploy-*"),
            _trust(**_TAKE_ON, Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:shop/shop:*"}}),
            _trust(Principal="*", Action="sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ),
    ),
    "IAM-04": case(
        (
            change("attachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
            change("role", "managedPolicyArns", ["arn:aws:iam::aws:policy/IAMFullAccess"]),
            adding("people", "aws:iam/groupPolicyAttachment:GroupPolicyAttachment", _ADMINISTRATOR),
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
        _granting("policy", "policy", "iam:AttachRolePolicy", resource="arn:aws:iam::111122223333:role/*"),
        _granting("policy", "policy", "iam:CreateAccessKey", resource="arn:aws:iam::*:user/*"),
        passing=(_granting("policy", "policy", "iam:PutRolePolicy", resource="arn:aws:iam::111122223333:role/shop-*"),),
    ),
    "IAM-07": _statement(
        _granting("policy", "policy", "kms:Decrypt"),
        _granting("policy", "policy", "s3:Get*"),
        _granting("policy", "policy", "s3:GetObject", resource="arn:aws:s3:::*/*"),
        _granting("policy", "policy", "kms:Decrypt", resource="arn:aws:kms:*:111122223333:key/*"),
        _granting("policy", "policy", "secretsmanager:GetSecretValue", resource="arn:aws:secretsmanager:*:*:secret:*"),
        _granting("role", "inlinePolicies[0].policy", "iam:PassRole", "ec2:DescribeSubnets"),
        passing=(
            _granting(
                "policy", "policy", "kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
            ),
            _granting("policy", "policy", "s3:GetObject", resource="arn:aws:s3:::shop-images/*"),
            _granting("policy", "policy", "secretsmanager:GetSecretValue", resource="arn:aws:secretsmanager:*:*:secret:shop/*"),
        ),
    ),
    "IAM-08": case(
        (
            _trust(Principal={"AWS": "arn:aws:iam::111122223333:root"}, Action="sts:AssumeRole"),
            _trust(Principal={"AWS": "111122223333"}, Action="sts:AssumeRole"),
        ),
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
