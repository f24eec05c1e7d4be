#!/usr/bin/env python3
"""doors_alike.py: the documents of feed_files.py through every door, and what differs between two of them.

    doors_alike.py grants|schemas                           the files of claim-intake
    doors_alike.py compare BUILD SCRATCH PORT BROKERS

What `submit --check` says is the measure: each other door gives the same lines with the same positions, issues, texts,
state, acknowledgement and rejects. What has to differ is taken out first: who sent it (hence ids), our control numbers,
and the time."""
import collections
import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import feed_files  # noqa: E402

DOORS = ["http", "folder", "record", "submit"]
KINDS = "POS_SALE POS_RETURN SHIP_DEBIT_CLAIM SPIFF_CLAIM TRANSFER_IN TRANSFER_OUT STOCK_ADJUST INVENTORY " \
        "PRICE_PROTECTION_CLAIM AGREEMENT PERIOD_CLOSE"
LINE_ONLY = {"line_id", "decided", "reasons", "notes", "amount"}
COMMON_TYPES = {"csv": "text/csv", "tsv": "text/tab-separated-values", "x12": "application/edi-x12",
        "json": "application/json",
                "ndjson": "application/x-ndjson"}


def grants():
    kinds = ", ".join(KINDS.split())
    for door in DOORS:
        yield (f"  - {{id: {door}, partner_id: P-17, reports_for: [\"*\"], vendor: true, operator: true, "
               f"kinds: [{kinds}], profile: doors}}")


def tokens():
    for door in DOORS:
        yield f"  - {{submitter: {door}, sha256: {hashlib.sha256(door.encode()).hexdigest()}, scopes: [submit, read]}}"


def schemas():
    guid = feed_files.SCHEMA_GUID.hex()
    return (f"schemas:\n  - {{id: {feed_files.SCHEMA_ID}, guid: \"{guid}\"}}\n"
            f"  - {{id: {feed_files.SCHEMA_ID + 1}, type: json}}\n")


def run(*arguments, **more):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    return done.returncode, done.stdout, done.stderr


def eventually(condition):
    """Whether it comes to hold; for what never does five minutes are spent."""
    until = time.monotonic() + 300
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def objects(data):
    return [json.loads(line) for line in data.splitlines() if line.strip()]


class Case:
    """A document, and what each door said: states of its documents, the lines, errors and answers of the file."""

    def __init__(self, name, data, scratch):
        self.name, self.data, self.path = name, data, os.path.join(scratch, "files", name)
        self.said = {}
        with open(self.path, "wb") as out:
            out.write(data)


def bare_line(line):
    """Without its id, and a claim's that was made of its document's: both name the submitter."""
    out = {k: v for k, v in line.items() if k not in LINE_ONLY}
    if re.fullmatch(r"[0-9a-f]{16}", out.get("claim_id", "")):
        out["claim_id"] = "OF ITS DOCUMENT"
    return out


def masked_answer(data):
    """TA1 and 997 without our numbers and the time."""
    text = data.decode("latin-1")
    out = []
    for isa in re.split(r"(?=ISA[^A-Za-z0-9])", text):
        if len(isa) < 106:
            continue
        e, t = isa[3], isa[105]
        for segment in isa.split(t):
            part = segment.strip().split(e)
            hidden = {"ISA": (9, 10, 13), "GS": (4, 5, 6), "GE": (2,), "IEA": (2,)}.get(part[0], ())
            out.append(e.join("" if k in hidden else p for k, p in enumerate(part)))
    return out


def masked_rejects(data):
    if data[:2] == b"PK":
        return f"a workbook of {len(data) // 256} blocks"      # its ids are compressed
    text = data.replace(b"\0", b"").decode("utf-8", "replace")      # ids of UTF-16, too
    return re.sub(r"\b[0-9a-f]{32}\b", "ID", text)


def state_of(state, counts):
    """A document all of whose lines were refused was posted by nobody."""
    is_refused = state == "POSTED" and counts[0] == 0 and sum(counts) > 0
    return "REJECTED" if is_refused else state


def errors_of(receipt):
    """As a status has them: the question is no error of its own."""
    question = receipt.get("question") or {}
    return [e for e in receipt["errors"] if e.get("number") != question.get("number")]


# --- the doors ------------------------------------------------------------------------------------------------------


