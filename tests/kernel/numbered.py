#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stream of numbered datagrams, each of which is answered: were some lost, or doubled?

numbered.py serve PORT                 answers on IPv4 and IPv6
numbered.py send ADDRESS PORT FILE     250 a second, until SIGTERM; the result goes into FILE
"""
import select
import signal
import socket
import sys
import time


PERIOD_S = 0.004
SO_RCVBUFFORCE = 33


def serve(port):
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    server.bind(("::", port))
    while True:
        data, sender = server.recvfrom(2048)
        server.sendto(data, sender)


class Stream:
    def __init__(self, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
        self.socket.connect((address, port))
        self.sent = 0
        self.answers = {}

    def take_answers(self, until):
        while True:
            left = until - time.monotonic()
            ready = select.select([self.socket], [], [], max(left, 0))[0]
            if not ready:
                return
            number = int(self.socket.recv(2048)[:12])
            self.answers[number] = self.answers.get(number, 0) + 1

    def send(self):
        self.socket.send(b"%012d" % self.sent + bytes(100))
        self.sent += 1

    def result(self):
        lost = [number for number in range(self.sent) if number not in self.answers]
        doubled = sum(1 for count in self.answers.values() if count > 1)
        return "sent %d, lost %d, doubled %d\n" % (self.sent, len(lost), doubled) + "".join(
            "number %d, after %.1f s\n" % (number, number * PERIOD_S) for number in lost[:50])


def send(address, port, path):
    stream = Stream(address, port)
    going = [True]
    signal.signal(signal.SIGTERM, lambda *unused: going.clear())
    due = time.monotonic()
    while going:
        stream.send()
        due += PERIOD_S
        stream.take_answers(due)
    stream.take_answers(time.monotonic() + 2)
    with open(path, "w") as file:
        file.write(stream.result())


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    send(sys.argv[2], int(sys.argv[3]), sys.argv[4])
