"""A gate reads a result from its file: signed, clean, of this strategy, of the data that is there, and recent."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.data.strategies import nasty
from understudy.cli import cli
from understudy.data.connection import Place
from understudy.data.dump import Client
from understudy.data.evidence import signed
from understudy.data.masking.keys import MaskingKey
from understudy.data.page import plot_page
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.server import Server

SIGNING = b"s" * 32
ENVIRONMENT = {"UNDERSTUDY_SIGNING_KEY": base64.b64encode(SIGNING).decode()}


@pytest.fixture(scope="module")
def place(staging_server: Server) -> Place:
    return staging_server.place("target", "judged", "filler")


@pytest.fixture(scope="module")
def result(production_server: Server, place: Place) -> DataRefreshResult:
    source = production_server.place("source", "nasty", "reader")
    settings = Settings(workers=1, client=Client(production_server.bin), signing_key=SIGNING)
    manager = StagingDataManager(source, place, "data.orders", MaskingKey(b"k" * 32), settings)
    return manager.refresh_staging_data(nasty())


def judge(folder: Path, document: dict[str, Any], *options: str, strategy: dict[str, Any] | None = None) -> Result:
    file, rules = folder / "result.json", folder / "strategy.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    rules.write_text(yaml.safe_dump(strategy or nasty().model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    return CliRunner().invoke(cli, ["data", "verify", "--strategy", str(rules), "--result", str(file), *options], env=ENVIRONMENT)


def test_a_result_as_it_was_written_is_accepted(result: DataRefreshResult, place: Place, tmp_path: Path) -> None:
    target = f"host={place.parameters['host']} dbname={place.database} user=filler"
    judged = judge(tmp_path, signed(result.document(), SIGNING), "--target", target, "--max-age-hours", "1")

    assert judged.exit_code == 0, judged.output
    assert "CLEAN" in judged.output


Change = Callable[[dict[str, Any]], dict[str, Any]]
REFUSED: list[tuple[str, Change, tuple[str, ...], str]] = [
    ("no signature", lambda whole: signed(whole, None), (), "it is not signed"),
    ("another key", lambda whole: signed(whole, b"t" * 32), (), "its signature is not of this key"),
    ("a changed figure", lambda whole: {**signed(whole, SIGNING), "rows": {}}, (), "or it was changed"),
    (
        "failed checks",
        lambda whole: signed({**whole, "verification": {**whole["verification"], "verdict": "violation"}}, SIGNING),
        (),
        "its checks failed",
    ),
    (
        "an old result",
        lambda whole: signed({**whole, "finished_at": "2020-01-01T00:00:00+00:00"}, SIGNING),
        ("--max-age-hours", "9"),
        "older than 9 hours",
    ),
    (
        "a result of the future",
        lambda whole: signed({**whole, "finished_at": "2120-01-01T00:00:00+00:00"}, SIGNING),
        ("--max-age-hours", "9"),
        "older than",
    ),
    (
        "a result without a time",
        lambda whole: signed({**whole, "finished_at": None}, SIGNING),
        ("--max-age-hours", "9"),
        "older than",
    ),
]


@pytest.mark.parametrize(("change", "options", "told"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_result_that_cannot_be_relied_on_is_refused(
    result: DataRefreshResult, tmp_path: Path, change: Change, options: tuple[str, ...], told: str
) -> None:
    judged = judge(tmp_path, change(result.document()), *options)

    assert judged.exit_code == 1
    assert told in judged.output


def test_a_result_of_another_strategy_or_of_other_data_is_refused(
    result: DataRefreshResult, place: Place, tmp_path: Path
) -> None:
    other = nasty(privacy_level="rotated").model_dump(mode="json", exclude_none=True)
    target = f"host={place.parameters['host']} dbname=postgres user=filler"
    document = signed(result.document(), SIGNING)

    assert "made under another strategy" in judge(tmp_path, document, strategy=other).output
    assert "is another refresh's" in judge(tmp_path, document, "--target", target).output


def test_what_is_no_result_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("[1]", encoding="utf-8")
    rules = tmp_path / "strategy.yaml"
    rules.write_text(yaml.safe_dump(nasty().model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    arguments = ["data", "verify", "--strategy", str(rules), "--result", str(file)]

    assert CliRunner().invoke(cli, arguments, env=ENVIRONMENT).exit_code == 2
    assert "UNDERSTUDY_SIGNING_KEY" in CliRunner().invoke(cli, arguments, env={"UNDERSTUDY_SIGNING_KEY": ""}).stderr


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        self.figures += tag == "figure"


def test_the_page_draws_every_column_needs_nothing_else_and_shows_no_value(result: DataRefreshResult) -> None:
    page = plot_page(result.verification)
    tags = Tags()
    tags.feed(page)

    assert tags.figures == 34
    assert not {name for name, _ in tags.attributes} & {"src", "href", "onload", "onclick"}
    assert "<script" not in page
    assert not re.search(r"mail[0-9]?.org|Germany|SKU-1|Given", page)


def test_shares_of_fewer_than_five_rows_are_in_no_figure(result: DataRefreshResult) -> None:
    columns = next(check for check in result.verification["checks"] if check["check"] == "statistics")["figures"]["columns"]

    assert columns["shop.customer.email"]["ranks"] == [[], []]
    assert min(columns["shop.customer.country"]["ranks"][0]) >= 5 / 400
    assert len(columns["shop.orders.amount"]["cumulative"][0]) > 5
