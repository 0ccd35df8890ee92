# SPDX-License-Identifier: GPL-2.0-or-later
"""SMTP with STARTTLS (RFC 3207): a message, one command at a time."""

from __future__ import annotations

import base64

from . import NAME
from .channel import Channel, content, described

MESSAGE_END = "."


def serve(channel: Channel, orders: dict) -> dict:
    """Returns the commands that were received, and the message."""
    commands, message = [], b""
    _reply(channel, f"220 {NAME} ESMTP")
    while commands[-1:] != ["QUIT"]:
        command = channel.read_line()
        commands.append(command.split()[0])
        match commands[-1]:
            case "EHLO":
                _reply(channel, f"250-{NAME}", "250 STARTTLS")
            case "STARTTLS":
                _reply(channel, "220 ready")
                channel.start_tls(orders["tls"], is_server=True)
            case "DATA":
                _reply(channel, "354 go ahead")
                while (line := channel.read_line()) != MESSAGE_END:
                    message += line.encode() + b"\r\n"
                _reply(channel, "250 accepted")
            case "QUIT":
                _reply(channel, "221 bye")
            case _:
                _reply(channel, "250 ok")
    return {"commands": commands, "message": described("message", message)}


def call(channel: Channel, orders: dict) -> dict:
    replies = [_read_reply(channel)]
    for command in ("EHLO client.example", "STARTTLS"):
        replies.append(_ask(channel, command))
    channel.start_tls(orders["tls"], is_server=False)
    channel.wait_for_subflows(orders["subflows"])
    for command in ("EHLO client.example", "MAIL FROM:<a@client.example>",
                    f"RCPT TO:<b@{NAME}>", "DATA"):
        replies.append(_ask(channel, command))
    message = _message(orders["size"])
    channel.send(message + f"{MESSAGE_END}\r\n".encode())
    replies += [_read_reply(channel), _ask(channel, "QUIT")]
    return {"replies": replies, "message": described("message", message)}


def _message(size: int) -> bytes:
    header = ["From: <a@client.example>", f"To: <b@{NAME}>", "Subject: A message over two subflows",
              "MIME-Version: 1.0", "Content-Type: application/octet-stream",
              "Content-Transfer-Encoding: base64", ""]
    body = base64.encodebytes(content("message", size)).decode().splitlines()
    return "".join(f"{line}\r\n" for line in header + body).encode()


def _reply(channel: Channel, *lines: str) -> None:
    channel.send("".join(f"{line}\r\n" for line in lines).encode())


def _ask(channel: Channel, command: str) -> int:
    channel.send(f"{command}\r\n".encode())
    return _read_reply(channel)


def _read_reply(channel: Channel) -> int:
    while (line := channel.read_line())[3:4] == "-":
        pass
    return int(line[:3])
