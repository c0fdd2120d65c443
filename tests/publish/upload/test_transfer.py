"""Uploads to a folder, S3 and SFTP: only changed files, feeds last, and no harm to other files there."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, unquote

import boto3
import msgspec
import pytest
from patience import PATIENCE_S
from sampling import sampled
from tools import Finished, Shelf, wait_until

from audiobook.errors import Interrupted
from audiobook.files import digest
from audiobook.publish.publication import PublicFile
from audiobook.publish.upload.ledger import Ledger, UploadedFile, UploadPlan, read_ledger, upload_plan
from audiobook.publish.upload.remote_folder import RemoteFolder
from audiobook.publish.upload.transfer import Source, plan_upload
from audiobook.publish.upload.transfer import send as send_files

LIST = ".audiobook-sent.json"
BASE = ("publish", "--base-url", "https://example.org/books")
SERVERS = Path(__file__).parent
TEXT = "# {title}\n\n## Begin\n\nIt begins here. And it goes on.\n\n## End\n\nAnd it ends here.\n"
KEYS = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "very-secret-key",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}


@dataclass
class Place:
    """A destination, and independent access to its files."""

    to: str
    folder: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)
    client: Any = None
    bucket: str = ""

    def files(self) -> dict[str, bytes]:
        if self.folder:
            found = [path for path in self.folder.rglob("*") if path.is_file()]
            return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}
        names = [one["Key"] for one in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", ())]
        return {name.removeprefix("books/"): self.body(name) for name in names}

    def body(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def put(self, name: str, data: bytes) -> None:
        if self.folder:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        else:
            self.client.put_object(Bucket=self.bucket, Key=f"books/{name}", Body=data)

    def drop(self, name: str) -> None:
        if self.folder:
            (self.folder / name).unlink()
        else:
            self.client.delete_object(Bucket=self.bucket, Key=f"books/{name}")


@dataclass
class S3:
    """An S3 server, and its log of requests."""

    port: int
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        return KEYS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def asked(self) -> list[list[str]]:
        return [line.split("\t") for line in self.log.read_text("utf-8").splitlines()]

    def forget(self) -> None:
        self.log.write_text("", "utf-8")

    def puts(self) -> list[str]:
        """Return the uploaded paths in order, without the list of uploaded files."""
        sent = [path.partition("/books/")[2] for method, path, *_ in self.asked() if method == "PUT"]
        return [unquote(path) for path in sent if path != LIST]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    log = tmp_path_factory.mktemp("s3") / "log"
    log.touch()
    command = [sys.executable, str(SERVERS / "s3_server.py"), str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        yield S3(int(process.stdout.readline()), log)
        process.kill()


@pytest.fixture
def bucket(s3: S3, tmp_path: Path) -> Place:
    name = f"b-{abs(hash(str(tmp_path)))}"
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{s3.port}",
        aws_access_key_id="somebody",
        aws_secret_access_key="x",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=name)
    s3.forget()
    return Place(f"s3://{name}/books", environment=s3.environment, client=client, bucket=name)


@dataclass
class Sftp:
    """An SFTP server, and the folder it serves."""

    port: str
    known: str
    """Its line of `known_hosts`."""
    folder: Path


@pytest.fixture(scope="module")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sftp]:
    folder = tmp_path_factory.mktemp("remote")
    command = [sys.executable, str(SERVERS / "sftp_server.py"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        port, known = process.stdout.readline().split(" ", 1)
        yield Sftp(port, known, folder)
        process.kill()


@pytest.fixture
def sftp(sftp_server: Sftp, tmp_path: Path) -> Place:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "known_hosts").write_text(sftp_server.known, "utf-8")
    (sftp_server.folder / tmp_path.name).mkdir()
    to = f"sftp://reader:a-secret@127.0.0.1:{sftp_server.port}/{tmp_path.name}/books"
    return Place(to, sftp_server.folder / tmp_path.name / "books", {"HOME": str(home)})


@pytest.fixture
def elsewhere(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "elsewhere" / "books"), tmp_path / "elsewhere" / "books")


@pytest.fixture(params=sampled(["elsewhere", "bucket", "sftp"]))
def place(request: pytest.FixtureRequest) -> Place:
    """Each kind of destination in turn."""
    found: Place = request.getfixturevalue(request.param)
    return found


ONE_PLACE = pytest.mark.parametrize("place", sampled(["elsewhere", "bucket", "sftp"]), indirect=True)
"""For behaviour that hardly depends on the kind of destination."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("sending") / "shelf", AUDIOBOOK_ENGINE="tone")
    for name in ("en/first", "fi/first"):
        shelf.write(f"texts/{name}.md", TEXT.format(title=name))
    shelf.build()
    assert shelf.run(*BASE).code == 0
    return shelf


