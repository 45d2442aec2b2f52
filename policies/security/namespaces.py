"""Namespaces and what connects them: admission, network policies, services and ingresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policies.engine.checks import is_one_of
from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.addresses import is_internet
from policies.security.controls import cis_eks, fsbp
from policies.security.pods import WITH_PODS

NAMESPACE = "kubernetes:core/v1:Namespace"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
SERVICE = "kubernetes:core/v1:Service"
_DIRECTIONS = ("Ingress", "Egress")
_ENFORCE = "pod-security.kubernetes.io/enforce"
_CERTIFICATE = "alb.ingress.kubernetes.io/certificate-arn"
_PORTS = "alb.ingress.kubernetes.io/listen-ports"
_REDIRECT = "alb.ingress.kubernetes.io/ssl-redirect"
_SCHEME = "alb.ingress.kubernetes.io/scheme"
_FIREWALL = "alb.ingress.kubernetes.io/wafv2-acl-arn"
_INTERNAL = (
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
)


def _directions(policy: Node) -> tuple[set[str], set[str]]:
    """The directions in which a policy denies everything to every pod of its namespace, and those in which it allows everything."""
    spec = policy["spec"]
    if any(
        selector.items() if name == "matchExpressions" else selector.entries() for name, selector in spec["podSelector"].entries()
    ):
        return set(), set()
    rules = {direction: spec[direction.lower()].items() for direction in spec["policyTypes"].texts() or ["Ingress"]}
    denied = {direction for direction, found in rules.items() if not found}
    return denied, {direction for direction, found in rules.items() if any(map(_allows_everything, found))}


def _allows_everything(rule: Node) -> bool:
    return not any(rule[name].items() for name in ("from", "to", "ports"))


def _denied_by_namespace(stack: Snapshot) -> tuple[dict[str, set[str]], bool]:
    """The directions that are denied by default in each namespace, and whether a policy is not known well enough to tell.

    Policies add up: one that allows everything to every pod leaves nothing of another that denies it.
    """
    denied: dict[str, set[str]] = defaultdict(set)
    allowed: dict[str, set[str]] = defaultdict(set)
    is_complete = True
    for policy in stack.of_type(NETWORK_POLICY):
        root = policy.read()
        try:
            directions = _directions(root)
            namespace = root.at("metadata.namespace").text("default")
        except NotKnownError:
            is_complete = False
            continue
        denied[namespace] |= directions[0]
        allowed[namespace] |= directions[1]
    return {namespace: found - allowed[namespace] for namespace, found in denied.items()}, is_complete


def _namespace_denies(root: Node, _: Resource, stack: Snapshot) -> Iterator[Judgement]:
    namespace = root.at("metadata.namespace")
    denied, is_complete = stack.index(_denied_by_namespace)
    found = denied.get(namespace.text("default"), set())
    missing = [direction for direction in _DIRECTIONS if direction not in found]
    if missing and is_complete:
        yield namespace.fails(f"no NetworkPolicy denies all {' and '.join(missing).lower()} there")
    elif missing:
        yield namespace.undecided("a network policy that may be its namespace's is not known yet")


def _enforces_level(metadata: Node) -> Iterator[Judgement]:
    yield from is_one_of("restricted")(metadata["labels"][_ENFORCE])


def _is_encrypted(ingress: Node) -> Iterator[Judgement]:
    annotations = ingress["metadata"]["annotations"]
    if annotations[_CERTIFICATE].is_given:
        ports = annotations[_PORTS]
        plain = any("HTTP" in dict(entry.entries()) for entry in (ports.document().items() if ports.is_given else ()))
        if plain and not annotations[_REDIRECT].is_given:
            yield ports.fails(f"serves HTTP, and {_REDIRECT} is not given")
        return
    covered = {host for entry in ingress["spec"]["tls"].items() for host in entry["hosts"].texts()}
    if not ingress["spec"]["tls"].items():
        yield ingress["spec"]["tls"].fails("must be given")
        return
    for rule in ingress["spec"]["rules"].items():
        host = rule["host"].text()
        if host and host not in covered and f"*.{host.partition('.')[2]}" not in covered:
            yield rule["host"].fails("is in no entry of tls")


def _has_firewall(ingress: Node) -> Iterator[Judgement]:
    annotations = ingress["metadata"]["annotations"]
    is_balancer = (
        ingress["spec"]["ingressClassName"].text() == "alb" or annotations["kubernetes.io/ingress.class"].text() == "alb"
    )
    if is_balancer and annotations[_SCHEME].text("internal") == "internet-facing" and not annotations[_FIREWALL].is_given:
        yield annotations[_FIREWALL].fails("must be given where the load balancer faces the internet")


def _has_no_snippets(annotations: Node) -> Iterator[Judgement]:
    for name, value in annotations.entries():
        if name.endswith(("-snippet", "-snippets")):
            yield value.fails("puts configuration of its own into the controller, which has the secrets of all")


def _is_exposed(service: Node) -> Iterator[Judgement]:
    spec = service["spec"]
    kind = spec["type"].text("ClusterIP")
    if kind == "NodePort":
        yield spec["type"].fails("must not be NodePort")
    if spec["externalIPs"].items():
        yield spec["externalIPs"].fails("must not be given")
    if kind == "LoadBalancer" and not _is_limited(service):
        yield spec["type"].fails("makes a load balancer that all addresses reach")


def _is_limited(service: Node) -> bool:
    annotations = service["metadata"]["annotations"]
    if any(annotations[name].text() == value for name, value in _INTERNAL):
        return True
    ranges = service["spec"]["loadBalancerSourceRanges"].texts()
    return bool(ranges) and not any(map(is_internet, ranges))


RULES = (
    Rule(
        id="K8S-20",
        title="Workloads are in a namespace that denies traffic by default",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="(a NetworkPolicy of its namespace)",
        rationale="Without a policy every pod reaches every pod, and everything outside.",
        fix="declare a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress, and no rules",
        relation=_namespace_denies,
        controls=cis_eks("4.3.2"),
        equivalents=("CKV2_K8S_6", "C-0030", "C-0054", "C-0206", "C-0260"),
    ),
    Rule(
        id="K8S-21",
        title="Namespaces enforce the restricted level",
        severity=Severity.MEDIUM,
        types=(NAMESPACE,),
        reads=f"metadata.labels[{_ENFORCE}]",
        rationale="What no rule saw at preview, the API server then refuses.",
        fix=f"set the label {_ENFORCE} to restricted",
        checks=(At("metadata", _enforces_level),),
    ),
    Rule(
        id="K8S-22",
        title="Ingresses serve over TLS",
        severity=Severity.HIGH,
        types=(INGRESS,),
        reads="spec.tls",
        rationale="What travels in the clear is read and changed on the way.",
        fix="cover every host by an entry of tls, or name a certificate by the controller's annotation",
        checks=(At("", _is_encrypted),),
        controls=cis_eks("5.4.5"),
        equivalents=("C-0263",),
    ),
    Rule(
        id="K8S-28",
        title="Ingresses put no configuration of their own into the controller",
        severity=Severity.HIGH,
        types=(INGRESS,),
        reads="metadata.annotations",
        rationale="A snippet runs in the controller, which reads the secrets of all namespaces.",
        fix="take the snippet annotations out",
        checks=(At("metadata.annotations", _has_no_snippets),),
        equivalents=("CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154", "C-0059"),
    ),
    Rule(
        id="K8S-29",
        title="Ingresses that face the internet have a firewall",
        severity=Severity.HIGH,
        types=(INGRESS,),
        reads=f"metadata.annotations[{_FIREWALL}]",
        rationale="Known attacks are refused before they reach code.",
        fix=f"name a web ACL by {_FIREWALL}, or make the load balancer internal behind a CDN that has one",
        checks=(At("", _has_firewall),),
        controls=fsbp("ELB.16"),
    ),
    Rule(
        id="K8S-23",
        title="Services are not open to the internet",
        severity=Severity.MEDIUM,
        types=(SERVICE,),
        reads="spec.type",
        rationale="A service's own load balancer goes around the edge: no firewall, no TLS, no log.",
        fix="use ClusterIP behind the edge, or make the load balancer internal or limit its source ranges",
        checks=(At("", _is_exposed),),
        equivalents=("C-0256",),
    ),
)
