#!/usr/bin/env python3
"""hostile_door.py SUBMITTERS PORT PID SPOOL_DISK|-: hostile clients at the door of a running claim-intake
(feeds.md 4, 14). Beside each of them a neighbour sends documents and is answered; a file of many lines delays
him no more than its turns; tokens change under his hands; the disk of the spool fills up. Nothing here waits
for a time but for what is not to happen: each act ends when its neighbour was answered often enough, and what is
measured is printed."""
import hashlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
import zlib

SUBMITTERS, PORT, PID, DISK = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
FOLDERS = os.path.dirname(SUBMITTERS)
PATIENCE_S, ANSWERS, LOOKS_S = 300, 5, 2.5         # folders are looked at once a second
TARGET = "/v1/documents?partner=N-100&currency=USD"
failed = []


def complain(text):
    failed.append(text)
    print(f"hostile_door: {text}", file=sys.stderr, flush=True)


def sale(invoice):
    return json.dumps({"kind": "POS_SALE", "invoice_no": invoice, "ship_date": "2026-03-01", "vendor_part": "SW-24", "qty": "1",
                       "uom": "EA", "resale_unit": "2.50"}).encode()


def post(body, token="bad", kind="application/octet-stream", headers=(), source="127.0.0.2", target=TARGET):
    """The status and the body; 0 when the connection is cut without an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE_S, source_address=(source, 0))
    try:
        connection.request("POST", target, body, {"Authorization": f"Bearer {token}", "Content-Type": kind} | dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (ConnectionError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


class Neighbour(threading.Thread):
    """Sends one document after the other, each once, and never hears anything but 202."""

    def __init__(self):
        super().__init__(daemon=True)
        self.token, self.sent, self.waits, self.ends, self.others = "good", 0, [], False, []

    def run(self):
        while not self.ends:
            began, token = time.monotonic(), self.token
            try:
                status, body = post(sale(f"good-{self.sent}"), token, "application/json", source="127.0.0.1")
            except OSError as error:
                status, body = -1, str(error).encode()
            self.waits.append(time.monotonic() - began)
            self.sent += 1
            if status != 202:
                self.others.append((status, token, body[:200]))
            time.sleep(0.02)

    def is_served(self, since, count=ANSWERS):
        until = time.monotonic() + PATIENCE_S
        while len(self.waits) < since + count and time.monotonic() < until:
            time.sleep(0.02)
        return len(self.waits) >= since + count


def beside(what, act, want, neighbour):
    """The act, until the neighbour was answered beside it often enough."""
    since, statuses, hold = len(neighbour.waits), [], threading.Event()
    thread = threading.Thread(target=lambda: statuses.extend(act(hold)), daemon=True)
    thread.start()
    served = neighbour.is_served(since)
    hold.set()
    thread.join(PATIENCE_S)
    if thread.is_alive():
        complain(f"{what}: it does not come to its end")
    if not served:
        complain(f"{what}: others were answered {len(neighbour.waits) - since} times meanwhile")
    if neighbour.others:
        complain(f"{what}: a neighbour was answered {neighbour.others[:3]}")
        neighbour.others.clear()
    for status in statuses:
        if status not in want:
            complain(f"{what}: answered {status}, want one of {sorted(want)}")
    waits = neighbour.waits[since:]
    if waits:
        median, most = 1000 * sorted(waits)[len(waits) // 2], 1000 * max(waits)
        print(f"  {what}: {sorted(set(statuses))}, beside it {len(waits)} documents in {median:.0f} ms, {most:.0f} at most", flush=True)


def connect(source="127.0.0.2"):
    return socket.create_connection(("127.0.0.1", PORT), PATIENCE_S, (source, 0))


def read_status(s):
    data = b""
    try:
        while b"\r\n" not in data:
            piece = s.recv(4096)
            if not piece:
                break
            data += piece
    except OSError:
        pass
    return int(data.split(b" ")[1]) if data.startswith(b"HTTP/1.1 ") else 0


def head(length):
    return f"POST {TARGET} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\nContent-Length: {length}\r\n\r\n".encode()


def slow_bodies(hold):
    sockets = [connect() for _ in range(8)]
    for s in sockets:
        s.sendall(head(100000) + b"{")
        s.settimeout(0)
    statuses = {}
    until = time.monotonic() + PATIENCE_S
    while len(statuses) < len(sockets) and time.monotonic() < until:
        for s in sockets:
            if s in statuses:
                continue
            try:
                data = s.recv(4096)
                statuses[s] = int(data.split(b" ")[1]) if data.startswith(b"HTTP") else 0
                continue
            except BlockingIOError:
                pass
            except OSError:
                statuses[s] = 0
                continue
            try:
                s.send(b" ")
            except OSError:
                pass
        time.sleep(0.1)
    for s in sockets:
        s.close()
    return list(statuses.values()) + [-1] * (len(sockets) - len(statuses))


def slow_heads(hold):
    sockets = [connect() for _ in range(40)]
    for s in sockets:
        s.sendall(b"POST / HTTP/1.1\r\nHos")
    hold.wait(PATIENCE_S)
    for s in sockets:
        s.close()
    return []


def too_many_connections(hold):
    sockets = []
    for _ in range(80):                             # 64 an address
        try:
            sockets.append(connect())
        except OSError:
            break
    hold.wait(PATIENCE_S)
    for s in sockets:
        s.close()
    return []


def million_headers(hold):
    with connect() as s:
        try:
            s.sendall(b"GET /v1/documents HTTP/1.1\r\nHost: x\r\n")
            for _ in range(1000):
                s.sendall(b"x-a: b\r\n" * 1000)
            s.sendall(b"\r\n")
        except OSError:
            pass
        return [read_status(s)]


def raw_heads(hold):
    heads = [b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", b"Content-Length: 5, 5\r\n\r\nhello",
             b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             b"Content-Length: -5\r\n\r\n", b"Content-Length: 99999999999999999999999\r\n\r\n"]
    statuses = []
    for one in heads:
        with connect() as s:
            try:
                s.sendall(f"POST {TARGET} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\n".encode() + one)
            except OSError:
                pass
            statuses.append(read_status(s))
    return statuses


def chunk_lines(hold):
    """What stands in front of a chunk, or behind the last, and has no end: refused, and nobody waits beside it."""
    lines = (f"POST {TARGET} HTTP/1.1", "Host: x", "Authorization: Bearer bad", "Transfer-Encoding: chunked", "", "")
    head, statuses = "\r\n".join(lines).encode(), []
    for line in (b"5;" + b"a" * 100000, b"0" * 100000 + b"5", b"5\r\nhello\r\n0;" + b"a" * 100000,
                 b"5\r\nhello\r\n0\r\nA: " + b"a" * 100000, b"5\r\nhello\r\n" + b"5;" * 50000):
        with connect() as s:
            try:
                s.sendall(head + line + b"\r\nhello\r\n0\r\n\r\n")
            except OSError:
                pass
            statuses.append(read_status(s))
    return statuses


def bomb():
    """A GiB of blanks in one member: two MiB packed, the second of which stands there again and again. Who came to its
    end would find another sum."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, again = (squeeze.compress(b" " * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + 1023 * again + squeeze.flush()


