"""What a certificate or a record may cost is bounded, whatever it says.

It costs one sentence, and neither the time nor the memory it asks for.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pace
import pytest

from certify.conftest import Lie, countermand
from countermand.certify import archive, keys
from countermand.certify.check import check
from countermand.guard import bounds
from countermand.records import container, finished, record

#: For each node all nodes, for each of these all nodes, and so on.
ENDLESS = "count(" + "//*[count(" * 11 + "//*" + ")>0]" * 11 + ")"
REPLY = b"<a>" + b"<b/>" * 60 + b"</a>"


def costs(command: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
    """Run something, and hold it to what one may be made to spend, beyond what earlier tests of this process spent."""
    before = _peak()
    with pace.at_most(300):
        done = command()
    assert _peak() < max(before + 1, 500 * 1024)
    return done


def _peak() -> int:
    """Return the most memory, in KiB, that this process or any child of it has had."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "deep"),
        (b"1" * 100_000, "digits"),
        (b"1" + b"0" * 30 + b"e999", "too large"),
        (b"[NaN]", "no number"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'"\xff"', "no UTF-8"),
        (b"[" + b"0," * 600_000 + b"0]", "values"),
        (b'"' + b"\\\\" * 2_000_000 + b'"' + b"x", "not JSON"),
        (b'"' + b"x" * (25 * 2**20), "larger"),
    ],
    ids=["deep lists", "deep objects", "digits", "exponent", "NaN", "twice", "UTF-8", "many", "escapes", "large"],
)
def test_json_is_measured_before_it_is_read(data: bytes, words: str) -> None:
    with pytest.raises(bounds.LimitError, match=words):
        costs(lambda: bounds.parsed(data))


def test_without_a_measure_depth_and_digits_hurt(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecursionError):
        json.loads(b"[" * 100_000)
    assert json.loads(b'{"a": 1, "a": 2}') == {"a": 2}
    monkeypatch.setattr(bounds, "MOST", 10**9)
    assert len(bounds.parsed(b"[" + b"0," * 600_000 + b"0]", bounds.Budget(10**9))) == 600_001


def sparse(path: Path, good: bytes) -> Path:
    with path.open("wb") as file:
        file.seek(4 * 2**30)
        file.write(good)
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in ("results.json", "record.jsonl", "given.json"):
            whole.writestr(name, b" " * (60 * 2**20))
    return path


