"""`python -m tools.pictures` previews the shipped system and writes the documentation's pictures of its report."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tools.browser.chromium import running
from tools.pictures.terminal import FILE, terminal_picture
from understudy.assemble import preview
from understudy.report.page.page import render_html

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "report-page.png"
SIZE = {"width": 1100, "height": 900}


def main() -> int:
    """Write the pictures, and say which."""
    document = preview(ROOT)
    FILE.write_text(terminal_picture(document), encoding="utf-8")
    print(FILE.relative_to(ROOT))
    with tempfile.TemporaryDirectory() as folder, running() as browser:
        file = Path(folder) / "report.html"
        file.write_text(render_html(document), encoding="utf-8")
        page = browser.new_context(offline=True, viewport=SIZE).new_page()
        page.goto(file.as_uri())
        page.get_by_label("only what differs").check()
        page.get_by_label("Filter").fill("catalog")
        page.locator("#components").evaluate("each => each.scrollIntoView()")
        page.screenshot(path=PAGE)
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
