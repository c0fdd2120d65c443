"""Comparing the inputs of a work, and the files of its last build, with the record of that build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

from audiobook.book.ownership import require_place
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.works import RecordHead
from audiobook.book.sound.mp3_head import length_problem
from audiobook.clips.key import Speaker
from audiobook.files import digest_file
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices

_SETTINGS: Final = (
    "pauses",
    "audio",
    "mp3",
    "authors",
    "narrator",
    "own_title",
    "own_authors",
    "own_narrator",
    "narrate",
    "chapters",
    "listener",
    "preset",
    "credits",
)
"""Inputs of which a change is reported as changed settings."""


def stale_reasons(
    inputs: Inputs,
    record: RecordHead | None,
    folder: Path,
    slug: str,
    encoding: str | None = None,
    digest_of: Callable[[Path], str | None] = digest_file,
) -> tuple[Reason, ...]:
    """Return every reason why the outputs do not match the inputs, in a fixed order.

    Args:
        inputs: The current inputs.
        record: Record of the last build; None if there was none.
        folder: Folder of the outputs.
        slug: Slug of the work.
        encoding: Encoding of a text that is not UTF-8; None to keep the encoding of the last build.
        digest_of: Returns the digest of a file, as `digest_file` does.

    Raises:
        OutputMismatch: Something other than a file is in the place of an output.
        StorageError: An output cannot be read.
    """
    if record is None:
        return (Reason.OUTPUT_MISSING,) if (folder / f"{slug}.mp3").exists() else (Reason.NEW,)
    # Stale outputs are replaced anyway, so they need not be read.
    return _input_reasons(inputs, record, encoding) or _output_reasons(record, folder, digest_of)


def _input_reasons(inputs: Inputs, record: RecordHead, encoding: str | None) -> tuple[Reason, ...]:
    """Return how the inputs differ from those of the last build, in the order in which reasons are shown."""
    before = record.inputs
    is_other_voice = (_voice(inputs.speaker), inputs.cast) != (_voice(before.speaker), before.cast)
    # Another voice has another narrator's name too, which is not a changed setting.
    settings = [name for name in _SETTINGS if not (is_other_voice and name == "narrator")]
    changed = (
        (Reason.TEXT_CHANGED, inputs.source_sha256 != before.source_sha256),
        (Reason.VOICE_CHANGED, is_other_voice),
        (Reason.SPEED_CHANGED, inputs.speaker.speed != before.speaker.speed),
        (Reason.PITCH_CHANGED, inputs.speaker.pitch != before.speaker.pitch),
        (Reason.VOLUME_CHANGED, inputs.speaker.volume != before.speaker.volume),
        (
            Reason.SETTINGS_CHANGED,
            any(getattr(inputs, name) != getattr(before, name) for name in settings)
            or (record.encoding is not None and encoding not in (None, record.encoding)),
        ),
        (
            Reason.CHAPTERS_CHANGED,
            (inputs.chosen_chapters, inputs.skipped_chapters)
            != (before.chosen_chapters, before.skipped_chapters),
        ),
        (Reason.CHAPTERS_MERGED, inputs.merged_chapters != before.merged_chapters),
        (Reason.CHAPTERS_RENAMED, inputs.renamed_chapters != before.renamed_chapters),
        (Reason.LEXICON_CHANGED, inputs.lexicon_sha256 != before.lexicon_sha256),
        (
            Reason.COVER_CHANGED,
            (inputs.cover_sha256, inputs.draws_cover) != (before.cover_sha256, before.draws_cover)
            or (record.cover.drawn and inputs.palette != before.palette),
        ),
        (Reason.VERSION_CHANGED, inputs.maker != before.maker),
    )
    return tuple(reason for reason, is_true in changed if is_true)


class OtherVoices(Protocol):
    """The voices besides the main voice with which a work was built."""

    @property
    def foreign(self) -> Mapping[str, Speaker]:
        """The voices of quoted languages, by BCP 47 tag."""

    @property
    def voices(self) -> Mapping[str, Speaker]:
        """The voices that the text or its cast names, by name."""


def other_voices_changed(work: OtherVoices, language: str, voices: Voices, chosen: ChosenVoice) -> bool:
    """Return whether a quoted language or a named voice would now be spoken by a different voice.

    Args:
        work: The voices with which the work was built.
        language: BCP 47 tag of the work.
        voices: Voices of the project.
        chosen: The main voice of the work.
    """
    return any(
        voices.foreign(quoted, chosen, language)[0].speaker != speaker
        for quoted, speaker in work.foreign.items()
    ) or any(
        voices.named(name, language, chosen)[0].speaker != speaker for name, speaker in work.voices.items()
    )


def _voice(speaker: Speaker) -> Speaker:
    """Return a speaker at normal speed, pitch and volume, to compare only the voice."""
    return msgspec.structs.replace(speaker, speed=1.0, pitch=1.0, volume=1.0)


def _output_reasons(
    record: RecordHead, folder: Path, digest_of: Callable[[Path], str | None]
) -> tuple[Reason, ...]:
    for stamp in (record.audio, record.cover):
        require_place(folder / stamp.name)
        found = digest_of(folder / stamp.name)
        if found is None:
            return (Reason.OUTPUT_MISSING,)
        if found != stamp.sha256:
            return (Reason.OUTPUT_DAMAGED,)
    if length_problem(record, folder / record.audio.name):
        return (Reason.OUTPUT_DAMAGED,)
    return ()
