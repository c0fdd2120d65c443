"""The command group, and the options that several commands share."""

from __future__ import annotations

import click

from audiobook import __version__


class LanguageTag(click.ParamType):
    """A language code; a name such as “english” is rejected with the code that was probably meant."""

    name = "tag"

    def convert(self, value: str, _param: click.Parameter | None, _context: click.Context | None) -> str:
        """Return the tag as given."""
        from audiobook.languages import require_code

        require_code(value)
        return value


lang_option = click.option(
    "--lang",
    "languages",
    metavar="TAG",
    type=LanguageTag(),
    multiple=True,
    help="Only this language (repeatable).",
)
edition_option = click.option(
    "--lang",
    "language",
    metavar="TAG",
    type=LanguageTag(),
    help="Language of the edition, if there are several.",
)
texts_option = click.option("--texts", metavar="DIR", help="Folder with the texts. [default: texts]")
output_option = click.option("--output", metavar="DIR", help="Output folder. [default: output]")
encoding_option = click.option(
    "--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8, such as cp1257."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="audiobook")
def audiobook() -> None:
    """Turn texts into audiobooks.

    Makes tagged MP3 files with chapters, offline, in a hundred languages.

    \b
    Example:
      audiobook init shelf && cd shelf && audiobook build
    """
