# SPDX-License-Identifier: GPL-2.0-or-later
"""Locales for tests, made in a folder of their own.

A bare machine has none but C, and a program that is asked for one that is not
there stays in C without a word. So they are compiled here from the sources in
Debian's package `locales`, which needs no root, and asked whether they work.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def make_locale(folder: Path, name: str) -> dict[str, str]:
    """Compiles a locale such as de_DE.UTF-8; gives the environment that chooses it."""
    language, charmap = name.split(".")
    if not (folder / name).exists():
        subprocess.run(["localedef", "--no-archive", "-i", language, "-f", charmap, folder / name],
                       check=True, stdout=subprocess.DEVNULL)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    environment = {"LC_ALL": name, "LOCPATH": str(folder)}
    charmap_in_use = subprocess.run(["locale", "charmap"], env={**os.environ, **environment},
                                    check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    assert charmap_in_use == charmap, f"no locale {name}"
    return environment
