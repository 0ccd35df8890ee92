# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin installed for one user, packaged as sources, and loaded by other versions of
Wireshark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tshark import Tshark, lay_out, make_home, own

ROOT = Path(__file__).resolve().parent.parent


def cmake(*arguments: str | Path, home: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "XDG_CONFIG_HOME"}
    subprocess.run(["cmake", *arguments], env={**variables, "HOME": str(home)}, check=True,
                   stdout=subprocess.PIPE)


@pytest.fixture
def manifest(build: Path) -> Iterator[Path]:
    """The manifest of cmake's installation for one user. An earlier one in this build is
    preserved."""
    path = build / "install_manifest_personal.txt"
    before = path.read_bytes() if path.exists() else None
    yield path
    path.unlink()
    if before is not None:
        path.write_bytes(before)


def test_install_and_uninstall_for_one_user(build, manifest, stage, captures_dir, tmp_path):
    """As in the README: without root, and without naming plugin folders."""
    home = make_home(stage / "one-user")
    cmake("--install", build, "--component", "personal", "--prefix", home / ".local", home=home)
    own(home)
    shutil.copy(manifest, tmp_path)
    tshark = Tshark(plugin_dir=None, home=home)
    capture = captures_dir / "script_example.pcap"
    golden = (ROOT / "tests" / "golden" / "script_example.conn.txt").read_text()
    assert tshark.text(capture) == golden
    assert tshark.run("-r", capture, "-C", "MPTCP").stderr == ""  # the profile is there

    cmake("-D", f"BUILD={tmp_path}", "-P", ROOT / "packaging" / "uninstall.cmake", home=home)
    remaining = [path for path in home.rglob("*") if not path.is_dir()]
    assert remaining == []
    assert not list(home.rglob("MPTCP")), "an empty folder still is a profile"
    assert tshark.run("-r", capture, "-q", "-z", "mptcp,conn", check=False).returncode != 0


def patched(library: Path, symbol: str, old: int, new: int) -> None:
    """Changes the value of an int constant in a library."""
    names = subprocess.run(["nm", "--dynamic", library], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    found = re.search(rf"^([0-9a-f]+) R {symbol}$", names, re.MULTILINE)
    assert found, names
    offset = int(found[1], 16)  # in read-only data, file offset and address are the same
    content = bytearray(library.read_bytes())
    assert content[offset:offset + 4] == old.to_bytes(4, "little")
    content[offset:offset + 4] = new.to_bytes(4, "little")
    library.write_bytes(content)


@pytest.mark.parametrize("other", [0, 99])
def test_another_version_refuses_the_plugin(plugin_dir, home, captures_dir, stage, other: int):
    """If the plugin were linked with libwireshark, the error would be a missing library."""
    folder = lay_out(plugin_dir, stage / f"made-for-{other}")
    entry, = folder.glob("*/epan/mptcp_conn.so")
    major, minor = map(int, entry.parts[-3].split("."))
    patched(entry, "plugin_want_major", major, other)
    done = Tshark(folder, home).run("-r", captures_dir / "ipv6.pcap", "-q", "-z", "mptcp,conn",
                                    check=False)
    assert done.returncode != 0
    assert (f"The plugin 'mptcp_conn.so' was compiled for Wireshark version {other}.{minor}"
            in done.stderr)


def test_entry_module_is_not_linked_with_wireshark(plugin_dir):
    """Any version of Wireshark can open it and report the version that it requires."""
    entry, = plugin_dir.glob("*/epan/mptcp_conn.so")
    dynamic = subprocess.run(["readelf", "--dynamic", entry], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    needed = re.findall(r"NEEDED.*\[(.*)\]", dynamic)
    assert any("glib" in name for name in needed)
    assert not [name for name in needed if re.match(r"lib(wireshark|wsutil|wiretap)", name)]


def test_a_missing_module_is_reported(plugin_dir, home, captures_dir, stage):
    folder = lay_out(plugin_dir, stage / "in-part")
    module, = folder.glob("*/mptcp_conn")
    shutil.rmtree(module)
    done = Tshark(folder, home).run("-r", captures_dir / "ipv6.pcap")
    assert "The MPTCP plugin cannot be loaded: " in done.stderr


def test_tarball_is_complete(build, tmp_path):
    """The tarball has all files of the project and no others."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard", "--deduplicate"],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    files = {name for name in listed.split("\0") if name and (ROOT / name).exists()}
    subprocess.run(["cpack", "--config", build / "CPackSourceConfig.cmake", "-B", tmp_path],
                   check=True, cwd=build, stdout=subprocess.PIPE)
    tarball, = tmp_path.glob("*.tar.gz")
    with tarfile.open(tarball) as packed:
        assert {name.partition("/")[2] for name in packed.getnames()
                if packed.getmember(name).isfile()} == files
