"""YAML is read as the engine reads it, and what cannot be meant is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import ConfigurationError
from understudy.preview.yaml_file import read_yaml


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "Pulumi.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("1:30", "1:30"),
        ("1.50", 1.5),
        ("'8'", "8"),
        ('"true"', "true"),
        ('"2026-01-01"', "2026-01-01"),
        (".5", 0.5),
        ("0", 0),
        ("+3", 3),
        ("1e3", 1000.0),
        ("~", None),
        ("1.6.2", "1.6.2"),
        ("-3", -3),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(tmp_path: Path, text: str, value: object) -> None:
    assert read_yaml(write(tmp_path, f"key: {text}\n")).content == {"key": value}


def test_the_line_of_every_value_is_known(tmp_path: Path) -> None:
    lines = read_yaml(write(tmp_path, "a:\n  b:\n    - x\n    - c: 1\n")).lines

    assert lines["a.b[0]"] == 3
    assert lines["a.b[1].c"] == 4


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    assert read_yaml(write(tmp_path, b"\xef\xbb\xbfa: 1\n")).content == {"a": 1}


@pytest.mark.parametrize(
    "text",
    ["012", "018", "012345678901", "0x1F", "0o17", "0b11", "1_000", "1_0.5", "2026-01-01", "2026-1-1T10:00:00Z", ".inf", ".nan"],
)
def test_a_scalar_that_the_engine_reads_as_something_else_is_refused_unless_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="put it in quotes"):
        read_yaml(write(tmp_path, f"key: {text}\n"))

    assert read_yaml(write(tmp_path, f'key: "{text}"\n')).content == {"key": text}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("a: 1\na: 2\n", "Pulumi.yaml:2: a: is given twice"),
        ("a: &x 1\nb: *x\n", "is an alias"),
        ("a: !!python/object:os.system 1\n", "has the tag"),
        ("a: [1\n", "is no valid YAML"),
        ("? [1, 2]\n: 3\n", "no plain word"),
        ("a: " + "9" * 400 + "\n", "number of 400 digits"),
        ("a: " + "[" * 80 + "]" * 80, "nested deeper"),
        (b"\xff\xfe\x00", "Pulumi.yaml"),
        ("a: b\n---\nc: d\n", "is no valid YAML"),
        ("\ta: 1\n", "is no valid YAML"),
        ("a:\n  <<: {b: 1}\n", "merges a mapping"),
        ("a: !!python/object/apply:os.system [id]\n", "has the tag"),
        ("a: !!omap [b: 1]\n", "has the tag"),
        ("a: !!set {b}\n", "has the tag"),
        ("a: !!str 5\n", "has the tag"),
        ("a: !!null x\n", "has the tag"),
        ('a: !!int "5"\n', "has the tag"),
        ("a\ufeff: 1\n", "with U+FEFF, a character that cannot be seen"),
        ("reg\u200bions: 1\n", "with U+200B, a character that cannot be seen"),
    ],
    ids=range(20),
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(write(tmp_path, text))

    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Pulumi\.yaml: there is no such file"):
        read_yaml(tmp_path / "Pulumi.yaml")


def test_a_variable_that_is_misread_is_refused_without_its_value(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="octal number; put it in quotes") as caught:
        read_yaml(write(tmp_path, "services:\n  ui:\n    environment:\n      PIN: 0612345\n"))

    assert "0612345" not in str(caught.value)


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  \tb: 1\n  c: 2\n\td: 3\n"])
def test_a_line_that_is_indented_by_a_tab_is_said_to_be(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="indented by a tab, and YAML takes spaces alone"):
        read_yaml(write(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").mkdir()

    with pytest.raises(ConfigurationError) as caught:
        read_yaml(tmp_path / "Pulumi.yaml")

    assert str(caught.value) == "Pulumi.yaml: cannot be read: Is a directory"
