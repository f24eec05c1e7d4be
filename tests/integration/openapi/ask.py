#!/usr/bin/env python3
"""ask.py PORT DOCUMENTS PHASE EXCHANGES.ndjson: asks a running claim-intake for every operation, status and type of its description.

PHASE: closed (the partitions are not there yet), open, sent (waits until large.ndjson is being posted), draining (it was told to end
meanwhile)."""
import base64
import hashlib
import http.client
import json
import socket
import sys
import threading
import time

PORT, DOCUMENTS, PHASE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
OUT = open(sys.argv[4], "a", encoding="utf-8")
TELLING = ("Location", "ETag", "Idempotent-Replay", "Retry-After", "WWW-Authenticate", "Allow")
NOBODY = "d-000-00000000000000000000"
SALE = {"kind": "POS_SALE", "partner_id": "N-100", "ship_date": "2026-03-01", "vendor_part": "SW-24", "qty": "1", "uom": "EA", "currency": "USD", "resale_unit": "2.50"}
UPLOADS, ASKED = ("/v1/documents", "/v1/validations"), ("", "/errors", "/lines", "/rejects", "/response", "/ack", "/raw")
FLOODS = 20
failed = []


def sale(invoice, **more):
    return json.dumps(SALE | {"invoice_no": invoice} | more).encode()


def record(method, path, note, status, headers, body):
    kind = (headers.get("Content-Type") or "").split(";")[0]
    is_text = kind.endswith(("json", "ndjson", "csv", "x12", "plain"))
    exchange = {"method": method, "path": path, "note": note, "status": status, "type": kind, "headers": {n: headers[n] for n in TELLING if headers.get(n)},
                "body": body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode()}
    OUT.write(json.dumps(exchange) + "\n")


def call(method, path, note, want, token="all", body=None, headers=(), document=None, query="", keep=True, patience=300):
    """One request on a connection of its own. path is that of the description; document fills its {id}."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=patience)
    target = path.replace("{id}", document or NOBODY).replace("{name}", document or "too-large") + query
    sent = dict(headers)
    if token:
        sent["Authorization"] = f"Bearer {token}"
    connection.putrequest(method, target, skip_accept_encoding=True)
    if body is not None and "Content-Length" not in sent and "Transfer-Encoding" not in sent and sent.pop("no-length", None) is None:
        sent["Content-Length"] = str(len(body))
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    if body:
        try:
            connection.send(body)
        except OSError:
            pass                                    # refused before the body
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if keep:
        record(method, path, note, answer.status, answer.headers, data)
    if want and answer.status != want:
        failed.append(f"{method} {target} ({note}): {answer.status}, want {want}: {data[:300]}")
    return answer, data


def submit(body, want=202, **more):
    answer, data = call("POST", "/v1/documents", more.pop("note", "a document"), want, body=body, **more)
    return json.loads(data) if answer.headers.get("Content-Type", "").endswith("json") else {}


def refusals(method, path, body, scope_missing):
    """What every operation that asks for a token refuses alike."""
    upload = {"body": body} if body is not None else {}
    call(method, path, "nobody's token", 401, token="nobody", **upload)
    call(method, path, "without the scope", 403, token=scope_missing, **upload)
    call(method, path, "65 headers", 400, headers={f"x-{n}": "1" for n in range(65)}, **upload)
    for _ in range(FLOODS):                         # a second allows one more: on a slow machine it may have gone by
        flood()
        answer, data = call(method, path, "too often", None, token="flood", keep=False, **upload)
        if answer.status == 429:
            break
    record(method, path, "too often", answer.status, answer.headers, data)
    if answer.status != 429:
        failed.append(f"{method} {path}: a flood is answered {answer.status}")


def flood():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
    for _ in range(5000):
        connection.request("GET", f"/v1/documents/{NOBODY}", headers={"Authorization": "Bearer flood"})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 429:
            connection.close()
            return
        if answer.will_close:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
    failed.append("a flood is not stopped")


def slow(path):
    """More than five seconds for a few bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer all\r\nContent-Length: 10000\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", PORT), 300) as s:
        s.sendall(head + b"{")
        time.sleep(5.5)
        try:
            s.sendall(b'"')
        except OSError:
            pass
        answer = http.client.HTTPResponse(s, method="POST")
        answer.begin()
        record("POST", path, "too slow", answer.status, answer.headers, answer.read())
        if answer.status != 408:
            failed.append(f"a slow body: {answer.status}")