@pytest.fixture
def shelf(built: Shelf, tmp_path: Path) -> Shelf:
    shutil.copytree(built.root, tmp_path / "shelf")
    return Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")


def send(shelf: Shelf, place: Place, *arguments: str, **environment: str) -> Finished:
    return shelf.run(*BASE, "--to", place.to, *arguments, **place.environment, **environment)


def sent(shelf: Shelf, place: Place, *arguments: str) -> dict[str, Any]:
    done = send(shelf, place, "--json", *arguments)
    assert done.code == 0, done.err
    assert done.err == ""
    return done.answer


def public(shelf: Shelf) -> dict[str, Any]:
    """Return the public files, without those that have a name with their digest too."""
    files: dict[str, Any] = json.loads((shelf.output / "publication.json").read_bytes())["files"]
    return {path: file for path, file in files.items() if not re.fullmatch(r"[^/]*/[^/]*\.mp3", path)}


def test_everything_is_sent_once_and_then_only_changed_files(shelf: Shelf, place: Place) -> None:
    first = sent(shelf, place)
    files = public(shelf)
    assert sorted(first["sent"]) == sorted(files)
    there = place.files()
    assert set(there) == {*files, LIST}
    assert all(there[path] == (shelf.output / path).read_bytes() for path in files)

    again = sent(shelf, place)
    assert (again["sent"], again["removed"], again["written"]) == ([], [], [])
    assert place.files() == there

    old = shelf.sound("en/first")
    shelf.write("texts/en/first.md", TEXT.format(title="Another"))
    shelf.build()
    changed = sent(shelf, place)["sent"]
    assert shelf.sound("en/first") in changed
    assert changed[-1].endswith((".xml", ".opml"))
    assert not [path for path in changed if path.startswith("fi/")]
    there = place.files()
    assert all(there[path] == (shelf.output / path).read_bytes() for path in public(shelf))
    assert old in there, "it stays for pages and feeds that were loaded earlier"


def test_superseded_files_are_removed_at_once_by_prune(shelf: Shelf, elsewhere: Place) -> None:
    sent(shelf, elsewhere)
    old = shelf.sound("en/first")
    shelf.write("texts/en/first.md", TEXT.format(title="Another"))
    shelf.build()
    pruned = sent(shelf, elsewhere, "--prune")
    assert old in pruned["withdrawn"]
    assert old in pruned["removed"]
    assert not {old} & ({*elsewhere.files()} | {*public(shelf)})
    assert not (shelf.output / old).exists()


@pytest.mark.slow
@ONE_PLACE
def test_only_uploaded_files_are_removed_and_only_with_prune(shelf: Shelf, place: Place) -> None:
    sent(shelf, place)
    sound = shelf.sound("fi/first")
    place.put("fi/guestbook.html", b"somebody else's")
    shutil.rmtree(shelf.output / "fi")
    shutil.rmtree(shelf.root / "texts/fi")
    assert sent(shelf, place)["removed"] == []
    assert sound in place.files()
    gone = sent(shelf, place, "--prune", "--dry-run")["removed"]
    assert sound in gone
    assert sound in place.files()
    assert sent(shelf, place, "--prune")["removed"] == gone
    there = place.files()
    assert {"fi/guestbook.html", "index.html"} <= set(there)
    assert not [path for path in there if path.startswith("fi/first")]
    assert sent(shelf, place, "--prune")["removed"] == []


