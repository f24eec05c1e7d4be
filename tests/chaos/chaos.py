#!/usr/bin/env python3
"""chaos.py --build build/release [--seed S] [--faults N] [--lines N] [--only KIND,...] [--keep]: the services on Apache Kafka and
Redis of their own, under faults, against what the embedded engine says of the same input (kafka.md 13, rungs 4 to 7).

Lines in = lines out by outcome, payouts distinct, verdicts and money equal, state equal to its changelog, progress resumed;
and transactions were open when faults struck, else the run proves nothing (exit 3). The last line is the report."""
import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from installation import SERVICES, TREE, Node, Product, fail, say, wait_for
from machine import BROKER_DISK_MIB, DISK_MIB, NEEDS, MachineFaults, usable

RECOVERY_SECONDS_MAX = 300
HELD, FAILED, PROVED_NOTHING = 0, 1, 3                              # exit codes
STAGES = {"claim-intake": "intake", "partner-classifier": "classification", "claim-screener": "compliance",
          "payout-calculator": "payout"}
AIMED = {"kill_service", "freeze_service"}                          # they wait for a transaction of their service
WORKED_OFF = ["claims.received.v1", "claims.classified.v1", "claims.cleared.v1"]
OUTPUTS = ["claims.received.v1", "claims.classified.v1", "claims.cleared.v1", "claims.decided.v1", "payouts.v1"]


class Faults(MachineFaults):
    """One method a kind of fault; each leaves the installation whole again, or trusts the supervisor to."""

    def __init__(self, product, rng, progress):
        self.product, self.node, self.rng, self.progress = product, product.node, rng, progress

    def service(self):
        return self.rng.choice(self.product.names)

    def open_transaction(self, name):
        """The next transaction of the service is open from here on: all of it is written, its EndTxn does not arrive.
        Lines that are not paid yet bring one, however slow the machine is. False: none came, since nothing is left to do."""
        told, until = len(self.node.told), time.monotonic() + RECOVERY_SECONDS_MAX
        self.node.order(f"pause 26 {STAGES[name]}-")
        while self.progress.paid < self.progress.lines and time.monotonic() < until:
            if any(line.startswith("paused") for line in self.node.told[told:]):
                return True
            time.sleep(0.002)
        self.node.order("heal")
        return False

    def kill_service(self):
        name = self.service()
        is_open = self.open_transaction(name)
        self.product.signal(name, "KILL")
        return f"{name} killed" + " in a transaction" * is_open

    def stop_service(self):
        name = self.service()
        self.product.signal(name, "TERM")
        return f"{name} stopped and started"

    def freeze_service(self):
        """The longer one is beyond the time-outs of transaction and session, so that a zombie wakes up."""
        name, seconds = self.service(), self.rng.choice([3, 14])
        is_open = self.open_transaction(name)
        self.product.signal(name, "STOP")
        time.sleep(seconds)
        self.node.order("heal")
        self.product.signal(name, "CONT")
        return f"{name} frozen for {seconds} s" + " in a transaction" * is_open

    def kill_redis(self):
        self.product.kill_redis()
        time.sleep(self.rng.uniform(0.2, 2))
        self.product.start_redis()
        return "redis killed and started"

    def flush_redis(self):
        self.product.redis_command("FLUSHALL")
        return "redis flushed"

    def kill_broker(self):
        self.node.kill()
        time.sleep(self.rng.uniform(0.5, 2))
        self.node.start()
        return "broker killed and started"

    def freeze_broker(self):
        seconds = self.rng.choice([2, 6])
        os.kill(self.node.pid, 19)
        time.sleep(seconds)
        os.kill(self.node.pid, 18)
        return f"broker frozen for {seconds} s"

    def twin(self):
        """A second process with the ordinal of the first: one of them must give way, and nothing is decided twice."""
        name = self.service()
        self.product.start_twin(name, seconds=5)
        return f"second {name} with the same ordinal for 5 s"

    def rolling_restart(self):
        for name in self.product.names:
            self.product.signal(name, "TERM")
            time.sleep(0.3)
            self.product.wait_ready(name)
        return "rolling restart"

    def scale(self):
        name = self.rng.choice([n for n in self.product.names if n != "claim-intake"])
        second = self.product.start_second(name)
        time.sleep(self.rng.uniform(4, 8))
        self.node.end([second])
        return f"{name} scaled out and in"

    def swallow_reply(self):
        self.node.order("swallow 26 1")
        time.sleep(3)
        return "reply to EndTxn lost"

    def hold_request(self):
        self.node.order("hold 26 5000")
        time.sleep(6)
        return "EndTxn held for 5 s over a reset"

    def cut_network(self):
        seconds = self.rng.choice([1, 4])
        self.node.order("cut")
        time.sleep(seconds)
        self.node.order("heal")
        return f"network cut for {seconds} s"

    def stall_network(self):
        seconds = self.rng.choice([2, 8])
        self.node.order("stall")
        time.sleep(seconds)
        self.node.order("heal")
        return f"network silent for {seconds} s"


