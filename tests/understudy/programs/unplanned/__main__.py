"""A cluster's object while there is no cluster yet, a resource of a default provider, and one with a timeout and an alias."""

import pulumi
from pulumi_aws import eks, sqs
from pulumi_kubernetes import Provider
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_random import RandomPassword

control_plane = eks.Cluster("control-plane", role_arn="arn:aws:iam::111122223333:role/c", vpc_config={"subnet_ids": ["a", "b"]})
cluster = Provider("cluster", kubeconfig=control_plane.endpoint)
settings = ConfigMap(
    "settings",
    metadata={"name": "settings", "namespace": "shop"},
    data={"a": "b"},
    opts=pulumi.ResourceOptions(provider=cluster),
)
RandomPassword("token", length=20)
queue = sqs.Queue(
    "queue",
    name="known",
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="1h30m"), aliases=[pulumi.Alias(name="former")]),
)
pulumi.export("namespace", settings.metadata.namespace)
pulumi.export("queue", queue.name)
