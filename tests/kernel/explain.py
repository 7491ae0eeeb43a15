#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Traffic that is not offloaded, for explain.sh.

    explain.py serve
        answers what comes to UDP and TCP 7000; takes UDP 7001 without an answer

    explain.py send PROTOCOL SOURCE-PORT ADDRESS PORT [count=N] [size=N] [options] [half-close]
        one packet after the other, until it is killed
"""
import select
import socket
import sys
import time

PROTOCOLS = {"udp": 17, "udplite": 136, "sctp": 132}
INTERVAL_S = 0.05


def listening(kind, port):
    server = socket.socket(socket.AF_INET6, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("::", port))
    return server


# A connection that the other side has closed stays open on this one.
def serve():
    udp, sink = listening(socket.SOCK_DGRAM, 7000), listening(socket.SOCK_DGRAM, 7001)
    tcp = listening(socket.SOCK_STREAM, 7000)
    tcp.listen()
    watched, kept = [udp, sink, tcp], []
    while True:
        for ready in select.select(watched, [], [])[0]:
            if ready is tcp:
                watched.append(tcp.accept()[0])
            elif ready is udp or ready is sink:
                data, sender = ready.recvfrom(65536)
                if ready is udp:
                    udp.sendto(data[:16], sender)
            else:
                data = ready.recv(65536)
                if data:
                    ready.send(data)
                else:
                    watched.remove(ready)
                    kept.append(ready)


def send_tcp(sender, address, port, wishes):
    sender.connect((address, port))
    for _ in range(5 if "half-close" in wishes else 1000000):
        sender.send(b"x")
        time.sleep(INTERVAL_S)
    sender.shutdown(socket.SHUT_WR)
    time.sleep(1000000)


def send_datagrams(sender, address, port, wishes):
    sizes = [int(wish[5:]) for wish in wishes if wish.startswith("size=")]
    counts = [int(wish[6:]) for wish in wishes if wish.startswith("count=")]
    data = b"x" * (sizes or [16])[0]
    for _ in range((counts or [1000000])[0]):
        try:
            sender.sendto(data, (address, port))
        except OSError:
            pass
        time.sleep(INTERVAL_S)


def send(protocol, source_port, address, port, *wishes):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol in ("tcp", "sctp") else socket.SOCK_DGRAM
    sender = socket.socket(family, kind, PROTOCOLS.get(protocol, 0))
    sender.bind(("", int(source_port)))
    if family == socket.AF_INET:
        # No discovery of the path's MTU: packets may be fragmented on the way.
        sender.setsockopt(socket.IPPROTO_IP, 10, 0)
    if "options" in wishes:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b"\x01\x01\x01\x00")
    if kind == socket.SOCK_STREAM:
        send_tcp(sender, address, int(port), wishes)
    else:
        send_datagrams(sender, address, int(port), wishes)


if sys.argv[1] == "serve":
    serve()
else:
    send(*sys.argv[2:])
