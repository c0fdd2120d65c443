"""`python -m bench.fuzz.guided TARGET FOLDER OPTION…`: a search that learns from the lines that each input reaches.

It needs atheris. Findings are written into the folder and the search continues; the options are those of
libFuzzer.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from random import Random
from typing import Final

import atheris

with atheris.instrument_imports(include=["audiobook"]):
    from bench.fuzz.judging import judged
    from bench.fuzz.searching import damaged
    from bench.fuzz.targets import TARGETS

    _target = TARGETS[sys.argv[1]]
    _seeds = _target.seeds()
    for _seed in _seeds:
        judged(_target.run, _seed)  # loads what is imported late
_MOST_BYTES: Final = 4096
"""How long an input may be that libFuzzer changes; long ones take too much time."""


def _own_mutation(data: bytes, most: int, number: int) -> bytes:
    chance = Random(number)
    if chance.random() < 0.3:
        changed = bytes(atheris.Mutate(data[:_MOST_BYTES], _MOST_BYTES))
        return (_target.renewed(changed) if _target.renewed else changed)[:most]
    return damaged(_target, data, _seeds, chance)[:most]


def main() -> None:
    """Write the seeds, and search until libFuzzer ends the process."""
    folder = Path(sys.argv[2])
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in _seeds:
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    known: set[str] = set()

    def run(data: bytes) -> None:
        finding = judged(_target.run, data)
        if finding and finding.name not in known:
            known.add(finding.name)
            stem = f"finding-{hashlib.sha1(finding.name.encode()).hexdigest()[:12]}"
            (folder / f"{stem}.input").write_bytes(data)
            (folder / f"{stem}.txt").write_text(f"{finding.name}\n{finding.details}\n", "utf-8", "replace")

    atheris.Setup(
        [sys.argv[0], *sys.argv[3:], f"-artifact_prefix={folder}/ended-", str(corpus)],
        run,
        custom_mutator=_own_mutation,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
