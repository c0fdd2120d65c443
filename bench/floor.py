"""The floor: speak and encode the same passages on the same number of processes, and nothing else."""

import ctypes
import json
import sys
from multiprocessing import Pool

import espeakng_loader
import lameenc

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
wave = bytearray()
library = ctypes.CDLL(espeakng_loader.get_library_path())


def take(samples: int, count: int, _events: int) -> int:
    if count > 0:
        wave.extend(ctypes.string_at(samples, count * 2))
    return 0


callback = Callback(take)


def load(voice: str) -> None:
    library.espeak_Initialize(2, 1000, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())


def speak(passage: list[str]) -> int:
    wave.clear()
    for sentence in passage:
        text = sentence.encode() + b"\0"
        library.espeak_Synth(text, len(text), 0, 1, 0, 1, None, None)
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(22050)
    encoder.set_bit_rate(64)
    encoder.set_quality(7)
    return len(encoder.encode(bytes(wave)) + encoder.flush())


if __name__ == "__main__":
    path, voice, processes = sys.argv[1:]
    with open(path) as stream:
        passages = json.load(stream)
    with Pool(int(processes), load, (voice,)) as pool:
        print(sum(pool.imap_unordered(speak, passages, chunksize=1)))
