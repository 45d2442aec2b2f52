"""Random schemas of tables that reference each other in every way, with rows, and the smallest closed set by brute force."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

Row = tuple[str, int]
"""A table and an id."""


@dataclass
class RandomSchema:
    """A schema with rows. Each table has `id`, a second key `a`, `b`, and references to others, some to both of `a` and `b`."""

    seed: int
    tables: list[str] = field(default_factory=list)
    references: list[tuple[str, str, str, bool]] = field(default_factory=list)
    """Child, name of the reference, parent, and whether it is to the composite key."""
    rows: dict[Row, dict[str, int | None]] = field(default_factory=dict)
    """By table and id: what each reference leads to."""

    def __post_init__(self) -> None:
        drawn = random.Random(self.seed)
        self.tables = [f"t{number}" for number in range(drawn.randint(2, 6))]
        for number, child in enumerate(self.tables):
            # Some references lead back, so that there are cycles; some to the table itself.
            for place in range(drawn.randint(0, 2) if number == 0 else drawn.randint(1, 3)):
                self.references.append((child, f"r{place}", drawn.choice(self.tables), drawn.random() < 0.3))
        for table in self.tables:
            for number in range(drawn.randint(5, 40)):
                self.rows[table, number] = {}
        for child, name, parent, _ in self.references:
            ids = [number for table, number in self.rows if table == parent]
            for (table, _number), links in self.rows.items():
                if table == child:
                    links[name] = None if drawn.random() < 0.3 else drawn.choice(ids)

    def script(self) -> str:
        """The SQL that makes it: keys last and some of them deferrable, as cycles ask for."""
        drawn = random.Random(self.seed + 1)
        lines = ["REVOKE CREATE ON SCHEMA public FROM PUBLIC;"]
        for table in self.tables:
            columns = ["id int PRIMARY KEY", "a int NOT NULL", "b int NOT NULL", "UNIQUE (a, b)"]
            for child, name, _, composite in self.references:
                if child == table:
                    columns[1:1] = [f"{name}_a int", f"{name}_b int"] if composite else [f"{name} int"]
            lines.append(f"CREATE TABLE {table} ({', '.join(columns)});")
        for (table, number), links in self.rows.items():
            values: dict[str, int | None] = {"id": number, "a": number // 3, "b": number % 3}
            for child, name, _, composite in self.references:
                if child == table:
                    to = links[name]
                    both = {f"{name}_a": None if to is None else to // 3, f"{name}_b": None if to is None else to % 3}
                    values |= both if composite else {name: to}
            shown = ", ".join("NULL" if value is None else str(value) for value in values.values())
            lines.append(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({shown});")
        for child, name, parent, composite in self.references:
            key, target = (f"{name}_a, {name}_b", f"{parent} (a, b)") if composite else (name, f"{parent} (id)")
            late = drawn.choice(["", " DEFERRABLE INITIALLY DEFERRED"])
            lines.append(f"ALTER TABLE {child} ADD FOREIGN KEY ({key}) REFERENCES {target}{late};")
        return "\n".join(lines)

    def closure(self, chosen: set[Row]) -> set[Row]:
        """The smallest set with these rows in it in which no reference leads outside."""
        closed, frontier = set(chosen), list(chosen)
        parents = {(child, name): parent for child, name, parent, _ in self.references}
        while frontier:
            table, number = frontier.pop()
            for name, to in self.rows[table, number].items():
                if to is not None and (row := (parents[table, name], to)) not in closed:
                    closed.add(row)
                    frontier.append(row)
        return closed
