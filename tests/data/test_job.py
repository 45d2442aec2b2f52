"""The job in the cluster, on real servers; Amazon's two services are stood in for by moto."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from model.errors import ConfigurationError
from model.staging_data import PrivacyLevel, StagingDataStrategy
from tests.data.conftest import make_database
from understudy.data.connection import Place, connect
from understudy.data.demo import demo_strategy
from understudy.data.dump import Client
from understudy.data.job import JobPlaces, run_job, unpack
from understudy.data.refresh import Settings
from understudy.data.server import Server

BUCKET, FOLDER = "archives", "shop"
_numbers = count(1)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """S3 with the bucket of archives, and CloudWatch."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        s3 = boto3.client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield s3, boto3.client("cloudwatch", region_name="eu-west-1")


@pytest.fixture
def target(staging_server: Server) -> Place:
    return staging_server.place("target", f"job{next(_numbers)}", "filler")


@pytest.fixture
def archive(production_server: Server, tmp_path: Path) -> Path:
    """The nasty database, as `pg_dump --format=custom` writes it."""
    file = tmp_path / "nasty.dump"
    place = production_server.place("source", "nasty")
    command = [str(production_server.bin / "pg_dump"), "--format=custom", f"--file={file}"]
    subprocess.run(command, check=True, env=place.libpq_environment())
    return file


def _places(**changes: str) -> JobPlaces:
    variables = {
        "UNDERSTUDY_EXPORT": f"s3://{BUCKET}/{FOLDER}",
        "UNDERSTUDY_STRATEGY": "strategy.json",
        "UNDERSTUDY_ENVIRONMENT": "shop-staging",
        "UNDERSTUDY_DATABASE": "orders",
    }
    return JobPlaces.of({**variables, **changes})


def _strategy() -> StagingDataStrategy:
    return demo_strategy().model_copy(update={"privacy_level": PrivacyLevel.ROTATED})


def _run(target: Place, aws: tuple[Any, Any], server: Server) -> Any:
    settings = Settings(workers=1, client=Client(server.bin))
    return run_job(_places(), _strategy(), target, settings, aws, lambda _: None)


def _counted(aws: tuple[Any, Any], metric: str) -> float:
    now = datetime.now(UTC)
    answer = aws[1].get_metric_statistics(
        Namespace="Understudy/Data",
        MetricName=metric,
        Dimensions=[{"Name": "Environment", "Value": "shop-staging"}, {"Name": "Database", "Value": "orders"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))


def test_the_newest_archive_is_masked_into_staging_and_the_run_is_counted(
    aws: tuple[Any, Any], archive: Path, target: Place, staging_server: Server, production_server: Server
) -> None:
    aws[0].put_object(Bucket=BUCKET, Key=f"{FOLDER}/a-first.dump", Body=b"no archive at all")
    aws[0].upload_file(str(archive), BUCKET, f"{FOLDER}/b-newest.dump")
    aws[0].put_object(Bucket=BUCKET, Key="other/c-later.dump", Body=b"another database's")

    result = _run(target, aws, production_server)

    assert result.accepted
    with closing(connect(staging_server.place(database=target.database))) as connection:
        loaded = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE email LIKE '%example.com') FROM shop.customer"
        ).fetchone()
    assert loaded == (400, 400)
    assert (_counted(aws, "RefreshSucceeded"), _counted(aws, "RefreshFailed")) == (1, 0)


def test_rows_under_row_level_security_are_in_what_is_unpacked(production_server: Server, tmp_path: Path) -> None:
    name = make_database(production_server, "CREATE TABLE a AS SELECT 1 AS b; ALTER TABLE a ENABLE ROW LEVEL SECURITY")
    file = tmp_path / "secured.dump"
    command = [str(production_server.bin / "pg_dump"), "--format=custom", f"--file={file}"]
    subprocess.run(command, check=True, env=production_server.place("source", name).libpq_environment())

    with Server(production_server.bin) as server:
        place = unpack(server, Client(server.bin), file)
        with closing(connect(place, read_only=True)) as connection:
            assert connection.execute("SELECT * FROM a").fetchall() == [(1,)]


def test_a_run_that_fails_is_counted_and_says_why(aws: tuple[Any, Any], target: Place, production_server: Server) -> None:
    aws[0].put_object(Bucket=BUCKET, Key=f"{FOLDER}/broken.dump", Body=b"no archive at all")

    with pytest.raises(ConfigurationError, match="pg_restore"):
        _run(target, aws, production_server)

    assert (_counted(aws, "RefreshSucceeded"), _counted(aws, "RefreshFailed")) == (0, 1)


def test_a_folder_without_an_archive_is_a_failed_run(aws: tuple[Any, Any], target: Place, production_server: Server) -> None:
    with pytest.raises(ConfigurationError, match="s3://archives/shop holds no archive"):
        _run(target, aws, production_server)


def test_what_the_job_may_not_read_is_named(aws: tuple[Any, Any], target: Place, production_server: Server) -> None:
    aws[0].delete_bucket(Bucket=BUCKET)

    with pytest.raises(ConfigurationError, match=r"s3://archives/shop cannot be read: .*NoSuchBucket"):
        _run(target, aws, production_server)


def test_every_missing_variable_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        JobPlaces.of({"UNDERSTUDY_EXPORT": "s3://archives/shop"})

    assert [problem.path for problem in caught.value.problems] == [
        "UNDERSTUDY_DATABASE",
        "UNDERSTUDY_ENVIRONMENT",
        "UNDERSTUDY_STRATEGY",
    ]


@pytest.mark.parametrize("export", ["archives/shop", "s3://archives", "https://archives/shop"])
def test_what_is_no_folder_of_a_bucket_is_refused(export: str) -> None:
    with pytest.raises(ConfigurationError, match="is no folder of a bucket"):
        _places(UNDERSTUDY_EXPORT=export)
