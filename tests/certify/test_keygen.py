"""Keys: made once, kept to their owner, and told apart."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from countermand import cli
from countermand.certify import build, keys
from countermand.commands import run
from countermand.records import finished


def test_the_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    private, public = keys.make(tmp_path / "signing")
    assert private.stat().st_mode & 0o777 == 0o600
    assert keys.name(keys.private(private).public_key()) == keys.name(keys.public(public))


def test_no_key_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["keygen", "--out", str(tmp_path / "signing")]) == 0
    before = (tmp_path / "signing.pem").read_bytes()
    assert cli.main(["keygen", "--out", str(tmp_path / "signing")]) == 4
    assert "no key is overwritten" in capsys.readouterr().err
    assert (tmp_path / "signing.pem").read_bytes() == before
    (tmp_path / "signing.pem").unlink()
    assert cli.main(["keygen", "--out", str(tmp_path / "signing")]) == 4  # nor is half a pair made
    assert not (tmp_path / "signing.pem").exists()


def test_half_a_pair_is_not_left_behind(tmp_path: Path) -> None:
    (tmp_path / "signing.public.pem").symlink_to("nowhere")
    with pytest.raises(keys.KeyFileError, match=r"signing\.public\.pem: cannot be written: File exists"):
        keys.make(tmp_path / "signing")
    assert [path.name for path in tmp_path.iterdir()] == ["signing.public.pem"]


def test_a_certificate_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    private, _ = keys.make(tmp_path / "signing")
    monkeypatch.setattr(run, "main", lambda *_: 0)
    monkeypatch.setattr(finished, "read", lambda _: SimpleNamespace(untested=None))
    monkeypatch.setattr(build, "write", full)
    out = tmp_path / "mine.zip"
    assert cli.main(["certify", "--embedded", "--key", str(private), "--out", str(out)]) == 4
    assert f"no certificate: {out}: No space left on device" in capsys.readouterr().err


def test_the_two_keys_are_told_apart(tmp_path: Path) -> None:
    private, public = keys.make(tmp_path / "signing")
    with pytest.raises(keys.KeyFileError, match="a private key: keep it to yourself"):
        keys.public(private)
    with pytest.raises(keys.KeyFileError, match="a public key: the private one"):
        keys.private(public)


def test_a_file_of_several_keys_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of which the first alone would be used, and nobody be the wiser."""
    pairs = [keys.make(tmp_path / name) for name in ("mine", "other")]
    for read, place in ((keys.private, 0), (keys.public, 1)):
        both = tmp_path / "both.pem"
        both.write_bytes(b"".join(pair[place].read_bytes() for pair in pairs))
        with pytest.raises(keys.KeyFileError, match=r"both\.pem: holds 2 keys, where one was expected"):
            read(both)
        both.write_bytes(b"Owner: somebody\n" + pairs[0][place].read_bytes() + b"words behind it\n")
        read(both)
    (tmp_path / "both.public.pem").write_bytes(b"".join(pair[1].read_bytes() for pair in pairs))
    assert cli.main(["verify", "absent.zip", "--key", str(tmp_path / "both.public.pem")]) == 4
    assert "holds 2 keys" in capsys.readouterr().err


def test_a_passphrase_that_ends_in_a_line_break_is_said_to(tmp_path: Path) -> None:
    private, _ = keys.make(tmp_path / "signing", passphrase=b"correct horse")
    with pytest.raises(keys.KeyFileError, match=r"does not open it: it ends in a line break"):
        keys.private(private, b"correct horse\n")


def test_what_is_no_key_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no key")
    for read in (keys.private, keys.public):
        with pytest.raises(keys.KeyFileError, match=r"note\.txt"):
            read(tmp_path / "note.txt")
        with pytest.raises(keys.KeyFileError, match="cannot be read"):
            read(tmp_path / "nowhere.pem")


def test_a_locked_key_is_opened_by_its_passphrase_alone(tmp_path: Path) -> None:
    private, public = keys.make(tmp_path / "signing", "Example Networks Ltd", b"correct horse")
    assert b"ENCRYPTED" in private.read_bytes()
    assert keys.name(keys.private(private, b"correct horse").public_key()) == keys.name(keys.public(public))
    with pytest.raises(keys.KeyFileError, match="--passphrase-from"):
        keys.private(private)
    with pytest.raises(keys.KeyFileError, match="does not open it"):
        keys.private(private, b"another")
    bare, _ = keys.make(tmp_path / "bare")
    with pytest.raises(keys.KeyFileError, match="is not encrypted"):
        keys.private(bare, b"correct horse")


def test_both_files_name_the_owner_on_one_line(tmp_path: Path) -> None:
    pair = keys.make(tmp_path / "signing", "Beispielnetze GmbH Köln")
    assert [keys.owner(path) for path in pair] == ["Beispielnetze GmbH Köln"] * 2
    assert keys.owner(keys.make(tmp_path / "nobody")[1]) == ""
    for name in ("two\nlines", "\u202eturned", " blank ", "x" * 201):
        with pytest.raises(keys.KeyFileError, match="--owner"):
            keys.make(tmp_path / "odd", name)


def test_a_passphrase_never_stands_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["keygen", "--out", str(tmp_path / "signing")]
    monkeypatch.setenv("LOCK", "correct horse")
    monkeypatch.setenv("SHORT", "abc")
    monkeypatch.setenv("EMPTY", "")
    for source, words in (
        ("correct horse", "never stands on a command line"),
        ("env:NOWHERE", "is not set"),
        ("env:EMPTY", "is empty"),
        ("env:SHORT", "fewer than"),
    ):
        assert cli.main([*out, "--passphrase", source]) == 4
        assert words in capsys.readouterr().err
    assert not (tmp_path / "signing.pem").exists()
    assert cli.main([*out, "--passphrase", "env:LOCK"]) == 0
    assert keys.private(tmp_path / "signing.pem", b"correct horse")
