"""Nothing is written to what somebody's link, pipe or device under the name of an output leads to."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countermand import cli
from countermand.guard import placing, private
from countermand.model.verdict import Verdict
from countermand.run import children

from .conftest import Night

KEPT = "somebody's own\n"
#: What writes a file that is named by hand.
COMMANDS: dict[str, Callable[[Path, Path], list[str]]] = {
    "matrix": lambda run, out: ["matrix", str(run), "--out", str(out)],
    "matrix --json": lambda run, out: ["matrix", str(run), "--out", str(run.parent / "m.html"), "--json", str(out)],
    "night --json": lambda run, out: ["night", str(run), str(run), "--json", str(out)],
    "compare --json": lambda run, out: ["compare", str(run), str(run), "--json", str(out)],
    "baseline": lambda run, out: ["baseline", "--update", str(out), str(run)],
}


@pytest.mark.parametrize("kind", ["a link", "a link to nothing", "a pipe"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_writes_to_no_place_that_a_planted_name_leads_to(
    command: str, kind: str, night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, out = tmp_path / "theirs", tmp_path / "out"
    if kind == "a pipe":
        os.mkfifo(out)
    else:
        out.symlink_to(theirs)
    if kind == "a link":
        theirs.write_text("")  # what begins as ours does was written over
    before = theirs.read_text() if theirs.exists() else None
    run = night(1, {"ALA-REQ-07": Verdict.DOES_NOT_CONFORM})
    assert cli.main(COMMANDS[command](run, out)) == 4
    assert "link" in (said := capsys.readouterr().err) or "pipe" in said or "no plain file" in said
    assert (theirs.read_text() if theirs.exists() else None) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_writes_nothing_to_a_file_that_has_another_name_as_well(
    command: str, night: Night, tmp_path: Path
) -> None:
    run, theirs, out = night(1, {"ALA-REQ-07": Verdict.DOES_NOT_CONFORM}), tmp_path / "theirs", tmp_path / "out"
    theirs.touch(mode=0o640)  # what is empty is written over
    out.hardlink_to(theirs)
    cli.main(COMMANDS[command](run, out))
    assert theirs.read_bytes() == b""
    assert out.stat().st_mode & 0o777 == 0o640
    assert out.read_bytes()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("planted", ["index.runs", "{run}", "{run}/tickets", "{run}/index.html"])
def test_a_bundle_is_written_into_no_folder_that_somebody_has_linked(
    planted: str, night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = night(1, {"ALA-REQ-07": Verdict.DOES_NOT_CONFORM})
    (run / "index.html").write_text("<html>", encoding="utf-8")
    (run / "tickets").mkdir(exist_ok=True)
    (run / "tickets/ALA-REQ-07.md").write_text("# a ticket", encoding="utf-8")
    bundle = ["matrix", str(run), "--out", str(tmp_path / "site/index.html"), "--bundle"]
    assert cli.main(bundle) == 0
    [made] = (tmp_path / "site/index.runs").iterdir()
    place = tmp_path / "site" / planted.format(run=f"index.runs/{made.name}")
    place.rename(tmp_path / "before")
    theirs = tmp_path / "theirs"
    if planted.endswith("html"):
        theirs.write_text(KEPT)
    else:
        theirs.mkdir()
    place.symlink_to(theirs)
    assert cli.main(bundle) == 4
    assert "it is a link" in capsys.readouterr().err
    assert theirs.read_text() == KEPT if theirs.is_file() else not any(theirs.iterdir())


def test_a_file_is_written_whole_where_a_plain_one_or_none_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"a longer one", b"short"):
        placing.put(path, data)
        assert path.read_bytes() == data
    other = tmp_path / "link"
    other.symlink_to(path)
    with pytest.raises(OSError, match="it is a link"):
        placing.put(other, b"attack")
    other.write_bytes(b"attack")  # without the guard it goes where the link leads
    assert path.read_bytes() == b"attack"


def test_a_file_that_is_mounted_by_itself_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(path: Path, *_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy", str(path))

    monkeypatch.setattr(placing, "_replace", busy)
    path = tmp_path / "file"
    path.write_bytes(b"a longer one")
    placing.put(path, b"short")
    assert path.read_bytes() == b"short"
    (tmp_path / "theirs").hardlink_to(path)
    with pytest.raises(OSError, match="busy"):
        placing.put(path, b"attack")
    assert path.read_bytes() == b"short"


@pytest.fixture
def common() -> Iterator[Path]:
    """Give a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def as_nobody(act: Callable[[], object]) -> int:
    """Do something in a process of a user who may not do everything, and return the error it ended with."""
    if (child := children.fork()) == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            act()
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nobody can be forked here")
def test_a_file_that_is_protected_against_writing_is_not_written_over(common: Path) -> None:
    path = common / "known.toml"
    common.chmod(0o777)

    def protected() -> None:
        path.write_bytes(b"owner = '@anna'")
        path.chmod(0o444)
        placing.put(path, b"new")

    assert as_nobody(protected) == errno.EACCES
    assert path.read_bytes() == b"owner = '@anna'"


@pytest.mark.parametrize("where", ["a folder that is not theirs", "a sticky folder"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nobody can be forked here")
def test_a_secret_is_written_over_nothing_that_others_may_read(common: Path, where: str) -> None:
    path = common / "target.toml"
    common.chmod(0o1777 if where == "a sticky folder" else 0o755)
    path.write_bytes(b"mine")
    path.chmod(0o666)  # so that anybody may write it, and whoever owns it read what is written
    if os.geteuid() != 0:
        pytest.skip("what is somebody else's takes root to make")
    assert as_nobody(lambda: private.write(path, b"a key")) == errno.EPERM
    assert path.read_bytes() == b"mine"


def test_what_stood_there_stays_where_the_new_cannot_be_written_whole(tmp_path: Path) -> None:
    """As on a disk that is full: a limit on the size of files does the same to one process."""
    path = tmp_path / "known.toml"
    path.write_bytes(b"owner = '@anna'")
    path.chmod(0o640)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            placing.put(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"owner = '@anna'"
    placing.put(path, b"new")
    assert ([file.name for file in tmp_path.iterdir()], path.read_bytes()) == (["known.toml"], b"new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_device_that_somebody_named_is_written_to(night: Night) -> None:
    run = night(1, {"ALA-REQ-07": Verdict.DOES_NOT_CONFORM})
    for command in ("night --json", "compare --json"):
        assert cli.main(COMMANDS[command](run, Path(os.devnull))) in {0, 1}
