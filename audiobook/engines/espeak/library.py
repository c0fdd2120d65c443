"""ctypes bindings for the parts of the espeak-ng library that are used here.

Source: espeak-ng 1.52, `src/include/espeak-ng/speak_lib.h`.
"""

from __future__ import annotations

import _ctypes
import ctypes
import gc
import itertools
import os
import re
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from audiobook.engines.word_times import WordEvent
from audiobook.errors import EngineMissing, SpeechError
from audiobook.extras import reinstall_command

_SYNCHRONOUS: Final = 2
"""`AUDIO_OUTPUT_SYNCHRONOUS`: the library starts no thread, so the process can fork."""
_STAY: Final = 0x8000
"""`espeakINITIALIZE_DONT_EXIT`: without it, the library ends the process if its data cannot be read."""
_BUFFER_MS: Final = 1000
_POSITION_BY_CHARACTER: Final = 1
_TEXT_IS_UTF8: Final = 1
"""Only `espeakCHARS_UTF8`: with the flags for SSML or phonemes, text could contain commands."""
_TEXT_HOLDS_MNEMONICS: Final = 0x100
"""`espeakPHONEMES`. Only for texts made by `audiobook.engines.espeak.text`: any other text could contain `[[`."""
_NAMES_IN_IPA: Final = 2
_TIED: Final = 0x80
_TIE: Final = "\u0361"
_PACKAGE: Final = "espeakng-loader"
_SEPARATOR: Final = "\n"
_BITS_OF_SEPARATOR: Final = 8
_EVENT_WORD: Final = 1
_PARAMETER_RATE: Final = 1
_NORMAL_WORDS_A_MINUTE: Final = 175
_PARAMETER_PITCH: Final = 3
_NORMAL_PITCH: Final = 50
_STOP: Final = 1
_GO_ON: Final = 0
_TABLE_COUNT_BYTES: Final = 4
_TABLE_HEAD_BYTES: Final = 4 + 32
_PHONEME: Final = struct.Struct("<4s7xB4x")
_VOWEL: Final = 2
_RENEWALS_UNTIL_COLLECTED: Final = 16
_DICTIONARY: Final = re.compile(rb"^dictionary[ \t]+([\w-]+)", re.MULTILINE)
"""Matches the name of the dictionary in a voice's file; a file without it uses the dictionary of its language."""


class _Event(ctypes.Structure):
    """`espeak_EVENT`."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class _Voice(ctypes.Structure):
    """`espeak_VOICE`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class LibraryVoice(NamedTuple):
    """A voice of the library: its description, language tag and identifier."""

    description: str
    language: str
    identifier: str


