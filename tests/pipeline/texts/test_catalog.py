"""Finding texts, their names, and files that are not texts."""

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import AudiobookError, NothingToDo, SourceError, UsageError
from audiobook.pipeline.texts.catalog import Catalog, find_texts
from audiobook.pipeline.texts.edition import Edition, slug_of
from audiobook.pipeline.texts.named_texts import choose


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    return folder


def put(texts: Path, *names: str) -> None:
    for name in names:
        path = texts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Otsikko\n\nTeksti.\n", "utf-8")


def labels(catalog: Catalog) -> list[str]:
    return [edition.label for edition in catalog.editions]


def places(catalog: Catalog) -> list[str | None]:
    return [problem.where for problem in catalog.problems]


def only(catalog: Catalog) -> Edition:
    assert catalog.problems == ()
    (edition,) = catalog.editions
    return edition


def only_problem(catalog: Catalog) -> AudiobookError:
    assert catalog.editions == ()
    (problem,) = catalog.problems
    assert isinstance(problem, SourceError)
    return problem


def test_a_text_in_the_folder_of_its_language_is_found(texts: Path) -> None:
    put(texts, "fi/oma-essee.txt")
    assert only(find_texts(texts)) == Edition(
        "oma-essee", "fi", texts / "fi" / "oma-essee.txt", "texts/fi/oma-essee.txt", None
    )


def test_a_text_with_its_language_in_its_name_is_found(texts: Path) -> None:
    put(texts, "oma-essee.fi.txt")
    assert only(find_texts(texts)) == Edition(
        "oma-essee", "fi", texts / "oma-essee.fi.txt", "texts/oma-essee.fi.txt", None
    )


def test_texts_are_ordered_by_language_and_slug(texts: Path) -> None:
    put(texts, "sl/b.txt", "a.sl.txt", "fi/b.md", "fi/a.markdown", "pt-BR/a.text", "c.fi.MD")
    assert labels(find_texts(texts)) == ["fi/a", "fi/b", "fi/c", "pt-BR/a", "sl/a", "sl/b"]


def test_the_same_slug_in_several_languages_is_allowed(texts: Path) -> None:
    put(texts, "fi/a.txt", "sl/a.txt", "a.lv.txt")
    assert find_texts(texts).problems == ()
    assert labels(find_texts(texts)) == ["fi/a", "lv/a", "sl/a"]


def test_a_dot_in_a_name_is_part_of_it(texts: Path) -> None:
    put(texts, "fi/osa.1.2.txt", "osa.2.fi.txt")
    assert labels(find_texts(texts)) == ["fi/osa-1-2", "fi/osa-2"]


def test_the_language_may_be_in_folder_and_name(texts: Path) -> None:
    put(texts, "fi/essee.fi.txt")
    assert only(find_texts(texts)).slug == "essee"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("fi/oma-essee.txt", "Oma essee"),
        ("oma_essee.fi.txt", "Oma essee"),
        ("fi/Äänikirjan  lukija.txt", "Äänikirjan lukija"),
        ("fi/iltaIloa.txt", "IltaIloa"),
        ("fi/--a--.txt", "A"),
        ("fi/1984.txt", "1984"),
    ],
)
def test_the_fallback_title_is_the_name_made_readable(texts: Path, name: str, title: str) -> None:
    put(texts, name)
    assert only(find_texts(texts)).fallback_title == title


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".png"])
@pytest.mark.parametrize(
    ("text", "cover"),
    [
        ("fi/essee.txt", "fi/essee"),
        ("fi/essee.txt", "essee"),
        ("essee.fi.txt", "essee"),
        ("fi/e.1.txt", "fi/e.1"),
    ],
)
def test_a_picture_of_the_same_name_is_the_cover(texts: Path, text: str, cover: str, suffix: str) -> None:
    put(texts, text, cover + suffix)
    assert only(find_texts(texts)).cover == texts / (cover + suffix)


def test_a_picture_that_is_read_is_not_its_own_cover(texts: Path) -> None:
    put(texts, "en/page.png", "en/page.jpg", "en/other.png")
    catalog = find_texts(texts)
    for name, cover in (("other.png", None), ("page.png", texts / "en/page.jpg")):
        found = choose(catalog, [str(texts / "en" / name)], ["en"], texts)
        assert [edition.cover for edition in found.editions] == [cover]


def test_the_nearest_cover_is_used_and_jpeg_before_png(texts: Path) -> None:
    put(texts, "fi/a.txt", "fi/a.png", "a.jpg", "fi/b.txt", "fi/b.png", "fi/b.jpg")
    assert [edition.cover for edition in find_texts(texts).editions] == [
        texts / "fi" / "a.png",
        texts / "fi" / "b.jpg",
    ]


