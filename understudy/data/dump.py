"""The schema by PostgreSQL's own pg_dump and pg_restore: before the data the tables, after it indexes, keys and triggers."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.errors import ConfigurationError, Problem
from understudy.data.catalogue import OURS
from understudy.data.connection import READ_ONLY, Place

ACCESS = re.compile(r"^\d+; \d+ \d+ (?:ACL|DEFAULT ACL) ")
NOT_COPIED = ("--no-publications", "--no-subscriptions", "--no-tablespaces", "--no-security-labels", f"--exclude-schema={OURS}")


@dataclass(frozen=True)
class Client:
    """PostgreSQL's client programs."""

    folder: Path | None = None
    """Where they are; on the path by default."""

    def dump_schema(self, place: Place, file: Path, snapshot: str) -> None:
        """Write the schema, as it was at an exported snapshot, into a file."""
        arguments = ["--schema-only", "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-acl", *NOT_COPIED]
        self._run("pg_dump", place, [*arguments, f"--file={file}"], options=READ_ONLY)

    def restore(self, place: Place, file: Path, section: str | None = None, jobs: int = 1) -> None:
        """Restore an archive without its owners and grants: whole, or one section of it, such as `pre-data` or `post-data`."""
        sections = () if section is None else (f"--section={section}",)
        arguments = [*sections, f"--jobs={jobs}", "--exit-on-error", "--no-owner", "--no-acl"]
        self._run("pg_restore", place, [*arguments, f"--dbname={place.database}", str(file)])

    def access(self, place: Place, folder: Path) -> list[str]:
        """The statements that give a database's objects their grants and default privileges."""
        dumped, listed = folder / "access", folder / "access.list"
        self._run("pg_dump", place, ["--schema-only", "--format=custom", *NOT_COPIED, f"--file={dumped}"], options=READ_ONLY)
        entries = self._run("pg_restore", place, ["--list", str(dumped)]).splitlines()
        listed.write_text("\n".join(entry for entry in entries if ACCESS.match(entry)) + "\n", encoding="utf-8")
        script = self._run("pg_restore", place, [f"--use-list={listed}", "--file=-", str(dumped)])
        return [line for line in script.splitlines() if line.startswith(("GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "))]

    def _run(self, program: str, place: Place, arguments: Sequence[str], options: str | None = None) -> str:
        """Run a program. Raises ConfigurationError with its error, without the details, which would carry values."""
        path = str(self.folder / program) if self.folder else shutil.which(program)
        if path is None:
            raise ConfigurationError(
                [Problem(program, "is not installed; it comes with PostgreSQL's client (postgresql-client)")]
            )
        environment = place.libpq_environment()
        if options is not None:
            environment["PGOPTIONS"] = f"{environment.get('PGOPTIONS', '')} {options}".strip()
        done = subprocess.run(
            [path, *arguments], check=False, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise ConfigurationError([Problem(program, _failure(done.stderr) or f"ended with {done.returncode}")])
        return done.stdout


def _failure(errors: str) -> str:
    lines = [line for line in errors.splitlines() if "error:" in line]
    named = [line.split("error:", 1)[1].strip() for line in lines]
    return "; ".join(dict.fromkeys(re.sub(r"\s+", " ", line) for line in named))
