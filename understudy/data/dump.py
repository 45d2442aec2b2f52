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
FOLLOWING = "a worker process died unexpectedly"
"""What pg_restore says as well of each error that ends one of its workers."""
_ERROR = re.compile(r"^pg_\w+: error:(.*)", re.MULTILINE)
NOT_COPIED = ("--no-publications", "--no-subscriptions", "--no-tablespaces", "--no-security-labels", f"--exclude-schema={OURS}")


@dataclass(frozen=True)
class Client:
    """PostgreSQL's client programs."""

    folder: Path | None = None
    """Where they are; on the path by default."""

    def dump_schema(self, place: Place, file: Path, snapshot: str) -> None:
        """Write the schema, as it was at an exported snapshot, into a file."""
        arguments = ["--schema-only", "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-acl", *NOT_COPIED]
        self._run("pg_dump", place, [*arguments, f"--dbname={place.conninfo(READ_ONLY)}", f"--file={file}"])

    def restore(self, place: Place, file: Path, section: str | None = None, jobs: int = 1) -> None:
        """Restore an archive without its owners and grants: whole, or one section of it, such as `pre-data` or `post-data`."""
        sections = () if section is None else (f"--section={section}",)
        arguments = [*sections, f"--jobs={jobs}", "--exit-on-error", "--no-owner", "--no-acl"]
        self._run("pg_restore", place, [*arguments, f"--dbname={place.conninfo()}", str(file)])

    def access(self, place: Place, folder: Path) -> list[str]:
        """The statements that give a database's objects their grants and default privileges."""
        dumped, listed = folder / "access", folder / "access.list"
        arguments = ["--schema-only", "--format=custom", *NOT_COPIED, f"--dbname={place.conninfo(READ_ONLY)}"]
        self._run("pg_dump", place, [*arguments, f"--file={dumped}"])
        entries = self._run("pg_restore", place, ["--list", str(dumped)]).splitlines()
        listed.write_text("\n".join(entry for entry in entries if ACCESS.match(entry)) + "\n", encoding="utf-8")
        script = self._run("pg_restore", place, [f"--use-list={listed}", "--file=-", str(dumped)])
        return [line for line in script.splitlines() if line.startswith(("GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "))]

    def _run(self, program: str, place: Place, arguments: Sequence[str]) -> str:
        """Run a program. Raises ConfigurationError with its error, without the details, which would carry values."""
        path = shutil.which(program, path=self.folder)
        if path is None:
            missing = "is not installed; it comes with PostgreSQL's client (postgresql-client)"
            message = missing if self.folder is None else f"is not in the folder {str(self.folder)!r}, or cannot be executed"
            raise ConfigurationError([Problem(program, message)])
        done = subprocess.run(
            [path, *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=place.libpq_environment(),
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise ConfigurationError([Problem(program, _failure(done.stderr) or f"ended with {done.returncode}")])
        return done.stdout


def _failure(errors: str) -> str:
    named = [re.sub(r"\s+", " ", found).strip() for found in _ERROR.findall(errors)]
    told = [line for line in named if line != FOLLOWING]
    return "; ".join(dict.fromkeys(told or named))
