"""Identities: roles, policies and who may take them on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Check, Rule, Severity
from policies.security.controls import cis, fsbp
from policies.security.documents import (
    actions,
    admits_everyone,
    covered,
    each_allowing,
    is_conditional,
    is_narrowed,
    is_on_all_of_a_kind,
    is_on_everything,
    principals,
)
from policies.security.parameters import words

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
_USERS = "aws:iam/userPolicy:UserPolicy"
_GROUPS = "aws:iam/groupPolicy:GroupPolicy"
POLICIES = (POLICY, ROLE_POLICY, _USERS, _GROUPS)
_ATTACHMENTS = tuple(
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}"
    for kind in ("RolePolicyAttachment", "PolicyAttachment", "GroupPolicyAttachment", "UserPolicyAttachment")
)
_TOO_MUCH = words(
    "policies", ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess"), "Names of managed policies that nobody may have."
)

ESCALATING = {
    "iam:addusertogroup",
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:createpolicyversion",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
    "iam:updateloginprofile",
}
"""Actions by which their holder gives itself any other. Source: AWS's published guidance on privilege escalation in IAM."""

_BY_TOKEN = "sts:assumerolewithwebidentity"  # noqa: S105 - an action
_OPEN_SUBJECT = re.compile(r"(?:repo:|repository_owner:|project_path:|organization:|system:serviceaccount:)?[*?]")
"""Subjects that leave open whose they are: every repository, every organisation, every namespace of a cluster.

Source: GitHub, GitLab and Kubernetes on the subjects of their tokens.
"""

_REVEALING = {
    "dynamodb:getitem",
    "dynamodb:query",
    "dynamodb:scan",
    "iam:passrole",
    "kms:decrypt",
    "s3:getobject",
    "secretsmanager:getsecretvalue",
    "sqs:receivemessage",
    "ssm:getparameter",
    "ssm:getparameters",
    "ssm:getparametersbypath",
    "sts:assumerole",
}
"""Actions that hand out data, credentials or another identity; each can be limited to resources."""


def _each_statement(check: Check) -> Check:
    return lambda policy: each_allowing(policy, check)


def in_policies(check: Check) -> tuple[At, ...]:
    """The check on each statement that allows, wherever a policy is written."""
    on_document = _each_statement(check)
    return (At("policy", on_document, POLICIES), At("inlinePolicies[*].policy", on_document, (ROLE,)))


def _is_administrator(statement: Node) -> Iterator[Judgement]:
    if not is_on_everything(statement):
        return
    if any(not action.strip("*:") for action in actions(statement)):
        yield statement.fails("allows every action on every resource")
    if statement["NotAction"].is_given:
        yield statement.fails("allows every action but some on every resource")


def _takes_a_whole_service(statement: Node) -> Iterator[Judgement]:
    if is_on_all_of_a_kind(statement) and not is_conditional(statement):
        whole = [action for action in actions(statement) if action.endswith(":*")]
        if whole:
            yield statement.fails(f"allows {len(whole)} whole services on every resource")


def _reveals_everything(statement: Node) -> Iterator[Judgement]:
    if is_on_all_of_a_kind(statement) and not is_conditional(statement):
        # A whole service is another rule's finding.
        narrower = [action for action in actions(statement) if not action.endswith(":*") and action != "*"]
        for action in covered(_REVEALING, narrower):
            yield statement.fails(f"allows {action} on every resource")


def _escalates(statement: Node) -> Iterator[Judgement]:
    if is_on_all_of_a_kind(statement):
        for action in covered(ESCALATING, actions(statement)):
            yield statement.fails(f"allows {action} on every resource, by which its holder can give itself anything")


def _trusts_everyone(statement: Node) -> Iterator[Judgement]:
    if admits_everyone(statement):
        yield statement.fails("lets every principal take the role on")


def _trusts_issuer_wholly(statement: Node) -> Iterator[Judgement]:
    """A federated identity has to be pinned by its subject, else every client of the issuer is it."""
    principal = statement["Principal"]
    if principal.value == "*" or not principal["Federated"].texts() or not covered([_BY_TOKEN], actions(statement)):
        return
    subjects = [
        subject
        for operator, keys in statement["Condition"].entries()
        if operator.lower().removeprefix("foranyvalue:") in ("stringequals", "stringlike")
        for key, value in keys.entries()
        if key.lower().endswith(":sub")
        for subject in value.texts()
    ]
    if not subjects or any(map(_OPEN_SUBJECT.match, subjects)):
        yield statement.fails("lets every client of the identity provider take the role on")


