"""What `backline run` gives back: tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from backline.cli.failures import Failure
from backline.cli.settings import Finished
from backline.errors import InputError
from backline.visualization.text import counts_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One program and what became of it.

    Attributes:
        file: The path as it was given.
        name: What it is called: the file, with a number where the file has several programs.
        finished: What came out; None where it failed.
        failure: Why there is none.
    """

    file: str
    name: str
    finished: Finished | None = None
    failure: Failure | None = None


def document_of(entries: Sequence[Entry], device: str) -> dict[str, Any]:
    """All results as JSON values.

    Args:
        entries: One for each program.
        device: The device's name.
    """
    return {
        "backline": version("backline"),
        "device": device,
        "results": [_values(entry) for entry in entries],
    }


def to_json(document: Mapping[str, Any]) -> str:
    """A document as text: UTF-8 nowhere needed, NaN nowhere written."""
    return json.dumps(_plain(document), indent=2, allow_nan=False)


def check_save_path(path: Path) -> None:
    """Refuse a place where results cannot be saved, before anything runs for them.

    Raises:
        InputError: If the path is a file with another ending than ``.json``.
    """
    if path.exists() and not path.is_dir() and path.suffix.lower() != ".json":
        raise InputError(f"results are saved in a .json file or a folder, and {path} is neither")


def save_entries(document: Mapping[str, Any], path: Path) -> None:
    """Write results: all into one ``.json`` file, or each into its own in a folder.

    Args:
        document: Of `document_of`.
        path: A file that ends in ``.json``, or a folder, made where there is none.

    Raises:
        InputError: If the path is a file with another ending.
        OSError: If it cannot be written.
    """
    if path.suffix.lower() == ".json" and not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(document) + "\n", encoding="utf-8")
        return
    check_save_path(path)
    path.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for result in document["results"]:
        stem = re.sub(r"[^\w.\-]+", "-", Path(result["name"]).name).strip("-.") or "program"
        name, number = stem, 1
        while name.lower() in taken:  # files of one name from different folders
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.lower())
        single = {**document, "results": [result]}
        (path / f"{name}.json").write_text(to_json(single) + "\n", encoding="utf-8")


def print_entries(entries: Sequence[Entry], device: str, *, top: int, console: Console) -> None:
    """Print the results that there are, a table each.

    Args:
        entries: One for each program; those that failed were reported before.
        device: The device's name.
        top: Outcomes to show.
        console: On standard output.
    """
    for entry in entries:
        done = entry.finished
        if done is None:
            continue
        engine = done.metadata.get("engine", "?")
        console.print(Text(f"{entry.name} on {device}", style="bold"), soft_wrap=True)
        facts = [
            f"{done.shots} shots",
            f"engine {engine}",
            f"seed {done.seed}",
            f"depth {done.depth}",
            f"qubits {', '.join(map(str, done.qubits))}",
            f"{done.seconds['transpile'] + done.seconds['run']:.2f} s",
        ]
        console.print(Text(" | ".join(facts), style="bright_black"), soft_wrap=True)
        console.print(counts_table({"share": done.counts}, top=top, order="share", width=40))


def _values(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {"file": entry.file, "name": entry.name}
    failure, done = entry.failure, entry.finished
    if failure is not None:
        values["error"] = {"code": failure.code, "message": failure.message}
    if done is None:
        return values
    values |= {
        "shots": done.shots,
        "seed": done.seed,
        "counts": dict(sorted(done.counts.items())),
        "circuit": {
            "depth": done.depth,
            "qubits": list(done.qubits),
            "operations": dict(done.operations),
        },
        "metadata": dict(done.metadata),
        "seconds": dict(done.seconds),
    }
    if done.memory is not None:
        values["memory"] = done.memory
    return values


def _plain(value: Any) -> Any:
    """JSON values alone: what an engine noted otherwise becomes text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # inf and NaN are no JSON
    return str(value)
