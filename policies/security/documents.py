"""IAM policy documents as rules read them: statements, and whom they let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

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
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
}
"""Condition keys that leave only callers of an account, an organisation or a network. Source: AWS global condition keys."""
_POSITIVE = ("stringequals", "stringlike", "arnequals", "arnlike")


def identity_documents(root: Node, resource: Resource, role: str) -> Iterator[Node]:
    """The policies that say what an identity may do: of a role those within it, else the resource's own."""
    if resource.type == role:
        yield from (inline["policy"] for inline in root["inlinePolicies"].items())
    else:
        yield root["policy"]


def statements(document: Node) -> list[Node]:
    """The statements of a policy, given as JSON text or as an object."""
    return document.document()["Statement"].items()


def allows(statement: Node) -> bool:
    """Whether a statement allows rather than denies."""
    return statement["Effect"].text() == "Allow"


def actions(statement: Node) -> list[str]:
    """The actions of a statement in lower case, for IAM does not tell cases apart."""
    return [action.lower() for action in statement["Action"].texts()]


def covered(names: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """Those of the actions that one of a statement's patterns matches, sorted."""
    wanted = list(patterns)
    return sorted(name for name in names if any(fnmatchcase(name, pattern) for pattern in wanted))


def is_on_everything(statement: Node) -> bool:
    """Whether a statement holds for every resource."""
    return "*" in statement["Resource"].texts()


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
            key.lower() in _NARROWING and not {"*", "arn:aws:*"} & set(value.texts()) for key, value in keys.entries()
        ):
            return True
    return False


def admits_nobody_unnamed(document: Node) -> Iterator[Judgement]:
    """Demand that no statement of a resource's policy lets everyone in. An absent policy lets in nobody."""
    for statement in statements(document):
        if admits_everyone(statement):
            yield statement.fails(
                "allows every principal, and no condition narrows it to an account, an organisation or a network"
            )


def denies_plain_transport(statement: Node, *covering: str) -> bool:
    """Whether a statement denies these actions to everyone who does not come over TLS."""
    if statement["Effect"].text() != "Deny" or "*" not in principals(statement):
        return False
    flags = [
        word.lower()
        for operator, keys in statement["Condition"].entries()
        for key, value in keys.entries()
        if operator.lower() == "bool" and key.lower() == "aws:securetransport"
        for word in (str(item.value) for item in value.items())
    ]
    return flags == ["false"] and bool({"*", *covering} & set(actions(statement)))


def demands_tls(*covering: str) -> Check:
    """Demand a statement that denies any of these actions without TLS."""

    def check(document: Node) -> Iterator[Judgement]:
        if not any(denies_plain_transport(statement, *covering) for statement in statements(document)):
            yield document.fails("has no statement that denies requests made without TLS (aws:SecureTransport)")

    return check
