"""The reference has every public name."""

import inspect
import re
from importlib import import_module

import pytest
from sitetools import public

import backline


def value_of(name):
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def test_every_module_that_backline_names_has_a_page():
    assert {f"backline.{name}" for name in backline._MODULES} <= set(public.modules())


def test_every_public_name_is_described_where_it_can_be_imported():
    homes = public.homes()
    assert {name for module, name in homes if module == "backline"} == {
        name
        for name in backline.__all__
        if not name.startswith("_") and not inspect.ismodule(getattr(backline, name))
    }
    for (module, name), home in homes.items():
        assert value_of(home) is getattr(import_module(module), name), home


def test_a_name_is_described_where_its_users_import_it_from():
    homes = public.homes()
    assert homes["backline.contract", "Target"] == "backline.Target"
    assert homes["backline.pulse.library", "Drag"] == "backline.pulse.Drag"
    assert homes["backline.pulse", "PulseError"] == "backline.errors.PulseError"


def test_names_are_found_by_any_path():
    assert public.described_as("backline.contract.target.Target") == "backline.Target"
    assert (
        public.described_as("backline.contract.target.Target.has_calibration")
        == "backline.Target.has_calibration"
    )
    assert public.described_as("backline.pulse.library.closed_form.ScaledShape") == ""
    assert public.described_as("backline.pulse.library.Dragon") is None


def test_hidden_bases_are_left_out():
    bases = public.shown_bases(backline.DeviceBackend.__bases__)
    assert bases == [backline.BackendBase]
    assert public.shown_bases((backline.pulse.Drag,)) == [backline.pulse.Drag]
    assert public.shown_bases((object,)) == []


@pytest.mark.parametrize("module", public.modules())
def test_every_name_says_what_it_is(module):
    for name in public.names(module):
        value = getattr(import_module(module), name)
        if isinstance(value, type) or inspect.isroutine(value):
            assert inspect.getdoc(value), f"{module}.{name}"


def texts():
    """What all public names, and the members of public classes, say of themselves."""
    for home in set(public.homes().values()):
        value = value_of(home)
        yield home, inspect.getdoc(value) or ""
        for member, found in vars(value).items() if isinstance(value, type) else ():
            if not member.startswith("_"):
                yield f"{home}.{member}", inspect.getdoc(found) or ""


def test_what_a_property_is_is_not_read_as_its_type():
    for home in set(public.homes().values()):
        value = value_of(home)
        for member, found in vars(value).items() if isinstance(value, type) else ():
            if isinstance(found, property) and not member.startswith("_"):
                first = re.sub(r"`[^`]*`", "", (inspect.getdoc(found) or "").split("\n")[0])
                assert ": " not in first, f"{home}.{member}: {first}"


def test_what_is_returned_is_not_read_as_its_type():
    for name, text in texts():
        for first in re.findall(r"^(?:Returns|Yields):\n +([^\n]*)", text, flags=re.MULTILINE):
            plain = re.sub(r"`[^`]*`", "", first)
            assert ":" not in plain, f"{name}: what stands before a colon is shown as the type"


@pytest.mark.parametrize("module", public.modules())
def test_a_page_has_an_entry_for_every_name_of_its_own(module):
    pytest.importorskip("sphinx", reason="the site is built in the newest environment alone")
    from sitetools import reference

    page = reference.module_page(module)
    for name in public.names(module):
        home = f"{public.home(module, name)}.{name}"
        assert f":py:obj:`~{home}`" in page
        described_here = f":: {home}\n" in page or f":: {name}\n   :module: {module}\n" in page
        assert described_here is (home == f"{module}.{name}")
