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
        ("012", 12),
        ("1:30", "1:30"),
        ("1.50", 1.5),
        ("'8'", "8"),
        ('"true"', "true"),
        ("2026-01-01", "2026-01-01"),
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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("a: 1\na: 2\n", "is given twice (Pulumi.yaml, line 2)"),
        ("a: &x 1\nb: *x\n", "is an alias"),
        ("a: !!python/object:os.system 1\n", "has the tag"),
        ("a: [1\n", "is no valid YAML"),
        ("? [1, 2]\n: 3\n", "no plain word"),
        ("a: " + "9" * 400 + "\n", "number of 400 digits"),
        ("a: " + "[" * 80 + "]" * 80, "nested deeper"),
        (b"\xff\xfe\x00", "Pulumi.yaml"),
        ("a: b\n---\nc: d\n", "is no valid YAML"),
        ("\ta: 1\n", "is no valid YAML"),
    ],
    ids=range(11),
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(write(tmp_path, text))

    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Pulumi\.yaml: there is no such file"):
        read_yaml(tmp_path / "Pulumi.yaml")
