"""The key of a clip: it depends on everything that affects the sound, but not on the position."""

from array import array

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.audio.noise_floor import Floor
from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker, clip_key
from audiobook.document import Kind, Paragraph, Passage, Phonemes, PhonemeSpan, Sentence
from audiobook.narration.passages import narrate

SPEAKER = Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, 22050)
SOUND = Sound(350, -3.5, -1.0, 64, 7)


def passage(*texts: str, language: str = "fi", at: int = 0) -> Passage:
    return Passage(
        tuple(
            Sentence(
                text,
                array("I", range(at, at + len(text))),
                array("I", range(at + 1, at + 1 + len(text))),
            )
            for text in texts
        ),
        language,
    )


def key(spoken: Passage, speaker: Speaker = SPEAKER, sound: Sound = SOUND) -> str:
    return clip_key(spoken, speaker, sound.identity)


PLAIN = key(passage("Hän tuli.", "Hän lähti."))


def test_a_key_is_64_hexadecimal_digits() -> None:
    assert len(PLAIN) == 64
    assert set(PLAIN) <= set("0123456789abcdef")


def test_the_place_of_a_passage_does_not_change_its_key() -> None:
    assert key(passage("Hän tuli.", "Hän lähti.", at=500)) == PLAIN
    (one,) = narrate(Paragraph("Hän tuli.", Kind.TEXT), "fi")
    (other,) = narrate(Paragraph("  Hän\u00ad  tuli.", Kind.TEXT), "fi")
    assert one.sentences[0].span != other.sentences[0].span
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "texts",
    [
        ("Hän tuli.", "Hän lähti!"),
        ("hän tuli.", "Hän lähti."),
        ("Hän lähti.", "Hän tuli."),
        ("Hän tuli. Hän lähti.",),
        ("Hän tuli.",),
        ("Hän tuli.", "Hän lähti.", "Hän lähti."),
        ("Hän tuli.Hän lähti.",),
        ("Hän tuli.", "Hän ", "lähti."),
    ],
)
def test_other_words_or_other_sentence_breaks_give_another_key(texts: tuple[str, ...]) -> None:
    assert key(passage(*texts)) != PLAIN


@pytest.mark.parametrize("language", ["sl", "fi-FI", "FI"])
def test_another_language_has_another_key(language: str) -> None:
    assert key(passage("Hän tuli.", "Hän lähti.", language=language)) != PLAIN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("engine", "espeak"),
        ("identity", "tone 2"),
        ("voice", "eva"),
        ("speed", 1.5),
        ("pitch", 1.2),
        ("volume", 0.5),
        ("rate_hz", 24000),
    ],
)
def test_another_speaker_has_another_key(field: str, value: object) -> None:
    other = msgspec.structs.replace(SPEAKER, **{field: value})
    assert key(passage("Hän tuli.", "Hän lähti."), speaker=other) != PLAIN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sentence_ms", 351),
        ("gain_db", -3.4),
        ("peak_dbtp", -1.5),
        ("kbits", 96),
        ("quality", 2),
        ("floor", Floor(-70.0, 0.0)),
        ("resampled_hz", 24000),
    ],
)
def test_another_sound_has_another_key(field: str, value: object) -> None:
    other = msgspec.structs.replace(SOUND, **{field: value})
    assert key(passage("Hän tuli.", "Hän lähti."), sound=other) != PLAIN


def test_every_field_of_speaker_and_sound_is_tested_here() -> None:
    assert Speaker.__struct_fields__ == ("engine", "identity", "voice", "speed", "pitch", "volume", "rate_hz")
    assert Sound.__struct_fields__ == (
        "sentence_ms",
        "gain_db",
        "peak_dbtp",
        "kbits",
        "quality",
        "floor",
        "resampled_hz",
    )


def test_keys_never_change_so_that_older_clips_are_found() -> None:
    assert clip_key(passage("Hän tuli."), SPEAKER, "sound").startswith("4952c6b16e0c0c7f")


TEXTS = st.lists(st.text("ab ,\"'[]\\", min_size=1, max_size=5), min_size=1, max_size=4)


@given(one=TEXTS, other=TEXTS)
def test_two_passages_share_a_key_only_if_they_say_the_same(one: list[str], other: list[str]) -> None:
    assert (key(passage(*one)) == key(passage(*other))) == (one == other)


def test_phonemes_change_a_key_and_passages_without_any_keep_theirs() -> None:
    def sounded(*spans: PhonemeSpan) -> Passage:
        return Passage((Sentence("Hän tuli.", (), (), spans),), "fi")

    plain = key(sounded())
    assert plain == key(passage("Hän tuli."))
    given = clip_key(passage("Hän tuli.", "Hän lähti."), SPEAKER, "sound")
    assert given == "f5af3034d1021a2126f4f1b534ba931007fe9039dab1b3381454697b43db65a3"
    with_sounds = clip_key(sounded(PhonemeSpan(0, 3, Phonemes("hæn"))), SPEAKER, "clip 1")
    assert with_sounds == "50de641d4e1efc111f9ca95ac0e03d8789c1451364cb961b5893483e11792aec"
    spans = [
        PhonemeSpan(0, 3, Phonemes("hæn")),
        PhonemeSpan(4, 4, Phonemes("hæn")),
        PhonemeSpan(0, 3, Phonemes("hen")),
        PhonemeSpan(0, 3, Phonemes("hæn", "espeak")),
    ]
    keys = {key(sounded(span)) for span in spans} | {plain, key(sounded(spans[0], spans[1]))}
    assert len(keys) == 6
