"""IAM policy documents as rules read them: statements, and whom they let in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from policies.engine.checks import each
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import Check
from policies.engine.snapshot import Resource

_NARROWING = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}
"""Condition keys that leave only callers of an account, an organisation or a network.

Source: AWS global condition keys; "Blocking public access to your Amazon S3 storage", the meaning of public.
"""
_POSITIVE = ("stringequals", "stringlike", "arnequals", "arnlike")
_WILD = re.compile(r"[*?]")
_PARTITION = re.compile(r"^arn:aws-[a-z-]+:")
_EVERY_RESOURCE = ("arn:aws:s3:::a", "arn:aws:iam::111122223333:role/a", "arn:aws:sqs:eu-west-1:111122223333:a")
"""ARNs of resources that have nothing in common: what matches them all matches everything."""
_KINDS = r"(?:function|group|instance-profile|key|parameter|policy|role|secret|table|user)"
_ALL_OF_A_KIND = re.compile(rf"arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:\*|\*/\*|{_KINDS}[:/]\*)")
"""ARNs that name everything of a kind that an account has. Source: AWS's service authorization reference, resource types."""
_ONLY_HOW = {"aws:securetransport"}
"""Condition keys that say how is asked, and nothing of who asks or for what."""


def identity_documents(root: Node, resource: Resource, role: str) -> Iterator[Node]:
    """The policies that say what an identity may do: of a role those within it, else the resource's own."""
    if resource.type == role:
        yield from (inline["policy"] for inline in root["inlinePolicies"].items())
    else:
        yield root["policy"]


def statements(document: Node) -> list[Node]:
    """The statements of a policy, given as JSON text or as an object."""
    return document.document()["Statement"].items()


def each_allowing(document: Node, check: Check) -> Iterator[Judgement]:
    """The check on each statement that allows: what one of them does not tell hides nothing of the others."""
    yield from each(statements(document), lambda statement: check(statement) if allows(statement) else ())


def allows(statement: Node) -> bool:
    """Whether a statement allows rather than denies."""
    return statement["Effect"].text() == "Allow"


def is_conditional(statement: Node) -> bool:
    """Whether a condition limits what a statement allows; that a request is made over TLS limits nothing."""
    return any(key.lower() not in _ONLY_HOW for _, keys in statement["Condition"].entries() for key, _ in keys.entries())


def actions(statement: Node) -> list[str]:
    """The actions of a statement in lower case, for IAM does not tell cases apart."""
    return [action.lower() for action in statement["Action"].texts()]


def covered(names: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """Those of the actions that one of a statement's patterns matches, sorted."""
    wanted = list(patterns)
    return sorted(name for name in names if any(fnmatchcase(name, pattern) for pattern in wanted))


def is_on_everything(statement: Node) -> bool:
    """Whether a statement holds for every resource, or for every one but some."""
    if statement["NotResource"].is_given:
        return True
    patterns = [_PARTITION.sub("arn:aws:", text) for text in statement["Resource"].texts()]
    return any(all(fnmatchcase(arn, pattern) for arn in _EVERY_RESOURCE) for pattern in patterns)


def is_on_all_of_a_kind(statement: Node) -> bool:
    """Whether a statement holds for every resource, or for all roles, keys, tables or the like of an account."""
    return is_on_everything(statement) or any(_ALL_OF_A_KIND.fullmatch(text) for text in statement["Resource"].texts())


def principals(statement: Node) -> list[str]:
    """The AWS principals of a statement: ARNs, accounts, or `*`."""
    principal = statement["Principal"]
    return ["*"] if principal.value == "*" else principal["AWS"].texts()


def admits_everyone(statement: Node) -> bool:
    """Whether a statement allows something to every principal there is, without a condition that narrows it."""
    if not allows(statement):
        return False
    if not statement["NotPrincipal"].is_given and "*" not in principals(statement):
        return False
    return not is_narrowed(statement)


def is_narrowed(statement: Node) -> bool:
    """Whether a condition leaves only callers of some account, organisation or network."""
    for operator, keys in statement["Condition"].entries():
        if operator.lower().removeprefix("foranyvalue:") in _POSITIVE and any(
            key.lower() in _NARROWING and not any(map(_is_anybodys, value.texts())) for key, value in keys.entries()
        ):
            return True
    return False


def narrowing_values(statement: Node) -> Iterator[Node]:
    """What a statement's conditions narrow its callers to: accounts, ARNs, organisations and networks."""
    for operator, keys in statement["Condition"].entries():
        if operator.lower().removeprefix("foranyvalue:").removesuffix("ifexists") in _POSITIVE:
            for key, value in keys.entries():
                if key.lower() in _NARROWING:
                    yield from value.items()


def _is_anybodys(text: str) -> bool:
    """Whether a condition's value fits what anybody can have: an ARN of whichever account, an organisation of whichever name."""
    if text.startswith("arn:"):
        account, name = (text.split(":", 5) + ["*"] * 5)[4:6]
        return bool(_WILD.search(account)) or (not account and bool(_WILD.match(name)))
    return bool(_WILD.match(text.removeprefix("o-")))


def admits_nobody_unnamed(document: Node) -> Iterator[Judgement]:
    """Demand that no statement of a resource's policy lets everyone in. An absent policy lets in nobody."""
    yield from each_allowing(document, _admits_nobody_unnamed)


def _admits_nobody_unnamed(statement: Node) -> Iterator[Judgement]:
    if admits_everyone(statement):
        yield statement.fails("allows every principal, and no condition narrows it to an account, an organisation or a network")


def denies_plain_transport(statement: Node, *covering: str) -> bool:
    """Whether a statement denies these actions to everyone who does not come over TLS, but perhaps to AWS's own services."""
    if statement["Effect"].text() != "Deny" or "*" not in principals(statement):
        return False
    conditions = {
        (operator.lower().removesuffix("ifexists"), key.lower()): [str(item.value).lower() for item in value.items()]
        for operator, keys in statement["Condition"].entries()
        for key, value in keys.entries()
    }
    conditions.pop(("bool", "aws:principalisawsservice"), None)
    return conditions == {("bool", "aws:securetransport"): ["false"]} and bool({"*", *covering} & set(actions(statement)))


def demands_tls(*covering: str, objects: bool = False) -> Check:
    """Demand statements that deny any of these actions without TLS; `objects`, on a bucket and on what is in it."""

    def check(document: Node) -> Iterator[Judgement]:
        denying = [statement for statement in statements(document) if denies_plain_transport(statement, *covering)]
        if not denying:
            yield document.fails("has no statement that denies requests made without TLS (aws:SecureTransport)")
            return
        denied = [text for statement in denying for text in statement["Resource"].texts()]
        if objects and not (any(text.endswith("*") for text in denied) and any(not text.endswith("/*") for text in denied)):
            yield document.fails("denies requests made without TLS on the bucket or on its objects, and not on both")

    return check
