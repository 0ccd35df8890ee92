# SPDX-License-Identifier: GPL-2.0-or-later
"""Locales for tests, compiled into a folder.

A minimal machine has only the locale C, and a program silently uses C if the requested locale is
missing. Therefore the locales are compiled from the sources in Debian's package `locales`, which
needs no root, and checked.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def make_locale(folder: Path, name: str) -> dict[str, str]:
    """Compiles a locale such as de_DE.UTF-8. Returns the environment variables that select it."""
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
