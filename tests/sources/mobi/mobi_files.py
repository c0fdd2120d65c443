"""Kindle books made for tests: MOBI version 6, uncompressed."""

from __future__ import annotations

import struct

HEADER_BYTES = 232


def mobi(
    text: str,
    *,
    title: str = "The River House",
    author: str = "Ada Marlow",
    locale: int = 1033,
    encryption: int = 0,
    kind: bytes = b"BOOKMOBI",
) -> bytes:
    """Return a book with this text in HTML."""
    data = text.encode()
    records = [data[at : at + 4096] for at in range(0, len(data), 4096)] or [b""]
    exth_records = struct.pack(">LL", 100, 8 + len(author.encode())) + author.encode()
    exth = b"EXTH" + struct.pack(">LL", 12 + len(exth_records), 1) + exth_records
    exth += bytes(-len(exth) % 4)
    name = title.encode()
    head = bytearray(16 + HEADER_BYTES)
    struct.pack_into(">HHLHHHH", head, 0, 1, 0, len(data), len(records), 4096, encryption, 0)
    struct.pack_into(">4sLLLLL", head, 16, b"MOBI", HEADER_BYTES, 2, 65001, 1, 6)
    head[40:80] = b"\xff" * 40
    struct.pack_into(">L", head, 80, len(records) + 1)
    struct.pack_into(">LL", head, 84, len(head) + len(exth), len(name))
    struct.pack_into(">LLLL", head, 92, locale, 0, 0, 6)
    struct.pack_into(">L", head, 108, len(records) + 1)
    struct.pack_into(">L", head, 128, 0x40)
    head[164:168] = b"\xff" * 4
    struct.pack_into(">L", head, 0xF4, 0xFFFFFFFF)
    parts = [bytes(head) + exth + name + bytes(2), *records, b"\xe9\x8e\r\n"]
    offset = 78 + 8 * len(parts) + 2
    table = b""
    for number, part in enumerate(parts):
        table += struct.pack(">LL", offset, number)
        offset += len(part)
    palm = b"a".ljust(32, b"\0") + bytes(28) + kind + bytes(8) + struct.pack(">H", len(parts))
    return palm + table + bytes(2) + b"".join(parts)