def check(case, build, scratch):
    ack, rejects = case.path + ".ack", case.path + ".rejects"
    code, out, err = run(f"{build}/claimctl", "submit", "--check", "--lines", "-", "--ack", ack, "--rejects",
            rejects, "--profile",
                         f"{scratch}/profiles/doors@1.yaml", case.path)
    assert code in (0, 3), f"{case.name}: submit --check ends with {code}: {err.decode()}"
    said = objects(out)
    case.receipts = [o for o in said if "state" in o]
    lines = [bare_line(o) for o in said if "state" not in o]
    states = [state_of(r["state"], list(r["lines"].values())) for r in case.receipts]
    errors = [e for r in case.receipts for e in errors_of(r)]
    case.said["check"] = {"states": states, "lines": lines, "errors": errors,
            "counts": [r["lines"] for r in case.receipts],
                          "formats": [(r.get("format"), r.get("dialect")) for r in case.receipts]}
    for name, path, mask in (("ack", ack, masked_answer), ("rejects", rejects, masked_rejects)):
        data = open(path, "rb").read() if os.path.exists(path) else b""
        case.said["check"][name] = mask(data) if data else None


class Door:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(self, method, target, body=None, token="http", **headers):
        self.connection.request(method, target, body, {"Authorization": f"Bearer {token}", **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers


def type_of(case):
    ending = case.name.split(".")[1] if case.name.endswith(".gz") else case.name.rsplit(".", 1)[-1]
    headers = {"Content-Type": COMMON_TYPES.get(ending, "application/octet-stream")}
    return {**headers, "Content-Encoding": "gzip"} if case.data[:2] == b"\x1f\x8b" else headers


def receipts_of(body, status):
    said = json.loads(body) if body else {}
    if "documents" in said:
        return said["documents"]
    if status in (413, 415, 422):
        return [{"id": said["instance"].rsplit("/", 1)[1], "problem": said}] if "instance" in said else []
    return [said] if "state" in said else []


def over_http(case, port):
    """Validated, then posted, then what is known of it asked one by one."""
    door = Door(port)
    status, body, _ = door.ask("POST", "/v1/validations", case.data, Accept="application/x-ndjson", **type_of(case))
    case.validation = (status, body)
    case.told = {"validation": body[:999].decode("utf-8", "replace")}
    if status == 200:
        said = objects(body)
        receipts = [o for o in said if "state" in o]
        counts = [[r["counts"][k] for k in ("passed", "rejected", "dead")] for r in receipts]
        dialects = [(r.get("format"), r.get("dialect")) for r in receipts]
        lines = [bare_line(o) for o in said if "state" not in o]
        case.said["validation"] = {"counts": [dict(zip(("passed", "rejected", "dead"), c)) for c in counts],
                "lines": lines,
                                   "errors": [e for r in receipts for e in errors_of(r)], "formats": dialects}
    status, body, _ = door.ask("POST", f"/v1/documents?name={urllib.parse.quote(case.name)}", case.data,
            **type_of(case))
    case.status, case.body = status, body
    case.said["http"] = asked(door, receipts_of(body, status), "http")
    if not case.said["http"]["states"]:
        case.said["http"] = {"problem": json.loads(body)["code"], "status": status}


def asked(door, receipts, token):
    out = {"states": [], "lines": [], "errors": [], "counts": [], "formats": [], "ack": [], "rejects": ""}
    for receipt in receipts:
        one = f"/v1/documents/{receipt['id']}"
        status, body, _ = door.ask("GET", one, token=token)
        said = json.loads(body)
        out["states"].append(said["state"])
        out["counts"].append({k: said["counts"][k] for k in ("passed", "rejected", "dead")})
        out["formats"].append((said.get("format"), said.get("dialect")))
        out["errors"] += errors_of(said)
        for name in ("lines", "ack", "rejects"):
            status, body, _ = door.ask("GET", f"{one}/{name}", token=token)
            if status == 200 and name == "lines":
                out["lines"] += [bare_line(o) for o in objects(body)]
            elif status == 200 and name == "ack":
                out["ack"] += masked_answer(body)
            elif status == 200:
                out["rejects"] += masked_rejects(body)
    out["ack"], out["rejects"] = out["ack"] or None, out["rejects"] or None
    return out


def over_folder(cases, scratch, port):
    """All files at once, in one folder; their answers lie beside each other."""
    inbox, outbox = f"{scratch}/inbox/folder", f"{scratch}/outbox/folder"
    for case in cases:
        with open(f"{inbox}/.{case.name}", "wb") as out:
            out.write(case.data)
        os.rename(f"{inbox}/.{case.name}", f"{inbox}/{case.name}")
    door = Door(port)
    for case in cases:
        path = f"{outbox}/{case.name}.receipt.json"
        assert eventually(lambda p=path: os.path.exists(p)), f"{case.name}: no receipt from the folder"
        with open(path, "rb") as file:
            body = file.read()
        said = json.loads(body)
        receipts = receipts_of(body, said.get("status", 202))
        case.said["folder"] = asked(door, receipts, "folder") if receipts else {"problem": said["code"],
                "status": said["status"]}
        case.folder_answers = {}
        for name in sorted(os.listdir(outbox)):
            if name.startswith(case.name + ".") and not name.startswith(case.name + ".receipt"):
                with open(f"{outbox}/{name}", "rb") as file:
                    case.folder_answers[name[len(case.name):]] = file.read()


def over_submit(case, build, scratch, port):
    """`claimctl submit`, and then what is known of it; it names no content type, and sends what is packed unpacked."""
    code, out, err = run(f"{build}/claimctl", "submit", "--json", "--server", f"http://127.0.0.1:{port}",
                         "--token-file", f"{scratch}/submit.token", case.path)
    case.told["submit"] = err.decode("utf-8", "replace")
    said = [receipt for o in objects(out) for receipt in receipts_of(json.dumps(o), o.get("status", 202))]
    case.said["submit"] = asked(Door(port), said, "submit") if said else None


def over_run(cases, build, scratch):
    """As many at once as a run takes."""
    for at in range(0, len(cases), 200):
        run_some(cases[at:at + 200], build, scratch)


def run_some(cases, build, scratch):
    inputs = [x for case in cases for x in ("--input", case.path)]
    code, out, err = run(f"{build}/claimctl", "run", "--world", f"{scratch}/world", "--profile", "doors",
            "--results", "-", *inputs)
    assert code in (0, 3), f"run ends with {code}: {err.decode()[-500:]}"
    by_document = {}
    for o in objects(out):
        if "document" in o:
            by_document.setdefault(o["document"].split("#")[0], []).append(o)
    for case in cases:
        said = by_document.get(case.name, [])
        lines = [o for o in said if "position" in o or "row" in o]
        case.said["run"] = {
            "lines": [(o.get("position"), o.get("row"), o.get("kind"), o.get("invoice_no"),
                    o["errors"] if is_refused(o) else []) for o in lines],
            "states": [(o["state"], o.get("errors", [])) for o in said if "state" in o]}


def is_refused(o):
    return bool(o.get("errors")) and o.get("outcome", "DEAD") in ("REJECT", "DEAD")


# --- comparing -------------------------------------------------------------------------------------------------------


def differences(case):
    """One sentence for each door that says something else than the check."""
    want = case.said["check"]
    for door in ("validation", "http", "folder", *(["submit"] if "submit" in case.told else [])):
        said = case.said.get(door)
        codes = [e["code"] for e in want["errors"]]
        if said is None and any(code in case.told[door] for code in codes):
            continue                                # nothing can be read of it: broken compression
        if said is None:
            yield door, f"nothing: {case.validation[0]} {case.validation[1][:200]}"
            continue
        if "problem" in said:                       # nothing was stored: broken compression
            codes = [e["code"] for e in want["errors"]]
            if said["problem"] not in codes:
                yield door, f"problem {said['problem']}, check {codes}"
            continue
        for name in said:
            if said[name] != want[name]:
                yield door, f"{name}: {first_difference(said[name], want[name])}"
    yield from run_differences(case, want)


def first_difference(a, b):
    if isinstance(a, list) and isinstance(b, list):
        for k, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return f"[{k}] {x} instead of {y}"
    return f"{a} instead of {b}"


def run_differences(case, want):
    lines = [(o.get("position"), o.get("row"), o.get("kind"), o.get("invoice_no"), o["errors"]) for o in want["lines"]]
    said = sorted(case.said["run"]["lines"], key=str)
    if said != sorted(lines, key=str):
        yield "run", f"lines: {first_difference(said, sorted(lines, key=str))}"
    whole = [s for s in want["states"] if s != "POSTED"]
    if sorted(s for s, _ in case.said["run"]["states"]) != sorted(whole):
        yield "run", f"states: {case.said['run']['states']} instead of {whole}"


def folder_differences(case):
    """The files beside the receipt are what the HTTP door gives when it is asked."""
    want, found = case.said["check"], getattr(case, "folder_answers", {})
    acks = [v for k, v in found.items() if k in (".997", ".999", ".ta1")]
    if (masked_answer(acks[0]) if acks else None) != want["ack"]:
        yield "folder", f"acknowledgement beside the receipt: {acks} instead of {want['ack']}"
    rejects = [masked_rejects(v) for k, v in found.items() if re.match(r"(\.\d+)?\.rejects", k)]
    if (rejects[0] if rejects else None) != want["rejects"]:
        yield "folder", f"rejects beside the receipt: {rejects} instead of {want['rejects']}"


# --- what went to Kafka ----------------------------------------------------------------------------------------------


def records_of(build, scratch, topic):
    code, out, err = run(f"{build}/claimctl", "tail", topic, "--config", f"{scratch}/intake.yaml", "--from",
            "beginning", "--exit",
                         "--json")
    assert code == 0, err.decode()
    return objects(out)


BOUND_TO_ITS_DOOR = ("submitter_id", "line_id", "document_id", "door", "received_at", "partner_root_id")


def posted(dossiers, door):
    """What each document of that submitter posted, without what names the submitter."""
    out = {}
    for d in dossiers:
        receipt = d["value"]["receipt"][0]
        if receipt["submitter_id"] == door:
            rest = {k: v for k, v in receipt.items() if k not in BOUND_TO_ITS_DOOR}
            line = bare_line(d["value"]["submission"][0])
            out.setdefault(receipt.get("file_name"), []).append(json.dumps([line, rest], sort_keys=True))
    return {name: sorted(lines) for name, lines in out.items()}


def dead_of(letters, door):
    """Bytes and errors of what was refused."""
    return sorted(json.dumps([d["value"].get("bytes", d["value"]), d["headers"]["claimstream-errors"]], sort_keys=True)
                  for d in letters if d["key"] == door)


def kafka_differences(cases, dossiers, letters):
    one, other = posted(dossiers, "http"), posted(dossiers, "folder")
    for case in cases:
        counts = sum(c["passed"] for c in case.said["check"]["counts"])
        if len(one.get(case.name, [])) != counts:
            yield f"{case.name}: {len(one.get(case.name, []))} lines on claims.received.v1, the check has {counts}"
        if one.get(case.name) != other.get(case.name):
            yield f"{case.name}: received: {first_difference(one.get(case.name), other.get(case.name))}"
    if dead_of(letters, "http") != dead_of(letters, "folder"):
        yield f"dead letters: {first_difference(dead_of(letters, 'http'), dead_of(letters, 'folder'))}"


def packed(line):
    """The protobuf of a line object, by protoc from the words of line.proto."""
    text = {"kind": f"KIND_{line['kind']}", "qty_milli": int(line["qty"]) * 1000, "resale_unit_micros": 4100000,
            "ship_date": 20260302, "invoice_date": 20260302}
    for name in ("partner_id", "invoice_no", "invoice_line", "vendor_part", "uom", "currency", "message_id"):
        text[name] = json.dumps(line[name])
    body = "\n".join(f"{k}: {v}" for k, v in text.items()) + '\nend_customer { name: "Alder" country: "FR" }\n'
    code, out, err = run("protoc", "--encode=claimstream.v1.Submission", "-I", "proto", "claimstream/v1/line.proto",
            input=body.encode())
    assert code == 0, err.decode()
    return out


def over_kafka(build, scratch, brokers):
    """Each form of a record gives the line that its line object gives as a document."""
    records = list(feed_files.records(packed))
    send_records(build, scratch, brokers, (("P-17", h, value) for _, h, value in records))
    dossiers, found = [], []

    def all_came():
        dossiers[:] = records_of(build, scratch, "claims.received.v1")
        found[:] = [d["value"] for d in dossiers if d["value"]["receipt"][0]["submitter_id"] == "record"]
        return len(found) >= len(records)

    eventually(all_came)
    submissions = (v["submission"][0] for v in found)
    return dossiers, [name for name, _, _ in records], {s["message_id"]: s for s in submissions}


def hard_differences(build, scratch, brokers):
    """Records that are hard to read end as they do as lines of a document: passed, or refused with the same errors."""
    case = Case("hard.ndjson", b"\n".join(feed_files.hard_records()) + b"\n", scratch)
    check(case, build, scratch)
    lines = case.said["check"]["lines"]
    send_records(build, scratch, brokers,
                 (("hard", {"content-type": "application/json"}, r) for r in feed_files.hard_records()))
    want, letters = sorted(codes_of(line) for line in lines if line["errors"]), []

    def all_came():
        letters[:] = [d for d in records_of(build, scratch, "deadletters.v1") if d["key"] == "hard"]
        return len(letters) >= len(want)

    eventually(all_came)
    said = sorted(re.findall(r'"code": *"(\w+)"', str(d["headers"].get("claimstream-errors"))) for d in letters)
    surplus, lost = collections.Counter(map(str, said)), collections.Counter(map(str, want))
    if surplus != lost:
        yield f"hard records: {dict(surplus - lost)} instead of {dict(lost - surplus)}"


def in_hex(text):
    return (text if isinstance(text, bytes) else text.encode()).hex()


def send_records(build, scratch, brokers, records):
    """(key, headers, value) of each, in order, by librdkafka's own partitioner."""
    lines = "".join("\t".join([in_hex(key), ",".join(f"{k}={in_hex(v)}" for k, v in headers.items()),
                               value.hex()]) + "\n" for key, headers, value in records)
    code, _, err = run(f"{build}/tests/tool/record_send", brokers, f"{namespace(scratch)}.claims.submitted.v1",
                       input=lines.encode())
    assert code == 0, err.decode()


def spread_numbers(build, scratch):
    """Of the events that were spread, as their sales lie on claims.received.v1."""
    said = [d["value"]["submission"][0].get("message_id", "") for d in records_of(build, scratch, "claims.received.v1")]
    return [int(name[-2:]) for name in said if name.startswith("spread-")]


def spread(build, scratch, brokers):
    """FR-079: sent under any key, and once more under another one."""
    send_records(build, scratch, brokers, feed_files.spread_records(0))
    eventually(lambda: len(spread_numbers(build, scratch)) >= 50)
    send_records(build, scratch, brokers, feed_files.spread_records(3))


def spread_differences(build, scratch):
    """Each counts once, and those of one key stand in the order in which they were sent."""
    numbers = spread_numbers(build, scratch)
    if sorted(numbers) != list(range(50)):
        yield f"spread events: {numbers}"
    for k, key in enumerate(feed_files.SPREAD_KEYS):
        of_key = [n for n in numbers if n % len(feed_files.SPREAD_KEYS) == k]
        if key and of_key != sorted(of_key):            # an empty key goes anywhere
            yield f"spread events of one key: {of_key}"


def codes_of(line):
    return [e["code"] for e in line["errors"]]


def record_differences(names, submissions):
    want = submissions.get("bare-json")
    for name in names:
        said = submissions.get(name)
        told = said and want and {**said, "message_id": "", "invoice_no": ""} == {**want, "message_id": "",
                "invoice_no": ""}
        if not told:
            yield f"record {name}: {said} instead of {want}"


def namespace(scratch):
    with open(f"{scratch}/intake.yaml", encoding="utf-8") as file:
        return re.search(r"^namespace: (\S+)", file.read(), flags=re.M).group(1)


def main():
    if sys.argv[1] == "grants":
        print("submitters:", *grants(), "tokens:", *tokens(), sep="\n")
        return 0
    if sys.argv[1] == "schemas":
        print(schemas(), end="")
        return 0
    build, scratch, port, brokers = sys.argv[2:6]
    cases = [Case(name, data, scratch) for name, data in feed_files.files()]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda c: check(c, build, scratch), cases))
        list(pool.map(lambda c: over_http(c, int(port)), cases))
        list(pool.map(lambda c: over_submit(c, build, scratch, int(port)), cases[::3]))
    over_folder(cases, scratch, int(port))
    over_run(cases, build, scratch)
    complaints = [f"{c.name}: {door}: {what}" for c in cases for door, what in [*differences(c),
            *folder_differences(c)]]
    dossiers, names, submissions = over_kafka(build, scratch, brokers)
    spread(build, scratch, brokers)
    letters = records_of(build, scratch, "deadletters.v1")
    complaints += [*kafka_differences(cases, dossiers, letters), *record_differences(names, submissions),
                   *hard_differences(build, scratch, brokers), *spread_differences(build, scratch)]
    for complaint in complaints:
        print(complaint[:900])
    print(f"  {len(cases)} documents by six doors and {len(names)} forms of a record: {len(complaints)} differences")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
