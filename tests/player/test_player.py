"""The player in a real browser: the spoken word is highlighted, and all controls work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from browser import Visit, at_rest, linger, static_host
from clients import node_modules
from playwright.sync_api import Browser, Page, Route, expect
from records import chapter as said_chapter
from records import put
from records import record as record_of
from sampling import sampled
from tools import Json, Shelf, wait_until
from visitor import served

from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.site.assets import sources
from audiobook.settings import PublishSettings

pytestmark = pytest.mark.slow

DAY: Final = "a-day-in-sounds"
EXACT_S: Final = 0.02
Visitor = Callable[..., Visit]


@pytest.fixture
def reading(visit: Visitor) -> Page:
    """The page of a work, after its text has appeared."""
    return opened(visit())


def opened(visit: Visit, path: str = f"en/{DAY}.html") -> Page:
    page = visit.open(path)
    expect(page.locator(".sentence").first).to_be_visible()
    return page


def time_of(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


def comes_to(page: Page, seconds: float, within_s: float = 0.01) -> None:
    """Wait until the sound is at a time, which it is asked for before it has loaded."""
    wait_until(lambda: abs(time_of(page) - seconds) <= within_s, f"it comes to {seconds}")


def is_playing(page: Page) -> bool:
    return bool(page.evaluate("!document.querySelector('audio').paused"))


def sentences(record: Json) -> Iterator[tuple[int, int, Json, Json]]:
    """Yield each sentence with the numbers of its chapter and paragraph, and the paragraph."""
    for number, chapter in enumerate(record["chapters"]):
        for place, paragraph in enumerate(chapter["paragraphs"]):
            for sentence in paragraph["sentences"]:
                yield number, place, paragraph, sentence


def sentence_at(record: Json, seconds: float) -> str:
    """Return the last sentence that has begun at a time."""
    begun = [
        paragraph["text"][sentence["start"] : sentence["end"]]
        for _, _, paragraph, sentence in sentences(record)
        if sentence["start_samples"] / record["rate_hz"] <= seconds + 0.001
    ]
    return str(begun[-1])


def words_said(record: Json) -> list[tuple[float, str]]:
    """Return each word with its time in seconds."""
    return [
        (samples / record["rate_hz"], paragraph["text"][start : start + length])
        for _, _, paragraph, sentence in sentences(record)
        for start, length, samples in sentence["words"]
    ]


WATCH_FRAMES: Final = """() => {
    window.seen = [];
    const look = () => {
        seen.push([sound.currentTime, document.querySelector('.word')?.textContent]);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def test_on_every_frame_the_word_that_is_spoken_is_highlighted(reading: Page, library: Shelf) -> None:
    record = library.record(f"en/{DAY}")
    said = words_said(record)
    reading.evaluate("sound.currentTime = 60")
    expect(reading.locator(".sentence.now")).to_have_text(sentence_at(record, 60))
    reading.click("#play")
    wait_until(lambda: time_of(reading) > 60, "it plays")
    reading.evaluate(WATCH_FRAMES)
    wait_until(lambda: reading.evaluate("new Set(seen.map(([, word]) => word)).size") >= 8, "eight words")
    seen: list[tuple[float, str]] = reading.evaluate("seen")
    for (before, _), (at, text) in pairwise(seen):
        heard = [word for (when, word), (end, _) in pairwise(said) if when <= at + EXACT_S and end >= before]
        assert text in heard, (before, at, text)


def test_the_browser_decodes_as_many_samples_as_the_record_counts(reading: Page, library: Shelf) -> None:
    record = library.record(f"en/{DAY}")
    length, first = reading.evaluate(
        """async ([name, rate]) => {
            const bytes = await (await fetch(name)).arrayBuffer();
            const samples = (await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes)).getChannelData(0);
            return [samples.length, samples.findIndex((sample) => Math.abs(sample) > 0.01)];
        }""",
        [library.sound(f"en/{DAY}").removeprefix("en/"), record["rate_hz"]],
    )
    _, _, _, sentence = next(sentences(record))
    assert length == record["length_samples"]
    assert first / record["rate_hz"] == pytest.approx(sentence["start_samples"] / record["rate_hz"], abs=0.03)


def test_characters_beyond_16_bits_shift_no_offsets(visit: Visitor, library: Shelf) -> None:
    page = opened(visit(), "en/mixed.html")
    record = library.record("en/mixed")
    texts = [p["text"][s["start"] : s["end"]] for _, _, p, s in sentences(record)]
    expect(page.locator(".sentence")).to_have_text(texts)
    last = next(time for time, word in words_said(record) if word.startswith("word"))
    page.evaluate(f"document.querySelector('audio').currentTime = {last + 0.05}")
    expect(page.locator(".word")).to_have_text(re.compile("^word"))


def test_several_spoken_words_can_be_one_word_on_the_page(reading: Page) -> None:
    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        route.fulfill(body=sources()[name], content_type="text/javascript")

    reading.route("**/modules/*.js", answer)
    asset = reading.evaluate("new URL('modules/highlight.js', location.href).href")
    shown = reading.evaluate(
        """async (asset) => {
            const { Sentence } = await import(asset);
            const paragraph = { text: 'In 1990 bonjour', foreign: [[8, 15, 'he', 'rtl']] };
            const words = [0, 2, 0, 3, 4, 100, 3, 4, 300, 8, 7, 600];
            const sentence = new Sentence(paragraph, [0, 15, 1000, 2000, words], { chapter: 0, paragraph: 0 });
            sentence.show(0, 15);
            sentence.highlight();
            return [999, 1000, 1150, 1400, 1900].map((ms) => {
                sentence.highlightWord(ms);
                return [...sentence.element.querySelectorAll('.word')].map((word) => {
                    const { lang = '', dir = '' } = word.closest('[lang]') ?? {};
                    return word.textContent + lang + dir;
                });
            });
        }""",
        asset,
    )
    assert shown == [[], ["In"], ["1990"], ["1990"], ["bonjourhertl"]]


def test_the_text_keeps_its_shape(visit: Visitor, library: Shelf) -> None:
    page = opened(visit(), "en/shapes.html")
    shape = page.locator("#text section").evaluate(
        """(section) => {
            const outline = (one) => [...one.children]
                .map((child) => (child.matches('.sentence') ? outline(child) : `${child.localName}(${outline(child)})`))
                .filter(Boolean).join(' ');
            return outline(section);
        }"""
    )
    assert shape == (
        "p() h2() p(em(strong()) em() a()) ol(li(p()) li(p() ul(li(p(code()))))) blockquote(p(img()) p()) p(em()) "
        "div(table(tr(th() th()) tr(td() td(em()))))"
    )
    assert page.locator("#text ol > li").evaluate_all("items => items.map((item) => item.value)") == [4, 5]
    link = page.get_by_role("link", name="a link")
    assert link.get_attribute("href") == "https://example.org/"
    link.focus()
    said = words_said(library.record("en/shapes"))
    for wanted, parts in (("unbelievable", ["un", "believ", "able"]), ("fell", ["fell"])):
        when = next(at for at, word in said if word.startswith(wanted))
        page.evaluate(f"document.querySelector('audio').currentTime = {when + 0.02}")
        expect(page.locator(".word")).to_have_text(parts)
        assert page.evaluate("document.activeElement.textContent") == "a link"
    assert page.locator(".sentence.now").all_inner_texts() == ["Alice", "She fell."], (
        "one sentence in two cells"
    )
    assert page.locator("#text em .word").inner_text() == "fell"
    before = time_of(page)
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    assert (is_playing(page), time_of(page)) == (False, before), "a link does not seek"
    page.locator(".sentence", has_text="Quoted once.").click()
    expect(page.locator(".sentence.now")).to_have_text("Quoted once.")


def test_a_click_on_a_sentence_plays_it(reading: Page, library: Shelf) -> None:
    told = [(p["text"][s["start"] : s["end"]], s) for _, _, p, s in sentences(library.record(f"en/{DAY}"))]
    text, sentence = told[7]
    start = sentence["start_samples"] / library.record(f"en/{DAY}")["rate_hz"]
    linger(reading)
    reading.evaluate("() => { sound.onseeking = () => { window.sought = sound.currentTime } }")
    reading.locator(".sentence").nth(7).click()
    expect(reading.locator(".sentence.now")).to_have_text(text)
    assert is_playing(reading)
    wait_until(lambda: time_of(reading) > start, "it plays from there")
    assert reading.evaluate("window.sought") == pytest.approx(start, abs=0.01)


def test_a_click_on_a_chapter_opens_and_marks_it(reading: Page, library: Shelf) -> None:
    chapter = library.record(f"en/{DAY}")["chapters"][4]
    reading.click(f"#chapters a:has-text('{chapter['title']}')")
    start = chapter["start_samples"] / library.record(f"en/{DAY}")["rate_hz"]
    comes_to(reading, start)
    expect(reading.locator("#chapters a[aria-current]")).to_contain_text(chapter["title"])
    expect(reading.locator("#chapter")).to_have_text(chapter["title"])
    reading.click("#next")
    expect(reading.locator("#chapters a[aria-current]")).to_contain_text("At the Crossing")
    reading.click("#previous")
    expect(reading.locator("#chapters a[aria-current]")).to_contain_text(chapter["title"])


def test_another_language_continues_at_the_same_paragraph(reading: Page, library: Shelf) -> None:
    english, finnish = (library.record(f"{tag}/{DAY}") for tag in ("en", "fi"))
    chapter, place, paragraph, sentence = next(one for one in sentences(english) if one[:2] == (3, 2))
    linger(reading)
    reading.evaluate(
        f"document.querySelector('audio').currentTime = {sentence['start_samples'] / english['rate_hz'] + 0.1}"
    )
    expect(reading.locator(".sentence.now")).to_have_text(
        paragraph["text"][sentence["start"] : sentence["end"]]
    )
    reading.click("#play")
    later: list[Route] = []
    reading.context.route(
        "**/fi/**/*.mp3", lambda route: later.append(route)
    )  # until its sound comes, it stays where it begins
    reading.click("nav.languages >> text=Suomi")
    expect(reading).to_have_url(re.compile(rf"/fi/{DAY}\.html$"))
    _, _, wanted, first = next(one for one in sentences(finnish) if one[:2] == (chapter, place))
    expect(reading.locator(".sentence.now")).to_have_text(wanted["text"][first["start"] : first["end"]])
    wait_until(lambda: is_playing(reading), "it plays")
    wait_until(lambda: bool(later), "its sound is asked for")
    for route in later:
        route.continue_()
    assert reading.locator("html").get_attribute("lang") == "fi"
    expect(reading.get_by_role("button", name="Tauko")).to_be_visible()


def test_a_reopened_page_resumes_where_it_was(visit: Visitor, library: Shelf) -> None:
    record = library.record(f"en/{DAY}")
    one = visit()
    page = opened(one)
    page.select_option("#speed", "1.5")
    page.locator(".sentence").nth(9).click()
    wait_until(lambda: is_playing(page) and time_of(page) > 3, "the tenth sentence is played")
    page.click("#play")
    wait_until(lambda: not is_playing(page), "it is paused")
    left = time_of(page)
    page.reload()
    expect(page.locator(".sentence.now")).to_have_text(sentence_at(record, left))
    comes_to(page, left, within_s=0.1)
    page.click("#play")
    wait_until(lambda: is_playing(page) and time_of(page) > left, "it plays")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5
    page.click("#play")
    wait_until(lambda: not is_playing(page), "it is paused")
    text = sentence_at(record, time_of(page))
    page.goto(one.site)
    expect(page.locator(".go-on").first).to_contain_text("Resume at")
    assert 0 < page.locator("progress").evaluate("e => e.position") < 1
    page.click(".go-on")
    expect(page.locator(".sentence.now")).to_have_text(text)


def test_an_edit_of_the_text_does_not_move_the_listener(visit: Visitor, tmp_path: Path) -> None:
    address, now = base_address("https://example.org"), datetime.now(UTC)

    def put_edition(*titles_and_texts: tuple[str, tuple[str, ...]]) -> None:
        start, chapters = 0, []
        for title, texts in titles_and_texts:
            chapters.append(said_chapter(title, start, texts))
            start += 1000 * len(texts)
        shelf = put(tmp_path, record_of(chapters=tuple(chapters)))
        publish(shelf, tmp_path, address, PublishSettings(fast_start=False), now)

    texts = (
        "The tea was hot.",
        "A door closed in the hall.",
        "Nobody spoke.",
        "A door opened in the street.",
    )
    put_edition(("One", ("First.",)), ("Two", texts))
    with static_host(tmp_path) as host:
        one = visit(site=host)
        page = opened(one, "en/essay.html")
        page.get_by_text(texts[1]).click()
        page.goto("about:blank")
        edited = (texts[0], "A new paragraph.", "The door closed in the dark hall.", *texts[2:])
        put_edition(("New", ("Yes.", "No.")), ("One", ("First.",)), ("Two", edited))
        page = opened(one, "en/essay.html")
        expect(page.locator(".sentence.now")).to_have_text(edited[2])
        expect(page.locator("#now")).to_have_text("0:05")
        one.faults.clear()  # its audio is empty


def test_the_old_address_of_a_moved_work_leads_to_it_and_its_place_and_bookmarks_move_too(
    visit: Visitor, tmp_path: Path
) -> None:
    address, settings = base_address("https://example.org"), PublishSettings(fast_start=False)
    chapters = (said_chapter("One", 0, tuple(f"Sentence {number}." for number in range(9))),)
    for language in ("en", "en-GB"):
        shelf = put(tmp_path, record_of(language=language, chapters=chapters))
        publish(shelf, tmp_path, address, settings, datetime.now(UTC))
        (tmp_path / language / "essay.json").unlink()
    with static_host(tmp_path) as site:
        one = visit(site=site)
        page = one.open("index.html")
        old = urlsplit(site).path + "en/essay.html"
        mark = {"t": 1, "note": "Here", "place": {"text": "Sentence 1.", "title": "One"}}
        for kind, value in (("place", {"t": 5.5, "of": 9}), ("marks", {"list": [mark]})):
            page.evaluate(
                "([key, value]) => localStorage.setItem(key, JSON.stringify(value))",
                [f"audiobook:{kind}:{old}", value],
            )
        page.goto(f"{site}en/essay.html")
        page.wait_for_url(f"{site}en-GB/essay.html")
        expect(page.locator("#seek")).to_have_value("5.5")
        expect(page.locator("#marks input")).to_have_value("Here")
        page.goto(f"{site}en/essay.html#t=3.5")
        expect(page.locator("#seek")).to_have_value("3.5")
        one.faults.clear()  # its audio is empty


def test_a_work_heard_to_the_end_starts_over(visit: Visitor) -> None:
    one = visit()
    page = opened(one, "en/mixed.html#t=2")
    page.goto(one.site)
    expect(page.locator(".go-on")).to_have_count(1)
    page = opened(one, "en/mixed.html")
    page.click("#play")
    wait_until(lambda: time_of(page) > 0, "it plays")
    page.evaluate("(audio => { audio.currentTime = audio.duration - 0.5 })(document.querySelector('audio'))")
    wait_until(lambda: not is_playing(page), "it ends")
    page.goto(one.site)
    expect(page.locator(".works .length").first).to_be_visible()
    expect(page.locator(".go-on")).to_have_count(0)
    expect(page.locator(".works .length").filter(has_text="Finished")).to_have_count(1)


def test_an_address_can_name_a_time(visit: Visitor) -> None:
    page = opened(visit(), f"en/{DAY}.html#t=100")
    expect(page.locator("#now")).to_have_text("1:40")
    page.evaluate("location.hash = '#t=200'")
    expect(page.locator("#now")).to_have_text("3:20")
    page.evaluate("location.hash = '#text'")
    expect(page.locator("#now")).to_have_text("3:20")


def test_an_invalid_hash_in_the_address_is_ignored(visit: Visitor) -> None:
    one = visit()
    for number, place in enumerate(
        ["t=-1", "t=x", "at=9.9", "at=100.100.5.6", "at=1.8.6.6", "at=0.0.0.0", "at=a.b.c.d"]
    ):
        # A page is not loaded again if only the hash differs.
        page = opened(one, f"en/{DAY}.html?{number}#{place}")
        page.evaluate("document.querySelector('audio').play()")  # once it plays, it has been placed
        wait_until(lambda: time_of(page) > 0, "it plays")  # noqa: B023 - called at once
        assert time_of(page) < 60, place


def test_the_keyboard_controls_the_player(reading: Page) -> None:
    reading.keyboard.press("ArrowRight")
    expect(reading.locator("#now")).to_have_text("0:30")
    reading.keyboard.press("ArrowLeft")
    expect(reading.locator("#now")).to_have_text("0:15")
    reading.keyboard.press("n")
    expect(reading.locator("#chapter")).to_have_text("Before the Alarm")
    before = reading.locator(".sentence.now").inner_text()
    reading.keyboard.press("Shift+ArrowRight")
    expect(reading.locator(".sentence.now")).not_to_have_text(before)
    reading.keyboard.press("Shift+ArrowLeft")
    expect(reading.locator(".sentence.now")).to_have_text(before)
    reading.keyboard.press("p")
    expect(reading.locator("#chapter")).to_have_text("A Day in Sounds")
    reading.keyboard.press("+")
    expect(reading.locator("#speed")).to_have_value("1.1")
    reading.keyboard.press("-")
    expect(reading.locator("#speed")).to_have_value("1")
    reading.keyboard.press("m")
    expect(reading.locator("#mute")).to_have_attribute("aria-pressed", "true")
    reading.keyboard.press("f")
    expect(reading.locator("#follow")).to_be_visible()
    reading.keyboard.press("Space")
    wait_until(lambda: is_playing(reading), "it plays")
    reading.keyboard.press("k")
    wait_until(lambda: not is_playing(reading), "it stops")


@pytest.mark.parametrize("slider", ["#seek", "#volume"])
def test_the_space_key_plays_after_a_slider_was_used(visit: Visitor, slider: str) -> None:
    page = opened(visit(viewport={"width": 1280, "height": 860}))
    page.click(slider)
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(page), "it plays")
    page.keyboard.press("Space")
    wait_until(lambda: not is_playing(page), "it stops")


def test_keys_are_listed_and_can_be_switched_off(reading: Page) -> None:
    reading.keyboard.press("?")
    expect(reading.locator("#keys")).to_be_visible()
    reading.uncheck("#keys-use")
    reading.keyboard.press("Escape")
    expect(reading.locator("#keys")).to_be_hidden()
    reading.keyboard.press("ArrowRight")
    reading.keyboard.press("k")
    expect(reading.locator("#now")).to_have_text("0:00")
    reading.reload()
    reading.keyboard.press("ArrowRight")
    expect(reading.locator("#now")).to_have_text("0:00")


def test_keys_do_not_apply_while_a_field_is_in_use(reading: Page) -> None:
    reading.click("summary:has-text('Subscribe')")
    reading.focus(".address input")
    reading.keyboard.press("m")
    reading.keyboard.press("ArrowRight")
    expect(reading.locator("#mute")).to_have_attribute("aria-pressed", "false")
    expect(reading.locator("#now")).to_have_text("0:00")


def test_speed_and_volume_are_remembered_for_other_works(visit: Visitor) -> None:
    one = visit()
    page = opened(one)
    page.select_option("#speed", "3")
    page.locator("#volume").fill("0.4")
    page = opened(one, "fi/the-listening-reader.html")
    state = "[document.querySelector('audio').playbackRate, document.querySelector('audio').volume]"
    assert page.evaluate(state) == [3, 0.4]
    speeds = [
        float(value) for value in page.locator("#speed option").evaluate_all("all => all.map(o => o.value)")
    ]
    assert (speeds[0], speeds[-1]) == (0.5, 3)
    assert all(one < other for one, other in pairwise(speeds))


def test_the_sound_fades_and_stops_when_the_sleep_timer_ends(visit: Visitor) -> None:
    one = visit(alone=True)
    one.page.clock.install(time=0)
    page = opened(one)
    page.click("#play")
    page.clock.pause_at(600)  # from here on, only `run_for` lets time pass
    page.select_option("#sleep", "5")
    volume = "document.querySelector('audio').volume"
    page.clock.run_for("04:50")
    assert (is_playing(page), page.evaluate(volume)) == (True, 1)
    page.clock.run_for("00:06")
    assert 0 < page.evaluate(volume) < 1
    expect(page.get_by_role("timer")).to_have_text("0:04")
    page.get_by_role("button", name="5 more minutes").click()
    expect(page.get_by_role("timer")).to_have_text("5:04")
    assert page.evaluate(volume) == 1
    page.clock.run_for("05:06")
    assert (is_playing(page), page.evaluate(volume)) == (False, 1)
    expect(page.locator("#sleep")).to_have_value("")
    expect(page.get_by_role("timer")).to_be_hidden()


def test_it_sleeps_exactly_at_the_end_of_a_chapter_at_any_speed(reading: Page, library: Shelf) -> None:
    record = library.record(f"en/{DAY}")
    end = record["chapters"][2]["start_samples"] / record["rate_hz"]
    reading.select_option("#speed", "3")
    reading.select_option("#sleep", "chapter")
    linger(reading)  # or a busy machine comes to the end of the first chapter before the jump
    reading.click("#play")
    reading.evaluate(f"location.hash = '#t={end - 1.5}'")  # now the end of this chapter counts
    expect(reading.locator("#chapter")).to_have_text(record["chapters"][1]["title"])
    reading.select_option("#speed", "0.5")
    reading.select_option("#speed", "3")
    wait_until(lambda: not is_playing(reading), "it stops")
    assert time_of(reading) == pytest.approx(end, abs=0.002)


def test_the_text_is_followed_until_the_reader_scrolls(reading: Page) -> None:
    def top() -> float:
        return float(reading.locator(".sentence.now").evaluate("e => e.getBoundingClientRect().top"))

    def scrolls_by_hand(pixels: int) -> None:
        at_rest(reading)  # a scroll that is under way would go on
        reading.mouse.wheel(0, pixels)
        expect(reading.locator("#follow")).to_be_visible()
        wait_until(lambda: not 0 < top() < 500, "the sentence goes out of view")
        at_rest(reading)

    reading.click("#chapters a >> nth=5")
    wait_until(lambda: 0 < top() < 500, "the sentence comes into view")
    reading.mouse.move(800, 300)
    scrolls_by_hand(-5000)
    reading.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: 0 < top() < 500, "the sentence comes into view")
    scrolls_by_hand(5000)
    text = reading.locator(".sentence.now").inner_text()
    reading.evaluate("document.querySelector('audio').currentTime += 15")
    expect(reading.locator(".sentence.now")).not_to_have_text(text)
    at_rest(reading)
    assert not 0 < top() < 500
    reading.click("#follow")
    wait_until(lambda: 0 < top() < 500, "the sentence comes into view")
    scrolls_by_hand(-5000)
    reading.reload()
    expect(reading.locator(".sentence.now")).to_be_visible()
    wait_until(lambda: 0 < top() < 500, "the sentence comes into view")