def ask_uploads():
    for path in UPLOADS:
        refusals("POST", path, sale("R"), "reads")
        call("POST", path, "a picture wanted", 406, body=sale("R"), headers={"Accept": "image/png"})
        call("POST", path, "no length", 411, body=b"", headers={"no-length": "1"})
        call("POST", path, "too large", 413, body=b"", headers={"Content-Length": "999999999999"})
        call("POST", path, "a picture", 415, body=sale("R"), headers={"Content-Type": "image/png"})
        call("POST", path, "another digest", 400, body=sale("R"), headers={"Content-Digest": "sha-256=:" + base64.b64encode(bytes(32)).decode() + ":"})
    threads = [threading.Thread(target=slow, args=(path,)) for path in UPLOADS]
    for t in threads:
        t.start()
    return threads


def await_work(body, is_sending):
    """Until a document that is being sent is known by its id, or is not sent any more."""
    parts = (b"alder", hashlib.sha256(body).digest())
    name = hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).hexdigest()[:20]
    while is_sending():
        answer, _ = call("GET", "/v1/documents/{id}", "is it at work", None, document=f"d-000-{name}", keep=False)
        if answer.status == 200:
            return
        time.sleep(0.02)


def ask_keys():
    key = {"Idempotency-Key": "key-1"}
    submit(sale("K-1"), headers=key)
    submit(sale("K-1"), headers=key, note="the key again")
    submit(sale("K-2"), headers=key, want=422, note="the key with another body")
    for lines in (10000, 40000, 160000):            # until one takes long enough to be met at work
        large = {"Idempotency-Key": f"large-{lines}"}
        big = b"\n".join(sale(f"B-{lines}-{n}") for n in range(lines))
        first = threading.Thread(target=lambda b=big, h=large: submit(b, headers=h, note="a large one"))
        first.start()
        await_work(big, first.is_alive)
        answer, data = call("POST", "/v1/documents", "while the first is at work", None, body=sale("K-3"), headers=large, keep=False)
        first.join()
        if answer.status == 409:
            record("POST", "/v1/documents", "while the first is at work", 409, answer.headers, data)
            return
    failed.append("nothing is in progress")


def ask_validations():
    call("POST", "/v1/validations", "checked", 200, body=sale("V-1"))
    call("POST", "/v1/validations", "its lines", 200, body=sale("V-1") + b"\n" + sale("V-2", qty="many") + b"\n{", headers={"Accept": "application/x-ndjson"})
    call("POST", "/v1/validations", "a question", 200, body=b"a,b\n1,2\n", query="?name=q.csv")


def read(path):
    with open(f"{DOCUMENTS}/{path}", "rb") as file:
        return file.read()


