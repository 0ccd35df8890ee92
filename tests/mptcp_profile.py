# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile 'MPTCP', installed as users do it, and what its files say."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

NAME = "MPTCP"


def install(build: Path, folder: Path) -> Path:
    """Has cmake install the profile below a folder; where it has put it. From its own part of the
    build, which leaves no manifest: the target `uninstall` is not to remove what is not ours."""
    command = ["cmake", "--install", build / "plugin" / "profile", "--component", "profile"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "DESTDIR": str(folder)})
    installed, = folder.rglob(f"profiles/{NAME}")
    return installed


def lay_out(installed: Path, configuration: Path) -> Path:
    """Copies it into a configuration folder that everybody can read."""
    shutil.copytree(installed, configuration / "profiles" / NAME)
    for path in [configuration, *configuration.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return configuration


def colour_rules(profile: Path) -> dict[str, str]:
    """The filter of each colouring rule, by its name, in their order."""
    lines = (profile / "colorfilters").read_text().splitlines()
    return dict(line.split("@")[1:3] for line in lines if line.startswith("@"))


def records(file: Path) -> list[list[str]]:
    """The records of a table that Wireshark keeps in a file."""
    return list(csv.reader(line for line in file.read_text().splitlines()
                           if not line.startswith("#")))


def buttons(profile: Path) -> dict[str, str]:
    """The filter of each button."""
    return {label: expression for _, label, expression, _ in records(profile / "dfilter_buttons")}


def graphs(profile: Path) -> dict[str, list[str]]:
    """The filter and the field of each graph."""
    return {name: [display_filter, field]
            for _, name, display_filter, _, _, _, field, *_ in records(profile / "io_graphs")}
