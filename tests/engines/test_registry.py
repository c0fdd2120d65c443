"""Choosing engine and voice: by name, by tag or by the nearest tag, or an error that lists the choices."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_S

from audiobook.engines.base import ANY_LANGUAGE, Engine, Voice
from audiobook.engines.registry import engine_names, load_engine, voice_for
from audiobook.engines.tone import ToneEngine
from audiobook.errors import EngineMissing


class Choir(ToneEngine):
    """An engine with several voices, given with their languages."""

    name = "choir"

    def __init__(self, **languages: str) -> None:
        self._voices = [
            Voice("choir", name, tag, "for tests", 22050) for name, tag in sorted(languages.items())
        ]

    def voices(self) -> Sequence[Voice]:
        return self._voices


def missing(engine: Engine, language: str, name: str | None = None) -> EngineMissing:
    with pytest.raises(EngineMissing) as caught:
        voice_for(engine, language, name)
    return caught.value


def test_the_projects_engines_are_installed_in_alphabetical_order() -> None:
    names = engine_names()
    assert {"espeak", "tone"} <= set(names)
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("engine", "voice", "narrator"),
    [
        ("espeak", "en-gb-x-rp", "English (Received Pronunciation)"),
        ("espeak", "cmn", "Chinese (Mandarin)"),
        ("gtts", "fi", "Finnish"),
        ("tone", "tone", "Test tones, not speech"),
    ],
)
def test_a_voice_has_a_name_for_listeners(engine: str, voice: str, narrator: str) -> None:
    found = {each.name: each for each in load_engine(engine).voices()}
    assert found[voice].narrator == narrator


def test_an_engine_is_created_once() -> None:
    engine = load_engine("tone")
    assert isinstance(engine, ToneEngine)
    assert load_engine("tone") is engine


def test_a_mistyped_engine_is_missing_with_the_nearest_name() -> None:
    with pytest.raises(EngineMissing) as caught:
        load_engine("pipper")
    assert caught.value.message == "no engine named “pipper”"
    assert caught.value.hint == "did you mean piper?"
    assert caught.value.exit_code == 3


def test_a_named_voice_is_found_whatever_the_language() -> None:
    assert voice_for(Choir(anna="fi", eva="sl"), "pl", "eva").name == "eva"


def test_a_mistyped_voice_is_missing_with_the_nearest_name() -> None:
    error = missing(Choir(anna="fi", eva="sl"), "fi", "ana")
    assert error.message == "the engine “choir” has no voice “ana”"
    assert error.hint == "did you mean anna?"


def test_an_unrecognisable_voice_name_lists_the_voices_of_the_language() -> None:
    error = missing(Choir(anna="en-gb", eva="sl"), "en", "Bartholomew")
    assert error.hint == "English voices: anna (`audiobook voices --lang en`)"


def test_a_voice_name_must_match_exactly() -> None:
    assert missing(Choir(anna="fi"), "fi", "Anna").hint == "did you mean anna?"
    assert missing(Choir(anna="fi"), "fi", "").hint == "Finnish voices: anna (`audiobook voices --lang fi`)"


@pytest.mark.parametrize("language", ["pt-BR", "pt-br", "PT-BR"])
def test_a_voice_with_exactly_the_tag_comes_first(language: str) -> None:
    assert voice_for(Choir(a="pt", b="pt-BR", c=ANY_LANGUAGE), language).name == "b"


def test_the_first_of_two_voices_with_a_tag_is_used() -> None:
    assert voice_for(Choir(b="fi", a="fi", c="fi"), "fi").name == "a"
    assert voice_for(Choir(b="pt", a="pt", c="fi"), "pt-AO").name == "a"


def test_a_voice_for_any_language_speaks_what_no_other_does() -> None:
    assert voice_for(Choir(a="fi", b=ANY_LANGUAGE), "sl").name == "b"


@pytest.mark.parametrize(
    ("language", "tag"), [("pt-AO", "pt"), ("zh", "cmn"), ("no", "nb"), ("fi-FI", "fi"), ("sr-Latn", "hr")]
)
def test_otherwise_the_nearest_language_is_used(language: str, tag: str) -> None:
    tags = {"pt", "cmn", "nb", "fi", "hr", "en"}
    assert voice_for(Choir(**{name: name for name in tags}), language).language == tag


@pytest.mark.parametrize("language", ["fi", "ja", "tlh", "qaa", "xx-!!", "", "a-b-c", "x-nobody"])
def test_a_language_unlike_all_others_is_missing(language: str) -> None:
    error = missing(Choir(anna="sl", eva="pl"), language)
    assert error.message == f"the engine “choir” has no voice for “{language}”"
    assert error.hint
    assert error.exit_code == 3


def test_similar_languages_are_suggested() -> None:
    assert missing(Choir(a="fin-FI", b="ja"), "fim-FI").hint == "did you mean fin-FI? (`--lang`)"


def test_a_language_without_a_voice_is_not_treated_as_a_typo() -> None:
    for language in ("se", "smn"):
        error = missing(Choir(a="sv", b="te", c="smj"), language)
        assert error.message.endswith(f"has no voice for “{language}”")
        assert error.hint == f"to look for a voice to install: audiobook voices install {language}"


def test_an_engine_without_voices_has_none_for_any_language() -> None:
    assert missing(Choir(), "fi").hint == "to look for a voice to install: audiobook voices install fi"
    assert missing(Choir(), "fi", "anna").hint is None


def test_a_voice_with_an_invalid_tag_does_not_affect_others() -> None:
    assert voice_for(Choir(a="?!", b="pt"), "pt-AO").name == "b"
    assert voice_for(Choir(a="?!", b="pt"), "?!").name == "a"


@pytest.mark.slow
@given(language=st.text() | st.from_regex(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", fullmatch=True))
def test_any_language_gives_a_voice_or_none(language: str) -> None:
    engine = Choir(anna="fi", eva="pt-BR", ida="cmn")
    try:
        voice = voice_for(engine, language)
    except EngineMissing:
        return
    assert voice in engine.voices()


LOAD = """
import sys
from audiobook.engines.registry import engine_names, load_engine
from audiobook.errors import EngineMissing
assert sys.argv[1] in engine_names()
try:
    print(type(load_engine(sys.argv[1])).__name__)
