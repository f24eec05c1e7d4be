#!/usr/bin/env python3
"""ports.py FIRST LAST STEP OFFSET...: prints a number from FIRST to LAST such that the ports at STEP times it, plus each
OFFSET, are free; without arguments free_port().

Numbers are handed out in turn, from one counter of the tree: a port is drawn some time before somebody listens on it,
and no two checks that run beside each other are given the same."""
import fcntl
import os
import random
import socket
import sys

COUNTER = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "build", "ports"))


def are_free(ports):
    sockets = [socket.socket() for _ in ports]
    try:
        for s, port in zip(sockets, ports):
            s.bind(("127.0.0.1", port))
        return True
    except OSError:
        return False
    finally:
        for s in sockets:
            s.close()


def draw(first, last, step, *offsets):
    os.makedirs(os.path.dirname(COUNTER), exist_ok=True)
    with open(COUNTER, "a+", encoding="ascii") as counter:
        fcntl.flock(counter, fcntl.LOCK_EX)
        counter.seek(0)
        turn = int(counter.read() or random.randrange(last))        # other trees of this machine begin elsewhere
        while True:
            turn += 1
            number = first + turn % (last - first + 1)
            if are_free([step * number + offset for offset in offsets]):
                break
        counter.truncate(0)
        counter.write(str(turn))
        return number


def free_port():
    """A port such that the next one is free as well: the controller of a Kafka node listens there. All lie below those
    of connections: a client that asks a dead server again and again would meet himself there one day."""
    return 2 * draw(10000, 15999, 2, 0, 1)


if __name__ == "__main__":
    print(draw(*map(int, sys.argv[1:])) if sys.argv[1:] else free_port())
