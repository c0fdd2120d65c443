"""Any server that offers OpenAI's `/v1/audio/speech`, on this computer, in the local network or elsewhere.

Source: OpenAI API reference, "Create speech"; its implementations in Kokoro-FastAPI, LocalAI and openedai-speech.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from audiobook import __version__
from audiobook.audio.mp3_frames import FrameError, parse_header
from audiobook.audio.pcm import Pcm
from audiobook.document import Passage
from audiobook.engines.base import ANY_LANGUAGE, Equipment, Speech, Style, Voice, display_name
from audiobook.engines.network.captioned import Timestamp, captioned, marks_of
from audiobook.engines.network.client import Answer, Client, Request
from audiobook.engines.network.fields import PREFIX, Fields, fields_of, filled, sets_pace
from audiobook.engines.network.manners import MANNERS, Manners, number_of, require_known, text_of
from audiobook.engines.network.replies import reply_name
from audiobook.engines.plausibility import longest_s, require_plausible
from audiobook.errors import EngineMissing, ServiceError, SpeechError, near

_OPTIONS: Final = (
    "base_url",
    "model",
    "voices",
    "format",
    "rate_hz",
    "word_times",
    "key_env",
    "key_file",
    *MANNERS,
)
_CAPTIONED: Final = "/dev/captioned_speech"
_FORMATS: Final = ("wav", "pcm", "mp3")
_RATES_HZ: Final = (16000, 22050, 24000, 32000, 44100, 48000)
_TIMING: Final = 1
"""Version of how word times are read; raised when the same responses give other times."""
_KOKORO_NAME: Final = re.compile(r"[a-z][fm]_(\w+)")
"""Language, sex and name of a Kokoro voice, for example `af_bella`."""
_USUAL_KEY: Final = "OPENAI_API_KEY"
_EXAMPLE: Final = """add to audiobook.toml:
[engines.openai]
base_url = "http://localhost:8880/v1"
model = "kokoro"
voices = "af_bella en"
"""


@dataclass(frozen=True, slots=True)
class _Server:
    """The settings of a server, without the key."""

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
        """Address of requests for speech."""
        if self.word_times:
            return f"{self.base_url.removesuffix('/v1')}{_CAPTIONED}"
        return f"{self.base_url}/audio/speech"

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.base_url).netloc


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence to request: its text, language, voice and speed."""

    text: str
    language: str
    voice: str
    speed: float

    def fields(self, server: _Server) -> dict[str, object]:
        """Return the further fields of the request."""
        return filled(server.fields, self.language, self.speed)


