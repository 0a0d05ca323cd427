"""Make the device files that come with Backline from the wheel of qiskit-ibm-runtime.

    pip download --no-deps --dest wheels qiskit-ibm-runtime==0.34.0
    python tools/bundle_devices.py wheels/qiskit_ibm_runtime-0.34.0-py3-none-any.whl

The JSON files are taken as they are; the same wheel gives the same zips, byte for byte.
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

DEVICES = ("armonk", "manila", "nairobi", "guadalupe", "sherbrooke")
FOLDER = Path(__file__).parents[1] / "src" / "backline" / "formats" / "bundled"


def bundle(wheel: Path, folder: Path) -> list[Path]:
    """Write one zip for each device.

    Args:
        wheel: The wheel of qiskit-ibm-runtime 0.34.0.
        folder: Where the zips go.
    """
    written = []
    with zipfile.ZipFile(wheel) as source:
        for name in DEVICES:
            target = folder / f"{name}.zip"
            with zipfile.ZipFile(target, "w") as archive:
                for kind in ("conf", "defs", "props"):
                    member = f"qiskit_ibm_runtime/fake_provider/backends/{name}/{kind}_{name}.json"
                    entry = zipfile.ZipInfo(f"{kind}_{name}.json", date_time=(1980, 1, 1, 0, 0, 0))
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.create_system = 3  # the same on Windows
                    entry.external_attr = 0o644 << 16
                    archive.writestr(entry, source.read(member), compresslevel=9)
            written.append(target)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    for path in bundle(arguments.wheel, arguments.folder):
        print(f"{path}: {path.stat().st_size} bytes")
