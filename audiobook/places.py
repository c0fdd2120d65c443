"""Folders and addresses that users name, and how they are shown.

Every address that is printed, logged or put into an error passes through `shown_address` first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from audiobook.errors import UsageError

CONFIGURATION_VARIABLE: Final = "AUDIOBOOK_CONFIG"
"""Environment variable with the user's configuration folder."""
_SCHEME: Final = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):[/\\]+")
_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^:/?#\\@\[\]]*)(:[0-9]{1,5})?(?=[/\\?#]|$)")
_LOGIN: Final = re.compile(r":[/\\]+.*:.*@", re.DOTALL)
_LOGIN_ALONE: Final = re.compile(r":.*@", re.DOTALL)
_DRIVE: Final = re.compile(r"[a-zA-Z]:([/\\]|$)")
_HIDDEN: Final = "…"
_LONGEST_SHOWN: Final = 200
_SHORTEST_REPLACED: Final = 4
"""Shortest secret to replace in a message; where a shorter one was replaced could give it away."""


def shown_address(given: str) -> str:
    """Return an address without its user name, password, query and fragment, short and printable.

    A password can contain any character, even `/` and `@`, so everything up to the last `@` is removed, and everything
    after it if that may belong to a query.

    Args:
        given: An address, the path of a folder, or anything similar that a user typed.
    """
    scheme = _SCHEME.match(given)
    at = given.rfind("@")
    begins = scheme.group(0).lstrip() if scheme else ""
    rest = given[scheme.end() :] if scheme else given
    holds_login = at >= 0 and (scheme is not None or ":" in given[:at])
    if holds_login and not {"?", "#"}.isdisjoint(given[:at]):
        return _short(begins + _HIDDEN)  # either the end of a password or of a query
    if holds_login:
        rest = given[at + 1 :]
    elif scheme is None:
        return _short(given)
    host = _HOST.match(rest)
    shown = host.group() + _without_query(rest[host.end() :]) if host else _without_port(rest)
    return _short(begins + (f"{_HIDDEN}@" if holds_login else "") + shown)


def has_login(given: str) -> bool:
    """Return whether an address may contain a user name and a password, in whatever notation."""
    authority = re.split(r"[/?#\\]", given.partition("://")[2], maxsplit=1)[0]
    return "@" in authority or bool(_LOGIN.search(given))


def login_parts(given: str) -> list[str]:
    """Return the strings of an address that must never be shown, longest first: its login, parts of it, both quoted."""
    scheme = _SCHEME.match(given)
    begin, at = scheme.end() if scheme else 0, given.rfind("@")
    if at < begin:
        return []
    login = given[begin:at]
    user, _, password = login.partition(":")
    found = {
        login,
        password,
        *(
            part
            for part in (user, *re.split("[^A-Za-z0-9]", f"{login}@{unquote(login)}"))
            if len(part) >= _SHORTEST_REPLACED
        ),
    }
    found |= {form(one) for one in list(found) for form in (quote, quote_plus, unquote, unquote_plus)}
    found |= {quote(one, safe="") for one in list(found)}
    return sorted(filter(None, found), key=lambda one: (-len(one), one))


def without(text: str, secrets: Iterable[str]) -> str:
    """Return a text with its secrets replaced; empty if even that would reveal one."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret in text:
            if len(secret) < _SHORTEST_REPLACED:
                return ""
            text = text.replace(secret, _HIDDEN)
    return text


def folder_named(given: str) -> str:
    """Return the path of a folder named by the user, with `~` expanded as in a shell.

    Raises:
        UsageError: It is an address, a Windows drive, or not a valid name.
    """
    shown = shown_address(given)
    if not given.strip() or "\0" in given:
        raise UsageError(
            "the name of the folder is empty" if not given.strip() else f"“{shown}” cannot be a folder"
        )
    if given != given.strip() or given == "-":
        raise UsageError(f"“{shown}” is not a folder", hint=_as_folder(given))
    if given.startswith("~"):
        return _at_home(given)
    if os.name == "nt":
        return given
    if _DRIVE.match(given) or given.startswith(("\\\\", "//")):
        raise UsageError(f"{shown} is a Windows path, which is not a folder here", hint=_as_folder(given))
    if ":" in given.partition("/")[0] or (given[0] not in "./" and _LOGIN_ALONE.search(given)):
        raise UsageError(f"{shown} is not a folder on this computer", hint=_as_folder(given))
    return given


def configuration_folder() -> Path:
    """Return the user's configuration folder: from the environment, else the system's usual one.

    Raises:
        UsageError: The environment does not name a whole path. Another one would depend on the current folder, which may
            be a stranger's.
    """
    if chosen := os.environ.get(CONFIGURATION_VARIABLE):
        folder = Path(folder_named(chosen))
        if not folder.is_absolute():
            raise UsageError(f"{CONFIGURATION_VARIABLE} must be a full path, not “{shown_address(chosen)}”")
        return folder
    from platformdirs import user_config_path  # rarely needed

    return user_config_path("audiobook", appauthor=False)


def cache_folder() -> Path:
    """Return the user's cache folder for books built without a project: the system's usual one."""
    from platformdirs import user_cache_path  # only needed without a project

    return user_cache_path("audiobook", appauthor=False).absolute()


def _at_home(given: str) -> str:
    try:
        return os.fspath(Path(given).expanduser())
    except RuntimeError as error:
        user = given.partition("/")[0]
        raise UsageError(
            f"the home folder {shown_address(user)} is not known", hint="write the full path"
        ) from error


def _as_folder(given: str) -> str | None:
    if "://" in given or given.startswith(("//", "\\\\")) or has_login(given) or "@" in given:
        return None
    return f"for a folder of that name, write ./{_short(given)}"


def _without_query(path: str) -> str:
    kept = re.split(r"[?#]", path, maxsplit=1)
    return kept[0] + (f"?{_HIDDEN}" if len(kept) > 1 else "")


def _without_port(rest: str) -> str:
    """Return the host of an address with an invalid port, which may be part of a password."""
    return re.split(r"[:/?#\\@\[\]]", rest, maxsplit=1)[0] + f":{_HIDDEN}"


def _short(text: str) -> str:
    plain = "".join(character if character.isprintable() else "�" for character in text)
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + _HIDDEN