class OpenaiEngine:
    """Requests each sentence from a server, and caches the response."""

    name = "openai"

    def __init__(self) -> None:
        """Create the engine; `equip` comes next."""
        self._server: _Server | None = None
        self._equipment: Equipment | None = None
        self._client: Client | None = None

    def equip(self, equipment: Equipment) -> None:
        """Use the options."""
        options = equipment.options
        require_known(self.name, [name for name in options if not name.startswith(PREFIX)], _OPTIONS)
        server = _server_of(equipment)
        manners = Manners.of(self.name, options, deadline_s=120.0)
        pace = f"pace-{reply_name(self.name, server.base_url)}.json"
        hint = f"check that {server.key_file or server.key_env or _USUAL_KEY} contains the right key"
        self._client = Client(server.host, manners, equipment.shared / pace, hint)
        self._equipment, self._server = equipment, server

    @property
    def identity(self) -> str:
        """The server, its model, and the version of the decoder."""
        server = self._asked()
        more = f", word times {_TIMING}" if server.word_times else ""
        if server.fields:
            more += f", {msgspec.json.encode(dict(server.fields)).decode()}"
        return f"openai {server.base_url}, {server.model}, {server.format}, av {version('av')}{more}"

    def voices(self) -> Sequence[Voice]:
        """Return the voices named in the options, ordered by name and language."""
        voices = self._asked().voices
        if not voices:
            raise EngineMissing(
                "openai needs the option “voices”",
                hint=_EXAMPLE.rstrip(),
            )
        return voices

    def offered(self) -> Sequence[Voice]:
        """Request the server's list of voices; return them and those of the options, ordered by name."""
        server = self._asked()
        known = server.voices
        request = Request("GET", f"{server.base_url}/audio/voices", *self._with_key({}, None))
        try:
            names = self._asking().ask(request, _voice_names)
        except ServiceError as error:
            if not known:
                raise EngineMissing(error.message, hint=error.hint) from error
            names = []  # many servers do not offer this list
        told = {voice.name for voice in known}
        others = [_voice(name, ANY_LANGUAGE, server.rate_hz, server.host) for name in {*names} - told]
        return sorted((*known, *others), key=lambda voice: (voice.name, voice.language))

    def prepare(self, voice: Voice) -> None:
        """Do nothing: everything is loaded with the first request."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak sentence by sentence, requesting only what is not cached; see `Engine.speak`."""
        return (
            self._sentence(_Sentence(sentence.text, passage.language, voice.name, style.speed))
            for sentence in passage.sentences
        )

    def _sentence(self, asked: _Sentence) -> Speech:
        """Return a spoken sentence, cached or requested."""
        assert self._equipment, "equip() must be called first"
        server, keep = self._asked(), self._equipment.replies
        name = reply_name(self.name, *self._reply_parts(asked))
        kept = keep.get(name)
        if kept is not None:
            with suppress(SpeechError):  # a cached response that is not speech is requested again
                return _speech(Answer("audio/kept", kept), asked, server)

        def read(answer: Answer) -> tuple[bytes, Speech]:
            return answer.body, _speech(answer, asked, server)

        data, speech = self._asking().ask(self._request(asked), read)
        keep.put(name, data)
        return speech

    def _reply_parts(self, asked: _Sentence) -> tuple[str, ...]:
        """Return everything that affects the response to a request; a key does not."""
        server = self._asked()
        more = [_CAPTIONED] if server.word_times else []
        if server.fields:
            more.append(msgspec.json.encode(asked.fields(server)).decode())
        rate = str(server.rate_hz)
        return (server.base_url, server.model, asked.voice, server.format, rate, asked.text, *more)

    def _request(self, asked: _Sentence) -> Request:
        server = self._asked()
        told = {
            "model": server.model,
            "input": asked.text,
            "voice": asked.voice,
            "response_format": server.format,
        }
        body: dict[str, object] = {name: _plain(value) for name, value in told.items()}
        if server.word_times:
            body |= {"stream": False, "return_timestamps": True}
        encoded = msgspec.json.encode(body | asked.fields(server))
        headers = {"Content-Type": "application/json"}
        return Request("POST", server.speech_url, *self._with_key(headers, encoded))

    def _with_key(
        self, headers: dict[str, str], body: bytes | None
    ) -> tuple[dict[str, str], bytes | None, str]:
        """Return the headers with the key, if there is one. The key is read for each request and not stored."""
        key = _key(self._asked())
        headers["User-Agent"] = f"audiobook/{__version__}"
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return headers, body, key

    def _asked(self) -> _Server:
        assert self._server, "equip() must be called first"
        return self._server

    def _asking(self) -> Client:
        assert self._client, "equip() must be called first"
        return self._client


def _plain(text: str) -> str:
    """Return a text that can be encoded as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _server_of(equipment: Equipment) -> _Server:
    options = equipment.options

    def text(name: str, default: str = "") -> str:
        return text_of(OpenaiEngine.name, options, name, default)

    for name in ("base_url", "model"):
        if not text(name):
            raise EngineMissing(f"openai needs the option “{name}”", hint=_EXAMPLE.rstrip())
    base_url = _base_url(text("base_url"))
    wanted = text("format", "wav")
    if wanted not in _FORMATS:
        raise EngineMissing(f"openai does not support the format “{wanted}”", hint=near(wanted, _FORMATS))
    rate_hz = int(number_of(OpenaiEngine.name, "rate_hz", options.get("rate_hz", 24000)))
    if rate_hz not in _RATES_HZ:
        rates = ", ".join(map(str, _RATES_HZ))
        raise EngineMissing(f"rate_hz in [engines.openai] must be a sample rate of MP3: {rates}")
    voices = _voices(text("voices"), rate_hz, urlsplit(base_url).netloc)
    word_times = options.get("word_times", False)
    if not isinstance(word_times, bool):
        raise EngineMissing(f"word_times in [engines.openai] must be true or false, not {word_times!r}")
    return _Server(
        base_url,
        text("model"),
        wanted,
        rate_hz,
        voices,
        text("key_env"),
        text("key_file"),
        fields_of(OpenaiEngine.name, options),
        word_times,
    )


def _base_url(given: str) -> str:
    """Return the address of the server up to `/v1`, which is added if there is only a host.

    Raises:
        EngineMissing: It is not an address, or contains parts that must not be shown.
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


def _voices(given: str, rate_hz: int, host: str) -> tuple[Voice, ...]:
    """Parse `af_bella en, M1 fi pl, alloy`: names, each with its languages, or without one for all languages."""
    found: dict[tuple[str, str], Voice] = {}
    for entry in filter(None, given.split(",")):
        name, *languages = entry.split() or [""]
        for language in languages or [ANY_LANGUAGE]:
            found[name, language] = _voice(name, language, rate_hz, host)
    return tuple(found[one] for one in sorted(found) if one[0])


