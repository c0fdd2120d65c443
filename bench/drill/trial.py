"""What a row of the drill did: tries, and what was lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass
class Trial:
    """A row while it runs.

    Attributes:
        name: Its name in the table.
        tries: How often the fault was made.
        losses: Broken promises, a line each.
    """

    name: str
    tries: int = 0
    losses: list[str] = field(default_factory=list)

    def lost(self, what: str, *details: str) -> None:
        """Count a loss, and print it."""
        shown = " | ".join(line for text in details for line in text.strip().splitlines()[-3:])
        loss = f"{what}: {shown}"[:600]
        self.losses.append(loss)
        print(f"  {loss}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Plan:
    """How much a row does.

    Attributes:
        folder: A separate folder.
        tries: Wanted number of tries, where it can be chosen.
        chance: The source of random moments; a seed repeats a run.
    """

    folder: Path
    tries: int
    chance: Random


Row = Callable[[Plan, Trial], None]
