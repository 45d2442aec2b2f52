"""The documentation's commands are run as a reader would type them, and every difference is a failure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.check import docs_commands
from tools.check.console_blocks import Block, Command, MalformedBlockError, console_blocks
from tools.check.docs_commands import Answer, copy_working_copy, differences, documents, matches, run_session


def fenced(*lines: str, above: str = "") -> str:
    """A document with one console block."""
    return "\n".join(["Text.", "", *([above] if above else []), "```console", *lines, "```", ""])


def test_a_block_is_commands_with_the_output_shown_after_each() -> None:
    markdown = fenced("$ echo one", "one", "$ true", "$ echo two", "two", "three")

    assert console_blocks(markdown) == (
        Block(3, (Command(4, "echo one", ("one",)), Command(6, "true", ()), Command(7, "echo two", ("two", "three")))),
    )


def test_a_command_goes_on_over_lines_that_end_in_a_backslash() -> None:
    (block,) = console_blocks(fenced("$ echo \\", "  a \\", "  b", "a b"))

    assert block.commands == (Command(4, "echo \\\n  a \\\n  b", ("a b",)),)


def test_the_exit_code_above_a_block_is_that_of_its_last_command() -> None:
    (block,) = console_blocks(fenced("$ true", "$ false", above="<!-- exit: 1 -->"))

    assert [command.exit_code for command in block.commands] == [0, 1]


def test_a_block_that_cannot_be_run_says_why() -> None:
    (block,) = console_blocks(fenced("$ pulumi up", above="<!-- no-run: needs an account -->"))

    assert block.skipped == "needs an account"


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        (fenced("$ true", above="<!-- no-run -->"), "line 4: no-run needs a reason"),
        (fenced("$ true", above="<!-- exit: one -->"), "line 4: exit needs a number, found 'one'"),
        (fenced("output first", "$ true"), "line 4: a console block starts with a command"),
        (fenced(), "line 4: a console block starts with a command"),
    ],
)
def test_what_cannot_be_understood_is_an_error(markdown: str, message: str) -> None:
    with pytest.raises(MalformedBlockError, match=message):
        console_blocks(markdown)


def test_a_directive_holds_for_the_next_block_alone() -> None:
    first, second = console_blocks(fenced("$ false", above="<!-- exit: 1 -->") + "\n" + fenced("$ true"))

    assert (first.commands[-1].exit_code, second.commands[-1].exit_code) == (1, 0)


def test_other_fences_are_not_commands() -> None:
    assert console_blocks("```yaml\na: $ b\n```\n\n    $ indented\n") == ()


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a", "b", ""], True),
        (["a"], ["a  "], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        (["a", "...", "z"], ["a", "b", "c", "z"], True),
        (["a", "...", "z"], ["a", "z"], True),
        (["a", "..."], ["a", "b"], True),
        (["...", "z"], ["a", "b"], False),
        (["took ... s"], ["took 1.5 s"], True),
        (["took ... s"], ["took 1.5", "2 s"], False),
        (["a.c"], ["abc"], False),
    ],
)
def test_output_is_compared_with_what_is_shown(shown: list[str], printed: list[str], same: bool) -> None:
    assert matches(shown, printed) is same


@pytest.mark.parametrize(
    ("command", "answer", "right"),
    [
        (Command(1, "x", ()), Answer(("anything",), 0), True),
        (Command(1, "x", ("a",)), Answer(("a",), 0), True),
        (Command(1, "x", ("a",)), Answer(("b",), 0), False),
        (Command(1, "x", ("a",)), Answer((), 0), False),
        (Command(1, "x", ("a",)), Answer(("a",), 1), False),
        (Command(1, "x", (), exit_code=1), Answer((), 1), True),
        (Command(1, "x", (), exit_code=1), Answer((), 0), False),
        (Command(1, "x", ()), Answer((), None), False),
    ],
)
def test_a_documented_answer_is_right_or_its_difference_is_told(command: Command, answer: Answer, right: bool) -> None:
    assert (list(differences(command, answer)) == []) is right


def test_the_commands_of_a_document_are_one_session(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    texts = ["cd below", "name=here", 'echo "$name" in $(basename "$PWD")', "echo wrong >&2; false", "exit 7", "echo never"]

    answers = run_session([Command(1, text, ()) for text in texts], tmp_path)

    assert answers == [
        Answer((), 0),
        Answer((), 0),
        Answer(("here in below",), 0),
        Answer(("wrong",), 1),
        Answer((), None),
        Answer((), None),
    ]


def test_a_session_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs_commands, "LONGEST_SESSION", 0.5)

    assert run_session([Command(1, "true", ()), Command(2, "sleep 60", ())], tmp_path) == [Answer((), 0), Answer((), None)]


def test_a_session_does_not_inherit_what_make_told_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKELEVEL", "1")

    assert run_session([Command(1, "echo [$MAKELEVEL]", ())], tmp_path) == [Answer(("[]",), 0)]


def test_a_working_copy_is_copied_without_what_git_ignores(tmp_path: Path) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    for name in ("kept/new.txt", "ignored.txt"):
        (original / name).parent.mkdir(parents=True, exist_ok=True)
        (original / name).write_text("text", encoding="utf-8")
    (original / ".gitignore").write_text("ignored.txt\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=original, check=True)
    copy.mkdir()

    copy_working_copy(original, copy)

    assert sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()) == [".gitignore", "kept/new.txt"]


def test_the_readme_and_every_page_below_docs_are_checked(tmp_path: Path) -> None:
    for name in ("README.md", "docs/b.md", "docs/deep/a.md", "NOTES.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert [str(path.relative_to(tmp_path)) for path in documents(tmp_path)] == ["README.md", "docs/b.md", "docs/deep/a.md"]


@pytest.mark.parametrize(("text", "code"), [(fenced("$ true"), 0), (fenced("$ false"), 1), ("No command.", 1)])
def test_the_check_fails_on_a_wrong_command_and_when_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    monkeypatch.setattr(docs_commands, "ROOT", tmp_path)
    monkeypatch.delenv(docs_commands.RUNNING, raising=False)

    assert docs_commands.main() == code
