#!/usr/bin/env python3
"""redis_runs.py CLAIMCTL: whole runs with Redis beside the run without it, byte for byte.

Documents come through pipes, so that something can happen to Redis between two of them. What needs the registry while it is
away waits as PARK REGISTRY_UNAVAILABLE; whatever needs it not, and all of it once the registry is back, must be the same."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from ports import free_port

claimctl, work = sys.argv[1], tempfile.mkdtemp(prefix="claimstream.")
servers = []




class Redis:
    """A server of our own; its socket lies where `place` says, so that another one can take its place."""

    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp(dir=work)
        self.port, self.arguments = free_port(), arguments
        self.start()
        servers.append(self)

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", self.socket(), "--dir", self.folder,
             "--save", "", *self.arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda: self.say("PING") == "PONG")

    def socket(self):
        return os.path.join(self.folder, "sock")

    def say(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket(), *words], capture_output=True, text=True).stdout.strip()

    def until(self, condition, seconds=300):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "Redis does not come to it"
            time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


def place(server, address):
    """The address leads to that server from now on."""
    if os.path.lexists(address):
        os.unlink(address)
    os.symlink(server.socket(), address)


# --- what is sent ---

def spiff(day, partner, rep, claim, serials, **more):
    return {"kind": "SPIFF_CLAIM", "partner_id": partner, "claim_id": claim, "program_id": "SPF-26", "rep_id": rep,
            "invoice_no": "I-" + claim, "invoice_line": "1", "ship_date": "2026-04-02", "vendor_part": "AP-9",
            "qty": str(len(serials)), "uom": "EA", "currency": "USD", "claimed_amount": f"{45 * len(serials)}.00",
            "serials": serials, "received_at": f"2026-04-{day}T09:00:00Z",
            "sold_to": {"name": "Sycamore Logistics", "id_type": "1", "id": "447120093", "country": "US", "role": "END_USER"}, **more}


def sale(day, partner, number, qty):
    return {"kind": "POS_SALE", "partner_id": partner, "invoice_no": number, "invoice_line": "1", "invoice_date": "2026-04-03",
            "ship_date": "2026-04-03", "vendor_part": "SW-24", "qty": str(qty), "uom": "EA", "currency": "USD", "resale_unit": "290.00",
            "received_at": f"2026-04-{day}T10:00:00Z", "sold_to": {"name": f"Customer {number}", "id": f"C-{number}", "country": "US",
                                                                    "role": "END_USER"}}


def deal(day, partner, number, project):
    return {"kind": "DEAL_REGISTRATION", "partner_id": partner, "deal_reg_no": number, "revision": 1, "program_id": "DR-26",
            "end_customer": {"name": "Tamarack Freight", "id_type": "1", "id": "447120094", "country": "US", "role": "END_USER"},
            "project": project, "products": ["sku:SW-48"], "qty": "20", "value": "26000.00", "currency": "USD",
            "expected_close": "2026-06-30", "received_at": f"2026-04-{day}T11:00:00Z"}


def roster(partner, rep):
    return {"kind": "REP_ROSTER", "partner_id": partner, "rep_id": rep, "valid_from": "2026-01-01", "status": "ACTIVE",
            "tax_country": "US", "tax_form_on_file": True, "received_at": "2026-04-12T08:00:00Z"}


# A record is a barrier: everything sent before it is judged, and the registry has what it is owed.
BARRIER = {"record": {"product": {"sku": "ZZ-1", "family": "SWITCH"}}}

DOCUMENTS = {
    "a.ndjson": [roster("M-320", "BE-R1"), spiff(12, "V-310", "AL-R7", "A1", ["AP9K60001", "AP9K60004"]),
                 spiff(12, "V-310", "AL-R7", "A2", ["AP9K60002"], line_id="a2"), deal(12, "V-310", "DR-6001", "Dock 1"), sale(12, "N-100", "B-1", 3), BARRIER],
    "b.ndjson": [spiff(13, "M-320", "BE-R1", "B1", ["AP9K60001"]), spiff(13, "M-320", "BE-R1", "B2", ["AP9K60003"]),
                 deal(13, "M-320", "DR-6101", "Dock 1"), deal(13, "M-320", "DR-6102", "Dock 2"), sale(13, "N-100", "B-2", 5),
                 sale(13, "R-200", "B-3", 4), BARRIER],
    "c.ndjson": [spiff(14, "V-310", "AL-R7", "C1", ["AP9K60003"]), deal(14, "V-310", "DR-6002", "Dock 2"),
                 {"kind": "CANCEL", "partner_id": "V-310", "original_line_ref": "a2", "received_at": "2026-04-14T12:00:00Z"},
                 sale(14, "N-100", "B-4", 7), {"record": {"partner": {
                     "partner_id": "S-330", "name": "Corner Electronics", "status": "ACTIVE", "roles": [{"role": "RETAILER"}],
                     "country": "US", "currency": "USD", "price_list_id": "PL-US", "payee": {"payee_id": "S-330", "name": "Corner"}}}}, BARRIER],
    "d.ndjson": [spiff(15, "M-320", "BE-R1", "D1", ["AP9K60002"]), spiff(15, "V-310", "AL-R7", "D2", ["AP9K60009"]),
                 sale(15, "N-100", "B-5", 2), sale(15, "S-330", "B-6", 2), BARRIER],
}


def text_of(lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


# --- runs ---

def certificates():
    """An authority and a server's certificate of it; the words of redis-server, the settings of a run."""
    folder = os.path.join(work, "tls")
    os.mkdir(folder)
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    with open(os.path.join(folder, "names"), "w") as names:
        names.write("subjectAltName=IP:127.0.0.1")
    for words in (f"req -x509 {key} -subj /CN=ca -keyout ca.key -out ca.pem",
                  f"req {key} -subj /CN=redis -keyout redis.key -out redis.csr",
                  "x509 -req -days 2 -set_serial 7 -in redis.csr -CA ca.pem -CAkey ca.key -extfile names "
                  "-out redis.pem"):
        subprocess.run(["openssl", *words.split()], check=True, capture_output=True, cwd=folder)
    server = f"--tls-cert-file {folder}/redis.pem --tls-key-file {folder}/redis.key --tls-ca-cert-file {folder}/ca.pem"
    settings = ["--set", "redis.tls=true", "--set", f"redis.tls_ca={folder}/ca.pem"]
    return [*server.split(), "--tls-auth-clients", "no"], settings


