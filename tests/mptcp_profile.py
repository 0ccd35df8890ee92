# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration profile MPTCP: how users install it, and the contents of its files."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

NAME = "MPTCP"


def install(build: Path, folder: Path) -> Path:
    """Installs the profile below a folder and returns its path. The install target is that of the
    profile only, since it writes no manifest: the target `uninstall` must not remove these
    files."""
    command = ["cmake", "--install", build / "plugin" / "profile", "--component", "profile"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "DESTDIR": str(folder)})
    installed, = folder.rglob(f"profiles/{NAME}")
    return installed


def lay_out(installed: Path, configuration: Path) -> Path:
    """Copies the profile into a configuration folder that every user can read."""
    shutil.copytree(installed, configuration / "profiles" / NAME)
    for path in [configuration, *configuration.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return configuration


def colour_rules(profile: Path) -> dict[str, str]:
    """The filter of each colouring rule by its name, in the order of the file."""
    lines = (profile / "colorfilters").read_text().splitlines()
    return dict(line.split("@")[1:3] for line in lines if line.startswith("@"))


def records(file: Path) -> list[list[str]]:
    """The records of one of Wireshark's table files."""
    return list(csv.reader(line for line in file.read_text().splitlines()
                           if not line.startswith("#")))


def buttons(profile: Path) -> dict[str, str]:
    """The filter of each filter button."""
    return {label: expression for _, label, expression, _ in records(profile / "dfilter_buttons")}


def graphs(profile: Path) -> dict[str, list[str]]:
    """The filter and the field of each I/O graph."""
    return {name: [display_filter, field]
            for _, name, display_filter, _, _, _, field, *_ in records(profile / "io_graphs")}
