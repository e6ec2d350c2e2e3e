"""A register lists what verifies when it is drawn, greys what holds no longer, and names what it does not list."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from certify.conftest import countermand
from countermand.certify import archive, build, contents, envelope, keys, register, register_page, summary
from countermand.certify.check import check


@pytest.fixture
def folder(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """A certificate, the one that takes its place, and a forged one."""
    place = tmp_path / "certificates"
    place.mkdir()
    shutil.copy(few, place / "first.zip")
    shutil.copy(pair[1], place / "ours.public.pem")
    (place / "forged.zip").write_bytes(few.read_bytes().replace(b"inconclusive", b"conforms    ", 1))
    return place


def test_each_is_verified_and_what_does_not_verify_is_named(
    folder: Path, few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    done = countermand("register", folder, "--out", tmp_path / "site", "--url", "https://register.example/")
    assert done.code == 14, done.said
    assert done.err.split("\n")[:2] == ["verifying 1 of 2: first.zip", "verifying 2 of 2: forged.zip"]
    assert "certificates that hold: 1; grey, as expired or superseded: 0; not listed: 1" in done.out
    site = json.loads((tmp_path / "site" / "register.json").read_text("utf-8"))
    [row] = site["certificates"]
    assert (row["state"], row["verdict"]) == ("holds", "inconclusive")
    assert (tmp_path / "site" / row["file"]).read_bytes() == few.read_bytes()
    assert [row["file"] for row in site["refused"]] == ["forged.zip"]
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "forged.zip" in page
    assert f"https://register.example/{row['number']}.svg" in page
    for end in ("svg", "json", "zip", "html"):
        assert (tmp_path / "site" / f"{row['number']}.{end}").is_file()
    assert 'href="' + row["number"] + '.html"' in (tmp_path / "site" / f"{row['number']}.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.html", "<!doctype html>\n<html><body>mine</body></html>"),
        ("register.json", '{"name": "mine"}'),
        ("register.json", '{\n  "version": 4,\n  "terraform_version": "1.9"\n}'),
        ("register.json", '{\n "version": 1,\n "suite": {}\n}'),
        ("buyer.key", "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"),
        ("below/it/buyer.pem", "-----BEGIN EC PRIVATE KEY-----\nMII\n-----END EC PRIVATE KEY-----\n"),
    ],
)
def test_nothing_of_somebody_elses_is_drawn_over_or_published(
    name: str, text: str, folder: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (site / name).parent.mkdir(parents=True)
    (site / name).write_text(text)
    done = countermand("register", folder, "--out", site)
    assert done.code == 4, done.said
    assert name in done.err
    files = [path for path in site.rglob("*") if path.is_file()]
    assert {path.relative_to(site).as_posix(): path.read_text() for path in files} == {name: text}


def test_what_was_drawn_is_drawn_again(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/CNAME").write_text("register.example")
    assert [countermand("register", folder, "--out", tmp_path / "site").code for _ in range(2)] == [14, 14]


def test_a_copy_of_a_certificate_is_the_certificate(folder: Path, few: Path, tmp_path: Path) -> None:
    (folder / "forged.zip").unlink()
    shutil.copy(few, folder / "once-more.zip")
    done = countermand("register", folder, "--out", tmp_path / "site")
    assert (done.code, "certificates that hold: 1; " in done.out) == (0, True), done.said


def test_what_has_expired_is_grey_and_so_is_its_badge(folder: Path, tmp_path: Path) -> None:
    (folder / "forged.zip").unlink()
    [fresh], _ = register.drawn([folder], [], datetime.now(UTC).date())
    none, [early] = register.drawn([folder], [], date(2000, 1, 1))
    assert (none, early.why[0][:38]) == ([], "it was not yet issued on 2000-01-01: i")
    end = date.fromisoformat(fresh.said["validUntil"])
    assert fresh.gone == ""
    [last], _ = register.drawn([folder], [], end)
    [gone], refused = register.drawn([folder], [], end + timedelta(days=1))
    assert (last.gone, gone.gone, refused) == ("", "expired", [])
    assert gone.badge.grey
    assert gone.badge.message == f"expired {gone.said['validUntil'][:7]}"
    page = register_page.page("x", [gone], refused, "2028-01-01")
    assert '<tr class="gone"' in page
    assert '<tr class="gone"' not in register_page.page("x", [fresh], [], "2026-01-01")
    site, after = tmp_path / "site", (end + timedelta(days=1)).isoformat()
    assert countermand("register", folder, "--out", site).code == 0
    assert "expired on" not in (site / f"{gone.number}.html").read_text("utf-8")
    assert countermand("register", folder, "--out", site, "--on", after).code == 0
    text = (site / f"{gone.number}.html").read_text("utf-8")  # who comes by a badge sees no green page
    assert f"This certificate holds no longer: expired on {gone.said['validUntil']}." in text
    assert "conforms" not in text.partition("<body>")[2]


def test_the_badge_of_what_is_not_listed_any_more_turns_grey_and_its_evidence_stays(
    folder: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    countermand("register", folder, "--out", site)
    [number] = [path.stem for path in site.glob("*.zip")]
    mine = [
        site / "mine.svg",
        site / "mine.html",
        site / "COUNTERMAND-notes.svg",
        site / "COUNTERMAND-ALA-2026-AAAAAAAA.zip",
    ]
    for path in mine:
        path.write_text("mine", encoding="utf-8")
    (folder / "ours.public.pem").unlink()
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs", encoding="utf-8")
    (site / f"{number}.json").unlink()
    (site / f"{number}.json").symlink_to(theirs)
    assert countermand("register", folder, "--out", site).code == 14
    assert theirs.read_text(encoding="utf-8") == "theirs"
    assert sorted(path.name for path in site.glob(f"{number}.*")) == [
        f"{number}.html",
        f"{number}.json",
        f"{number}.svg",
        f"{number}.zip",
    ]
    assert "is not listed any more" in (site / f"{number}.html").read_text("utf-8")
    badge = json.loads((site / f"{number}.json").read_text("utf-8"))
    assert (badge["message"], badge["color"], badge["isError"]) == ("not listed", "lightgrey", False)
    assert "not listed" in (site / f"{number}.svg").read_text("utf-8")
    assert all(path.read_text("utf-8") == "mine" for path in mine)


def test_when_the_last_certificate_is_gone_its_badge_turns_grey(folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (folder / "forged.zip").unlink()
    assert countermand("register", folder, "--out", site).code == 0
    [number] = [path.stem for path in site.glob("*.zip")]
    (folder / "first.zip").unlink()
    done = countermand("register", folder, "--out", site)
    assert (done.code, done.err) == (
        11,
        f"there is no certificate (*.zip) in {folder} any more: what was listed before turns grey\n",
    )
    assert "listed before, and grey since: 1" in done.out
    assert json.loads((site / f"{number}.json").read_text("utf-8"))["message"] == "not listed"
    said = json.loads((site / "register.json").read_text("utf-8"))
    assert (said["certificates"], said["listedBefore"]) == ([], [number])
    page = (site / "index.html").read_text("utf-8")
    assert "<p>0 certificates hold.</p>" in page
    assert "<table" not in page
    assert f'<h2>Listed before, and grey since: 1</h2><ul class="gone">\n<li><a href="{number}.html">' in page


def test_problems_of_one_certificate_are_told_apart(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    files = archive.unpacked(few)
    odd = tmp_path / "odd"
    odd.mkdir()
    shutil.copy(pair[1], odd / "ours.public.pem")
    (odd / "two.zip").write_bytes(archive.packed({**files, "README.md": b"x", "junit.xml": b"x"}))
    (odd / "bare.zip").write_bytes(archive.packed({contents.ENVELOPE: envelope.seal({}, keys.private(pair[0]))}))
    nameless = envelope.seal({"predicate": {"evidence": [], "configuration": []}}, keys.private(pair[0]))
    (odd / "nameless.zip").write_bytes(archive.packed({contents.ENVELOPE: nameless}))
    _, refused = register.drawn([odd], [], datetime.now(UTC).date())
    assert [refusal.reason for refusal in refused] == [
        "it does not verify: the certificate cannot be judged again: it lacks 'predicate'",
        "it does not verify: the certificate cannot be judged again: a value in it is of another kind than any of ours",
        "it does not verify: README.md: was changed after it was signed; junit.xml: was changed after it was signed",
    ]
    page = register_page.page("x", [], refused, "2028-01-01")
    assert "signed; junit.xml" in page


def test_a_verdict_that_nobody_here_has_judged_again_is_nobodys_green_badge(
    folder: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whoever holds the key can name any suite, and so keep its verdict from being judged."""
    key, files = keys.private(pair[0]), archive.unpacked(folder / "first.zip")
    said = envelope.unseal(files[contents.ENVELOPE], key.public_key())
    said["predicate"] |= {"verdict": "conforms", "complete": True, "sentence": "conforms: 22 of 22 were decided"}
    said["predicate"]["configuration"][0]["digest"] = {"sha256": "f" * 64}
    for profile in said["predicate"]["profiles"]:
        profile["verdict"] = "conforms"
    for path in folder.glob("*.zip"):
        path.unlink()
    (folder / "own.zip").write_bytes(archive.packed({**files, contents.ENVELOPE: envelope.seal(said, key)}))
    done = countermand("register", folder, "--out", tmp_path / "site")
    assert done.code == 10, done.said
    assert (
        "hold: 0; grey, as expired or superseded: 0; grey, as made by another suite and not judged again: 1" in done.out
    )
    site = json.loads((tmp_path / "site" / "register.json").read_text("utf-8"))
    [row] = site["certificates"]
    assert (row["state"], row["verdict"]) == ("not judged again", "conforms")
    badge = json.loads((tmp_path / "site" / f"{row['number']}.json").read_text("utf-8"))
    assert (badge["message"], badge["color"]) == (f"not judged again {row['finished'][:7]}", "lightgrey")
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert '<tr class="gone"' in page
    assert "as its maker says: not judged again here" in page
    assert "every verdict again, but for 1 whose verdicts" in page
    assert "0 certificates hold." in page
    [verified] = countermand("verify", folder / "own.zip", "--key", pair[1]).out.splitlines()[:1]
    assert verified.startswith("not judged again; its maker says 'conforms: 22 of 22 were decided'")