# No server that runs meets it, however busy the machine; what must time out says how soon.
PATIENT_MS, HASTY_MS = 10000, 500


def command(folder, results, balances, address, timeout_ms, more):
    words = [claimctl, "run", "--sample", "first-hour", "--received-from-input", "--results", results, "--balances", balances]
    for name in DOCUMENTS:
        words += ["--input", os.path.join(folder, name)]
    if address:
        words += ["--set", f"redis.address={address}", "--set", f"redis.timeout_ms={timeout_ms}", *more]
    return words


def run(name, address=None, between=None, timeout_ms=PATIENT_MS, more=()):
    """Runs all documents; between(document) is called while the run waits for it."""
    folder = os.path.join(work, name)
    os.mkdir(folder)
    results, balances = os.path.join(folder, "results"), os.path.join(folder, "balances")
    for document in DOCUMENTS:
        os.mkfifo(os.path.join(folder, document))

    def feed():
        for document, lines in DOCUMENTS.items():
            with open(os.path.join(folder, document), "w") as pipe:
                if between:
                    between(document)
                pipe.write(text_of(lines))

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    words = command(folder, results, balances, address, timeout_ms, more)
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    thread.join(10)
    if done.returncode not in (0, 3):
        sys.exit(f"{name}: exit {done.returncode}: {done.stderr}")
    with open(results) as r, open(balances) as b:
        return r.read(), b.read(), done.stderr.strip()


