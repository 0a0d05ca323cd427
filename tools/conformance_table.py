"""Write docs/conformance-table.md: the checks on backends of others, and on ours.

Run it: ``make conformance-table``. It needs Aer and qiskit-ibm-runtime. A name, or several, makes
the rows of these alone and prints them.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import backline
from backline.conformance import CHECKS, check_backend, load_source, selected

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "conformance-table.md"
_FAKES = "qiskit_ibm_runtime.fake_provider"
_MOST_NOISY = 7
"""Fakes of more qubits run without noise: with it the checks of a wide one take minutes."""

HEAD = """# What the checks found

The {checks} checks of `backline check` on backends of others and on ours, with
{versions}. Made by
`make conformance-table`; [checking-a-backend.md](checking-a-backend.md) says how to check your own.

A check is skipped where a backend does not claim what it is about: most of what plain Qiskit
backends skip is pulses and clauses of Backline's own. Fakes with more than {most} qubits run
without their noise (an ideal `AerSimulator` in its place), because with it the checks of one take
from 20 s (20 qubits) to over two minutes (127): of these, what passed of S1 to S26 says nothing of
their noise. Five of them, FakeGuadalupeV2, FakeAlmadenV2, FakeAlgiers, FakeBrooklynV2 and
FakeBrisbane, were also run with their noise, and failed the same checks. 0 qubits stand for any
number.

## Backends

| backend | qubits | passed | failed | skipped | what failed |
| --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Row:
    """What came of all checks on one backend."""

    name: str
    qubits: int
    passed: int
    failed: dict[str, str]
    skipped: int
    seconds: float

    @property
    def cells(self) -> str:
        """The row as the page has it."""
        failed = ", ".join(self.failed) or "nothing"
        return (
            f"| {self.name} | {self.qubits} | {self.passed} | {len(self.failed)} | {self.skipped} "
            f"| {failed} |"
        )


def names() -> list[str]:
    """Every backend of the page, by the name under which `make` finds it."""
    import qiskit_ibm_runtime.fake_provider as fakes
    from qiskit.providers import BackendV2

    every = [getattr(fakes, name) for name in sorted(dir(fakes)) if name.startswith("Fake")]
    found = [one.__name__ for one in every if isinstance(one, type) and issubclass(one, BackendV2)]
    ours = [f"backline:{name}" for name in backline.devices()]
    return [*ours, "ThreeIons", "AerSimulator", "BasicSimulator", "GenericBackendV2(5)", *found]


def maker(name: str) -> Any:
    """What makes a backend of the page.

    Args:
        name: One of `names()`.
    """
    if name == "ThreeIons":
        place = ROOT / "examples" / "own_device.py"
        spec = importlib.util.spec_from_file_location("own_device", place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["own_device"] = module
        spec.loader.exec_module(module)
        return module.ThreeIons
    if name == "GenericBackendV2(5)":
        from qiskit.providers.fake_provider import GenericBackendV2

        return lambda: GenericBackendV2(5, seed=1)
    places = {
        "AerSimulator": "qiskit_aer:AerSimulator",
        "BasicSimulator": "qiskit.providers.basic_provider:BasicSimulator",
    }
    if name.startswith("Fake"):
        return _fake(name)
    return load_source(places.get(name, name))


def _fake(name: str) -> Any:
    kind = load_source(f"{_FAKES}:{name}")

    def make() -> Any:
        from qiskit_aer import AerSimulator

        made = kind()
        if made.num_qubits > _MOST_NOISY:
            made.sim = AerSimulator()
        return made

    return make


def row(name: str) -> Row:
    """Check one backend.

    Args:
        name: One of `names()`.
    """
    report = check_backend(maker(name), name=name)
    return Row(
        name=name,
        qubits=maker(name)().num_qubits or 0,
        passed=len(report.passed),
        failed={one.check.id: one.reason for one in report.failed},
        skipped=len(report.skipped),
        seconds=report.seconds,
    )


def rows(chosen: list[str]) -> list[Row]:
    """Check backends, two at a time.

    Args:
        chosen: Some of `names()`.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(row, chosen))


def page(found: list[Row]) -> str:
    """The whole page.

    Args:
        found: All rows.
    """
    packages = ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    text = HEAD.format(checks=len(CHECKS), versions=versions, most=_MOST_NOISY)
    text += "\n".join(one.cells for one in found) + "\n"
    text += "\n## What failed, and where\n\nThe message is that of the first backend.\n"
    where: dict[str, list[Row]] = defaultdict(list)
    for one in found:
        for identifier in one.failed:
            where[identifier].append(one)
    for check in selected():
        if check.id not in where:
            continue
        those = where[check.id]
        listed = ", ".join(one.name for one in those[:8])
        more = f" and {len(those) - 8} more" if len(those) > 8 else ""
        message = those[0].failed[check.id].replace("|", "\\|")
        text += (
            f"\n**{check.id}: {check.title}** ({check.basis.value}; {len(those)} backends: {listed}"
            f"{more}).\n{check.why} *{message}*\n"
        )
    return text


def main(chosen: list[str]) -> None:
    """Write the page, or print some rows.

    Args:
        chosen: Some of `names()`; none of them for the page.
    """
    found = rows(chosen or names())
    for one in found:
        print(f"{one.cells}  {one.seconds:.1f} s")
        if chosen:
            for identifier, reason in one.failed.items():
                print(f"    {identifier}: {reason}")
    if not chosen:
        PAGE.write_text(page(found), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
