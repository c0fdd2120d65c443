"""The error tree: exit codes, messages, hints, and pickling between processes."""

import importlib
import pickle
import pkgutil
from collections.abc import Iterator

import pytest

import audiobook
from audiobook import errors
from audiobook.book.sound.book_frames import DamagedClip
from audiobook.errors import AudiobookError, near

EXIT_CODES: dict[type[AudiobookError], int] = {
    errors.AudiobookError: 1,
    errors.WorkError: 1,
    errors.SourceError: 1,
    errors.EmptyText: 1,
    errors.SpeechError: 1,
    errors.NoSpeech: 1,
    errors.ServiceError: 1,
    errors.OutputMismatch: 1,
    errors.UsageError: 2,
    errors.SettingsError: 2,
    errors.NothingToDo: 3,
    errors.EngineMissing: 3,
    errors.NoVoice: 3,
    errors.StorageError: 4,
    errors.ClusterError: 4,
    errors.Bug: 70,
}
PARENTS = {
    errors.WorkError: AudiobookError,
    errors.SourceError: errors.WorkError,
    errors.EmptyText: errors.SourceError,
    errors.SpeechError: errors.WorkError,
    errors.NoSpeech: errors.SpeechError,
    errors.ServiceError: errors.SpeechError,
    errors.OutputMismatch: errors.WorkError,
    errors.UsageError: AudiobookError,
    errors.SettingsError: errors.UsageError,
    errors.NothingToDo: AudiobookError,
    errors.EngineMissing: AudiobookError,
    errors.NoVoice: errors.EngineMissing,
    errors.StorageError: AudiobookError,
    errors.ClusterError: AudiobookError,
    errors.Bug: AudiobookError,
}


def family(kind: type[AudiobookError]) -> Iterator[type[AudiobookError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def every_error() -> set[type[AudiobookError]]:
    """All errors of the package, wherever they are defined."""
    for module in pkgutil.walk_packages(audiobook.__path__, "audiobook."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {kind for kind in family(AudiobookError) if kind.__module__.startswith("audiobook.")}


@pytest.mark.parametrize("kind", EXIT_CODES, ids=lambda kind: kind.__name__)
def test_every_error_has_the_exit_code_of_the_tree(kind: type[AudiobookError]) -> None:
    assert kind("message").exit_code == EXIT_CODES[kind]


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_every_error_has_its_place_in_the_tree(kind: type[AudiobookError]) -> None:
    assert kind.__bases__ == (PARENTS[kind],)


def test_an_interrupt_is_not_caught_by_handlers_of_exceptions() -> None:
    assert errors.Interrupted.__bases__ == (BaseException,)
    assert errors.Terminated.__bases__ == (errors.Interrupted,)
    assert (errors.Interrupted.exit_code, errors.Terminated.exit_code) == (130, 143)


def test_bytes_that_are_not_text_are_escaped_in_every_part_of_an_error() -> None:
    error = errors.SourceError("b\udcff", hint="\ud83d", where="caf\udce9.txt")
    assert (str(error), error.hint) == (r"caf\xe9.txt: b\xff", r"\ud83d")


def test_no_error_of_the_tree_is_missing_here() -> None:
    assert {kind for kind in every_error() if kind.__module__ == "audiobook.errors"} == set(EXIT_CODES)


def test_a_message_begins_with_its_place_and_excludes_the_hint() -> None:
    error = errors.SourceError("is not UTF-8", where="texts/fi/a.txt:3", hint="save it as UTF-8")
    assert str(error) == "texts/fi/a.txt:3: is not UTF-8"
    assert (error.message, error.where, error.hint) == (
        "is not UTF-8",
        "texts/fi/a.txt:3",
        "save it as UTF-8",
    )


def test_a_message_without_a_place_has_no_prefix() -> None:
    error = AudiobookError("nothing works")
    assert str(error) == "nothing works"
    assert error.where is None
    assert error.hint is None


@pytest.mark.parametrize("hint", [None, "do this"])
@pytest.mark.parametrize("where", [None, "texts/fi/a.txt:3"])
@pytest.mark.parametrize("kind", EXIT_CODES, ids=lambda kind: kind.__name__)
def test_pickling_keeps_all_parts(kind: type[AudiobookError], where: str | None, hint: str | None) -> None:
    error = kind("what happened: “ä”", where=where, hint=hint)
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (back.message, back.where, back.hint, str(back)) == (error.message, where, hint, str(error))


def test_every_error_of_the_package_can_be_pickled() -> None:
    lost = []
    for kind in sorted(every_error(), key=lambda kind: kind.__name__):
        error = DamagedClip("k" * 64) if issubclass(kind, DamagedClip) else kind("message")
        try:
            same = vars(pickle.loads(pickle.dumps(error))) == vars(error)
        except TypeError:
            same = False
        if not same:
            lost.append(kind.__name__)
    assert lost == []


def test_an_error_of_a_plugin_is_pickled_as_the_error_that_it_extends() -> None:
    class Refused(errors.SourceError):
        def __init__(self, line: int) -> None:
            super().__init__("is refused", where=f"a.odd:{line}", hint="ask again")

    back = pickle.loads(pickle.dumps(Refused(3)))
    assert type(back) is errors.SourceError
    assert (back.message, back.where, back.hint) == ("is refused", "a.odd:3", "ask again")


def test_a_misspelt_word_suggests_the_nearest_known_ones() -> None:
    assert near("espeek", ["tone", "espeak"]) == "did you mean espeak?"
    assert near("kbit", ["kbits", "bits", "quality"]) == "did you mean kbits or bits?"


def test_an_unrecognisable_word_lists_all_known_ones_in_order() -> None:
    assert near("xyz", ["tone", "espeak", "tone"]) == "known: espeak, tone"


def test_a_long_list_of_known_words_is_cut() -> None:
    hint = near("?", [f"word{number:02}" for number in range(40)])
    assert hint is not None
    assert hint.startswith("known: word00, word01")
    assert hint.endswith("word11, …")
    assert "word12" not in hint


def test_without_known_words_there_is_no_hint() -> None:
    assert near("anything", []) is None
