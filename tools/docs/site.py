"""The documentation as the site's generator takes it: without links to what the site has no copy of."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROM, TO = ROOT / "docs", ROOT / "build" / "docs"
SETTINGS = Path(__file__).parent / "zensical.toml"
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")


def lay_out(source: Path = FROM, target: Path = TO) -> None:
    """Copy the documentation to where the site is made of it, with the generator's settings beside it, as it wants them."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    shutil.copy(SETTINGS, target.parent)
    for page in target.rglob("*.md"):
        folder = page.parent.relative_to(target).as_posix()
        page.write_text(without_outer_links(page.read_text(encoding="utf-8"), folder), encoding="utf-8")


def without_outer_links(markdown: str, folder: str) -> str:
    """A page in `folder`, whose links that leave the documentation for the repository are words."""

    def inner(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link.group(2)))
        return link.group(1) if target.startswith("..") else link.group()

    return _LINK.sub(inner, markdown)
