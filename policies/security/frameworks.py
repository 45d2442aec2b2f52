"""Frameworks by the names that reports call them, and mappings of controls that are published for others' identifiers.

A rule cites the controls that it was written for. What a published mapping says of one of those, or of another tool's
check that is its equivalent, it fulfils as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policies.engine.rule import Control, Rule

FRAMEWORKS = {
    "cis-aws": "CIS AWS Foundations",
    "cis-eks": "CIS EKS",
    "fsbp": "AWS FSBP",
    "pss": "Pod Security Standards restricted",
    "nsa": "NSA Kubernetes Hardening",
    "pci-dss": "PCI DSS",
    "soc2": "SOC 2",
}
"""What each framework is called in citations, by its name on the command line."""

_LOGS = ("CloudFront.5", "CloudTrail.1", "CloudTrail.5", "EC2.6", "EKS.8", "ELB.5", "RDS.9", "S3.9", "WAF.11")
_OPEN = ("CloudFront.6", "EC2.13", "EC2.21", "RDS.2", "S3.1", "S3.3")
_ACCESS = ("RDS.10", "RDS.12", "S3.12")
_TRANSIT = ("CloudFront.10", "CloudFront.9", "S3.5")
_ROTATION = ("SecretsManager.1",)
_EXPIRY = ("DynamoDB.2", "S3.13")
_REST = ("CloudTrail.2", "EKS.3", "RDS.27", "RDS.3", "S3.17", "SNS.1")
_PUBLIC = ("RDS.2", "S3.1", "S3.3")
_PCI_DSS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("1.2.5", "2.2.5", "2.2.7", "4.2.1"), _TRANSIT),
    (("1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "A1.1.3"), _OPEN),
    (("3.2.1", "3.3.1", "3.3.2", "3.3.3", "10.5.1"), _EXPIRY),
    (("3.5.1",), (*_REST, *_PUBLIC, *_ROTATION, "KMS.3")),
    (("3.6.1", "3.7.1", "3.7.2", "3.7.6", "3.7.7"), ("KMS.3",)),
    (("3.7.4",), ("KMS.3", "KMS.4")),
    (("3.7.5",), ("KMS.4",)),
    (("5.3.4", "10.2.1", "10.2.2", "10.3.1", "10.6.3"), _LOGS),
    (("6.4.1", "6.4.2"), ("CloudFront.6", "ELB.16")),
    (("7.2.1", "7.2.2", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "8.2.7", "8.3.4"), _ACCESS),
    (("8.2.2", "8.3.5", "8.3.7", "8.3.9", "8.3.10", "8.6.3"), _ROTATION),
    (("8.2.8",), (*_ACCESS, "EC2.8")),
    (("8.3.2",), (*_REST, *_TRANSIT, *_ROTATION)),
    (("10.3.2",), (*_PUBLIC, "CloudTrail.2", "CloudTrail.4")),
    (("10.3.3",), ("CloudTrail.2", "CloudTrail.4", "DynamoDB.2", "ElastiCache.1", "RDS.11")),
    (("10.3.4",), ("CloudFront.13", "CloudTrail.2", "CloudTrail.4", "S3.14")),
    (("10.4.1", "11.5.2", "11.6.1", "12.10.5", "A3.3.1", "A3.5.1"), ("CloudTrail.5",)),
    (("11.3.1",), ("ECR.1",)),
    (("A1.1.2", "A3.4.1"), _PUBLIC),
    (("A1.2.1",), (*_LOGS, "CloudTrail.2", "CloudTrail.4")),
)
"""Requirements of PCI DSS 4.0 and the FSBP controls that serve them, as Prowler's compliance mapping `pci_4.0_aws` has them."""

