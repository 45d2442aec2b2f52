"""Pods: what a container may do on its node, whichever kind of workload makes it. The level is `restricted`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policies.engine.checks import each
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Check, Remedy, Rule, Severity
from policies.security.controls import cis_eks, pod_security

POD = "kubernetes:core/v1:Pod"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
CRON_JOB = "kubernetes:batch/v1:CronJob"
TEMPLATE = "kubernetes:core/v1:PodTemplate"
_TEMPLATED = (
    DEPLOYMENT,
    STATEFUL_SET,
    DAEMON_SET,
    "kubernetes:apps/v1:ReplicaSet",
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:ReplicationController",
)
WITH_PODS = (POD, TEMPLATE, CRON_JOB, *_TEMPLATED)
_CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
"""Volume types that the level allows. Source: Pod Security Standards, restricted, Volume Types; `image` since v1.31."""
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
"""Kernel parameters that stay within the pod. Source: Pod Security Standards, baseline, Sysctls."""
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
"""Begins annotations that name a profile. Source: Pod Security Standards, baseline, AppArmor."""
_PROFILES = ("RuntimeDefault", "Localhost")


_PLACES = (
    ("spec", (POD,)),
    ("spec.template.spec", _TEMPLATED),
    ("spec.jobTemplate.spec.template.spec", (CRON_JOB,)),
    ("template.spec", (TEMPLATE,)),
)
"""Where each kind keeps the pod's specification."""


def in_pods(check: Check, *types: str) -> tuple[At, ...]:
    """The check on the pod's specification, wherever a kind keeps it."""
    kept = [(path, tuple(kind for kind in kinds if not types or kind in types)) for path, kinds in _PLACES]
    return tuple(At(path, check, kinds) for path, kinds in kept if kinds)


def remedied_containers(path: str, *, value: bool) -> tuple[Remedy, ...]:
    """The value at a path of each container, of whichever kind and list."""
    return tuple(
        Remedy(f"{place}.{name}[*].{path}", value, kinds) for place, kinds in _PLACES for name in ("containers", "initContainers")
    )


def each_container(spec: Node, check: Check, *lists: str) -> Iterator[Judgement]:
    """The check on each container of a pod, those that start it and those that debug it included."""
    for name in lists or _CONTAINER_LISTS:
        yield from each([spec[name]], lambda containers: each(containers.items(), check))


def in_containers(check: Check, *lists: str, types: tuple[str, ...] = ()) -> tuple[At, ...]:
    """The check on each container of whichever kind."""
    return in_pods(lambda spec: each_container(spec, check, *lists), *types)


def _with_pod_default(judge: Callable[[Node, Node], Iterator[Judgement]]) -> tuple[At, ...]:
    """A check of a container's security context that falls back to its pod's."""

    def spec_check(spec: Node) -> Iterator[Judgement]:
        pod = spec["securityContext"]
        yield from each_container(spec, lambda container: judge(container["securityContext"], pod))

    return in_pods(spec_check)


def _privileged(container: Node) -> Iterator[Judgement]:
    flag = container["securityContext"]["privileged"]
    if flag.flag():
        yield flag.fails("must not be true")


def _shares_host(spec: Node) -> Iterator[Judgement]:
    for name in ("hostPID", "hostIPC", "hostNetwork"):
        yield from each([spec[name]], lambda flag: [flag.fails("must not be true")] if flag.flag() else [])


def _gains_privileges(container: Node) -> Iterator[Judgement]:
    if container["securityContext"]["allowPrivilegeEscalation"].flag(default=True):
        yield container["securityContext"]["allowPrivilegeEscalation"].fails("must be false")


def _runs_as_root(own: Node, pod: Node) -> Iterator[Judgement]:
    flag = own["runAsNonRoot"] if own["runAsNonRoot"].is_given else pod["runAsNonRoot"]
    if not flag.flag():
        yield own["runAsNonRoot"].fails("must be true here or in the pod")
    user = own["runAsUser"] if own["runAsUser"].is_given else pod["runAsUser"]
    if user.is_given and user.number() == 0:
        yield user.fails("must not be 0, which is root")


