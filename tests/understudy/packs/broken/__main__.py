"""A pack whose policy crashes, with a secret in the exception."""

from pulumi_policy import PolicyPack, ResourceValidationPolicy


def crash(args, _report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        raise RuntimeError(f"canary {args.props['tags']['password']}")


PolicyPack("broken", [ResourceValidationPolicy("crash", "Crashes.", crash)])
