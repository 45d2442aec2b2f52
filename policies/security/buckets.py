"""Buckets. Since everything about one is declared in resources of its own, most rules are relations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policies.engine.checks import is_one_of
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis, fsbp
from policies.security.documents import admits_nobody_unnamed, demands_tls

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
_OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
_LOGGING = "aws:s3/bucketLogging:BucketLogging"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_ACL = "aws:s3/bucketAcl:BucketAcl"
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_PUBLIC_GROUPS = ("/global/AllUsers", "/global/AuthenticatedUsers")
"""Ends of the groups' addresses. Source: Amazon S3, "Access control list (ACL) overview", predefined groups."""

BucketRelation = Callable[[Node, Resource, Snapshot], Iterator[Judgement]]


def _companion(type_: str, check: Callable[[Node], str | None]) -> BucketRelation:
    """Demand that the bucket has a resource of this type, in which the check finds nothing wrong."""

    def relation(root: Node, bucket: Resource, stack: Snapshot) -> Iterator[Judgement]:
        companions = stack.referring(bucket, type_, "bucket")
        if not companions:
            yield root.fails(f"has no {type_.rpartition(':')[2]}")
        for companion in companions:
            wrong = check(companion.read())
            if wrong is not None:
                yield root.fails(f"{companion.name}: {wrong}")

    return relation


def _open_flags(block: Node) -> str | None:
    missing = [flag for flag in _FLAGS if not block[flag].flag()]
    return f"{', '.join(missing)} must be true" if missing else None


def _weak_encryption(configuration: Node) -> str | None:
    for rule in configuration["rules"].items():
        default = rule["applyServerSideEncryptionByDefault"]
        if default["sseAlgorithm"].text() in ("aws:kms", "aws:kms:dsse") and default["kmsMasterKeyId"].is_given:
            return None
    return "no rule encrypts with aws:kms and a kmsMasterKeyId"


def _encrypts(root: Node, bucket: Resource, stack: Snapshot) -> Iterator[Judgement]:
    """A bucket that receives the logs of others is exempt: their services deliver to AES256 only."""
    if not stack.referring(bucket, _LOGGING, "targetBucket") and not _receives_load_balancer_logs(bucket, stack):
        yield from _companion(_ENCRYPTION, _weak_encryption)(root, bucket, stack)


def _receives_load_balancer_logs(bucket: Resource, stack: Snapshot) -> bool:
    return bool(stack.referring(bucket, "aws:lb/loadBalancer:LoadBalancer", "accessLogs"))


def _not_versioned(versioning: Node) -> str | None:
    is_enabled = versioning["versioningConfiguration"]["status"].text() == "Enabled"
    return None if is_enabled else "versioningConfiguration.status must be Enabled"


def _not_owner_enforced(controls: Node) -> str | None:
    is_enforced = controls["rule"]["objectOwnership"].text() == "BucketOwnerEnforced"
    return None if is_enforced else "rule.objectOwnership must be BucketOwnerEnforced"


def _refuses_plain_transport(root: Node, bucket: Resource, stack: Snapshot) -> Iterator[Judgement]:
    policies = [found.read()["policy"] for found in stack.referring(bucket, BUCKET_POLICY, "bucket")]
    if not policies:
        yield root.fails("has no BucketPolicy that denies requests made without TLS")
    for policy in policies:
        for wrong in demands_tls("s3:*", objects=True)(policy):
            yield root.fails(f"its bucket policy {wrong.message}")


