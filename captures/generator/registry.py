# SPDX-License-Identifier: GPL-2.0-or-later
"""The generated captures by name. The docstring of a scenario describes its capture."""

from __future__ import annotations

from collections.abc import Callable

from .data_scenarios.checksums import checksums
from .data_scenarios.data_order import data_order
from .data_scenarios.mappings import mappings
from .data_scenarios.mappings_late import mappings_late
from .data_scenarios.reinjections import reinjection
from .data_scenarios.troubles import troubles
from .scenarios.capture_conditions import (duplicates, handshake_repeated, join_before_keys,
                                           late_start, one_way_client, one_way_server, snaplen)
from .scenarios.encapsulation import icmp_quoted, ipv6, tunnels
from .scenarios.endings import closes
from .scenarios.fallbacks import fallbacks
from .scenarios.handshake_flaws import handshake_flaws
from .scenarios.handshakes import both_openers, fastclose, refused, version_downgrade
from .scenarios.join_failures import join_failures
from .scenarios.one_path import one_path
from .scenarios.path_use import path_use
from .scenarios.paths import path_management
from .scenarios.points import middlebox, points
from .scenarios.reuse import key_reuse, stray_syn, token_collision, tuple_reuse
from .scenarios.script_example import script_example
from .scenarios.wire_format import malformed, options_mixed
from .simulation import Scenario

SCENARIOS: dict[str, Callable[[], Scenario]] = {
    scenario.__name__: scenario for scenario in (
        script_example, late_start, one_way_client, one_way_server, handshake_repeated,
        join_before_keys, token_collision, key_reuse, tuple_reuse, stray_syn, options_mixed,
        malformed, snaplen, tunnels, icmp_quoted, ipv6, version_downgrade, refused, fastclose,
        both_openers, duplicates, path_management, fallbacks, join_failures, handshake_flaws,
        closes, mappings, mappings_late, reinjection, checksums, data_order, points, middlebox, troubles,
        one_path, path_use)}
