"""A real Spark cluster on this machine: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.compliance.conftest import home, run

__all__ = ["home", "run"]

_PATIENCE = 120  # seconds until what is waited for counts as broken


class Cluster(NamedTuple):
    """The master's address, and the workers with the folders in which their executors run."""

    master: str
    workers: tuple[subprocess.Popen[bytes], ...]
    folders: tuple[Path, ...]


def wait_for(found: Callable[[], object], what: str) -> None:
    """Returns as soon as something is there; fails when it does not come."""
    end = time.monotonic() + _PATIENCE
    while not found():
        assert time.monotonic() < end, f"{what} did not come"
        os.sched_yield()
        signal.sigtimedwait([], 0.1)


@pytest.fixture(scope="session")
def spark_home() -> Path:
    pyspark = pytest.importorskip("pyspark", reason="needs the extra `spark`: pip install 'entity-compliance[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, which is not installed here")
    return Path(pyspark.__file__).parent


@pytest.fixture
def cluster(spark_home: Path, tmp_path: Path) -> Iterator[Cluster]:
    """Started for one test, since the test may kill a part of it."""
    environment = {
        **os.environ,
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_DAEMON_MEMORY": "256m",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> Path:
        log = tmp_path / f"spark-{len(started)}.log"
        with open(log, "wb") as out:
            command = [spark_home / "bin" / "spark-class", *arguments]
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
        started.append(process)
        return log

    try:
        log = start("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        wait_for(lambda: _address(log), "the master")
        folders = tuple(tmp_path / f"worker-{number}" for number in range(2))
        for folder in folders:
            worker = (
                "org.apache.spark.deploy.worker.Worker",
                "--cores",
                "1",
                "--memory",
                "1g",
                "--work-dir",
                str(folder),
            )
            there = start(*worker, "--host", "127.0.0.1", "--webui-port", "0", _address(log))
            wait_for(lambda there=there: "Successfully registered" in there.read_text(), "a worker")  # type: ignore[misc]
        yield Cluster(_address(log), tuple(started[1:]), folders)
    finally:
        for process in started:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it has started, at once, as when its machine is gone."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    for pid in [*children.stdout.split(), str(process.pid)]:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _address(log: Path) -> str:
    found = re.search(r"spark://[\d.]+:\d+", log.read_text("utf-8", "replace"))
    return found.group() if found else ""
