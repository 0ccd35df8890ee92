# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: the plugin, the captures, and tshark with both."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from captures import Capture, find_captures
from tshark import Tshark, lay_out, make_home

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--build", default=os.environ.get("MPTCP_BUILD", str(ROOT / "build")),
                     help="the build tree with the plugin")
    parser.addoption("--bless", action="store_true", help="write what is compared with output anew")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, shipped_only in (("capture", False), ("shipped", True)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [*map(as_parameter, find_captures(shipped_only))])


def as_parameter(capture: Capture):
    """All tests of a capture run in one process, which asks tshark nothing twice."""
    return pytest.param(capture, id=capture.name, marks=pytest.mark.xdist_group(capture.name))


@pytest.fixture(scope="session")
def stage() -> Iterator[Path]:
    """A folder that an ordinary user can read, for what the tests run on."""
    folder = Path(tempfile.mkdtemp(prefix="mptcp-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Path:
    """The build tree."""
    return Path(request.config.getoption("--build"))


@pytest.fixture(scope="session")
def plugin_dir(build: Path, stage: Path) -> Path:
    """A folder for WIRESHARK_PLUGIN_DIR."""
    built = build / "plugins"
    assert list(built.glob("*/epan/mptcp_conn.so")), f"no plugin in {built}: build it first"
    return lay_out(built, stage / "plugins")


@pytest.fixture(scope="session")
def home(stage: Path) -> Path:
    return make_home(stage / "home")


@pytest.fixture(scope="session")
def plain(home: Path) -> Tshark:
    """tshark that knows nothing of this plugin."""
    return Tshark(None, home)


@pytest.fixture(scope="session")
def tshark(plugin_dir: Path, home: Path, stage: Path) -> Tshark:
    matches = Path(shutil.copy(ROOT / "tests" / "matches.lua", stage))
    matches.chmod(0o644)
    return Tshark(plugin_dir, home, matches=matches)


@pytest.fixture(scope="session")
def captures_dir(stage: Path) -> Path:
    """The captures of this project."""
    return lay_out(ROOT / "captures", stage / "captures")


@pytest.fixture(scope="session")
def examples_dir(stage: Path) -> Path:
    """The examples of the documentation, to be run."""
    folder = lay_out(ROOT / "examples", stage / "examples")
    for path in folder.iterdir():
        path.chmod((ROOT / "examples" / path.name).stat().st_mode & 0o777 | 0o444)
    return folder


@pytest.fixture(scope="session")
def path_of(stage: Path):
    """From a Capture to a path that an ordinary user can read."""
    folder = stage / "readable"
    folder.mkdir()
    folder.chmod(0o755)  # whatever the umask

    def readable(capture: Capture) -> Path:
        place = folder / f"{capture.folder}-{capture.path.name}"
        if not place.exists():
            shutil.copy(capture.path, place)
            place.chmod(0o644)
        return place

    return readable
