"""Write docs/bad-input.md from the cases: ``python tests/bad_input/write_table.py``."""

import re
import warnings
from pathlib import Path

from bad_input.cases import CASES

PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"

HEAD = """# Bad input, and what you are told

Nothing that you give is guessed at, rounded or half done: what a device cannot run is refused
before any work starts, with the instruction, the qubits and what is allowed; and every error has a
class to catch and a stable `code`. They all derive from `backline.errors.BacklineError`, which is a
`QiskitError`; the tree is drawn in `backline.errors`. `error.details` holds facts for programs,
such as the index of the experiment.

This page is written by running every case ({count} of them, each a test), so these are the messages
that you get.
"""


def message_of(case):
    """The class and the message that a case gets, with what differs from run to run taken out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            case.do()
    except Exception as error:
        text = str(error)
        text = text[1:-1] if text.startswith(("'", '"')) and text.endswith(text[0]) else text
        text = re.sub(r"(/[^\s:'\"]*/)?tmp[\w]+/", "", text)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", text)
        return type(error).__name__, " ".join(text.split())
    raise AssertionError(f"{case.title} got no error")


def page():
    count = sum(len(cases) for cases in CASES.values())
    parts = [HEAD.format(count=count)]
    for title, cases in CASES.items():
        parts += [f"\n## {title}\n", "| what you give | what you get |", "| --- | --- |"]
        for case in cases:
            name, message = message_of(case)
            cell = message.replace("|", "\\|")
            parts.append(f"| {case.title} | `{name}`: {cell} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