def sent_documents():
    """One of each kind that answers differ by."""
    good = submit(sale("G-1"), query="?name=good.json", headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    submit(sale("G-1"), want=200, note="a repeat")
    digest = base64.b64encode(hashlib.sha256(sale("G-2")).digest()).decode()
    submit(sale("G-2"), headers={"Content-Digest": f"sha-256=:{digest}:", "Content-Type": "application/json"})
    submit(b'{"kind":"POS_SALE"}', want=422, note="nothing stands")
    lines = submit(sale("L-1") + b"\n" + sale("L-2", qty="many") + b"\n{\n" + sale("L-3"), note="lines of all ends", query="?name=lines.ndjson")
    table = submit(b"Invoice,Ship Date,Part,Qty,UOM,Currency,Resale\nT-1,2026-03-01,SW-24,1,EA,USD,2.5\nT-2,2026-03-01,SW-24,x,EA,USD,2.5\n", query="?name=t.csv&partner=N-100")
    tabs = submit(b"Invoice\tShip Date\tPart\tQty\tUOM\tCurrency\tResale\nU-1\t2026-03-01\tSW-24\t1\tEA\tUSD\t2.5\n", query="?name=t.tsv&partner=N-100")
    book = submit(read("rejects.xlsx"), query="?name=b.xlsx&partner=N-100", note="a workbook")
    held = submit(b"Invoice,Ship Date,Part,Qty,UOM,Currency\nH-1,3/4/2026,SW-24,1,EA,USD\n", query="?name=h.csv&partner=N-100", note="a question")
    interchange = read("pos.x12")
    x12 = submit(interchange, query="?name=p.x12", note="an interchange")
    number = interchange[90:99]
    answered = interchange.replace(number, b"%09d" % (int(number) + 1)).replace(b"RH-8812", b"RH-9912")
    call("POST", "/v1/documents", "answered as X12", 202, body=answered, headers={"Accept": "application/edi-x12"})
    call("POST", "/v1/documents", "answered as X12 again", 200, body=answered, headers={"Accept": "application/edi-x12"})
    wrong = interchange.replace(number, b"%09d" % (int(number) + 9)).replace(b"RH-8812", b"RH-4412").replace(b"*39*20*", b"*39*many*")
    refused = submit(wrong, query="?name=w.x12", want=422, note="an interchange whose set does not stand")
    array = submit(b"[" + sale("A-1") + b"]", query="?name=a.json", note="an array")
    event = json.dumps({"specversion": "1.0", "id": "e-1", "source": "/erp", "type": "sale", "data": json.loads(sale("E-1"))}).encode()
    event = submit(event, query="?name=e.json", note="an event", headers={"Content-Type": "application/cloudevents+json"})
    several = b"".join(interchange.replace(number, b"%09d" % (int(number) + k)).replace(b"RH-8812", b"RH-77%02d" % k) for k in (2, 3))
    submit(several, query="?name=s.x12", note="several interchanges")
    submit(several, query="?name=s.x12", want=200, note="several again")
    return {"good": good["id"], "lines": lines["id"], "table": table["id"], "tabs": tabs["id"], "book": book["id"], "held": held["id"], "x12": x12["id"], "refused": refused["instance"].rpartition("/")[2], "array": array["id"], "event": event["id"]}


def ask_documents(ids):
    call("GET", "/v1/documents", "the list", 200)
    call("GET", "/v1/documents", "a page of it", 200, query="?limit=2&state=POSTED&since=2026-01-01T00:00:00Z")
    call("GET", "/v1/documents", "no such state", 400, query="?state=GONE")
    refusals("GET", "/v1/documents", None, "submits")
    for part in ASKED:
        path = "/v1/documents/{id}" + part
        refusals("GET", path, None, "submits")
        call("GET", path, "nothing of that id", 404)
    answer, _ = call("GET", "/v1/documents/{id}", "its status", 200, document=ids["good"])
    call("GET", "/v1/documents/{id}", "not changed", 304, document=ids["good"], headers={"If-None-Match": answer.headers["ETag"]})
    call("GET", "/v1/documents/{id}", "too long a wait", 400, document=ids["good"], query="?wait=99")
    for name in ids:
        call("GET", "/v1/documents/{id}", f"status of {name}", 200, document=ids[name])
        call("GET", "/v1/documents/{id}/errors", f"errors of {name}", 200, document=ids[name])
        call("GET", "/v1/documents/{id}/lines", f"lines of {name}", 200, document=ids[name])
        call("GET", "/v1/documents/{id}/raw", f"bytes of {name}", 200, document=ids[name])
    call("GET", "/v1/documents/{id}/lines", "those refused", 200, document=ids["lines"], query="?outcome=REJECT")
    call("GET", "/v1/documents/{id}/lines", "no such outcome", 400, document=ids["lines"], query="?outcome=LOST")
    for name in ("lines", "table", "book", "x12"):
        call("GET", "/v1/documents/{id}/rejects", f"rejects of {name}", 200, document=ids[name])
    call("GET", "/v1/documents/{id}/rejects", "rejects as X12", 200, document=ids["refused"], headers={"Accept": "application/edi-x12"})
    call("GET", "/v1/documents/{id}/ack", "997", 200, document=ids["x12"])
    call("GET", "/v1/documents/{id}/response", "849", 200, document=ids["x12"])


def ask_answers(ids):
    answers, replays = "/v1/documents/{id}/answers", "/v1/documents/{id}/replays"
    plan = json.dumps({"profile": "default"}).encode()
    for path, body, missing in ((answers, b'{"dates":"mdy"}', "reads"), (replays, plan, "submits")):
        refusals("POST", path, body, missing)
        call("POST", path, "nothing of that id", 404, body=body)
        call("POST", path, "none of its forms", 400, body=b'{"what":1}')
        call("POST", path, "no length", 411, body=b"", headers={"no-length": "1"})
        call("POST", path, "too large", 413, body=b"x" * 5000)
    call("POST", answers, "not asked", 409, body=b'{"dates":"mdy"}', document=ids["good"])
    call("POST", answers, "answered", 200, body=b'{"dates":"mdy"}', document=ids["held"])
    other = submit(b"Invoice,Ship Date,Part,Qty,UOM,Currency\nH-2,3/4/2026,SW-24,1,EA,USD\n", query="?name=i.csv&partner=N-100", note="another question")
    call("POST", answers, "discarded", 200, body=b'{"discard":true}', document=other["id"])
    other = submit(b"Invoice,Ship Date,Part,Qty,UOM,Currency\nH-3,3/4/2026,SW-24,x,EA,USD\n",
                   query="?name=j.csv&partner=N-100", note="a question of a line without a quantity")
    call("POST", answers, "nothing posted", 422, body=b'{"dates":"mdy"}', document=other["id"])
    call("POST", replays, "its plan", 200, body=plan, document=ids["good"])


def ask_descriptions():
    for path in ("/v1/openapi.json", "/problems/{name}"):
        call("GET", path, "for everybody", 200, token=None)
        call("GET", path, "65 headers", 400, token=None, headers={f"x-{n}": "1" for n in range(65)})
    call("GET", "/problems/{name}", "none of that name", 404, token=None, document="nothing")


def ask_other_methods():
    """Not described: what the description does not have is refused, as a problem, and HEAD is GET without its body."""
    for path, methods in ((UPLOADS[0], ("PUT", "DELETE", "PATCH", "OPTIONS")), (UPLOADS[1], ("GET", "PUT")), ("/v1/documents/{id}", ("POST", "DELETE", "OPTIONS")),
                          ("/v1/documents/{id}/raw", ("POST", "PUT")), ("/v1/documents/{id}/answers", ("GET",)), ("/v1/openapi.json", ("POST", "OPTIONS"))):
        for method in methods:
            answer, data = call(method, path, "another method", 405, keep=False, body=b"" if method in ("POST", "PUT", "PATCH") else None)
            if not answer.headers.get("Allow") or json.loads(data)["type"] != "/problems/method-not-allowed":
                failed.append(f"{method} {path}: {answer.headers} {data}")
    for path in ("/", "/v1", "/v2/documents", "/v1/documents/x/y"):
        call("GET", path, "no such path", 404, keep=False)
    for path in ("/v1/documents", "/v1/openapi.json", "/problems/{name}"):
        head, nothing = call("HEAD", path, "its head", 200, keep=False)
        get, body = call("GET", path, "its whole", 200, keep=False)
        if nothing or head.headers["Content-Type"] != get.headers["Content-Type"] or int(head.headers["Content-Length"]) != len(body):
            failed.append(f"HEAD {path}: {head.headers}")


def ask_open():
    threads = ask_uploads()
    ask_keys()
    ask_validations()
    ids = sent_documents()
    ask_documents(ids)
    ask_answers(ids)
    ask_descriptions()
    ask_other_methods()
    for t in threads:
        t.join()


def ask_closed():
    """Before the partitions are there."""
    submit(sale("C-1"), want=503, note="closed")
    call("GET", "/v1/documents", "closed", 503)
    for part in ASKED:
        call("GET", "/v1/documents/{id}" + part, "closed", 503)
    call("POST", "/v1/documents/{id}/answers", "closed", 503, body=b'{"dates":"mdy"}')
    call("POST", "/v1/documents/{id}/replays", "closed", 503, body=b'{"profile":"default"}')


def ask_sent():
    """The draining phase's document is at work."""
    until = time.monotonic() + 300
    await_work(read("large.ndjson"), lambda: time.monotonic() < until)


def ask_draining():
    """Begins before the door is told to end, and asks until it says so: what it says before is not kept."""
    body = sale("V-9")
    while True:
        answer, data = call("POST", "/v1/validations", "about to end", None, body=body, keep=False)
        if answer.status == 503 and b"about to end" in data:
            return record("POST", "/v1/validations", "about to end", answer.status, answer.headers, data)
        time.sleep(0.02)


{"open": ask_open, "closed": ask_closed, "sent": ask_sent, "draining": ask_draining}[PHASE]()
OUT.close()
for line in failed[:20]:
    print(line)
sys.exit(1 if failed else 0)