def test_where_there_is_no_certificate_nothing_is_drawn(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    shutil.copy(pair[1], tmp_path / "empty" / "ours.public.pem")
    done = countermand("register", tmp_path / "empty", "--out", tmp_path / "site")
    assert (done.code, done.out) == (4, "")
    assert "there is no certificate (*.zip) in" in done.err
    assert not (tmp_path / "site").exists()


def test_only_the_same_key_takes_the_place_of_a_certificate(folder: Path) -> None:
    (folder / "forged.zip").unlink()
    [entry], _ = register.drawn([folder], [], datetime.now(UTC).date())
    later = replace(entry, said={**entry.said, "number": "COUNTERMAND-ALA-2026-AAAAAAAA", "supersedes": entry.number})
    stranger = replace(later, said={**later.said, "signer": {"keyid": "0" * 64, "owner": None}})
    assert [row.gone for row in register.superseded([entry, later])] == ["superseded", ""]
    assert [row.gone for row in register.superseded([entry, stranger])] == ["", ""]
    other = replace(later, said={**later.said, "targets": [{**later.said["targets"][0], "api": "opensrs"}]})
    assert [row.gone for row in register.superseded([entry, other])] == ["", ""]


def test_words_of_a_certificate_stay_words(folder: Path) -> None:
    (folder / "forged.zip").unlink()
    [entry], _ = register.drawn([folder], [], datetime.now(UTC).date())
    target = {
        **entry.said["targets"][0],
        "declaration": {**entry.said["targets"][0]["declaration"], "organisation": "<script>x</script>\u202e"},
    }
    page = register_page.page("t<i>", [replace(entry, said={**entry.said, "targets": [target]})], [], "2026-01-01")
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_folder_within_itself_is_not_drawn(folder: Path) -> None:
    done = countermand("register", folder, "--out", folder / "site")
    assert done.code == 4
    assert "outside of PLACE" in done.err


def test_nobody_takes_the_number_of_anothers_certificate(folder: Path, tmp_path: Path) -> None:
    """The number of what another suite has made is its maker's word, and here another's."""
    (folder / "forged.zip").unlink()
    private, public = keys.make(tmp_path / "impostor")
    shutil.copy(public, folder / "impostor.public.pem")
    key, files = keys.private(private), archive.unpacked(folder / "first.zip")
    said = json.loads(base64.b64decode(json.loads(files[contents.ENVELOPE])["payload"]))
    said["predicate"]["configuration"][0]["digest"] = {"sha256": "f" * 64}
    said["predicate"]["signer"] = {"keyid": keys.name(key.public_key())}
    impostor = archive.packed({**files, contents.ENVELOPE: envelope.seal(said, key)})
    assert check(impostor, key.public_key()).other_suite  # alone it would be listed
    for name in ("a.zip", "z.zip"):  # whichever is looked at first
        (folder / name).write_bytes(impostor)
        [entry], [refusal] = register.drawn([folder], [], datetime.now(UTC).date())
        assert (entry.file, refusal.file, refusal.reason) == ("first.zip", name, "it has the number of first.zip")
        (folder / name).unlink()


def test_what_is_shown_is_what_was_verified(folder: Path, pair: tuple[Path, Path]) -> None:
    """A file may be another one by then, so its bytes are checked, and these are published."""
    data = (folder / "first.zip").read_bytes()
    assert check(data, keys.public(pair[1])).problems == ()
    assert check(data.replace(b"inconclusive", b"conforms    ", 1), keys.public(pair[1])).problems
    [entry] = register.drawn([folder / "first.zip"], [pair[1]], datetime.now(UTC).date())[0]
    assert entry.data == data


def chain(few: Path, pair: tuple[Path, Path], place: Path) -> list[str]:
    """Certificates of which each takes the place of the one before; their numbers."""
    key, numbers = keys.private(pair[0]), list[str]()
    for name in ("first", "second", "third"):
        promise = build.Promise(supersedes=numbers[-1] if numbers else None)
        numbers.append(build.write(few.parent / "reports", key, place / f"{name}.zip", promise).number)
    return numbers


def states(site: Path) -> dict[str, tuple[str, str | None]]:
    """What a register says of each, and by which it is superseded."""
    rows = json.loads((site / "register.json").read_text("utf-8"))["certificates"]
    return {row["number"]: (row["state"], row["supersededBy"]) for row in rows}


def test_what_was_superseded_stays_so_when_its_successor_is_listed_no_more(
    few: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second, third = chain(few, pair, tmp_path)
    zips, site = [tmp_path / f"{name}.zip" for name in ("first", "second", "third")], tmp_path / "site"
    assert countermand("register", *zips, "--key", pair[1], "--out", site).code == 0
    whole = {first: ("superseded", second), second: ("superseded", third), third: ("holds", None)}
    assert states(site) == whole
    for listed in (zips[:1], zips[:2], zips[1:2], zips[::2], zips[:1]):  # those that are not listed are remembered
        done = countermand("register", *listed, "--key", pair[1], "--out", site)
        assert (done.code, states(site)) == (0, {name: whole[name] for name in states(site)}), done.said
    assert "certificates that hold: 0; grey, as expired or superseded: 1; not listed: 0; listed before" in done.out
    badge = json.loads((site / f"{first}.json").read_text("utf-8"))
    assert (badge["message"][:10], badge["color"]) == ("superseded", "lightgrey")
    assert f"holds no longer: superseded by {second}." in (site / f"{first}.html").read_text("utf-8")
    before = json.loads(archive.unpacked(zips[0])["results.json"])["finished"][:10]
    assert countermand("register", zips[0], "--key", pair[1], "--out", site, "--on", before).code == 0
    assert countermand("register", zips[0], "--key", pair[1], "--out", tmp_path / "fresh").code == 0
    assert states(tmp_path / "fresh") == {first: ("holds", None)}  # where nothing was listed, nothing is remembered


def test_only_what_the_same_key_has_signed_is_remembered(few: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Others may write where a register is published: they grey nothing out, and end nothing."""
    first, second, _ = chain(few, pair, tmp_path)
    site, on = tmp_path / "site", datetime.now(UTC).date()
    site.mkdir()
    private, public = keys.make(tmp_path / "other")
    build.write(few.parent / "reports", keys.private(private), tmp_path / "theirs.zip", build.Promise(supersedes=first))
    data = (tmp_path / "second.zip").read_bytes()
    others = {
        "COUNTERMAND-ALA-2026-AAAAAAAA.zip": data,  # by another number than its own
        f"{second}.zip": data.replace(b'"payload": "', b'"payload": "A', 1),
        "COUNTERMAND-ALA-2026-BBBBBBBB.zip": b"no zip",
        "notes.zip": data,
    }
    for name, content in others.items():
        (site / name).write_bytes(content)
    theirs = summary.facts(check(tmp_path / "theirs.zip", keys.public(public)).statement or {})["number"]
    shutil.copy(tmp_path / "theirs.zip", site / f"{theirs}.zip")
    (site / "COUNTERMAND-ALA-2026-CCCCCCCC.zip").symlink_to(tmp_path / "second.zip")
    (site / "COUNTERMAND-ALA-2026-DDDDDDDD.zip").mkdir()
    [entry], refused = register.drawn([tmp_path / "first.zip"], [pair[1], public], on, before=site)
    assert (entry.state, refused) == ("holds", [])
    shutil.copy(tmp_path / "second.zip", site / f"{second}.zip")
    [entry], _ = register.drawn([tmp_path / "first.zip"], [pair[1], public], on, before=site)
    assert (entry.superseded, entry.state) == (second, "superseded")


def test_nobody_signs_in_the_name_of_anothers_key(folder: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """What another suite has made is not made again: what it says of its key is held to the key all the same."""
    (folder / "forged.zip").unlink()
    [mine], _ = register.drawn([folder], [], datetime.now(UTC).date())
    private, public = keys.make(tmp_path / "impostor")
    shutil.copy(public, folder / "impostor.public.pem")
    key, files = keys.private(private), archive.unpacked(folder / "first.zip")
    said = json.loads(base64.b64decode(json.loads(files[contents.ENVELOPE])["payload"]))
    said["predicate"]["configuration"][0]["digest"] = {"sha256": "f" * 64}
    said["predicate"] |= {"number": "COUNTERMAND-ALA-2026-AAAAAAAA", "supersedes": mine.number}
    (folder / "z.zip").write_bytes(archive.packed({**files, contents.ENVELOPE: envelope.seal(said, key)}))
    [entry], [refusal] = register.drawn([folder], [], datetime.now(UTC).date())
    assert (entry.state, refusal.file) == ("holds", "z.zip")
    assert "it says that another key has signed it" in refusal.reason
    done = countermand("verify", folder / "z.zip", "--key", public)
    assert (done.code, "it says that another key has signed it" in done.err) == (14, True)
