"""Whose bucket a policy names: ARNs of buckets name no account, so a bucket is the stack's own where the stack declares it."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.snapshot import Snapshot
from policies.security.parameters import words

BUCKETS = words("trustedBuckets", (), "Buckets outside the stack that a policy may name.")
BUCKET_ARN = "arn:aws:s3:::"


def _own_buckets(stack: Snapshot) -> tuple[frozenset[str], bool]:
    """The names of the stack's buckets, and whether all of them are known."""
    names = [bucket.properties.get("bucket") for bucket in stack.of_type("aws:s3/bucket:Bucket")]
    return frozenset(name for name in names if isinstance(name, str)), all(isinstance(name, str) for name in names)


def is_own_bucket(place: Node, name: str, stack: Snapshot) -> Iterator[Judgement]:
    """Nothing where a bucket is the stack's own or trusted."""
    own, is_complete = stack.index(_own_buckets)
    if name == "*" or name in own or name in place.setting(BUCKETS):
        return
    if is_complete:
        yield place.fails("allows actions on a bucket that this stack does not have")
    else:
        yield place.undecided("it names a bucket, and the names of this stack's are not all known")
