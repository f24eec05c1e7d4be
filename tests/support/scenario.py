#!/usr/bin/env python3
"""scenario.py CLAIMCTL FILE.scn...: small scripts in the language of the business, run through the whole engine.

    given   partner D1 {roles: [{role: DISTRIBUTOR}], price_list_id: PL, currency: USD}
    given   product PART-A {family: CABLE}
    given   price PL PART-A 9.15 USD from 2026-01-01
    given   program SD-7 1 SHIP_DEBIT {}              the header beyond id, version, incentive; blocks follow indented
              ship_debit: {cost_basis: BOOK_AT_SHIP}
    given   file programs/limits.yaml                  any file of a world; its text follows indented
    at      2026-04-08T09:00:00Z                       receipt of what follows
    each    SHIP_DEBIT_CLAIM {claim_id: K-$, …}        what each later line of the kind says too; $ is the line's name,
                                                       and a line says ~ where it lacks what the others have
    line    L1 SHIP_DEBIT_CLAIM D1 {vendor_part: PART-A, qty: 10, …}
    line    L*64 POS_SALE D1 {…}                       as many of them, L1 to L64
    document second                                    what follows comes in another document
    record  {product: {…}}                             a reference record in force from here
    review  {stage: payout, line_id: L1, verb: release, actor_id: ann, actor_roles: [approver]}
    expect  L1 SHORT QTY_EXCEEDED COST_MISMATCH paid 297.50 refused 134.50 payouts SD-7 297.50
    expect  L1 entry 0 ledger=EARNED payable_on=2026-05-08 …     of one of its entries (0 if not said); a payout by name is its id
    expect  balance agreement_line authorisation_no=A-1 remaining=400
    expect  absent serial serial=UNIT1                 no such balance
    expect  voids NO_PROPOSAL SIGNED_BEFORE            every act that had no effect, in order; `expect void CODE`: there is one
    expect  conserved                                  implied: exit 6 always fails
@NAME@ in a line is the line_id of line NAME of another document, as one says who was told it.

Each runs twice, the second time line by line: results and balances are the same bytes. Braces hold flow YAML. A line has the currency USD, `at` as received_at and a part quantity in text unless it says otherwise."""
import json
import os
import re
import subprocess
import sys
import tempfile
from decimal import Decimal, InvalidOperation

BASE = {"ship_date": None, "currency": "USD"}
ACT = {"stage", "line_id", "act", "verb", "actor_id", "actor_roles", "note", "role", "accepted_qty", "at",
       "clearance_hash"}


def flow(text):
    """Flow YAML with every scalar as text: enough for scenarios, no library needed."""
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^{}\[\],:"\s][^{}\[\],"]*?(?=\s*(?:[{}\[\],]|:\s|:$|$))', text)
    position = 0

    def scalar(token):
        return json.loads(token) if token.startswith('"') else token.strip()

    def value():
        nonlocal position
        token = tokens[position]
        position += 1
        if token == "{":
            result = {}
            while tokens[position] != "}":
                key = scalar(tokens[position])
                assert tokens[position + 1] == ":", text
                position += 2
                result[key] = value()
                if tokens[position] == ",":
                    position += 1
            position += 1
            return result
        if token == "[":
            result = []
            while tokens[position] != "]":
                result.append(value())
                if tokens[position] == ",":
                    position += 1
            position += 1
            return result
        return scalar(token)

    return value()