def test_a_picture_with_another_name_or_format_is_not_a_cover(texts: Path) -> None:
    put(texts, "fi/a.txt", "fi/b.jpg", "sl/a.jpg", "fi/a.gif")
    (texts / "fi" / "a.png").mkdir()
    catalog = find_texts(texts)
    assert [edition.cover for edition in catalog.editions] == [None]


def test_files_that_accompany_texts_are_skipped(texts: Path) -> None:
    put(
        texts,
        "fi/a.txt",
        "LICENSE",
        "README.md",
        "fi/LICENSE",
        "fi/a.toml",
        "fi/a.pls",
        ".hidden.txt",
        "fi/.a.txt.swp",
        ".git/x.txt",
    )
    catalog = find_texts(texts)
    assert labels(catalog) == ["fi/a"]
    assert catalog.problems == ()


@pytest.mark.parametrize("name", ["fi/a.ods", "fi/a.txtt", "a.fi.wp7", "a.ods", "fi/a.txt~", "fi/a.mid"])
def test_an_unknown_ending_is_a_problem_with_what_can_be_read(texts: Path, name: str) -> None:
    put(texts, name)
    problem = only_problem(find_texts(texts))
    assert problem.where == f"texts/{name}"
    assert ".txt" in (problem.hint or "")


@pytest.mark.parametrize("name", ["a.txt", "a.finnish.txt", "a.1.md", "fi.txt", "a.f.txt", "a.fi-.txt"])
def test_a_text_of_unknown_language_is_a_problem(texts: Path, name: str) -> None:
    put(texts, name)
    problem = only_problem(find_texts(texts))
    assert problem.where == f"texts/{name}"
    assert "language" in problem.message
    assert "<lang>" in (problem.hint or "")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("suomi", "fi"), ("english", "en"), ("fi_FI", "fi-FI"), ("eng", "en"), ("deu-AT", "de-AT")),
        *(("f", "such as fi"), ("fi-", "such as fi"), ("1", "such as fi")),
    ],
)
def test_a_folder_that_is_not_named_by_a_tag_is_a_problem(texts: Path, name: str, meant: str) -> None:
    put(texts, f"{name}/a.txt", f"{name}/b.txt")
    problem = only_problem(find_texts(texts))
    assert problem.where == f"texts/{name}"
    assert "language" in problem.message
    assert (problem.hint or "").endswith(meant if " " not in meant else "such as fi or pt-BR")


def test_an_empty_folder_is_not_a_problem(texts: Path) -> None:
    (texts / "drafts").mkdir()
    (texts / "fi").mkdir()
    put(texts, "notes/.hidden")
    assert find_texts(texts) == Catalog((), ())


def test_a_folder_within_a_language_is_a_text_if_it_contains_one(texts: Path) -> None:
    put(texts, "fi/novel/a.txt", "pt-BR/Novel/part/1.md", "novel.sl/1.md")
    assert labels(find_texts(texts)) == ["fi/novel", "pt-BR/novel", "sl/novel"]
    (texts / "fi/empty").mkdir()
    assert [problem.where for problem in find_texts(texts).problems] == ["texts/fi/empty"]
    put(texts, "fi/novel.md")
    assert "texts/fi/novel" in str(find_texts(texts).problems[-1])


@pytest.mark.parametrize("folder", ["fi", "."])
def test_a_link_to_an_outside_file_is_refused_by_name(texts: Path, tmp_path: Path, folder: str) -> None:
    put(tmp_path, "secret.txt")
    put(texts, "fi/a.txt")
    (texts / folder / "b.fi.txt").symlink_to(tmp_path / "secret.txt")
    catalog = find_texts(texts)
    assert labels(catalog) == ["fi/a"]
    assert places(catalog) == ["texts/" + os.path.normpath(f"{folder}/b.fi.txt")]
    assert "link" in catalog.problems[0].message


