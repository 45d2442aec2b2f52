"""A masked refresh of a whole database beside the same by pg_anon, in turns in one run.

`bench/data_rival.py PERSONS ROUNDS` sets the size. Both mask the same five columns of `person` deterministically and leave a database
with indexes, keys and statistics; pg_anon by a salted SHA-256 inside the source, which needs its functions there. It has two sessions,
as the refresh has two workers. It makes neither the checks nor the swap.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.data_refresh import timed  # noqa: E402 - the path above comes first
from bench.data_source import servers, strategy, version  # noqa: E402
from understudy.data.connection import connect  # noqa: E402
from understudy.data.demo import create  # noqa: E402
from understudy.data.dump import Client  # noqa: E402
from understudy.data.refresh import Settings, StagingDataManager  # noqa: E402
from understudy.data.server import Server  # noqa: E402

RIVAL = ROOT / "tools/pg_anon/.venv/bin/pg_anon"
PERSONS, ROUNDS = 200_000, 3
FASTER = 1.4
SESSIONS = 2
DIGESTED = ("email", "name", "phone", "national_id")
LETTERS = 32


def main() -> int:
    """Print the figures; 1 where the goal is missed. Where pg_anon is not installed there is nothing to measure, and that is said."""
    if not RIVAL.exists():
        print("not measured: pg_anon is not installed; `make bench` does that")
        return 0
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with servers(persons) as (production, staging), tempfile.TemporaryDirectory() as folder:
        with closing(connect(production.place(database="shop"), autocommit=True)) as connection:
            connection.execute("CREATE EXTENSION pgcrypto SCHEMA public")
            print(f"PostgreSQL {version(connection)}, pg_anon {rival_version()}, {persons:,} persons, {2 * persons:,} orders")
        samples = measured(production, staging, Path(folder), rounds)
    for name, found in samples.items():
        print(f"    {name}: {' '.join(f'{sample:.2f}' for sample in found)} s")
    best = {name: min(found) for name, found in samples.items()}
    ratio = best["pg_anon"] / best["refresh before its checks"]
    print(f"pg_anon / masked refresh before its checks: {ratio:.2f} (goal at least {FASTER})")
    print(f"pg_anon / masked refresh with its checks: {best['pg_anon'] / best['refresh']:.2f}")
    return 0 if ratio >= FASTER else 1


def measured(production: Server, staging: Server, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each, in turns."""
    rival = Rival(production, staging, folder)
    source, target = production.place("source", "shop", "reader"), staging.place("target", "shop", "filler")
    manager = StagingDataManager(source, target, "bench", settings=Settings(workers=SESSIONS, client=Client(production.bin)))
    samples: dict[str, list[float]] = {"pg_anon": [], "refresh before its checks": [], "refresh": []}
    for _ in range(rounds):
        samples["pg_anon"].append(timed(rival.refresh))
        began = time.monotonic()
        result = manager.refresh_staging_data(strategy())
        samples["refresh"].append(time.monotonic() - began)
        samples["refresh before its checks"].append(samples["refresh"][-1] - result.seconds["verify"])
        if not result.accepted:
            raise SystemExit(f"the refresh failed its checks: {result.verification['checks']}")
    return samples


class Rival:
    """pg_anon between two servers."""

    def __init__(self, production: Server, staging: Server, folder: Path) -> None:
        self._production, self._staging, self._folder = production, staging, folder
        self._rules = folder / "rules.py"
        fields = {name: f"substr(anon_funcs.digest({name}, 'salt', 'sha256'), 1, {LETTERS})" for name in DIGESTED}
        fields["note"] = "CASE WHEN note IS NOT NULL THEN 'redacted' END"
        self._rules.write_text(
            repr({"dictionary": [{"schema": "public", "table": "person", "fields": fields}]}), encoding="utf-8"
        )
        self._run("init", production, "shop")

    def refresh(self) -> None:
        """Dump with masks, and restore into a new database."""
        with closing(connect(self._staging.place(), autocommit=True)) as connection:
            connection.execute("DROP DATABASE IF EXISTS rival WITH (FORCE)")
        create(self._staging, "rival", "SELECT 1")
        out = self._folder / "dump"
        rules = ["--prepared-sens-dict-file", str(self._rules), "--output-dir", str(out), "--clear-output-dir"]
        sessions = ["--db-connections", str(SESSIONS)]
        self._run("dump", self._production, "shop", *rules, *sessions, "--pg-dump", self._production.bin / "pg_dump")
        self._run(
            "restore", self._staging, "rival", "--input-dir", out, *sessions, "--pg-restore", self._staging.bin / "pg_restore"
        )

    def _run(self, mode: str, server: Server, database: str, *arguments: str | Path) -> None:
        place = ["--db-host", str(server.folder), "--db-port", "5432", "--db-name", database, "--db-user", "postgres"]
        done = subprocess.run(
            [RIVAL, mode, *place, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise SystemExit(f"pg_anon {mode} failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def rival_version() -> str:
    """The version that is pinned."""
    command = [str(RIVAL.parent / "python"), "-c", "from importlib.metadata import version; print(version('pg_anon'))"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
