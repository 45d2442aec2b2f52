"""Privileges that grow: what a role may do once all of its policies are taken together, and what a whole class of actions hides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from policies.engine.checks import each
from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.documents import actions, allows, is_conditional, is_on_all_of_a_kind, is_on_everything, statements
from policies.security.iam_actions import exists, granting_actions
from policies.security.identity import ESCALATING, POLICIES, POLICY, ROLE, ROLE_POLICY, in_policies

_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ATTACHMENTS = "aws:iam/policyAttachment:PolicyAttachment"
_PASS = "iam:passrole"  # noqa: S105 - an action
_LAUNCHES: Mapping[str, tuple[str, ...]] = {
    "a function": ("lambda:createfunction", "lambda:invokefunction"),
    "a function that an event starts": ("lambda:createfunction", "lambda:createeventsourcemapping"),
    "a machine": ("ec2:runinstances",),
    "a container": ("ecs:registertaskdefinition", "ecs:runtask"),
    "a stack": ("cloudformation:createstack",),
    "a build": ("codebuild:createproject", "codebuild:startbuild"),
    "a job": ("glue:createjob", "glue:startjobrun"),
    "a notebook": ("sagemaker:createnotebookinstance", "sagemaker:createpresignednotebookinstanceurl"),
    "a pipeline": ("datapipeline:createpipeline", "datapipeline:putpipelinedefinition"),
    "a state machine": ("states:createstatemachine", "states:startexecution"),
}
"""Ways to run something under another role, given leave to pass it: source, AWS's guidance on iam:PassRole."""


def _grants(role: Resource, stack: Snapshot) -> Iterator[Node]:
    """The statements by which a role may do something, from every policy that is its own or attached to it."""
    for inline in role.read()["inlinePolicies"].items():
        yield from statements(inline["policy"])
    for own in stack.referring(role, ROLE_POLICY, "role"):
        yield from statements(own.read()["policy"])
    attachments = (*stack.referring(role, _ATTACHMENT, "role"), *stack.referring(role, _ATTACHMENTS, "roles"))
    attached = [policy for each_ in attachments for policy in stack.targets(each_, "policyArn", POLICY)]
    for policy in (*attached, *stack.targets(role, "managedPolicyArns", POLICY)):
        yield from statements(policy.read()["policy"])


def _grows_by_all_policies(root: Node, role: Resource, stack: Snapshot) -> Iterator[Judgement]:
    granted = [statement for statement in _grants(role, stack) if allows(statement)]
    allowed = {action for statement in granted for action in actions(statement)}
    if any(_passes_freely(statement) for statement in granted):
        for what, needed in _LAUNCHES.items():
            if all(any(fnmatchcase(name, pattern) for pattern in allowed) for name in needed):
                yield root.fails(f"its policies together pass any role and start {what} under it")
    for statement in granted:
        if _is_on_itself(statement, role):
            changing = sorted(name for name in ESCALATING if any(fnmatchcase(name, pattern) for pattern in actions(statement)))
            if changing:
                yield root.fails(f"may carry out {', '.join(changing)} on itself")


def _passes_freely(statement: Node) -> bool:
    if is_conditional(statement) or not any(fnmatchcase(_PASS, pattern) for pattern in actions(statement)):
        return False
    return is_on_everything(statement) or any(target.endswith((":role/*", ":*")) for target in statement["Resource"].texts())


def _is_on_itself(statement: Node, role: Resource) -> bool:
    """Whether a statement's resources cover the role. One on everything is another rule's finding."""
    name = role.properties.get("name")
    if not isinstance(name, str) or is_on_everything(statement):
        return False
    path = role.properties.get("path")
    suffix = f":role{path if isinstance(path, str) else '/'}{name}"
    return any(
        fnmatchcase(suffix, f":role{target.partition(':role')[2]}")
        for target in statement["Resource"].texts()
        if ":role" in target
    )


def _hands_out_access(statement: Node) -> Iterator[Judgement]:
    if is_on_all_of_a_kind(statement) and not is_conditional(statement):
        named = [action for action in actions(statement) if not action.endswith(":*") and action != "*"]
        for action in granting_actions(tuple(named)):
            yield statement.fails(f"allows {action} on every resource, by which its holder gives others access")


def _names_real_actions(statement: Node) -> Iterator[Judgement]:
    for place in statement["Action"].items():
        if not exists(place.text()):
            yield place.fails("matches no action of any service")


def _each_is_real(policy: Node) -> Iterator[Judgement]:
    yield from each(statements(policy), _names_real_actions)


def _undecided_without_policies(root: Node, role: Resource, stack: Snapshot) -> Iterator[Judgement]:
    try:
        yield from _grows_by_all_policies(root, role, stack)
    except NotKnownError as unknown:
        yield root.undecided(f"one of its policies cannot be read: {unknown.reason}")


RULES = (
    Rule(
        id="IAM-09",
        title="No role grows by what its policies allow together",
        severity=Severity.CRITICAL,
        types=(ROLE,),
        reads="(the policies that are attached to it)",
        rationale="Each policy may look harmless: one passes roles, another starts machines, and whoever has both has every role.",
        fix="limit iam:PassRole to the roles that are passed, by ARN or by iam:PassedToService, and no role to change itself",
        relation=_undecided_without_policies,
        equivalents=("CKV_AWS_286", "CKV2_AWS_40"),
    ),
    Rule(
        id="IAM-10",
        title="No policy hands out access to every resource",
        severity=Severity.HIGH,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="Whoever may write the policy of every bucket, key or function opens them to anybody.",
        fix="limit Resource to the ARNs whose policies and grants it manages",
        checks=in_policies(_hands_out_access),
        equivalents=("CKV_AWS_289",),
    ),
    Rule(
        id="IAM-11",
        title="Policies name actions that exist",
        severity=Severity.LOW,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="A mistyped action is accepted and allows nothing, until something fails that was believed to be allowed or denied.",
        fix="correct the action's name",
        checks=(At("policy", _each_is_real, POLICIES), At("inlinePolicies[*].policy", _each_is_real, (ROLE,))),
    ),
)