def is_parked(line):
    """Or was, for longer than a line is parked."""
    return line.get("outcome") in ("PARK", "HOLD") and "REGISTRY_UNAVAILABLE" in line.get("reasons", [])


failed = 0


def same(name, got):
    """Byte for byte."""
    global failed
    if got[:2] == plain[:2]:
        print(f"  {name}: equal   {got[2][:220]}")
        return
    failed = 1
    print(f"  {name}: DIFFERS   {got[2]}")
    print(f"    {len(got[0].splitlines())} and {len(plain[0].splitlines())} results, balances {'equal' if got[1] == plain[1] else 'differ'}")
    for mine, theirs in zip(got[0].splitlines(), plain[0].splitlines()):
        if mine != theirs:
            print(f"    with    {mine[:400]}\n    without {theirs[:400]}")


def same_but_parked(name, got, least):
    """Lines that wait for the registry are PARK, at least so many, or behind one that is; no other line differs. A CANCEL ends
    an original that waits, instead of what it was paid."""
    global failed
    pairs = list(zip(map(json.loads, got[0].splitlines()), map(json.loads, plain[0].splitlines())))
    parked = [a for a, _ in pairs if is_parked(a)]
    wrong = [(a, b) for a, b in pairs if a != b and not is_parked(a) and a.get("kind") != "CANCEL"
             and not a.get("reasons", []) == ["WAITING_FOR_TARGET"] and not (a.get("reasons") == ["WITHDRAWN"] and b.get("standing") == "REVERSED")]
    if len(got[0].splitlines()) == len(plain[0].splitlines()) and len(parked) >= least and not wrong:
        print(f"  {name}: equal but for {len(parked)} lines that wait for the registry   {got[2][-90:]}")
        return
    failed = 1
    print(f"  {name}: DIFFERS, {len(parked)} parked   {got[2]}")
    for a, b in wrong:
        print(f"    with    {json.dumps(a)[:400]}\n    without {json.dumps(b)[:400]}")


def at(document, *steps):
    return lambda now: [step() for step in steps] if now == document else None


plain = run("plain")
outcomes = {line.get("claim_id") or line.get("ref"): line for line in map(json.loads, plain[0].splitlines())}
assert "SERIAL_OTHER_PARTNER" in outcomes["B1"]["reasons"] and outcomes["B2"]["outcome"] == "PASS", "the sample has changed"
assert "SERIAL_OTHER_PARTNER" in outcomes["C1"]["reasons"] and outcomes["D1"]["outcome"] == "PASS", "the sample has changed"

