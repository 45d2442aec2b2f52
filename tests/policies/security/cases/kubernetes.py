"""Pods, workloads, roles, namespaces."""

from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, both, case, change, drop, without

_META = {"name": "cart", "namespace": "shop"}
_CONTAINER: dict[str, Any] = {
    "name": "cart",
    "image": "registry.example.com:5000/shop/cart:1.4.2",
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
    },
    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}},
    "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}},
    "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
    "ports": [{"containerPort": 8080}],
    "env": [
        {"name": "DATABASE_HOST", "value": "db.internal"},
        {"name": "PASSWORD_FILE", "value": "/run/secrets/password"},
        {"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "cart", "key": "password"}}},
    ],
}
_SPEC: dict[str, Any] = {
    "serviceAccountName": "cart",
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [_CONTAINER],
    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
}
_LABELS = {"app": "cart"}
_RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
_SPEC_AT = "spec.template.spec"
_AT = f"{_SPEC_AT}.containers[0]"
_CRON_AT = "spec.jobTemplate.spec.template.spec.containers[0]"

STACK = Stack(
    {
        "cart": Declared(
            "kubernetes:apps/v1:Deployment",
            {"metadata": _META, "spec": {"template": {"metadata": {"labels": _LABELS}, "spec": _SPEC}}},
        ),
        "sweep": Declared(
            "kubernetes:batch/v1:CronJob", {"metadata": _META, "spec": {"jobTemplate": {"spec": {"template": {"spec": _SPEC}}}}}
        ),
        "probe": Declared("kubernetes:core/v1:Pod", {"metadata": _META, "spec": _SPEC}),
        "budget": Declared(
            "kubernetes:policy/v1:PodDisruptionBudget", {"metadata": _META, "spec": {"selector": {"matchLabels": _LABELS}}}
        ),
        "account": Declared("kubernetes:core/v1:ServiceAccount", {"metadata": _META, "automountServiceAccountToken": False}),
        "variables": Declared(
            "kubernetes:core/v1:ConfigMap", {"metadata": _META, "data": {"LOG_LEVEL": "info", "TOKEN_TTL": "3600"}}
        ),
        "namespace": Declared(
            "kubernetes:core/v1:Namespace",
            {"metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
        ),
        "deny": Declared(
            "kubernetes:networking.k8s.io/v1:NetworkPolicy",
            {"metadata": {**_META, "name": "deny"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
        ),
        "allow": Declared(
            "kubernetes:networking.k8s.io/v1:NetworkPolicy",
            {"metadata": _META, "spec": {"podSelector": {"matchLabels": _LABELS}, "policyTypes": ["Ingress"], "ingress": [{}]}},
        ),
        "service": Declared("kubernetes:core/v1:Service", {"metadata": _META, "spec": {"type": "ClusterIP"}}),
        "ingress": Declared(
            "kubernetes:networking.k8s.io/v1:Ingress",
            {"metadata": _META, "spec": {"tls": [{"hosts": ["*.example.com"]}], "rules": [{"host": "shop.example.com"}]}},
        ),
        "role": Declared(
            f"{_RBAC}Role", {"rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch"]}]}
        ),
        "binding": Declared(
            f"{_RBAC}RoleBinding",
            {"roleRef": {"kind": "Role", "name": "reader"}, "subjects": [{"kind": "ServiceAccount", "name": "cart"}]},
        ),
        "function": Declared("aws:lambda/function:Function", {"environment": {"variables": {"STAGE": "production"}}}),
    }
)


def _context(path: str, bad: Any) -> Case:
    """In each kind that has pods, and in the containers that start and that debug them."""
    full = f"{_AT}.securityContext.{path}"
    return case(
        (
            change("cart", full, bad),
            change("sweep", f"{_CRON_AT}.securityContext.{path}", bad),
            change("probe", f"spec.containers[0].securityContext.{path}", bad),
            change("cart", f"{_SPEC_AT}.initContainers", [_with(path, bad)]),
            change("probe", "spec.ephemeralContainers", [_with(path, bad)]),
        ),
        (change("cart", full, UNKNOWN), change("cart", f"{_SPEC_AT}.containers", UNKNOWN), change("probe", "spec", UNKNOWN)),
    )


