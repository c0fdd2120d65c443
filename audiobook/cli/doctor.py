"""The command `doctor`."""

from __future__ import annotations

import os

from audiobook.cli.group import audiobook, json_option, log_options


@audiobook.command()
@json_option
@log_options
def doctor(as_json: bool) -> int:
    """Find problems with the installation, and how to fix them.

    Examines Python, packages, engines (each speaks a few words), voices, the store, free disk space, player and
    locale. Nothing is changed, and nothing is sent over the network. The exit code is 0 if a book can be built.

    \b
    Example:
      audiobook doctor
    """
    from audiobook.commands.doctor.examination import examine
    from audiobook.settings import project_root

    return examine(project_root(os.environ), os.environ, as_json=as_json)
