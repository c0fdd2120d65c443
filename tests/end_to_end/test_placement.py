"""Times in the record are exact: the decoded file is compared with the samples of the engine."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from tools import (
    Json,
    Samples,
    Shelf,
    correlation,
    decoded,
    decoded_by_ffmpeg,
    passages_of,
    samples_of_pcm,
    words_of,
)

from audiobook.document import Kind, Mark, Paragraph, Sentence
from audiobook.engines.base import Speech, Style
from audiobook.engines.registry import load_engine, voice_for
from audiobook.engines.tone import tone
from audiobook.narration.passages import narrate

ALIKE = 0.99
SEARCHED_SAMPLES = 1 << 13
INAUDIBLE = 10 ** (-45 / 20)
"""Sound trimmed around a sentence peaks below -45 dBFS."""
LEAST_TIMED = {"en": 0.94, "fi": 0.97, "id": 0.97, "lv": 0.97, "pl": 0.97, "sl": 0.97}
"""Minimum share of words with their own mark. espeak-ng has one event for English pairs such as "of the"."""


def lag_of(heard: Samples, spoken: Samples) -> int:
    """Return the first sample of the spoken sound that remains in the trimmed sound.

    A stretch from the middle of `heard` is tried at every place where all of `heard` fits into `spoken`.
    """
    room = len(spoken) - len(heard)
    start = max(0, (len(heard) - SEARCHED_SAMPLES) // 2)
    sought = heard[start : start + SEARCHED_SAMPLES]
    window = spoken[start : start + room + len(sought)]
    size = 1 << (len(window) + len(sought)).bit_length()
    products = np.fft.irfft(np.fft.rfft(window, size) * np.conj(np.fft.rfft(sought, size)), size)[: room + 1]
    sums = np.concatenate(([0.0], np.cumsum(window.astype(np.float64) ** 2)))
    energy = np.sqrt(sums[len(sought) : len(sought) + room + 1] - sums[: room + 1])
    return int(np.argmax(products / np.maximum(energy, 1e-3)))


def speeches_of(label: str, record: Json, paragraph: Json) -> list[tuple[Speech, Sentence]]:
    """Speak a paragraph of a record again with the real engine."""
    engine = load_engine(record["inputs"]["speaker"]["engine"])
    voice = voice_for(engine, record["language"], record["inputs"]["speaker"]["voice"])
    passages = narrate(Paragraph(paragraph["text"], Kind(paragraph["kind"])), record["language"])
    return [
        pair
        for passage in passages
        for pair in zip(engine.speak(passage, voice, Style()), passage.sentences, strict=True)
    ]


def begun(speech: Speech, sentence: Sentence) -> tuple[Mark, ...]:
    """Return the marks that begin a written word, leaving out further words of a number."""
    reached = 0
    marks = []
    for mark in speech.marks:
        start, end = sentence.source_span(mark.start, mark.start + mark.length)
        if start >= reached:
            marks.append(mark)
        reached = end
    return tuple(marks)


def drifted(marks: tuple[Mark, ...], cut: int, sentence: Json) -> list[int]:
    """Return the difference between the time of each word and its mark in the trimmed sentence."""
    length = sentence["end_samples"] - sentence["start_samples"]
    wanted = [min(max(mark.offset_samples - cut, 0), length) for mark in marks]
    found = [word[2] - sentence["start_samples"] for word in sentence["words"]]
    return [one - other for one, other in zip(found, wanted, strict=True)]


def test_every_passage_is_heard_at_its_place(texts_built: Shelf, text_label: str) -> None:
    record = texts_built.record(text_label)
    sound = decoded(texts_built.book(text_label))
    passages = 0
    for paragraph, sentences in passages_of(record):
        heard_parts, spoken_parts = [], []
        pairs = speeches_of(text_label, record, paragraph)
        for (speech, narrated), sentence in zip(pairs, sentences, strict=True):
            heard = sound[sentence["start_samples"] : sentence["end_samples"]]
            spoken = samples_of_pcm(speech.pcm.samples)
            cut = lag_of(heard, spoken)
            kept = spoken[cut : cut + len(heard)]
            left_out = np.concatenate((spoken[:cut], spoken[cut + len(heard) :]))
            assert np.abs(left_out).max(initial=0) < INAUDIBLE, "something that is heard was cut off"
            assert not any(drifted(begun(speech, narrated), cut, sentence)), paragraph["text"]
            heard_parts.append(heard)
            spoken_parts.append(kept)
        alike = correlation(np.concatenate(heard_parts), np.concatenate(spoken_parts))
        assert alike >= ALIKE, (alike, paragraph["line"])
        passages += 1
    assert passages == sum(1 for _ in passages_of(record)) > 5


def test_pyav_and_ffmpeg_hear_the_same(texts_built: Shelf) -> None:
    path = texts_built.book("sl/the-listening-reader")
    assert np.abs(decoded(path) - decoded_by_ffmpeg(path)).max() <= 1.5 / 32768


def test_it_is_silent_where_the_record_has_no_speech(texts_built: Shelf, text_label: str) -> None:
    record = texts_built.record(text_label)
    sound = decoded(texts_built.book(text_label))
    margin = record["rate_hz"] // 20
    said = [sentence for _, sentences in passages_of(record) for sentence in sentences]
    edges = [0, *(edge for each in said for edge in (each["start_samples"], each["end_samples"]))]
    for start, end in zip(edges[::2], [*edges[1::2], record["length_samples"]], strict=True):
        pause = sound[min(start + margin, end) : max(end - margin, start)]
        assert np.abs(pause).max(initial=0) < INAUDIBLE


def test_the_whole_text_is_shown(texts_built: Shelf, text_label: str) -> None:
    record = texts_built.record(text_label)
    source = (texts_built.root / record["source"]).read_text("utf-8")
    shown = [paragraph["text"] for chapter in record["chapters"] for paragraph in chapter["paragraphs"]]
    letters = Counter(character for character in source if character.isalnum())
    assert Counter(character for text in shown for character in text if character.isalnum()) == letters


@pytest.mark.parametrize("language", LEAST_TIMED)
def test_nearly_every_word_has_its_time(texts_built: Shelf, language: str) -> None:
    words = timed = begun = 0
    for name in texts_built.outputs():
        if not name.startswith(f"{language}/") or not name.endswith(".json"):
            continue
        for paragraph, sentences in passages_of(texts_built.record(name.removesuffix(".json"))):
            spans = [(word[0], word[0] + word[1]) for sentence in sentences for word in sentence["words"]]
            for start, end in words_of(paragraph["text"]):
                words += 1
                timed += any(first < end and start < last for first, last in spans)
                begun += any(start <= first < end for first, _ in spans)
    assert words > 300
    assert timed >= 0.97 * words
    assert begun >= LEAST_TIMED[language] * words, begun / words


def test_words_come_in_order_and_inside_their_sentence(texts_built: Shelf, text_label: str) -> None:
    for paragraph, sentences in passages_of(texts_built.record(text_label)):
        for sentence in sentences:
            times = [word[2] for word in sentence["words"]]
            assert times == sorted(times)
            assert all(sentence["start_samples"] <= time < sentence["end_samples"] for time in times)
            spans = [(word[0], word[0] + word[1]) for word in sentence["words"]]
            assert all(sentence["start"] <= start < end <= sentence["end"] for start, end in spans)
            assert all(end <= start for (_, end), (start, _) in pairwise(spans))
            assert all(paragraph["text"][start:end].strip() for start, end in spans)


TONES = """\
Words With Known Tones

The first paragraph has some words. And a second sentence, with a few more of them!

Sana, jolla on oma äänensä; słowo z własnym tonem.
"""


@pytest.mark.slow
def test_every_word_of_the_tone_engine_begins_where_the_record_says(shelf: Shelf) -> None:
    shelf.write("texts/en/tones.txt", TONES)
    shelf.build("--engine", "tone")
    record = shelf.record("en/tones")
    sound = decoded(shelf.book("en/tones"))
    near = record["rate_hz"] * 2 // 1000
    words = 0
    for paragraph, sentences in passages_of(record):
        for start, length, at in (word for sentence in sentences for word in sentence["words"]):
            word = paragraph["text"][start : start + length]
            signal = samples_of_pcm(tone(word, length * 882))
            heard = sound[at : at + len(signal)]
            assert correlation(heard, signal) >= ALIKE, f"this is not the tone of {word}"
            loud = float(np.abs(heard).max())
            assert np.abs(sound[at - 5 * near : at - near]).max() < 0.05 * loud
            assert np.abs(sound[at + near : at + 5 * near]).max() > 0.5 * loud
            words += 1
    assert words == len(TONES.split())