try:
    address = os.path.join(work, "redis.sock")
    durable = ("--appendonly", "yes", "--appendfsync", "always")

    redis = Redis()
    place(redis, address)
    same("on", run("on", address))
    redis.say("DEL", *redis.say("KEYS", "reg:*").split())
    same("on again, with the profiles that the last run left", run("again", address))

    same_but_parked("never there", run("off", os.path.join(work, "nobody.sock")), 6)

    redis = Redis()
    place(redis, address)
    same_but_parked("flushed midway", run("flushed", address, at("c.ndjson", lambda: redis.say("FLUSHALL"))), 2)

    redis = Redis()
    place(redis, address)
    same("profiles flushed before each document", run("profiles", address, lambda now: [
        redis.say("DEL", *redis.say("KEYS", "partner:*").split()), redis.say("SET", "partner:N-100", "no profile at all")]))

    redis = Redis()
    place(redis, address)
    same_but_parked("killed midway", run("killed", address, at("b.ndjson", redis.kill)), 5)

    redis = Redis(*durable)
    place(redis, address)

    def come_back():
        redis.start()
        time.sleep(1.2)                             # the breaker asks once a second

    same("killed midway, back with its file before the end", run("restarted", address, lambda now: {
        "b.ndjson": redis.kill, "c.ndjson": come_back}.get(now, lambda: None)()))

    by_tls, secure = certificates()
    port = free_port()
    redis = Redis(*durable, "--tls-port", str(port), *by_tls)
    secured = f"127.0.0.1:{port}"
    same("by TLS", run("by-tls", secured, None, PATIENT_MS, secure))
    redis.say("FLUSHALL")

    def end_midway(now):
        {"b.ndjson": redis.kill, "c.ndjson": come_back}.get(now, lambda: None)()

    same("by TLS, killed midway, back with its file before the end",
         run("tls-restarted", secured, end_midway, PATIENT_MS, secure))
    same_but_parked("by TLS, not believed", run("tls-refused", secured, None, PATIENT_MS, secure[:2]), 6)

    redis = Redis()
    place(redis, address)

    def go_on():
        os.kill(redis.process.pid, signal.SIGCONT)
        time.sleep(1.2)

    for tries in range(3):                          # a machine that stands still looks like a server that does
        redis.say("DEL", *redis.say("KEYS", "*").split())
        stopped = run(f"stopped-{tries}", address, lambda now: {
            "b.ndjson": lambda: os.kill(redis.process.pid, signal.SIGSTOP),
            "c.ndjson": go_on}.get(now, lambda: None)(), HASTY_MS)
        if stopped[:2] == plain[:2]:
            break
    same("stopped for a document", stopped)

    redis = Redis()
    place(redis, address)
    same("slow", run("slow", address, lambda now: redis.say("CLIENT", "PAUSE", "150", "WRITE")))

    def replicated():
        master, replica = Redis("--repl-diskless-sync-delay", "0"), Redis()
        replica.say("REPLICAOF", "127.0.0.1", str(master.port))
        replica.until(lambda: "master_link_status:up" in replica.say("INFO", "replication"))
        place(master, address)
        return master, replica

    def fail_over(master, replica):
        master.kill()
        os.kill(replica.process.pid, signal.SIGCONT)
        replica.say("REPLICAOF", "NO", "ONE")
        place(replica, address)

    def offset(server, name):
        return int(server.say("INFO", "replication").split(name + ":")[1].split()[0])

    def catch_up(master, replica):
        """What was written is sent on by and by; this replica lacks nothing when its master dies."""
        replica.until(lambda: offset(replica, "slave_repl_offset") >= offset(master, "master_repl_offset"))

    master, replica = replicated()
    same("failed over", run("failover", address, at("c.ndjson", lambda: catch_up(master, replica), lambda: fail_over(master, replica))))

    master, replica = replicated()

    def fall_behind():
        replica.until(lambda: replica.say("HLEN", "reg:ready") == "12")
        os.kill(replica.process.pid, signal.SIGSTOP)

    same("failed over to a replica that lacks the newest slots", run("behind", address, lambda now: {
        "a.ndjson": fall_behind,
        "b.ndjson": lambda: fail_over(master, replica)}.get(now, lambda: None)()))

    redis = Redis()
    place(redis, address)

    def evict():
        redis.say("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
        redis.say("CONFIG", "SET", "maxmemory", "1")
        redis.say("SET", "x", "1")
        redis.say("CONFIG", "SET", "maxmemory", "0")
        redis.say("CONFIG", "SET", "maxmemory-policy", "noeviction")

    def evict_slots():
        """Until slots are gone; the epoch itself is written back, since without it the registry is another one."""
        epoch = redis.say("GET", "reg:epoch")
        evict()
        assert not redis.say("KEYS", "reg:serial:*"), "nothing was evicted"
        redis.say("SET", "reg:epoch", epoch)

    same("slots evicted midway", run("evicted", address, at("b.ndjson", evict_slots)))

    redis = Redis()
    place(redis, address)
    redis.say("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    same_but_parked("a policy that evicts", run("policy", address), 6)
finally:
    for server in servers:
        server.kill()
    shutil.rmtree(work, ignore_errors=True)
sys.exit(failed)