def dump(value):
    """Flow YAML again."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump(v) for v in value) + "]"
    return json.dumps(value)


class Scenario:
    def __init__(self, path, ids=None):
        self.path, self.files, self.partners, self.products, self.prices = path, {}, [], [], []
        self.documents, self.expectations, self.now, self.first, self.common = {}, [], None, None, {}
        self.do_document("input", "", 0)
        self.files["programs/limits.yaml"] = ('limits: {id: default, version: 1, valid_from: 1990-01-01}\n'
                                              'settings: {approval.auto_max: "1000000000", approval.one_max: "1000000000", approval.two_max: "1000000000"}\n')
        text = open(path, encoding="utf-8").read()
        self.needs_ids = ids is None and re.search(r"@\w+@", text)
        lines = re.sub(r"@(\w+)@", lambda m: (ids or {}).get(m[1], 32 * "f"), text).splitlines()
        number = 0
        while number < len(lines):
            line, start = lines[number], number + 1
            number += 1
            body = []
            while number < len(lines) and (lines[number].startswith(" ") or lines[number] == "") and line and not line.startswith("#"):
                body.append(lines[number])
                number += 1
            if line.strip() and not line.startswith("#"):
                self.take(line, "\n".join(body), start)

    def take(self, line, body, number):
        word, rest = line.split(None, 1)
        getattr(self, "do_" + word)(rest, body, number)

    def do_given(self, rest, body, number):
        kind, rest = rest.split(None, 1)
        if kind == "partner":
            pid, text = rest.split(None, 1)
            self.partners.append({"partner_id": pid, "name": pid, "country": "US", "currency": "USD", **flow(text)})
        elif kind == "product":
            sku, text = (rest.split(None, 1) + ["{}"])[:2]
            self.products.append({"sku": sku, **flow(text)})
        elif kind == "price":
            match = re.fullmatch(r"(\S+) (\S+) (\S+) (\S+) from (\S+)", rest)
            self.prices.append(match.groups())
        elif kind == "program":
            pid, version, incentive, text = (rest.split(None, 3) + ["{}"])[:4]
            header = {"id": pid, "version": version, "incentive": incentive, "currency": "USD", "valid_from": "2020-01-01", **flow(text)}
            blocks = "\n".join(b.strip() for b in body.splitlines() if b.strip())
            self.files[f"programs/{pid}-{version}.yaml"] = f"program: {dump(header)}\n{blocks}\n"
        elif kind == "file":
            self.files[rest.strip()] = "\n".join(b.strip() for b in body.splitlines()) + "\n"
        else:
            sys.exit(f"{self.path}:{number}: given what?")

    def do_at(self, rest, body, number):
        self.now = rest.strip()
        self.first = self.first or self.now

    def do_document(self, rest, body, number):
        self.inputs = self.documents[rest.strip() + ".ndjson"] = []

    def do_each(self, rest, body, number):
        kind, text = rest.split(None, 1)
        self.common[kind] = text

    def do_line(self, rest, body, number):
        name, kind, partner, text = (rest.split(None, 3) + ["{}"])[:4]
        name, _, count = name.partition("*")
        if count:
            for i in range(1, int(count) + 1):
                self.do_line(f"{name}{i} {kind} {partner} {text}", body, number)
            return
        common = flow(self.common.get(kind, "{}").replace("$", name))
        members = {k: v for k, v in {**common, **flow(text)}.items() if v != "~"}
        line = {"kind": kind, "line_id": name, "partner_id": partner, "currency": "USD", "received_at": self.now, **members}
        self.inputs.append(line)

    def do_record(self, rest, body, number):
        self.inputs.append({"record": flow(rest)})

    def do_review(self, rest, body, number):
        act = flow(rest)
        if strange := act.keys() - ACT:
            sys.exit(f"{self.path}:{number}: a review has no {', '.join(sorted(strange))}")
        self.inputs.append({"review": {"at": self.now, **act}})

    def do_expect(self, rest, body, number):
        self.expectations.append((number, rest.strip()))

    def write(self, folder):
        columns = ["sku", "status", "family", "product_line", "vendor_parts", "gtins", "partner_parts", "uoms",
                   "returnable", "serial_mask", "serial_check"]
        rows = [[str({"vendor_parts": p["sku"], **p}.get(column, "")) for column in columns] for p in self.products]
        self.files["products.csv"] = "\n".join(",".join(r) for r in [columns] + rows) + "\n"
        self.files["prices.csv"] = "list_id,sku,currency,price,valid_from\n" + "".join(f"{l},{s},{c},{p},{d}\n" for l, s, p, c, d in self.prices)
        self.files["partners.yaml"] = "".join(f"- {dump(p)}\n" for p in self.partners)
        self.files["world.yaml"] = f"clock: {self.first}\n"
        self.documents = {name: inputs for name, inputs in self.documents.items() if inputs}
        for name, inputs in self.documents.items():
            self.files[name] = "".join(json.dumps(i) + "\n" for i in inputs)
        for name, text in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)


def number_or_text(text):
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def same(want, got):
    return got is not None and number_or_text(str(want)) == number_or_text(str(got))


def check_line(words, got):
    """SHORT REASON… (PASS alone: any; PASS -: none) paid N refused N claimed N outstanding N accepted N standing WORD under PROGRAM REASON,… (-: none) payouts PROGRAM AMOUNT …"""
    if words[0] != got["outcome"]:
        yield f"is {got['outcome']} {' '.join(got.get('reasons', []))}"
        return
    at, reasons = 1, []
    while at < len(words) and (words[at].isupper() or words[at] == "-"):
        reasons.append(words[at])
        at += 1
    if reasons == ["-"]:
        reasons = []
    elif not reasons and words[0] == "PASS":
        reasons = got.get("reasons", [])
    if reasons != got.get("reasons", []):
        yield f"reasons are {' '.join(got.get('reasons', [])) or 'none'}"
    names = {"accepted": "accepted_qty"}
    while at < len(words):
        if words[at] == "payouts":
            want = list(zip(words[at + 1::2], words[at + 2::2]))
            have = [(p["program_id"], p["amount"]) for p in got.get("payouts", [])]
            if len(want) != len(have) or not all(w[0] == h[0] and same(w[1], h[1]) for w, h in zip(want, have)):
                yield f"payouts are {have}"
            return
        if words[at] == "under":
            have = got.get("programs", {}).get(words[at + 1], [])
            if have != [word for word in words[at + 2].split(",") if word != "-"]:
                yield f"under {words[at + 1]} stands {have}"
            at += 3
            continue
        member = names.get(words[at], words[at])
        if not same(words[at + 1], got.get(member)):
            yield f"{member} is {got.get(member)}"
        at += 2


def name_payouts(by_name):
    """payout_id → name/program/version/number, as inputs name them."""
    return {p["payout_id"]: f"{name}/{p['program_id']}/{p['program_version']}/{p['adjustment_no']}"
            for name, got in by_name.items() for p in got.get("payouts", [])}


def paid(results):
    """What stays paid of each line, by its name: an entry that takes back counts for the line that was paid. What a REPLACE
    took back is its first entry, which later ones name (domain.md 11): they count for the REPLACE."""
    entries = [(name, entry) for name, result in results.items() for entry in result.get("payouts", [])]
    line_of = {entry["payout_id"]: name for name, entry in entries}
    reverses = {entry["payout_id"]: entry.get("reverses_payout_id") for _, entry in entries}
    sums = {}
    for _, entry in entries:
        first = entry["payout_id"]
        while reverses.get(first):
            first = reverses[first]
            if results[line_of[first]].get("kind") == "REPLACE":
                break
        sums[line_of[first]] = sums.get(line_of[first], 0) + Decimal(entry["amount"])
    return sums


def check_entry(words, got, names):
    at = int(words.pop(0)) if words[0].isdigit() else 0
    if at >= len(got.get("payouts", [])):
        yield f"has {len(got.get('payouts', []))} entries"
        return
    entry = dict(got["payouts"][at])
    if "reverses_payout_id" in entry:
        entry["reverses_payout_id"] = names.get(entry["reverses_payout_id"])
    for member, want in (w.split("=", 1) for w in words):
        if not same(want, entry.get(member)) and not (want == "" and member not in entry):
            yield f"{member} is {entry.get(member)}"


def check(scenario, results, balances):
    by_name = {r["ref"]: r for r in results if "ref" in r}
    names = name_payouts(by_name)
    for number, text in scenario.expectations:
        words = text.split()
        if words[0] == "conserved":
            continue
        if words[0] == "balance":
            pairs = dict(w.split("=", 1) for w in words[2:])
            rows = [b for b in balances if b["kind"] == words[1]]
            if not any(all(same(v, b.get(k)) for k, v in pairs.items()) for b in rows):
                yield number, text, f"no such balance among {json.dumps(rows)}"
        elif words[0] == "absent":
            pairs = dict(w.split("=", 1) for w in words[2:])
            if any(b["kind"] == words[1] and all(same(v, b.get(k)) for k, v in pairs.items()) for b in balances):
                yield number, text, "there is such a balance"
        elif words[0] == "void":
            if not any(r.get("review") == "void" and any(e["code"] == words[1] for e in r["errors"]) for r in results):
                yield number, text, "no such void review"
        elif words[0] == "voids":
            voids = [r["errors"][0]["code"] for r in results if r.get("review") == "void"]
            if voids != words[1:]:
                yield number, text, f"are {' '.join(voids)}"
        elif words[0] not in by_name:
            yield number, text, "no result"
        else:
            got = by_name[words[0]]
            for problem in check_entry(words[2:], got, names) if words[1] == "entry" else check_line(words[1:], got):
                yield number, text, problem


def command_of(claimctl, scenario, folder):
    scenario.write(folder)
    inputs = [word for name in scenario.documents for word in ("--input", os.path.join(folder, name))]
    return [claimctl, "run", "--world", folder, *inputs, "--received-from-input", "--results", "-", "--balances"]


def with_ids(claimctl, path):
    """A first run tells the ids that lines have, which do not depend on what other documents say."""
    scenario = Scenario(path)
    if not scenario.needs_ids:
        return scenario
    with tempfile.TemporaryDirectory() as folder:
        command = [*command_of(claimctl, scenario, folder), os.devnull]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return Scenario(path, {r["ref"]: r["line_id"] for r in map(json.loads, done.stdout.splitlines()) if "ref" in r})


def run(claimctl, path):
    scenario = with_ids(claimctl, path)
    with tempfile.TemporaryDirectory() as folder:
        command = command_of(claimctl, scenario, folder)
        balances = os.path.join(folder, "balances.out")
        done = subprocess.run([*command, balances], capture_output=True, text=True, timeout=300)
        if done.returncode not in (0, 3) or "error[" in done.stderr:
            print(f"{path}: exit {done.returncode}: {done.stderr.strip()}")
            return False
        cut = subprocess.run([*command, balances + ".cut", "--batch-lines", "1", "--seed", "5"], capture_output=True, text=True, timeout=300)
        if cut.stdout != done.stdout or open(balances).read() != open(balances + ".cut").read():
            print(f"{path}: results or balances differ with batches of one line")
            return False
        results = [json.loads(line) for line in done.stdout.splitlines()]
        rows = [json.loads(line) for line in open(balances, encoding="utf-8")]
    good = True
    for number, text, problem in check(scenario, results, rows):
        print(f"{path}:{number}: expect {text}\n    {problem}")
        good = False
    return good


def main():
    claimctl = os.path.abspath(sys.argv[1])
    results = [run(claimctl, path) for path in sys.argv[2:]]
    print(f"scenarios: {sum(results)} of {len(results)}")
    return 0 if all(results) and results else 1


if __name__ == "__main__":
    sys.exit(main())
