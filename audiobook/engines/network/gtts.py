"""The voices of Google Translate. gTTS builds the requests, and this module sends them.

gTTS splits a sentence into parts that the service accepts, and builds a request for each of them. It would also send
the requests, but without verifying certificates, without a time limit, and accepting any response.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook import __version__
from audiobook.audio.mp3.frames import FrameError, parse_header
from audiobook.audio.pcm import Pcm, join, samples_of, silence
from audiobook.audio.pyav import pyav_identity, require_pyav
from audiobook.document import Passage
from audiobook.engines.base import Equipment, Speech, Style, Voice
from audiobook.engines.network.client import Answer, Client, Request
from audiobook.engines.network.replies import reply_name
from audiobook.engines.network.request_limits import LIMIT_OPTIONS, RequestLimits, require_known, text_of
from audiobook.engines.plausibility import longest_s, require_plausible
from audiobook.errors import EngineMissing, SpeechError

if TYPE_CHECKING:
    from gtts import gTTS

_RATE_HZ: Final = 24000
_PROCESSING: Final = 1
"""Version of how parts are joined into a sentence; increase it when the same responses give a different sound."""
_BETWEEN_PARTS_MS: Final = 120
_OLD_TAGS: Final = {"iw": "he", "jw": "jv"}
"""Languages for which the service uses a tag that BCP 47 has replaced."""
_TLD: Final = re.compile(r"[a-z]{2,3}(\.[a-z]{2,3})?")
_RPC: Final = "jQ1olc"


class GttsEngine:
    """Requests each part of a sentence from Google Translate, and caches the response."""

    name = "gtts"

    def __init__(self) -> None:
        """Create the engine without settings; `equip` provides them."""
        self._equipment: Equipment | None = None
        self._tld = "com"
        self._user_agent = ""
        self._client: Client | None = None

    def equip(self, equipment: Equipment) -> None:
        """Use the options `tld`, `user_agent`, and those of `RequestLimits`.

        Raises:
            EngineMissing: An option is unknown or invalid.
        """
        options = equipment.options
        require_known(self.name, options, ("tld", "user_agent", *LIMIT_OPTIONS))
        self._equipment = equipment
        self._tld = text_of(self.name, options, "tld", "com")
        if not _TLD.fullmatch(self._tld):
            raise EngineMissing(
                f"tld in [engines.{self.name}] must be the last part of a host name, for example com or co.uk"
            )
        honest = f"audiobook/{__version__} (with gTTS {version('gTTS')})"
        self._user_agent = text_of(self.name, options, "user_agent", honest)
        if not self._user_agent.isascii() or not self._user_agent.isprintable():
            raise EngineMissing(f"user_agent in [engines.{self.name}] must be one line of plain ASCII")
        limits = RequestLimits.of(self.name, options, deadline_s=30.0, pause_s=0.5)
        self._client = Client(
            self._host,
            limits,
            equipment.shared / f"pace-{self._host}.json",
            f"the service may require another user_agent in [engines.{self.name}], or block your address for a while",
        )

    @property
    def identity(self) -> str:
        """The host, and the versions of the libraries that split sentences and decode sound."""
        return f"gtts {version('gTTS')}, parts {_PROCESSING}, {self._host}, {pyav_identity()}"

    @property
    def _host(self) -> str:
        return f"translate.google.{self._tld}"

    def voices(self) -> Sequence[Voice]:
        """Return a voice for each language that gTTS knows, ordered by name."""
        return _voices()

    def require(self, voice: Voice, style: Style) -> None:
        """Check that MP3, the only format of the service, can be decoded; see `Requiring.require`."""
        require_pyav("the voices of gtts")

    def prepare(self, voice: Voice) -> None:
        """Do nothing: everything is loaded with the first request."""

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak sentence by sentence, requesting only what is not cached; see `Engine.speak`."""
        return (Speech(self._sentence(sentence.text, voice, style), ()) for sentence in passage.sentences)

    def _sentence(self, text: str, voice: Voice, style: Style) -> Pcm:
        from audiobook.audio.silence import heard_span
        from audiobook.audio.stretch import stretch

        heard: list[Pcm] = []
        for part in self._parts(text, voice):
            if heard:
                heard.append(silence(samples_of(_BETWEEN_PARTS_MS, _RATE_HZ), _RATE_HZ))
            heard.append(part.part(*heard_span(part)))
        return stretch(join(heard, _RATE_HZ), style.speed)

    def _parts(self, text: str, voice: Voice) -> Iterator[Pcm]:
        """Yield the sound of each part into which gTTS splits a sentence, cached or requested."""
        assert self._equipment, "equip() must be called first"
        replies = self._equipment.replies
        builder, parts = _split(text, voice.name, self._tld)
        for index, part in enumerate(parts):
            name = reply_name(self.name, self._tld, voice.name, part)
            pcm = _from_cache(replies.get(name), part)
            if pcm is None:
                # This builds the requests of all parts again for each missing part, but sending one takes far longer.
                data, pcm = self._request(builder, index, len(parts), part)
                replies.put(name, data)
            yield pcm

    def _request(self, builder: gTTS, index: int, count: int, part: str) -> tuple[bytes, Pcm]:
        assert self._client, "equip() must be called first"
        built = builder._prepare_requests()
        if len(built) != count:
            raise SpeechError(f"gTTS built {len(built)} requests for {count} parts")
        prepared = built[index]
        headers = {**prepared.headers, "User-Agent": self._user_agent}
        headers.pop("Content-Length", None)
        body = prepared.body if isinstance(prepared.body, bytes) else str(prepared.body).encode("ascii")

        def read(answer: Answer) -> tuple[bytes, Pcm]:
            data = mp3_of(answer.body)
            return data, _decoded(data, part)

        return self._client.ask(Request("POST", prepared.url, headers, body), read)