def _trusts_whole_accounts(statement: Node) -> Iterator[Judgement]:
    if any(name.endswith(":root") or name.isdigit() for name in principals(statement)) and not is_narrowed(statement):
        external = {key.lower() for _, keys in statement["Condition"].entries() for key, _ in keys.entries()}
        if not external & {"sts:externalid", "aws:multifactorauthpresent"}:
            yield statement.fails("lets a whole account take the role on, without an external ID, MFA or a named principal")


def _grants_too_much(arn: Node) -> Iterator[Judgement]:
    refused = arn.setting(_TOO_MUCH)
    if arn.text().rpartition("/")[2] in refused:
        yield arn.fails(f"attaches one of {', '.join(refused)}")


def _exists(root: Node) -> Iterator[Judgement]:
    yield root.fails("gives long-lived credentials to somebody")


RULES = (
    Rule(
        id="IAM-01",
        title="No policy allows everything on everything",
        severity=Severity.CRITICAL,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="Whoever gets hold of such an identity has the account.",
        fix="name the actions and the resources that are used",
        checks=in_policies(_is_administrator),
        controls=(*cis("1.15"), *fsbp("IAM.1")),
        equivalents=("CKV_AWS_62", "CKV_AWS_63", "AWS-0057", "AwsSolutions-IAM5"),
    ),
    Rule(
        id="IAM-02",
        title="No policy allows a whole service on every resource",
        severity=Severity.HIGH,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="A service's future actions are allowed with it, on what other systems own as well.",
        fix="name the actions, and limit Resource to the ARNs that are used",
        checks=in_policies(_takes_a_whole_service),
        controls=fsbp("IAM.21"),
        equivalents=("CKV_AWS_355", "CKV_AWS_289", "CKV_AWS_290", "AWS-0342"),
    ),
    Rule(
        id="IAM-03",
        title="Roles name who may take them on",
        severity=Severity.CRITICAL,
        types=(ROLE,),
        reads="assumeRolePolicy",
        rationale="A role that everyone may take on, or every client of an identity provider, belongs to everyone.",
        fix="name the principal; for an identity provider, pin the subject by a condition on its :sub",
        checks=(
            At("assumeRolePolicy", _each_statement(_trusts_everyone)),
            At("assumeRolePolicy", _each_statement(_trusts_issuer_wholly)),
        ),
        equivalents=("CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_393"),
    ),
    Rule(
        id="IAM-04",
        title="Nobody has an administrator's managed policy",
        severity=Severity.HIGH,
        types=(*_ATTACHMENTS, ROLE),
        reads="policyArn",
        rationale="A managed policy for administrators allows far more than any program uses.",
        fix="attach a policy that names the actions and resources that are used",
        checks=(At("policyArn", _grants_too_much, _ATTACHMENTS), At("managedPolicyArns[*]", _grants_too_much, (ROLE,))),
        parameters=(_TOO_MUCH,),
        equivalents=("CKV_AWS_274", "CKV2_AWS_56", "AwsSolutions-IAM4"),
    ),
    Rule(
        id="IAM-05",
        title="No users and access keys are declared",
        severity=Severity.MEDIUM,
        types=("aws:iam/user:User", "aws:iam/accessKey:AccessKey", _USERS),
        reads="(the resource itself)",
        rationale="A key that never expires is sooner or later in a repository, a log or a laptop that got lost.",
        fix="let people come through an identity provider, and programs take on roles",
        checks=(At("", _exists),),
        controls=cis("1.14"),
        equivalents=("CKV_AWS_273", "CKV_AWS_40", "AWS-0143"),
    ),
    Rule(
        id="IAM-06",
        title="No policy lets its holder escalate",
        severity=Severity.CRITICAL,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="Who may rewrite policies or make credentials for others may do everything, whatever else is denied.",
        fix="limit Resource to the identities that it administers, behind a permissions boundary",
        checks=in_policies(_escalates),
        equivalents=("CKV_AWS_286",),
    ),
    Rule(
        id="IAM-07",
        title="Policies name the data and identities that they hand out",
        severity=Severity.HIGH,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="Reading every object, decrypting with every key or taking on every role crosses from one system into all.",
        fix="limit Resource to the ARNs that are used",
        checks=in_policies(_reveals_everything),
        equivalents=("CKV_AWS_288", "CKV_AWS_287"),
    ),
    Rule(
        id="IAM-08",
        title="Roles for other accounts name whom they trust there",
        severity=Severity.MEDIUM,
        types=(ROLE,),
        reads="assumeRolePolicy",
        rationale="A whole account is everyone who works in it, now and later.",
        fix="name roles of the account, or demand an external ID or MFA",
        checks=(At("assumeRolePolicy", _each_statement(_trusts_whole_accounts)),),
    ),
)
