"""`python -m tools.browser` prints which browser the tests will use, and installs one where there is none."""

from __future__ import annotations

import sys

from tools.browser.chromium import find_chromium, install_chromium


def main() -> int:
    """The exit code: 0 where there is a browser, else 2."""
    if find_chromium() is None:
        print("installing chromium")
        problem = install_chromium()
        if problem is not None:
            print(f"error: {problem}", file=sys.stderr)
            return 2
    print(find_chromium())
    return 0


if __name__ == "__main__":
    sys.exit(main())
