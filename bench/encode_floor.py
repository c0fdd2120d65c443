"""The floor of encoding: encode speech of given lengths with LAME on the same number of processes, and nothing else."""

import json
import sys
from multiprocessing import Pool
from pathlib import Path

import lameenc

_TASKS = 50
speech = b""


def load(path: str) -> None:
    global speech
    speech = Path(path).read_bytes()


def encode(lengths: list[int], rate_hz: int) -> int:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_bit_rate(64)
    encoder.set_quality(7)
    return sum(len(encoder.encode(speech[: length * 2])) for length in lengths) + len(encoder.flush())


if __name__ == "__main__":
    samples, lengths_file, rate, processes = sys.argv[1:]
    lengths = json.loads(Path(lengths_file).read_text())
    with Pool(int(processes), load, (samples,)) as pool:
        print(sum(pool.starmap(encode, [(lengths[start::_TASKS], int(rate)) for start in range(_TASKS)])))
