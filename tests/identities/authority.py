"""Certificates as other people make them, with the openssl command line."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
unique_subject = no
policy = anything
[anything]
commonName = supplied
"""


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, in PEM files of their own."""

    certificate: Path
    private_key: Path

    def joined(self, path: Path, *others: Path) -> Path:
        """Write certificate, key and other certificates into one file."""
        path.write_bytes(b"".join(one.read_bytes() for one in (self.certificate, self.private_key, *others)))
        return path


def openssl(*arguments: str | Path) -> None:
    """Run the openssl command line; raises AssertionError with its own words."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def key(path: Path) -> Path:
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
    return path


class Authority:
    """Somebody who issues certificates."""

    def __init__(self, folder: Path, name: str = "Test root", above: Authority | None = None) -> None:
        folder.mkdir(parents=True)
        self.folder, self.name = folder, name
        folder.joinpath("index.txt").touch()
        folder.joinpath("serial").write_text("1000\n")
        folder.joinpath("ca.cnf").write_text(CONFIG.format(folder=folder))
        if above is None:
            self.certificate, self.private_key = folder / "ca.pem", key(folder / "ca.key")
            openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                self.private_key,
                "-subj",
                f"/CN={name}",
                "-days",
                "30",
                "-out",
                self.certificate,
            )
        else:
            made = above.issue(name.replace(" ", "-"), "basicConstraints=critical,CA:TRUE", common_name=name)
            self.certificate, self.private_key = made.certificate, made.private_key

    def itself(self) -> Issued:
        """Return its own certificate, which nobody else vouches for."""
        return Issued(self.certificate, self.private_key)

    def issue(
        self,
        stem: str,
        extensions: str = "extendedKeyUsage=clientAuth",
        *,
        common_name: str | None = None,
        days: tuple[float, float] = (-1, 90),
    ) -> Issued:
        """Issue a certificate, valid between so many days from now."""
        folder, private_key = self.folder, key(self.folder / f"{stem}.key")
        request, extension_file, certificate = (folder / f"{stem}{suffix}" for suffix in (".csr", ".ext", ".pem"))
        extension_file.write_text(extensions + "\n")
        openssl("req", "-new", "-key", private_key, "-subj", f"/CN={common_name or stem}", "-out", request)
        start, end = (f"{datetime.now(UTC) + timedelta(days=day):%Y%m%d%H%M%SZ}" for day in days)
        held = ("-config", folder / "ca.cnf", "-cert", self.certificate, "-keyfile", self.private_key)
        dated = ("-startdate", start, "-enddate", end, "-extfile", extension_file)
        openssl("ca", "-batch", "-notext", *held, *dated, "-in", request, "-out", certificate)
        return Issued(certificate, private_key)

    def server(
        self, stem: str = "server", names: str = "DNS:localhost,IP:127.0.0.1", days: tuple[float, float] = (-1, 90)
    ) -> Issued:
        """Issue a server's certificate."""
        return self.issue(stem, f"subjectAltName={names}\nextendedKeyUsage=serverAuth", days=days)
