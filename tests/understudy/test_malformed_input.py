"""Malformed command lines and files: exit code 2, and the option or the file that is wrong, in bounded time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner

from tests.conftest import PROJECTS, ROOT
from tests.understudy.malformed_input import CONTENTS, TAKES_FILE, command_lines, filled
from understudy.cli import cli

MOST_SECONDS = 60
"""The time after which a case counts as endless. It is far from what any takes, so that a slow machine changes nothing."""
LONGEST = 20_000
"""Characters of a message that a person can still be given."""


class EndlessError(BaseException):
    """A case that takes too long; no Exception, so that the command's last line of defence does not take it for one."""


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise EndlessError

    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def answered(arguments: Sequence[str]) -> tuple[str, str]:
    """What is wrong with how a command line is refused, empty where nothing is; and what was said."""
    here = Path.cwd()
    try:
        with _bounded():
            result = CliRunner().invoke(cli, list(arguments))
    except EndlessError:
        return f"did not end within {MOST_SECONDS} seconds", ""
    finally:
        os.chdir(here)
    said = result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"stopped with {type(result.exception).__name__}: {str(result.exception)[:200]}", said
    if result.exit_code != 2:
        return f"exit code {result.exit_code}: {said[:300]!r}", said
    if "Traceback" in said or not said.strip() or len(said) > LONGEST:
        return f"a traceback, nothing at all, or more than anybody reads: {said[:300]!r}", said
    return "", said


def test_the_same_seed_makes_the_same_command_lines() -> None:
    assert command_lines(60, 7) == command_lines(60, 7)
    assert command_lines(60, 7) != command_lines(60, 8)


def test_a_malformed_command_line_is_refused() -> None:
    assert [(line, wrong) for line in command_lines(300) if (wrong := answered(line)[0])] == []


@pytest.mark.parametrize("line", TAKES_FILE, ids=" ".join)
def test_a_malformed_file_is_refused_with_its_name_or_its_option(tmp_path: Path, line: tuple[str, ...]) -> None:
    file = tmp_path / "given"
    for content in CONTENTS:
        file.write_bytes(content)
        wrong, said = answered(filled(line, file))

        assert not wrong, content[:60]
        assert file.name in said or line[-2] in said, content[:60]


def test_a_deployed_state_and_a_base_are_read_before_anything_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it was rendered")

    monkeypatch.setattr("understudy.preview.renderings.render", refuse)
    (tmp_path / "given").write_text("{}", encoding="utf-8")

    for option in ("--deployed", "--base"):
        assert answered(["preview", option, str(tmp_path / "given")])[0] == ""


def test_a_mistake_in_a_packs_configuration_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "levels.yaml").write_text("all: advisory\nS3-99: mandatory\n", encoding="utf-8")

    wrong, said = answered(["compliance", "--framework", "pss", "--policy-pack-config", str(tmp_path / "levels.yaml")])

    assert wrong == ""
    assert said.startswith("error: levels.yaml:2: S3-99: is no policy of pack understudy-security")


def test_of_very_many_mistakes_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n" + "a: 1\n" * 500, encoding="utf-8")

    said = answered(["preview", "--project", str(tmp_path)])[1].splitlines()

    assert len(said) == 51
    assert said[-1] == "error: and 449 more of the kind; mend these first"


def test_a_stack_without_a_configuration_names_its_file(tmp_path: Path) -> None:
    shipped = (PROJECTS["online-boutique"] / "Pulumi.yaml").read_text(encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text(shipped.replace("main: ../../", f"main: {ROOT}"), encoding="utf-8")
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n", encoding="utf-8")

    said = answered(["explain", "services", "--project", str(tmp_path)])[1]

    assert said.startswith("error: Pulumi.staging.yaml: stack 'staging' has no configuration of its own")