def test_the_lock_screen_knows_what_plays(reading: Page) -> None:
    reading.click("#chapters a >> nth=3")
    told: Any = reading.evaluate(
        "(({title, album, artwork}) => ({title, album, cover: artwork[0].src}))(navigator.mediaSession.metadata)"
    )
    assert (told["title"], told["album"]) == ("The Kitchen", "A Day in Sounds")
    assert told["cover"].startswith(reading.url.removesuffix(".html"))


def test_the_chosen_theme_is_remembered(visit: Visitor) -> None:
    one = visit(color_scheme="light")
    page = opened(one)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page = one.open("index.html")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"


def test_reduced_motion_is_respected(visit: Visitor) -> None:
    page = opened(visit(reduced_motion="reduce"))
    page.click("#play")  # until it has played, a page comes to its place at once
    wait_until(lambda: time_of(page) > 0, "it plays")
    page.click("#play")
    page.evaluate("window.places = []; addEventListener('scroll', () => places.push(scrollY))")
    page.click("#chapters a >> nth=6")
    sentence = page.locator(".sentence.now")
    wait_until(
        lambda: 0 < sentence.evaluate("e => e.getBoundingClientRect().top") < 500, "it comes into view"
    )
    at_rest(page)
    assert page.evaluate("new Set(places).size") == 1, "it is there at once"