def test_a_dry_run_writes_nothing_locally_or_remotely(shelf: Shelf, elsewhere: Place) -> None:
    before = shelf.tree()
    done = send(shelf, elsewhere, "--dry-run")
    assert done.code == 0, done.err
    assert f"would send {shelf.sound('en/first')}" in done.out.splitlines()
    assert shelf.tree() == before
    assert elsewhere.files() == {}
    planned = sent(shelf, elsewhere, "--dry-run")["sent"]
    assert sent(shelf, elsewhere)["sent"] == planned


@ONE_PLACE
def test_files_that_someone_else_changed_or_removed_are_noticed(shelf: Shelf, place: Place) -> None:
    sent(shelf, place)
    place.put("en/first.html", b"something else")
    captions = shelf.sound("en/first", ".vtt")
    place.drop(captions)
    done = send(shelf, place, "--json")
    assert sorted(done.answer["sent"]) == ["en/first.html", captions]
    assert "en/first.html was changed" in done.err
    assert place.files()["en/first.html"] == (shelf.output / "en/first.html").read_bytes()


def test_files_of_someone_else_are_not_overwritten(shelf: Shelf, elsewhere: Place) -> None:
    elsewhere.put("index.html", b"my own page")
    done = send(shelf, elsewhere)
    assert done.code == 4
    assert "index.html" in done.err
    assert elsewhere.files() == {"index.html": b"my own page"}


@pytest.mark.slow
def test_a_new_work_does_not_replace_a_file_that_someone_else_added_since(
    shelf: Shelf, elsewhere: Place
) -> None:
    sent(shelf, elsewhere)
    elsewhere.put("en/new.html", b"my own page")
    shelf.write("texts/en/new.md", TEXT.format(title="New"))
    shelf.build()
    before = elsewhere.files()
    done = send(shelf, elsewhere)
    assert done.code == 4
    assert "these files were not uploaded by this project: en/new.html" in done.err
    assert elsewhere.files() == before
    elsewhere.drop("en/new.html")
    assert "en/new.html" in sent(shelf, elsewhere)["sent"]


@pytest.mark.slow
def test_with_a_damaged_list_everything_is_sent_again(shelf: Shelf, elsewhere: Place) -> None:
    first = sent(shelf, elsewhere)["sent"]
    elsewhere.put(LIST, b"{damaged")
    done = send(shelf, elsewhere, "--json")
    assert done.answer["sent"] == first
    assert "is damaged; sending everything again" in done.err
    assert sent(shelf, elsewhere)["sent"] == []


# S3