def test_texts_behind_a_link_to_an_outside_folder_are_refused(texts: Path, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.txt", "elsewhere/b.txt")
    (texts / "fi").symlink_to(tmp_path / "elsewhere")
    catalog = find_texts(texts)
    assert labels(catalog) == []
    assert catalog.problems
    assert all("link" in problem.message for problem in catalog.problems)


def test_a_link_within_the_texts_is_followed(texts: Path) -> None:
    put(texts, "fi/a.txt")
    (texts / "fi" / "b.txt").symlink_to("a.txt")
    (texts / "sl").symlink_to("fi")
    assert labels(find_texts(texts)) == ["fi/a", "fi/b", "sl/a", "sl/b"]


def test_the_texts_themselves_may_be_a_link(texts: Path, tmp_path: Path) -> None:
    put(texts, "fi/a.txt")
    (tmp_path / "linked").symlink_to(texts)
    assert only(find_texts(tmp_path / "linked")).name == "linked/fi/a.txt"


@pytest.mark.parametrize("name", ["fi/loop.txt", "loop.fi.txt"])
def test_a_link_to_itself_is_refused_by_name_and_the_others_continue(texts: Path, name: str) -> None:
    put(texts, "fi/a.txt")
    (texts / name).symlink_to(Path(name).name)
    catalog = find_texts(texts)
    assert labels(catalog) == ["fi/a"]
    assert places(catalog) == [f"texts/{name}"]


def test_a_broken_link_is_reported(texts: Path) -> None:
    put(texts, "fi/a.txt")
    (texts / "fi" / "b.txt").symlink_to("nowhere.txt")
    catalog = find_texts(texts)
    assert labels(catalog) == ["fi/a"]
    assert places(catalog) == ["texts/fi/b.txt"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fi/a.txt", "a.fi.txt"),
        ("fi/a.md", "fi/a.txt"),
        ("fi/a b.txt", "fi/a-b.txt"),
        ("fi/A.txt", "fi/a.txt"),
        ("fi/ä.txt", "fi/a.txt"),
        ("fi/a.fi.txt", "fi/a.txt"),
        ("FI/a.txt", "fi/a.txt"),
    ],
)
def test_two_texts_that_would_make_the_same_files_are_named(texts: Path, one: str, other: str) -> None:
    put(texts, one, other)
    catalog = find_texts(texts)
    (kept,), (problem,) = catalog.editions, catalog.problems
    assert {kept.name, problem.where} == {f"texts/{one}", f"texts/{other}"}
    assert kept.name in problem.message
    assert problem.hint
    assert choose(catalog, [kept.slug], [], texts) == catalog
    assert choose(catalog, [str(kept.path)], [], texts) == Catalog((kept,), ())  # a path is not ambiguous


def test_a_named_text_is_not_blamed_for_others_that_would_make_the_same_files(texts: Path) -> None:
    put(texts, "fi/a.md", "fi/a.txt", "fi/other.txt")
    assert choose(find_texts(texts), ["other"], [], texts).problems == ()


def test_a_missing_texts_folder_means_no_texts(tmp_path: Path) -> None:
    assert find_texts(tmp_path / "texts") == Catalog((), ())
    (tmp_path / "file").touch()
    assert find_texts(tmp_path / "file") == Catalog((), ())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("essee", "essee"),
        ("Oma Essee", "oma-essee"),
        ("Päivä ääninä", "paiva-aanina"),
        ("naïve—café", "naive-cafe"),
        ("“Niin”, hän sanoi", "niin-han-sanoi"),
        ("it's", "it-s"),
        ("-rf", "rf"),
        ("--help", "help"),
        ("a:b*c?d", "a-b-c-d"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\nb", "a-b"),
        ("1984", "1984"),
        ("ﬁnal Ⅳ", "final-iv"),
    ],
)
def test_a_slug_is_the_name_in_ascii(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Война и мир", "text-"),
        ("Война 2", "2-"),
        ("日本語", "text-"),
        ("smørrebrød", "sm-rrebr-d-"),
        ("łódź", "odz-"),
        ("…", "text-"),
        ("", "text-"),
        ("\u202eabc\u05d0", "abc-"),
        ("a" * 300, "a" * 80 + "-"),
        ("a b " * 100, "a-b-" * 20),
        ("\udcff", "text-"),
    ],
)
def test_a_slug_that_loses_letters_or_is_long_ends_with_a_digest(name: str, slug: str) -> None:
    found = slug_of(name)
    assert found.startswith(slug)
    assert set(found[-8:]) <= set("0123456789abcdef")
    assert len(found) == len(slug) + 8


def test_slugs_never_change_so_that_outputs_keep_their_names() -> None:
    assert slug_of("Война и мир") == "text-f83d61d9"
    assert slug_of("smørrebrød") == "sm-rrebr-d-64e3c3f0"


