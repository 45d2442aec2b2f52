"""The refresh job: how staging's cluster fills one of its databases from an export of production's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from model.base import ImageRepository, Model, Text
from model.references import NodeGroupRef

LONGEST_ALARM_HOURS = 168
"""What a CloudWatch alarm can look back over."""
AbsolutePrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=512)]
BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
KeyArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$")]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class RefreshImage(Model):
    """The image that `Containerfile` builds, by its content."""

    repository: ImageRepository
    """Registry and name."""
    digest: Digest
    """What was built: `sha256:` and 64 hexadecimal digits. A tag could mean another program tomorrow."""


class SnapshotExport(Model):
    """Where production leaves an archive of the database. It is all of production that the job can read."""

    bucket: BucketName
    """Production's bucket."""
    prefix: AbsolutePrefix
    """The folder of this database's archives, made by `pg_dump --format=custom`; the newest is taken."""
    key_arn: KeyArn
    """The key that the archives are encrypted with."""


class RefreshJob(Model):
    """A job in staging's cluster that runs by the strategy's `refresh_frequency`, or when it is started."""

    image: RefreshImage
    export: SnapshotExport
    node_group: NodeGroupRef
    """The node group that it runs on."""
    cpu_millicores: Annotated[int, Field(ge=100, le=64_000)] = 1000
    """CPU request."""
    memory_mib: Annotated[int, Field(ge=256, le=262_144)] = 1024
    """Memory request and limit."""
    scratch_gib: Annotated[int, Field(ge=1, le=16_384)] = 20
    """Room for the archive and for the database that it is unpacked into, on the node's encrypted disk."""
    longest_minutes: Annotated[int, Field(ge=1, le=2880)] = 240
    """A run that takes longer is ended; the old data stays."""
    late_hours: Annotated[int, Field(ge=1, le=LONGEST_ALARM_HOURS)] = LONGEST_ALARM_HOURS
    """Hours without a refresh after which somebody is told, where the refresh runs by a clock."""
    route: Literal["page", "ticket"] = "ticket"
    """Whom a late or failed refresh reaches."""
    runbook: Text
    """What to do then: an address."""