def _keeps_capabilities(container: Node) -> Iterator[Judgement]:
    capabilities = container["securityContext"]["capabilities"]
    if "ALL" not in {item.text().upper() for item in capabilities["drop"].items()}:
        yield capabilities["drop"].fails("must have ALL")
    if {item.text() for item in capabilities["add"].items()} - {"NET_BIND_SERVICE"}:
        yield capabilities["add"].fails("must have nothing but NET_BIND_SERVICE")


def _lacks_seccomp(own: Node, pod: Node) -> Iterator[Judgement]:
    profile = own["seccompProfile"]["type"] if own["seccompProfile"].is_given else pod["seccompProfile"]["type"]
    if profile.text() not in _PROFILES:
        yield own["seccompProfile"]["type"].fails(f"must be {' or '.join(_PROFILES)}, here or in the pod")


def _mounts_host(spec: Node) -> Iterator[Judgement]:
    def volume_check(volume: Node) -> Iterator[Judgement]:
        for kind, content in volume.entries():
            if kind != "name" and kind not in _VOLUMES and content.is_given:
                yield content.fails("is a type of volume that reaches outside the pod")

    yield from each([spec["volumes"]], lambda volumes: each(volumes.items(), volume_check))


def _takes_host_port(container: Node) -> Iterator[Judgement]:
    for port in container["ports"].items():
        if port["hostPort"].number() != 0:
            yield port["hostPort"].fails("must not be given")


def _leaves_confinement(spec: Node) -> Iterator[Judgement]:
    yield from each([spec["securityContext"]], _context_leaves_confinement)
    yield from each_container(spec, lambda container: _context_leaves_confinement(container["securityContext"]))


def _context_leaves_confinement(context: Node) -> Iterator[Judgement]:
    for setting in context["sysctls"].items():
        if setting["name"].text() not in _SYSCTLS:
            yield setting.fails("sets a kernel parameter that reaches outside the pod")
    if context["procMount"].text("Default") != "Default":
        yield context["procMount"].fails("must be Default")
    options = context["seLinuxOptions"]
    if options["type"].text() not in _SELINUX_TYPES or options["user"].text() or options["role"].text():
        yield options.fails("leaves the confinement of containers")
    if context["appArmorProfile"]["type"].text("RuntimeDefault") not in _PROFILES:
        yield context["appArmorProfile"]["type"].fails(f"must be {' or '.join(_PROFILES)}")
    if context["windowsOptions"]["hostProcess"].flag():
        yield context["windowsOptions"]["hostProcess"].fails("must not be true")


def _annotations_leave_confinement(annotations: Node) -> Iterator[Judgement]:
    """Before it had a field, a container's AppArmor profile was an annotation of its pod, which is still obeyed."""
    for name, profile in annotations.entries():
        if name.startswith(_APPARMOR) and profile.text() != "runtime/default" and not profile.text().startswith("localhost/"):
            yield profile.fails("must be runtime/default or localhost/*")


def _on_annotations() -> tuple[At, ...]:
    return tuple(
        At(f"{path.removesuffix('spec')}metadata.annotations", _annotations_leave_confinement, kinds) for path, kinds in _PLACES
    )


def _writes_to_root(container: Node) -> Iterator[Judgement]:
    if not container["securityContext"]["readOnlyRootFilesystem"].flag():
        yield container["securityContext"]["readOnlyRootFilesystem"].fails("must be true")