_SOC2: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "A1.2",
        ("CloudFront.5", "CloudTrail.1", "CloudTrail.5", "DynamoDB.2", "ELB.5", "RDS.9", "RDS.11", "S3.9", "S3.14", "WAF.11"),
    ),
    ("C1.1", ("RDS.8",)),
    ("C1.2", ("S3.14",)),
    ("CC1.3", ("IAM.1",)),
    ("CC2.1", ("CloudTrail.1",)),
    ("CC6.1", ("C-0012", "C-0035", "C-0186", "C-0260", "C-0263")),
    ("CC6.2", ("C-0035", "RDS.2")),
    ("CC6.3", ("IAM.1",)),
    ("CC6.6", ("C-0012", "C-0186", "C-0260", "C-0263", "EC2.13", "EC2.14", "EC2.15", "EC2.19", "EC2.21")),
    ("CC6.7", ("C-0012", "C-0035", "C-0186", "C-0263")),
    ("CC6.8", ("C-0035", "C-0067")),
    ("CC7.1", ("C-0067",)),
    (
        "CC7.2",
        ("C-0067", "C-0260", "CloudTrail.1", "CloudTrail.5", "EC2.6", "EC2.8", "EC2.13", "ELB.5", "RDS.9", "S3.9"),
    ),
    ("CC7.3", ("CloudTrail.4", "CloudTrail.5", "EC2.6", "ELB.5", "RDS.9", "S3.9")),
    ("CC7.4", ("DynamoDB.2", "RDS.11", "S3.14")),
    ("CC7.5", ("RDS.17",)),
    ("PI1.2", ("CloudFront.5", "ELB.5", "WAF.11")),
    ("PI1.3", ("CloudTrail.1", "CloudTrail.4", "CloudTrail.5", "RDS.9")),
    ("PI1.4", ("S3.17", "SNS.1")),
    ("PI1.5", ("KMS.4", "RDS.3", "RDS.27", "S3.14")),
)
"""Trust services criteria, and the FSBP controls and Kubescape checks that serve them.

Source: Prowler's compliance mapping `soc2_aws`, and Kubescape's framework `soc2`.
"""

_NSA = {
    "C-0002": "Prevent containers from allowing command execution",
    "C-0012": "Applications credentials in configuration files",
    "C-0013": "Non-root containers",
    "C-0016": "Allow privilege escalation",
    "C-0017": "Immutable container filesystem",
    "C-0030": "Ingress and Egress blocked",
    "C-0034": "Automatic mapping of service account",
    "C-0035": "Administrative Roles",
    "C-0038": "Host PID/IPC privileges",
    "C-0041": "HostNetwork access",
    "C-0044": "Container hostPort",
    "C-0046": "Insecure capabilities",
    "C-0054": "Cluster internal networking",
    "C-0055": "Linux hardening",
    "C-0057": "Privileged container",
    "C-0059": "Ingress snippet annotations",
    "C-0066": "Secret/etcd encryption enabled",
    "C-0067": "Audit logs enabled",
    "C-0270": "Ensure CPU limits are set",
    "C-0271": "Ensure memory limits are set",
}
"""Recommendations of the NSA's and CISA's Kubernetes Hardening Guide, by the Kubescape check of its framework `nsa`."""


def with_mapped_controls(rule: Rule) -> Rule:
    """The rule with what published mappings add to the controls that it cites."""
    known = {control.id for control in rule.controls if control.framework == FRAMEWORKS["fsbp"]} | set(rule.equivalents)
    return replace(rule, controls=(*rule.controls, *_mapped(known)))


def _mapped(known: set[str]) -> Iterable[Control]:
    yield from (Control(FRAMEWORKS["nsa"], "1.2", f"{id_} {title}") for id_, title in _NSA.items() if id_ in known)
    for requirements, served_by in _PCI_DSS:
        if known.intersection(served_by):
            yield from (Control(FRAMEWORKS["pci-dss"], "4.0", id_) for id_ in requirements)
    yield from (Control(FRAMEWORKS["soc2"], "2017", criterion) for criterion, served_by in _SOC2 if known.intersection(served_by))
