"""Many damaged inputs for one target, without a library. Each is made from a seed, and the same number gives the same inputs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from bench.fuzz.judging import LONGEST_BYTES, Finding, judged
from bench.fuzz.mutations import mutated
from bench.fuzz.targets import Run, Target

_LONG: Final = 0.05
"""Share of the inputs that may become long; short ones are much faster to try."""
_USUAL_BYTES: Final = 3000
_FORGED: Final = 0.9
"""Share of the changed inputs whose digests are recalculated."""


def damaged(target: Target, data: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return a damaged copy of an input of a target; see `mutated`."""
    most = LONGEST_BYTES if chance.random() < _LONG else max(_USUAL_BYTES, max(map(len, others)))
    changed = mutated(data, target.words, others, chance, most)
    return target.renewed(changed) if target.renewed and chance.random() < _FORGED else changed


def searched(target: Target, run: Run, count: int, seed: int) -> Iterator[tuple[bytes, Finding]]:
    """Run a target on its seeds and a number of damaged copies, and yield the inputs with a finding."""
    seeds, chance = target.seeds(), Random(seed)
    for number in range(len(seeds) + count):
        data = seeds[number] if number < len(seeds) else damaged(target, chance.choice(seeds), seeds, chance)
        if finding := judged(run, data):
            yield data, finding
