"""A preview that also tells what changed since a base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from understudy import assemble
from understudy.change.difference import change
from understudy.change.revision import previewed
from understudy.change.saved import Report, saved


def preview(
    directory: Path,
    *,
    base: str,
    stack: str,
    pack_directories: Sequence[Path],
    pack_configs: Sequence[Path],
    deployed: Path | None,
    today: date | None,
    prices: Path | None,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """The report of `understudy.assemble.preview` with a section `change`. `base` is a file with a report, else a revision.

    The revision is previewed at the same time, with the same options. Raises ConfigurationError for an unusable base.
    """

    def own() -> dict[str, Any]:
        return assemble.preview(
            directory,
            stack=stack,
            pack_directories=pack_directories,
            pack_configs=pack_configs,
            deployed=deployed,
            today=today,
            prices=prices,
            progress=progress,
        )

    if Path(base).is_file():
        given = saved(Path(base))
        return _compared(own, lambda: given, stack, progress)
    if not base:
        raise ConfigurationError([Problem("--base", "is empty; give a git revision, or a file with a report in JSON")])
    options: list[str | Path] = []
    for name, paths in (("--policy-pack", pack_directories), ("--policy-pack-config", pack_configs)):
        options += [word for path in paths for word in (name, path)]
    for name, file in (("--deployed", deployed), ("--prices", prices)):
        if file is not None:  # the same for both sides, whatever the revision has at its path
            options += [name, str(file.resolve())]
    if today is not None:
        options += ["--today", today.isoformat()]
    progress(f"previewing {base} beside it")
    with previewed(directory, base, stack, options) as report:
        return _compared(own, report, stack, progress)


def _compared(
    own: Callable[[], dict[str, Any]], base: Callable[[], Report], stack: str, progress: Callable[[str], None]
) -> dict[str, Any]:
    document = own()
    progress("comparing with the base")
    report = base()
    held = dict(report.document)
    if stack != "all":
        held["stacks"] = {name: content for name, content in held["stacks"].items() if name == stack}
        for section in ("ledger", "represented_load"):
            held[section] = [line for line in held[section] if line["stack"] == stack]
    return {**document, "change": change(held, document, report.told)}
