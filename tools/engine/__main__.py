"""`python -m tools.engine` prints where a sufficient `pulumi` is, and builds it where there is none."""

from __future__ import annotations

import sys

from model.errors import ConfigurationError
from tools.go_tool import build, locked_version
from understudy.engine.executable import MODULE, find_engine

REQUIREMENT = "github.com/pulumi/pulumi/pkg/v3"
STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def main() -> int:
    """The exit code: 0 where the executable is there, else what `tools.go_tool` says."""
    try:
        print(find_engine())
    except ConfigurationError:
        return build(MODULE, f"{REQUIREMENT}/cmd/pulumi", {STAMP: locked_version(MODULE, REQUIREMENT)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