def _logs_accesses(root: Node, bucket: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if stack.referring(bucket, _LOGGING, "targetBucket"):
        return
    if not stack.referring(bucket, _LOGGING, "bucket") and not _receives_load_balancer_logs(bucket, stack):
        yield root.fails("has no BucketLogging")


def _names_no_public_group(grantee: Node) -> Iterator[Judgement]:
    if grantee.text().endswith(_PUBLIC_GROUPS):
        yield grantee.fails("gives everybody, or every AWS account, what is granted")


def _keeps_parts_forever(lifecycle: Node) -> str | None:
    for rule in lifecycle["rules"].items():
        if rule["status"].text() == "Enabled" and rule["abortIncompleteMultipartUpload"]["daysAfterInitiation"].is_given:
            return None
    return "no enabled rule has abortIncompleteMultipartUpload"


RULES = (
    Rule(
        id="S3-01",
        title="Buckets block public access",
        severity=Severity.HIGH,
        types=(BUCKET,),
        reads="(a BucketPublicAccessBlock's four flags)",
        rationale="The block holds whatever a policy or an ACL says, and so whatever anybody gets wrong later.",
        fix="declare an s3.BucketPublicAccessBlock of the bucket with all four flags True",
        relation=_companion(_BLOCK, _open_flags),
        controls=(*cis("2.1.4"), *fsbp("S3.1", "S3.8")),
        equivalents=("CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "AWS-0094", "AwsSolutions-S2"),
    ),
    Rule(
        id="S3-02",
        title="Buckets are encrypted with a key of the account's own",
        severity=Severity.MEDIUM,
        types=(BUCKET,),
        reads="(a BucketServerSideEncryptionConfiguration's rules)",
        rationale="With a key of its own, leave to read the bucket is not enough to read what is in it.",
        fix="declare an s3.BucketServerSideEncryptionConfiguration with sse_algorithm aws:kms and kms_master_key_id",
        relation=_encrypts,
        controls=fsbp("S3.17"),
        equivalents=("CKV_AWS_145", "CKV_AWS_19", "AWS-0132"),
    ),
    Rule(
        id="S3-03",
        title="Buckets keep earlier versions",
        severity=Severity.MEDIUM,
        types=(BUCKET,),
        reads="(a BucketVersioning's status)",
        rationale="What was overwritten or deleted by mistake or malice can be brought back.",
        fix="declare an s3.BucketVersioning with status Enabled",
        relation=_companion(_VERSIONING, _not_versioned),
        controls=fsbp("S3.14"),
        equivalents=("CKV_AWS_21", "AWS-0090"),
    ),
    Rule(
        id="S3-04",
        title="Buckets refuse requests without TLS",
        severity=Severity.HIGH,
        types=(BUCKET,),
        reads="(a BucketPolicy's policy)",
        rationale="S3 answers over plain HTTP as well, unless its policy denies it.",
        fix="deny s3:* to everyone where aws:SecureTransport is false in the bucket's policy",
        relation=_refuses_plain_transport,
        controls=(*cis("2.1.1"), *fsbp("S3.5")),
        equivalents=("CKV_AWS_379", "AwsSolutions-S10"),
    ),
    Rule(
        id="S3-05",
        title="Bucket policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=(BUCKET_POLICY, BUCKET),
        reads="policy",
        rationale="A policy that allows every principal publishes the bucket to every AWS account, or to the internet.",
        fix="name the principals, or narrow by aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID",
        checks=(At("policy", admits_nobody_unnamed),),
        controls=fsbp("S3.2", "S3.3"),
        equivalents=("CKV_AWS_70",),
    ),
    Rule(
        id="S3-06",
        title="Buckets have no access control lists",
        severity=Severity.HIGH,
        types=(BUCKET,),
        reads="(a BucketOwnershipControls' objectOwnership)",
        rationale="An object's own list can give it away behind the back of the bucket's policy.",
        fix="declare an s3.BucketOwnershipControls with object_ownership BucketOwnerEnforced",
        relation=_companion(_OWNERSHIP, _not_owner_enforced),
        controls=fsbp("S3.12"),
        equivalents=("CKV2_AWS_65",),
    ),
    Rule(
        id="S3-07",
        title="Accesses to buckets are logged",
        severity=Severity.LOW,
        types=(BUCKET,),
        reads="(a BucketLogging)",
        rationale="Without the log nobody can tell afterwards what was read.",
        fix="declare an s3.BucketLogging with the log bucket as target",
        relation=_logs_accesses,
        controls=fsbp("S3.9"),
        equivalents=("CKV_AWS_18", "AWS-0089", "AwsSolutions-S1"),
    ),
    Rule(
        id="S3-08",
        title="Buckets drop unfinished uploads",
        severity=Severity.LOW,
        types=(BUCKET,),
        reads="(a BucketLifecycleConfiguration's rules)",
        rationale="Parts of uploads that nobody finished are seen in no listing and cost for ever.",
        fix="declare an s3.BucketLifecycleConfiguration with abort_incomplete_multipart_upload",
        relation=_companion(_LIFECYCLE, _keeps_parts_forever),
        controls=fsbp("S3.13"),
        equivalents=("CKV_AWS_300", "CKV2_AWS_61"),
    ),
    Rule(
        id="S3-09",
        title="Buckets have no public access control list",
        severity=Severity.CRITICAL,
        types=(BUCKET, _ACL),
        reads="acl",
        rationale="A public list gives the bucket's content to everybody.",
        fix="leave acl out; share by policy",
        checks=(
            At(
                "acl",
                is_one_of("private", "log-delivery-write", "bucket-owner-full-control", "bucket-owner-read", default="private"),
            ),
            At("grants[*].uri", _names_no_public_group, (BUCKET,)),
            At("accessControlPolicy.grants[*].grantee.uri", _names_no_public_group, (_ACL,)),
        ),
        equivalents=("CKV_AWS_20", "CKV_AWS_57", "AWS-0092"),
    ),
)