def _voice(name: str, language: str, rate_hz: int, host: str) -> Voice:
    kokoro = _KOKORO_NAME.fullmatch(name)
    return Voice(
        OpenaiEngine.name,
        name,
        language,
        f"{name} of {host}",
        rate_hz,
        offline=False,
        service=f"the server {host}",
        display_name=display_name(kokoro[1] if kokoro else name),
    )


def _key(server: _Server) -> str:
    """Return the key; empty if there is none.

    Raises:
        EngineMissing: It is not where the options say, or would be sent over the network unencrypted.
    """
    if server.key_file:
        try:
            key = Path(server.key_file).expanduser().read_text("utf-8").strip()
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineMissing(
                f"the key cannot be read from {server.key_file}", hint="check key_file in [engines.openai]"
            ) from error
    else:
        key = os.environ.get(server.key_env or _USUAL_KEY, "").strip()
    named = server.key_file or server.key_env
    if named and not key:
        raise EngineMissing(
            f"{named}, named in [engines.openai], contains no key",
            hint="put the key there, or remove the option",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise EngineMissing(
            f"{named or _USUAL_KEY} does not contain a valid key", hint="a key is one word in ASCII"
        )
    if not key or server.base_url.startswith("https:") or _is_here(urlsplit(server.base_url).hostname or ""):
        return key
    if not named:
        return ""  # a key for another server, which anyone on the network could read
    raise EngineMissing(
        "openai does not send a key over http, where anyone on the network can read it",
        hint="use https in base_url, or a server on this computer",
    )


def _is_here(host: str) -> bool:
    """Return whether a host is this computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _voice_names(answer: Answer) -> list[str]:
    """Return the names in a list of voices: a list, or a table with a list, of names or of tables with a name."""
    try:
        told = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SpeechError("the list of voices is not valid JSON") from error
    entries = told.get("voices", told.get("data")) if isinstance(told, dict) else told
    if not isinstance(entries, list):
        raise SpeechError("the response is not a list of voices")
    names: list[str] = []
    for entry in entries:
        name = (entry.get("id") or entry.get("name")) if isinstance(entry, dict) else entry
        if isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= 200:
            names.append(name)
    return names


def _speech(answer: Answer, asked: _Sentence, server: _Server) -> Speech:
    """Return the speech in a response, at the wanted pace, with the times of its words if the server sends them.

    Raises:
        SpeechError: The response is not speech as requested.
    """
    from audiobook.audio.stretch import stretch

    told: Sequence[Timestamp] = ()
    if server.word_times:
        sound, told = captioned(answer.body)
        answer = Answer("audio/captioned", sound)
    pcm = _decoded(answer, asked.text, server)
    marks = marks_of(asked.text, told, pcm.rate_hz, len(pcm))
    if sets_pace(server.fields):
        return Speech(pcm, marks)
    stretched = stretch(pcm, asked.speed)
    ratio = len(stretched) / len(pcm)
    return Speech(
        stretched, tuple(replace(mark, offset_samples=int(mark.offset_samples * ratio)) for mark in marks)
    )


def _decoded(answer: Answer, text: str, server: _Server) -> Pcm:
    """Decode a response after checking its kind, and check its length against the text."""
    from audiobook.audio.decode import decode

    data = answer.body
    longest = longest_s(text)
    if data.startswith(b"RIFF"):
        pcm = decode(data, "wav", server.rate_hz, longest)
    elif _is_mp3(data):
        pcm = decode(data, "mp3", server.rate_hz, longest)
    elif server.format == "pcm" and answer.content_type.startswith(("audio/", "application/octet-stream")):
        pcm = _raw(data, server.rate_hz, longest)
    else:
        raise SpeechError(_unwanted(answer))
    require_plausible(pcm, text)
    return pcm


def _is_mp3(data: bytes) -> bool:
    if data.startswith(b"ID3"):
        return True
    try:
        first = parse_header(data)
        # Raw samples can look like one frame header by chance, but not like two.
        return len(data) <= first.length_bytes or bool(parse_header(data, first.length_bytes))
    except FrameError:
        return False


def _raw(data: bytes, rate_hz: int, longest: float) -> Pcm:
    """Return 16-bit little-endian samples without a header, the format `pcm`."""
    if len(data) % 2 or data.startswith((b"OggS", b"fLaC", b"{", b"<")):
        raise SpeechError("the response is not 16-bit samples as requested")
    if len(data) // 2 > longest * rate_hz:
        raise SpeechError(f"the sound is longer than {longest:g} s")
    return Pcm(data, rate_hz)


def _unwanted(answer: Answer) -> str:
    if not answer.body:
        return "the response is empty"
    kind = answer.content_type or "of an unknown type"
    return f"the response is {kind}, not the requested sound"
