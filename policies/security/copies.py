"""Copies of data: what stores are filled from, and where what they hold is sent to."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.accounts import TRUSTED, comes_from_stack, foreign
from policies.security.buckets_of_stack import BUCKETS, is_own_bucket, named_bucket
from policies.security.parameters import words

_ORIGINS = {
    "aws:rds/instance:Instance": (
        "snapshotIdentifier",
        "replicateSourceDb",
        "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn",
        "s3Import.bucketName",
    ),
    "aws:rds/cluster:Cluster": (
        "snapshotIdentifier",
        "replicationSourceIdentifier",
        "restoreToPointInTime.sourceClusterIdentifier",
        "s3Import.bucketName",
    ),
    "aws:rds/globalCluster:GlobalCluster": ("sourceDbClusterIdentifier",),
    "aws:dynamodb/table:Table": (
        "restoreSourceTableArn",
        "importTable.s3BucketSource.bucketOwner",
        "importTable.s3BucketSource.bucket",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("snapshotArns",),
}
"""Where each kind of store says what it is filled from."""
_TARGETS = {
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ("rules[*].destination.account", "rules[*].destination.bucket"),
    "aws:s3/bucket:Bucket": (
        "replicationConfiguration.rules[*].destination.accountId",
        "replicationConfiguration.rules[*].destination.bucket",
    ),
    "aws:backup/plan:Plan": ("rules[*].copyActions[*].destinationVaultArn",),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": (
        "replicationConfiguration.rules[*].destinations[*].registryId",
    ),
    "aws:rds/snapshot:Snapshot": ("sharedAccounts[*]",),
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("sharedAccounts[*]",),
}
"""Where each kind of copier says what it copies to."""
_EVERYBODY = "all"
"""Whom a shared snapshot is public to."""
_MASKED = words(
    "maskedPaths", (), "Names of the stores that may be filled from another account, since what arrives is masked on its way."
)


def _is_filled_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if resource.name in root.setting(_MASKED):
        return
    for path in _ORIGINS[resource.type]:
        place = root.at(path)
        if comes_from_stack(path.partition(".")[0], resource):
            continue
        for origin in place.items():
            text = origin.text()
            bucket = text if path.endswith((".bucketName", ".bucket")) else named_bucket(text)
            if bucket:
                yield from is_own_bucket(origin, bucket, stack, "is filled from a bucket that this stack does not have")
            elif foreign(origin, stack, text, is_principal=path.endswith("bucketOwner")):
                yield origin.fails("is filled with data of another account")


def _copies_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    for path in _TARGETS[resource.type]:
        for place in root.each(path):
            try:
                yield from _is_at_home(place, stack)
            except NotKnownError as unknown:
                if not resource.dependencies.get(path.partition("[")[0].partition(".")[0]):
                    yield place.undecided(unknown.reason)


def _is_at_home(place: Node, stack: Snapshot) -> Iterator[Judgement]:
    text = place.text()
    if bucket := named_bucket(text):
        yield from is_own_bucket(place, bucket, stack, "copies data to a bucket that this stack does not have")
    elif text == _EVERYBODY or foreign(place, stack, text, is_principal=True):
        yield place.fails("copies data to another account")


RULES = (
    Rule(
        id="SEP-08",
        title="Stores are filled from their own account, or by a declared masked path",
        severity=Severity.CRITICAL,
        types=tuple(_ORIGINS),
        reads="snapshotIdentifier",
        rationale="Production's data in staging is production's data with staging's safeguards, unless it was masked on its way.",
        fix="fill the store with data made for it, or name it in maskedPaths if what arrives there is masked",
        relation=_is_filled_at_home,
        parameters=(TRUSTED, BUCKETS, _MASKED),
    ),
    Rule(
        id="SEP-09",
        title="No data is copied to another account",
        severity=Severity.CRITICAL,
        types=tuple(_TARGETS),
        reads="rules[*].destination",
        rationale="A copy in another account is under that account's safeguards.",
        fix="copy to another region of the account itself; list an account that only keeps backups in trustedAccounts, and its buckets, "
        "whose ARNs name no account, in trustedBuckets",
        relation=_copies_at_home,
        parameters=(TRUSTED, BUCKETS),
    ),
)
