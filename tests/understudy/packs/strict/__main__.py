"""A pack with a policy of each kind."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)


def bucket_is_protected(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket" and not args.props.get("forceDestroy"):
        report(f"`forceDestroy`: is absent, at most {args.get_config()['limit']:g} may lack it")


def reads_an_unknown(args, report):
    if args.resource_type == "aws:s3/bucketVersioning:BucketVersioning" and args.props["bucket"]:
        report("never reached")


def stack_has_resources(args, report):
    report(f"the stack has {len(args.resources)} resources", args.resources[0].urn)


PolicyPack(
    "strict",
    [
        ResourceValidationPolicy(
            "bucket-is-protected",
            "A bucket is protected.",
            bucket_is_protected,
            enforcement_level=EnforcementLevel.MANDATORY,
            severity=Severity.HIGH,
            config_schema=PolicyConfigSchema(properties={"limit": {"type": "integer", "default": 2}}),
        ),
        ResourceValidationPolicy("reads-an-unknown", "Reads what is not known yet.", reads_an_unknown),
        StackValidationPolicy("stack-has-resources", "The stack has resources.", stack_has_resources),
    ],
)
