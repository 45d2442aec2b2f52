"""A masked refresh of a whole database beside `pg_dump | psql` of it, in turns in one run; the masking kernel; memory by size.

`bench/data_refresh.py PERSONS ROUNDS` sets the size. Both sides read and write the same two servers, with fsync on.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.data_source import fill, servers, strategy, version
from understudy.data.connection import Place, connect
from understudy.data.copying import Copier, Piece
from understudy.data.dump import Client
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import Settings, StagingDataManager, plan_of
from understudy.data.server import Server

PERSONS, ROUNDS = 1_000_000, 3
RATIO, KERNEL, WORKER_MIB, GROWTH = 1.5, 0.35, 64, 1.1
SHARE, CHECKING_MIB = 0.5, 300
SMALL, LARGE = 1, 4
BARE = "CREATE UNLOGGED TABLE person (LIKE source)"


def main() -> None:
    """Print the figures."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with servers(persons) as (production, staging):
        source, target = production.place("source", "shop", "reader"), staging.place("target", "shop", "filler")
        with closing(connect(source)) as connection:
            print(
                f"PostgreSQL {version(connection)}, Python {platform.python_version()}, {persons:,} persons, {2 * persons:,} orders"
            )
        refreshes(production, staging, source, target, rounds)
        kernel(staging, source, rounds)
        memory(production, staging, persons)


def refreshes(production: Server, staging: Server, source: Place, target: Place, rounds: int) -> None:
    """The whole refresh, and without its checks, against a plain copy."""
    begun: dict[str, float] = {}
    """The processor time until a step began."""
    settings = Settings(
        workers=2,
        client=Client(production.bin),
        on_step=lambda step: begun.update({step: processor_seconds(production, staging)}),
    )
    manager = StagingDataManager(source, target, "bench", settings=settings)
    plain, whole, unchecked, checks, steps = [], [], [], [], []
    spent: dict[str, list[float]] = {"plain": [], "refresh": [], "checks": []}
    for _ in range(rounds):
        checkpoint(production, staging)
        before = processor_seconds(production, staging)
        plain.append(timed(lambda: plain_copy(production, staging)))
        checkpoint(production, staging)
        between = processor_seconds(production, staging)
        began = time.monotonic()
        result = manager.refresh_staging_data(strategy())
        whole.append(time.monotonic() - began)
        spent["plain"].append(between - before)
        spent["refresh"].append(processor_seconds(production, staging) - between)
        spent["checks"].append(begun["swap"] - begun["verify"])
        checks.append(result.seconds["verify"])
        steps.append(result.seconds)
        unchecked.append(whole[-1] - checks[-1])
        if not result.accepted:
            raise SystemExit(f"the refresh failed its checks: {result.verification['checks']}")
    for name, samples in (
        ("pg_dump | psql", plain),
        ("refresh", whole),
        ("refresh before its checks", unchecked),
        ("checks", checks),
    ):
        print(f"    {name}: {' '.join(f'{sample:.2f}' for sample in samples)} s")
    best = steps[unchecked.index(min(unchecked))]
    print(f"    steps of the best before its checks: {', '.join(f'{step} {seconds:.2f}' for step, seconds in best.items())} s")
    shares = {name: " ".join(f"{sample:.2f}" for sample in samples) for name, samples in spent.items()}
    print(
        f"    processor time of pg_dump | psql: {shares['plain']} s; of the refresh: {shares['refresh']} s; of its checks: {shares['checks']} s"
    )
    print(f"processor time of the refresh with its checks / pg_dump | psql: {min(spent['refresh']) / min(spent['plain']):.2f}")
    print(f"masked refresh without its checks / pg_dump | psql: {min(unchecked) / min(plain):.2f} (goal at most {RATIO})")
    print(f"masked refresh with its checks / pg_dump | psql: {min(whole) / min(plain):.2f}")
    print(
        f"checks are {median(map(truediv, checks, whole)):.0%} of a refresh's time (goal at most {SHARE:.0%}), "
        f"{median(map(truediv, spent['checks'], spent['refresh'])):.0%} of its processor time"
    )


def checkpoint(*servers: Server) -> None:
    """Have what was written reach the disk, so that nobody waits for what another wrote."""
    for server in servers:
        with closing(connect(server.place(), autocommit=True)) as connection:
            connection.execute("CHECKPOINT")


def processor_seconds(*servers: Server) -> float:
    """What the processors have done for this process, for those that it ended with, and for the servers; no other load is in it."""
    own = os.times()
    spent = own.user + own.system + own.children_user + own.children_system
    for server in servers:
        main = int((server.folder / "data/postmaster.pid").read_text(encoding="utf-8").split()[0])
        for process in (main, *descendants(main)):  # sessions that are open are not yet counted with their server
            with suppress(OSError):
                fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                spent += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return spent