KINDS = ["kill_service", "stop_service", "freeze_service", "kill_redis", "flush_redis", "kill_broker", "freeze_broker", "twin",
         "rolling_restart", "scale", "swallow_reply", "hold_request", "cut_network", "stall_network", *NEEDS]


def counts(product, topics):
    """{topic: (committed, written)}."""
    out = subprocess.run([f"{product.build}/chaos/topic_count", product.node.brokers, *topics], capture_output=True, text=True, check=False)
    return {one["topic"]: (one["committed"], one["written"]) for one in map(json.loads, out.stdout.splitlines())}


class Progress(threading.Thread):
    """Notes when something was committed last: recovery is the longest time without, while lines wait."""

    def __init__(self, product, lines):
        super().__init__(daemon=True)
        self.product, self.lines, self.paid, self.last, self.ended = product, lines, 0, time.monotonic(), False

    def run(self):
        while not self.ended:
            found = counts(self.product, ["payouts.v1"]).get("payouts.v1")
            if found and found[0] > self.paid:
                self.paid, self.last = found[0], time.monotonic()
            time.sleep(0.2)


def strike(product, rng, kinds, count, progress):
    faults, longest = Faults(product, rng, progress), 0.0
    order = [kinds[i % len(kinds)] for i in range(count)]
    rng.shuffle(order)
    order.sort(key=lambda kind: kind not in AIMED)                  # while lines are certain to flow
    order[1:] = rng.sample(order[1:], count - 1)
    for kind in order:
        time.sleep(rng.uniform(0.2, 2))
        struck = time.monotonic()
        told = getattr(faults, kind)()
        healed = time.monotonic()
        while progress.last < healed and progress.paid < progress.lines:
            if time.monotonic() - healed > RECOVERY_SECONDS_MAX:
                fail(f"nothing was committed within {RECOVERY_SECONDS_MAX} s after: {told}")
            time.sleep(0.05)
        took = max(0.0, progress.last - healed) if progress.paid < progress.lines else 0.0
        longest = max(longest, took)
        say(f"  {healed - struck:6.1f} s  {told}; committed again after {took:.1f} s, {progress.paid} of {progress.lines} paid")
    return longest


# --- lines that go straight to classification: each earns one payout --------------------------------------------------

DISTRIBUTORS = 20


