"""`python -m tools.docs` writes the command reference anew and lays out the site's pages.

With `--check` it only says whether the reference is in step with the commands.
"""

from __future__ import annotations

import sys

from tools.docs.commands import FILE, reference
from tools.docs.site import lay_out


def main(arguments: list[str]) -> int:
    """The exit code: 1 where the reference is checked and out of step."""
    if "--check" in arguments:
        in_step = FILE.exists() and FILE.read_text(encoding="utf-8") == reference()
        if not in_step:
            print("docs/commands.md is out of step with the commands: `make docs` writes it anew")
        return 0 if in_step else 1
    FILE.write_text(reference(), encoding="utf-8")
    lay_out()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