OOXML = "http://schemas.openxmlformats.org"
TYPES, RELATIONS = f"{OOXML}/package/2006/content-types", f"{OOXML}/package/2006/relationships"
RELATION, KIND = f"{OOXML}/officeDocument/2006/relationships", "application/vnd.openxmlformats"
PARTS = (
    ("[Content_Types].xml",
     f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
     f'<Default Extension="rels" ContentType="{KIND}-package.relationships+xml"/>'
     f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}-officedocument.spreadsheetml.sheet.main+xml"/></Types>'),
    ("_rels/.rels",
     f'<Relationships xmlns="{RELATIONS}">'
     f'<Relationship Id="r1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
    ("xl/workbook.xml",
     f'<workbook xmlns="{OOXML}/spreadsheetml/2006/main" xmlns:r="{RELATION}">'
     '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'),
    ("xl/_rels/workbook.xml.rels",
     f'<Relationships xmlns="{RELATIONS}">'
     f'<Relationship Id="r1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'),
)


def workbook(sheet, more=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name, text in PARTS:
            z.writestr(name, text)
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for piece in sheet:
                part.write(piece)
        for name, text in more:
            z.writestr(name, text)
    return out.getvalue()


def cells(row, *values):
    said = (f'<c r="{chr(65 + k)}{row}" t="inlineStr"><is><t>{v}</t></is></c>' for k, v in enumerate(values))
    return f'<row r="{row}">{"".join(said)}</row>'.encode()


SHEET = f'<worksheet xmlns="{OOXML}/spreadsheetml/2006/main"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"
HEADER = ("Invoice", "Ship Date", "Part", "Qty", "UOM", "Currency", "Resale")
LAUGH = "".join(f'<!ENTITY {chr(98 + k)} "{("&" + chr(97 + k) + ";") * 10}">' for k in range(12))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">{LAUGH}]>'.encode()
SEGMENT = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260408*1400*U*00401*000000001*0*P*>~"
SEGMENT += b"GS*PT*S*R*20260408*1400*1*X*004010~ST*867*0001~BPT*00*R-1*20260408*02~REF*ZZ*"


def once(body, kind="application/octet-stream", headers=()):
    return lambda hold: [post(body, kind=kind, headers=headers)[0]]


def attacks(neighbour):
    fine, refused = {202}, {422}
    beside("bodies that dribble", slow_bodies, {408, 0}, neighbour)
    beside("heads that dribble", slow_heads, set(), neighbour)
    beside("more connections than an address may have", too_many_connections, set(), neighbour)
    beside("a million headers", million_headers, {400, 413, 431, 0}, neighbour)
    beside("a length said twice, in two ways, below nought", raw_heads, {400, 413, 0}, neighbour)
    beside("lines of chunks without an end", chunk_lines, {400, 431}, neighbour)
    beside("a body larger than it may be", lambda hold: [read_after_head(1 << 40)], {413}, neighbour)
    beside("a GiB of blanks in gzip", once(bomb(), headers={"Content-Encoding": "gzip"}), {413, 0}, neighbour)
    beside("gzip that is none",
           once(b"\x1f\x8b" + b"x" * 5000, headers={"Content-Encoding": "gzip"}), {400, 0}, neighbour)
    beside("a segment of 24 MiB",
           once(SEGMENT + b"A" * (24 << 20) + b"~SE*4*0001~GE*1*1~IEA*1*000000001~"), refused, neighbour)
    beside("a segment without an end", once(SEGMENT + b"B*" * (4 << 20)), refused, neighbour)
    beside("JSON a million brackets deep", once(b"[" * 1000000, "application/json"), refused | {413}, neighbour)
    beside("a JSON record of 24 MiB",
           once(b'{"kind":"' + b"x" * (24 << 20) + b'"}', "application/json"), refused | {413}, neighbour)
    beside("a row of a million cells",
           once(b"Invoice,Part\n" + b"," * 1000000 + b"\n", "text/csv"), refused | fine, neighbour)
    beside("a quote that never closes",
           once(b'Invoice,Ship Date,Part,Qty,UOM,Currency\n"' + b"x,\n" * 50000, "text/csv"), refused | fine, neighbour)
    formulas = [SHEET, cells(1, *HEADER), cells(2, "=1+1", "=TODAY()", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-1"),
                b'<row r="3"><c r="A3"><f>1/0</f><v>#DIV/0!</v></c><c r="B3"><f>"2026-03-01"</f></c></row>', SHEET_END]
    beside("a workbook of formulas", once(workbook(formulas)), refused | fine, neighbour)
    beside("entities that expand",
           once(workbook([LAUGHS, SHEET, cells(1, *HEADER), cells(2, "&m;"), SHEET_END])), refused, neighbour)
    beside("a sheet of more than a GiB in a small file",
           once(workbook([SHEET, cells(1, *HEADER)] + [cells(2, "x" * 1000) * 1000] * 1100 + [SHEET_END])), {413}, neighbour)
    beside("a workbook of 5 000 parts",
           once(workbook([SHEET, SHEET_END], [(f"xl/media/{n}", "x") for n in range(5000)])), refused, neighbour)


def read_after_head(length):
    with connect() as s:
        s.sendall(head(length))
        return read_status(s)


def document_of(lines, name):
    rows = [f"{name}-{n},2026-03-01,SW-24,1,EA,USD,2.50" for n in range(lines)]
    return ("Invoice,Ship Date,Part,Qty,UOM,Currency,Resale\n" + "\n".join(rows) + "\n").encode()


def is_fair(neighbour):
    """While many lines are posted everybody else has his turns."""
    lines = int(os.environ.get("LINES", "60000"))
    body, got = document_of(lines, "big"), []
    thread = threading.Thread(target=lambda: got.append(post(body, "big", "text/csv", source="127.0.0.3")), daemon=True)
    since, began = len(neighbour.waits), time.monotonic()
    thread.start()
    thread.join(300)
    took = time.monotonic() - began
    waits = sorted(neighbour.waits[since:])
    if not got or got[0][0] != 202 or f'"passed":{lines}'.encode() not in got[0][1]:
        complain(f"a large document is answered {got[:1]}")
    if neighbour.others or len(waits) < 3:
        complain(f"beside a large document {len(waits)} were answered {neighbour.others[:3]}")
    median = waits[len(waits) // 2] if waits else took
    most = waits[-1] if waits else took
    print(f"  {lines} lines in {took:.1f} s: beside them {len(waits)} documents in {1000 * median:.0f} ms, {1000 * most:.0f} at most", flush=True)
    if median > took / 8:
        complain(f"a large document that takes {took:.1f} s delays others by {median:.1f} s")


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def grant(*tokens):
    text = "submitters:\n" + "".join(f"  - {{id: {s}, partner_id: N-100}}\n" for s in ("good", "bad", "big")) + "tokens:\n"
    shown = (("bad", "bad"), ("big", "big"), *(("good", t) for t in tokens))
    text += "".join(f"  - {{submitter: {s}, sha256: {digest(t)}, scopes: [submit, read]}}\n" for s, t in shown)
    with open(SUBMITTERS + ".new", "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(SUBMITTERS + ".new", SUBMITTERS)
    os.kill(PID, signal.SIGHUP)


def becomes(want, token):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        status, _ = post(sale(f"token-{token}"), token, "application/json")
        if status in want:
            return True
        time.sleep(0.05)
    return False


def rotate(neighbour):
    """New beside old, then new alone: who shows the one that is good is never refused."""
    old = "good"
    for turn in range(4):
        new = f"good-{turn}"
        grant(old, new)
        if not becomes({202, 200}, new):
            complain("a new token is not taken")
        since = len(neighbour.waits)
        neighbour.token = new
        neighbour.is_served(since)
        grant(new)
        if not becomes({401}, old):
            complain("an old token is good for ever")
        neighbour.is_served(len(neighbour.waits))
        old = new
    if neighbour.others:
        complain(f"while tokens changed: {neighbour.others[:3]}")
    print("  4 tokens changed under load, none of the documents refused", flush=True)


def fill_disk(neighbour):
    """503 while there is no room, nothing half kept, and as before when there is."""
    neighbour.ends = True
    neighbour.join(PATIENCE_S)
    big = os.urandom(1 << 20) * 120
    statuses = {post(big)[0] for _ in range(2)}
    if not statuses <= {503, 0}:
        complain(f"a body that the disk cannot hold is answered {statuses}")
    if not becomes({202, 200}, neighbour.token):
        complain("what a body left behind keeps the disk full")
    with open(f"{DISK}/ballast", "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(65536))
        except OSError:
            pass
    if not becomes({503}, neighbour.token):
        complain("a full disk takes documents")
    with open(os.path.join(FOLDERS, "inbox", "bad", "waits.json"), "wb") as file:
        file.write(sale("waits-for-room"))
    time.sleep(LOOKS_S)
    if not os.path.exists(os.path.join(FOLDERS, "inbox", "bad", "waits.json")):
        complain("a full disk takes files out of folders")
    os.remove(f"{DISK}/ballast")
    status, answer = 503, b""
    until = time.monotonic() + PATIENCE_S
    while status == 503 and time.monotonic() < until:
        status, answer = post(sale("room-again"), neighbour.token, "application/json")
    if status != 202:
        complain(f"with room again a document is answered {status} {answer[:200]}")
    receipt = os.path.join(FOLDERS, "outbox", "bad", "waits.json.receipt.json")
    while not os.path.exists(receipt) and time.monotonic() < until:
        time.sleep(0.05)
    if not os.path.exists(receipt):
        complain("with room again a folder is not looked at")
    print("  a body larger than the disk, a full disk for the door and for folders, room again", flush=True)


def peak_mib():
    with open(f"/proc/{PID}/status", encoding="utf-8") as text:
        return next(int(line.split()[1]) for line in text if line.startswith("VmHWM")) >> 10


grant("good")
if not becomes({202, 200}, "good"):
    complain("no document is taken")
first = peak_mib()
one = Neighbour()
one.start()
attacks(one)
mutants = os.path.join(os.path.dirname(os.path.abspath(__file__)), "door_mutants.py")
if subprocess.run([sys.executable, mutants, str(PORT), os.environ.get("MUTANTS", "2000"),
                   os.environ.get("TEST_SEED", "1")], check=False).returncode:
    complain("see above: requests that were made otherwise")
peak = peak_mib()
is_fair(one)
rotate(one)
if DISK != "-":
    fill_disk(one)
one.ends = True
one.join(PATIENCE_S)
print(f"  memory: {first} MiB at first, {peak} behind all attacks, {peak_mib()} behind the large document", flush=True)
if peak > first + 128:
    complain(f"memory grew from {first} to {peak} MiB under attack")
print(one.sent)
sys.exit(bool(failed))
