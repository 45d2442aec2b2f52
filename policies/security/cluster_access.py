"""Access inside the cluster: roles and who is bound to them."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Rule, Severity
from policies.security.controls import cis_eks

_RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
ROLES = (f"{_RBAC}Role", f"{_RBAC}ClusterRole")
BINDINGS = (f"{_RBAC}RoleBinding", f"{_RBAC}ClusterRoleBinding")
_EVERYBODY = {"system:unauthenticated", "system:anonymous", "system:authenticated", "system:serviceaccounts"}
_BY_READING = ("nodes/proxy", "pods/attach", "pods/exec")
"""Resources into which a connection is opened by GET as well. Source: Kubernetes, "Role Based Access Control Good Practices"."""
_READING = {"get", "list", "watch", "*"}
_CHANGING = {"create", "update", "patch", "*"}
_ESCALATING_VERBS = {"bind", "escalate", "impersonate"}
_ESCALATING_RESOURCES = {
    "pods/exec",
    "pods/attach",
    "nodes/proxy",
    "serviceaccounts/token",
    "certificatesigningrequests/approval",
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
}


def _is_wild(rule: Node) -> Iterator[Judgement]:
    for name in ("verbs", "resources", "apiGroups"):
        if "*" in rule[name].texts():
            yield rule[name].fails("must name each, not *")


def _reads_secrets(rule: Node) -> Iterator[Judgement]:
    if "secrets" in rule["resources"].texts() and _READING & set(rule["verbs"].texts()) and not rule["resourceNames"].items():
        yield rule.fails("reads every secret, must name them in resourceNames")


def _escalates(rule: Node) -> Iterator[Judgement]:
    verbs, resources = set(rule["verbs"].texts()), set(rule["resources"].texts())
    if verbs & _ESCALATING_VERBS:
        yield rule["verbs"].fails(f"must have none of {', '.join(sorted(_ESCALATING_VERBS))}")
    for resource in sorted(resources & _ESCALATING_RESOURCES):
        if verbs & (_CHANGING | {"get"} if resource in _BY_READING else _CHANGING):
            yield rule["resources"].fails(f"by {resource} its holder takes on what others may do")


def _binds_administrator(binding: Node) -> Iterator[Judgement]:
    if binding["roleRef"]["name"].text() == "cluster-admin":
        yield binding["roleRef"]["name"].fails("must not be cluster-admin")


def _binds_everybody(subject: Node) -> Iterator[Judgement]:
    name = subject["name"].text()
    if name in _EVERYBODY:
        yield subject.fails("stands for everybody")
    if subject["kind"].text() == "ServiceAccount" and name == "default":
        yield subject.fails("is the default account, which every pod without its own has")


RULES = (
    Rule(
        id="K8S-16",
        title="Roles name what they allow",
        severity=Severity.HIGH,
        types=ROLES,
        reads="rules",
        rationale="A wildcard allows what will be installed tomorrow as well.",
        fix="list the verbs, resources and API groups that are used",
        checks=(At("rules[*]", _is_wild),),
        controls=cis_eks("4.1.3"),
        equivalents=("CKV_K8S_49", "C-0035", "C-0187"),
    ),
    Rule(
        id="K8S-17",
        title="Nobody is bound to cluster-admin, and nothing to everybody",
        severity=Severity.CRITICAL,
        types=BINDINGS,
        reads="roleRef.name",
        rationale="Whoever gets hold of such a subject has the cluster.",
        fix="bind a role with the verbs that are used to a service account of its own",
        checks=(At("", _binds_administrator), At("subjects[*]", _binds_everybody)),
        controls=cis_eks("4.1.1"),
        equivalents=("CKV_K8S_42", "C-0035", "C-0185"),
    ),
    Rule(
        id="K8S-18",
        title="Roles read no secrets but those they name",
        severity=Severity.HIGH,
        types=ROLES,
        reads="rules",
        rationale="Whoever reads the secrets of a namespace is everybody in it.",
        fix="name the secrets in resource_names with the verb get, or mount them",
        checks=(At("rules[*]", _reads_secrets),),
        controls=cis_eks("4.1.2"),
        equivalents=("CKV2_K8S_5", "C-0186"),
    ),
    Rule(
        id="K8S-19",
        title="Roles do not let their holder become somebody else",
        severity=Severity.HIGH,
        types=ROLES,
        reads="rules",
        rationale="Binding, impersonating, executing in pods or making tokens turns few rights into all.",
        fix="take the verb or the resource out; leave it to people who come through an access entry",
        checks=(At("rules[*]", _escalates),),
        controls=cis_eks("4.1.8", "4.1.10", "4.1.11", "4.1.12"),
        equivalents=("CKV_K8S_155", "CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158", "CKV2_K8S_2", "CKV2_K8S_3", "C-0002", "C-0191"),
    ),
)
