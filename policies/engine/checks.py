"""The checks that most rules are made of. Each judges one property and says nothing of what is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError, Parameter
from policies.engine.rule import Check
from policies.engine.verdict import Verdict


def is_true(*, default: bool = False) -> Check:
    """Demand a flag. `default` is what the provider takes where it is absent."""

    def check(node: Node) -> Iterator[Judgement]:
        if not node.flag(default=default):
            yield node.fails("must be true")

    return check


def is_false(*, default: bool = False) -> Check:
    """Demand that a flag is off. `default` is what the provider takes where it is absent."""

    def check(node: Node) -> Iterator[Judgement]:
        if node.flag(default=default):
            yield node.fails("must be false")

    return check


def is_given(node: Node) -> Iterator[Judgement]:
    """Demand that a property has a value; one that is not known yet is a value."""
    if not node.is_given:
        yield node.fails("must be given")


def is_absent(node: Node) -> Iterator[Judgement]:
    """Demand that a property has no value."""
    if node.is_given:
        yield node.fails("must not be given")


def is_not_empty(node: Node) -> Iterator[Judgement]:
    """Demand that a list has an item."""
    if not node.items():
        yield node.fails("must not be empty")


def is_at_least(least: float | Parameter, default: float = 0) -> Check:
    """Demand a number of at least this. `default` is what the provider takes where it is absent."""

    def check(node: Node) -> Iterator[Judgement]:
        found, wanted = node.number(default), node.setting(least) if isinstance(least, Parameter) else least
        if found < wanted:
            yield node.fails(f"is {found:g}, must be at least {wanted:g}")

    return check


def is_one_of(*allowed: str, default: str = "") -> Check:
    """Demand one of these words. `default` is what the provider takes where it is absent."""

    def check(node: Node) -> Iterator[Judgement]:
        if node.text(default) not in allowed:
            yield node.fails(f"must be {' or '.join(allowed)}")

    return check


def has_all(*needed: str) -> Check:
    """Demand that a list of words has all of these."""

    def check(node: Node) -> Iterator[Judgement]:
        missing = sorted(set(needed) - {item.text() for item in node.items()})
        if missing:
            yield node.fails(f"lacks {', '.join(missing)}")

    return check


def any_given(*paths: str) -> Check:
    """Demand that one of several properties has a value."""

    def check(node: Node) -> Iterable[Judgement]:
        if not any(node.at(path).is_given for path in paths):
            yield node.at(paths[0]).fails(f"must be given, or {' or '.join(paths[1:])}")

    return check


def each(nodes: Iterable[Node], check: Check) -> Iterator[Judgement]:
    """Carry out a check on each of several properties: what one of them does not tell hides nothing of the others."""
    for node in nodes:
        try:
            yield from check(node)
        except NotKnownError as unknown:
            yield Judgement(Verdict.INCONCLUSIVE, unknown.path, unknown.reason)
