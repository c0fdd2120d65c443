"""Read a JSON list of [language, text] from standard input, and print a JSON list of their phonemes in espeak-ng.

With `--phonemes`, text between [[ and ]] is read as mnemonics. A separate program, so that the process of the tests never
speaks.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

import espeakng_loader

_SYNCHRONOUS, _UTF8, _IPA, _MNEMONICS = 2, 1, 2, 0x100

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def phonemes(library: ctypes.CDLL, language: str, text: str) -> str:
    """Return the phonemes of a text, clause by clause."""
    library.espeak_SetVoiceByName(language.encode())
    data = ctypes.create_string_buffer(text.encode() + b"\0")
    rest = ctypes.c_void_p(ctypes.addressof(data))
    clauses = []
    while rest.value:
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA).decode())
    return " ".join(clauses)


def main() -> None:
    """Read the texts, and print their phonemes."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(_SYNCHRONOUS, 1000, os.fsencode(espeakng_loader.get_data_path()), 0)
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    if "--phonemes" in sys.argv:
        callback = _Callback(lambda *_: 0)
        library.espeak_SetSynthCallback(callback)
        library.espeak_Synth(b" ", 2, 0, 1, 0, _UTF8 | _MNEMONICS, None, None)
    asked = json.load(sys.stdin)
    json.dump([phonemes(library, language, text) for language, text in asked], sys.stdout)


if __name__ == "__main__":
    main()