def test_names_that_lose_different_letters_have_different_slugs() -> None:
    names = ["Война", "Миръ", "日本", "日本語", "a" * 81, "a" * 82, "ø", "ł", "?", "!", "\udcff", "\udcfe"]
    assert len({slug_of(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["Äänikirja", "Война и мiй", "한국어", "ガラス", "café ø"])
def test_a_name_has_one_slug_however_its_accents_are_stored(name: str) -> None:
    assert slug_of(unicodedata.normalize("NFD", name)) == slug_of(unicodedata.normalize("NFC", name))


@given(name=st.text(st.characters()))
def test_every_slug_is_a_safe_name(name: str) -> None:
    slug = slug_of(name)
    assert slug.isascii()
    assert 1 <= len(slug) <= 89
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert slug_of(name) == slug


NAMES = [
    "a b",
    "it's",
    'say "hi"',
    "-rf",
    "--help",
    "a:b",
    "a;b|c",
    "$(x)",
    "%s",
    "{}",
    "a\nb",
    "\u202ea",
    "\u05d0",
    "n" * 240,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_any_name_is_found(texts: Path, name: str) -> None:
    put(texts, f"fi/{name}.txt")
    edition = only(find_texts(texts))
    assert edition.slug == slug_of(name)
    assert edition.path.is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_an_undecodable_name_gives_a_valid_title_or_a_problem(texts: Path) -> None:
    (texts / "fi").mkdir()
    (texts / "fi" / os.fsdecode(b"kirja\xff.txt")).write_text("Vain yksi lause, eikä otsikkoa.\n", "utf-8")
    catalog = find_texts(texts)
    assert len(catalog.editions) + len(catalog.problems) == 1
    for edition in catalog.editions:
        assert edition.fallback_title.encode("utf-16")


def test_a_name_stored_in_parts_is_the_same_edition(texts: Path) -> None:
    put(texts, f"fi/{unicodedata.normalize('NFD', 'Äänikirja')}.txt")
    assert only(find_texts(texts)).slug == "aanikirja"


def test_without_names_everything_is_chosen(texts: Path) -> None:
    put(texts, "fi/a.txt", "sl/b.txt", "lv/c.ods")
    catalog = find_texts(texts)
    assert choose(catalog, [], [], texts) == catalog


@pytest.mark.parametrize("language", ["fi", "FI"])
def test_a_language_narrows_the_choice(texts: Path, language: str) -> None:
    put(texts, "fi/a.txt", "sl/b.txt", "fi/c.txt", "pt-BR/d.txt")
    catalog = find_texts(texts)
    assert labels(choose(catalog, [], [language], texts)) == ["fi/a", "fi/c"]
    assert labels(choose(catalog, [], [language, "sl"], texts)) == ["fi/a", "fi/c", "sl/b"]
    assert labels(choose(catalog, [], ["pt-br"], texts)) == ["pt-BR/d"]


def test_problems_of_other_languages_are_not_reported_with_a_language_filter(texts: Path) -> None:
    put(texts, "fi/a.txt", "fi/b.ods", "sl/a.txt", "sl/c.ods")
    assert places(choose(find_texts(texts), [], ["fi"], texts)) == ["texts/fi/b.ods"]


def test_a_language_without_texts_is_refused_with_the_nearest_one(texts: Path) -> None:
    put(texts, "pt-BR/a.txt", "fi/a.txt")
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), [], ["pt-PT"], texts)
    assert "pt-PT" in caught.value.message
    assert caught.value.hint == "did you mean pt-BR?"
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), [], ["fi", "xyz"], texts)
    assert caught.value.hint == "there are texts in: fi, pt-BR"


def test_without_any_text_there_is_nothing_to_do(texts: Path) -> None:
    with pytest.raises(NothingToDo) as caught:
        choose(find_texts(texts), [], [], texts)
    assert caught.value.exit_code == 3
    assert "init" in (caught.value.hint or "")


def test_unreadable_texts_are_not_nothing_to_do(texts: Path) -> None:
    put(texts, "fi/a.ods")
    assert places(choose(find_texts(texts), [], [], texts)) == ["texts/fi/a.ods"]


def test_a_slug_names_all_its_editions(texts: Path) -> None:
    put(texts, "fi/a.txt", "sl/a.txt", "fi/b.txt")
    catalog = find_texts(texts)
    assert labels(choose(catalog, ["a"], [], texts)) == ["fi/a", "sl/a"]
    assert labels(choose(catalog, ["a"], ["SL"], texts)) == ["sl/a"]
    twice = choose(catalog, ["b", "a", "b"], ["fi"], texts)
    assert (labels(twice), twice.problems) == (["fi/b", "fi/a"], ())


def test_a_mistyped_slug_is_refused_with_the_nearest_one(texts: Path) -> None:
    put(texts, "fi/kirja.txt", "fi/essee.txt")
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), ["esee"], [], texts)
    assert caught.value.message == "no text named “esee”"
    assert caught.value.hint == "did you mean essee?"