def test_without_scripts_a_page_has_links_and_the_browsers_player(visit: Visitor) -> None:
    one = visit(alone=True, java_script_enabled=False)
    page = one.open("index.html")
    page.click("text=A Day in Sounds")
    expect(page.locator("audio")).to_be_visible()
    expect(page.locator("#bar")).to_be_hidden()
    assert page.locator("img.cover").evaluate("image => image.clientWidth") < 400
    expect(page.locator("#chapters a").nth(3)).to_have_attribute(
        "href", re.compile(r"^[\w.-]+/[\w-]+\.mp3#t=\d")
    )
    page.click("noscript a")
    expect(page.get_by_text("A kitchen is an orchestra that tunes itself.")).to_be_visible()


def test_a_page_opened_from_disk_plays_too(browser: Browser, library: Shelf) -> None:
    page = browser.new_page()
    page.goto((library.output / "en" / f"{DAY}.html").as_uri())
    expect(page.locator("audio")).to_be_visible()
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator("#work")).to_have_css("display", "grid")
    page.close()


def test_an_open_page_shows_an_edited_text(browser: Browser, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    text = "# A title\n\nIt is said here. And it goes on for a while, so that there is a place to keep.\n"
    shelf.write("texts/en/one.md", text)
    with served(shelf, "--watch") as server:
        visit = Visit(browser, f"http://127.0.0.1:{server.port}/")
        page = opened(visit, "en/one.html")
        linger(page)  # or it is over, and begins again, before it is paused
        page.locator(".sentence").nth(2).click()
        wait_until(lambda: time_of(page) > 1, "the last sentence is played")
        page.click("#play")
        wait_until(lambda: not is_playing(page), "it is paused")
        place = time_of(page)
        shelf.write("texts/en/one.md", text.replace("keep", "find again"))
        expect(page.get_by_text("a place to find again")).to_be_visible()
        comes_to(page, place, within_s=0.5)
        visit.close()


def test_text_that_fails_to_load_is_reported_and_can_be_retried(visit: Visitor) -> None:
    one = visit()
    one.context.route("**/*.read/0-*.json", lambda route: route.fulfill(status=500))
    page = one.open(f"en/{DAY}.html")
    expect(page.get_by_text("The text could not be loaded.")).to_be_visible()
    one.context.unroute("**/*.read/0-*.json")
    page.click("text=Try again")
    expect(page.locator(".sentence").first).to_be_visible()
    assert all("500" in fault or ".read/0-" in fault for fault in one.faults)
    one.faults.clear()


def test_sound_that_fails_to_load_is_reported_and_can_be_retried(visit: Visitor) -> None:
    one = visit()
    one.context.route("**/*.mp3", lambda route: route.fulfill(status=404))
    page = opened(one)
    page.click("#play")
    expect(page.get_by_role("alert")).to_have_text("The audio could not be loaded.")
    page.locator(".sentence").nth(4).click()
    wait_until(lambda: not is_playing(page), "it gives up")
    place = page.locator("#now").inner_text()
    one.context.unroute("**/*.mp3")
    page.click("#play")
    wait_until(lambda: is_playing(page) and time_of(page) > 1, "it plays")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert place != "0:00"
    one.faults.clear()


def test_a_host_without_byte_ranges_is_reported_and_the_sound_continues(
    visit: Visitor, library: Shelf
) -> None:
    with static_host(library.output, has_ranges=False) as whole:
        one = visit(site=whole)
        page = opened(one)
        page.click("#play")
        wait_until(lambda: time_of(page) > 0.5, "it plays")
        page.locator(".sentence").nth(4).click()
        expect(page.get_by_role("alert")).to_contain_text("cannot skip within the audio")
        place = time_of(page)
        wait_until(lambda: time_of(page) > place + 0.2, "it plays on from where it was")
        expect(page.get_by_role("alert")).to_be_visible()
        page.goto("about:blank")


def test_the_text_can_be_searched(reading: Page) -> None:
    reading.keyboard.press("/")
    reading.keyboard.type("  HEARD it.  bread")
    expect(reading.get_by_text("Nothing found.")).to_be_visible()
    reading.fill("#find", "bread has")
    found = reading.locator("#found button")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("The Kitchen · ")
    reading.keyboard.press("Tab")
    reading.keyboard.press("Enter")
    expect(reading.locator("#sheet")).to_be_hidden()
    expect(reading.locator(".sentence.now")).to_have_text("Bread has a voice as well.")
    reading.click("#here")
    expect(reading.locator("#sheet a[aria-current]")).to_be_visible()
    expect(found).to_have_count(0)


def test_bookmarks_have_notes_and_lead_back(reading: Page) -> None:
    linger(reading)
    reading.locator(".sentence").nth(12).click()
    text = reading.locator(".sentence.now").inner_text()
    reading.keyboard.press("b")
    reading.keyboard.type("Quote this")
    reading.keyboard.press("Escape")
    reading.locator(".sentence").nth(3).click()
    reading.reload()
    expect(reading.locator(".sentence.now")).to_be_visible()
    reading.click("#here")
    reading.click("#marks-add")
    notes = reading.get_by_label("Note")
    expect(notes).to_have_count(2)
    expect(notes.first).to_be_focused()
    expect(notes.last).to_have_value("Quote this")
    reading.locator("#marks").get_by_role("button", name="Delete").first.click()
    reading.locator("#marks").get_by_role("button", name=text).click()
    expect(reading.locator(".sentence.now")).to_have_text(text)
    reading.click("#here")
    expect(notes).to_have_count(1)


def test_the_size_and_width_of_the_text_are_remembered(reading: Page) -> None:
    text = "(e => [parseFloat(getComputedStyle(e).fontSize), parseFloat(getComputedStyle(e).maxWidth)])"
    text += "(document.querySelector('.reading p'))"
    size, width = reading.evaluate(text)
    reading.click("#looks-open")
    reading.locator("#size").fill("150")
    reading.select_option("#width", "narrow")
    reading.reload()
    expect(reading.locator(".sentence").first).to_be_visible()
    assert reading.evaluate(text) == pytest.approx([1.5 * size, 1.5 * 0.75 * width])


def test_one_player_plays_at_a_time_in_all_tabs(reading: Page) -> None:
    with reading.expect_popup() as opening:
        reading.evaluate("address => void open(address)", reading.url.replace("/en/", "/fi/"))
    other = opening.value
    reading.click("#play")
    wait_until(lambda: is_playing(reading), "it plays")
    other.click("#play")
    wait_until(lambda: is_playing(other) and not is_playing(reading), "only the other one plays")
    other.close()


def test_the_page_works_without_storage(visit: Visitor) -> None:
    one = visit(alone=True)
    one.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
    )
    page = opened(one)
    page.locator(".sentence").nth(3).click()
    expect(page.locator(".sentence.now")).to_be_visible()
    page.click("#theme")