_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class EspeakLibrary:
    """The loaded and initialised library. It may only speak in a child process, because some texts crash it."""

    def __init__(self) -> None:
        """Load the library and the data of the `espeakng-loader` wheel.

        Raises:
            EngineMissing: They are missing, or do not work on this computer.
        """
        import espeakng_loader  # only needed for this engine

        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = os.fsencode(espeakng_loader.get_data_path())
        except (
            OSError,
            RuntimeError,
        ) as error:  # RuntimeError if a file or folder of the wheel is missing
            raise EngineMissing(
                f"espeak-ng cannot be loaded: {error}", hint=f"reinstall it: {reinstall_command(_PACKAGE)}"
            ) from error
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._library.espeak_GetCurrentVoice.restype = ctypes.POINTER(_Voice)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.is_new = not self._current_voice()
        """Whether this process has not used the library before, or has unloaded it since."""
        self._data = Path(os.fsdecode(data))
        self.rate_hz = int(self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, _STAY))
        if self.rate_hz <= 0:
            raise EngineMissing(
                f"espeak-ng cannot read its data in {os.fsdecode(data)}",
                hint=f"reinstall it: {reinstall_command(_PACKAGE)}",
            )
        self.version = bytes(self._library.espeak_Info(None)).decode()

    def voices(self) -> Iterator[LibraryVoice]:
        """Yield the voices in the library's order."""
        listed = self._library.espeak_ListVoices(None)
        position = 0
        while listed[position]:
            voice = listed[position].contents
            # A list of (priority byte, zero-terminated tag), terminated by a zero byte; the first is the main one.
            tag = ctypes.string_at(voice.languages + 1).decode()
            yield LibraryVoice(voice.name.decode().strip(), tag, voice.identifier.decode())
            position += 1

    def has_dictionary(self, voice: LibraryVoice) -> bool:
        """Return whether the dictionary of a voice is installed; without it, the library crashes on every text."""
        if voice.language.partition("-")[0] in self._dictionaries:
            return True
        try:
            named = _DICTIONARY.search((self._data / "lang" / voice.identifier).read_bytes())
        except OSError:
            return False
        return named is not None and named[1].decode() in self._dictionaries

    @cached_property
    def _dictionaries(self) -> frozenset[str]:
        return frozenset(path.name.removesuffix("_dict") for path in self._data.glob("*_dict"))

    def set_voice(self, voice: LibraryVoice) -> None:
        """Select the voice for the following texts.

        Raises:
            SpeechError: The library kept its previous voice.
        """
        if self._is_current(voice):
            return  # selecting it again would reload its dictionary, which takes most of the time of a short passage
        self._library.espeak_SetVoiceByName(voice.identifier.encode())
        # If the voice cannot be selected, the library keeps the previous one and reports no error.
        if not self._is_current(voice):
            raise SpeechError(f"espeak-ng could not switch to the voice “{voice.language}”")

    def _is_current(self, voice: LibraryVoice) -> bool:
        return self._current_voice() == voice.identifier.encode()

    def _current_voice(self) -> bytes | None:
        current = self._library.espeak_GetCurrentVoice()
        return bytes(current.contents.identifier) if current and current.contents.identifier else None

    def unload(self) -> None:
        """Unload the library, as far as the system allows. This object cannot be used afterwards."""
        self._library.espeak_Terminate()
        if sys.platform == "win32":
            _ctypes.FreeLibrary(self._library._handle)
        else:
            _ctypes.dlclose(self._library._handle)

    def set_speed(self, speed: float) -> None:
        """Set the pace; 1.0 is the library's default of 175 words a minute."""
        self._library.espeak_SetParameter(_PARAMETER_RATE, round(_NORMAL_WORDS_A_MINUTE * speed), 0)

    def set_pitch(self, pitch: float) -> None:
        """Set the pitch; 1.0 is the voice's default, 2.0 the highest."""
        self._library.espeak_SetParameter(_PARAMETER_PITCH, round(_NORMAL_PITCH * pitch), 0)

    def speak(
        self, text: str, take: Callable[[int, int], bool], *, with_mnemonics: bool = False
    ) -> list[WordEvent]:
        """Speak one sentence.

        Args:
            text: The sentence. It must not contain NUL, which would end it.
            take: Called with the address and the length in bytes of each piece of sound; returns False to stop.
            with_mnemonics: Whether text between `[[` and `]]` is read as phonemes; only for texts that come from
                `audiobook.engines.espeak.text`.

        Returns:
            The start of each word, in the order in which the library reports them.

        Raises:
            SpeechError: The library refused the text.
        """
        words: list[WordEvent] = []

        def on_samples(wave: object, count: int, events: ctypes.Array[_Event]) -> int:
            position = 0
            while kind := events[position].type:
                if kind == _EVENT_WORD:
                    event = events[position]
                    words.append(WordEvent(event.text_position - 1, event.length, event.sample))
                position += 1
            if count > 0 and not take(ctypes.cast(wave, ctypes.c_void_p).value or 0, count * 2):  # type: ignore[arg-type]
                return _STOP
            return _GO_ON

        callback = _SynthCallback(on_samples)
        self._library.espeak_SetSynthCallback(callback)
        data = text.encode() + b"\0"
        flags = _TEXT_IS_UTF8 | (_TEXT_HOLDS_MNEMONICS if with_mnemonics else 0)
        refused = self._library.espeak_Synth(data, len(data), 0, _POSITION_BY_CHARACTER, 0, flags, None, None)
        if refused:
            raise SpeechError(f"espeak-ng refused the text (code {refused})")
        return words

    def phonemes_of_text(self, text: str) -> str:
        """Return the phonemes of a plain text in IPA, without punctuation. Letters of one phoneme are joined by ties.

        The process must not have spoken a text with mnemonics.

        Args:
            text: Plain text without NUL.
        """
        data = ctypes.create_string_buffer(text.encode())
        rest = ctypes.c_void_p(ctypes.addressof(data))
        mode = _NAMES_IN_IPA | _TIED | ord(_TIE) << _BITS_OF_SEPARATOR
        clauses: list[str] = []
        while rest.value:
            phonemes = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _TEXT_IS_UTF8, mode)
            clauses.append((phonemes or b"").decode().strip())
        return " ".join(filter(None, clauses))

    def mnemonics(self) -> dict[str, bool]:
        """Return the mnemonics of all languages, each with whether it is a vowel in most of them.

        Source: espeak-ng 1.52, `src/libespeak-ng/synthdata.c`, `LoadPhData`; `phoneme.h`, `PHONEME_TAB`.
        """
        data = (self._data / "phontab").read_bytes()
        vowels: Counter[str] = Counter()
        at = _TABLE_COUNT_BYTES
        for _ in range(data[0]):
            count = data[at]
            at += _TABLE_HEAD_BYTES
            for name, kind in _PHONEME.iter_unpack(data[at : at + count * _PHONEME.size]):
                mnemonic = name.rstrip(b"\0").decode("latin-1")
                vowels[mnemonic] += 1 if kind == _VOWEL else -1
            at += count * _PHONEME.size
        return {mnemonic: more > 0 for mnemonic, more in sorted(vowels.items())}

    def phonemes_of(self, mnemonics: str, *, ipa: bool) -> list[str]:
        """Return the names of the phonemes that the current voice speaks for some mnemonics.

        The process must not speak a text afterwards.

        Args:
            mnemonics: As written between `[[` and `]]`.
            ipa: Whether to return IPA names instead of mnemonics.
        """
        # The library still applies the phoneme flag of the last text here.
        self.speak(" ", lambda _address, _length: True, with_mnemonics=True)
        data = ctypes.create_string_buffer(f"[[{mnemonics}]]".encode())
        rest = ctypes.c_void_p(ctypes.addressof(data))
        mode = (_NAMES_IN_IPA if ipa else 0) | ord(_SEPARATOR) << _BITS_OF_SEPARATOR
        phonemes = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _TEXT_IS_UTF8, mode)
        return phonemes.decode().strip().split(_SEPARATOR) if phonemes else []


@lru_cache(maxsize=1)
def espeak_library() -> EspeakLibrary:
    """Return the library of this process, loaded on the first call."""
    return EspeakLibrary()


_renewals: Final = itertools.count(1)


def renew_library() -> bool:
    """Load the library of this process again, and return whether it has forgotten the texts that it spoke."""
    espeak_library().unload()
    espeak_library.cache_clear()
    if next(_renewals) % _RENEWALS_UNTIL_COLLECTED == 0:
        gc.collect()  # ctypes makes a class for each loaded library, which refers to itself
    return espeak_library().is_new
