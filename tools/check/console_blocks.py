"""Console blocks of a Markdown document: the commands it tells its readers to type, and what it says they answer.

A block is fenced as `console`. A line `$ …` is a command, goes on over lines that end in a backslash, and is followed by the
output shown, if any. HTML comments right above the fence say what the text around it says to a reader:
`<!-- exit: 1 -->` the exit code of the block's last command (0 otherwise, and for all before it);
`<!-- no-run: reason -->` why the block cannot be run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

PROMPT = "$ "
DIRECTIVE = re.compile(r"<!--\s*(exit|no-run)\b\s*:?\s*(.*?)\s*-->", re.DOTALL)


class MalformedBlockError(Exception):
    """A block or a directive that cannot be understood; the message names the line."""


@dataclass(frozen=True)
class Command:
    """One command as a reader would type it. `line` counts from 1; `shown` is empty if no output is promised."""

    line: int
    text: str
    shown: tuple[str, ...]
    exit_code: int = 0


@dataclass(frozen=True)
class Block:
    """The commands of one fence, in order. `skipped` is the reason for not running them, or empty."""

    line: int
    commands: tuple[Command, ...]
    skipped: str = ""


def console_blocks(markdown: str) -> tuple[Block, ...]:
    """Every console block of a document, in order. Raises `MalformedBlockError`."""
    return tuple(_blocks(MarkdownIt().parse(markdown)))


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    directives: dict[str, str] = {}
    for token in tokens:
        if token.type == "html_block":
            directives |= dict(DIRECTIVE.findall(token.content))
            continue
        if token.type == "fence" and token.info.strip() == "console":
            yield _block(token, directives)
        directives = {}


def _block(token: Token, directives: dict[str, str]) -> Block:
    line = (token.map or [0])[0] + 1
    if "no-run" in directives and not directives["no-run"]:
        raise MalformedBlockError(f"line {line}: no-run needs a reason: <!-- no-run: reason -->")
    code = directives.get("exit", "0")
    if not code.isdecimal():
        raise MalformedBlockError(f"line {line}: exit needs a number, found {code!r}")
    return Block(line, _commands(token.content.splitlines(), line + 1, int(code)), directives.get("no-run", ""))


def _commands(lines: list[str], first_line: int, last_exit_code: int) -> tuple[Command, ...]:
    starts = [index for index, line in enumerate(lines) if line.startswith(PROMPT)]
    if not starts or starts[0] != 0:
        raise MalformedBlockError(f"line {first_line}: a console block starts with a command, `$ …`")
    commands = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        after = start + 1
        while after < end and lines[after - 1].endswith("\\"):
            after += 1
        text = "\n".join([lines[start].removeprefix(PROMPT), *lines[start + 1 : after]])
        code = last_exit_code if end == len(lines) else 0
        commands.append(Command(first_line + start, text, tuple(lines[after:end]), code))
    return tuple(commands)
