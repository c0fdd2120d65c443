"""The server of the engine `openai`: its address, model and voices, from the options."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec

from audiobook.engines.base import ANY_LANGUAGE, Equipment, Voice, display_name
from audiobook.engines.network.fields import Fields, fields_of
from audiobook.engines.network.request_limits import number_of, text_of
from audiobook.errors import EngineMissing, near

ENGINE: Final = "openai"
DEFAULT_KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""The environment variable with the key, unless the options name a file or another variable."""
CAPTIONED: Final = "/dev/captioned_speech"
"""Path of requests for speech with word times."""
_FORMATS: Final = ("wav", "pcm", "mp3")
_RATES_HZ: Final = (16000, 22050, 24000, 32000, 44100, 48000)
_KOKORO_NAME: Final = re.compile(r"[a-z][fm]_(\w+)")
"""Matches the name of a Kokoro voice, for example `af_bella`: language, sex and name."""
EXAMPLE: Final = """add to audiobook.toml:
[engines.openai]
base_url = "http://localhost:8880/v1"
model = "kokoro"
voices = "af_bella en\""""
"""Hint for missing options."""


class Server(msgspec.Struct, frozen=True):
    """The settings of a server.

    Attributes:
        base_url: Address of the server, up to `/v1`.
        model: Name of the model.
        format: Format of the responses: `wav`, `pcm` or `mp3`.
        rate_hz: Sample rate of the speech; other rates are resampled.
        voices: The voices named in the options, ordered by name and language.
        key_env: Environment variable that contains the key; empty for `DEFAULT_KEY_VARIABLE`.
        key_file: File that contains the key; empty to use the variable.
        fields: Additional fields of each request.
        word_times: Whether to request word times too.
    """

    base_url: str
    model: str
    format: str
    rate_hz: int
    voices: tuple[Voice, ...]
    key_env: str
    key_file: str
    fields: Fields = ()
    word_times: bool = False

    @property
    def speech_url(self) -> str:
        """The address to send requests for speech to."""
        if self.word_times:
            return f"{self.base_url.removesuffix('/v1')}{CAPTIONED}"
        return f"{self.base_url}/audio/speech"

    @property
    def key_place(self) -> str:
        """The file or variable with the key that is sent; empty if there is none."""
        return _key_place(self.base_url, self.key_file, self.key_env)

    @property
    def host(self) -> str:
        """Host and port of the server, as written in the address."""
        return urlsplit(self.base_url).netloc


def server_of(equipment: Equipment) -> Server:
    """Return the server described by the engine's options.

    Raises:
        EngineMissing: An option is missing or invalid.
    """
    options = equipment.options

    def text(name: str, default: str = "") -> str:
        return text_of(ENGINE, options, name, default)

    for name in ("base_url", "model"):
        if not text(name):
            raise EngineMissing(f"openai needs the option “{name}”", hint=EXAMPLE)
    base_url = base_url_of(text("base_url"))
    wanted = text("format", "wav")
    if wanted not in _FORMATS:
        raise EngineMissing(f"openai does not support the format “{wanted}”", hint=near(wanted, _FORMATS))
    rate_hz = int(number_of(ENGINE, "rate_hz", options.get("rate_hz", 24000)))
    if rate_hz not in _RATES_HZ:
        rates = ", ".join(map(str, _RATES_HZ))
        raise EngineMissing(f"rate_hz in [engines.openai] must be a sample rate of MP3: {rates}")
    key = _key_place(base_url, text("key_file"), text("key_env"))
    voices = _voices(text("voices"), rate_hz, urlsplit(base_url).netloc, key)
    word_times = options.get("word_times", False)
    if not isinstance(word_times, bool):
        raise EngineMissing(f"word_times in [engines.openai] must be true or false, not {word_times!r}")
    return Server(
        base_url,
        text("model"),
        wanted,
        rate_hz,
        voices,
        text("key_env"),
        text("key_file"),
        fields_of(ENGINE, options),
        word_times,
    )


def is_loopback(host: str) -> bool:
    """Return whether a host name or IP address is that of this computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_have_key(base_url: str) -> bool:
    """Return whether a key may be sent to a server: encrypted, or only within this computer."""
    return base_url.startswith("https:") or is_loopback(urlsplit(base_url).hostname or "")


def _key_place(base_url: str, key_file: str, key_env: str) -> str:
    """Return the file or variable with the key that is sent; empty if there is none."""
    is_usual_sent = bool(os.environ.get(DEFAULT_KEY_VARIABLE, "").strip()) and may_have_key(base_url)
    return key_file or key_env or (DEFAULT_KEY_VARIABLE if is_usual_sent else "")


def base_url_of(given: str) -> str:
    """Return the address of the server up to `/v1`, which is appended if the address has no path.

    Raises:
        EngineMissing: The address is invalid, or contains a name, password or query.
    """
    if "@" in given or "?" in given or "#" in given:
        raise EngineMissing(
            "base_url in [engines.openai] must not contain a name, password or query",
            hint="put the key into an environment variable, and the variable's name into key_env",
        )
    try:
        parts = urlsplit(given.rstrip("/"))
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, right = urlsplit(""), False
    if not right or not given.isprintable() or not given.isascii() or " " in given:
        raise EngineMissing("base_url in [engines.openai] must be an address like http://localhost:8880/v1")
    return f"{parts.scheme}://{parts.netloc}{parts.path or '/v1'}"


def _voices(given: str, rate_hz: int, host: str, key: str) -> tuple[Voice, ...]:
    """Return the voices in an option like `af_bella en, M1 fi pl, alloy`: names, each followed by its languages.

    A name without a language is a voice for all languages.
    """
    found: dict[tuple[str, str], Voice] = {}
    for entry in filter(None, given.split(",")):
        name, *languages = entry.split() or [""]
        for language in languages or [ANY_LANGUAGE]:
            found[name, language] = server_voice(name, language, rate_hz, host, key)
    return tuple(voice for (name, _), voice in sorted(found.items(), key=lambda item: item[0]) if name)


def server_voice(name: str, language: str, rate_hz: int, host: str, key: str) -> Voice:
    """Return a voice of a server.

    Args:
        name: The server's name for the voice.
        language: BCP 47 tag, or `ANY_LANGUAGE`.
        rate_hz: Sample rate of the speech.
        host: Host and port of the server.
        key: The file or variable with the key that is sent; empty if there is none.
    """
    kokoro = _KOKORO_NAME.fullmatch(name)
    return Voice(
        ENGINE,
        name,
        language,
        f"{name} of {host}",
        rate_hz,
        offline=False,
        service=f"the server {host}" + (f", with the key in {key}" if key else ""),
        display_name=display_name(kokoro[1] if kokoro else name),
        is_here=not key and is_loopback(urlsplit(f"//{host}").hostname or ""),
    )
