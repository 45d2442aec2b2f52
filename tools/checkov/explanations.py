"""Why the security pack and a checkov check differ on a manifest: by the check, what the pack says, what checkov says."""

from __future__ import annotations

_EPHEMERAL = "Checkov does not look into ephemeral containers; the rule does, for they run with the same rights."
_SEVERAL = "The rule covers several checks and fails for what another of them finds"
_CAPABILITIES = f"{_SEVERAL}: it wants ALL dropped and nothing added but NET_BIND_SERVICE."
_HOST = f"{_SEVERAL}: each of the node's namespaces has a check of its own."

EXPLANATIONS: dict[tuple[str, str, str], str] = {
    (
        "CKV2_K8S_6",
        "fail",
        "pass",
    ): "Any network policy that selects the pod satisfies the check; the rule wants a namespace that denies "
    "everything by default, in both directions.",
    ("CKV_K8S_8", "fail", "pass"): f"{_SEVERAL}: it wants a readiness probe as well.",
    ("CKV_K8S_10", "fail", "pass"): f"{_SEVERAL}: it wants requests for CPU and memory, and a limit for memory.",
    (
        "CKV_K8S_11",
        "pass",
        "fail",
    ): "The rule wants no limit of CPU: one that is reached throttles a container that its node could serve. "
    "Requests and the memory's limit keep its neighbours safe.",
    ("CKV_K8S_12", "fail", "pass"): f"{_SEVERAL}: it wants requests for CPU and memory, and a limit for memory.",
    (
        "CKV_K8S_15",
        "no rule",
        "fail",
    ): "Images are named by a tag that stays or a digest (K8S-10), so that pulling them again fetches the "
    "same; pulling always makes the registry's loss the workload's.",
    ("CKV_K8S_16", "fail", "pass"): _EPHEMERAL,
    ("CKV_K8S_17", "fail", "pass"): _HOST,
    ("CKV_K8S_18", "fail", "pass"): _HOST,
    ("CKV_K8S_19", "fail", "pass"): _HOST,
    ("CKV_K8S_20", "fail", "pass"): _EPHEMERAL,
    ("CKV_K8S_22", "fail", "pass"): _EPHEMERAL,
    ("CKV_K8S_23", "fail", "pass"): f"{_SEVERAL}: it refuses a user 0 beside a runAsNonRoot that is true.",
    ("CKV_K8S_25", "fail", "pass"): _CAPABILITIES,
    (
        "CKV_K8S_25",
        "pass",
        "fail",
    ): "Pod Security Standards, restricted, allow NET_BIND_SERVICE to be added; the check allows nothing.",
    ("CKV_K8S_26", "fail", "pass"): f"{_SEVERAL}: it refuses volumes that are the node's as well.",
    ("CKV_K8S_27", "fail", "pass"): f"{_SEVERAL}: it refuses every path of the node, not the container runtime's socket alone.",
    ("CKV_K8S_28", "fail", "pass"): f"{_CAPABILITIES} {_EPHEMERAL}",
    (
        "CKV_K8S_29",
        "no rule",
        "fail",
    ): "The check wants any security context; rules K8S-03 to K8S-09 judge what is in it, and fail here.",
    (
        "CKV_K8S_31",
        "fail",
        "pass",
    ): "The check reads the pod's profile first; a container's own takes its place, and the rule reads that.",
    (
        "CKV_K8S_35",
        "pass",
        "fail",
    ): "The check refuses every variable that comes from a Secret; the rule refuses credentials in the clear, "
    "and the pack lets programs that read no files have theirs by reference.",
    ("CKV_K8S_37", "fail", "pass"): f"{_CAPABILITIES} {_EPHEMERAL}",
    ("CKV_K8S_38", "fail", "pass"): f"{_SEVERAL}: it wants an account of the workload's own as well.",
    ("CKV_K8S_39", "fail", "pass"): _CAPABILITIES,
    (
        "CKV_K8S_40",
        "pass",
        "fail",
    ): "The check wants a user of at least 10000, so that it is none of the node's; the rule follows the Pod "
    "Security Standards, which want it not to be 0.",
    (
        "CKV_K8S_43",
        "pass",
        "fail",
    ): "The rule accepts a release's tag, of which the registry can say that it stays; the check wants a digest.",
    ("CKV_K8S_152", "fail", "pass"): f"{_SEVERAL}: it refuses every snippet annotation.",
    ("CKV_K8S_154", "fail", "pass"): f"{_SEVERAL}: it refuses every snippet annotation.",
}
