"""The speeches of plays and interviews: who says what, and what stays with the main voice."""

from __future__ import annotations

from audiobook.casting import Casting, Role
from audiobook.document import Chapter, Kind, Paragraph, Work
from audiobook.narration.casting import cast_paragraphs, cast_work

SPEAKERS = {"Hamlet": "a", "Lady Macbeth": "b", "Q": "c", "A": "d"}


def cast(
    *paragraphs: str | Paragraph, say_names: bool | None = None, dialogue: str | None = None
) -> list[str]:
    """Return paragraphs with each spoken part as `{who|text}`: a speaker, `-` for the main voice, `0` for silence."""
    given = [each if isinstance(each, Paragraph) else Paragraph(each, Kind.TEXT) for each in paragraphs]
    casting = Casting(speakers=SPEAKERS, say_names=say_names, dialogue=dialogue)
    shown = []
    for paragraph in cast_paragraphs(given, "en", casting):
        text, at = "", 0
        for part in paragraph.spoken:
            who = {Role.DIRECTION: "-", Role.UNSAID: "0"}.get(part.character.role, part.character.name or "“")
            text += (
                f"{paragraph.text[at : part.start]}{{{who}|{paragraph.text[part.start : part.end].strip()}}}"
            )
            at = part.end
        shown.append(text + paragraph.text[at:])
    return shown


def test_a_name_begins_a_speech_however_it_is_set() -> None:
    said = "To be, or not to be."
    bold, cell = Paragraph(f"Hamlet {said}", Kind.TEXT, label_chars=6), f"HAMLET, {said}"
    forms: list[tuple[str | Paragraph, str]] = [
        (f"HAMLET. {said}", "HAMLET"),
        (f"Hamlet: {said}", "Hamlet"),
        (f"HAMLET\n{said}", "HAMLET"),
        (f"HAMLET {said}", "HAMLET"),
        (f"HAMLET—{said}", "HAMLET"),
        (f"Lady Macbeth: {said}", "Lady Macbeth"),
        (bold, "Hamlet"),
        (Paragraph(cell, Kind.TEXT, label_chars=7), "HAMLET"),
        (f"HAMLET (aside). {said}", "HAMLET"),
        (f"HAMLET, reading. {said}", "HAMLET"),
    ]
    wrong = []
    for form, name in forms:
        (shown,) = cast(form)
        speaker = "Lady Macbeth" if "Lady" in name else "Hamlet"
        if not (shown.startswith(f"{{-|{name}") and shown.endswith(f"{{{speaker}|{said}}}")):
            wrong.append(shown)
    assert not wrong


def test_prose_about_a_speaker_is_not_a_speech() -> None:
    assert cast("Hamlet walked in.", "I saw Hamlet: he sat.", "Hamlet, who sat, spoke.") == [
        "Hamlet walked in.",
        "I saw Hamlet: he sat.",
        "Hamlet, who sat, spoke.",
    ]


def test_stage_directions_stay_with_the_main_voice() -> None:
    assert cast(
        "HAMLET. (Sits.) One. (He rises.) Two (so they say) is it. [Exit]",
        "[They fight.]",
        "Three.",
        Paragraph("Trumpets.", Kind.TEXT, role=Role.DIRECTION),
        "Exeunt.",
    ) == [
        "{-|HAMLET}.{-|(Sits.)}{Hamlet|One.}{-|(He rises.)}{Hamlet|Two (so they say) is it.}{-|[Exit]}",
        "{-|[They fight.]}",
        "{Hamlet|Three.}",
        "{-|Trumpets.}",
        "{-|Exeunt.}",
    ]


def test_a_speech_continues_to_the_next_name_or_heading() -> None:
    assert cast(
        "HAMLET. One.",
        "Two.",
        "OSRIC. Three.",
        "Four.",
        "HAMLET. Five.",
        Paragraph("Act 2", Kind.HEADING),
        "Six.",
    ) == [
        "{-|HAMLET}.{Hamlet|One.}",
        "{Hamlet|Two.}",
        "OSRIC. Three.",
        "Four.",
        "{-|HAMLET}.{Hamlet|Five.}",
        "Act 2",
        "Six.",
    ]


def test_prose_after_an_interview_is_nobody_s_speech() -> None:
    prose = [f"Prose {number}." for number in range(5)]
    assert cast("Q: One?", "A: Two.", *prose)[2:] == prose


def test_names_alone_on_a_line_name_what_follows() -> None:
    assert cast("HAMLET", "One.", "OSRIC", "Two.")[:2] == ["{-|HAMLET}", "{Hamlet|One.}"]
    two = Paragraph("Q: One? A: Two.", Kind.TEXT, lines=((0, 1), (8, 2)))
    assert cast(two) == ["{-|Q}:{Q|One?}{-|A}:{A|Two.}"]


def test_names_that_are_not_said_are_those_with_a_voice() -> None:
    assert cast("HAMLET (aside). One.", "OSRIC. Two.", "Hamlet: Three.", say_names=False) == [
        "{0|HAMLET}{-|(aside).}{Hamlet|One.}",
        "OSRIC. Two.",
        "{0|Hamlet:}{Hamlet|Three.}",
    ]


def test_a_text_without_headings_is_cast_as_a_whole_and_a_chapter_is_never_silent() -> None:
    texts = ("Q", "One?", "A", "Two.")
    chapters = tuple(Chapter(text, 1, (Paragraph(text, Kind.TEXT),)) for text in texts)
    work = Work("a", "en", "A", chapters, "a.txt", chapters_by="paragraphs")
    found = cast_work(work, "en", Casting(speakers=SPEAKERS, say_names=False))
    assert [[part.character.name for part in chapter.paragraphs[0].spoken] for chapter in found] == [
        [],
        ["Q"],
        [],
        ["A"],
    ]


def test_dialogue_is_looked_for_outside_speeches_headings_and_quotations() -> None:
    quotation = Paragraph("“Yes.”", Kind.TEXT, role=Role.QUOTATION)
    marked = Paragraph("“Yes.”", Kind.TEXT, voice="x")
    found = cast(
        "“Yes.”", "HAMLET. “Yes.”", Paragraph("“Yes.”", Kind.HEADING), quotation, marked, dialogue="d"
    )
    assert found == ["{“|“Yes.”}", "{-|HAMLET}.{Hamlet|“Yes.”}", "“Yes.”", "“Yes.”", "“Yes.”"]


def test_a_chapter_that_is_all_quotation_is_only_indented() -> None:
    quoted = [Paragraph(f"“Yes {number}.”", Kind.TEXT, role=Role.QUOTATION) for number in range(3)]
    (first, *_), story = (
        cast_paragraphs(quoted, "en", Casting(quotations="q", dialogue="d")),
        Paragraph("x", Kind.TEXT),
    )
    assert (first.role, len(first.spoken)) == (None, 1)
    kept = cast_paragraphs([*quoted, story], "en", Casting(quotations="q"))
    assert kept[0].role is Role.QUOTATION
