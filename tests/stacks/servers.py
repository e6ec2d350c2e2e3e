"""Real servers as child processes, until they are ended."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
NAMES = {"nginx": ("nginx",), "Apache httpd": ("apache2", "httpd"), "HAProxy": ("haproxy",)}
MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2", "/usr/lib/httpd/modules")
PATIENCE = 120  # seconds


def program(name: str) -> str | None:
    """Find a server on this machine."""
    return next((binary for command in NAMES[name] if (binary := shutil.which(command, path=PATH))), None)


@contextmanager
def running(name: str, config: str, folder: Path, ports: list[int]) -> Iterator[None]:
    """Start a server in a folder of its own, wait until it listens, and end it."""
    file = folder / "server.conf"
    file.write_text(config, encoding="utf-8")
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(_command(name, file, folder), stdout=said, stderr=subprocess.STDOUT, cwd=folder)
    try:
        _wait(process, ports, folder / "said")
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(name: str, file: Path, folder: Path) -> list[str]:
    binary = program(name)
    assert binary
    if name == "nginx":
        return [binary, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(file)]
    if name == "HAProxy":
        return [binary, "-db", "-f", str(file)]
    return [binary, "-f", str(file), "-DFOREGROUND"]


def _wait(process: subprocess.Popen[bytes], ports: list[int], said: Path) -> None:
    until = time.monotonic() + PATIENCE
    for port in ports:
        while not _listens(port):
            assert process.poll() is None, said.read_text(encoding="utf-8", errors="replace")
            assert time.monotonic() < until, f"nobody listens on {port}"
            time.sleep(0.02)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def nginx(blocks: list[str]) -> str:
    """Write a configuration of server blocks, with all that nginx would else write elsewhere."""
    return f"""
user {getpass.getuser()};
daemon off;
pid nginx.pid;
worker_processes 1;
error_log error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; \
uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ssl_session_cache none;
  {"".join(blocks)}
}}
"""


def apache(hosts: list[str]) -> str:
    """Write a configuration of virtual hosts, with the modules they need."""
    place = next(Path(candidate) for candidate in MODULES if Path(candidate).is_dir())
    wanted = (
        "mpm_event",
        "authz_core",
        "ssl",
        "proxy",
        "proxy_http",
        "headers",
        "rewrite",
        "alias",
        "unixd",
        "reqtimeout",
        "socache_shmcb",
    )
    modules = "\n".join(
        f"LoadModule {module}_module {place}/mod_{module}.so"
        for module in wanted
        if (place / f"mod_{module}.so").exists()
    )
    return f"""
ServerRoot .
ServerName localhost
DefaultRuntimeDir .
PidFile httpd.pid
ErrorLog error.log
{modules}
<IfModule unixd_module>
  User #{_worker()}
  Group #{_worker()}
</IfModule>
ServerTokens Full
ServerSignature On
SSLSessionCache none
StartServers 1
ThreadsPerChild 25
SSLProxyEngine on
SSLProxyCheckPeerName off
SSLProxyVerify none
{"".join(hosts)}
"""


def _worker() -> int:
    """Return the user that Apache's children run as: it refuses to serve as root."""
    return 65534 if os.geteuid() == 0 else os.geteuid()


def haproxy(sections: list[str]) -> str:
    """Write a configuration of frontends and backends."""
    return f"""
global
  ssl-server-verify none
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout connect 10s
  timeout client 30s
  timeout server 30s
{"".join(sections)}
"""
