"""Fails in the way that its configuration names."""

import sys

import pulumi
from pulumi_aws import get_availability_zones, s3

from model.errors import ConfigurationError, Problem

how = pulumi.Config().require("how")
bucket = s3.Bucket("bucket", bucket="named")
if how == "raises":
    raise ValueError("boom")
if how == "exits":
    sys.exit(0)
if how == "invokes":
    get_availability_zones()
if how == "reads":
    s3.Bucket.get("existing", "some-bucket")
if how == "refers":
    pulumi.StackReference("organization/other/production")
if how == "duplicates":
    s3.Bucket("bucket")
if how == "computes":
    bucket.bucket.apply(lambda name: 1 / (len(name) - 5))
if how == "refuses":
    raise ConfigurationError([Problem("services.web", "is refused by the model")])
