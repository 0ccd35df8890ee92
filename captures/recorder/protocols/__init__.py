# SPDX-License-Identifier: GPL-2.0-or-later
"""Upper protocols: servers and clients in plain Python, and what they count.

run      the programs; it imports one of the protocols
channel  bytes in and out, with TLS or without
http1, http2, smtp, dns
"""

NAME = "server.example"
CERTIFICATE, SECRETS = "certificate.pem", "secrets.keylog"  # files that the programs share
