"""Type tokens that mean the same: a rule names one, and its twins do not escape it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_MODULES = {
    "aws:alb/": "aws:lb/",
    "aws:applicationloadbalancing/": "aws:lb/",
    "aws:elasticloadbalancingv2/": "aws:lb/",
    "aws:elasticloadbalancing/": "aws:elb/",
}
"""Modules whose members all have twins. Source: the aliases that pulumi-aws registers for its load balancing resources."""

_VERSIONED = {
    "aws:s3/bucketV2:BucketV2": "aws:s3/bucket:Bucket",
    **{
        f"aws:s3/{name}V2:{name[0].upper()}{name[1:]}V2": f"aws:s3/{name}:{name[0].upper()}{name[1:]}"
        for name in (
            "bucketAccelerateConfiguration",
            "bucketAcl",
            "bucketCorsConfiguration",
            "bucketLifecycleConfiguration",
            "bucketLogging",
            "bucketObjectLockConfiguration",
            "bucketRequestPaymentConfiguration",
            "bucketServerSideEncryptionConfiguration",
            "bucketVersioning",
            "bucketWebsiteConfiguration",
        )
    },
}

_GROUPS = {
    "kubernetes:extensions/v1beta1:": {
        "Deployment": "kubernetes:apps/v1:",
        "DaemonSet": "kubernetes:apps/v1:",
        "ReplicaSet": "kubernetes:apps/v1:",
        "Ingress": "kubernetes:networking.k8s.io/v1:",
        "NetworkPolicy": "kubernetes:networking.k8s.io/v1:",
    },
}
_RENAMED = {
    "kubernetes:apps/v1beta1:": "kubernetes:apps/v1:",
    "kubernetes:apps/v1beta2:": "kubernetes:apps/v1:",
    "kubernetes:batch/v1beta1:": "kubernetes:batch/v1:",
    "kubernetes:batch/v2alpha1:": "kubernetes:batch/v1:",
    "kubernetes:networking.k8s.io/v1beta1:": "kubernetes:networking.k8s.io/v1:",
    "kubernetes:rbac.authorization.k8s.io/v1alpha1:": "kubernetes:rbac.authorization.k8s.io/v1:",
    "kubernetes:rbac.authorization.k8s.io/v1beta1:": "kubernetes:rbac.authorization.k8s.io/v1:",
}


@dataclass(frozen=True)
class Canonical:
    """The token that rules name, and whether the object only says what it changes."""

    type: str
    is_partial: bool


@cache
def canonical(token: str) -> Canonical:
    """The canonical form of a type token: itself for a type without twins."""
    is_partial = token.startswith("kubernetes:") and token.endswith("Patch")
    return Canonical(_canonical_type(token.removesuffix("Patch") if is_partial else token), is_partial)


def _canonical_type(token: str) -> str:
    if token in _VERSIONED:
        return _VERSIONED[token]
    for old, new in _MODULES.items():
        if token.startswith(old):
            return new + token.removeprefix(old)
    group, kind = token[: token.rfind(":") + 1], token.rpartition(":")[2]
    if group in _RENAMED:
        return _RENAMED[group] + kind
    return _GROUPS[group].get(kind, group) + kind if group in _GROUPS else token
