"""Whose bucket a policy names: ARNs of buckets name no account, so a bucket is the stack's own where the stack declares it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.snapshot import Snapshot
from policies.security.parameters import words

BUCKETS = words("trustedBuckets", (), "Buckets outside the stack that a policy may name.")
_ARN = re.compile(r"arn:aws[a-z-]*:s3:::([^/]*)")


def named_bucket(text: str) -> str:
    """The bucket that an ARN names, in whichever of AWS's partitions; empty for anything else."""
    found = _ARN.match(text)
    return "" if found is None else found.group(1)


def _own_buckets(stack: Snapshot) -> tuple[frozenset[str], bool]:
    """The names of the stack's buckets, and whether all of them are known."""
    names = [bucket.properties.get("bucket") for bucket in stack.of_type("aws:s3/bucket:Bucket")]
    return frozenset(name for name in names if isinstance(name, str)), all(isinstance(name, str) for name in names)


def is_own_bucket(
    place: Node, name: str, stack: Snapshot, message: str = "allows actions on a bucket that this stack does not have"
) -> Iterator[Judgement]:
    """Nothing where a bucket is the stack's own or trusted."""
    own, is_complete = stack.index(_own_buckets)
    if name == "*" or name in own or name in place.setting(BUCKETS):
        return
    if is_complete:
        yield place.fails(message)
    else:
        yield place.undecided("it names a bucket, and the names of this stack's are not all known")
