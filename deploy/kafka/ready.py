#!/usr/bin/env python3
"""ready.py PORT: writes one record to a topic of its own and deletes the topic; exits 1 while the node cannot do that."""
import socket
import struct
import sys
import time

TOPIC = "start.ready"
CREATE_TOPICS, PRODUCE, DELETE_TOPICS = (19, 4), (0, 7), (20, 3)
NONE, TOPIC_ALREADY_EXISTS = 0, 36


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def varint(value):
    value = value << 1 ^ value >> 31
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def batch(value):
    """One record as a batch of the second format."""
    record = b"\0" + varint(0) + varint(0) + varint(-1) + varint(len(value)) + value + varint(0)
    now = int(time.time() * 1000)
    body = struct.pack(">hiqqqhii", 0, 0, now, now, -1, -1, -1, 1) + varint(len(record)) + record
    head = struct.pack(">ib", -1, 2) + struct.pack(">I", crc32c(body))
    return struct.pack(">qi", 0, len(head) + len(body)) + head + body


def read(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise OSError("the node closed the connection")
        data += part
    return data


def ask(connection, call, body):
    request = struct.pack(">hhi", call[0], call[1], 1) + text("start-ready") + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    return read(connection, struct.unpack(">i", read(connection, 4))[0])[4:]


def error_behind_name(answer, at):
    """The error code behind the topic's name, which stands at a place of the answer."""
    size = struct.unpack_from(">h", answer, at)[0]
    return struct.unpack_from(">h", answer, at + 2 + size)[0]


def main(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        one = struct.pack(">i", 1)
        created = ask(connection, CREATE_TOPICS, one + text(TOPIC) + struct.pack(">ihii", 1, 1, 0, 0) + struct.pack(">ib", 5000, 0))
        if error_behind_name(created, 8) not in (NONE, TOPIC_ALREADY_EXISTS):
            return 1
        records = batch(b"ready")
        body = struct.pack(">hhi", -1, -1, 5000) + one + text(TOPIC) + one + struct.pack(">ii", 0, len(records)) + records
        produced = ask(connection, PRODUCE, body)
        code = struct.unpack_from(">h", produced, 4 + 2 + len(TOPIC) + 4 + 4)[0]
        if code != NONE:
            print(f"ready.py: produce answers {code}", file=sys.stderr)
            return 1
        ask(connection, DELETE_TOPICS, one + text(TOPIC) + struct.pack(">i", 5000))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(int(sys.argv[1])))
    except OSError as error:
        print(f"ready.py: {error}", file=sys.stderr)
        sys.exit(1)
