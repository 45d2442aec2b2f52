"""The refresh job of a staging environment's cluster.

The newest archive of production's database is unpacked into a server of its own, and from there the refresh is the same as
anywhere else. The server lives in the job's scratch folder, listens on a socket alone and ends with the job. Amazon's SDK does
two things here: it fetches the archive, and it counts the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from model.errors import ConfigurationError, Problem
from model.refresh_telemetry import DATABASE, ENVIRONMENT, FAILED, NAMESPACE, SUCCEEDED
from model.staging_data import StagingDataStrategy
from understudy.data.connection import Place
from understudy.data.dump import Client
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.roles import READER, administer, make_reader
from understudy.data.server import Server

SCRATCH_DATABASE = "production"
QUIET = {"log_statement": "none", "log_min_error_statement": "panic", "log_min_messages": "fatal", "shared_buffers": "256MB"}
"""What the scratch server logs: nothing that carries a value."""
_EXTRA = "understudy[jobs]"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class JobPlaces:
    """What the job is told by its environment."""

    bucket: str
    prefix: str
    """The folder of the archives, without a slash at its end."""
    strategy: Path
    environment: str
    """The environment's full name, for the count."""
    database: str
    """The store's name in the model, for the count."""

    @classmethod
    def of(cls, variables: Mapping[str, str] = os.environ) -> JobPlaces:
        """Read the variables that the CronJob sets. Raises ConfigurationError with every one that is missing."""
        names = ("UNDERSTUDY_EXPORT", "UNDERSTUDY_STRATEGY", "UNDERSTUDY_ENVIRONMENT", "UNDERSTUDY_DATABASE")
        missing = [
            Problem(name, "is not set; the refresh job's configuration sets it") for name in names if name not in variables
        ]
        if missing:
            raise ConfigurationError(missing)
        export, strategy, environment, database = (variables[name] for name in names)
        url = urlsplit(export)
        if url.scheme != "s3" or not url.netloc or not url.path.strip("/"):
            raise ConfigurationError([Problem(names[0], "is no folder of a bucket, such as s3://archives/orders")])
        return cls(url.netloc, url.path.strip("/"), Path(strategy), environment, database)


def clients() -> tuple[Any, Any]:
    """Amazon's clients of S3 and CloudWatch, with the pod's credentials. Raises ConfigurationError where boto3 is missing."""
    try:
        import boto3  # noqa: PLC0415 - an optional requirement
    except ImportError as error:
        raise ConfigurationError([Problem("boto3", f"is needed: pip install '{_EXTRA}'")]) from error
    return boto3.client("s3"), boto3.client("cloudwatch")


def run_job(
    places: JobPlaces, strategy: StagingDataStrategy, target: Place, settings: Settings, aws: tuple[Any, Any], tell: Tell
) -> DataRefreshResult:
    """Fetch, unpack, refresh and count. A run that fails is counted as such before its error is passed on."""
    s3, cloudwatch = aws
    try:
        result = _refreshed(places, strategy, target, settings, s3, tell)
    except BaseException:
        _count(cloudwatch, places, FAILED)
        raise
    _count(cloudwatch, places, SUCCEEDED if result.accepted else FAILED)
    return result


def _refreshed(
    places: JobPlaces, strategy: StagingDataStrategy, target: Place, settings: Settings, s3: Any, tell: Tell
) -> DataRefreshResult:
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="understudy-archive-")))
        archive = fetch(s3, places, folder, tell)
        server = held.enter_context(Server(settings.client.folder, QUIET))
        client = Client(server.bin)
        tell("unpacking the archive")
        source = unpack(server, client, archive)
        archive.unlink()  # the room is the database's now
        manager = StagingDataManager(source, target, places.database, settings=replace(settings, client=client, agreed=True))
        return manager.refresh_staging_data(strategy)


def fetch(s3: Any, places: JobPlaces, folder: Path, tell: Tell) -> Path:
    """The newest archive of the folder, on disk. Raises ConfigurationError where there is none or it may not be read."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with boto3, which is optional

    where = f"s3://{places.bucket}/{places.prefix}"
    archive = folder / "archive"
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=places.bucket, Prefix=f"{places.prefix}/")
        newest = max((entry for page in pages for entry in page.get("Contents", []) if entry["Size"]), key=_age, default=None)
        if newest is not None:
            tell(f"fetching {newest['Key']}, {newest['Size'] / 2**20:,.1f} MiB, of {newest['LastModified']:%Y-%m-%d %H:%M} UTC")
            s3.download_file(places.bucket, newest["Key"], str(archive))
    except (BotoCoreError, ClientError) as error:
        raise ConfigurationError([Problem("UNDERSTUDY_EXPORT", f"{where} cannot be read: {error}")]) from None
    if newest is None:
        raise ConfigurationError([Problem("UNDERSTUDY_EXPORT", f"{where} holds no archive")])
    return archive


def _age(entry: Mapping[str, Any]) -> tuple[datetime, str]:
    return entry["LastModified"], entry["Key"]


def unpack(server: Server, client: Client, archive: Path) -> Place:
    """Restore an archive into the server, and say where it is for a role that may read it and change nothing."""
    administer(server, f'CREATE DATABASE "{SCRATCH_DATABASE}"')
    make_reader(server)
    administer(server, f"ALTER ROLE {READER} BYPASSRLS")  # the archive has every row, and none may be missing
    client.restore(server.place(database=SCRATCH_DATABASE), archive)
    return server.place("source", SCRATCH_DATABASE, READER)


def _count(cloudwatch: Any, places: JobPlaces, metric: str) -> None:
    dimensions = [{"Name": ENVIRONMENT, "Value": places.environment}, {"Name": DATABASE, "Value": places.database}]
    counted = {"MetricName": metric, "Dimensions": dimensions, "Value": 1.0, "Unit": "Count"}
    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[counted])
