"""A component with a bucket, a secret, an unknown reference and a Kubernetes object below an explicit provider."""

import sys

import pulumi
from pulumi_aws import Provider, s3
from pulumi_kubernetes.core.v1 import ConfigMap

sys.stdout.write("a program may print\n")


class Shelf(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("understudy:test:Shelf", name, {}, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=f"{pulumi.get_stack()}-shelf",
            tags={"password": pulumi.Output.secret("canary-hunter2")},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                ignore_changes=["tags"],
                aliases=[
                    pulumi.Alias(name="old-bucket"),
                    pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE),
                    "urn:pulumi:staging::former::aws:s3/bucket:Bucket::b",
                ],
            ),
        )
        s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
            expected_bucket_owner=self.bucket.tags["password"],
            opts=below,
        )
        self.register_outputs({"arn": self.bucket.arn, "bucket": self.bucket})


provider = Provider("provider", region="eu-west-1")
shelf = Shelf("shelf", pulumi.ResourceOptions(providers=[provider]))
ConfigMap("settings", metadata={"name": "settings"}, data={"arn": shelf.bucket.arn, "size": "3"})
pulumi.export("name", shelf.bucket.bucket)
pulumi.export("arn", shelf.bucket.arn)
pulumi.export("password", pulumi.Output.secret("canary-hunter2"))