def crowded(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as whole:
        for number in range(20_000):
            whole.writestr(f"{number}", b"")
    return path


def doubled(path: Path, good: bytes) -> Path:
    files = archive.unpacked(good)
    with zipfile.ZipFile(path, "w") as whole:
        for name in (*files, "twice0.jsonl", "twice00.json"):
            whole.writestr(name, files.get(name, b""))
    path.write_bytes(
        path.read_bytes().replace(b"twice0.jsonl", b"record.jsonl").replace(b"twice00.json", b"results.json")
    )
    return path


def linked(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as whole:
        for name in ("results.json", "record.jsonl", "given.json"):
            member = zipfile.ZipInfo(name)
            member.create_system, member.external_attr = 3, 0o120777 << 16
            whole.writestr(member, "/etc/passwd")
    return path


def understated(path: Path, way: int = zipfile.ZIP_BZIP2) -> Path:
    """A zip whose members claim to be small, packed so that Python's reader unpacks them whole all the same."""
    size = 600 * 2**20
    with zipfile.ZipFile(path, "w", way) as whole:
        for name in ("results.json", "record.jsonl", "given.json"):
            with whole.open(name, "w") as file:
                for _ in range(size // 2**24 if name == "record.jsonl" else 1):
                    file.write(bytes(2**24))
    data = path.read_bytes()
    for large in (size // 2**24 * 2**24, 2**24):
        data = data.replace(large.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["sparse", "bomb", "crowded", "doubled", "linked", "understated"])
def test_a_nasty_zip_is_refused_by_every_reader(kind: str, few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    makers: dict[str, Callable[[Path], Path]] = {
        "sparse": lambda path: sparse(path, few.read_bytes()), "bomb": bomb, "crowded": crowded,
        "doubled": lambda path: doubled(path, few.read_bytes()), "linked": linked,
        "understated": understated,
    }  # fmt: skip
    path = makers[kind](tmp_path / "nasty.zip")
    assert costs(lambda: check(path, keys.public(pair[1]))).problems
    with pytest.raises(record.RecordError):
        costs(lambda: record.read(path))
    with pytest.raises(finished.FinishedError):
        costs(lambda: finished.read(path))


def test_a_nasty_zip_ends_verify_with_a_sentence(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    done = costs(lambda: countermand("verify", sparse(tmp_path / "nasty.zip", few.read_bytes()), "--key", pair[1]))
    assert done.code == 14
    assert done.err.count("\n") == 2
    assert "larger than 64 MiB" in done.err


def test_without_the_limits_a_bomb_goes_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bomb(tmp_path / "bomb.zip")
    monkeypatch.setattr(container, "RATIO", 10**9)
    with container.opened(path) as whole:
        assert len(container.from_zip(whole, whole.getinfo("record.jsonl"))) == 60 * 2**20 > 100 * path.stat().st_size


def test_without_the_limits_what_is_understated_goes_off(tmp_path: Path) -> None:
    """In a process of its own, for what it takes."""
    path = understated(tmp_path / "understated.zip")
    script = (
        "import resource, zipfile, sys\nfrom countermand.records import container\n"
        "container.PACKED = frozenset({zipfile.ZIP_BZIP2})\n"
        f"with container.opened(container.Path({str(path)!r})) as whole:\n"
        " try: container.from_zip(whole, whole.getinfo('record.jsonl'))\n except container.BROKEN: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 500 * 1024


def test_no_pipe_and_no_device_and_no_link_is_a_file_of_a_run(tmp_path: Path) -> None:
    for name, make in (
        ("pipe", os.mkfifo),
        ("zero", lambda path: path.symlink_to("/dev/zero")),
        ("link", lambda p: p.symlink_to("/etc/passwd")),
    ):
        folder = tmp_path / name
        folder.mkdir()
        make(folder / "results.json")
        make(folder / "record.jsonl")
        make(folder / "given.json")
        with pytest.raises(finished.FinishedError, match=r"plain file|link"):
            costs(partial(finished.read, folder))
        with pytest.raises(record.RecordError, match=r"plain file|link"):
            costs(partial(record.read, folder))


def test_an_xpath_without_end_is_ended() -> None:
    words = f"""import sys
from countermand import document
from countermand.records import wall
sys.argv[1:] and wall.limit(1)
document.select(document.parse({REPLY!r}), {ENDLESS!r})"""
    held = subprocess.run([sys.executable, "-c", words, "limited"], check=False, timeout=600, capture_output=True)
    assert held.returncode == -24
    with pytest.raises(subprocess.TimeoutExpired):  # the attack, without the limit
        subprocess.run([sys.executable, "-c", words], check=False, timeout=5, capture_output=True)


def endless(text: str) -> str:
    given = json.loads(text)
    given["targets"][0].setdefault("dialect", {})["decision"] = ENDLESS
    return json.dumps(given, ensure_ascii=False)


def test_a_record_that_is_made_to_take_long_is_given_up(lie: Lie, pair: tuple[Path, Path], tmp_path: Path) -> None:
    path = lie({"given.json": endless})
    done = costs(lambda: countermand("verify", path, "--key", pair[1], "--patience", 3))
    assert done.code == 14, done.said
    assert "took more than 3 s of computing" in done.err
    again = countermand(
        "run", "--replay", path, "--reports", tmp_path / "again", "--no-page", "--no-reports", "--patience", 3
    )
    assert again.code == 14, again.said
    assert "took more than 3 s of computing" in again.err
    assert "Traceback" not in done.said + again.said


def test_a_longer_xpath_is_not_even_tried(lie: Lie) -> None:
    def longer(text: str) -> str:
        given = json.loads(text)
        given["targets"][0].setdefault("dialect", {})["decision"] = "/" * 1001
        return json.dumps(given, ensure_ascii=False)

    with pytest.raises(record.RecordError, match=r"dialect\.decision"):
        record.read(lie({"given.json": longer}))


def test_a_zip_that_lies_of_its_list_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        made.writestr("results.json", b"{}")
    data = bytearray(whole.getvalue())
    at = data.rindex(b"PK\x05\x06")
    data[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(data)
    with pytest.raises(bounds.LimitError, match="4096 files"), container.opened(tmp_path / "lying.zip"):
        pass
