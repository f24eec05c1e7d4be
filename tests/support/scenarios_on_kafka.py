#!/usr/bin/env python3
"""scenarios_on_kafka.py BUILD BROKERS REDIS [--lanes N] FILE.scn...: scenarios of tests/e2e through the four services
on Apache Kafka, against the embedded engine: outcome and reasons of each line, payouts and balances are the same.

Each has topics and services of its own, in a namespace, and a clock that goes on from where the scenario's stands
(clock_of_file.c). It goes in parts, in the order in which it is written: lines are a document through the door, a
record is published by one person and put in force by another, a review is an act of a person with claimctl, which says
the same word as a run where it has no effect. A part has come to rest when every line stands where the embedded engine
has it behind the same parts. Lag tells no rest: a line may wake others that waited."""
import argparse
import concurrent.futures
import datetime
import http.client
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from installation import SERVICES, Room, json_lines  # noqa: E402
from ports import free_port  # noqa: E402
from scenario import Scenario, check, dump, name_payouts  # noqa: E402

PATIENCE_SECONDS = 300


class Differs(Exception):
    pass


class Kept:
    """Of names that stand for ids of lines: each stays until it has one."""

    def get(self, name, _):
        return f"@{name}@"


# --- the scenario, part by part, and the embedded engine's word on each ----------------------------------------------


def named_by(one):
    """Of which lines a line speaks by the names that only a run knows."""
    payouts = (payout.split("/")[0] for payout in one.get("payout_ids", []))
    return {one.get("original_line_ref"), *one.get("line_refs", []), *payouts}


def may_overtake(one, part):
    """Whether a line may take a unit from another partner that a line before it asks back: a cancelled return does so at
    its turn, the others of a window are asked for before."""
    return "serials" in one and any(other["kind"] in ("CANCEL", "REPLACE") and other["partner_id"] != one["partner_id"]
                                    for other in part)


def goes_with(one, part):
    """Whether a line can be sent with those: it names none of them, nobody approves the last of them first, and it
    overtakes none."""
    return (not named_by(one) & {other["line_id"] for other in part} and "approved_by" not in part[-1]
            and not may_overtake(one, part))


def unix_seconds(at):
    return datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()


def moment(at, number):
    """What is sent apart arrives apart: of two documents of one moment none is the first."""
    return f"{at[:-1]}.{number:03}Z"


def parts_of(scenario):
    """[(at, inputs)]: lines of a document that arrived together and can be sent together, or a record, or a review.
    Each comes a millisecond behind the one before."""
    parts, before = [], None
    for name, inputs in scenario.documents.items():
        for one in inputs:
            at = one.get("received_at") or one.get("review", {}).get("at")
            key = (name, at) if "kind" in one else None
            if key and key == before and goes_with(one, parts[-1][1]):
                parts[-1][1].append(one)
            else:
                parts.append((at, [one]))
            before = key
    return [part_at(at, inputs, number) for number, (at, inputs) in enumerate(parts)]


def part_at(at, inputs, number):
    for one in inputs:
        for said, member in ((one, "received_at"), (one.get("review", {}), "at")):
            if member in said:
                said[member] = at = moment(said[member], number)
    return at, inputs


def of_lines(rows):
    members = ("kind", "outcome", "reasons", "paid", "refused", "partner_id", "stage")
    return {r["line_id"]: {m: r.get(m) for m in members} for r in rows if r.get("line_id")}


def of_payouts(rows):
    return {r["payout_id"]: {k: v for k, v in r.items() if k not in ("at",)} for r in rows}


def told(want, got):
    for key in sorted(set(want) | set(got)):
        if want.get(key) != got.get(key):
            yield f"{key}: {json.dumps(got.get(key))}, in a run {json.dumps(want.get(key))}"


