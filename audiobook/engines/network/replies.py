"""The names of cached responses of services."""

from __future__ import annotations

import hashlib
import json


def reply_name(engine: str, *inputs: str) -> str:
    """Return the name under which a response is cached: the engine's name and a digest of the request.

    Args:
        engine: Name of the engine.
        inputs: Everything that affects the response: text, language, voice and host, but never a key.
    """
    identity = json.dumps([engine, *inputs]).encode()
    return f"{engine}-{hashlib.sha256(identity).hexdigest()}"
