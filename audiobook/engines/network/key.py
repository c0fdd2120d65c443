"""Reading the API key of a server, and checking that it may be sent there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from audiobook.engines.network.server import DEFAULT_KEY_VARIABLE, Server, may_have_key
from audiobook.errors import EngineMissing
from audiobook.system.opening import read_given

_MOST_BYTES: Final = 1 << 20


def key_of(server: Server) -> str:
    """Return the API key; empty if there is none.

    Raises:
        EngineMissing: The file or variable named in the options cannot be read or contains no valid key, or the key
            would be sent unencrypted over the network.
    """
    if server.key_file:
        try:
            key = read_given(Path(server.key_file).expanduser(), _MOST_BYTES).decode("utf-8").strip()
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineMissing(
                f"the key cannot be read from {server.key_file}", hint="check key_file in [engines.openai]"
            ) from error
    else:
        key = os.environ.get(server.key_env or DEFAULT_KEY_VARIABLE, "").strip()
    named = server.key_file or server.key_env
    if named and not key:
        raise EngineMissing(
            f"{named}, named in [engines.openai], contains no key",
            hint="put the key there, or remove the option",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise EngineMissing(
            f"{named or DEFAULT_KEY_VARIABLE} does not contain a valid key", hint="a key is one word in ASCII"
        )
    if not key or may_have_key(server.base_url):
        return key
    if not named:
        return ""  # a key for another server, which anyone on the network could read
    raise EngineMissing(
        "openai does not send a key over http, where anyone on the network can read it",
        hint="use https in base_url, or a server on this computer",
    )