def _from_cache(data: bytes | None, part: str) -> Pcm | None:
    """Return the sound in a cached response; None if it is missing or not speech, so that it is requested again."""
    with suppress(SpeechError):
        return None if data is None else _decoded(data, part)
    return None


def _split(text: str, language: str, tld: str) -> tuple[gTTS, list[str]]:
    """Return the object that builds the requests for a sentence, and the parts into which it splits the sentence."""
    from gtts import gTTS  # also loads requests, 60 ms

    try:
        builder = gTTS(text, tld=tld, lang=language, lang_check=False)
        parts: list[str] = builder._tokenize(text)
    except AssertionError as error:
        raise SpeechError(f"gTTS cannot split the sentence: {error}") from error
    if not parts:
        raise SpeechError("gTTS finds nothing to read aloud")
    return builder, parts


def mp3_of(body: bytes) -> bytes:
    r"""Return the MP3 in a response.

    A response has several lines. One of them is JSON like `[["wrb.fr","jQ1olc","[\"//NExAAR…\"]",null,…],…]`. The third
    value is JSON again, and contains the MP3 in base64.

    Raises:
        SpeechError: The response contains no MP3, because the service refused, or it is some other page.
    """
    for line in body.split(b"\n"):
        if _RPC.encode() in line:
            try:
                inner = _called(msgspec.json.decode(line))
                (encoded, *_) = msgspec.json.decode(inner, type=list[object])
                return base64.b64decode(str(encoded), validate=True)
            except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, binascii.Error) as error:
                raise SpeechError("the response is truncated, or its format has changed") from error
    what = (
        "is empty"
        if not body.strip()
        else "is a web page"
        if b"<html" in body[:2000].lower()
        else "contains no sound"
    )
    raise SpeechError(f"the response {what}")


def _called(answer: object) -> str:
    """Return the result of our call from a decoded response.

    Raises:
        ValueError: The response does not contain it.
    """
    for entry in answer if isinstance(answer, list) else ():
        if isinstance(entry, list) and len(entry) > 2 and entry[1] == _RPC and isinstance(entry[2], str):
            return entry[2]
    raise ValueError("the response has no result for this call")


def _decoded(data: bytes, part: str) -> Pcm:
    """Return the decoded sound of a part, if its length is plausible for the text."""
    from audiobook.audio.decode import decode

    try:
        parse_header(data)
    except FrameError as error:
        raise SpeechError("the response is not an MP3") from error
    pcm = decode(data, "mp3", _RATE_HZ, longest_s(part))
    require_plausible(pcm, part)
    return pcm


@lru_cache(maxsize=1)
def _voices() -> tuple[Voice, ...]:
    from gtts.lang import tts_langs  # also loads requests, 60 ms

    return tuple(
        Voice(
            GttsEngine.name,
            name,
            _OLD_TAGS.get(name, name),
            description,
            _RATE_HZ,
            offline=False,
            service="Google Translate, through an unofficial interface",
            display_name=description,
        )
        for name, description in sorted(tts_langs().items())
    )
