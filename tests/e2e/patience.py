#!/usr/bin/env python3
"""patience.py CLAIMCTL: what `submit --wait` does at a door of our own that misbehaves by a list of acts."""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading

claimctl, failed = sys.argv[1], 0
ROWS = b"invoice,qty\n" + b"I-1,1\n" * 50000


def receipt(state, **more):
    counts = {"lines": 2, "passed": 2, "decided": 2}
    return {"id": "D-2", "name": "rows.csv", "state": state, "counts": counts, **more}


class Door(http.server.BaseHTTPRequestHandler):
    acts, keys, bodies = [], set(), []
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers["Content-Length"]))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        act = Door.acts.pop(0) if Door.acts else "post"
        Door.keys.add(self.headers.get("Idempotency-Key"))
        if act == "break":                          # in the middle of the body
            self.rfile.read(1000)
            self.close_connection = True
            return
        Door.bodies.append(self.body())
        if act == "away":
            self.answer(503, {"title": "Kafka is away"})
        elif act == "repeat":
            self.answer(200, receipt("DUPLICATE", duplicate_of="D-1"))
        else:
            self.answer(202, receipt("POSTED"))

    def do_GET(self):
        self.answer(200, {**receipt("POSTED"), "id": self.path.rsplit("/", 1)[1]})


def submit(acts, *options, pipe=False):
    Door.acts, Door.keys, Door.bodies = list(acts), set(), []
    words = [claimctl, "submit", "-" if pipe else path, "--server", f"http://127.0.0.1:{door.server_port}", *options]
    return subprocess.run(words, capture_output=True, timeout=300, input=ROWS if pipe else None)


def check(name, done, code, *says, tries=1):
    global failed
    text = (done.stdout + done.stderr).decode()
    wrong = [f"not said: {s}" for s in says if s not in text]
    if done.returncode != code:
        wrong.append(f"exit {done.returncode}, not {code}")
    if any(body != ROWS for body in Door.bodies):
        wrong.append("another body came")
    if len(Door.bodies) != tries:
        wrong.append(f"{len(Door.bodies)} bodies came, not {tries}")
    if len(Door.keys) > 1:
        wrong.append("a try has another key")
    if wrong:
        failed = 1
        print(f"  {name}: {'; '.join(wrong)}\n{text}")


door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
threading.Thread(target=door.serve_forever, daemon=True).start()
with tempfile.TemporaryDirectory(prefix="claimstream.") as folder:
    path = os.path.join(folder, "rows.csv")
    with open(path, "wb") as file:
        file.write(ROWS)
    for pipe in (False, True):
        how = "pipe" if pipe else "file"
        check(f"{how}, taken at once", submit([], "--wait", pipe=pipe), 0, "D-2")
        check(f"{how}, broken off", submit(["break"], "--wait", pipe=pipe), 0, "sent again", "D-2")
        check(f"{how}, away", submit(["away", "break"], "--wait", pipe=pipe), 0, "Kafka is away", "D-2", tries=2)
        check(f"{how}, without --wait", submit(["away"], pipe=pipe), 75, "Kafka is away")
    check("broken off without --wait", submit(["break"]), 69, "SERVICE_AWAY", "start claim-intake", tries=0)
    check("a repeat that is waited for", submit(["repeat"], "--wait"), 5, "posted before as D-1", "D-1\nPOSTED")
    check("a repeat", submit(["repeat"]), 5, "posted before as D-1")
    door.shutdown()
    door.server_close()
    Door.bodies = []
    check("nobody there", submit([], "--wait"), 69, "SERVICE_AWAY", "start claim-intake", tries=0)
sys.exit(failed)
