"""What is installed is locked: every version pinned, every file hashed, no host named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

LOCKS = (ROOT / "requirements.lock", ROOT / "tools" / "installer.lock", ROOT / "tools" / "image" / "requirements.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = sorted(
    chain(
        PROJECT["project"]["dependencies"],
        PROJECT["project"]["optional-dependencies"]["dev"],
        PROJECT["build-system"]["requires"],
        (ROOT / "tools" / "installer.in").read_text(encoding="utf-8").split(),
    )
)
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)( ; (?P<marker>.+))?")


def entries(lock: Path) -> Iterator[tuple[str, list[str]]]:
    """Each locked requirement with its hashes."""
    for entry in lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        requirement, *hashes = entry.split("--hash=")
        yield requirement.strip(), [value.strip() for value in hashes]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_entry_is_one_version_with_hashes(lock: Path) -> None:
    locked = list(entries(lock))

    assert locked
    for requirement, hashes in locked:
        assert PIN.fullmatch(requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_host_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize("declared", DECLARED)
def test_what_is_declared_is_locked_at_a_version_it_allows(declared: str) -> None:
    requirement = Requirement(declared)
    pins = [pin for lock in LOCKS for text, _ in entries(lock) if (pin := PIN.fullmatch(text))]
    versions = [pin["version"] for pin in pins if canonicalize_name(pin["name"]) == canonicalize_name(requirement.name)]

    assert versions, "run `make lock`"
    assert all(requirement.specifier.contains(Version(version), prereleases=True) for version in versions)
