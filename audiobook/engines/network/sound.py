"""The sound in a server's response."""

from __future__ import annotations

from audiobook.audio.mp3.frames import FrameError, parse_header
from audiobook.audio.pcm import Pcm
from audiobook.engines.network.client import Answer
from audiobook.engines.network.server import Server
from audiobook.engines.plausibility import longest_s, require_plausible
from audiobook.errors import SpeechError


def decoded(answer: Answer, text: str, server: Server) -> Pcm:
    """Return the decoded sound of a response.

    Args:
        answer: The response.
        text: The text that was requested.
        server: The server, with the format that was requested. WAV and MP3 are always accepted.

    Raises:
        SpeechError: The response is not in an accepted format, is damaged, or has an implausible length for the text.
        NoSpeech: The sound is silent.
    """
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
        raise SpeechError(_unexpected(answer))
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
    """Return a sound in the format `pcm`: 16-bit little-endian samples without a header."""
    if len(data) % 2 or data.startswith((b"OggS", b"fLaC", b"{", b"<")):
        raise SpeechError("the response is not 16-bit samples as requested")
    if len(data) // 2 > longest * rate_hz:
        raise SpeechError(f"the sound is longer than {longest:g} s")
    return Pcm(data, rate_hz)


def _unexpected(answer: Answer) -> str:
    if not answer.body:
        return "the response is empty"
    kind = answer.content_type or "of an unknown type"
    return f"the response is {kind}, not the requested sound"
