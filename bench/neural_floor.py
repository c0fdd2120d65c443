"""The voice alone: speak passages with one process for each core, each of which loads the voice; nothing is encoded."""

import json
import os
import sys
from multiprocessing import Pool

from audiobook.engines.kokoro.engine import KokoroEngine
from audiobook.engines.neural.folder import voices_folder
from audiobook.engines.neural.isolated import LoadedVoice

loaded: list[tuple[LoadedVoice, str]] = []


def load(engine: str, voice: str) -> None:
    if engine == "kokoro":
        from audiobook.engines.kokoro.speech import LoadedKokoro

        loaded.append((LoadedKokoro(KokoroEngine().files()), voice))
    else:
        from audiobook.engines.piper.speech import LoadedPiper
        from audiobook.engines.piper.voices import VoiceFiles

        loaded.append((LoadedPiper(VoiceFiles(voices_folder(), voice)), voice))


def speak(passage: list[str]) -> int:
    ((speaker, voice),) = loaded
    return sum(len(speaker.say(sentence, (), voice, 1.0).samples) for sentence in passage)


if __name__ == "__main__":
    engine, voice, path = sys.argv[1:]
    with open(path) as stream:
        passages = json.load(stream)
    with Pool(len(os.sched_getaffinity(0)), load, (engine, voice)) as pool:
        print(sum(pool.imap_unordered(speak, passages, chunksize=1)))
