"""The report's page in a real browser: accessible, light and dark, wide and narrow; filtered by keyboard; without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.documents import SLY, changed, clean
from tools.browser.chromium import axe, running
from understudy.report.page.page import render_html

pytestmark = pytest.mark.browser
SCHEMES, WIDTHS = ("light", "dark"), (1280, 360)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, document in (("changed", changed()), ("clean", clean())):
        (folder / f"{name}.html").write_text(render_html(document), encoding="utf-8")
    return {path.stem: path for path in folder.iterdir()}


class Opened:
    """A page, with every request that it made beside its own file, and everything that its console said."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.context = browser.new_context(bypass_csp=False, offline=True, **options)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(file.as_uri())
        self.own = file.as_uri()


@pytest.fixture
def opened(browser: Any, files: dict[str, Path]) -> Iterator[Any]:
    pages: list[Opened] = []

    def open_(name: str = "changed", **options: Any) -> Opened:
        pages.append(Opened(browser, files[name], **options))
        return pages[-1]

    yield open_
    for each in pages:
        each.context.close()


@pytest.mark.parametrize("name", ["changed", "clean"])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_against_the_page(opened: Any, name: str, scheme: str, width: int) -> None:
    page = opened(name, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(axe().read_text(encoding="utf-8"))

    result = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")

    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in result["violations"]] == []
    assert len(result["passes"]) > 10


def test_axe_would_find_something(opened: Any) -> None:
    page = opened().page
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate(axe().read_text(encoding="utf-8"))

    assert "html-has-lang" in [each["id"] for each in page.evaluate("axe.run(document)")["violations"]]


def test_the_page_asks_for_nothing_and_its_policy_refuses_nothing_of_its_own(opened: Any) -> None:
    it = opened()

    assert it.requests == [it.own]
    assert it.said == []


def test_the_policy_lets_no_other_script_or_style_in(opened: Any) -> None:
    it = opened()
    it.page.evaluate(
        """() => {
          const script = document.createElement("script"), image = document.createElement("img");
          script.textContent = "window.taken = true";
          image.src = "http://127.0.0.1:9/x.png";
          document.body.append(script, image);
        }"""
    )

    assert it.page.evaluate("window.taken") is None
    assert any("Content Security Policy" in text for text in it.said)


def test_text_of_the_report_is_shown_and_never_markup(opened: Any) -> None:
    page = opened().page

    assert page.locator("main b").count() == 0
    assert SLY.replace("\x1b", "\N{REPLACEMENT CHARACTER}") in page.locator("#wrong ~ article").first.inner_text()


def test_words_filter_the_rows_by_keyboard_alone(opened: Any) -> None:
    page = opened().page
    all_rows = page.locator("[data-row]").count()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "words":
            break
    page.keyboard.type("ORDERS instance_class")

    shown = page.locator("[data-row]:visible")
    assert 0 < shown.count() < all_rows
    assert page.locator("tr.figure:visible th").first.inner_text().strip() == "instance_class"
    assert page.locator("tr.component:visible th").last.inner_text().startswith("orders (Rds)")
    assert page.locator("[role=status]").inner_text().endswith(f"of {all_rows} rows")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#words').value === ''")
    assert page.locator("[data-row][hidden]").count() == 0


def test_only_what_differs_leaves_out_what_is_the_same(opened: Any) -> None:
    page = opened().page

    page.get_by_label("only what differs").check()

    assert page.locator("tr.component:visible", has_text="web (Service)").count() == 1
    assert page.locator("tr.component:visible", has_text="logs (LogBucket)").count() == 0


def test_a_filter_opens_what_holds_a_match(opened: Any) -> None:
    page = opened().page
    assert not page.locator("details").first.evaluate("each => each.open")

    page.get_by_label("Filter").fill("web/deployment")

    assert page.locator("details").first.evaluate("each => each.open")


def test_a_filter_leaves_out_the_sections_without_a_match(opened: Any) -> None:
    page = opened().page

    page.get_by_label("Filter").fill("instance_class")

    assert page.locator("#components").is_visible()
    assert page.locator("#advice").is_hidden()
    page.get_by_label("Filter").fill("")
    assert page.locator("section:visible").count() == page.locator("section").count()


def test_without_scripts_every_row_is_shown_and_no_filter(opened: Any) -> None:
    page = opened(java_script_enabled=False).page

    assert page.locator("form.filter").is_hidden()
    assert page.locator("tr.component").count() == page.locator("tr.component:visible").count() > 3


def test_the_skip_link_comes_first_and_leads_to_the_report(opened: Any) -> None:
    page = opened().page
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#report"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_itself_never_scrolls_sideways(opened: Any, width: int) -> None:
    page = opened(viewport={"width": width, "height": 800}).page

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark_have_grounds_of_their_own(opened: Any) -> None:
    grounds = [opened(color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor") for scheme in SCHEMES]

    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]
