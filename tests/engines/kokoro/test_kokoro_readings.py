"""Japanese and Chinese: the symbols of a text, and which word or character each belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_kokoro import HOP, install_tiny_kokoro

from audiobook.document import Phonemes, PhonemeSpan
from audiobook.engines.base import Style
from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.kokoro.readings import spelled
from audiobook.engines.registry import voice_for
from audiobook.pipeline.voices.gain import bare_passage


def symbols(text: str, language: str, *spans: PhonemeSpan) -> str:
    return "".join(spelled(text, spans, language, lambda words: f"<{words}>").symbols)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ja", "吾輩は猫である。名前はまだ無い。", "βaɡahai βa neko deaɾɯ. namae βa mada nai."),
        ("ja", "昔々、ビッグ・シャンパンを飲んだ。", "mɯkaɕi mɯkaɕi, bʲiʔɡɯ ɕampaɴ o nonda."),
        ("ja", "「コーヒー」は3.5％？", "“koːçiː” βa saɴ teɴ ɡo paːsento?"),
        ("ja", "2026年10月", "ɲi seɴ ɲi ʥɨː ɾokɯ neɴ ʥɨːɡaʦɨ"),
        ("cmn", "今天天气很好，我们去散步吧。", "ʨi→ntʰjɛ→ntʰjɛ→nʨʰi↘ xə↓n xau↓, wo↓mən ʨʰy↘ sa↘npu↘ pa."),
        ("cmn", "银行行长（女儿）说：是！", "i↗nxa↗ŋxa↗ŋꭧa↓ŋ (ny↓ɚ↗) ʂwo→: ʂɨ↘!"),
        ("cmn", "2026年有1,234个", "ɚ↘li↗ŋɚ↘ljou↘njɛ↗n jou↓ i→ʨʰjɛ→nɚ↘pai↓sa→nʂɨ↗sɨ↘ kɤ↘"),
        ("cmn", "他要3.5%", "tʰa→ jau↘ pai↓fə→nꭧɨ→sa→ntjɛ↓nu↓"),
        ("cmn", "…… 😀 ", "……"),
    ],
)
def test_a_text_becomes_symbols(language: str, text: str, expected: str) -> None:
    assert symbols(text, language) == expected


@pytest.mark.slow
def test_letters_and_given_phonemes_are_among_the_words() -> None:
    assert symbols("他说so it is。", "cmn") == "tʰa→ ʂwo→ so it is."
    given = PhonemeSpan(2, 4, Phonemes("neko"))
    assert symbols("私は猫だ", "ja", given) == "βataɕi βa neko"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("ja", "2026年、猫が鳴いた。", ["2026", "年", "猫", "が", "鳴いた"]),
        ("zh", "3.5%的银行。", ["3.5%", "的", "银", "行"]),
    ],
)
def test_each_word_is_marked_where_its_symbols_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, text: str, words: list[str]
) -> None:
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(tmp_path))
    install_tiny_kokoro(tmp_path)
    engine = KokoroEngine()
    voice = voice_for(engine, language)
    (speech,) = engine.speak(bare_passage((text,), language), voice, Style())
    assert [text[mark.start : mark.start + mark.length] for mark in speech.marks] == words
    known = spelled(text, (), {"ja": "ja", "zh": "cmn"}[language], str)
    firsts = {start: first for first, start, _ in reversed(known.words)}
    # One more symbol marks the start, and the sound of each of six frames begins two frames early.
    begins = [(mark.offset_samples / HOP + 2) / 6 - 1 for mark in speech.marks]
    assert begins == pytest.approx([firsts[mark.start] for mark in speech.marks], abs=0.01)