class Embedded:
    """What `claimctl run` says behind each part. Names of earlier parts become ids, as submitters are told them."""

    def __init__(self, claimctl, path, folder):
        self.claimctl, self.folder, self.world = claimctl, folder, f"{folder}/world"
        self.scenario = Scenario(path, Kept())
        self.parts = parts_of(self.scenario)
        self.scenario.documents = {}
        self.scenario.write(self.world)
        self.ids, self.payouts = {}, {}
        self.run_all()
        if re.search(r"@\w+@", json.dumps(self.parts)):          # of a document that comes later, perhaps
            self.run_all()

    def run_all(self):
        self.files, self.results, self.behind = [], [], []
        for number, (_, inputs) in enumerate(self.parts):
            self.run(number, inputs)

    def run(self, number, inputs):
        path = f"{self.folder}/part-{number:03}.ndjson"
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(self.with_ids(one)) + "\n" for one in inputs)
        self.files.append(path)
        words = [w for file in self.files for w in ("--input", file)]
        done = self.ask("run", "--world", self.world, *words, "--received-from-input", "--results", "-", "--balances",
                        f"{self.folder}/balances", "--state", f"{self.folder}/kept")
        if done.returncode not in (0, 3) or "error[" in done.stderr:
            raise Differs(f"the embedded run ends with {done.returncode}: {done.stderr}")
        self.results = json_lines(done.stdout)
        by_name = {r["ref"]: r for r in self.results if "ref" in r}
        self.ids.update({name: r["line_id"] for name, r in by_name.items() if "line_id" in r})
        self.payouts.update({name: payout for payout, name in name_payouts(by_name).items()})
        voids = (r for r in self.results if r.get("review") == "void")
        self.voids = {r["document"]: r["errors"][0]["code"] for r in voids}
        self.behind.append(self.standings())

    def standings(self):
        return of_lines(json_lines(self.ask("lines", "list", "--json", "--state", f"{self.folder}/kept").stdout))

    def balances(self):
        with open(f"{self.folder}/balances", encoding="utf-8") as file:
            return json_lines(file.read())

    def ask(self, *words):
        return subprocess.run([self.claimctl, *words], capture_output=True, text=True, timeout=300, check=False)

    def with_ids(self, one):
        text = re.sub(r"@(\w+)@", lambda m: self.ids.get(m[1], 32 * "f"), json.dumps(one))
        one = json.loads(text)
        if "original_line_ref" in one:
            one["original_line_ref"] = self.ids.get(one["original_line_ref"], one["original_line_ref"])
        for member, names in (("line_refs", self.ids), ("payout_ids", self.payouts)):
            if member in one:
                one[member] = [names.get(value, value) for value in one[member]]
        return one


# --- the services ---------------------------------------------------------------------------------------------------


