"""Whose accounts a stack's resources name: its own, those that its configuration trusts, and others'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.snapshot import Snapshot
from policies.security.parameters import words

PROVIDER = "pulumi:providers:aws"
TRUSTED = words(
    "trustedAccounts", (), "Accounts besides the stack's own that may be named: those of tools that serve every environment."
)
_ARN = re.compile(r"arn:[a-z-]*aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):")
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
    named = named_accounts(text, is_principal=is_principal) - set(node.setting(TRUSTED))
    if not named:
        return False
    own = stack.index(own_accounts)
    if own is None:
        raise NotKnownError(
            node.path, "it names an account, and no AWS provider of the stack says by allowed_account_ids which is its own"
        )
    return not named <= own


def each_text(node: Node, skipped: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Every text within a property, however deep, but for what lies under skipped names. What is not known yet is left out."""
    waiting = [node]
    while waiting:
        place = waiting.pop()
        value = place.known()
        if isinstance(value, str):
            yield place
        elif isinstance(value, dict):
            waiting += [place[key] for key in sorted(value, reverse=True) if isinstance(key, str) and key not in skipped]
        elif isinstance(value, list):
            waiting += reversed(place.items())


def names_no_foreign_account(message: str) -> Callable[[Node, Snapshot, frozenset[str]], Iterator[Judgement]]:
    """Demand that no text within a property names a foreign account."""

    def check(root: Node, stack: Snapshot, skipped: frozenset[str]) -> Iterator[Judgement]:
        for place in each_text(root, skipped):
            try:
                if foreign(place, stack, place.text()):
                    yield place.fails(message)
            except NotKnownError as unknown:
                yield place.undecided(unknown.reason)

    return check
