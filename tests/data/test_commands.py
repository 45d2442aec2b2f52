"""What `understudy data` refuses before it does anything that lasts."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.commands.data import data
from understudy.data import job
from understudy.data.connection import connect
from understudy.data.server import Server
from understudy.data.target import BusyError, Target


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    file = tmp_path / "strategy.yaml"
    raw = nasty(privacy_level="rotated", columns={"a.b": {"mask": "token"}}).model_dump(mode="json", exclude_none=True)
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return file


def invoked(*arguments: object) -> Result:
    return CliRunner().invoke(data, [str(argument) for argument in arguments])


@pytest.mark.parametrize("option", ["--out", "--page"])
def test_a_file_that_cannot_be_written_is_told_before_staging_is_replaced(
    production_server: Server, staging_server: Server, strategy: Path, option: str
) -> None:
    name = make_database(production_server, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE a (b text)")
    source = f"host={production_server.folder} user=reader dbname={name}"
    target = f"host={staging_server.folder} user=filler dbname=unwritten"

    result = invoked("refresh", "--strategy", strategy, "--source", source, "--target", target, option, "/nowhere/file")

    assert result.exit_code == 2
    assert result.stderr == f"error: {option}: '/nowhere/file' cannot be written: there is no folder '/nowhere'\n"
    with closing(connect(staging_server.place())) as connection:
        assert connection.execute("SELECT FROM pg_database WHERE datname LIKE 'unwritten%'").fetchall() == []


def test_an_age_is_asked_of_a_result_alone(strategy: Path) -> None:
    result = invoked("verify", "--strategy", strategy, "--max-age-hours", 5)

    assert result.exit_code == 2
    assert result.stderr == "error: --max-age-hours: judges a result; name it by --result\n"


def test_a_refresh_says_that_another_one_is_running(production_server: Server, staging_server: Server, strategy: Path) -> None:
    name = make_database(production_server, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE a (b text)")
    source = f"host={production_server.folder} user=reader dbname={name}"
    target = f"host={staging_server.folder} user=filler dbname=taken"

    with closing(Target(staging_server.place("target", "taken", "filler"), "postgres")) as other:
        other.lock()
        result = invoked("refresh", "--strategy", strategy, "--source", source, "--target", target)

    assert result.exit_code == 5
    assert re.fullmatch(r"busy: .*taken.*\n", result.stderr.splitlines(keepends=True)[-1])


def test_the_job_says_that_another_refresh_is_running(strategy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise BusyError("another refresh of shop is running")

    monkeypatch.setattr(job, "run_job", taken)
    monkeypatch.setattr(job, "clients", lambda: ())
    for variable, value in {"EXPORT": "s3://a/b", "STRATEGY": str(strategy), "ENVIRONMENT": "e", "DATABASE": "d"}.items():
        monkeypatch.setenv(f"UNDERSTUDY_{variable}", value)
    monkeypatch.setenv("UNDERSTUDY_TARGET", "dbname=shop")

    result = invoked("job")

    assert (result.exit_code, result.stderr) == (5, "busy: another refresh of shop is running\n")