def _with(path: str, value: Any) -> dict[str, Any]:
    stack = Stack({"container": Declared("", _CONTAINER)}).change("container", f"securityContext.{path}", value)
    return dict(stack.members["container"].properties)


def _rule(**rule: Any) -> Edit:
    return change("role", "rules", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}])


def _variable(name: str, value: Any) -> Edit:
    return change("cart", f"{_AT}.env[0]", {"name": name, "value": value})


_SCHEME, _FIREWALL = (f"alb.ingress.kubernetes.io/{name}" for name in ("scheme", "wafv2-acl-arn"))


def _facing() -> Edit:
    return both(
        change("ingress", "spec.ingressClassName", "alb"),
        change("ingress", ("metadata", "annotations", _SCHEME), "internet-facing"),
    )


def _confined_by(profile: object) -> Edit:
    annotation = "container.apparmor.security.beta.kubernetes.io/cart"
    return change("cart", ("spec", "template", "metadata", "annotations", annotation), profile)


def _certified(**annotations: Any) -> Edit:
    given = {"certificate-arn": UNKNOWN, **annotations}
    named = {f"alb.ingress.kubernetes.io/{name}": value for name, value in given.items()}
    return both(drop("ingress", "spec.tls"), change("ingress", "metadata.annotations", named))


_NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

