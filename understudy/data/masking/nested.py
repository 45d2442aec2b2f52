"""Masks of values inside values: elements of arrays, leaves of JSON documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from understudy.data.masking.together import Value

Leaf = Callable[[str, "Path"], Any]
Path = tuple[str, ...]
ANY = "*"
ELEMENT = "[]"
WORD = re.compile(r"[@$_]?[A-Za-z][A-Za-z0-9_-]{0,40}")
MANY_DIGITS = re.compile(r"\d{4}")


class Number(str):
    """A JSON number in its own digits, so that none is lost on the way."""

    __slots__ = ()


def array(element: Value) -> Value:
    """Masks each element of an array in PostgreSQL's text form; NULLs, dimensions and bounds stay."""

    def masked(value: bytes) -> bytes:
        text = value.decode()
        out: list[str] = []
        place = 0
        if text.startswith("["):
            place = text.index("=") + 1
            out.append(text[:place])
        while place < len(text):
            letter = text[place]
            if letter in "{},":
                out.append(letter)
                place += 1
            elif letter == '"':
                inner, place = _unquoted(text, place + 1)
                out.append(quoted(element(inner.encode()).decode() if inner else ""))
            else:
                end = min(end for end in (text.find(",", place), text.find("}", place)) if end >= 0)
                inner = text[place:end]
                out.append(inner if inner == "NULL" else quoted(element(inner.encode()).decode()))
                place = end
        return "".join(out).encode()

    return masked


def _unquoted(text: str, place: int) -> tuple[str, int]:
    letters: list[str] = []
    while text[place] != '"':
        place += text[place] == "\\"
        letters.append(text[place])
        place += 1
    return "".join(letters), place + 1


def quoted(text: str) -> str:
    """An element of an array in PostgreSQL's text form."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def document(paths: Mapping[Path, Value | None], text: Value, number: Value) -> Value:
    """Masks the leaves of a JSON document: each by its path's mask, others by `text` or `number`; None for a path drops to null.

    True, false and null stay, and so do keys that are words or stand in a path. Other keys, such as addresses, are data
    and masked by `text`.
    """
    named = {step for pattern in paths for step in pattern}

    def key_of(key: str) -> str:
        return key if key in named or is_word(key) or not key else text(key.encode()).decode()

    def walk(node: Any, path: Path) -> Any:
        if isinstance(node, dict):
            return {key_of(key): walk(item, (*path, key)) for key, item in node.items()}
        if isinstance(node, list):
            return [walk(item, (*path, ELEMENT)) for item in node]
        if node is None or isinstance(node, bool):
            return node
        return leaf(node, path)

    def leaf(node: str, path: Path) -> Any:
        for pattern, mask in paths.items():
            if matches(pattern, path):
                if mask is None:
                    return None
                result = mask(str(node).encode()).decode()
                return Number(result) if isinstance(node, Number) and is_number(result) else result
        if isinstance(node, Number):
            return Number(number(node.encode()).decode())
        return text(node.encode()).decode() if node else node

    def masked(value: bytes) -> bytes:
        parsed = json.loads(value, parse_int=Number, parse_float=Number, parse_constant=Number)
        return written(walk(parsed, ())).encode()

    return masked


def is_word(key: str) -> bool:
    """Whether a key has the form of a field's name: letters, and few digits."""
    return WORD.fullmatch(key) is not None and MANY_DIGITS.search(key) is None


def parse_path(path: str) -> Path:
    """`items[].sku` as its steps."""
    return tuple(step for part in path.replace("[]", ".[]").split(".") if (step := part))


def matches(pattern: Path, path: Path) -> bool:
    """Whether a pattern names a leaf, or something that the leaf is below."""
    return len(pattern) <= len(path) and all(wanted in (ANY, found) for wanted, found in zip(pattern, path, strict=False))


def is_number(text: str) -> bool:
    """Whether a text can stand as a number of JSON, which knows neither NaN nor infinity."""
    try:
        float(text)
    except ValueError:
        return False
    return not text.lower().lstrip("-").startswith(("nan", "inf"))


def written(node: Any) -> str:
    """JSON text; `json` would write a Number in quotes."""
    if isinstance(node, Number):
        return str(node)
    if isinstance(node, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {written(item)}" for key, item in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return json.dumps(node, ensure_ascii=False)
