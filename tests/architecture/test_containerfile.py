"""The image of the refresh job: built from files that exist, with what the component expects of it."""

from __future__ import annotations

import re

from components.refresh_job import USER_ID
from tests.conftest import ROOT

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")


def test_every_file_that_it_copies_exists() -> None:
    copied = [source for line in re.findall(r"^COPY (?!--)(.+) \S+$", TEXT, re.MULTILINE) for source in line.split()]

    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_it_copies_every_package() -> None:
    packages = re.search(r"^PACKAGES := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert packages is not None
    assert [package for package in packages[1].split() if f"COPY {package} " not in TEXT] == []


def test_it_runs_as_the_user_that_its_pods_run_as() -> None:
    assert f"--uid {USER_ID} " in TEXT
    assert f"USER {USER_ID}:{USER_ID}" in TEXT


def test_it_installs_nothing_that_is_not_locked() -> None:
    installs = [line for line in TEXT.splitlines() if re.search(r"pip (install|sync)", line)]

    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