CASES: dict[str, Case] = {
    "K8S-01": _context("privileged", True),
    "K8S-02": case(
        (change("cart", f"{_SPEC_AT}.hostNetwork", True), change("probe", "spec.hostPID", True)),
        change("cart", f"{_SPEC_AT}.hostIPC", UNKNOWN),
    ),
    "K8S-03": _context("allowPrivilegeEscalation", None),
    "K8S-04": case(
        (
            drop("cart", f"{_SPEC_AT}.securityContext"),
            change("cart", f"{_AT}.securityContext.runAsNonRoot", False),
            change("cart", f"{_SPEC_AT}.securityContext.runAsUser", 0),
        ),
        change("cart", f"{_SPEC_AT}.securityContext.runAsNonRoot", UNKNOWN),
        both(drop("cart", f"{_SPEC_AT}.securityContext"), change("cart", f"{_AT}.securityContext.runAsNonRoot", True)),
    ),
    "K8S-05": case(
        (*_context("capabilities", None).violating, change("cart", f"{_AT}.securityContext.capabilities.add", ["SYS_ADMIN"])),
        change("cart", f"{_AT}.securityContext.capabilities.drop", UNKNOWN),
    ),
    "K8S-06": case(
        (
            drop("cart", f"{_SPEC_AT}.securityContext.seccompProfile"),
            change("cart", f"{_AT}.securityContext.seccompProfile", {"type": "Unconfined"}),
        ),
        change("cart", f"{_SPEC_AT}.securityContext.seccompProfile", UNKNOWN),
    ),
    "K8S-07": case(
        (
            change("cart", f"{_SPEC_AT}.volumes[0]", {"name": "node", "hostPath": {"path": "/var/run/docker.sock"}}),
            change("cart", f"{_AT}.ports[0].hostPort", 8080),
        ),
        (change("cart", f"{_SPEC_AT}.volumes", UNKNOWN), change("cart", f"{_AT}.ports[0].hostPort", UNKNOWN)),
    ),
    "K8S-08": case(
        (
            change("cart", f"{_SPEC_AT}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
            change("cart", f"{_AT}.securityContext.procMount", "Unmasked"),
            change("cart", f"{_AT}.securityContext.seLinuxOptions", {"type": "spc_t"}),
            change("cart", f"{_AT}.securityContext.appArmorProfile", {"type": "Unconfined"}),
            change("cart", f"{_SPEC_AT}.securityContext.windowsOptions", {"hostProcess": True}),
            _confined_by("unconfined"),
        ),
        (change("cart", f"{_AT}.securityContext.procMount", UNKNOWN), _confined_by(UNKNOWN)),
        (_confined_by("runtime/default"), _confined_by("localhost/cart")),
    ),
    "K8S-09": _context("readOnlyRootFilesystem", False),
    "K8S-10": case(
        (
            change("cart", f"{_AT}.image", "registry.example.com:5000/shop/cart"),
            change("cart", f"{_AT}.image", "cart:latest"),
            drop("cart", f"{_AT}.image"),
        ),
        change("cart", f"{_AT}.image", UNKNOWN),
        change("cart", f"{_AT}.image", "cart@sha256:0123456789abcdef"),
    ),
    "K8S-11": case(
        (drop("cart", f"{_AT}.resources"), drop("cart", f"{_AT}.resources.limits.memory")),
        change("cart", f"{_AT}.resources", UNKNOWN),
    ),
    "K8S-12": case(drop("cart", f"{_AT}.readinessProbe"), change("cart", f"{_SPEC_AT}.containers", UNKNOWN)),
    "K8S-13": case(
        (
            change("cart", f"{_SPEC_AT}.automountServiceAccountToken", True),
            drop("cart", f"{_SPEC_AT}.serviceAccountName"),
            change("probe", "spec.serviceAccountName", "default"),
        ),
        change("cart", f"{_SPEC_AT}.serviceAccountName", UNKNOWN),
        drop("cart", f"{_SPEC_AT}.automountServiceAccountToken"),
    ),
    "K8S-14": case(
        (drop("cart", "metadata.namespace"), change("service", "metadata.namespace", "default")),
        change("cart", "metadata.namespace", UNKNOWN),
    ),
    "K8S-15": case(
        (
            _variable("DATABASE_PASSWORD", "correct horse"),
            _variable("apiKey", "abcdef"),
            _variable("DATABASE_URL", "postgresql://shop:correct@db.internal/shop"),
        ),
        (_variable("ENDPOINT", UNKNOWN), change("cart", f"{_AT}.env", UNKNOWN)),
        (
            _variable("DATABASE_URL", "postgresql://db.internal/shop"),
            _variable("TOKEN_URL", "https://login.example.com/token"),
            _variable("PASSWORD_LOGIN_ENABLED", "true"),
            _variable("SECRET", "$(DATABASE_PASSWORD)"),
        ),
    ),
    "K8S-26": case(
        (change("variables", "data.API_TOKEN", "abcdef"), change("variables", ("data", "app.yaml"), "key: AKIAABCDEFGHIJKLMNOP")),
        change("variables", "data.LOG_LEVEL", UNKNOWN),
    ),
    "K8S-27": case(
        (drop("account", "automountServiceAccountToken"), change("account", "automountServiceAccountToken", True)),
        change("account", "automountServiceAccountToken", UNKNOWN),
    ),
    "K8S-24": case(
        (
            without("budget"),
            change("budget", "spec.selector.matchLabels.app", "checkout"),
            change("budget", "metadata.namespace", "other"),
        ),
        change("budget", "spec.selector", UNKNOWN),
    ),
    "K8S-25": case((), adding("chart", "kubernetes:helm.sh/v3:Release", {"chart": "redis"}), is_kept_by_absence=True),
    "LAM-02": case(
        change("function", "environment.variables.DB_PASSWORD", "correct horse"),
        change("function", "environment.variables", UNKNOWN),
    ),
    "K8S-16": case((_rule(verbs=["*"]), _rule(apiGroups=["*"])), change("role", "rules[0].verbs", UNKNOWN)),
    "K8S-17": case(
        (
            change("binding", "roleRef.name", "cluster-admin"),
            change("binding", "subjects[0].name", "default"),
            change("binding", "subjects[0]", {"kind": "Group", "name": "system:unauthenticated"}),
            change("binding", "subjects[0]", {"kind": "Group", "name": "system:serviceaccounts"}),
        ),
        (change("binding", "roleRef", UNKNOWN), change("binding", "subjects[0]", UNKNOWN)),
    ),
    "K8S-18": case(
        _rule(resources=["secrets"]),
        change("role", "rules[0].resources", UNKNOWN),
        _rule(resources=["secrets"], resourceNames=["cart"]),
    ),
    "K8S-19": case(
        (
            _rule(verbs=["impersonate"]),
            _rule(resources=["pods/exec"], verbs=["create"]),
            _rule(resources=["pods/attach"], verbs=["get"]),
        ),
        change("role", "rules[0].verbs[0]", UNKNOWN),
    ),
    "K8S-20": case(
        (
            without("deny"),
            change("deny", "metadata.namespace", "other"),
            change("deny", "spec.policyTypes", ["Ingress"]),
            change("deny", "spec.podSelector", {"matchLabels": _LABELS}),
            change("deny", "spec.egress", [{}]),
            adding("open", _NETWORK_POLICY, {"metadata": _META, "spec": {"podSelector": {}, "ingress": [{}]}}),
        ),
        (
            change("deny", "spec", UNKNOWN),
            change("deny", "metadata.namespace", UNKNOWN),
            change("cart", "metadata.namespace", UNKNOWN),
        ),
        (
            adding("open", _NETWORK_POLICY, {"metadata": {"namespace": "other"}, "spec": {"podSelector": {}, "ingress": [{}]}}),
            adding(
                "dns", _NETWORK_POLICY, {"metadata": _META, "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 53}]}]}}
            ),
        ),
    ),
    "K8S-21": case(
        (
            change("namespace", ("metadata", "labels", "pod-security.kubernetes.io/enforce"), "privileged"),
            drop("namespace", "metadata.labels"),
        ),
        change("namespace", "metadata.labels", UNKNOWN),
    ),
    "K8S-22": case(
        (
            drop("ingress", "spec.tls"),
            change("ingress", "spec.tls[0].hosts", ["other.example.org"]),
            _certified(**{"listen-ports": '[{"HTTP": 80}]'}),
            _certified(**{"listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]'}),
        ),
        (change("ingress", "spec.tls", UNKNOWN), _certified(**{"listen-ports": UNKNOWN})),
        (
            _certified(),
            _certified(**{"listen-ports": '[{"HTTPS": 443}]'}),
            _certified(**{"listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]', "ssl-redirect": "443"}),
        ),
    ),
    "K8S-29": case(
        (_facing(), both(_facing(), change("ingress", ("metadata", "annotations", "kubernetes.io/ingress.class"), "alb"))),
        both(_facing(), change("ingress", ("metadata", "annotations", _SCHEME), UNKNOWN)),
        (
            both(_facing(), change("ingress", ("metadata", "annotations", _FIREWALL), "arn:aws:wafv2:eu-west-1:111122223333:x")),
            both(_facing(), change("ingress", ("metadata", "annotations", _SCHEME), "internal")),
            both(_facing(), change("ingress", "spec.ingressClassName", "nginx")),
        ),
        decided=both(_facing(), change("ingress", ("metadata", "annotations", _FIREWALL), UNKNOWN)),
    ),
    "K8S-28": case(
        (
            change("ingress", ("metadata", "annotations", "nginx.ingress.kubernetes.io/server-snippet"), "x"),
            change("ingress", ("metadata", "annotations", "nginx.org/location-snippets"), "x"),
        ),
        change("ingress", "metadata.annotations", UNKNOWN),
    ),
    "K8S-23": case(
        (
            change("service", "spec.type", "NodePort"),
            change("service", "spec.type", "LoadBalancer"),
            change("service", "spec.externalIPs", ["192.0.2.1"]),
        ),
        change("service", "spec.type", UNKNOWN),
        both(change("service", "spec.type", "LoadBalancer"), change("service", "spec.loadBalancerSourceRanges", ["10.0.0.0/8"])),
    ),
}