class Received(threading.Thread):
    """Sends numbered sales, a chunk again when the broker did not take all of it: what a repeat pays is nothing."""
    services = SERVICES[1:]

    def __init__(self, product, lines, rate):
        super().__init__(daemon=True)
        self.product, self.lines, self.rate, self.repeats = product, lines, rate, 0

    def run(self):
        chunk = max(1, self.rate)
        for first in range(0, self.lines, chunk):
            while subprocess.run([f"{self.product.build}/bench/lines", "load", "--brokers", self.product.node.brokers, "--rate", str(self.rate),
                                  "--into", "received", "--stamps", "no", "--distributors", str(DISTRIBUTORS), "--first", str(first),
                                  "--lines", str(min(chunk, self.lines - first))], capture_output=True, check=False).returncode:
                self.repeats += 1
                time.sleep(0.5)

    def make(self, world):
        subprocess.run([sys.executable, f"{TREE}/tests/bench/traffic.py", "--lines", "0", "--distributors", str(DISTRIBUTORS), "--out", world], check=True)
        self.money = self.embedded(world)
        self.payouts = self.lines

    def judge(self):
        """(lost, duplicated, unbalanced)."""
        payouts = payouts_of(self.product)
        numbers = [p["invoice_no"].split(".")[0] for p in payouts]
        say(f"{self.lines} sales, {len(payouts)} payouts, {money(payouts)}; the embedded engine: {self.money}; {self.repeats} chunks sent again")
        twice = len(numbers) - len(set(numbers)) + len(payouts) - len({p["payout_id"] for p in payouts})
        return self.lines - len(set(numbers)), twice, int(money(payouts) != self.money)

    def embedded(self, world):
        """{(ledger, currency): minor units} as the embedded engine pays the same sales."""
        path = f"{self.product.node.dir}/expected.ndjson"
        day = time.strftime("%Y-%m-%d", time.gmtime())
        with open(path, "w", encoding="utf-8") as out:
            for i in range(self.lines):
                out.write(json.dumps({
                    "kind": "POS_SALE", "partner_id": f"D-{i % DISTRIBUTORS + 1:03d}", "invoice_no": f"{i}.0", "invoice_line": "1", "vendor_part": "SW-24",
                    "uom": "EA", "currency": "USD", "ship_date": day, "invoice_date": day, "qty": str(1 + i % 50), "received_at": f"{day}T23:00:00Z",
                    "resale_unit": f"{240 + i % 997 / 100:.2f}",
                    "sold_to": {"name": f"Customer {i % 2003} of the bench", "id_type": "92", "id": f"C-{i % 2003:06d}", "country": "US"}}) + "\n")
        done = subprocess.run([f"{self.product.build}/claimctl", "run", "--world", world, "--input", path, "--received-from-input", "--results", "-"],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            fail(f"the embedded run: {done.returncode}: {done.stderr}")
        return money(p for line in map(json.loads, done.stdout.splitlines()) for p in line.get("payouts", []))


def money(payouts):
    total = {}
    for p in payouts:
        key = (p.get("ledger", "EARNED"), p["currency"])
        total[key] = total.get(key, 0) + int(str(p.get("amount", p.get("amount_minor"))).replace(".", ""))
    return total


def payouts_of(product):
    out = product.claimctl("tail", "payouts.v1", "--from", "beginning", "--exit", "--json").stdout
    return [json.loads(line)["value"] for line in out.splitlines()]


# --- documents through the door of intake: every line ends as in the embedded engine -------------------

RECEIVED_AT = "2026-04-08T09:00:00Z"
FILES_EACH = 10
SENDERS = 5


class Documents(threading.Thread):
    """Sends the files of a world over HTTP, several at a time, each again until it is answered, as a sender does."""
    services = SERVICES

    def __init__(self, product, lines, rate):
        super().__init__(daemon=True)
        self.product, self.lines, self.rate, self.repeats, self.refused = product, lines, rate, 0, []
        self.pause = 0.0

    def files(self):
        """The vendor's agreements first, then the distributors' reports, each in turn."""
        inbox = f"{self.world}/inbox"
        reports = [f"{inbox}/{name}/{file}" for name in os.listdir(inbox) if name != "vendor" for file in os.listdir(f"{inbox}/{name}")]
        return [f"{inbox}/vendor/01-agreements.ndjson", *sorted(reports, key=lambda path: (os.path.basename(path), path))]

    def make(self, world):
        subprocess.run([sys.executable, f"{TREE}/tests/bench/traffic.py", "--lines", str(self.lines), "--distributors", str(DISTRIBUTORS),
                        "--out", world], check=True)
        for name in os.listdir(f"{world}/inbox"):
            if name != "vendor":
                cut_file(f"{world}/inbox/{name}/pos.csv", name, parts=FILES_EACH)
        with open(f"{world}/world.yaml", encoding="utf-8") as text:
            head = text.read().split("submitters:")[0].replace("2026-01-05T09:00:00Z", RECEIVED_AT)
        with open(f"{world}/world.yaml", "w", encoding="utf-8") as out:
            out.write(head)
        self.world, state = world, f"{self.product.node.dir}/embedded"
        self.pause = SENDERS * self.lines / self.rate / (FILES_EACH * DISTRIBUTORS)
        inputs = [word for path in self.files() for word in ("--input", path)]
        done = subprocess.run([f"{self.product.build}/claimctl", "run", "--world", world, *inputs, "--profile", "traffic", "--state", state],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            fail(f"the embedded run: {done.returncode}: {done.stderr}")
        self.verdicts, _ = lines_of(self.product, "--state", state)
        self.entries = payouts_listed(self.product, "--state", state)
        self.payouts = len(self.entries)

    def judge(self):
        """(lost, duplicated, unbalanced): verdict by verdict, entry by entry."""
        found, twice = lines_of(self.product)
        entries = payouts_listed(self.product)
        lost = [line for line in self.verdicts if line not in found]
        differ = [line for line in self.verdicts if line in found and found[line] != self.verdicts[line]]
        for line in (lost + differ)[:5]:
            say(f"  {line}: {self.verdicts[line]}\n  on Kafka: {found.get(line)}")
        more = len([line for line in found if line not in self.verdicts]) + len(entries) - len({e["payout_id"] for e in entries})
        amounts, expected = ({e["payout_id"]: (e["amount"], e["currency"]) for e in es} for es in (entries, self.entries))
        say(f"{len(self.verdicts)} lines, {len(differ)} verdicts differ; {len(entries)} entries, {len(self.entries)} by the embedded engine; "
            f"{self.repeats} documents sent again, {len(self.refused)} refused {self.refused[:3]}")
        return len(lost), twice + more, len(differ) + int(amounts != expected)

    def send(self, path):
        url = f"http://127.0.0.1:{self.product.http_port}/v1/documents?received_at={RECEIVED_AT}&name={os.path.basename(path)}&profile=traffic"
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "60", "-X", "POST", "--data-binary", f"@{path}", url],
                              capture_output=True, text=True, check=False)
        if done.stdout in ("200", "201", "202"):
            return True
        if done.stdout.startswith("4") and done.stdout not in ("408", "409", "425", "429"):
            self.refused.append((path, done.stdout))
            return True
        return False

    def deliver(self, paths):
        for path in paths:
            while not self.send(path):
                self.repeats += 1
                time.sleep(0.5)
            time.sleep(self.pause)

    def run(self):
        """The agreements, then every distributor's reports in their order, several distributors at a time."""
        agreements, *reports = self.files()
        self.deliver([agreements])
        own = {}
        for path in reports:
            own.setdefault(os.path.dirname(path), []).append(path)
        shares = [[path for folder in list(own)[n::SENDERS] for path in own[folder]] for n in range(SENDERS)]
        senders = [threading.Thread(target=self.deliver, args=(share,), daemon=True) for share in shares]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()


