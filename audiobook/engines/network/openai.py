"""Any server with OpenAI's `/v1/audio/speech` interface, on this computer, in the local network or elsewhere.

Source: OpenAI API reference, "Create speech"; its implementations in Kokoro-FastAPI, LocalAI and openedai-speech.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook import __version__
from audiobook.audio.pyav import pyav_identity, require_pyav
from audiobook.document import Passage
from audiobook.engines.base import ANY_LANGUAGE, Equipment, Speech, Style, Voice
from audiobook.engines.network.captioned import Timestamp, captioned, marks_of
from audiobook.engines.network.client import Answer, Client, Request
from audiobook.engines.network.fields import PREFIX, filled, sets_pace
from audiobook.engines.network.key import key_of
from audiobook.engines.network.replies import reply_name
from audiobook.engines.network.request_limits import LIMIT_OPTIONS, RequestLimits, require_known
from audiobook.engines.network.server import (
    CAPTIONED,
    DEFAULT_KEY_VARIABLE,
    ENGINE,
    EXAMPLE,
    Server,
    server_of,
    server_voice,
)
from audiobook.engines.network.sound import decoded
from audiobook.errors import EngineMissing, ServiceError, SpeechError

_OPTIONS: Final = (
    "base_url",
    "model",
    "voices",
    "format",
    "rate_hz",
    "word_times",
    "key_env",
    "key_file",
    *LIMIT_OPTIONS,
)
_TIMING: Final = 1
"""Version of how word times are read; increase it when the same responses give other times."""


class _Sentence(msgspec.Struct, frozen=True):
    """A sentence to request: its text, BCP 47 tag, the name of the voice, and the pace relative to the normal one."""

    text: str
    language: str
    voice: str
    speed: float

    def fields(self, server: Server) -> dict[str, object]:
        """Return the additional fields of the request."""
        return filled(server.fields, self.language, self.speed)


class OpenaiEngine:
    """Requests each sentence from a server, and caches the response."""

    name = ENGINE

    def __init__(self) -> None:
        """Create the engine without settings; `equip` provides them."""
        self._server: Server | None = None
        self._equipment: Equipment | None = None
        self._client: Client | None = None

    def equip(self, equipment: Equipment) -> None:
        """Read the options, and prepare the client.

        Raises:
            EngineMissing: An option is missing, unknown or invalid.
        """
        options = equipment.options
        require_known(self.name, [name for name in options if not name.startswith(PREFIX)], _OPTIONS)
        server = server_of(equipment)
        limits = RequestLimits.of(self.name, options, deadline_s=120.0)
        pace = f"pace-{reply_name(self.name, server.base_url)}.json"
        hint = (
            f"check that {server.key_file or server.key_env or DEFAULT_KEY_VARIABLE} contains the right key"
        )
        self._client = Client(server.host, limits, equipment.shared / pace, hint)
        self._equipment, self._server = equipment, server

    @property
    def identity(self) -> str:
        """The server, its model, and the version of the decoder."""
        server = self._require_server()
        more = f", word times {_TIMING}" if server.word_times else ""
        if server.fields:
            more += f", {msgspec.json.encode(dict(server.fields)).decode()}"
        return f"openai {server.base_url}, {server.model}, {server.format}, {pyav_identity()}{more}"

    def voices(self) -> Sequence[Voice]:
        """Return the voices named in the options, ordered by name and language."""
        voices = self._require_server().voices
        if not voices:
            raise EngineMissing("openai needs the option “voices”", hint=EXAMPLE)
        return voices

    def offered(self) -> Sequence[Voice]:
        """Request the server's list of voices, and return it with those of the options, ordered by name."""
        server = self._require_server()
        known = server.voices
        request = Request("GET", f"{server.base_url}/audio/voices", *self._with_key({}, None))
        try:
            names = self._require_client().ask(request, _voice_names)
        except ServiceError as error:
            if not known:
                raise EngineMissing(error.message, hint=error.hint) from error
            names = []  # many servers do not offer this list
        known_names = {voice.name for voice in known}
        others = [
            server_voice(name, ANY_LANGUAGE, server.rate_hz, server.host, server.key_place)
            for name in {*names} - known_names
        ]
        return sorted((*known, *others), key=lambda voice: (voice.name, voice.language))

    def require(self, voice: Voice, style: Style) -> None:
        """Check that the responses can be decoded, and their speed changed; see `Requiring.require`."""
        server = self._require_server()
        if server.format == "mp3":
            require_pyav("responses in MP3", f'set format = "wav" in [engines.{self.name}]')
        if style.speed != 1.0 and not sets_pace(server.fields):
            require_pyav("other speeds of this voice")

    def prepare(self, voice: Voice) -> None:
        """Do nothing: everything is loaded with the first request."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak sentence by sentence, requesting only what is not cached; see `Engine.speak`."""
        return (
            self._speech(_Sentence(sentence.text, passage.language, voice.name, style.speed))
            for sentence in passage.sentences
        )

    def _speech(self, sentence: _Sentence) -> Speech:
        """Return a spoken sentence, cached or requested."""
        assert self._equipment, "equip() must be called first"
        server, replies = self._require_server(), self._equipment.replies
        name = reply_name(self.name, *self._reply_parts(sentence))
        cached = replies.get(name)
        if cached is not None:
            with suppress(SpeechError):  # a cached response that is not speech is requested again
                return _read_speech(Answer("audio/kept", cached), sentence, server)

        def read(answer: Answer) -> tuple[bytes, Speech]:
            return answer.body, _read_speech(answer, sentence, server)

        data, speech = self._require_client().ask(self._request(sentence), read)
        replies.put(name, data)
        return speech

    def _reply_parts(self, sentence: _Sentence) -> tuple[str, ...]:
        """Return everything that affects the response to a request. The key does not."""
        server = self._require_server()
        more = [CAPTIONED] if server.word_times else []
        if server.fields:
            more.append(msgspec.json.encode(sentence.fields(server)).decode())
        rate = str(server.rate_hz)
        return (server.base_url, server.model, sentence.voice, server.format, rate, sentence.text, *more)

    def _request(self, sentence: _Sentence) -> Request:
        server = self._require_server()
        texts = {
            "model": server.model,
            "input": sentence.text,
            "voice": sentence.voice,
            "response_format": server.format,
        }
        body: dict[str, object] = {name: _encodable(value) for name, value in texts.items()}
        if server.word_times:
            body |= {"stream": False, "return_timestamps": True}
        encoded = msgspec.json.encode(body | sentence.fields(server))
        headers = {"Content-Type": "application/json"}
        return Request("POST", server.speech_url, *self._with_key(headers, encoded))

    def _with_key(
        self, headers: dict[str, str], body: bytes | None
    ) -> tuple[dict[str, str], bytes | None, str]:
        """Return headers with the key, the body, and the key; empty if there is none. Keys are read for each request."""
        key = key_of(self._require_server())
        headers["User-Agent"] = f"audiobook/{__version__}"
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return headers, body, key

    def _require_server(self) -> Server:
        assert self._server, "equip() must be called first"
        return self._server

    def _require_client(self) -> Client:
        assert self._client, "equip() must be called first"
        return self._client


