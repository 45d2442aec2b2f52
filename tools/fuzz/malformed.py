"""Malformed configurations of a project, made from its valid ones: every way in which a hand or a tool has spoilt a YAML file."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

PROJECT, STAGING = "Pulumi.yaml", "Pulumi.staging.yaml"
Step = str | int
_FREE = ("values",)
"""Where anything may stand."""
_LOOK_ALIKES = str.maketrans("aceopxy", "асеорху")
_DEEP = 400


@dataclass(frozen=True)
class Malformed:
    """A project's two files, of which one is spoilt, and how."""

    how: str
    where: str
    files: dict[str, bytes]


@dataclass(frozen=True)
class Valid:
    """The valid files, and what they hold."""

    texts: dict[str, str]

    @property
    def contents(self) -> dict[str, Any]:
        """Each file's content, fresh."""
        return {name: yaml.safe_load(text) for name, text in self.texts.items()}


def malformed(valid: Valid, seed: int) -> Malformed:
    """One malformed project; the same seed makes the same."""
    random = Random(seed)  # noqa: S311 - nothing secret
    how = sorted(_WAYS)[seed % len(_WAYS)]
    name = random.choice((PROJECT, STAGING))
    where, spoilt = _WAYS[how](random, name, valid)
    files = {key: text.encode() for key, text in valid.texts.items()}
    return Malformed(how, where or name, {**files, name: spoilt})


def leaves(content: Any, way: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Every leaf of what is validated, and the way to it."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key not in _FREE:
                yield from leaves(value, (*way, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from leaves(value, (*way, index))
    else:
        yield way, content


def _validated(name: str, content: Any) -> tuple[tuple[Step, ...], Any]:
    """The part of a file that the model validates."""
    way: tuple[Step, ...] = ("config", "environment", "value") if name == PROJECT else ("config",)
    for step in way:
        content = content[step]
    return way, content


def _replaced(content: Any, way: tuple[Step, ...], value: Any) -> Any:
    made = copy.deepcopy(content)
    inside = made
    for step in way[:-1]:
        inside = inside[step]
    inside[way[-1]] = value
    return made


def _dumped(content: Any) -> bytes:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return text.encode()


def _path(way: tuple[Step, ...]) -> str:
    return ".".join(map(str, way))


def _leaf(random: Random, name: str, valid: Valid, kind: type) -> tuple[Any, tuple[Step, ...], Any]:
    content = valid.contents[name]
    begin, part = _validated(name, content)
    way, value = random.choice([(way, value) for way, value in leaves(part, begin) if type(value) is kind])
    return content, way, value


def _wrong_type(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content, way, _ = _leaf(random, name, valid, random.choice((str, float) if name == STAGING else (str, int)))
    wrong: object = random.choice(({"planted": 1}, [["planted"]], {"a": {"b": []}}))
    return _path(way), _dumped(_replaced(content, way, wrong))


def _text_for_a_number(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content, way, _ = _leaf(random, name, valid, float if name == STAGING else int)
    return _path(way), _dumped(_replaced(content, way, random.choice(("many", "1O", "0x", "٣٤٥x", ""))))


def _no_number(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content, way, _ = _leaf(random, name, valid, float if name == STAGING else int)
    wrong = random.choice((float("nan"), float("inf"), -float("inf"), -1, 10**30, -(10**40), 1e308, True))
    return _path(way), _dumped(_replaced(content, way, wrong))


def _unknown_key(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content = valid.contents[name]
    way, part = _validated(name, content)
    keys = [key for key in part if isinstance(part[key], dict)]
    chosen = random.choice(keys)
    renamed = random.choice((f"{chosen}x", chosen[:-1], chosen.upper(), f" {chosen}", chosen.translate(_LOOK_ALIKES) + "é"))
    part[renamed] = part.pop(chosen)
    return _path((*way, renamed)), _dumped(content)


def _missing_key(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content = valid.contents[name]
    way, part = _validated(name, content)
    wanted = random.choice(_REQUIRED[name])
    chosen = next(key for key in part if key.rpartition(":")[2] == wanted)
    del part[chosen]
    return _path((*way, chosen)), _dumped(content)


_REQUIRED = {
    PROJECT: ("cluster", "edge", "identity", "network", "operations", "system"),
    STAGING: ("identity", "scaling"),
}


def _nothing(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    content = valid.contents[name]
    way, part = _validated(name, content)
    chosen = random.choice([key for key in part if key.rpartition(":")[2] in ("identity", "network", "cluster", "scaling")])
    part[chosen] = random.choice((None, [], "", 0, [None]))
    return _path((*way, chosen)), _dumped(content)


def _duplicate_key(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    lines = valid.texts[name].splitlines()
    at = random.choice([number for number, line in enumerate(lines) if line.strip().endswith(":") and not line.startswith("#")])
    return "", "\n".join([*lines[:at], f"{lines[at]} {{}}", *lines[at:]]).encode()


def _tag(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    tag = random.choice(
        ("!!python/object/apply:os.system ['true']", "!secret planted", "!!binary |\n  !!!", "!<tag:x> {}", "!!set {a}")
    )
    return "", f"{valid.texts[name]}\nplanted: {tag}\n".encode()


def _aliases(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    levels = random.randint(6, 12)
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "", (valid.texts[name] + "\n" + "\n".join(lines) + "\n").encode()


def _itself(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    return "", (
        valid.texts[name] + random.choice(("\nplanted: &x [*x]\n", "\nplanted: &x {a: *x}\n", "\nplanted: *nowhere\n"))
    ).encode()


def _deep(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    depth = random.randint(_DEEP, 20 * _DEEP)
    opened, closed = random.choice((("[", "]"), ("{a: ", "}")))
    return "", (valid.texts[name] + f"\nplanted: {opened * depth}{closed * depth}\n").encode()


def _syntax(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    text = valid.texts[name]
    return "", (
        text
        + random.choice(
            (
                "\nplanted: 'open\n",
                "\n\tplanted: 1\n",
                "\n  planted: 1\n: :\n",
                "\nplanted: [1, 2\n",
                "\n%YAML 9.9\n---\n",
                "\n@planted\n",
                "\nplanted: {]\n",
            )
        )
    ).encode()


def _no_text(random: Random, name: str, valid: Valid) -> tuple[str, bytes]:
    start = valid.texts[name].encode()[: random.randint(0, 200)]
    return "", start + random.choice((b"\xff\xfe\x00", b"\x00\x01\x02", b"\xed\xa0\x80", b"\x1b[31m\x07", b"\xc3\x28"))


def _other_document(random: Random, _: str, __: Valid) -> tuple[str, bytes]:
    return "", random.choice(
        (
            b"",
            b"\n\n",
            b"# nothing\n",
            b"null\n",
            b"[]\n",
            b"42\n",
            b"just a text\n",
            b"- a\n- b\n",
            b"\xef\xbb\xbf",
            b"---\n---\n",
            b"a: 1\n---\nb: 2\n",
        )
    )


_WAYS: dict[str, Callable[[Random, str, Valid], tuple[str, bytes]]] = {
    "a document of another kind": _other_document,
    "a duplicate key": _duplicate_key,
    "a missing key": _missing_key,
    "a number that is none": _no_number,
    "a tag": _tag,
    "a text for a number": _text_for_a_number,
    "a wrong type": _wrong_type,
    "aliases beyond count": _aliases,
    "an alias of itself": _itself,
    "an unknown key": _unknown_key,
    "deep nesting": _deep,
    "no syntax": _syntax,
    "no text": _no_text,
    "nothing for something": _nothing,
}
