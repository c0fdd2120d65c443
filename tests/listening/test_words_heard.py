"""From the likelihood of texts to faults, with a small recogniser that knows exactly what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import pytest

from audiobook.clips.clip import ClipSentence
from audiobook.engines.word_times import words_of
from audiobook.listening.evidence import WordEvidence, gain_with_inserted, gain_without, word_evidence
from audiobook.listening.excerpts import excerpts
from audiobook.listening.faults import (
    Kind,
    Suspicion,
    inserted_words,
    invented,
    is_doubtful,
    lowered,
    missing_runs,
    normalised,
    replaced_words,
    suspicions,
    transcribed_words,
    words_per_sentence,
)
from audiobook.listening.sounding import sound_alike
from audiobook.listening.wording import align_words, spoken_words

SAID = "One Saturday in March I decided to keep a diary by ear"


@dataclass(frozen=True)
class Piece:
    """A word of a text, and how likely it is."""

    start: int
    log_probability: float
    begins_s: float


@dataclass(frozen=True)
class ExactSound:
    """A sound in which each word takes a second.

    Words of a text that are not said are unlikely, and so are those after a word that is said but not in the text.
    """

    said: str

    def align(self, text: str) -> Sequence[Piece]:
        words = [text[start:end].lower() for start, end in words_of(text)]
        found = [Piece(start, -8.0, 0.0) for start, _ in words_of(text)]
        latest = 0
        matcher = SequenceMatcher(None, words, self.said.lower().split(), autojunk=False)
        for start, first, count in matcher.get_matching_blocks():
            for offset in range(count):
                skipped = first > latest and offset == 0
                place = found[start + offset].start
                found[start + offset] = Piece(place, -6.0 if skipped else -0.1, float(first + offset))
                latest = first + offset + 1
        return found


@dataclass(frozen=True)
class Hears:
    """A sound in which texts are as likely as they say; the others are certain."""

    texts: Mapping[str, float] = field(default_factory=dict)

    def align(self, text: str) -> Sequence[Piece]:
        spans = words_of(text)
        likelihood = self.texts.get(" ".join(text[start:end].lower() for start, end in spans), 0.0)
        return [Piece(start, likelihood if end == spans[-1][1] else 0.0, 0.0) for start, end in spans]


def gain_of(ratio: float) -> Callable[[range], float]:
    """Return that a sound is more likely without some words, whichever they are, by a log-likelihood ratio."""
    return lambda _: ratio


def heard(text: str, said: str) -> list[tuple[Kind, str]]:
    """Return the faults of a text when something else is said."""
    words, sound = spoken_words(text), ExactSound(said)
    evidence = word_evidence(sound, Hears(), words, align_words(sound, words), lambda *_: sound)
    plain = [normalised(word.text) for word in words]
    transcribed = transcribed_words(
        plain,
        said.lower().split(),
        [is_doubtful(word) for word in evidence],
        lambda pairs: [False] * len(pairs),
    )
    return [
        (one.kind, " ".join(word.text for word in words[one.first : one.end]))
        for one in suspicions(evidence, transcribed, gain_of(9.0))
    ]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        (SAID, []),
        (SAID.replace(" keep", ""), [(Kind.MISSING, "keep")]),
        (SAID.replace(" a diary", ""), [(Kind.MISSING, "a diary")]),
        ("to keep a diary by ear", [(Kind.MISSING, "One Saturday in March I decided")]),
        ("One Saturday in March", [(Kind.MISSING, "I decided to keep a diary by ear")]),
        ("The doors opened quietly", [(Kind.MISSING, SAID)]),
        (SAID.replace("keep", "keep keep"), [(Kind.DOUBLED, "keep")]),
        (SAID.replace("One", "One one"), [(Kind.DOUBLED, "One")]),
        (SAID.replace("ear", "ear ear"), [(Kind.DOUBLED, "ear")]),
    ],
)
def test_words_that_are_missing_or_doubled_are_found(said: str, faults: list[tuple[Kind, str]]) -> None:
    assert heard(f"“{SAID}.”", said) == faults


def test_signs_are_not_part_of_what_is_said() -> None:
    words = spoken_words("“Yes,” she said: (never) again… two-day-old — no")
    assert "".join(word.text + word.after for word in words) == "Yes, she said, never again, two-day-old, no"
    assert [word.text for word in spoken_words("我们走。")] == ["我", "们", "走"]
    assert spoken_words("…") == []


def test_words_keep_their_times_when_others_are_not_said() -> None:
    words = spoken_words("One Saturday in windy March")
    times = [word.begins_s for word in align_words(ExactSound("One Saturday in March"), words)]
    assert times[:3] + times[4:] == [0.0, 1.0, 2.0, 3.0]


def test_invented_words_fit_better_than_silence() -> None:
    said = "one saturday in cold and windy march"
    text = spoken_words("One Saturday in March")
    sound = ExactSound(said)
    [(before, first, last)] = inserted_words(["one", "saturday", "in", "march"], said.split())
    assert (before, said.split()[first:last]) == (3, ["cold", "and", "windy"])
    more = spoken_words(said)[first:last]
    assert gain_with_inserted(sound, Hears(), text, before, more, lambda *_: sound) > 0
    assert gain_with_inserted(sound, Hears(), text, 1, more, lambda *_: sound) < 0


def test_an_added_word_may_be_the_first_or_the_last_of_those_that_are_heard_instead_of_others() -> None:
    found = list(inserted_words("are you asleep now".split(), "are you pages leaked now".split()))
    assert found == [(2, 2, 3), (3, 3, 4)]
    assert list(inserted_words("are you asleep".split(), "are you leaked".split())) == []


def test_words_that_a_recogniser_adds_because_they_are_usual_there_are_not_invented() -> None:
    text, more = spoken_words("Ones being equidistant"), spoken_words("the")
    own, added = "ones being equidistant", "ones being the equidistant"
    sound = Hears({own: -6.0, added: 0.0})
    knowing = Hears({own: -10.0, added: 0.0})
    assert gain_with_inserted(sound, Hears(), text, 2, more, lambda *_: sound) == pytest.approx(6.0)
    assert gain_with_inserted(sound, knowing, text, 2, more, lambda *_: sound) == pytest.approx(
        6.0 - 0.4 * 10
    )
    assert invented(3, 4, 7.0) == Suspicion(Kind.INVENTED, 3, 4, 1.0)
    assert invented(4, 4, 7.0) == Suspicion(Kind.INVENTED, 3, 4, 1.0)
    assert invented(3, 4, 2.0) is None


def test_words_in_whose_place_others_are_heard_are_only_missing_with_clearer_evidence() -> None:
    assert replaced_words(["hear", "of", "shells"], ["hear", "our", "shells"]) == {1}
    assert replaced_words(["of", "hail", "stones"], ["tail", "stones"]) == {0, 1}
    assert replaced_words(["hear", "of", "shells"], ["hear", "shells"]) == frozenset()
    assert replaced_words([*"abcd", "stones"], ["another", "thing", "stones"]) == frozenset()
    evidence = [WordEvidence(-6.0, 6.0, -9.0)] * 3
    assert [word.missing for word in lowered(evidence, {1})] == [6.0, pytest.approx(3.8), 6.0]
    transcribed = [True, False, False, True]
    assert list(missing_runs(transcribed, [], {1, 2}, lambda _: 4.5)) == []
    [found] = missing_runs(transcribed, [], {1, 2}, lambda _: 5.2)
    assert (found.first, found.end, found.strength) == (1, 3, 0.5)


def test_a_transcript_is_shared_out_to_its_sentences() -> None:
    sentences = [["the", "rain", "stopped"], ["a", "door", "closed"], ["nobody", "came"]]
    assert words_per_sentence(sentences, "the rain stopped a door closed nobody came".split()) == [3, 3, 2]
    assert words_per_sentence(sentences, "the rain stopped nobody came".split()) == [3, 0, 2]
    assert sum(words_per_sentence(sentences, "something else is said here".split())) == 5
    assert words_per_sentence([[], ["a"]], ["a"]) == [0, 1]


def test_words_that_sound_alike_are_not_a_fault() -> None:
    pairs = [("tyres", "tires"), ("felled", "felt"), ("took a pencil", "read it all"), ("woke at", "had")]
    assert sound_alike(pairs, "en") == [True, True, False, False]
    assert sound_alike([("same", "same"), ("some", "other")], "xx") == [True, False]


def test_what_the_recogniser_expects_in_any_sound_is_not_evidence() -> None:
    words = spoken_words("She is a doctor")
    sound = Hears({"she is a doctor": -6.0, "she is doctor": -5.0, "she is a a doctor": -7.5})
    aligned = align_words(sound, words)
    plainly = word_evidence(sound, Hears(), words, aligned, lambda *_: sound)[2]
    assert (plainly.missing, plainly.doubled) == (1.0, -1.5)
    knowing = Hears({"she is a doctor": -2.0, "she is doctor": -12.0, "she is a a doctor": -12.0})
    found = word_evidence(sound, knowing, words, aligned, lambda *_: sound)[2]
    assert found.missing == pytest.approx(1.0 + 0.4 * 8)
    assert found.doubled == pytest.approx(-1.5 + 0.4 * 8)


@pytest.mark.parametrize(("at_first", "doubled"), [(-2.0, -8.4), (0.0, -8.0), (-3.0, -3.0), (3.0, 3.0)])
def test_a_doubtful_word_is_heard_again_in_copies_at_other_speeds(at_first: float, doubled: float) -> None:
    words = spoken_words("She is a doctor")
    sound = Hears({"she is a doctor": -6.0, "she is a a doctor": -6.0 + at_first})
    copy = Hears({"she is a doctor": -6.0, "she is a a doctor": -16.0})
    aligned = align_words(sound, words)
    found = word_evidence(
        sound, Hears(), words, aligned, lambda _first, _end, speed: sound if speed == 1 else copy
    )
    assert found[2].doubled == pytest.approx(doubled)


@pytest.mark.parametrize(
    ("text", "hard"),
    [
        ("I did – didn't know", ["did"]),
        ("No, no, never", ["No", "no"]),
        ("Yes", ["Yes"]),
        ("as soon as he saw me", ["as", "as"]),
        ("a good one and an end", []),
    ],
)
def test_it_is_hard_to_hear_how_often_a_word_is_said_beside_its_like(text: str, hard: list[str]) -> None:
    words, sound = spoken_words(text), Hears()
    evidence = word_evidence(sound, sound, words, align_words(sound, words), lambda *_: sound)
    assert [word.text for word, found in zip(words, evidence, strict=True) if found.doubled < 0] == hard


def test_words_that_two_sentences_share_by_chance_do_not_hide_that_another_one_is_said() -> None:
    unlikely, shared, likely = (WordEvidence(value, -9.0, -9.0) for value in (-4.5, -1.0, -0.1))
    other = [unlikely, shared, unlikely, unlikely, shared, unlikely]
    transcribed = [word is not unlikely for word in other]
    [found] = suspicions([likely, *other, likely, likely], [True, *transcribed, True, True], gain_of(4.0))
    assert (found.kind, found.first, found.end) == (Kind.MISSING, 1, 7)
    short = [likely, *other[:4], likely, likely]
    assert suspicions(short, [True, *transcribed[:4], True, True], gain_of(4.0)) == []
    assert suspicions([*other, likely], [True] * 7, gain_of(4.0)) == []


def test_unlikely_words_without_which_the_sound_is_less_likely_are_names_and_not_missing() -> None:
    likely, unlikely = WordEvidence(-0.1, -9.0, -9.0), WordEvidence(-6.0, -1.0, -9.0)
    evidence, transcribed = [*[unlikely] * 3, likely, likely], [*[False] * 3, True, True]
    [found] = suspicions(evidence, transcribed, gain_of(4.0))
    assert (found.first, found.end, found.strength) == (0, 3, 2.0)
    assert suspicions(evidence, transcribed, gain_of(-15.0)) == []
    one_missing = [WordEvidence(-6.0, 6.0, -9.0), *evidence[1:]]
    [found] = suspicions(one_missing, transcribed, gain_of(-15.0))
    assert found.strength == 1.5


def test_a_single_word_is_only_missing_if_the_sound_is_clearly_more_likely_without_it() -> None:
    likely, doubtful = WordEvidence(-0.1, -9.0, -9.0), WordEvidence(-11.0, 4.2, -9.0)
    missing = WordEvidence(-0.1, 6.0, -9.0)
    assert suspicions([likely, doubtful, likely], [True, False, True], gain_of(9.0)) == []
    assert suspicions([likely, missing, likely], [True] * 3, gain_of(9.0)) == [
        Suspicion(Kind.MISSING, 1, 2, 1.5)
    ]


def test_a_word_for_which_another_one_that_sounds_alike_is_heard_is_not_missing() -> None:
    likely, unlikely = WordEvidence(-0.1, -9.0, -9.0), WordEvidence(-4.0, 6.0, -9.0)
    evidence = [unlikely, likely, unlikely, likely]
    doubtful = [is_doubtful(word) for word in evidence]

    def missing(text: str, transcript: str) -> list[int]:
        written = transcribed_words(
            text.split(), transcript.split(), doubtful, lambda pairs: [True] * len(pairs)
        )
        return [one.first for one in suspicions(evidence, written, gain_of(9.0))]

    assert missing("anne came then home", "and came than home") == []
    assert missing("anne came then home", "anne came then home") == [0]
    assert missing("anne came from whiteleys", "and came whitely") == [2]


def test_words_that_are_only_missing_together_are_found() -> None:
    words = spoken_words("He looked at it in silence")
    text = "he looked at it in silence"
    sound = Hears({text: -12.0})
    silence = Hears({text: -20.0})
    assert gain_without(sound, silence, words, range(3, 6)) == pytest.approx(12.0 - 0.4 * 20)
    transcribed = [True] * 3 + [False] * 3
    assert list(missing_runs(transcribed, [], set(), lambda run: float(run.start))) == [
        Suspicion(Kind.MISSING, 3, 6, 0.5)
    ]
    assert list(missing_runs(transcribed, [Suspicion(Kind.MISSING, 4, 5, 1.0)], set(), lambda _: 9.0)) == []
    assert list(missing_runs([True, False, True], [], set(), lambda _: 9.0)) == []


def test_excerpts_are_short_and_cut_between_sentences_or_at_a_pause() -> None:
    texts = ["A short one."] * 5 + ["Word after word, " * 40 + "and then the end."]
    ends = [4, 8, 12, 16, 20, 120]
    sentences = [
        ClipSentence(start * 1000, end * 1000, ()) for start, end in zip([0, *ends], ends, strict=False)
    ]
    found = list(excerpts(sentences, texts, 1000))
    assert [[part.sentence for part in parts] for parts in found[:2]] == [[0, 1, 2], [3, 4]]
    long = [part for parts in found[2:] for part in parts]
    assert all(part.end_samples - part.start_samples <= 26_000 for part in long)
    assert all(texts[5].startswith(part.text, part.start) for part in long)
    assert " ".join(part.text for part in long) == texts[5]
    assert [part.start_samples for part in long[1:]] == [part.end_samples for part in long[:-1]]
    assert all(part.text.endswith(",") for part in long[:-1])
