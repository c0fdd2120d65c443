"""Damaged copies of an input: bytes, words, tags and numbers changed, also inside zip archives."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from random import Random
from typing import Final

_ZIP: Final = b"PK\x03\x04"
_TOKEN: Final = re.compile(rb"<[^<>]{0,300}>|[\w:.-]+|\s+|.", re.DOTALL)
_NUMBER: Final = re.compile(rb"-?\d+")
_NUMBERS: Final = (b"0", b"-1", b"1e999", b"65536", b"4294967295", b"99999999999999999999", b"1" * 5000)
_BYTES: Final = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xed\xa0\x80",
    b"\xcc\x81" * 60, b"\xf0\x9f\x98\x80", b"\xd9\xa1", b"\xe2\x91\xa0", b"\xef\xac\x81", b"\xc4\xb0", b"\xc4\xb1", b"\xc5\xbf", b"\xe2\x84\xaa", b"&#xD800;", b"&#0;", b"%",
    b"\\", b"'", b'"', b"<", b">", b"&", b"]]>", b"<!--", b"{", b"}", b"[", b"]", b"(", b"|", b"`", b"*", b"_", b"~", b"$",
)  # fmt: skip
_REPEATS: Final = (2, 3, 10, 100, 1500)


def mutated(data: bytes, words: Sequence[bytes], others: Sequence[bytes], chance: Random, most: int) -> bytes:
    """Return a damaged copy of an input.

    Args:
        data: The input.
        words: What has a meaning in its format.
        others: Other inputs of the format, from which parts are taken.
        chance: The source of all decisions.
        most: Its maximum length, in bytes.
    """
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if data.startswith(_ZIP) and chance.random() < 0.9:
            data = _mutated_zip(data, words, others, chance)
        else:
            data = _changed(data, words, others, chance)
        if len(data) > most:
            data = data[:most]
    return data


def _mutated_zip(data: bytes, words: Sequence[bytes], others: Sequence[bytes], chance: Random) -> bytes:
    members = _members(data)
    if not members:
        return _changed(data, words, others, chance)
    name = chance.choice(list(members))
    match chance.randrange(12):
        case 0:
            del members[name]
        case 1:
            other = chance.choice(list(members))
            members[name], members[other] = members[other], members[name]
        case 2:
            members[_changed(name.encode(), words, (), chance).decode("utf-8", "replace")[:200] or "a"] = (
                members.pop(name)
            )
        case _:
            parts = [part for other in others for part in _members(other).values()]
            members[name] = _changed(members[name], words, parts, chance)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for each, content in members.items():
            archive.writestr(zipfile.ZipInfo(each), content)
    return stream.getvalue()


def _members(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip archive that can be read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - zipfile raises many kinds for damaged archives
        return {}


def _changed(data: bytes, words: Sequence[bytes], others: Sequence[bytes], chance: Random) -> bytes:
    """Return data with one change."""
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 2, 4, 16, 64, 400)))
    match chance.randrange(12):
        case 0:
            return data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]
        case 1:
            return data[:start] + chance.choice(_BYTES) + data[start:]
        case 2 | 3 if words:
            return data[:start] + chance.choice(words) + data[chance.choice((start, end)) :]
        case 4:
            return data[:start] + data[end:]
        case 5:
            return data[:start] + data[start:end] * chance.choice(_REPEATS) + data[end:]
        case 6 if others:
            other = chance.choice(others)
            begun = chance.randrange(len(other) + 1)
            return data[:start] + other[begun : begun + chance.choice((8, 60, 400))] + data[end:]
        case 7:
            return data[:start] if chance.random() < 0.3 else data[start:] + data[:start]
        case 8 if numbers := list(_NUMBER.finditer(data)):
            found = chance.choice(numbers)
            return data[: found.start()] + chance.choice(_NUMBERS) + data[found.end() :]
    return _with_other_tokens(data, words, chance)


def _with_other_tokens(data: bytes, words: Sequence[bytes], chance: Random) -> bytes:
    """Return data with one token removed, repeated, replaced, or in another place."""
    tokens: list[bytes] = _TOKEN.findall(data)
    if not tokens:
        return chance.choice(words or _BYTES)
    at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    match chance.randrange(5):
        case 0:
            tokens[at] = b""
        case 1:
            tokens[at] *= chance.choice(_REPEATS)
        case 2:
            tokens[at] = tokens[other]
        case 3:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case _:
            tokens[at] += chance.choice(words or _BYTES)
    return b"".join(tokens)