def _encodable(text: str) -> str:
    """Return a text with question marks for characters that UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode()


def _voice_names(answer: Answer) -> list[str]:
    """Return the names in a response: a list of names or of objects with names, by itself or in an object.

    Raises:
        SpeechError: The response is not such a list.
    """
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SpeechError("the list of voices is not valid JSON") from error
    entries = body.get("voices", body.get("data")) if isinstance(body, dict) else body
    if not isinstance(entries, list):
        raise SpeechError("the response is not a list of voices")
    names: list[str] = []
    for entry in entries:
        name = (entry.get("id") or entry.get("name")) if isinstance(entry, dict) else entry
        if isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= 200:
            names.append(name)
    return names


def _read_speech(answer: Answer, sentence: _Sentence, server: Server) -> Speech:
    """Return the speech in a response, at the requested pace, with word times if the server sends them.

    Raises:
        SpeechError: The response is not speech as requested.
    """
    from audiobook.audio.stretch import stretch

    stamps: Sequence[Timestamp] = ()
    if server.word_times:
        sound, stamps = captioned(answer.body)
        answer = Answer("audio/captioned", sound)
    pcm = decoded(answer, sentence.text, server)
    marks = marks_of(sentence.text, stamps, pcm.rate_hz, len(pcm))
    if sets_pace(server.fields):
        return Speech(pcm, marks)
    stretched = stretch(pcm, sentence.speed)
    ratio = len(stretched) / len(pcm)
    return Speech(
        stretched, tuple(replace(mark, offset_samples=int(mark.offset_samples * ratio)) for mark in marks)
    )
