"""`python -m bench.fuzz.once TARGET FILE`: read one input as the program does; ends with 1 and the finding, or 0."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.fuzz.judging import judged
from bench.fuzz.targets import TARGETS


def main() -> int:
    """Judge the input and print the finding."""
    target = TARGETS[sys.argv[1]]
    finding = judged(target.real or target.run, Path(sys.argv[2]).read_bytes())
    if finding:
        print(finding.name, finding.details, sep="\n")
    return bool(finding)


if __name__ == "__main__":
    sys.exit(main())