def cut_file(path, partner, parts):
    """One file with a header into several that name their partner, so that documents keep coming while faults strike."""
    with open(path, encoding="utf-8") as text:
        header, *rows = ["Partner ID," + text.readline(), *(f"{partner},{row}" for row in text)]
    os.remove(path)
    share = len(rows) // parts + 1
    for part in range(parts):
        with open(f"{path[:-4]}-{part + 1}.csv", "w", encoding="utf-8") as out:
            out.writelines([header, *rows[part * share:(part + 1) * share]])


def what_must_be_alike(one):
    """A waiting line is asked again when a service starts: how much is known of its partner by then is a note of the time."""
    kept = {k: one.get(k) for k in ("kind", "outcome", "payouts", "reasons", "partner_id", "stage")}
    if kept["outcome"] in ("PARK", "HOLD"):
        kept["reasons"] = [r for r in kept["reasons"] or [] if r != "WEAK_EVIDENCE"]
    return kept


def lines_of(product, *where):
    """{line_id: what must be alike}; a line twice is a fault of its own."""
    found, twice = {}, 0
    for one in map(json.loads, product.claimctl("lines", "list", "--json", *where).stdout.splitlines()):
        if not one.get("line_id"):
            continue
        twice += one["line_id"] in found
        found[one["line_id"]] = what_must_be_alike(one)
    return found, twice


