"""What a change replaces: told by a table and by the SDK's documentation, and nothing in the table is misspelt."""

from __future__ import annotations

import pytest

from understudy.sandbox.identity import ARNS, IDS, NAMED_BY
from understudy.sandbox.outputs import COMPUTED
from understudy.sandbox.reflection import describe, is_known
from understudy.sandbox.replacement import HELD_BY, KUBERNETES_IMMUTABLE, NAME, REPLACED_BY, replaces


@pytest.mark.parametrize(
    ("token", "path", "is_replaced"),
    [
        ("aws:rds/instance:Instance", "engine", True),
        ("aws:rds/instance:Instance", "engineVersion", False),
        ("aws:rds/instance:Instance", "instanceClass", False),
        ("aws:rds/cluster:Cluster", "kmsKeyId", True),
        ("aws:rds/cluster:Cluster", "dbSubnetGroupName", True),
        ("aws:ec2/subnet:Subnet", "availabilityZone", True),
        ("aws:ec2/vpc:Vpc", "tags.owner", False),
        ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.desiredSize", False),
        ("aws:eks/nodeGroup:NodeGroup", "subnetIds[0]", True),
        ("aws:sqs/queue:Queue", "name", True),
        ("kubernetes:apps/v1:Deployment", "spec.replicas", False),
        ("kubernetes:apps/v1:Deployment", "spec.selector.matchLabels.app", True),
        ("kubernetes:core/v1:ConfigMap", "metadata.name", True),
        ("kubernetes:core/v1:ConfigMap", "metadata.labels.name", False),
        ("kubernetes:helm.sh/v3:Release", "version", False),
    ],
)
def test_a_change_replaces_where_the_real_service_cannot_change_it(token: str, path: str, is_replaced: bool) -> None:
    assert replaces(token, frozenset(), path) is is_replaced


def test_what_the_documentation_says_counts_too() -> None:
    said = frozenset(describe("aws:elasticache/replicationGroup:ReplicationGroup")["replaced_by"])

    assert replaces("aws:elasticache/replicationGroup:ReplicationGroup", said, "snapshotName")


@pytest.mark.slow
@pytest.mark.parametrize("token", sorted(REPLACED_BY))
def test_every_property_of_the_table_is_one_of_the_type(token: str) -> None:
    assert REPLACED_BY[token] - NAME <= set(describe(token)["inputs"])


@pytest.mark.parametrize("token", sorted({*REPLACED_BY, *KUBERNETES_IMMUTABLE, *HELD_BY, *IDS, *ARNS, *NAMED_BY, *COMPUTED}))
def test_every_type_that_a_table_names_exists(token: str) -> None:
    assert is_known(token)
