"""Draw the pictures of the pages again, with the programs that the pages show.

Run by `make pictures`: `python -m sitetools.pictures docs`.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from pathlib import Path

from sitetools.examples import run

_SAVED = re.compile(r"filename=\"([\w.-]+\.png)\"")


def draw(docs: Path) -> list[str]:
    """Run the pages that draw, and keep their pictures.

    Args:
        docs: The folder of the pages.

    Returns:
        Names of the pictures.
    """
    kept = []
    for page in sorted(docs.resolve().glob("*.md")):
        text = page.read_text(encoding="utf-8")
        names = [name for name in _SAVED.findall(text) if f"(pictures/{name})" in text]
        if names:
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                run(page)
                for name in names:
                    (docs / "pictures" / name).write_bytes(Path(folder, name).read_bytes())
                os.chdir(docs)
            kept += names
    return kept


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(*draw(Path(sys.argv[1]).resolve()), sep="\n")
