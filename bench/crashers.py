"""`make crashers`: texts that crash or stall espeak-ng in any of its languages, and whether a build names each of them.

Texts are generated: a few signs again and again, words, numbers, and mixtures of scripts. What is found is shortened, and then
built as a book among others: the build must name its line, and the other works must be built.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from audiobook.document import LANGUAGE_TAG
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.espeak.library import LibraryVoice, espeak_library
from audiobook.engines.espeak.speaking import Request, say
from audiobook.engines.espeak.text import plain_text
from audiobook.engines.isolation import Launcher, Limits
from audiobook.errors import SpeechError
from bench.drill.shelf import Shelf

_LONGEST_CHARS: Final = 1500
_LIMITS: Final = Limits(time_s=10.0, memory_bytes=20 * 22050 * 2)
"""A sixth of the time that the engine allows, and twenty seconds of sound, after which the rest of a text is not spoken."""
_KEPT_PER_VOICE: Final = 3
_TARGET: Final = Path("build/crashers.json")
_LINE: Final = 5
_SCRIPTS: Final = {
    "am ti": "ሀለሐመሠረሰሸቀበተኀነአከወዐዘየደጀገጠጸፈ", "ar fa ku sd ug ur": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "as bn bpy": "অআইকখগঘচছজটডতদনপবমযরলশসহািীুে্ং",
    "ba be bg cv kk ky mk mn nog ru sr tt uk kaa": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "chr": "ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮ", "cmn hak ja yue": "一丁七万丈三上下不与丐日本語人あいうアイウ",
    "el grc": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ", "gu": "અઆઇકખગઘચજટડતદનપબમયરલવશસહાિીુે્", "he": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ", "hi kok mr ne": "अआइईकखगघचछजटडतदनपबमयरलवशसहािीुूे्ंः",
    "hy hyw": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ", "ka": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "kn": "ಅಆಇಕಖಗಘಚಜಟಡತದನಪಬಮಯರಲವಶಸಹಾಿೀುೂ್", "ko": "가나다라마바사아자차카타파하ㄱㄴㅏㅑ",
    "ml": "അആഇകഖഗഘചജടഡതദനപബമയരലവശസഹാിീു്", "my shn": "ကခဂဃငစဆဇဈညတထဒဓနပဖဗဘမယရလဝသဟာိီု္်", "or": "ଅଆଇକଖଗଘଚଜଟଡତଦନପବମଯରଲଶସହାିୀୁ୍", "pa": "ਅਆਇਕਖਗਘਚਜਟਡਤਦਨਪਬਮਯਰਲਵਸਹਾਿੀੁ੍",
    "si": "අආඉකඛගඝචජටඩතදනපබමයරලවශසහාිීු්", "ta": "அஆஇகஙசஞடணதநபமயரலவழளஸஹாிீு்", "te": "అఆఇకఖగఘచజటడతదనపబమయరలవశసహాిీు్", "th": "กขคงจชซญดตถทนบปผพฟมยรลวสหอฮะาิีึุูเแโ่้",
}  # fmt: skip
_LATIN: Final = "abcdefghijklmnopqrstuvwxyzäöüõåæøñçßšžčćđłőűāēīūęąğışğäéèêàâîôûóíúýþðæœ"
_SIGNS: Final = ".,;:!?'’`\"“”-–—…()[]{}<>/\\|@#$%&*+=~^_°§©®™€£¥½²№·•«»¿¡"
_ODD: Final = (
    "\u00ad\u200b\u200d\u200e\u0301\u0308\u0345\u0335\u20dd\ufe0f😀👩\u200d👧\U0001d400ﬁ㍿Ω\u2028١٢٣१२३ⅣⅫ"
)


@dataclass(frozen=True)
class Crash:
    """A text that ends the engine.

    Attributes:
        language: The language of the voice.
        text: The text.
        how: The error of the engine.
        in_book: What a build reported about it.
    """

    language: str
    text: str
    how: str
    in_book: str = ""


def texts(language: str, chance: Random) -> Iterator[str]:
    """Yield an endless series of texts for a language."""
    own = next((signs for tags, signs in _SCRIPTS.items() if language.split("-")[0] in tags.split()), _LATIN)
    while True:
        pool = chance.choice(
            (
                own,
                own,
                own + _SIGNS,
                own + _SIGNS + "0123456789",
                _LATIN + _SIGNS,
                own + _ODD,
                own.upper() + _SIGNS,
                _SIGNS + "0123456789",
            )
        )
        unit = "".join(chance.choices(pool, k=chance.choice((1, 2, 2, 3, 3, 4, 6))))
        match chance.randrange(9):
            case 0 | 1 | 2:
                made = unit * chance.choice((30, 160, 300, 1500))
            case 6 | 7:  # most of the known ones: s's's's'…, i.e.i.e.i.e.…
                letters = [
                    chance.choice(own) + chance.choice(("", "", chance.choice(".'"))) for _ in range(2)
                ]
                made = ("".join(letters[: chance.randint(1, 2)]) + chance.choice(_SIGNS)) * 500
            case 8:
                made = chance.choice(own) + chance.choice(_SIGNS) * 1500
            case 3:
                made = f"{unit} " * chance.choice((30, 160, 300))
            case 4:
                made = " ".join(
                    "".join(chance.choices(pool, k=chance.randint(1, 30)))
                    for _ in range(chance.randint(1, 40))
                )
            case _:
                made = "".join(chance.choices(pool, k=chance.choice((40, 250, 1500))))
        shown = made.translate({0: None})[:_LONGEST_CHARS].strip()
        if any(unicodedata.category(sign)[0] in "LN" for sign in shown):
            yield shown


class _Voice:
    """A voice in separate processes."""

    def __init__(self, voice: LibraryVoice) -> None:
        espeak_library().set_voice(voice)
        self._voice = voice
        self._launcher = Launcher(say, _LIMITS)

    def crash(self, text: str) -> str:
        """Return how the engine ends with a text; "" if it speaks it or refuses it properly."""
        asked = Request(((plain_text(text),),), self._voice, 1.0, 1.0)
        try:
            self._launcher.ask(msgspec.msgpack.encode(asked))
        except SpeechError as error:
            return error.message
        return ""

    def shortened(self, text: str, how: str) -> str:
        """Return a shorter text with which the engine ends in the same way."""
        step = len(text) // 2
        while step and "longer" not in how:
            for shorter in (text[:-step].strip(), text[step:].strip()):
                if shorter and shorter != text and self.crash(shorter) == how:
                    text = shorter
                    break
            else:
                step //= 2
        return text

    def close(self) -> None:
        self._launcher.close()


def found(voice: LibraryVoice, language: str, tries: int, seed: int) -> list[Crash]:
    """Return some texts that end the engine in one voice."""
    speaker, crashes = _Voice(voice), []
    generated = texts(language, Random(f"{seed} {voice.identifier}"))
    for _ in range(tries):
        text = next(generated)
        if how := speaker.crash(text):
            crashes.append(Crash(language, speaker.shortened(text, how), how))
            if len(crashes) == _KEPT_PER_VOICE:
                break
    speaker.close()
    return crashes


def built(crashes: list[Crash], folder: Path) -> list[Crash]:
    """Build a book with each text, and return the texts with what the build reported about them.

    Raises:
        SystemExit: Another work was not built, or the build did not end as it must.
    """
    shelf = Shelf(folder)
    good = folder / "texts" / "en" / "good.txt"
    good.parent.mkdir(parents=True)
    good.write_text("A good text. It is read aloud.\n", "utf-8")
    for number, crash in enumerate(crashes):
        if not LANGUAGE_TAG.match(crash.language):
            continue
        path = folder / "texts" / crash.language / f"crash-{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"A title\n\nOne two.\n\n{crash.text}\n\nThree four.\n", "utf-8")
    done = shelf.run("build", "--engine", "espeak", "--json")
    if done.code not in (0, 1) or "Traceback" in done.err:
        raise SystemExit(f"the build ends with {done.code}: {done.err[-1000:]}")
    works = {f"{work['language']}/{work['slug']}": work for work in json.loads(done.out)["works"]}
    if works["en/good"]["state"] != "built":
        raise SystemExit(f"the good work was not built: {works['en/good']}")
    return [
        replace(crash, in_book=_told(works.get(f"{crash.language}/crash-{number}")))
        for number, crash in enumerate(crashes)
    ]


def _told(work: dict[str, object] | None) -> str:
    """Return what a build did with a text: the line that it named, or what is wrong."""
    if work is None:
        return "no folder can have this language"
    if work["state"] == "built":
        return "spoken"
    problems = work["problems"]
    problem = str(problems[0]) if isinstance(problems, list) and problems else ""
    named = re.match(rf"texts/{work['language']}/{work['slug']}\.txt:(\d+): ", problem)
    if named and int(named[1]) == _LINE:
        return f"line {named[1]}"
    is_ours = problem.startswith(f"texts/{work['language']}/{work['slug']}.txt: ")
    if is_ours and "the engine" not in problem:
        return "refused by name"
    return f"WRONG: {work['state']}, {problem[:100]}"


def _keep(crashes: list[Crash]) -> None:
    _TARGET.parent.mkdir(exist_ok=True)
    _TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(crashes)))


def main() -> int:
    """Search, print the table, and return 0 if a build named every text."""
    parser = argparse.ArgumentParser(prog="python -m bench.crashers", description=__doc__)
    parser.add_argument(
        "languages", nargs="*", metavar="LANGUAGE", help="of the library's voices; all by default"
    )
    parser.add_argument("--tries", type=int, default=200, help="texts for each voice")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    libraries = {voice.language: voice for voice in espeak_library().voices()}
    crashes: list[Crash] = []
    voices = [
        voice for voice in EspeakEngine().voices() if not given.languages or voice.name in given.languages
    ]
    for voice in voices:
        crashes += found(libraries[voice.name], voice.language, given.tries, given.seed)
        print(f"{voice.name}: {len(crashes)} in all", file=sys.stderr, flush=True)
    _keep(crashes)
    with tempfile.TemporaryDirectory(prefix="crashers-") as folder:
        crashes = built(crashes, Path(folder) / "project")
    _keep(crashes)
    print("| language | text | characters | the engine | in a book |\n|---|---|---|---|---|")
    for crash in crashes:
        shown = ascii(crash.text[:24]).replace("|", "\\|").replace("`", "'")
        print(f"| {crash.language} | `{shown}` | {len(crash.text)} | {crash.how} | {crash.in_book} |")
    wrong = sum(crash.in_book.startswith("WRONG") for crash in crashes)
    print(
        f"{len(crashes)} texts in {len(voices)} voices, {wrong} not named by their line; all of them: {_TARGET}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
