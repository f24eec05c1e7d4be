#!/usr/bin/env python3
"""chaos.py --build build/release [--seed S] [--faults N] [--lines N] [--only KIND,...] [--keep]: the whole product on Apache
Kafka and Redis of its own, under faults, against what the embedded engine says of the same input (kafka.md 13, rungs 4 to 7).

Lines in = lines out by outcome, payouts distinct, verdicts and money equal, state equal to its changelog, progress resumed;
and transactions were open when faults struck, else the run proves nothing. The last line is the report."""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from installation import SERVICES, Installation, fail, say

RECOVERY_SECONDS_MAX = 60


class Loader(threading.Thread):
    """Sends the documents of the world one after the other, each again until it is answered: what a sender does."""

    def __init__(self, place, world, documents):
        super().__init__(daemon=True)
        self.place, self.world, self.documents, self.sent, self.repeats = place, world, documents, 0, 0

    def run(self):
        for document in self.documents:
            while not self.place.submit(self.world, document):
                self.repeats += 1
                time.sleep(0.5)
            self.sent += 1


class Faults:
    """One method a kind of fault; each leaves the installation whole again, or trusts the supervisor to."""

    def __init__(self, place, rng):
        self.place, self.rng = place, rng

    def service(self):
        return self.rng.choice(SERVICES)

    def kill_service(self):
        return self.place.signal_service(self.service(), "KILL")

    def stop_service(self):
        return self.place.signal_service(self.service(), "TERM")

    def freeze_service(self):
        """Beyond the time-outs of transaction and session, so that a zombie wakes up."""
        name = self.service()
        seconds = self.rng.choice([3, 14])
        self.place.signal_service(name, "STOP")
        time.sleep(seconds)
        self.place.signal_service(name, "CONT")
        return f"{name} frozen for {seconds} s"

    def kill_redis(self):
        self.place.kill_redis()
        time.sleep(self.rng.uniform(0.2, 2))
        self.place.start_redis()
        return "redis killed and started"

    def flush_redis(self):
        self.place.redis_command("FLUSHALL")
        return "redis flushed"

    def kill_broker(self):
        self.place.kill_broker()
        time.sleep(self.rng.uniform(0.5, 2))
        self.place.start_broker()
        return "broker killed and started"

    def freeze_broker(self):
        seconds = self.rng.choice([2, 6])
        self.place.signal_broker("STOP")
        time.sleep(seconds)
        self.place.signal_broker("CONT")
        return f"broker frozen for {seconds} s"

    def twin(self):
        """A second process with the ordinal of the first: one of them must give way."""
        name = self.service()
        self.place.start_twin(name, seconds=5)
        return f"second {name} with the same ordinal"

    def rolling_restart(self):
        for name in SERVICES:
            self.place.signal_service(name, "TERM")
            self.place.wait_ready(name)
        return "rolling restart"

    def scale(self):
        name = self.rng.choice([s for s in SERVICES if s != "claim-intake"])
        self.place.start_second(name)
        time.sleep(self.rng.uniform(4, 8))
        self.place.stop_second(name)
        return f"{name} scaled out and in"

    def swallow_reply(self):
        self.place.proxy_order("swallow 26 1")
        time.sleep(3)
        return "reply to EndTxn lost"

    def hold_request(self):
        self.place.proxy_order("hold 26 5000")
        time.sleep(6)
        return "EndTxn held for 5 s over a reset"

    def cut_network(self):
        seconds = self.rng.choice([1, 4])
        self.place.proxy_order("cut")
        time.sleep(seconds)
        self.place.proxy_order("heal")
        return f"network cut for {seconds} s"


KINDS = ["kill_service", "stop_service", "freeze_service", "kill_redis", "flush_redis", "kill_broker", "freeze_broker", "twin",
         "rolling_restart", "scale", "swallow_reply", "hold_request", "cut_network"]


