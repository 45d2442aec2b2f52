"""Malformed command lines, and malformed files that are given to them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

FILE = "{file}"
"""Stands for a malformed file in a command line."""
COMMANDS = ("compliance", "cost", "explain", "graph", "init", "preview", "prices", "reference", "schema", "data")
OPTIONS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("preview",): (
        "--format",
        "--stack",
        "--today",
        "--project",
        "--policy-pack",
        "--policy-pack-config",
        "--prices",
        "--report",
    ),
    ("cost",): ("--format", "--off-hours", "--project", "--prices"),
    ("compliance", "--framework", "pss"): ("--format", "--stack", "--project", "--policy-pack-config"),
    ("explain", "services"): ("--stack", "--project"),
    ("graph",): ("--format", "--stack", "--project"),
    ("schema",): ("--file", "--project"),
    ("reference",): ("--stack", "--project", "--program", "--configuration"),
}
"""Commands, and the options of which no word of `_WORDS` is a valid value."""
TAKES_FILE = (
    ("preview", "--prices", FILE),
    ("preview", "--policy-pack-config", FILE),
    ("preview", "--deployed", FILE),
    ("preview", "--base", FILE),
    ("cost", "--prices", FILE),
    ("compliance", "--framework", "pss", "--policy-pack-config", FILE),
    ("reference", "--configuration", FILE),
    ("init", "{folder}", "--from-compose", FILE),
)
"""Command lines of which the file is what is wrong."""
_WORDS = (
    "",
    " ",
    "\u0000",
    "../../etc/passwd",
    "staging\n",
    "ｓｔａｇｉｎｇ",
    "stаging",
    "🦀" * 40,
    "x" * 5_000,
    "-1",
    "NaN",
    "2026-13-45",
    "$(id)",
    "%s%n",
    "\u202eignored",
    "json=",
    "a=b=c",
    "*",
)
CONTENTS = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"3",
    b'"text"',
    b"\x00\xff\xfe\x89PNG",
    b"[" * 50_000,
    b"{" * 50_000,
    b'{"a": ' * 2_000 + b"1" + b"}" * 2_000,
    b'{"a": NaN}',
    b'{"prices": [{}], "currency": 3}',
    b'{"deployment": {"resources": [3]}}',
    b'{"deployment": []}',
    b'{"project": 1, "configuration": {"a": [1]}}',
    b"\xef\xbb\xbf{",
    b"a: &a [*a]\n",
    b"x: !!python/object/apply:os.system [id]\n",
    b"services: 3\n",
    b"all: 7\n",
    b"a: b\na: c\n- d\n",
    b"1" * 5_000,
)
"""What none of the files can hold."""


def command_lines(number: int, seed: int = 1) -> list[tuple[str, ...]]:
    """So many command lines that are wrong in themselves."""
    made: list[tuple[str, ...]] = []
    for index in range(number):
        chance = random.Random(f"{seed}/arguments/{index}")
        command, options = chance.choice(sorted(OPTIONS.items()))
        option, word = chance.choice(options), chance.choice(_WORDS)
        made.append(
            chance.choice(
                [
                    (*command, option, word),
                    (*command, option),
                    (*command, f"--{_scrambled(chance, option)}", word),
                    (*command, "--", "surplus", word, "more"),
                    (_scrambled(chance, chance.choice(COMMANDS)), word),
                    (*command, f"{option}={word}", option),
                ]
            )
        )
    return made


def filled(line: tuple[str, ...], file: Path) -> tuple[str, ...]:
    """A command line with its file, and with the folder beside it that is not there."""
    return tuple(part.format(file=file, folder=file.parent / "new") for part in line)


def _scrambled(chance: random.Random, word: str) -> str:
    letters = list(word.lstrip("-"))
    at = chance.randrange(len(letters))
    return "".join([*letters[:at], chance.choice("qxz0"), *letters[at:]])