def test_works_are_filtered_by_words_and_by_language(visit: Visitor, many_works: str) -> None:
    one = visit(site=many_works)
    page = one.open("index.html")
    cards = page.locator(".works > li:visible")
    expect(cards).to_have_count(12)
    page.fill("#query", "AANI essay")
    expect(cards).to_have_count(12)
    page.fill("#query", "essay 11")
    expect(cards).to_have_count(1)
    page.fill("#query", "nothing of the kind")
    expect(page.get_by_text("No matching works.")).to_be_visible()
    page.fill("#query", "")
    page.select_option("#language", "fi")
    expect(cards).to_have_count(1)
    expect(cards.locator("h2 a")).to_have_text("Essee")
    assert cards.locator("h2 a").get_attribute("href") == many_works + "fi/essay-3.html"
    page.select_option("#language", "")
    expect(cards.filter(has_text="Essay 3").locator("h2 a")).to_have_text("Essay 3")


def test_works_are_sorted_and_grouped(visit: Visitor, many_works: str) -> None:
    one = visit(site=many_works)
    page = one.open("index.html")

    def listed() -> list[list[str]]:
        """Return the heading and the titles of each group. Cards that are not drawn yet have no inner text."""
        boxes = page.locator(".group").all()
        return [
            [str(box.locator("h2").first.text_content()), *box.locator("h2 a").all_text_contents()]
            for box in boxes
        ]

    page.select_option("#order", "author")
    numbers = range(12)
    pair, alone = ([f"Essay {n}" for n in numbers if n % 2 == rest] for rest in (0, 1))
    assert sorted(map(sorted, listed())) == sorted(map(sorted, (["Zoe Aalto", *pair], ["Aino Ääni", *alone])))
    assert [group[0] for group in listed()] == ["Zoe Aalto", "Aino Ääni"]
    page.fill("#query", "essay 11")
    expect(page.locator(".group:visible")).to_have_count(1)
    page.fill("#query", "")
    page.select_option("#order", "series")
    assert listed()[0] == ["Evenings", "Essay 10", "Essay 1", "Essay 2"]
    assert [len(group) for group in listed()] == [4, 10]
    page.evaluate(
        "([path, place]) => localStorage.setItem(`audiobook:place:${path}`, place)",
        [f"{urlsplit(many_works).path}en/essay-7.html", '{"t": 1, "of": 2, "at": 5}'],
    )
    page.select_option("#order", "played")
    page.reload()
    expect(page.locator("#order")).to_have_value("played")
    expect(page.locator(".works h2 a").first).to_have_text("Essay 7")


