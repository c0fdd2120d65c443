"""The API key of a server: where it is read from, and where it may be sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from audiobook.engines.network.server import Server, is_loopback
from audiobook.errors import EngineMissing

DEFAULT_KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""The environment variable with the key, unless the options name a file or another variable."""


def key_of(server: Server) -> str:
    """Return the API key; empty if there is none.

    Raises:
        EngineMissing: The options name a file or variable without a valid key, or the key would be sent over the
            network unencrypted.
    """
    if server.key_file:
        try:
            key = Path(server.key_file).expanduser().read_text("utf-8").strip()
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
    if (
        not key
        or server.base_url.startswith("https:")
        or is_loopback(urlsplit(server.base_url).hostname or "")
    ):
        return key
    if not named:
        return ""  # a key for another server, which anyone on the network could read
    raise EngineMissing(
        "openai does not send a key over http, where anyone on the network can read it",
        hint="use https in base_url, or a server on this computer",
    )
