"""What `understudy data` refuses before it does anything that lasts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.commands.data import data
from understudy.data.connection import connect
from understudy.data.server import Server


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
