"""Workloads: their images, resources, probes, identities and variables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policies.engine.checks import each, is_false, is_given
from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.rule import At, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis_eks
from policies.security.credential_shapes import holds_credential
from policies.security.pods import DAEMON_SET, DEPLOYMENT, STATEFUL_SET, WITH_PODS, in_containers, in_pods

ACCOUNT = "kubernetes:core/v1:ServiceAccount"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
RELEASE = "kubernetes:helm.sh/v3:Release"
FUNCTION = "aws:lambda/function:Function"
_LASTING = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
_NAMESPACED = (*WITH_PODS, ACCOUNT, CONFIG_MAP, "kubernetes:core/v1:Service", "kubernetes:core/v1:Secret")


def _image_floats(container: Node) -> Iterator[Judgement]:
    image = container["image"].text()
    if "@sha256:" in image:
        return
    tag = image.rpartition("/")[2].partition(":")[2]
    if tag in ("", "latest"):
        yield container["image"].fails("must have a tag other than latest, or a digest")


def _has_resources(container: Node) -> Iterator[Judgement]:
    for path in ("requests.cpu", "requests.memory", "limits.memory"):
        yield from is_given(container["resources"].at(path))


def _has_probes(container: Node) -> Iterator[Judgement]:
    for name in ("livenessProbe", "readinessProbe"):
        yield from each([container[name]], is_given)


def _gets_token(spec: Node) -> Iterator[Judgement]:
    account = spec["serviceAccountName"].text() or spec["serviceAccount"].text()
    if account in ("", "default"):
        yield spec["serviceAccountName"].fails("must be given, and be no namespace's default account")
    flag = spec["automountServiceAccountToken"]
    if flag.is_given and flag.flag():
        yield flag.fails("must not be true")


def _names_namespace(metadata: Node) -> Iterator[Judgement]:
    if metadata["namespace"].text("default") == "default":
        yield metadata["namespace"].fails("must be given, and not be default")


def _variable_is_credential(variable: Node) -> Iterator[Judgement]:
    if variable["value"].is_given and holds_credential(variable["name"].text(), variable["value"].text()):
        yield variable["value"].fails("is a credential in the clear")


def _variables_are_plain(container: Node) -> Iterator[Judgement]:
    yield from each(container["env"].items(), _variable_is_credential)


def entries_are_plain(data: Node) -> Iterator[Judgement]:
    """Demand that no value of an object is a credential, by its name or its form."""
    for name, value in data.entries():
        try:
            if holds_credential(name, value.text()):
                yield value.fails("is a credential in the clear")
        except NotKnownError as unknown:
            yield value.undecided(unknown.reason)


_Labels = frozenset[tuple[str, str]]


def _labels(node: Node) -> _Labels:
    return frozenset((name, value.text()) for name, value in node.entries())


def _budgets(stack: Snapshot) -> tuple[dict[tuple[str, tuple[str, str]], list[_Labels]], bool]:
    """What budgets select, by namespace and one of the labels that they demand, and whether all of them are known."""
    found: dict[tuple[str, tuple[str, str]], list[_Labels]] = defaultdict(list)
    is_complete = True
    for budget in stack.of_type(BUDGET):
        root = budget.read()
        try:
            selected = _labels(root.at("spec.selector.matchLabels"))
            namespace = root.at("metadata.namespace").text("default")
        except NotKnownError:
            is_complete = False
            continue
        if selected:
            found[namespace, min(selected)].append(selected)
    return found, is_complete


def _has_budget(root: Node, _: Resource, stack: Snapshot) -> Iterator[Judgement]:
    place = root.at("spec.template.metadata.labels")
    labels, namespace = _labels(place), root.at("metadata.namespace").text("default")
    budgets, is_complete = stack.index(_budgets)
    if any(selected <= labels for label in labels for selected in budgets.get((namespace, label), ())):
        return
    if is_complete:
        yield place.fails("no PodDisruptionBudget of the namespace selects them")
    else:
        yield place.undecided("a PodDisruptionBudget that may select them is not known yet")


def _is_opaque(release: Node) -> Iterator[Judgement]:
    yield release["chart"].undecided("what the chart declares is not seen; the policies of the cluster judge it")


RULES = (
    Rule(
        id="K8S-10",
        title="Images are named by a tag that stays, or a digest",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="containers[*].image",
        rationale="Without a tag, what runs depends on when a node pulled it.",
        fix="name the image with a release's tag or with its digest",
        checks=in_containers(_image_floats),
        equivalents=("CKV_K8S_14", "CKV_K8S_43", "KSV-0013", "C-0075"),
    ),
    Rule(
        id="K8S-11",
        title="Containers state what they need, and their memory's limit",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="containers[*].resources",
        rationale="One container without a limit takes its node's memory from all others.",
        fix="set resources with requests for cpu and memory, and a limit for memory",
        checks=in_containers(_has_resources, "containers", "initContainers"),
        equivalents=("CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13", "C-0270", "C-0271"),
    ),
    Rule(
        id="K8S-12",
        title="Containers are probed",
        severity=Severity.LOW,
        types=_LASTING,
        reads="containers[*].readinessProbe",
        rationale="Without a readiness probe requests go to what is not up; without a liveness probe what hangs is never restarted.",
        fix="set readiness_probe and liveness_probe",
        checks=in_containers(_has_probes, "containers", types=_LASTING),
        equivalents=("CKV_K8S_8", "CKV_K8S_9", "C-0056", "C-0018"),
    ),
    Rule(
        id="K8S-13",
        title="Pods have an account of their own and no token they do not need",
        severity=Severity.MEDIUM,
        types=WITH_PODS,
        reads="serviceAccountName",
        rationale="A token in the pod speaks to the API server for whoever breaks in.",
        fix="name a service account of the workload, and leave automount_service_account_token False",
        checks=in_pods(_gets_token),
        controls=cis_eks("4.1.5", "4.1.6"),
        equivalents=("CKV_K8S_38", "CKV_K8S_41", "C-0034", "C-0189", "C-0190"),
    ),
    Rule(
        id="K8S-14",
        title="Objects are in a namespace of their own",
        severity=Severity.LOW,
        types=_NAMESPACED,
        reads="metadata.namespace",
        rationale="Policies, quotas and roles follow namespaces; the default one has none of them.",
        fix="set metadata.namespace",
        checks=(At("metadata", _names_namespace),),
        controls=cis_eks("4.5.2"),
        equivalents=("CKV_K8S_21", "C-0212"),
    ),
    Rule(
        id="K8S-15",
        title="No credential stands in a container's variables",
        severity=Severity.HIGH,
        types=WITH_PODS,
        reads="containers[*].env[*].value",
        rationale="Whoever may list pods reads their variables; so does every crash report.",
        fix="keep it in a secret store, and refer to it by value_from",
        checks=in_containers(_variables_are_plain),
        controls=cis_eks("4.4.1"),
        equivalents=("CKV_K8S_35", "C-0012"),
    ),
    Rule(
        id="K8S-26",
        title="No credential stands in a ConfigMap",
        severity=Severity.HIGH,
        types=(CONFIG_MAP,),
        reads="data",
        rationale="ConfigMaps are neither encrypted nor kept from those who may not read secrets.",
        fix="keep it in a secret store, and project it as a Secret",
        checks=(At("data", entries_are_plain),),
        equivalents=("C-0012",),
    ),
    Rule(
        id="K8S-27",
        title="Service accounts hand out no token by default",
        severity=Severity.MEDIUM,
        types=(ACCOUNT,),
        reads="automountServiceAccountToken",
        rationale="A token in the pod speaks to the API server for whoever breaks in.",
        fix="set automount_service_account_token to False, and to True only in the pod that calls the API server",
        checks=(At("automountServiceAccountToken", is_false(default=True)),),
        remedies=(Remedy("automountServiceAccountToken", value=False),),
        controls=cis_eks("4.1.6"),
        equivalents=("CKV_K8S_38", "C-0034", "C-0190"),
    ),
    Rule(
        id="K8S-24",
        title="Workloads have a disruption budget",
        severity=Severity.LOW,
        types=(DEPLOYMENT, STATEFUL_SET),
        reads="(a PodDisruptionBudget's selector)",
        rationale="Without one, an upgrade of the nodes takes all replicas at once.",
        fix="declare a PodDisruptionBudget that selects the workload's pods",
        relation=_has_budget,
    ),
    Rule(
        id="K8S-25",
        title="What cannot be seen into is said to be so",
        severity=Severity.LOW,
        types=(RELEASE,),
        reads="chart",
        rationale="A chart installed by Helm's own machinery shows none of its objects to any rule.",
        fix="render the chart with kubernetes.helm.v4.Chart, whose objects are judged, or enforce by admission in the cluster",
        checks=(At("", _is_opaque),),
    ),
    Rule(
        id="LAM-02",
        title="No credential stands in a function's variables",
        severity=Severity.HIGH,
        types=(FUNCTION,),
        reads="environment.variables",
        rationale="Whoever may describe the function reads its variables.",
        fix="keep it in Secrets Manager, and read it when the function starts",
        checks=(At("environment.variables", entries_are_plain),),
        equivalents=("CKV_AWS_45",),
    ),
)
