"""What comes out: formats, the folder, the preview, and sending to a place that the user has sent to before."""

from __future__ import annotations

import stat
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from browser import Visit
from playwright.sync_api import Browser, expect
from tools import Json, Shelf, wait_until

from studio.conftest import Studio, studio_of
from studio.pages import DESKTOP, PHONE, assert_fits, press
from studio.test_builds import states

pytestmark = pytest.mark.exhaustive

WORK = "/works/en/note"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The studio of a built work, on a desktop whose file manager writes down what it opens."""
    folder = tmp_path_factory.mktemp("desk")
    opener = folder / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" > {folder}/opened\n')
    opener.chmod(opener.stat().st_mode | stat.S_IXUSR)
    own = {
        "PATH": f"{opener.parent}:/usr/bin:/bin",
        "DISPLAY": ":9",
        "AUDIOBOOK_CONFIG": str(folder / "config"),
    }
    shelf = Shelf(folder / "shelf", **own)
    shelf.write("audiobook.toml", "# mine\n")
    shelf.write("texts/en/note.md", "# Note\n\n## One\n\nOne bell.\n\n## Two\n\nTwo bells.\n")
    shelf.build()
    with studio_of(shelf) as one:
        yield one


def files(studio: Studio) -> set[str]:
    return {path.name for path in (studio.shelf.output / "en").iterdir()}


def build(studio: Studio, **chosen: object) -> None:
    assert studio.post("/builds", labels=["en/note"], **chosen) == {"status": 200}
    wait_until(lambda: "en/note" not in states(studio), "it is built")


def test_formats_are_chosen_for_a_work_and_kept_by_its_next_build(desk: Studio) -> None:
    build(desk, formats=["vtt", "lrc"], split=True)
    assert {"note.vtt", "note.lrc", "note"} <= files(desk)
    build(desk)
    assert {"note.vtt", "note.lrc", "note"} <= files(desk)
    build(desk, formats=["vtt"], split=False)
    assert "note.vtt" in files(desk)
    assert not {"note.lrc", "note"} & files(desk)
    for wrong in (["exe"], ["--force"], "vtt"):
        assert desk.post("/builds", labels=["en/note"], formats=wrong)["status"] == 422
    build(desk, formats=[])
    assert "note.vtt" not in files(desk)


def test_formats_tell_their_cost_and_what_is_not_installed(desk: Studio, tmp_path: Path) -> None:
    def cost(*formats: str) -> Json:
        return desk.post(f"{WORK}/formats/cost", formats=formats, split=True)

    assert cost("vtt", "m4b") == {"status": 200, "clips": 0, "total": 5, "wait": ""}
    spoken_again = cost("flac")
    assert (spoken_again["clips"], spoken_again["total"]) == (5, 5), "only their MP3 was kept"
    assert spoken_again["wait"].startswith("about ")
    assert cost("exe")["status"] == 422
    page = desk.ask(f"{WORK}/files").body.decode()
    assert "not available" not in page

    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['av'] = None\n", "utf-8")
    bare = Shelf(desk.shelf.root, **desk.shelf.environment | {"PYTHONPATH": str(tmp_path)})
    with studio_of(bare) as studio:
        page = studio.ask(f"{WORK}/files").body.decode()
        assert page.count("(not available)") == page.count(" disabled aria-describedby") == 3
        for name in ("m4b", "opus", "flac"):
            assert f'value="{name}" disabled' in page
        told = "M4B, Opus and FLAC files need the extra “formats”; install it: pip install &#34;audiobook-press[formats]&#34;"
        assert page.count(told) == 1
        assert studio.post(f"{WORK}/formats/cost", formats=["m4b"], split=False)["status"] == 422


def test_of_two_previews_one_is_left_and_it_ends_with_the_studio(desk: Studio) -> None:
    with studio_of(desk.shelf) as studio, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: studio.post("/publish/preview"), range(2)))
        assert [answer["status"] for answer in answers] == [200, 200]
        assert len({site for answer in answers if is_served(site := answer["site"])}) == 1
    assert not any(is_served(answer["site"]) for answer in answers)


def is_served(site: str) -> bool:
    try:
        return b"Note" in urllib.request.urlopen(site).read()
    except OSError:
        return False


def test_only_the_folder_of_a_built_work_is_opened_and_only_on_a_desktop(
    desk: Studio, studio: Studio
) -> None:
    opened = desk.shelf.root.parent / "opened"
    assert b"open-folder" in desk.ask(f"{WORK}/files").body
    assert desk.post(f"{WORK}/open", folder="/etc", name="/etc") == {"status": 200}
    wait_until(lambda: opened.is_file() and opened.read_text().count("\n") == 2, "the folder is opened")
    assert opened.read_text() == f"1\n{(desk.shelf.output / 'en').resolve()}\n"
    assert desk.post("/works/en/none/open")["status"] == 404
    assert studio.post("/works/en/harbour/open")["status"] in (404, 422)
    assert b"open-folder" not in studio.ask("/works/en/harbour/files").body


def test_a_work_is_previewed_published_and_sent_where_the_user_sent_it_before(
    desk: Studio, browser: Browser
) -> None:
    settings = desk.shelf.root / "audiobook.toml"
    visit = Visit(browser, desk.site)
    page = visit.page
    page.goto(desk.address)
    page.wait_for_url(desk.site)
    page.goto(f"{desk.site}works/en/note")
    press(page.locator("#format-vtt"), "Space")
    press(page.locator("#build-formats"))
    expect(page.get_by_role("link", name="note.vtt")).to_be_visible()
    expect(page.locator("#build-formats")).to_be_disabled()
    assert_fits(page, PHONE)
    press(page.locator("a.home"))
    press(page.locator("#publish-link"))
    expect(page.locator("#publish")).to_be_disabled()
    assert_fits(page, PHONE)

    # A preview at a separate address.
    press(page.locator("#preview"))
    expect(page.locator("#preview-links a")).not_to_have_count(0)
    site = page.locator("#preview-links a").first.get_attribute("href")
    assert site
    assert site != desk.site
    assert b"Note" in urllib.request.urlopen(site).read()
    feed = page.locator("#preview-links a").nth(1).get_attribute("href")
    assert feed
    assert b"<rss" in urllib.request.urlopen(feed).read()

    # The address is kept in the settings, in place.
    page.locator("#base-url").fill("ftp://nowhere")
    press(page.locator("#save-address"))
    expect(page.locator("#address-wrong")).to_contain_text("ftp://nowhere")
    assert settings.read_text() == "# mine\n"
    page.locator("#base-url").fill("https://example.org/books/")
    press(page.locator("#save-address"))
    expect(page.locator("#publish")).to_be_enabled()
    assert settings.read_text() == '# mine\n\n[publish]\nbase_url = "https://example.org/books"\n'
    press(page.locator("#publish"))
    expect(page.locator("#publish-result")).to_contain_text("Published")
    expect(page.locator("#publish-result")).to_contain_text("https://example.org/books/en/feed.xml")

    # Nothing can be sent to a place that the user has not named on the command line.
    there = desk.shelf.root.parent / "there"
    expect(page.locator(".send")).to_have_count(0)
    assert desk.post("/publish/send", to=str(there), is_trial=False)["status"] == 404
    assert desk.shelf.run("publish", "--to", str(there), "--dry-run").code == 0
    assert b'class="send"' not in desk.ask("/publish/part").body
    assert desk.shelf.run("publish", "--to", str(there)).code == 0
    sent = sorted(path.name for path in there.rglob("*"))
    (there / "index.html").unlink()
    page.reload()
    assert_fits(page, DESKTOP)
    expect(page.locator(".send")).to_be_disabled()
    press(page.locator(".look"))
    expect(page.locator("#publish-result")).to_contain_text("1 file would be sent")
    assert not (there / "index.html").exists()
    press(page.locator(".send"))
    expect(page.locator("#publish-result")).to_contain_text("1 file sent")
    assert sorted(path.name for path in there.rglob("*")) == sent
    visit.faults = [fault for fault in visit.faults if "422" not in fault]
    visit.close()