class Live:
    """The four services of one scenario."""

    def __init__(self, build, room, embedded, namespace, redis):
        self.build, self.room, self.embedded = build, room, embedded
        self.clock, self.config = f"{room.dir}/clock", f"{room.dir}/local.yaml"
        self.ports = {name: free_port() for name in ("door", *SERVICES)}
        self.now, self.proposed, self.approvals = "", {}, {}
        self.write_config(namespace, redis)
        room.environment.update(TEST_CLOCK_FILE=self.clock, CLAIMSTREAM_CONFIG=self.config)

    def write_config(self, namespace, redis):
        world, lists = self.embedded.world, "deploy/local/no-lists.yaml"
        if os.path.exists(f"{world}/lists.yaml"):
            lists = f"{world}/lists.yaml"
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(f"""namespace: {namespace}
kafka.brokers: "{self.room.brokers}"
topics.allow_single_replica: true
workers: 1
redis.address: {redis}
state.dir: {self.room.dir}/state
screening.lists_file: {os.path.abspath(lists)}
intake.auth: none
intake.spool_dir: {self.room.dir}/spool
intake.raw_dir: {self.room.dir}/raw
intake.accept_received_at: true
http.listen: 127.0.0.1:{self.ports["door"]}
""")

    def set_clock(self, at):
        """Never back, as the embedded engine's."""
        if not at or at <= self.now:
            return
        self.now = at
        offset_ms = int(1000 * (unix_seconds(at) - time.time()))
        with open(self.clock + ".new", "w", encoding="ascii") as out:
            out.write(f"{offset_ms}\n")
        os.replace(self.clock + ".new", self.clock)

    def claimctl(self, *arguments, codes=(0,)):
        done = subprocess.run([f"{self.build}/claimctl", *arguments], capture_output=True, text=True, check=False,
                              timeout=300, env=self.room.environment)
        if done.returncode not in codes:
            raise Differs(f"claimctl {' '.join(arguments)}: {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def ask(self, port, method, target, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request(method, target, body, {"Content-Type": "application/x-ndjson"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError as e:
            return 0, str(e).encode()
        finally:
            connection.close()

    def begin(self):
        self.set_clock(self.embedded.scenario.first)
        self.claimctl("topics", "create", "--partitions", "1", "--replicas", "1")
        self.claimctl("load", self.embedded.world)
        for name in SERVICES:
            self.room.spawn(name, f"{self.build}/{name}", "--config", self.config, "--set",
                            f"admin.listen=127.0.0.1:{self.ports[name]}")
        self.eventually("the services are ready",
                        lambda: all(self.ask(self.ports[name], "GET", "/readyz")[0] == 200 for name in SERVICES))

    def eventually(self, what, condition):
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            for process in self.room.processes:
                if process.poll() is not None:
                    raise Differs(f"{os.path.basename(process.args[0])} ended with {process.returncode}")
            if time.monotonic() > until:
                raise Differs(what() if callable(what) else f"{what}: not within {PATIENCE_SECONDS} s")
            time.sleep(0.05)

    # parts

    def take(self, number):
        at, inputs = self.embedded.parts[number]
        self.set_clock(at)
        if "record" in inputs[0]:
            self.take_record(inputs[0]["record"], number)
        elif "review" in inputs[0]:
            self.take_review(inputs[0]["review"], number)
        else:
            self.take_lines(self.embedded.files[number], at)
            approved = (one for one in inputs if "approved_by" in one)
            self.approvals.update((self.embedded.ids[one["line_id"]], one["approved_by"]) for one in approved)
        self.rest(self.embedded.behind[number], number)

    def rest(self, want, number):
        """Until every line stands where the embedded engine has it."""
        def differences():
            found = of_lines(json_lines(self.claimctl("lines", "list", "--json")))
            self.approve(found, want)
            return list(told(want, found))
        part = json.dumps(self.embedded.parts[number][1])[:200]
        self.eventually(lambda: f"behind part {number} {part}: {'; '.join(differences()[:5])}",
                        lambda: not differences())

    def take_lines(self, path, at):
        name = os.path.basename(path)
        with open(path, "rb") as file:
            target = f"/v1/documents?name={name}&received_at={at}"
            status, body = self.ask(self.ports["door"], "POST", target, file.read())
        if status not in (200, 202, 422):
            raise Differs(f"{name}: the door answers {status} {body}")

    def approve(self, found, want):
        """A door does not believe that people approved a line: they do it here, once it waits for them. What it is held
        for besides their release would settle, too: such a line waits on, and is compared without that reason."""
        for line_id in list(self.approvals):
            reasons = found.get(line_id, {}).get("reasons") or []
            if "APPROVAL_REQUIRED" not in reasons:
                continue
            stands = want[line_id]
            is_held_for_more = stands["stage"] == "COMPLIANCE" and stands["outcome"] == "HOLD"
            if is_held_for_more and "APPROVAL_REQUIRED" not in stands["reasons"]:
                reasons.remove("APPROVAL_REQUIRED")
                continue
            first, *others = self.approvals.pop(line_id)
            for word, person in [("release", first), *(("confirm", other) for other in others)]:
                self.act(word, line_id, person, ["approver"], "--yes", "--reason", "-")

    def act(self, word, line_id, person, roles, *more):
        """The word for what has no effect, or nothing."""
        out = self.claimctl("holds", word, line_id, "--as", person, "--roles", ",".join(roles), "--execute", *more,
                            codes=(0, 1, 4, 5, 77))
        found = re.search(r"\[([A-Z_]+)\]", out)
        return found[1] if found else None

    def take_record(self, record, number):
        """One person publishes it, another puts it in force."""
        path = f"{self.room.dir}/record-{number}.yaml"
        kind = "partners" if "partner" in record else "programs"
        with open(path, "w", encoding="utf-8") as out:
            if kind == "partners":
                out.write(f"- {dump(record['partner'])}\n")
            else:
                out.writelines(f"{member}: {dump(value)}\n" for member, value in record.items())
        for person in ("pat", "quinn"):
            self.claimctl(kind, "import" if kind == "partners" else "publish", path, "--as", person,
                          "--roles", "program_manager", "--execute")

    def take_review(self, review, number):
        """Where a run says that an act has no effect claimctl says the same word."""
        act, verb = review.get("act", "propose").lower(), review.get("verb", "").lower()
        want = self.embedded.voids.get(os.path.basename(self.embedded.files[number]))
        if act == "propose" and verb not in ("ask", "answer") and not want:
            self.proposed[review["line_id"]] = verb
        is_of_another = act == "confirm" and verb != self.proposed.get(review["line_id"], verb)
        if want and ("clearance_hash" in review or verb == "assign_role" or is_of_another or review["at"] < self.now):
            return                                  # claimctl means what stands now, and names a role
        word = {"assign_role": "assign"}.get(verb, verb) if act == "propose" else act
        more = [] if word == "take" else ["--yes", "--reason", review.get("note") or "-"]
        for option, member in (("--qty", "accepted_qty"), ("--role", "role"), ("--pivot", "pivot")):
            if member in review:
                more += [option, str(review[member])]
        line_id = self.embedded.ids.get(review["line_id"], review["line_id"])
        said = self.act(word, line_id, review["actor_id"], review["actor_roles"], *more)
        if said != want:
            raise Differs(f"part {number} {json.dumps(review)}: claimctl says {said}, a run {want}")


# --- one scenario ---------------------------------------------------------------------------------------------------


def compare(live, embedded):
    kept = ["--state", f"{embedded.folder}/kept"]
    problems = []
    for words, fold in ((("lines", "list", "--json"), of_lines), (("payouts", "list", "--json"), of_payouts)):
        want, got = (fold(json_lines(live.claimctl(*words, *where))) for where in (kept, []))
        if words[0] == "lines":
            live.approve(got, want)
        problems += [f"{words[0]} {text}" for text in told(want, got)]
    shown = json_lines(live.claimctl("state", "show", "--state-dir", f"{live.room.dir}/state"))
    want, got = ({json.dumps(row, sort_keys=True) for row in rows} for rows in (embedded.balances(), shown))
    problems += [f"balance of a run: {row}" for row in want - got]
    return problems + [f"balance of the services: {row}" for row in got - want]


def unexpected(embedded):
    """What the parts say otherwise than the scenario, which has fewer and larger documents."""
    for number, text, problem in check(embedded.scenario, embedded.results, embedded.balances()):
        yield f"in parts: line {number}: expect {text}: {problem}"


def run(a, path):
    """What is wrong."""
    began, name = time.monotonic(), os.path.basename(path)[:-4]
    room, problems = Room(a.brokers), []
    try:
        embedded = Embedded(f"{a.build}/claimctl", path, room.dir)
        live = Live(f"{a.build}/tests/clock", room, embedded, f"{name}-{os.getpid()}"[:64], a.redis)
        live.begin()
        for number in range(len(embedded.parts)):
            live.take(number)
        live.eventually(lambda: "\n    ".join(compare(live, embedded)[:20]), lambda: not compare(live, embedded))
        problems = list(unexpected(embedded))
    except Differs as e:
        problems = [str(e)]
    finally:
        room.close(a.keep)
    print(f"  {name}: {'differs' if problems else 'alike'}, {time.monotonic() - began:.1f} s", flush=True)
    return problems


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build", type=os.path.abspath)
    p.add_argument("brokers")
    p.add_argument("redis")
    p.add_argument("--lanes", type=int, default=4)
    p.add_argument("--keep", action="store_true", help="leaves the scratch folders")
    p.add_argument("scenarios", nargs="+")
    a = p.parse_args()
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(a.lanes) as lanes:
        found = list(lanes.map(lambda path: run(a, path), a.scenarios))
    for path, problems in zip(a.scenarios, found):
        for text in problems:
            print(f"{path}: {text}")
    print(f"  {len(found)} scenarios on Kafka in {time.monotonic() - began:.0f} s, {sum(map(bool, found))} differ")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
