"""One policy, configured by its pack."""

import sys

from pulumi_policy import PolicyConfigSchema, ResourceValidationPolicy

NAME = "second"
sys.stdout.write("a pack may print\n")


def counts(args, report):
    if args.name == "shelf-bucket":
        sys.stdout.write("a policy may print\n")
        report(f"n {args.get_config()['n']:g}")


POLICIES = [
    ResourceValidationPolicy(
        "counts", "Counts.", counts, config_schema=PolicyConfigSchema(properties={"n": {"type": "integer"}}, required=["n"])
    )
]