def run_faults(place, rng, kinds, count, idle):
    """Strikes while lines flow; after each the longest time until something was committed again is kept."""
    faults, longest = Faults(place, rng), 0.0
    order = [kinds[i % len(kinds)] for i in range(count)]
    rng.shuffle(order)
    for kind in order:
        time.sleep(rng.uniform(0.2, 1.5))
        before = place.committed("payouts.v1") + place.committed("claims.decided.v1") + place.committed("claims.received.v1")
        struck = time.monotonic()
        told = getattr(faults, kind)()
        while not idle() and time.monotonic() - struck < RECOVERY_SECONDS_MAX:
            now = place.committed("payouts.v1") + place.committed("claims.decided.v1") + place.committed("claims.received.v1")
            if now > before:
                break
            time.sleep(0.1)
        took = time.monotonic() - struck
        if took >= RECOVERY_SECONDS_MAX:
            fail(f"nothing was committed within {RECOVERY_SECONDS_MAX} s after: {told}")
        longest = max(longest, took)
        say(f"  {took:6.1f} s  {told}")
    return longest


def read_results(path):
    lines, cases = {}, []
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            one = json.loads(row)
            if "line_id" in one:
                lines.setdefault(one["line_id"], []).append(one)
            elif "row" in one:
                lines.setdefault(f"{one['document']}:{one['row']}", []).append(one)
    return lines, cases


# What the clock and the order between partner roots decide, and no verdict.
NOT_COMPARED = {"document", "ref"}


def comparable(one):
    return {k: v for k, v in one.items() if k not in NOT_COMPARED}


def compare(expected, actual):
    lost = [line for line in expected if line not in actual]
    twice = [line for line, rows in actual.items() if len(rows) > 1]
    foreign = [line for line in actual if line not in expected]
    differ = [line for line in expected if line in actual and comparable(expected[line][0]) != comparable(actual[line][0])]
    for line in (lost + twice + foreign + differ)[:5]:
        say(f"expected {json.dumps(expected.get(line))}\n     got {json.dumps(actual.get(line))}")
    return len(lost), len(twice) + len(foreign), len(differ)


def money(results):
    total = {}
    for rows in results.values():
        for one in rows:
            for payout in one.get("payouts", []):
                key = (payout["ledger"], payout["currency"])
                total[key] = total.get(key, 0) + int(payout["amount"].replace(".", ""))
    return total


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--faults", type=int, default=20)
    p.add_argument("--lines", type=int, default=60000)
    p.add_argument("--distributors", type=int, default=24)
    p.add_argument("--only", default=",".join(KINDS))
    p.add_argument("--keep", action="store_true", help="leaves the scratch folder")
    a = p.parse_args()
    kinds = a.only.split(",")
    for kind in kinds:
        if kind not in KINDS:
            fail(f"no fault {kind}; there are: {' '.join(KINDS)}")
    rng = random.Random(a.seed)
    scratch = tempfile.mkdtemp(prefix="claimstream-chaos-")
    place = Installation(os.path.abspath(a.build), scratch)
    try:
        world = place.make_world(a.lines, a.seed, a.distributors)
        expected_path = os.path.join(scratch, "expected.ndjson")
        place.run_embedded(world, expected_path)
        expected, _ = read_results(expected_path)
        place.up(world)
        loader = Loader(place, world, place.documents_of(world))
        started = time.monotonic()
        loader.start()
        longest = run_faults(place, rng, kinds, a.faults, lambda: not loader.is_alive() and place.is_drained())
        loader.join(600)
        if loader.is_alive():
            fail("the documents were not taken within 10 minutes after the last fault")
        place.wait_drained(300)
        say(f"drained {time.monotonic() - started:.0f} s after the first document; {loader.repeats} documents sent again")
        actual_path = os.path.join(scratch, "actual.ndjson")
        place.results(actual_path)
        actual, _ = read_results(actual_path)
        lost, duplicated, differing = compare(expected, actual)
        paid = place.payout_ids()
        duplicated += len(paid) - len(set(paid))
        unbalanced = differing + (money(expected) != money(actual)) + place.state_differences()
        committed, uncommitted = place.transactions("payouts.v1")
        aborted = max(0, uncommitted - committed)
        proves = uncommitted > committed
        print(f"lines {len(expected)}, payouts {len(paid)}; records of claims.* and payouts: {committed} committed, {uncommitted} written")
        if not proves:
            print("no fault met an open transaction: this run proves nothing")
        print(f"chaos: {a.faults} faults, {committed} committed, {aborted} aborted, {lost} lost, {duplicated} duplicated, "
              f"{unbalanced} unbalanced, longest recovery {longest:.1f} s, seed {a.seed}")
        good = proves and lost == 0 and duplicated == 0 and unbalanced == 0
    finally:
        place.down()
        if a.keep:
            say(f"kept: {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
