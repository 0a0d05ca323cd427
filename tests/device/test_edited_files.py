"""Files that somebody edited: whatever one value becomes, the answer is a device or one of ours.

Laws over all places of a snapshot and of a native file, each in turn replaced by junk.
"""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backline.device.drives import reconcile_drives
from backline.device.model import Device
from backline.device.target import build_target
from backline.errors import BacklineError
from backline.formats import native
from backline.formats.ibm import device_from_dicts
from small_snapshot import conf, defs, props

JUNK = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        7,
        10**30,
        -0.5,
        1e308,
        float("nan"),
        float("inf"),
        "",
        "P0",
        "d99",
        "\x00",
        [],
        [[]],
        [None],
        ["x"],
        [1, 2, 3],
        {},
        {"name": None},
    ]
)

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list) and len(inner) < 30:
            yield from places(inner, (*path, key))


def replaced(value: Any, path: Path, junk: Any) -> Any:
    """A copy of a JSON value with junk in one place."""
    value = copy.deepcopy(value)
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = junk
    return value


@cache
def snapshot() -> dict[str, Any]:
    return {"conf": conf(), "props": props(), "defs": defs()}


@cache
def file() -> dict[str, Any]:
    return json.loads(native.dumps(device_from_dicts(**snapshot())))


def use(device: Device) -> None:
    """Do with a device what loading it does, and ask for every schedule."""
    build_target(reconcile_drives(device))
    for entry in device.calibrations.values():
        try:
            entry.get_schedule()
        except BacklineError:
            continue


@settings(max_examples=250, deadline=None)
@given(path=st.sampled_from(sorted(places(snapshot()), key=str)), junk=JUNK)
@example(path=("conf", "hamiltonian", "vars", "wq0"), junk=1e308)
@example(path=("defs", "cmd_def", 0, "sequence", 0, "parameters", "amp"), junk=[])
@example(path=("defs", "cmd_def", 0, "sequence", 0, "parameters", "amp"), junk="P0")
@example(path=("defs", "pulse_library", 0, "samples"), junk="P0")
def test_an_edited_snapshot_is_a_device_or_an_error_of_ours(path: Path, junk: Any) -> None:
    files = replaced(snapshot(), path, junk)
    try:
        use(device_from_dicts(files["conf"], files["props"], files["defs"]))
    except BacklineError:
        return


@settings(max_examples=250, deadline=None)
@given(path=st.sampled_from(sorted(places(file()), key=str)), junk=JUNK)
def test_an_edited_file_of_ours_is_a_device_or_an_error_of_ours(path: Path, junk: Any) -> None:
    try:
        use(native.loads(json.dumps(replaced(file(), path, junk))))
    except BacklineError:
        return


@pytest.mark.parametrize("kind", ["conf", "props", "defs"])
def test_each_file_may_not_be_a_list(kind: str) -> None:
    with pytest.raises(BacklineError, match=rf"{kind}: input should be a valid dict"):
        device_from_dicts(**(snapshot() | {kind: [1]}))
