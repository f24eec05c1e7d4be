#!/usr/bin/env python3
"""door_mutants.py PORT COUNT SEED: sound requests of every kind, each with a few bytes of its head, its framing or its
body made otherwise, sent to the HTTP door. Whatever comes, the door answers in HTTP or closes; never with 500, never
with words of ours that are no problem+json, and never too late. Prints how many there were of each answer."""
import collections
import os
import random
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import feed_files  # noqa: E402

THREADS, WAIT_S = 8, 20
TOKEN = "Authorization: Bearer bad"


def requests():
    """Sound requests as (head lines, body)."""
    bodies = [(name, data) for name, data in feed_files.files() if len(data) < 4000]
    for name, data in bodies:
        head = [f"POST /v1/documents?name={name} HTTP/1.1", "Host: a", TOKEN, "Content-Type: application/octet-stream"]
        yield head + [f"Content-Length: {len(data)}"], data
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (data[:99], data[99:]) if p) + b"0\r\n\r\n"
        yield head + ["Transfer-Encoding: chunked", "Idempotency-Key: " + name], chunks
        yield ["POST /v1/validations HTTP/1.1", "Host: a", TOKEN, "Content-Type: text/csv",
                "Accept: application/x-ndjson",
               f"Content-Length: {len(data)}"], data
    for target in ("/v1/documents?limit=5&state=POSTED", "/v1/documents/d-000-0123456789abcdef0123", "/v1/openapi.json",
                   "/problems/too-large", "/v1/documents/d-000-0123456789abcdef0123/lines?outcome=PASS"):
        yield [f"GET {target} HTTP/1.1", "Host: a", TOKEN, "If-None-Match: \"x\""], b""
    answer = b'{"decimal":"comma","dates":"dmy"}'
    yield ["POST /v1/documents/d-000-0123456789abcdef0123/answers HTTP/1.1", "Host: a", TOKEN,
            "Content-Type: application/json",
           f"Content-Length: {len(answer)}"], answer


TOKENS = [b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b";", b",", b"%00", b"%", b"../", b"\xff", b"\xc3\x28",
        b"-1", b"0x10", b"18446744073709551616",
          b"chunked", b"gzip", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
                  b"Expect: 100-continue\r\n", b"Host: b\r\n", b"\"",
          b"A" * 300, b"A: b\r\n" * 80, b"*", b"~", b"{", b"[[[[[[[[", b"Content-Encoding: gzip\r\n",
                  b"Connection: close\r\n", b"&name=", b"?"]


def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        at = rng.randrange(len(data) + 1)
        act = rng.randrange(6)
        if act == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif act == 1:
            del data[at:at + rng.choice([1, 1, 2, 5, 40])]
        elif act == 2:
            data[at:at] = rng.choice(TOKENS)
        elif act == 3:
            end = min(len(data), at + rng.choice([1, 4, 30]))
            data[at:at] = data[at:end]
        elif act == 4:
            del data[at:]
        else:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 3, 20])))
        if not data:
            break
    return bytes(data)


def mutant(rng, sound):
    lines, body = rng.choice(sound)
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    where = rng.randrange(3)
    if where == 0:
        return mutate(rng, head) + body
    return head + mutate(rng, body) if where == 1 and body else mutate(rng, head + body)


# Who closes amid a head keeps a place of his address until its time is over, and a submitter may post so many documents
# at once: an address and a submitter of their own, so that whoever else is served can be seen.
SOURCE = "127.0.0.2"


INTERIM = re.compile(rb"^(HTTP/1\.1 10[02] [^\r]*\r\n\r\n)+")


def is_whole(said):
    """Whether an answer stands there with all of its body: what follows it is of the next request."""
    said = INTERIM.sub(b"", said)
    head, found, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
    return bool(found and length and len(body) >= int(length.group(1)))


def answer_to(port, data):
    """The first answer of the door, b"" when it closed without one, None when nothing came."""
    with socket.create_connection(("127.0.0.1", port), WAIT_S, source_address=(SOURCE, 0)) as s:
        s.settimeout(WAIT_S)
        said = b""
        try:
            s.sendall(data)
            if b"\r\n\r\n" not in data:             # its head has no end: the door waits as long as a head may take
                return said
            s.shutdown(socket.SHUT_WR)
            while True:
                piece = s.recv(65536)
                if not piece:
                    return said
                said += piece
                if is_whole(said) or len(said) > 1 << 20:
                    return said
        except socket.timeout:
            return said or None
        except OSError:                             # closed, maybe before our half was
            return said


def fault_of(said):
    """What is wrong with an answer; empty when nothing is."""
    if said is None:
        return "no answer, and the connection stays open"
    said = INTERIM.sub(b"", said)
    if said == b"":
        return ""
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", said)
    if not found:
        return "no HTTP"
    status, head = int(found.group(1)), said.split(b"\r\n\r\n", 1)[0].lower()
    if status == 500:
        return "500"
    by_library = status in (400, 413, 431, 505) and b"content-type" not in head or b"text/html" in head
    is_problem = b"content-type: application/problem+json" in head
    if status >= 400 and not by_library and not is_problem:
        return "no problem+json"
    return ""


def main():
    port, count, seed = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sound, seen, faults, lock = list(requests()), collections.Counter(), [], threading.Lock()

    def work(number):
        rng = random.Random(seed * 1000 + number)
        for _ in range(count // THREADS):
            data = mutant(rng, sound)
            said = answer_to(port, data)
            fault = fault_of(said)
            with lock:
                seen[said[9:12].decode("latin-1") if said else "closed"] += 1
                if fault:
                    faults.append((fault, data, said))

    begun = time.monotonic()
    workers = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for fault, data, said in faults[:5]:
        print(f"door_mutants: {fault}: {data[:400]!r} gives {(said or b'')[:300]!r}", file=sys.stderr)
    told = ", ".join(f"{n} {status}" for status, n in sorted(seen.items()))
    print(f"  {sum(seen.values())} requests that were made otherwise in {time.monotonic() - begun:.0f} s: {told}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
