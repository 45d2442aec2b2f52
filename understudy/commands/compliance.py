"""`understudy compliance`: a framework's controls, and which of them hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from understudy.commands.completing import stacks
from understudy.commands.delivery import as_json, deliver, progress
from understudy.commands.exit_codes import CLEAN, INCONCLUSIVE, VIOLATION, examples, exit_with
from understudy.commands.options import Word, debug_option, format_option, out_option, project_option

_FRAMEWORKS = ("cis-aws", "cis-eks", "fsbp", "nsa", "pci-dss", "pss", "soc2")


@click.command(
    epilog=examples(
        "understudy compliance --framework cis-aws",
        "understudy compliance --framework pss --stack production --format markdown",
        "understudy compliance --framework pci-dss --strict --format sarif --out pci-dss.sarif",
        violation="a control fails",
    )
)
@click.option("--framework", type=Word(_FRAMEWORKS), required=True)
@project_option
@click.option("--stack", shell_complete=stacks, default="all", show_default=True, help="A stack's name, or `all`.")
@format_option("text", "json", "markdown", "sarif")
@out_option
@click.option(
    "--policy-pack-config",
    "config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Configuration of the security pack: levels, parameters, exemptions.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 where a control is not decided.")
@debug_option
def compliance(
    framework: str, directory: Path, stack: str, form: str, out: Path | None, config: Path | None, *, strict: bool, debug: bool
) -> None:
    """Report by control what the security pack finds: passing, failing, not decided, exempted, not applicable."""

    def run() -> int:
        from policies.security import frameworks, pack
        from understudy import assemble
        from understudy.compliance.assessment import assess
        from understudy.compliance.markdown import render_markdown
        from understudy.compliance.sarif import render_sarif
        from understudy.compliance.text import render_text

        report = assemble.preview(
            directory,
            stack=stack,
            pack_directories=(Path(pack.__file__).parent,),
            pack_configs=(config,) if config else (),
            progress=progress(),
        )
        document = assess(report, pack.RULES, framework, frameworks.FRAMEWORKS[framework])
        forms: dict[str, Callable[[dict[str, Any]], str]] = {
            "json": as_json,
            "markdown": render_markdown,
            "sarif": render_sarif,
            "text": render_text,
        }
        deliver(forms[form](document), out)
        if document["summary"]["fail"]:
            return VIOLATION
        return INCONCLUSIVE if strict and document["summary"]["inconclusive"] else CLEAN

    exit_with(run, debug=debug)
