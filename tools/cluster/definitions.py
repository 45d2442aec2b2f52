"""Custom resources that the rendered manifests use, as the server must know them: the fields that their operators document.

A cluster gets the definitions from the operators' charts. These are narrower: a field that no manifest of this project uses is
not known here, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": required.split()} if required else {})}


def _words(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


_LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
_SPECS: dict[tuple[str, str, str], dict[str, Any]] = {
    # https://external-secrets.io/latest/api/spec/
    ("external-secrets.io", "v1", "SecretStore"): _object(
        "provider",
        provider=_object("aws", aws=_object("service region", service=_words("SecretsManager", "ParameterStore"), region=_TEXT)),
    ),
    ("external-secrets.io", "v1", "ExternalSecret"): _object(
        "secretStoreRef",
        refreshInterval={"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$"},
        secretStoreRef=_object("name", name=_NAME, kind=_words("SecretStore", "ClusterSecretStore")),
        target=_object(
            name=_NAME,
            creationPolicy=_words("Owner", "Orphan", "Merge", "None"),
            deletionPolicy=_words("Delete", "Merge", "Retain"),
        ),
        data={
            "type": "array",
            "items": _object(
                "secretKey remoteRef",
                secretKey={"type": "string", "pattern": "^[-._a-zA-Z0-9]+$"},
                remoteRef=_object("key", key=_TEXT, property=_TEXT, version=_TEXT),
            ),
        },
    ),
    # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/spec/
    ("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding"): _object(
        "serviceRef",
        targetGroupARN=_TEXT,
        targetType=_words("instance", "ip"),
        serviceRef=_object("name port", name=_NAME, port={"x-kubernetes-int-or-string": True}),
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/sg-pods-example-deployment.html
    ("vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy"): _object(
        "securityGroups",
        podSelector=_object(matchLabels=_LABELS),
        securityGroups=_object("groupIds", groupIds={"type": "array", "minItems": 1, "maxItems": 5, "items": _TEXT}),
    ),
}


def definitions() -> Iterator[Mapping[str, Any]]:
    """The definitions, as objects of the API."""
    for (group, version, kind), spec in _SPECS.items():
        plural = f"{kind.lower().removesuffix('y')}ies" if kind.endswith("y") else f"{kind.lower()}s"
        yield {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{plural}.{group}",
                "annotations": {"api-approved.kubernetes.io": "unapproved, for the tests of manifests"},
            },
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
                "versions": [
                    {
                        "name": version,
                        "served": True,
                        "storage": True,
                        "schema": {
                            "openAPIV3Schema": _object(
                                "spec",
                                apiVersion={"type": "string"},
                                kind={"type": "string"},
                                metadata={"type": "object"},
                                spec=spec,
                            )
                        },
                    }
                ],
            },
        }
