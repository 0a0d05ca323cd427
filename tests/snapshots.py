"""The 57 device snapshots of qiskit-ibm-runtime 0.34.0, shared by the slow tests.

The environment variable BACKLINE_SNAPSHOTS may name the wheel; otherwise pip fetches it once.
"""

import functools
import os
import subprocess
import sys
from pathlib import Path

from backline.device.drives import reconcile_drives
from backline.device.model import Device
from backline.formats.snapshots import read_snapshot

PACKAGE = "qiskit-ibm-runtime==0.34.0"
_NAMES = """
algiers almaden armonk athens auckland belem boeblingen bogota brisbane brooklyn burlington
cairo cambridge casablanca cusco essex fractional geneva guadalupe hanoi jakarta johannesburg
kawasaki kolkata kyiv kyoto lagos lima london manhattan manila melbourne montreal mumbai nairobi
osaka oslo ourense paris peekskill perth poughkeepsie prague quebec quito rochester rome
santiago sherbrooke singapore sydney torino toronto valencia vigo washington yorktown
"""
NAMES = tuple(_NAMES.split())

ALL_BROKEN = ("kyoto",)
"""Devices whose two-qubit gates all have an error of 1: for `include_broken` alone."""


@functools.cache
def wheel() -> Path:
    """The wheel that holds the snapshots."""
    if given := os.environ.get("BACKLINE_SNAPSHOTS"):
        return Path(given)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backline"
    if not any(cache.glob("qiskit_ibm_runtime-0.34.0-*.whl")):
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(cache), PACKAGE], check=True)
    (path,) = cache.glob("qiskit_ibm_runtime-0.34.0-*.whl")
    return path


def device(name: str, *, reconcile: bool = True) -> Device:
    """One of the devices, as `read_device` gives it, without its warning."""
    found = read_snapshot(wheel(), name)
    return reconcile_drives(found) if reconcile else found
