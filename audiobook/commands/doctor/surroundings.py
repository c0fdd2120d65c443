"""The user's system: its locale, and an audio player."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterator, Mapping

from audiobook.commands.doctor.finding import Finding, Level
from audiobook.commands.play import found_player
from audiobook.languages import is_real

_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")
_PROBE = "ā 한 “”"


def examine_locale(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield whether file names and output can contain all letters."""
    named = next((environment[name] for name in _VARIABLES if environment.get(name)), "none")
    names, output = sys.getfilesystemencoding(), sys.stdout.encoding
    lacking = [
        what for what, encoding in (("file names", names), ("output", output)) if not _writes(encoding)
    ]
    facts = {"locale": named, "file_names": names, "output": output}
    if lacking:
        message = f"{named}: not all letters can be written in {' and '.join(lacking)} ({names}, {output})"
        yield Finding("locale", Level.WARNING, message, "use UTF-8, for example: export PYTHONUTF8=1", facts)
    else:
        yield Finding("locale", Level.OK, f"{named}, {output}", facts=facts)


def own_language(environment: Mapping[str, str]) -> str:
    """Return the user's language from the locale; English if it names none."""
    named = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    first = locale.normalize(named).partition(".")[0].partition("_")[0].partition("@")[0].lower()
    return first if first.isalpha() and len(first) in (2, 3) and is_real(first) else "en"


def examine_player() -> Iterator[Finding]:
    """Yield the player that `play` and `voices try` use."""
    found = found_player()
    if found:
        yield Finding("player", Level.OK, os.fspath(found), facts={"player": os.fspath(found)})
    else:
        hint = "to listen with `audiobook play WORK`, install mpv or ffplay"
        yield Finding("player", Level.NOTE, "none found; books can be built, but not played here", hint)


def _writes(encoding: str) -> bool:
    try:
        _PROBE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
