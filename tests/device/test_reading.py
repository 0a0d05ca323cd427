"""Folders, zips, wheels, names: what is found, and what hostile or silly files get."""

import json
import warnings
import zipfile
from pathlib import Path

import pytest

from backline.errors import BackendNotFoundError, DeviceWarning, FormatError
from backline.formats import catalog, snapshots
from backline.formats.catalog import devices, read_device
from backline.formats.twins import MEMBER
from small_snapshot import conf, defs, props, write_folder, write_zip


def test_the_bundled_devices() -> None:
    assert devices() == ("armonk", "guadalupe", "manila", "nairobi", "sherbrooke")
    sizes = {name: read_device(name).num_qubits for name in devices()}
    assert sizes == {"armonk": 1, "guadalupe": 16, "manila": 5, "nairobi": 7, "sherbrooke": 127}


def test_bundled_devices_never_warn_and_say_so_in_notes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        device = read_device("sherbrooke")
    assert any("T2 above 2·T1" in note for note in device.notes)


def test_a_folder_a_zip_a_wheel_and_one_of_its_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder")
    for path in (
        folder,
        folder / "conf_pair.json",
        folder / "props_pair.json",
        write_zip(tmp_path / "one.zip"),
        write_zip(tmp_path / "one.whl"),
    ):
        for given in (path, str(path)):
            device = read_device(given)
            assert device.name == "pair"
            assert ("cx", (0, 1)) in device.calibrations


def test_files_without_a_name_take_that_of_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "conf.json").write_text(json.dumps(conf()))
    assert read_device(folder).name == "bench"


def test_several_devices_need_a_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "many.whl", "left", "right")
    assert read_device(f"{path}:right").name == "right"
    with pytest.raises(FormatError, match=r"several devices; choose as in .*NAME' from: left, rig"):
        read_device(path)
    with pytest.raises(FormatError, match=r"no device 'middle'; choose as in"):
        read_device(f"{path}:middle")


def test_a_folder_of_folders(tmp_path: Path) -> None:
    for name in ("left", "right"):
        write_folder(tmp_path / name, name)
    assert read_device(f"{tmp_path}:left").name == "left"


@pytest.mark.parametrize("name", ["manilla", "Manila", "ibmq_manila", "FakeManila"])
def test_a_name_that_is_not_known_gets_the_nearest(name: str) -> None:
    with pytest.raises(BackendNotFoundError, match=r"Did you mean 'manila'"):
        read_device(name)


def test_a_name_that_is_nothing() -> None:
    with pytest.raises(BackendNotFoundError, match=r"'zzz'\. The devices are: armonk, guadalupe"):
        read_device("zzz")
    with pytest.raises(BackendNotFoundError, match=r"no device and no file is called"):
        read_device("no/such/file.json")


def test_what_was_mended_of_a_users_file_is_said_once(tmp_path: Path) -> None:
    bad = props()
    bad["qubits"][1][1]["value"] = 500.0
    folder = write_folder(tmp_path / "pair")
    (folder / "props_pair.json").write_text(json.dumps(bad))
    with pytest.warns(DeviceWarning) as caught:
        read_device(folder)
    assert len(caught) == 1
    assert "device 'pair': qubit 1: T2 above 2·T1, set to 2·T1" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_many_remarks_are_one_warning(tmp_path: Path) -> None:
    bad = props()
    for value in bad["qubits"][0]:
        value["value"] = None
    folder = write_folder(tmp_path / "pair")
    (folder / "props_pair.json").write_text(json.dumps(bad))
    with pytest.warns(DeviceWarning, match=r"and 4 more \(Device\.notes has all\)") as caught:
        device = read_device(folder)
    assert len(caught) == 1
    assert len(device.notes) == 8  # seven remarks, and what was reconciled


def test_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"holds no IBM snapshot"):
        read_device(tmp_path)


