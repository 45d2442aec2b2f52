"""A YAML file as Pulumi's engine reads it, with the place of every value: YAML 1.2 words, no tags, aliases or duplicate keys."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from model.errors import ConfigurationError, Problem, is_variable, quoted

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_MISREAD = (
    (re.compile(r"[-+]?0[0-9_]+\Z"), "is read by the engine as an octal number"),
    (re.compile(r"[-+]?0([xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)\Z"), "is read by the engine as a number of another base"),
    (re.compile(r"[-+]?[0-9][0-9.]*_[0-9._]*([eE][-+]?[0-9]+)?\Z"), "is read by the engine as a number without underscores"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?\Z"), "is read by the engine as a moment in time"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z"), "is no number that configuration can hold"),
)
"""Plain scalars that the engine's reader (gopkg.in/yaml.v3) takes for something other than what they look like."""
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TAB = re.compile(r" *\t")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 64
MAX_DIGITS = 30


@dataclass(frozen=True)
class YamlFile:
    """The content of a file, and the line of each dotted path in it, from 1: where a key stands, or an item of a list begins.

    `shown` is the file as messages name it.
    """

    path: Path
    shown: str
    content: object
    lines: dict[str, int]

    def nearest(self, path: str) -> str | None:
        """The path itself where the file has it, else the nearest above it; None where only the root is left."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return path or None


def read_yaml(path: Path, shown: str = "") -> YamlFile:
    """Read a file, which messages name as `shown`. Raises ConfigurationError that names it, the line and what is wrong there."""
    shown = shown or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=_LOADER)
    except FileNotFoundError as error:
        raise ConfigurationError([Problem(shown, f"there is no such file in {path.parent.resolve()}")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([Problem(shown, f"cannot be read: {_reason(error)}")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        written = text.splitlines()[line - 1 : line]
        tab = "; the line is indented by a tab, and YAML takes spaces alone" if written and _TAB.match(written[0]) else ""
        raise ConfigurationError([Problem("", f"is no valid YAML: {error.problem}{tab}", f"{shown}:{line}")]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError([Problem(shown, f"is no valid YAML: {_reason(error)}")]) from error
    if node is None:
        raise ConfigurationError([Problem(shown, "is empty")])
    reader = _Reader(shown, {}, [], {id(node)})
    content = reader.value(node, "", 0)
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return YamlFile(path, shown, content, reader.lines)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0] if str(error) else type(error).__name__


@dataclass(frozen=True)
class _Reader:
    file: str
    lines: dict[str, int]
    problems: list[Problem]
    seen: set[int]

    def value(self, node: Node, path: str, depth: int) -> object:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if depth > MAX_DEPTH:
            return self._refuse(line, path, f"is nested deeper than {MAX_DEPTH} levels")
        if node.tag != _implicit_tag(node):
            return self._refuse(line, path, f"has the tag {quoted(node.tag)}; tags are not read")
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self._child(item, f"{path}[{index}]", depth) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _child(self, node: Node, path: str, depth: int) -> object:
        if id(node) in self.seen:
            return self._refuse(node.start_mark.line + 1, path, "is an alias (`*name`); write the value out")
        self.seen.add(id(node))
        return self.value(node, path, depth + 1)

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, object]:
        content: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._refuse(line, path, "has a key that is no plain word")
                continue
            key = str(key_node.value)
            if key == "<<" and not key_node.style:
                self._refuse(line, path, "merges a mapping with `<<`; write the keys out")
                continue
            where = f"{path}.{key}" if path else key
            unseen = next((letter for letter in key if unicodedata.category(letter) in _UNSEEN), None)
            if unseen is not None:
                self._refuse(line, path, f"has the key {quoted(key)} with U+{ord(unseen):04X}, a character that cannot be seen")
                continue
            if key in content:
                self._refuse(line, where, "is given twice")
                continue
            self.lines[where] = line
            content[key] = self._child(value_node, where, depth)
        return content

    def _scalar(self, node: Node, path: str) -> object:
        text = str(node.value)
        line = node.start_mark.line + 1
        if getattr(node, "style", None):
            return text
        if text in _WORDS:
            return _WORDS[text]
        misread = next((meaning for pattern, meaning in _MISREAD if pattern.match(text)), None)
        if misread is not None:
            found = "" if is_variable(path) else f"found {text}, which "
            return self._refuse(line, path, f"{found}{misread}; put it in quotes, or write it as a plain number")
        if _INTEGER.match(text):
            return int(text) if len(text) <= MAX_DIGITS else self._refuse(line, path, f"is a number of {len(text)} digits")
        return float(text) if _FLOAT.match(text) else text

    def _refuse(self, line: int, path: str, message: str) -> object:
        """Note the problem; the value reads as nothing."""
        self.problems.append(Problem(path, message, f"{self.file}:{line}"))
        return None


_RESOLVER: Any = yaml.resolver.Resolver()
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
"""Categories of characters that nobody sees: a key with one looks like another key."""


def _implicit_tag(node: Node) -> str:
    """The tag that a node has where nobody wrote one; another one changes what the engine reads."""
    if isinstance(node, ScalarNode):
        is_plain = not node.style
        return str(_RESOLVER.resolve(ScalarNode, node.value, (is_plain, not is_plain)))
    return str(_RESOLVER.resolve(type(node), None, True))