def test_the_addresses_of_a_feed_and_of_a_sentence_can_be_copied(visit: Visitor, site: str) -> None:
    one = visit(alone=True, permissions=["clipboard-read", "clipboard-write"])
    one.page.clock.install(time=0)
    page = opened(one)
    page.clock.pause_at(600)  # what was copied is told for as long as the test looks
    linger(page)
    page.click("summary:has-text('Subscribe')")
    page.click("button.copy")
    expect(page.locator("button.copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"https://example.org/books/en/{DAY}.feed.xml"
    expect(page.locator("img.qr")).to_be_visible()

    page.locator(".sentence").nth(12).click()
    text = page.locator(".sentence.now").inner_text()
    page.click("#share")
    expect(page.locator("#told")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".sentence.now")).to_have_text(text)


# Another edition next to the text

BOTH_LIT = """const [text, other] = [".sentence.now", ".twin.now"].map(
    (name) => document.querySelector(name).getBoundingClientRect());"""
"""Both at once: the page may be scrolling."""


def test_the_same_sentence_is_lit_in_both_languages(visit: Visitor, library: Shelf) -> None:
    one = visit()
    page = one.open(f"en/{DAY}.html")
    page.get_by_role("button", name="Second language").click()
    page.get_by_role("combobox", name="Second language").select_option(label="Suomi")
    page.keyboard.press("Escape")
    wanted = [p for each in library.record(f"fi/{DAY}")["chapters"][:3] for p in each["paragraphs"]]
    shown = page.locator(".beside")
    texts = [paragraph["text"] for paragraph in wanted]
    wait_until(lambda: shown.all_inner_texts()[: len(wanted)] == texts, "all are beside it")
    linger(page)
    assert (shown.first.get_attribute("lang"), shown.first.get_attribute("dir")) == ("fi", "ltr")
    place, told = next((i, p) for i, p in enumerate(wanted) if len(p["sentences"]) > 2)
    second = told["sentences"][1]
    shown.nth(place).locator(".twin").nth(1).click()
    assert told["text"][second["start"] : second["end"]] in page.locator(".twin.now").all_inner_texts()
    expect(page.locator(".sentence.now")).to_have_count(1)
    assert page.evaluate(f"{BOTH_LIT} text.right <= other.left"), "two columns"
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(lambda: page.evaluate(f"{BOTH_LIT} text.bottom <= other.top"), "one below the other")
    page = one.open(f"fi/{DAY}.html")
    expect(page.locator(".beside").first).to_have_attribute("lang", "en")
    page.keyboard.press("s")
    expect(page.locator(".sentence").first).to_be_visible()
    expect(page.locator(".beside")).to_have_count(0)


def test_every_paragraph_is_shown_once_whatever_the_numbers(visit: Visitor, tmp_path: Path) -> None:
    names = tuple(f"Paragraph {number}." for number in range(9))
    three = tuple(said_chapter(f"C{i}", i * 3000, names[i * 3 : i * 3 + 3]) for i in range(3))
    pair = (said_chapter("C", 0, names[:2]),)
    shelf = put(tmp_path, record_of(chapters=three), record_of(language="ar", chapters=pair))
    publish(
        shelf,
        tmp_path,
        base_address("https://example.org"),
        PublishSettings(fast_start=False),
        datetime.now(UTC),
    )
    with static_host(tmp_path) as host:
        one = visit(site=host)
        for language, wanted, direction in (("en", names[:2], "rtl"), ("ar", names, "ltr")):
            page = one.open(f"{language}/essay.html")
            page.keyboard.press("s")
            expect(page.locator(".beside p")).to_have_text(wanted)
            assert page.locator(".beside").first.get_attribute("dir") == direction
            page.locator(".sentence").last.click()
            assert page.locator(".twin.now").all_inner_texts()[-1] == wanted[-1]
            page.keyboard.press("s")
            expect(page.locator(".beside")).to_have_count(0)
        one.faults.clear()  # its audio is empty


# Large works


@pytest.mark.exhaustive
def test_a_work_of_twenty_hours_opens_with_only_its_first_chapter(visit: Visitor, twenty_hours: str) -> None:
    one = visit(site=twenty_hours)
    one.page.goto(twenty_hours + "en/long.html", wait_until="domcontentloaded")
    expect(one.page.locator(".sentence").first).to_be_visible()
    at_rest(one.page)
    asked = [path for path in one.asked if ".read/" in path]
    assert [path[:-13] for path in asked] == ["en/long.read/0-"]
    assert one.page.locator("section[data-chapter]").count() == 1
    assert 0 < one.page.locator(".sentence").count() <= 500, "sentences of one chapter, of 20 000"
    one.faults.clear()  # its audio is empty


@pytest.mark.exhaustive
def test_another_chapter_of_a_long_work_is_shown_alone(visit: Visitor, twenty_hours: str) -> None:
    one = visit(site=twenty_hours)
    page = opened(one, "en/long.html")
    page.click("#chapters a >> nth=30")
    expect(page.locator("section[data-chapter='30'] .sentence").first).to_be_visible()
    assert page.locator("section[data-chapter='0']").count() == 0
    page.click("button.earlier")
    expect(page.locator("section[data-chapter='29']")).to_be_attached()
    assert page.locator("section[data-chapter]").first.get_attribute("data-chapter") == "29"
    one.faults.clear()


# For everyone


@pytest.mark.parametrize(
    ("colours", "size"), sampled([("light", (1280, 860)), ("dark", (360, 740))]), ids=["desktop", "phone"]
)
def test_axe_finds_nothing(visit: Visitor, colours: str, size: tuple[int, int]) -> None:
    axe = (node_modules("axe-core") / "axe-core" / "axe.min.js").read_text("utf-8")
    one = visit(color_scheme=colours, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")

    def violations(page: Page) -> list[str]:
        page.evaluate(axe)
        found: Json = page.evaluate("axe.run()")
        return [
            f"{rule['id']}: {node['html'][:150]} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    page = opened(one)
    assert violations(page) == []
    page.locator(".sentence").nth(12).click()
    expect(page.locator(".word")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    if size[0] < 500:
        page.click("#options")
    page.click("#play")
    page.mouse.wheel(0, 100)
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    assert violations(page) == []
    assert violations(opened(one, "en/shapes.html")) == []
    for path in ("index.html", f"fi/{DAY}.text.html"):
        assert violations(one.open(path)) == []


@pytest.mark.parametrize("is_open", [False, True])
def test_no_focused_element_is_hidden_under_the_player(visit: Visitor, *, is_open: bool) -> None:
    page = opened(visit(viewport={"width": 390, "height": 844}, reduced_motion="reduce"))
    if is_open:
        page.click("#options")
    page.focus(".home")
    names = []
    while page.evaluate("!document.activeElement.closest('.bar')"):
        name, bottom, player = page.evaluate(
            "(e => [e.textContent.trim(), e.getBoundingClientRect().bottom, Math.min(..."
            "[...document.querySelectorAll('#bar, #follow:not([hidden])')].map((one) => one.getBoundingClientRect().top))"
            "])(document.activeElement)"
        )
        assert bottom <= player, name
        names.append(name)
        page.keyboard.press("Tab")
    assert {"Download MP3", "Full text on one page"} <= set(names)


IN_VIEW: Final = """element => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && bottom <= innerHeight && element.contains(at);
}"""


def test_on_a_desktop_the_current_chapter_is_in_view_at_every_height(
    visit: Visitor, many_chapters: str
) -> None:
    one = visit(site=many_chapters)
    page = one.open("en/essay.html")
    hidden = []
    for height in (600, 720, 860, 1080):
        page.set_viewport_size({"width": 1280, "height": height})
        for number in (24, 1):
            page.evaluate(f"location.hash = '#p={number}.1.1'")
            current = page.locator("#chapters a[aria-current]")
            expect(current).to_contain_text(f"Chapter {number}")
            if not current.evaluate(IN_VIEW):
                hidden.append((height, number))
    assert hidden == []
    one.faults.clear()  # its audio is empty


def test_on_a_phone_a_sheet_lists_the_chapters_at_any_place(visit: Visitor, many_chapters: str) -> None:
    one = visit(site=many_chapters, viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page = opened(one, "en/essay.html#p=22.1.1")
    page.click("#here")
    current = page.locator("#sheet a[aria-current]")
    expect(current).to_contain_text("Chapter 22")
    expect(current).to_be_focused()
    assert current.evaluate(IN_VIEW)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#chapter")).to_have_text("Chapter 23")
    expect(page.locator("#chapters a")).to_have_count(24)
    expect(page.locator("#here")).to_be_focused()
    page.keyboard.press("c")
    page.mouse.click(180, 20)
    expect(page.locator("#sheet")).to_be_hidden()
    one.faults.clear()


def test_the_text_does_not_scroll_the_focused_element_away(visit: Visitor) -> None:
    page = opened(
        visit(viewport={"width": 360, "height": 740}, reduced_motion="reduce"), f"en/{DAY}.html#t=100"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".home")).to_be_focused()
    for _ in range(3):
        before = page.locator(".sentence.now").inner_text()
        page.evaluate("document.querySelector('audio').currentTime += 30")
        expect(page.locator(".sentence.now")).not_to_have_text(before)
        at_rest(page)
        expect(page.locator(".sentence.now")).not_to_be_in_viewport()
        assert page.locator(".home").evaluate(IN_VIEW)
    page.get_by_role("button", name="Back to the voice").press("Enter")
    expect(page.locator(".sentence.now")).to_be_in_viewport()
    expect(page.locator("#play")).to_be_focused()
    expect(page.locator("#follow")).to_be_hidden()


def test_a_long_site_name_leaves_room_for_the_page(visit: Visitor, long_name: str) -> None:
    one = visit(site=long_name, viewport={"width": 390, "height": 844})
    for path in ("index.html", "en/essay.html", "en/essay.text.html"):
        page = one.open(path)
        assert page.locator(".top").bounding_box()["height"] < 150  # type: ignore[index]
        one.faults.clear()  # its audio is empty


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_no_page_is_wider_than_its_window(visit: Visitor, width: int, library: Shelf) -> None:
    one = visit(viewport={"width": width, "height": 800})
    for path in ("index.html", f"en/{DAY}.html", "en/shapes.html", "fi/the-listening-reader.html"):
        page = one.open(path)
        if path != "index.html":
            expect(page.locator(".sentence").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        if path != "index.html":
            outside = page.locator(
                "#bar button:visible, #bar select:visible, #bar input:visible, #left"
            ).evaluate_all(
                "all => all.map(e => [e.id, e.getBoundingClientRect()])"
                ".filter(([, box]) => box.left < 0 || box.right > innerWidth || box.bottom > innerHeight)"
                ".map(([id]) => id)"
            )
            assert outside == []
