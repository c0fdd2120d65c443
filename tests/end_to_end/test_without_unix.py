"""Commands on a Python that lacks what Windows lacks, and that has no default encoding."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf

ABSENT = """
import os, signal, sys
import platformdirs.unix  # chosen by `sys.platform`
for module, names in (
    (os, "fork forkpty killpg setsid setpgid getpgid getpgrp getuid geteuid getgid getegid getgroups chown fchown lchown "
         "fchmod mkfifo mknod sync fdatasync nice pread pwrite preadv pwritev sendfile wait wait3 wait4 "
         "waitid posix_fadvise posix_fallocate openpty getxattr setxattr listxattr "
         "O_NOFOLLOW O_NONBLOCK O_NOCTTY O_SYNC O_DSYNC"),
    (signal, "SIGALRM SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGTSTP SIGCONT SIGCHLD SIGWINCH pthread_sigmask pthread_kill sigwait "
             "sigpending setitimer getitimer alarm pause siginterrupt"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
for name in ("grp", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
"""
"""What Windows lacks, except what this system's standard library or code for `sys.platform` needs."""


@pytest.mark.exhaustive
def test_everything_works_without_what_only_unix_has(tmp_path: Path) -> None:
    usual = Shelf(tmp_path / "usual")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(ABSENT)
    bare = Shelf(tmp_path / "bare", PYTHONPATH=str(tmp_path / "site"), PYTHONWARNDEFAULTENCODING="1")
    for shelf in (usual, bare):
        shelf.write("texts/fi/yö.md", "# Yö\n\nMeri oli hiljaa.\n\n## Aamu\n\nVartija sytytti lampun.\n")
        shelf.write("texts/fi/lexicon.toml", '[words]\n"Meri" = "meeri"\n')
        shelf.build()
        for command in (
            ("check",),
            ("list",),
            ("voices", "--lang", "fi"),
            ("config",),
            ("export", "yo", "--to", "epub"),
            ("publish", "--base-url", "https://example.org"),
            ("clean", "--dry-run"),
        ):
            done = shelf.run(*command)
            assert done.code == 0, (command, done.err)
    without, with_unix = (
        {
            name: data for name, data in shelf.outputs().items() if not name.endswith("feed.xml")
        }  # has its time
        for shelf in (bare, usual)
    )
    assert without == with_unix