def plain_copy(production: Server, staging: Server) -> None:
    """A database as `pg_dump | psql` makes it."""
    names = ["-h", str(staging.folder), "-U", "postgres"]
    subprocess.run([staging.bin / "dropdb", *names, "--if-exists", "plain"], check=True, capture_output=True)
    subprocess.run([staging.bin / "createdb", *names, "plain"], check=True)
    dump = subprocess.Popen(
        [production.bin / "pg_dump", "-h", production.folder, "-U", "postgres", "shop"], stdout=subprocess.PIPE
    )
    subprocess.run([staging.bin / "psql", *names, "-qX", "plain"], check=True, stdin=dump.stdout, stdout=subprocess.DEVNULL)
    if dump.wait():
        raise SystemExit("pg_dump failed")


def kernel(staging: Server, source: Place, rounds: int) -> None:
    """One core from COPY to COPY, five columns masked, against the same lines passed on."""
    plan = plan_of(source, strategy(), "bench")
    table = plan.catalogue.by_name["public.person"]
    fill(staging, "bare", 1)
    with closing(connect(staging.place(database="bare"), autocommit=True)) as connection:
        connection.execute("ALTER TABLE person RENAME TO source; DROP TABLE orders")
        connection.execute(BARE)
    masked, passed, key = [], [], MaskingKey.fresh()
    for _ in range(rounds):
        for samples, copier in ((masked, Copier), (passed, Passing)):
            with closing(connect(staging.place(database="bare"), autocommit=True)) as connection:
                connection.execute("TRUNCATE person")
            with closing(connect(source, read_only=True)) as reading, closing(connect(staging.place(database="bare"))) as writing:
                made = copier(reading, writing, plan, key)
                samples.append(timed(lambda made=made: made.copy(Piece(table), lambda _table, _rows: None)))  # type: ignore[misc]
    rows = table.estimated_rows
    print(
        f"    masking: {' '.join(f'{sample:.2f}' for sample in masked)} s, passing on: {' '.join(f'{sample:.2f}' for sample in passed)} s"
    )
    print(
        f"masking kernel / pass-through: {min(passed) / min(masked):.2f} of its rate (goal at least {KERNEL}); {rows / min(masked):,.0f} rows a second"
    )


class Passing(Copier):
    """Copies lines as they are, in the same form."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._masks["public.person"] = lambda lines: lines


def memory(production: Server, staging: Server, persons: int) -> None:
    """The peaks of the workers and of the process that checks, in a refresh by the command itself, at two sizes."""
    workers, checking = {}, {}
    for times in (SMALL, LARGE):
        name = f"sized{times}"
        fill(production, name, persons * times)
        workers[times], checking[times] = watched(production, staging, name)
        with closing(connect(production.place(), autocommit=True)) as connection:
            connection.execute(f"DROP DATABASE {name}".encode())
    growth = f"growth {workers[LARGE] / workers[SMALL]:.2f}, at most {GROWTH}"
    for who, peaks, goal in (
        ("a worker's", workers, f"{WORKER_MIB} MiB; {growth}"),
        ("the checking process's", checking, f"{CHECKING_MIB} MiB"),
    ):
        told = ", ".join(f"{persons * times:,} persons {size:.0f} MiB" for times, size in peaks.items())
        print(f"{who} peak: {told} (goal at most {goal})")


def watched(production: Server, staging: Server, database: str) -> tuple[float, float]:
    """The highest peak of a worker of `understudy data refresh`, and its own, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "strategy.yaml"
        file.write_text(json.dumps(strategy().model_dump(mode="json", exclude_none=True)), encoding="utf-8")
        command = [sys.executable, "-c", "from understudy.cli import main; main()", "data", "refresh", "--strategy", file]
        command += ["--source", f"host={production.folder} dbname={database} user=reader", "--programs", production.bin]
        command += ["--target", f"host={staging.folder} dbname={database} user=filler"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        workers = own = 0
        while running.poll() is None:
            own = max(own, peak_of(running.pid))
            workers = max([workers, *map(peak_of, filter(is_worker, descendants(running.pid)))])
            time.sleep(0.02)
        if running.returncode:
            raise SystemExit("the refresh failed")
    return workers / 1024, own / 1024


def descendants(process: int) -> Iterator[int]:
    """The processes that a process began, and those that these began."""
    with suppress(OSError):
        for file in Path(f"/proc/{process}/task").glob("*/children"):
            for child in map(int, file.read_text(encoding="utf-8").split()):
                yield child
                yield from descendants(child)


def is_worker(process: int) -> bool:
    """Whether a process is a worker of a refresh."""
    try:
        return b"understudy.data.worker" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def peak_of(process: int) -> int:
    """The peak of a process, in KiB; 0 where it is over."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
