"""A service that fails in every way, on this computer: nothing wrong is kept, and nothing right is requested again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.drill.shelf import Shelf
from bench.drill.trial import Plan, Trial
from bench.drill.works import Works, undisturbed

if TYPE_CHECKING:
    from services import LoopbackService

_TESTS: Final = Path(__file__).parents[2] / "tests"
_MODES: Final = (
    "429 1", "429 date", "500", "503", "401", "html", "empty", "half", "drip", "slow header", "silent", "reset", "redirect", "garbled", "short",
)  # fmt: skip
_CERTIFICATES: Final = ("good", "good", "good", "self-signed", "of another host")
_MOST_FAULTS: Final = 6
_TEXTS: Final = {
    "fi": [
        "Kirje saaristosta kotiin",
        "Yksi lause on tässä alussa.",
        "Toinen lause on täällä sen alla. Kolmas lause seuraa sitä heti.",
    ],
    "en": [
        "A letter from the islands",
        "One sentence is at the beginning.",
        "Another one follows below it. A third one ends the letter here.",
    ],
}
"""Each sentence has so many letters that an answer for one letter cannot be its speech."""
_SETTINGS: Final = """engine = "openai"
jobs = 2

[engines.openai]
base_url = "https://{host}/v1"
model = "tones"
voices = "alto"
pause_s = 0
backoff_s = 0.01
attempts = 2
deadline_s = 1
patience_s = 2
rest_s = 0
"""


def services(plan: Plan, trial: Trial) -> None:
    """Build while a service fails at random requests, and again while it works."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    from services import OPENAI, LoopbackService  # of the tests

    with LoopbackService() as service:
        configuration = plan.folder / "configuration"
        configuration.mkdir()
        (configuration / "agreed.txt").write_text(
            f"openai: the server {OPENAI}, with the key in OPENAI_API_KEY\n", "utf-8"
        )
        shelf = Shelf(plan.folder / "project", service.environment | {"AUDIOBOOK_CONFIG": str(configuration)})
        shelf.root.mkdir()
        (shelf.root / "audiobook.toml").write_text(_SETTINGS.format(host=OPENAI), "utf-8")
        works = undisturbed(shelf, _TEXTS)
        for _ in range(max(2, plan.tries // 4)):
            _try(works, service, plan, trial)


def _try(works: Works, service: LoopbackService, plan: Plan, trial: Trial) -> None:
    book, chance = service.book, plan.chance
    modes = ["good"] * chance.randrange(4)
    modes += chance.choices(_MODES, k=chance.randint(1, _MOST_FAULTS))
    chance.shuffle(modes)
    book.asked.clear()
    book.modes.extend(modes)
    book.certificate = chance.choice(_CERTIFICATES)
    what = f"{', '.join(modes)}, {book.certificate} certificate"
    shelf = works.shelf.copy(works.shelf.root.with_name("tried"))
    done = shelf.run("build", "--json")
    trial.tries += 1
    if done.code not in (0, 1, 3) or "Traceback" in done.err:
        trial.lost(f"{what}: ends with {done.code}", done.out, done.err)
    if book.certificate != "good" and book.asked:
        trial.lost(f"{what}: text was sent to a server that cannot be verified")
    right = {asked.text for asked in book.asked if asked.mode == "good"}
    book.modes.clear()
    book.asked.clear()
    book.certificate = "good"
    tried = Works(shelf, works.texts, works.whole)
    tried.verify_repaired(shelf.run("build"), trial, what)
    if again := right & set(book.texts):
        trial.lost(f"{what}: requested again", *sorted(again))