@pytest.mark.exhaustive
@pytest.mark.slow
def test_media_come_before_pages_and_pages_before_feeds_each_with_its_type(
    shelf: Shelf, bucket: Place, s3: S3
) -> None:
    sent(shelf, bucket)
    ranks = [2 if path.endswith((".xml", ".opml")) else path.endswith(".html") for path in s3.puts()]
    assert ranks == sorted(ranks)
    assert {0, 1, 2} <= set(ranks)
    assert s3.asked()[-1][:2] == ["PUT", f"/{bucket.bucket}/books/{LIST}"]
    s3.forget()
    sent(shelf, bucket)
    assert {method for method, *_ in s3.asked()} <= {"GET", "HEAD"}
    for path, file in public(shelf).items():
        head = bucket.client.head_object(Bucket=bucket.bucket, Key=f"books/{path}")
        assert head["ContentType"] == file["type"]
        assert head["CacheControl"] == (
            "public, max-age=31536000, immutable"
            if ".cover-" in path or path.startswith("assets/") or ".read/" in path or path.endswith(".mp3")
            else "no-cache"
        )


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_large_file_is_sent_in_parts(shelf: Shelf, bucket: Place, s3: S3) -> None:
    # A book this long would take too long to build; the bytes need not be audio.
    data = os.urandom(1 << 20) * 20
    (shelf.root / "large.mp3").write_bytes(data)
    source = Source(
        {"large.mp3": PublicFile(len(data), digest(data), "audio/mpeg", made=True)}, shelf.root, shelf.root
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bucket.environment.items():
            patch.setenv(name, value)
        remote = RemoteFolder(bucket.to)
        todo, before = plan_upload(source, remote, print)
        send_files(source, remote, todo, before, print, prune=False)
        assert bucket.files()["large.mp3"] == data
        assert any("partNumber" in query for _, _, query, *_ in s3.asked())
        assert plan_upload(source, remote, print)[0] == UploadPlan(())
        (shelf.root / "large.mp3").write_bytes(data[:-1] + b"?")
        bucket.drop("large.mp3")
        todo, before = plan_upload(source, remote, print)
        with pytest.raises(Exception, match="changed since it was published"):
            send_files(source, remote, todo, before, print, prune=False)
        assert "large.mp3" not in bucket.files()


@pytest.mark.slow
def test_a_failed_upload_resumes_where_it_stopped(shelf: Shelf, bucket: Place, s3: S3) -> None:
    broken = s3.log.with_name("break")
    broken.write_text("en/feed.xml", "utf-8")
    try:
        done = send(shelf, bucket)
    finally:
        broken.unlink()
    assert done.code == 4
    assert "en/feed.xml" in done.err
    assert shelf.sound("en/first") in bucket.files()
    s3.forget()
    rest = sent(shelf, bucket)["sent"]
    assert "en/feed.xml" in rest
    assert not [path for path in rest if path.endswith((".mp3", ".html"))]
    assert sorted(s3.puts()) == sorted(rest)


@pytest.mark.slow
def test_wrong_credentials_and_buckets_are_reported_without_secrets(shelf: Shelf, bucket: Place) -> None:
    none = {name: "" for name in KEYS if "KEY" in name}
    for changed, words in (
        ({"AWS_ACCESS_KEY_ID": "NOBODY"}, "access denied"),
        (none | {"HOME": str(shelf.root), "AWS_SHARED_CREDENTIALS_FILE": "none"}, "credentials"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "reach"),
    ):
        place = Place(bucket.to, environment=bucket.environment | changed)
        done = send(shelf, place)
        assert (done.code, words in done.err) == (4, True), done.err
        assert "very-secret-key" not in done.err + done.out
        assert "Traceback" not in done.err
    done = send(shelf, Place("s3://no-such-bucket/books", environment=bucket.environment))
    assert done.code == 4
    assert "no such bucket" in done.err


# SFTP


@pytest.mark.slow
def test_an_unknown_server_is_rejected(shelf: Shelf, sftp: Place) -> None:
    (Path(sftp.environment["HOME"]) / ".ssh" / "known_hosts").unlink()
    done = send(shelf, sftp)
    assert done.code == 4
    assert "connect with ssh once" in done.err
    assert "a-secret" not in done.err + done.out


@pytest.mark.slow
def test_a_wrong_password_is_reported_but_not_shown(shelf: Shelf, sftp: Place) -> None:
    done = send(shelf, Place(sftp.to.replace("a-secret", "wrong-word"), environment=sftp.environment))
    assert done.code == 4
    assert "rejected" in done.err
    assert "wrong-word" not in done.err + done.out


# Folders, and invalid destinations


@pytest.mark.slow
def test_an_interrupted_upload_leaves_no_partial_file_and_resumes(shelf: Shelf, tmp_path: Path) -> None:
    place = Place(str(tmp_path / "there"), tmp_path / "there")
    process = shelf.start(*BASE, "--to", place.to)
    wait_until(lambda: any((tmp_path / "there").rglob("*.mp3")) or process.poll() is not None, "a book")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    whole = {path: (shelf.output / path).read_bytes() for path in public(shelf)}
    there = place.files()
    assert all(there[path] == whole[path] for path in there if path in whole)
    sent(shelf, place)
    there = place.files()
    assert all(there[path] == data for path, data in whole.items())


def test_an_interrupted_upload_remembers_which_files_arrived(tmp_path: Path) -> None:
    def stop(_: str) -> None:
        raise Interrupted("stopped")

    files = {}
    for number in range(5):
        data = bytes([number]) * 1000
        (tmp_path / f"{number}.mp3").write_bytes(data)
        files[f"{number}.mp3"] = PublicFile(len(data), digest(data), "audio/mpeg", made=True)
    source = Source(files, tmp_path, tmp_path)
    with TemporaryDirectory() as there:
        remote = RemoteFolder(there)
        todo, before = plan_upload(source, remote, print)
        with pytest.raises(Interrupted):
            send_files(source, remote, todo, before, stop, prune=False)
        rest, before = plan_upload(source, remote, print)
        assert rest.send == todo.send[1:]
        send_files(source, remote, rest, before, print, prune=False)
        assert plan_upload(source, remote, print)[0] == UploadPlan(())


def test_a_book_that_changed_since_it_was_published_is_not_sent(shelf: Shelf, tmp_path: Path) -> None:
    place = Place(str(tmp_path / "there"), tmp_path / "there")
    sound = shelf.sound("en/first")
    book = shelf.output / sound
    when_ns = book.stat().st_mtime_ns
    data = bytearray(book.read_bytes())
    data[3000] ^= 1
    book.write_bytes(data)
    os.utime(book, ns=(when_ns, when_ns))
    done = send(shelf, place)
    assert done.code == 1
    assert f"error: {sound}: changed since it was published" in done.err
    assert sound not in place.files()
    assert not [path for path in place.files() if path.endswith((".html", ".xml", ".part"))]


def re_traceback(err: str) -> bool:
    return "Traceback" not in err and err.startswith("error: ")


def test_a_file_as_destination_is_refused_before_anything_is_published(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    before = shelf.tree()
    done = shelf.run(*BASE, "--to", str(tmp_path / "file" / "below"))
    assert (done.code, f"error: {tmp_path / 'file'} is a file, not a folder\n" in done.err) == (2, True)
    assert shelf.tree() == before


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_projects_own_folders_are_refused_as_destinations(shelf: Shelf, tmp_path: Path) -> None:
    """Nothing that this project did not make is replaced, and an unclear destination never exits with 0."""
    (tmp_path / "link").symlink_to(shelf.root)
    root = str(shelf.root)
    before = shelf.tree()
    for to in (
        ".",
        "..",
        "./",
        root,
        f"file://{root}",
        "../link",
        "output",
        "output/x",
        "texts/x",
        ".audiobook/x",
    ):
        done = shelf.run(*BASE, "--to", to)
        assert (done.code, done.out) == (2, ""), to
        assert re_traceback(done.err), to
    for to in (
        *("", "/", "//host/x", "C:\\x", "~nobody-here/x", "s3:/bucket/x", "s3://", "s3://[", "sftp://"),
        *("http://host/x", "memory://x", "memory://", "nonsense://x/y", "simplecache::s3://b/c"),
    ):
        done = shelf.run(*BASE, "--to", to, "--dry-run", **KEYS)
        assert (done.code, re_traceback(done.err)) == (2, True), (to, done)
    assert shelf.tree() == before


def test_a_tilde_means_the_home_folder(shelf: Shelf, tmp_path: Path) -> None:
    done = shelf.run(*BASE, "--to", "~/books", "--json", HOME=str(tmp_path / "home"))
    assert done.code == 0, done.err
    assert (tmp_path / "home/books/index.html").is_file()
    assert done.answer["to"] == str(tmp_path / "home/books")
    assert not (shelf.root / "~").exists()


@pytest.mark.slow
def test_no_password_appears_anywhere(shelf: Shelf, sftp: Place) -> None:
    """In addresses of any form, the secret is in no message, JSON output, list or record."""
    assert sftp.folder

    def check(to: str, *secrets: str, code: int | None) -> None:
        for arguments in (("--dry-run",), ("--json",), ()) if code == 0 else (("--json",),):
            done = shelf.run(*BASE, "--to", to, *arguments, **sftp.environment)
            assert code is None or done.code == code
            said = done.out + done.err
            assert not [secret for secret in secrets if secret in said]

    check(sftp.to, "a-secret", code=0)
    for password in ("QZXJK/VQZXJ", "QZXJK@VQZXJ", "QZXJK:VQZXJ", "QZX%JKVQZ", "%51ZXJKV"):
        for form in (password, quote(password, safe="")):
            check(sftp.to.replace("a-secret", form), form, "QZXJK", "VQZXJ", "ZXJKV", "JKVQZ", code=None)
    for path in (*shelf.root.rglob("*"), *sftp.folder.parent.rglob("*")):
        said = path.name
        if path.is_file() and path.suffix not in (".mp3", ".jpg"):
            said += path.read_bytes().decode("utf-8", "replace")
        assert not [secret for secret in ("a-secret", "QZXJK", "VQZXJ", "ZXJKV", "JKVQZ") if secret in said]
    assert (sftp.folder / "index.html").is_file()


@pytest.mark.slow
def test_a_missing_package_is_reported_with_its_install_command(shelf: Shelf, tmp_path: Path) -> None:
    for name in ("s3fs", "paramiko"):
        (tmp_path / "none" / name).mkdir(parents=True)
        (tmp_path / "none" / name / "__init__.py").write_text(f"raise ImportError('no {name}')\n", "utf-8")
    for to in ("s3://bucket/books", "sftp://host/books"):
        process = shelf.start(*BASE, "--to", to, PYTHONPATH=str(tmp_path / "none"))
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 3
        assert 'pip install "audiobook-press[cloud]"' in err


# The list of differences, without a destination


def test_an_errand_lists_the_differences() -> None:
    def file(digest: str, type: str = "audio/mpeg") -> PublicFile:
        return PublicFile(1, digest, type, made=True)

    files = {
        "feed.xml": file("f", "application/rss+xml"),
        "a.html": file("p", "text/html; charset=utf-8"),
        "same.mp3": file("s"),
        "new.mp3": file("n"),
        "lost.mp3": file("l"),
        "other.mp3": file("o"),
    }
    files |= {
        path: msgspec.structs.replace(file("r"), superseded="2026-01-01")
        for path in ("replaced.mp3", "never-sent.mp3")
    }
    known = {
        "replaced.mp3": UploadedFile("r", "audio/mpeg", "1"),
        "same.mp3": UploadedFile("s", "audio/mpeg", "1"),
        "lost.mp3": UploadedFile("l", "audio/mpeg", "1"),
        "other.mp3": UploadedFile("o", "audio/mpeg", "1"),
        "old.mp3": UploadedFile("x", "audio/mpeg", "1"),
        "kept.mp3": UploadedFile("x", "audio/mpeg", "1"),
        "gone.mp3": UploadedFile("x", "audio/mpeg", "1"),
    }
    there = {"same.mp3": "1", "other.mp3": "2", "old.mp3": "1", "kept.mp3": "2", "guest.mp3": "9"}
    known |= {"a.html": UploadedFile("", "", ""), "begun.mp3": UploadedFile("", "", "")}
    there |= {"a.html": "5", "begun.mp3": "5", "replaced.mp3": "1"}
    todo = upload_plan(files, Ledger(files=known), there)
    assert todo.send == ("new.mp3", "lost.mp3", "other.mp3", "a.html", "feed.xml")
    assert todo.remove == ("old.mp3",)
    assert todo.changed == ("kept.mp3", "other.mp3")


@pytest.mark.parametrize("data", [None, b"", b"[]", b"\xff", b'{"format": 2}', b'{"files": {"a": 1}}'])
def test_damaged_bytes_are_not_a_list(data: bytes | None) -> None:
    assert read_ledger(data) is None
