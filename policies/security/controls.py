"""Citations of published frameworks. Versions are those whose numbering the IDs follow."""

from __future__ import annotations

from policies.engine.rule import Control


def cis(*ids: str) -> tuple[Control, ...]:
    """CIS Amazon Web Services Foundations Benchmark."""
    return tuple(Control("CIS AWS Foundations", "5.0.0", id_) for id_ in ids)


def cis_eks(*ids: str) -> tuple[Control, ...]:
    """CIS Amazon Elastic Kubernetes Service Benchmark."""
    return tuple(Control("CIS EKS", "1.8.0", id_) for id_ in ids)


def fsbp(*ids: str) -> tuple[Control, ...]:
    """AWS Foundational Security Best Practices, as Security Hub numbers them."""
    return tuple(Control("AWS FSBP", "1.0.0", id_) for id_ in ids)


def pod_security(*ids: str) -> tuple[Control, ...]:
    """Kubernetes Pod Security Standards, level `restricted`, by the admission controller's names of its checks."""
    return tuple(Control("Pod Security Standards restricted", "1.34", id_) for id_ in ids)