def payouts_listed(product, *where):
    return [json.loads(line) for line in product.claimctl("payouts", "list", "--json", *where).stdout.splitlines()]


def payouts_of(product):
    out = product.claimctl("tail", "payouts.v1", "--from", "beginning", "--exit", "--json").stdout
    return [json.loads(line)["value"] for line in out.splitlines()]


def is_idle(product):
    """Every service has committed all that is in its topics."""
    done = product.claimctl("lag", "--json", check=False)
    waits = [row["lag"] for row in map(json.loads, done.stdout.splitlines()) if row["topic"] in WORKED_OFF]
    return done.returncode == 0 and len(waits) > 0 and sum(waits) == 0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--faults", type=int, default=len(KINDS))
    p.add_argument("--lines", type=int, default=150000)
    p.add_argument("--rate", type=int, default=1500, help="lines sent a second")
    p.add_argument("--feed", choices=["documents", "received"], default="documents",
                   help="files over HTTP through all four services, or numbered sales straight to classification")
    p.add_argument("--only", default=",".join(KINDS))
    p.add_argument("--keep", action="store_true", help="leaves the scratch folder")
    a = p.parse_args()
    kinds = a.only.split(",")
    for kind in kinds:
        if kind not in KINDS:
            fail(f"no fault {kind}; there are: {' '.join(KINDS)}")
    kinds = usable(kinds)
    # One that only stands still does not fence itself, and one that is killed comes back at once.
    patience = [] if "kill_broker" in kinds else ["broker.session.timeout.ms=60000"]
    disk_mib = BROKER_DISK_MIB if "fill_broker_disk" in kinds else 0
    node = Node(patience, proxy=f"{os.path.abspath(a.build)}/chaos/kafka_proxy", disk_mib=disk_mib)
    code = FAILED
    try:
        code = run(node, a, kinds, random.Random(a.seed))
    finally:
        node.close(keep=a.keep)
    sys.exit(code)


def run(node, a, kinds, rng):
    feeds = {"received": Received, "documents": Documents}
    product = Product(node, a.build, partitions=4, services=feeds[a.feed].services)
    world = f"{node.dir}/world"
    feed = feeds[a.feed](product, a.lines, a.rate)
    feed.make(world)
    with open(f"{node.dir}/submitters.yaml", "w", encoding="utf-8") as out:
        out.write("submitters: []\n")
    product.load(world)
    if "fill_disk" in kinds:
        node.mount(f"{node.dir}/state-0", DISK_MIB)
    product.start()
    progress = Progress(product, feed.payouts)
    progress.start()
    feed.start()
    longest = strike(product, rng, kinds, a.faults, progress)
    wait_for("everything is sent", 900, lambda: not feed.is_alive())
    wait_for(f"all {feed.payouts} entries are paid", 300, lambda: progress.paid >= feed.payouts)
    wait_for("nothing waits in the topics", 300, lambda: is_idle(product))  # what would be paid twice has come then
    progress.ended = True
    lost, duplicated, unbalanced = feed.judge()
    found = counts(product, OUTPUTS[a.feed == "received":])
    committed, written = (sum(c[i] for c in found.values()) for i in (0, 1))
    say(f"records: {committed} committed, {written} written")
    proves = written > committed
    if not proves:
        say("no fault met an open transaction: this run proves nothing")
    say(f"chaos: {a.faults} faults, {committed} committed, {written - committed} aborted, {lost} lost, {duplicated} duplicated, "
        f"{unbalanced} unbalanced, longest recovery {longest:.1f} s, seed {a.seed}")
    product.stop()
    if lost or duplicated or unbalanced:
        return FAILED
    return HELD if proves else PROVED_NOTHING


if __name__ == "__main__":
    main()