def test_a_configuration_alone_is_enough_and_its_absence_is_said(tmp_path: Path) -> None:
    (tmp_path / "props_pair.json").write_text(json.dumps(props()))
    with pytest.raises(FormatError, match=r"holds no IBM snapshot"):
        read_device(tmp_path)
    (tmp_path / "conf_pair.json").write_text(json.dumps(conf()))
    assert read_device(tmp_path).calibrations == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"conf_pair\.json ends too early"),
        ('{"n_qubits": 2, "gates": [', r"conf_pair\.json ends too early \(cut short\?\), line 1"),
        ('{"n_qubits": 2,, }', r"conf_pair\.json is no JSON: .*line 1 column 16"),
        ("[1, 2]", r"conf_pair\.json must hold a JSON object, got list"),
        ("[" * 100_000, r"conf_pair\.json is no JSON"),
        ('{"n_qubits": ' + "9" * 5000 + "}", r"conf_pair\.json is no JSON"),
        ("\x00\x01", r"conf_pair\.json is no JSON"),
        ('{"n_qubits": 2, "gates": {}}', r"conf_pair\.json: conf\.gates: input should be a valid"),
    ],
)
def test_files_cut_short_or_edited(tmp_path: Path, text: str, said: str) -> None:
    folder = write_folder(tmp_path / "pair")
    (folder / "conf_pair.json").write_text(text)
    with pytest.raises(FormatError, match=said):
        read_device(folder)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pair")
    (folder / "conf_pair.json").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(FormatError, match=r"conf_pair\.json is no JSON"):
        read_device(folder)


def test_what_is_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(b"no zip at all")
    with pytest.raises(FormatError, match=r"one\.zip cannot be read as a zip"):
        read_device(path)


def test_a_zip_cut_short_or_damaged(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "whole.zip").read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match=r"cannot be read as a zip"):
        read_device(path)
    damaged = bytearray(whole)
    damaged[200:260] = b"\x00" * 60
    path.write_bytes(bytes(damaged))
    with pytest.raises(FormatError, match=r"cannot be unpacked|is no JSON"):
        read_device(path)


def test_a_zip_bomb_is_stopped_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST_BYTES", 2**20)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conf_bomb.json", b" " * (2**20 + 1))
    assert path.stat().st_size < 5000
    with pytest.raises(FormatError, match=r"conf_bomb\.json is too big: more than 1 MiB"):
        read_device(path)


def test_a_member_with_a_path_of_its_own_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "sly.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../conf_sly.json", json.dumps(conf()))
    before = set(tmp_path.rglob("*"))
    assert read_device(path).name == "sly"
    assert set(tmp_path.rglob("*")) == before


def test_a_name_after_a_file_of_one_device(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}")
    with pytest.raises(FormatError, match=r"holds one device, so ':x' chooses nothing"):
        read_device(f"{path}:x")


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}")

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(catalog.native, "read", refuse)
    with pytest.raises(FormatError, match=r"mine\.json cannot be read: Permission denied"):
        read_device(path)


def test_reconciling_can_be_left_out() -> None:
    printed = read_device("manila", reconcile=False)
    assert not any(line.reconciled for line in printed.drive_lines)
    assert not any("drive strengths of" in note for note in printed.notes)


def test_the_zips_are_made_by_the_tool_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool packs what the zips hold into the same zips again.

    That it fits the same twins again takes minutes: see tests/calibration/test_bundled.py.
    """
    import importlib.util

    root = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("bundle", root / "tools" / "bundle_devices.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    twins: dict[str, str | None] = dict.fromkeys(tool.DEVICES)
    wheel = tmp_path / "wheel.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in tool.DEVICES:
            with zipfile.ZipFile(tool.FOLDER / f"{name}.zip") as bundled:
                for member in bundled.namelist():
                    if member == MEMBER:
                        twins[name] = bundled.read(member).decode()
                        continue
                    place = f"qiskit_ibm_runtime/fake_provider/backends/{name}/{member}"
                    archive.writestr(place, bundled.read(member))
    assert [name for name, twin in twins.items() if twin is None] == ["armonk"]
    monkeypatch.setattr(tool, "fit", lambda _, name: twins[name])
    for path in tool.bundle(wheel, tmp_path):
        assert path.read_bytes() == (tool.FOLDER / path.name).read_bytes()


def test_defs_are_not_needed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pair")
    (folder / "defs_pair.json").unlink()
    device = read_device(folder)
    assert device.calibrations == {}
    assert not any(line.reconciled for line in device.drive_lines)
    assert defs()["cmd_def"]


def test_two_devices_of_one_name_in_a_zip_are_told_apart(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "two.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("old/conf_pair.json", json.dumps(conf() | {"backend_version": "0.0.1"}))
    with pytest.raises(FormatError, match=r"several devices.* old/pair, pair"):
        read_device(path)
    assert read_device(f"{path}:pair").backend_version == conf()["backend_version"]
    old = read_device(f"{path}:old/pair")
    assert (old.name, old.backend_version) == ("pair", "0.0.1")


@pytest.mark.parametrize("name", ["", "a" * 5000, "a:" + "b" * 5000, ":manila"])
def test_what_can_be_no_file(name: str) -> None:
    with pytest.raises(BackendNotFoundError, match="no device and no file"):
        read_device(name)