RULES = (
    Rule(
        id="K8S-01",
        title="Containers are not privileged",
        severity=Severity.CRITICAL,
        types=WITH_PODS,
        reads="securityContext.privileged",
        rationale="A privileged container is root on its node, and so on every pod there.",
        fix="take privileged out, and add the one capability that is needed",
        checks=in_containers(_privileged),
        controls=(*pod_security("privileged"), *cis_eks("4.2.1")),
        equivalents=("CKV_K8S_16", "KSV-0017", "C-0057"),
    ),
    Rule(
        id="K8S-02",
        title="Pods do not share their node's namespaces",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="hostNetwork",
        rationale="On the node's network a pod escapes network policies; among its processes it sees everybody's secrets.",
        fix="take hostPID, hostIPC and hostNetwork out",
        checks=in_pods(_shares_host),
        controls=(*pod_security("hostNamespaces"), *cis_eks("4.2.2", "4.2.3", "4.2.4")),
        equivalents=("CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "C-0038", "C-0041"),
    ),
    Rule(
        id="K8S-03",
        title="Containers cannot gain privileges",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="securityContext.allowPrivilegeEscalation",
        rationale="A setuid program in the image makes its user root.",
        fix="set allow_privilege_escalation to False in every container",
        checks=in_containers(_gains_privileges),
        remedies=remedied_containers("securityContext.allowPrivilegeEscalation", value=False),
        controls=(*pod_security("allowPrivilegeEscalation"), *cis_eks("4.2.5")),
        equivalents=("CKV_K8S_20", "KSV-0001", "C-0016"),
    ),
    Rule(
        id="K8S-04",
        title="Containers do not run as root",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="securityContext.runAsNonRoot",
        rationale="Root in a container is one hole in the kernel away from root on the node.",
        fix="set run_as_non_root to True and run_as_user to a number above 0",
        checks=_with_pod_default(_runs_as_root),
        controls=pod_security("runAsNonRoot", "runAsUser"),
        equivalents=("CKV_K8S_23", "CKV_K8S_40", "KSV-0012", "C-0013"),
    ),
    Rule(
        id="K8S-05",
        title="Containers drop all capabilities",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="securityContext.capabilities",
        rationale="The default set of capabilities forges packets and reads files of others.",
        fix="set capabilities with drop ALL, and add at most NET_BIND_SERVICE",
        checks=in_containers(_keeps_capabilities),
        controls=pod_security("capabilities_restricted"),
        equivalents=("CKV_K8S_37", "CKV_K8S_25", "CKV_K8S_28", "CKV_K8S_39", "KSV-0003", "C-0046", "C-0055"),
    ),
    Rule(
        id="K8S-06",
        title="Containers have a seccomp profile",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="securityContext.seccompProfile",
        rationale="Most holes in a kernel are in calls that no ordinary program makes.",
        fix="set seccomp_profile with type RuntimeDefault in the pod",
        checks=_with_pod_default(_lacks_seccomp),
        controls=pod_security("seccompProfile_restricted"),
        equivalents=("CKV_K8S_31", "C-0055", "C-0210"),
    ),
    Rule(
        id="K8S-07",
        title="Pods use nothing of their node: no paths, no ports",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="volumes",
        rationale="A path of the node holds the credentials of the node; a port of it escapes network policies.",
        fix="use volumes that belong to the pod, and a Service for its ports",
        checks=(*in_pods(_mounts_host), *in_containers(_takes_host_port)),
        controls=pod_security("restrictedVolumes", "hostPathVolumes", "hostPorts"),
        equivalents=("CKV_K8S_27", "CKV_K8S_26", "C-0048", "C-0044"),
    ),
    Rule(
        id="K8S-08",
        title="Pods stay in the confinement that the runtime gives them",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="securityContext",
        rationale="Kernel parameters, mount types and security labels of one's own take the fences down one by one.",
        fix="take sysctls, procMount, seLinuxOptions, appArmorProfile and windowsOptions out",
        checks=(*in_pods(_leaves_confinement), *_on_annotations()),
        controls=pod_security("sysctls", "procMount", "seLinuxOptions", "appArmorProfile", "windowsHostProcess"),
    ),
    Rule(
        id="K8S-09",
        title="Containers cannot write to their image",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="securityContext.readOnlyRootFilesystem",
        rationale="Who breaks in cannot leave tools behind or change the program.",
        fix="set read_only_root_filesystem to True, and mount an emptyDir where the program writes",
        checks=in_containers(_writes_to_root),
        equivalents=("CKV_K8S_22", "KSV-0014", "C-0017"),
    ),
)
