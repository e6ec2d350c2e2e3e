"""Apache httpd, as the system has it, with certificates asked for per location."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import ports

from identities.authority import Issued

PROGRAM = shutil.which("apache2") or shutil.which("httpd")
MODULES = Path("/usr/lib/apache2/modules")
CONFIG = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
Mutex file:{folder}
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule ssl_module {modules}/mod_ssl.so
SSLSessionCache none
<VirtualHost 127.0.0.1:{port}>
  SSLEngine on
  SSLCertificateFile "{certificate}"
  SSLCertificateKeyFile "{private_key}"
  SSLCACertificateFile "{authority}"
  <Location "/cancelOrder">
    SSLVerifyClient require
    SSLVerifyDepth 3
    RewriteEngine on
    RewriteRule .* - [R=402]
  </Location>
</VirtualHost>
"""


@contextmanager
def asking_per_location(folder: Path, server: Issued, authority: Path) -> Iterator[int]:
    """Ask for a certificate of that authority at /cancelOrder alone, where who shows one is answered by status 402."""
    folder.mkdir()
    (port,) = ports.free(1)
    held = {"certificate": server.certificate, "private_key": server.private_key, "authority": authority}
    (folder / "httpd.conf").write_text(CONFIG.format(folder=folder, port=port, modules=MODULES, **held))
    running = subprocess.Popen([PROGRAM or "", "-X", "-f", str(folder / "httpd.conf")], stderr=subprocess.PIPE)
    try:
        _wait(port, running)
        yield port
    finally:
        running.terminate()
        running.communicate()


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert running.poll() is None, running.communicate()[1].decode()
        with closing(socket.socket()) as plain:
            if plain.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Apache does not listen")