def test_a_slug_in_another_language_is_not_suggested(texts: Path) -> None:
    put(texts, "fi/essee.txt", "sl/kirja.txt")
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), ["essee"], ["sl"], texts)
    assert caught.value.hint != "did you mean essee?"


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a\0b", ""])
def test_a_name_that_no_file_can_have_is_refused(
    texts: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(texts, "fi/a.txt")
    (tmp_path / "sl" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "sl" / "here")
    with pytest.raises(UsageError):
        choose(find_texts(texts), [name], [], texts)


def test_a_path_names_a_text_of_the_project(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(texts, "fi/a.txt", "sl/a.txt")
    catalog = find_texts(texts)
    assert choose(catalog, [str(texts / "fi" / "a.txt")], [], texts).editions == catalog.editions[:1]
    monkeypatch.chdir(texts)
    assert choose(catalog, ["sl/a.txt", "sl/../sl/a.txt"], [], texts).editions == catalog.editions[1:]


@pytest.mark.parametrize(
    ("name", "languages", "label"),
    [
        ("letters/kirje.txt", ["fi"], "fi/kirje"),
        ("letters/kirje.fi.txt", [], "fi/kirje"),
        ("fi/kirje.txt", [], "fi/kirje"),
        ("fi/kirje.sl.txt", [], "sl/kirje"),
        ("sl/kirje.txt", ["fi"], "fi/kirje"),
        ("letters/kirje.fi.txt", ["fi", "sl"], "fi/kirje"),
    ],
)
def test_a_file_elsewhere_can_be_named(
    texts: Path, tmp_path: Path, name: str, languages: list[str], label: str
) -> None:
    path = tmp_path / "elsewhere" / name
    put(tmp_path / "elsewhere", name)
    edition = only(choose(find_texts(texts), [str(path)], languages, texts))
    assert (edition.label, edition.path, edition.name) == (label, path, path.name)


def test_a_file_elsewhere_has_its_cover_next_to_it(texts: Path, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "kirje.txt", "kirje.png")
    edition = only(choose(find_texts(texts), [str(tmp_path / "elsewhere" / "kirje.txt")], ["fi"], texts))
    assert edition.cover == tmp_path / "elsewhere" / "kirje.png"


@pytest.mark.parametrize("languages", [[], ["fi", "sl"]])
def test_a_file_of_unknown_language_is_refused_with_a_hint(
    texts: Path, tmp_path: Path, languages: list[str]
) -> None:
    put(tmp_path / "elsewhere", "kirje.txt")
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), [str(tmp_path / "elsewhere" / "kirje.txt")], languages, texts)
    assert "kirje.txt" in caught.value.message
    assert "--lang" in (caught.value.hint or "")


@pytest.mark.parametrize("folder", ["tmp", "doc", "old", "zz", "xx-yy"])
def test_an_arbitrary_folder_name_is_not_the_language_of_a_file(
    texts: Path, tmp_path: Path, folder: str
) -> None:
    put(tmp_path / "elsewhere", f"{folder}/kirje.txt")
    with pytest.raises(UsageError) as caught:
        choose(find_texts(texts), [str(tmp_path / "elsewhere" / folder / "kirje.txt")], [], texts)
    assert "--lang" in (caught.value.hint or "")


def test_a_folder_name_with_a_region_is_the_language_of_a_file(texts: Path, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "pt-BR/kirje.txt")
    edition = only(
        choose(find_texts(texts), [str(tmp_path / "elsewhere" / "pt-BR" / "kirje.txt")], [], texts)
    )
    assert edition.language == "pt-BR"


@pytest.mark.parametrize("language", ["suomi", "f", "../..", "", "fi/x"])
def test_an_invalid_language_is_refused_for_a_file(texts: Path, tmp_path: Path, language: str) -> None:
    put(tmp_path / "elsewhere", "kirje.txt")
    with pytest.raises(UsageError):
        choose(find_texts(texts), [str(tmp_path / "elsewhere" / "kirje.txt")], [language], texts)


def test_a_folder_with_the_name_of_a_slug_does_not_hide_it(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(texts, "fi/output.txt")
    (tmp_path / "output").mkdir()
    monkeypatch.chdir(tmp_path)
    assert labels(choose(find_texts(texts), ["output"], [], texts)) == ["fi/output"]


def test_two_named_files_that_would_make_the_same_files_are_named(texts: Path, tmp_path: Path) -> None:
    put(tmp_path, "one/a.txt", "two/a.txt")
    names = [str(tmp_path / folder / "a.txt") for folder in ("one", "two")]
    catalog = choose(find_texts(texts), names, ["fi"], texts)
    assert labels(catalog) == ["fi/a"]
    assert len(catalog.problems) == 1