except EngineMissing as error:
    print(error)
    print(error.hint)
"""


def loaded(folder: Path, code: str, entry: str = "stranger:Stranger", package: str = "stranger") -> list[str]:
    """Install a third-party engine, and load it in a separate process."""
    (folder / f"{package}.py").write_text(code)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[audiobook.engines]\nstrange = {entry}\n")
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    ended = subprocess.run(
        [sys.executable, "-c", LOAD, "strange"],
        env=os.environ | {"PYTHONPATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return ended.stdout.splitlines()


def test_a_third_party_engine_uses_the_same_entry_point(tmp_path: Path) -> None:
    code = "from audiobook.engines.tone import ToneEngine\nclass Stranger(ToneEngine): pass\n"
    assert loaded(tmp_path, code) == ["Stranger"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nowhere", "No module named 'nowhere'"),
        ("x = 1", "has no attribute 'Stranger'"),
        ("class Stranger:\n  def __init__(self): raise OSError('no model')", "no model"),
        ("class Stranger(", "never closed"),
    ],
)
def test_an_engine_that_cannot_be_loaded_is_missing_with_the_reason(
    tmp_path: Path, code: str, why: str
) -> None:
    message, hint = loaded(tmp_path, code)
    assert message.startswith("the engine “strange” cannot be loaded: ")
    assert why in message
    assert "--engine" in hint


def test_an_engine_can_report_itself_as_missing(tmp_path: Path) -> None:
    code = (
        "from audiobook.errors import EngineMissing\n"
        "class Stranger:\n"
        "    def __init__(self): raise EngineMissing('no voices here', hint='get some')\n"
    )
    assert loaded(tmp_path, code) == ["no voices here", "get some"]


def test_a_class_that_lacks_part_of_the_protocol_is_not_an_engine(tmp_path: Path) -> None:
    message, _ = loaded(tmp_path, "class Stranger:\n    name = 'strange'\n    def voices(self): return []\n")
    assert message == "“strange” is not a speech engine: it lacks identity, prepare, speak"


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("zh-TW", "cmn"),
        ("zh-Hant", "cmn"),
        ("zh-HK", "yue"),
        ("nn", "nb"),
        ("nn-NO", "nb"),
        ("fil", "ms"),
        ("tl", "ms"),
    ],
)
def test_a_language_without_a_voice_has_that_of_a_relative(language: str, voice: str) -> None:
    assert voice_for(Choir(cmn="cmn", yue="yue", nb="nb", ms="ms", en="en"), language).name == voice


@pytest.mark.parametrize("language", ["und", "mul", "zxx", "xx"])
def test_a_tag_of_no_language_asks_for_one(language: str) -> None:
    assert missing(Choir(anna="fi"), language).hint == "add the language of the text, for example `--lang en`"
