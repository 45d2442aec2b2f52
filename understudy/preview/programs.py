"""Programs of others run inside this process: their folder first on the path, their words kept off the report."""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_CALLERS = ("PULUMI_", "AWS_", "KUBECONFIG")
"""How the variables begin by which the SDK and the providers' constructors take configuration from whoever calls them."""


@contextlib.contextmanager
def own_environment() -> Iterator[None]:
    """The process's environment without the caller's configuration: the same model is rendered the same way in every shell.

    `PULUMI_CONFIG` and `PULUMI_K8S_…` would change a stack's configuration, `AWS_REGION` a provider's region.
    """
    kept = {name: value for name, value in os.environ.items() if name.startswith(_CALLERS)}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


class ProgramExitError(Exception):
    """A program ended the process instead of coming to its end."""


@contextlib.contextmanager
def started_in(directory: Path) -> Iterator[None]:
    """A folder as working directory and first on the path, as for a program that the engine starts there.

    What it prints goes to standard error, since a report may be on standard output. Modules that only this folder provides are
    forgotten afterwards: the next program's module of the same name would be taken for loaded.
    """
    path, loaded, here = list(sys.path), set(sys.modules), Path.cwd()
    shared = [Path(entry).resolve() for entry in path]
    sys.path.insert(0, str(directory))
    os.chdir(directory)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.chdir(here)
        sys.path[:] = path
        for name in set(sys.modules) - loaded:
            if _lies_in(name, directory) and not _found_in(shared, name):
                del sys.modules[name]


def run_program(file: Path) -> None:
    """Run a file as `__main__`, afresh. Raises whatever it raises, and ProgramExitError where it calls sys.exit."""
    try:
        runpy.run_path(str(file), run_name="__main__")
    except SystemExit as exit_:
        raise ProgramExitError(f"{file.name} ended itself with sys.exit({exit_.code!r})") from exit_


def _lies_in(name: str, directory: Path) -> bool:
    file = getattr(sys.modules[name], "__file__", None)
    return file is not None and Path(file).is_relative_to(directory)


def _found_in(path: Sequence[Path], name: str) -> bool:
    top = name.partition(".")[0]
    return any((entry / top).is_dir() or (entry / f"{top}.py").is_file() for entry in path)
