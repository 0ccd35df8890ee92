# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin as it is installed for one user, packed, and kept away from other versions."""

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
    """Where cmake writes what it has installed for one user; what somebody installed from this
    build before stays known."""
    path = build / "install_manifest_personal.txt"
    before = path.read_bytes() if path.exists() else None
    yield path
    path.unlink()
    if before is not None:
        path.write_bytes(before)


def test_one_users_installation_and_its_end(build, manifest, stage, captures_dir, tmp_path):
    """As the README says it, without root, and without a word about plugin folders."""
    home = make_home(stage / "newcomer")
    cmake("--install", build, "--component", "personal", "--prefix", home / ".local", home=home)
    own(home)
    shutil.copy(manifest, tmp_path)
    tshark = Tshark(plugin_dir=None, home=home)
    capture = captures_dir / "script_example.pcap"
    golden = (ROOT / "tests" / "golden" / "script_example.conn.txt").read_text()
    assert tshark.text(capture) == golden
    assert tshark.run("-r", capture, "-C", "MPTCP").stderr == ""  # the profile is there

    cmake("-D", f"BUILD={tmp_path}", "-P", ROOT / "packaging" / "uninstall.cmake", home=home)
    left = [path for path in home.rglob("*") if not path.is_dir()]
    assert left == []
    assert not list(home.rglob("MPTCP")), "a profile without files is one all the same"
    assert tshark.run("-r", capture, "-q", "-z", "mptcp,conn", check=False).returncode != 0


def patched(library: Path, symbol: str, old: int, new: int) -> None:
    """Changes the value of an int constant."""
    names = subprocess.run(["nm", "--dynamic", library], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    found = re.search(rf"^([0-9a-f]+) R {symbol}$", names, re.MULTILINE)
    assert found, names
    place = int(found[1], 16)  # constants lie in the file where they lie in memory
    content = bytearray(library.read_bytes())
    assert content[place:place + 4] == old.to_bytes(4, "little")
    content[place:place + 4] = new.to_bytes(4, "little")
    library.write_bytes(content)


@pytest.mark.parametrize("other", [0, 99])
def test_another_versions_plugin_is_refused_in_words(plugin_dir, home, captures_dir, stage,
                                                     other: int):
    """Were it linked with libwireshark, users would read of a library that is missing."""
    place = lay_out(plugin_dir, stage / f"made-for-{other}")
    entry, = place.glob("*/epan/mptcp_conn.so")
    major, minor = map(int, entry.parts[-3].split("."))
    patched(entry, "plugin_want_major", major, other)
    told = Tshark(place, home).run("-r", captures_dir / "ipv6.pcap", "-q", "-z", "mptcp,conn",
                                   check=False)
    assert told.returncode != 0
    assert (f"The plugin 'mptcp_conn.so' was compiled for Wireshark version {other}.{minor}"
            in told.stderr)


def test_what_the_loader_opens_needs_nothing_of_wireshark(plugin_dir):
    """So any version can open it, read which one it wants, and say so."""
    entry, = plugin_dir.glob("*/epan/mptcp_conn.so")
    dynamic = subprocess.run(["readelf", "--dynamic", entry], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    needed = re.findall(r"NEEDED.*\[(.*)\]", dynamic)
    assert any("glib" in name for name in needed)
    assert not [name for name in needed if re.match(r"lib(wireshark|wsutil|wiretap)", name)]


def test_a_missing_module_is_told(plugin_dir, home, captures_dir, stage):
    place = lay_out(plugin_dir, stage / "in-part")
    module, = place.glob("*/mptcp_conn")
    shutil.rmtree(module)
    told = Tshark(place, home).run("-r", captures_dir / "ipv6.pcap")
    assert "The MPTCP plugin cannot be loaded: " in told.stderr


def test_sources_are_packed_whole(build, tmp_path):
    """The tarball has each file of the project, and no other."""
    if not (ROOT / ".git").exists():
        pytest.skip("these sources come from no git")
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
