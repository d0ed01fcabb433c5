"""`barque-sd` as a process."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

CONFIG = """\
Messages {
  Name = Standard
  Director = dir1 = all
}
Storage {
  Name = sd1
  Port = %d
  Address = 127.0.0.1
  WorkingDirectory = %s
}
Director {
  Name = dir1
  Password = "secret"
}
Device {
  Name = Disk
  MediaType = File
  ArchiveDevice = %s
}
"""


def configured(tmp_path: Path) -> Path:
    path = tmp_path / "bareos-sd.conf"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path.write_text(CONFIG % (port, tmp_path, tmp_path))
    return path


def barque_sd(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "barque.storagedaemon", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_good_configuration_passes(tmp_path: Path) -> None:
    done = barque_sd("-t", "-c", str(configured(tmp_path)))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_mistake_is_named(tmp_path: Path) -> None:
    path = configured(tmp_path)
    path.write_text(path.read_text().replace("MediaType = File", ""))
    done = barque_sd("-t", "-c", str(path))
    assert done.returncode == 42
    assert "MediaType" in done.stdout


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "barque.storagedaemon", "-f", "-c", str(configured(tmp_path))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "listens on" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        process.stderr.read()
