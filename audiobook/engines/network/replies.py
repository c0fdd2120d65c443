"""The names of cached responses of services."""

from __future__ import annotations

import hashlib
import json


def reply_name(engine: str, *asked: str) -> str:
    """Return the name under which a response is cached: a digest of the engine and everything in the request.

    Args:
        engine: Name of the engine.
        asked: Everything that affects the response: words, language, voice, host; never a key.
    """
    identity = json.dumps([engine, *asked]).encode()
    return f"{engine}-{hashlib.sha256(identity).hexdigest()}"
