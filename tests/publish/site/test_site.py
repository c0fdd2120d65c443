"""The pages work without scripts, make no third-party requests, and never turn text into markup."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html
from records import chapter, put, record

from audiobook.book.record.works import Record
from audiobook.languages import direction, language_name
from audiobook.publish import labels as labels_module
from audiobook.publish.address import base_address
from audiobook.publish.folder import PublicFolder
from audiobook.publish.labels import label_language
from audiobook.publish.publication import Publication
from audiobook.publish.publishing import Published, publish
from audiobook.publish.site.assets import LIVE, OFFLINE, assets, sources
from audiobook.publish.site.pages import Site, put_index, put_page, put_shared
from audiobook.publish.site.shown import clock, spelled_length
from audiobook.publish.works.feeds import updated_feeds
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

ADDRESS = "https://example.org/books"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'quoted' onload=x",
    "</title><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "]]> --> \x01\x0b\x7f\ufffe",
    "a very long title " * 20,
    "كتاب الأصوات",
    "𝔄𝔰𝔱𝔯𝔞𝔩 🎧 letters",
]


def shown(folder: Path, *records: Record, live: bool = False, **settings: Any) -> None:
    """Publish only the pages."""
    shelf = put(folder, *records)
    chosen, address = PublishSettings(fast_start=False, **settings), base_address(ADDRESS)
    site = Site.of(shelf, updated_feeds(shelf, address, chosen, {}, NOW), address, chosen, live=live)
    public = PublicFolder(folder, Publication())
    put_shared(site, public)
    for edition in shelf.editions:
        put_page(edition, shelf.record(edition), site, public)
    put_index(site, public)
    public.commit(ADDRESS, {}, {})


def published(folder: Path, address: str = ADDRESS) -> Published:
    """Publish everything."""
    return publish(read_shelf(folder), folder, base_address(address), PublishSettings(fast_start=False), NOW)


def page(folder: Path, path: str) -> html.HtmlElement:
    return html.document_fromstring((folder / path).read_bytes().decode("utf-8"))


def test_every_label_exists_in_all_languages() -> None:
    data = tomllib.loads(Path(labels_module.__file__).with_suffix(".toml").read_text("utf-8"))
    assert set(data) == {"en", "fi", "lv", "pl", "sl", "id"}
    for language, words in data.items():
        assert words.keys() == data["en"].keys(), language
        for name, text in words.items():
            assert text.strip()
            assert text.count("{}") == data["en"][name].count("{}"), (language, name)


def test_every_label_is_used_and_every_used_label_exists() -> None:
    folder = Path(labels_module.__file__).parent
    sources = "".join(
        path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in (".html", ".py")
    )
    words = tomllib.loads((folder / "labels.toml").read_text("utf-8"))["en"]
    assert set(re.findall(r"\bsay\.(\w+)", sources)) <= set(words)
    assert [name for name in words if f"say.{name}" not in sources and f'"{name}"' not in sources] == []


def test_a_page_has_labels_in_the_works_language_if_there_are_any() -> None:
    assert [label_language(tag) for tag in ("fi", "pt-BR", "en-GB", "id")] == ["fi", "en", "en", "id"]
    assert (language_name("fi"), language_name("pt-BR"), language_name("xx")) == (
        "Suomi",
        "Português (BR)",
        "xx",
    )
    assert [direction(tag) for tag in ("ar", "fa-IR", "en", "az-Arab", "ur-Latn")] == [
        "rtl",
        "rtl",
        "ltr",
        "rtl",
        "ltr",
    ]


def test_durations_are_shown_in_hours_and_minutes() -> None:
    assert spelled_length(42.4, "en") == "42 s"
    assert spelled_length(59.9 * 60, "fi") == "1 h 0 min"
    assert spelled_length(20 * 3600 + 300, "id") == "20 jam 5 mnt"
    assert [clock(seconds) for seconds in (0, 61.9, 3723)] == ["0:00", "1:01", "1:02:03"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_and_its_title_are_shown_and_never_become_markup(text: str, tmp_path: Path) -> None:
    """Titles are one line of at most 200 characters, as records require."""
    title = re.sub("[\x00-\x1f\x7f]", "", text)[:200]
    one = record(title=title, authors=(text,), chapters=(chapter(title, 0, (text,)),))
    shown(tmp_path, one, title=text, description=text)
    seen, told = (
        re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe]", "\N{REPLACEMENT CHARACTER}", each)
        for each in (title, text)
    )
    work = page(tmp_path, "en/essay.html")
    assert work.findtext(".//h1") == seen
    assert work.xpath("string(//*[@id='chapters']//*[@class='name'])") == seen
    assert page(tmp_path, "index.html").xpath("string(//ul[@class='works']//h2)").strip() == seen.strip()
    assert page(tmp_path, "en/essay.text.html").findtext(".//section/p") == told
    for name in ("en/essay.html", "en/essay.text.html", "index.html"):
        for script in page(tmp_path, name).iter("script"):
            assert script.get("src")
            assert not script.text
        assert not page(tmp_path, name).xpath("//@onerror | //@onload | //@style | //style")


def test_a_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    shown(tmp_path, record(), record(language="fi"))
    for name in ("en/essay.html", "fi/essay.html", "en/essay.text.html", "index.html"):
        found = page(tmp_path, name)
        policy = found.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        for target in found.xpath("//@src | //@href"):
            if target.startswith(ADDRESS):
                assert target.endswith("feed.xml")
                continue
            assert ":" not in target
            assert not target.startswith("/")
            path = (tmp_path / name).parent / target.partition("#")[0]
            is_elsewhere = path.name in (
                "feed.xml",
                "essay.feed.xml",
                "essay.small.jpg",
                "essay-ffffffff.mp3",
            )
            assert path.is_file() or is_elsewhere or target.startswith("#"), target
    for name, data in assets().items():
        if name != "icon.svg":
            assert b"://" not in data, name


def test_a_shared_page_has_a_card_with_full_addresses(tmp_path: Path) -> None:
    shown(tmp_path, record(title='Stones & "Rivers"', description="Of chairs.\n\nOf tables."), title="Books")

    def card(name: str) -> dict[str, str]:
        found = page(tmp_path, name).xpath("//meta[@property]")
        return {meta.get("property").removeprefix("og:"): meta.get("content") for meta in found}

    assert card("en/essay.html") == {
        "type": "book",
        "title": 'Stones & "Rivers"',
        "description": "Of chairs.",
        "site_name": "Books",
        "url": f"{ADDRESS}/en/essay.html",
        "image": f"{ADDRESS}/en/essay.cover-ffffffff.jpg",
        "audio": f"{ADDRESS}/en/essay.sound/essay-ffffffff.mp3",
        "audio:type": "audio/mpeg",
    }
    assert card("index.html") == {"type": "website", "title": "Books", "url": f"{ADDRESS}/index.html"}


def test_everything_can_be_reached_without_scripts(tmp_path: Path) -> None:
    chapters = (chapter("One", 0, ("First.",), 2500), chapter("Two", 2500, ("Second.",)))
    shown(tmp_path, record(chapters=chapters), record(language="fi", title="Essee"))
    index, work = page(tmp_path, "index.html"), page(tmp_path, "en/essay.html")
    assert {"en/essay.html", "fi/essay.html"} <= set(index.xpath("//@href"))
    assert index.xpath(f"//a[@href='{ADDRESS}/fi/feed.xml']")
    audio, sound = work.find(".//audio"), "essay.sound/essay-ffffffff.mp3"
    assert (audio.get("src"), audio.get("preload"), audio.get("controls")) == (sound, "none", "")
    links = work.xpath("//*[@id='chapters']//a/@href")
    assert links == [f"{sound}#t=0.000", f"{sound}#t=2.500"]
    assert {"../fi/essay.html", "essay.text.html", sound, "../index.html"} <= set(work.xpath("//@href"))
    text = page(tmp_path, "en/essay.text.html").text_content()
    assert "First." in text
    assert "Second." in text


def test_language_and_direction_are_marked_where_they_change(tmp_path: Path) -> None:
    shown(tmp_path, record(language="ar", title="كتاب"), record(language="fi", title="Kirja"))
    work = page(tmp_path, "ar/essay.html")
    assert (work.get("lang"), work.get("dir")) == ("en", "ltr")
    assert (work.find(".//h1").get("lang"), work.find(".//h1").get("dir")) == ("ar", "rtl")
    assert work.xpath("//section[@id='text']/@dir") == ["rtl"]
    assert page(tmp_path, "fi/essay.html").get("lang") == "fi"
    assert work.xpath("//nav[@class='languages']//a/@lang") == ["ar", "fi"]
    assert work.xpath("//nav[@class='languages']//a[@aria-current='page']/@lang") == ["ar"]
    assert work.xpath("//head/link[@rel='alternate']/@hreflang") == ["fi"]


def test_foreign_parts_have_their_language_on_the_page_of_the_whole_text(tmp_path: Path) -> None:
    one = record(chapters=(chapter("A", 0, ("He said bonjour & left.",)),))
    told = one.chapters[0].paragraphs[0]
    foreign = msgspec.structs.replace(told, foreign=((8, 15, "fr"),))
    chapters = (msgspec.structs.replace(one.chapters[0], paragraphs=(foreign,)),)
    shown(tmp_path, msgspec.structs.replace(one, chapters=chapters))
    found = page(tmp_path, "en/essay.text.html").xpath("//span[@lang='fr']")
    assert [span.text for span in found] == ["bonjour"]


def test_a_works_details_are_on_its_page(tmp_path: Path) -> None:
    told = record(description="It begins <here>.\n\nAnd goes on.")
    shown(tmp_path, msgspec.structs.replace(told, series="Evenings", series_position="2"))
    work = page(tmp_path, "en/essay.html")
    assert work.xpath("//div[@class='description']/p/text()") == ["It begins <here>.", "And goes on."]
    assert work.xpath("//meta[@name='description']/@content") == ["It begins <here>."]
    assert work.findtext(".//p[@class='series']") == "Evenings · 2"


def test_the_scripts_of_each_page_are_small_and_load_no_others(tmp_path: Path) -> None:
    shown(tmp_path, record())
    for name in ("en/essay.html", "index.html"):
        scripts = [(tmp_path / name).parent / path for path in page(tmp_path, name).xpath("//script/@src")]
        assert len(scripts) == 2
        texts = [path.read_text("utf-8") for path in (*scripts, tmp_path / OFFLINE)]
        assert sum(len(text.encode()) for text in texts) <= 80_000
        assert not re.search(r"^\s*(?:import|export)\b|\bimport\(", "\n".join(texts), re.MULTILINE)


def test_modules_are_written_so_that_they_can_be_joined() -> None:
    """Joining relies on these forms; see `scripts`."""
    for name, data in sources().items():
        text = data.decode() if name.endswith(".js") else ""
        assert not [line for line in text.splitlines() if line.count("`") % 2], (
            f"{name}: text over several lines"
        )
        imports = re.findall(r"^import\b.*$", text, re.MULTILINE)
        assert all(re.fullmatch(r"import \{ [\w, ]+ \} from '\./[a-z]+\.js';", line) for line in imports), (
            name
        )
        exports = re.findall(r"^export\b.*$", text, re.MULTILINE)
        assert all(re.match(r"export (?:async )?(?:function|class|const) \w", line) for line in exports), name


def test_only_live_pages_listen_for_changes(tmp_path: Path) -> None:
    shown(tmp_path / "still", record())
    shown(tmp_path / "live", record(), live=True)
    still, live = (page(tmp_path / name, "en/essay.html") for name in ("still", "live"))
    assert not still.xpath("//script/@data-changes")
    assert not list((tmp_path / "still").glob(f"assets/*/{LIVE}"))
    assert live.xpath("//script/@data-changes") == ["../-/changes"]
    assert list((tmp_path / "live").glob(f"assets/*/{LIVE}"))


def test_pages_depend_on_the_base_address_only_for_the_feeds_address(tmp_path: Path) -> None:
    put(tmp_path, record())
    published(tmp_path)
    before = (tmp_path / "en/essay.html").read_text("utf-8")
    other = "http://127.0.0.1:8000"
    published(tmp_path, other)
    assert (tmp_path / "en/essay.html").read_text("utf-8") == before.replace(ADDRESS, other)


def test_publishing_again_writes_nothing(tmp_path: Path) -> None:
    put(tmp_path, record(), record("other"))
    assert published(tmp_path).written
    assert published(tmp_path).written == ()


def test_many_works_can_be_filtered_and_their_covers_load_lazily(tmp_path: Path) -> None:
    shown(tmp_path, *(record(f"essay-{number}", title=f"Essay {number}") for number in range(11)))
    index = page(tmp_path, "index.html")
    assert index.xpath("//*[@id='filter']//input[@type='search']")
    images = index.xpath("//ul[@class='works']//img")
    assert len(images) == 11
    assert all(
        (image.get("loading"), image.get("width"), image.get("height")) == ("lazy", "600", "600")
        for image in images
    )
    assert not page(tmp_path, "en/essay-1.html").xpath("//img[@class='cover']/@loading")


def test_works_with_the_same_title_are_listed_separately(tmp_path: Path) -> None:
    shown(tmp_path, record("one", title="Same"), record("two", title="Same"))
    links = page(tmp_path, "index.html").xpath("//ul[@class='works']//h2/a/@href")
    assert links == ["en/one.html", "en/two.html"]


def test_each_feed_has_a_qr_code(tmp_path: Path) -> None:
    shown(tmp_path, record(), record(language="fi"))
    codes = [*page(tmp_path, "index.html").xpath("//img[@class='qr']/@src")]
    for language in ("en", "fi"):
        codes += page(tmp_path, f"{language}/essay.html").xpath("//img[@class='qr']/@src")
    assert codes == ["en/feed.svg", "fi/feed.svg", "../en/essay.feed.svg", "../fi/essay.feed.svg"]
    drawn = [(tmp_path / code.removeprefix("../")).read_bytes() for code in codes]
    assert len(set(drawn)) == 4
    assert all(html.fromstring(one).tag == "svg" for one in drawn)
