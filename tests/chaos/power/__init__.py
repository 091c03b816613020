"""Power cuts and broken disks: a preload library that keeps only what was synced, compiled from its source."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from axme.gateway import LocalGateway

SOURCE = Path(__file__).with_name("shim.c")
LOST_WITH_THE_POWER = ("axme.db", "axme.db-wal", "axme.db-shm", "axme.db-journal")


def why_absent() -> str | None:
    """Why no power can be cut here, or ``None``."""
    return None if shutil.which("cc") else "needs a C compiler: install Debian's packages gcc and libc6-dev"


class Disk:
    """Where the files below ``data`` lie, for the processes that are started now."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, data: Path, **more: object) -> None:
        library = folder / "power.so"
        command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", str(SOURCE), "-o", str(library), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        self._fault = folder / "fault"
        patch.setenv("LD_PRELOAD", str(library))
        for name, value in {"data": data, "fault": self._fault, **more}.items():
            patch.setenv(f"AXME_POWER_{name.upper()}", str(value))

    @contextmanager
    def broken(self, error: int) -> Iterator[None]:
        """Have every write and sync of the database fail with the errno ``error`` meanwhile."""
        scratch = self._fault.with_suffix(".new")
        scratch.write_text(str(error))
        scratch.rename(self._fault)
        try:
            yield
        finally:
            self._fault.unlink()


class PowerLine(Disk):
    """A data directory whose unsynced bytes can be taken away."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.data, self._disk, self._count = folder / "gateway", folder / "disk", folder / "count"
        self._disk.mkdir()
        super().__init__(folder, patch, self.data, disk=self._disk, count=self._count)

    def cut(self, gateway: LocalGateway) -> None:
        """Kill the gateway, and leave of its database what was on the disk."""
        gateway.kill()
        for name in LOST_WITH_THE_POWER:
            (self.data / name).unlink(missing_ok=True)
            if (self._disk / name).exists():
                shutil.copy(self._disk / name, self.data / name)

    def syncs(self) -> int:
        """How often something was synced so far."""
        return self._count.stat().st_size if self._count.exists() else 0
