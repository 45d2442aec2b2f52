"""`python -m tools.cluster` builds kube-apiserver and etcd from their locked sources, and prints where they are."""

from __future__ import annotations

import sys

from tools.cluster.server import APISERVER, ETCD, MODULE
from tools.go_tool import build, locked_version

KUBERNETES = "k8s.io/kubernetes"
STAMP = "k8s.io/component-base/version.git"


def main() -> int:
    """The exit code: 0 where both are there, else what `tools.go_tool` says."""
    version = locked_version(MODULE, KUBERNETES)
    major, minor = version.removeprefix("v").split(".")[:2]
    stamps = {f"{STAMP}Version": version, f"{STAMP}Major": major, f"{STAMP}Minor": minor}
    return build(MODULE, "go.etcd.io/etcd/server/v3", {}, name=ETCD) or build(
        MODULE, f"{KUBERNETES}/cmd/kube-apiserver", stamps, name=APISERVER
    )


if __name__ == "__main__":
    sys.exit(main())
