"""Apache processes of our own on loopback, each with its folder, its port and the run's certificate."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apache.certificate import Certificate
from tests.apache.packages import MODULES, PROGRAM

PATIENCE = 90  # seconds to start, to stop or to be told on a slow machine
USER = "www-data"  # Apache serves as nobody's superuser: root starts it as this one
USUAL = "mpm_event authn_core authz_core authz_user alias dir mime include ssl socache_shmcb proxy proxy_http headers"
PAGE = "<!doctype html><title>Page of the vendor</title><pre><!--#printenv --></pre>\n"
CONFIG = """\
{modules}
ServerRoot "{home}"
ServerName {host}
PidFile "{home}/pid"
DefaultRuntimeDir "{home}/run"
Mutex "file:{home}/run"
ErrorLog "{home}/error.log"
LogLevel info
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddDefaultCharset utf-8
DocumentRoot "{home}/pages"
Listen 127.0.0.1:{port}
SSLEngine On
SSLCertificateFile "{home}/certificate.pem"
SSLCertificateKeyFile "{home}/key.pem"
<Directory "{home}/pages">
  Options +Includes
  Require all granted
</Directory>
{user}
{more}
"""


@dataclass(frozen=True)
class Server:
    """An Apache: the folder that is its own, and where it listens."""

    home: Path
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    @property
    def page(self) -> str:
        """Return the address of the protected page, which shows what Apache knows of who reads it."""
        return f"{self.url}/prive/page.shtml"

    def log(self) -> str:
        """Return what Apache and its module have noted."""
        path = self.home / "error.log"
        return path.read_text(errors="replace") if path.exists() else "(nothing noted)"


def prepare(root: Path, host: str, port: int, certificate: Certificate) -> Server:
    """Return an Apache's folder in `root`, with a page to protect; it does not run yet."""
    home = root / f"apache-{port}"
    for folder in (home / "run", home / "sessions", home / "pages" / "prive", home / "pages" / "public"):
        folder.mkdir(parents=True)
    (home / "pages" / "prive" / "page.shtml").write_text(PAGE)
    (home / "pages" / "public" / "parti.html").write_text("<!doctype html><title>Parti</title>")
    (home / "certificate.pem").write_text(certificate.pem)
    (home / "key.pem").write_text(certificate.key_pem)
    if os.geteuid() == 0:
        owner = pwd.getpwnam(USER)
        for folder in (home / "run", home / "sessions"):
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    return Server(home, host, port)


@contextmanager
def running(server: Server, modules: str, more: str) -> Iterator[Server]:
    """Run `server` with `modules` beside the usual ones, and the directives `more`."""
    names = f"{USUAL} {modules}".split()
    config = CONFIG.format(
        modules="\n".join(f'LoadModule {name}_module "{MODULES}/mod_{name}.so"' for name in names),
        home=server.home,
        host=server.host,
        port=server.port,
        user=f"User {USER}\nGroup {USER}" if os.geteuid() == 0 else "",
        more=more,
    )
    (server.home / "apache.conf").write_text(config)
    command: list[str | Path] = [PROGRAM, "-f", server.home / "apache.conf", "-D", "FOREGROUND"]
    with (server.home / "start.log").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while not listens(server.port):
        told = (server.home / "start.log").read_text() + server.log()
        assert process.poll() is None, told
        assert time.monotonic() < until, told
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Say whether something accepts connections on `port` of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def forget(root: Path) -> None:
    """Delete the folders of a run."""
    shutil.rmtree(root, ignore_errors=True)
