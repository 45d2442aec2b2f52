"""Policies that look at all that the engine tells them."""

import pulumi
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy

NAME = "first"


def tells(args, report):
    if args.name == "shelf-bucket":
        report(f"stack {pulumi.get_stack()} dry-run {pulumi.runtime.is_dry_run()} how {pulumi.Config('small').get('how')}")
        report(f"aliases {len(args.opts.aliases)} provider {args.provider.props['region']} protect {args.opts.protect}")
        report(f"password {args.props['tags']['password']}")


def exits(_args, _report):
    raise SystemExit(0)


def relates(args, report):
    by_name = {resource.name: resource for resource in args.resources}
    shelf, versioning = by_name["shelf"], by_name["shelf-versioning"]
    report(f"parent {versioning.parent.name}, bucket from {versioning.property_dependencies['bucket'][0].name}", versioning.urn)
    report(f"outputs {sorted(shelf.props.keys())}, exports {sorted(by_name['small-staging'].props.keys())}", shelf.urn)
    report("a resource that does not exist", "urn:pulumi:staging::small::a:b:C::gone")


POLICIES = [
    ResourceValidationPolicy("tells", "Tells.", tells),
    ResourceValidationPolicy("exits", "Exits.", exits),
    StackValidationPolicy("relates", "Relates.", relates, enforcement_level=EnforcementLevel.MANDATORY),
]
