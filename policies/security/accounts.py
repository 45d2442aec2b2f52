"""Whose accounts a stack's resources name: its own, those that its configuration trusts, and others'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.engine.node import UNKNOWN, Node, NotKnownError
from policies.engine.snapshot import Resource, Snapshot
from policies.security.parameters import words

PROVIDER = "pulumi:providers:aws"
TRUSTED = words(
    "trustedAccounts", (), "Accounts besides the stack's own that may be named: those of tools that serve every environment."
)
_ARN = re.compile(r"arn:[a-z*?-]+:[a-z0-9*?-]*:[a-z0-9*?-]*:(\d{12}):")
"""An ARN, or a pattern of ARNs, of one account."""
_BARE = re.compile(r"\d{12}")
_ADDRESS = re.compile(r"\.amazonaws\.com(?:\.cn)?/(\d{12})/")


def own_accounts(stack: Snapshot) -> frozenset[str] | None:
    """The accounts that the stack's AWS providers are held to; None where none is, or not known yet."""
    found: set[str] = set()
    for provider in stack.of_type(PROVIDER):
        try:
            # The engine writes a provider's lists as JSON texts.
            found |= {item.text() for item in provider.read()["allowedAccountIds"].document().items()}
        except NotKnownError:
            return None
    return frozenset(found) or None


def named_accounts(text: str, *, is_principal: bool = False) -> set[str]:
    """The accounts that a text names: by ARN, by a queue's address, and as a principal also by its bare number."""
    if is_principal and _BARE.fullmatch(text):
        return {text}
    return {*_ARN.findall(text), *_ADDRESS.findall(text)}


def foreign(node: Node, stack: Snapshot, text: str, *, is_principal: bool = False) -> bool:
    """Whether a text names an account that is neither the stack's own nor trusted.

    Raises NotKnownError where it names one and the stack's own is not known.
    """
    named = named_accounts(text, is_principal=is_principal)
    if not named or named <= set(node.setting(TRUSTED)):
        return False
    named -= set(node.setting(TRUSTED))
    own = stack.index(own_accounts)
    if own is None:
        raise NotKnownError(
            node.path, "it names an account, and no AWS provider of the stack says by allowed_account_ids which is its own"
        )
    return not named <= own


def comes_from_stack(name: str, resource: Resource) -> bool:
    """Whether a property that is not known yet is another resource's output, and so the stack's own."""
    return resource.properties.get(name) is UNKNOWN and bool(resource.dependencies.get(name))


def texts_with_accounts(node: Node, skipped: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Every text within a property that may name an account."""
    return node.search(_may_name_account, skipped)


def _may_name_account(text: str) -> bool:
    return "arn:" in text or ".amazonaws.com" in text
