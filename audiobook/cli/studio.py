"""The command `studio`."""

from __future__ import annotations

import click

from audiobook.cli.group import NumberFrom, audiobook, required_project


@audiobook.command()
@click.option(
    "--port",
    metavar="N",
    type=NumberFrom(0, 65535, int),
    default=0,
    help="Port; 0 picks a free one. [default: 0]",
)
@click.option("--no-browser", is_flag=True, help="Print the address without opening a browser.")
def studio(port: int, no_browser: bool) -> int:
    """Make audiobooks in the browser.

    Opens a page that only this computer can reach. There you add texts, see what was
    found in them, build, listen, mark mistakes, correct pronunciations, and publish.
    It runs until Ctrl-C.

    \b
    Example:
      audiobook studio
    """
    from audiobook.studio.start import open_studio

    root, settings = required_project({})
    return open_studio(root, settings, port=port, opens=not no_browser)
