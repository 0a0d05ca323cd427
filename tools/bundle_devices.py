"""Make the device files that come with Backline from the wheel of qiskit-ibm-runtime.

    make devices

or, with a wheel that is there already:

    pip download --no-deps --dest wheels qiskit-ibm-runtime==0.34.0
    python tools/bundle_devices.py wheels/qiskit_ibm_runtime-0.34.0-py3-none-any.whl

The JSON files are taken as they are. Beside them lies what was fitted to the device's control lines
(`backline.calibration.reconcile`; two minutes for sherbrooke). The same wheel gives the same zips.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Mapping
from pathlib import Path

from backline.calibration import reconcile
from backline.device import reconcile_drives
from backline.errors import CalibrationError
from backline.formats.snapshots import read_snapshot
from backline.formats.twins import MEMBER, dumps

DEVICES = ("armonk", "manila", "nairobi", "guadalupe", "sherbrooke")
FOLDER = Path(__file__).parents[1] / "src" / "backline" / "formats" / "bundled"


def bundle(wheel: Path, folder: Path, names: tuple[str, ...] = DEVICES) -> list[Path]:
    """Write one zip for each device, and print what was fitted.

    Args:
        wheel: The wheel of qiskit-ibm-runtime 0.34.0.
        folder: Where the zips go.
        names: Which devices.
    """
    written = []
    with zipfile.ZipFile(wheel) as source:
        for name in names:
            inside = f"qiskit_ibm_runtime/fake_provider/backends/{name}"
            members = {
                f"{kind}_{name}.json": source.read(f"{inside}/{kind}_{name}.json")
                for kind in ("conf", "defs", "props")
            }
            fitted = fit(wheel, name)
            if fitted is not None:
                members[MEMBER] = fitted.encode()
            written.append(write(folder / f"{name}.zip", members))
    return written


def fit(wheel: Path, name: str) -> str | None:
    """What makes a twin of a device, as the text of its file; None where nothing can be fitted."""
    try:
        found = reconcile(reconcile_drives(read_snapshot(wheel, name)), progress=True)
    except CalibrationError as error:
        print(error.message)
        return None
    print(f"{name}\n{found}")
    return dumps(found.twin)


def write(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip that depends on nothing but its members."""
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            entry = zipfile.ZipInfo(member, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on Windows
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--device", action="append", help="this device alone; may be repeated")
    arguments = parser.parse_args()
    chosen = tuple(arguments.device or DEVICES)
    for path in bundle(arguments.wheel, arguments.folder, chosen):
        print(f"{path}: {path.stat().st_size} bytes")
