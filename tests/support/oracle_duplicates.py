#!/usr/bin/env python3
"""oracle_duplicates.py CLAIMCTL FIRST_SEED COUNT: random traffic full of repeats and near repeats through the product and
through the rules of screening.md 7 and domain.md 3.3 as they are written there, compared line by line.
KEEP=DIR keeps what differs."""
import datetime
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SKUS = ["SW-24", "SW-48", "CAB-5"]
# Names that are surely one or surely two; every name is spelled in one way, so that equal means accepted.
CUSTOMERS = [("Belmora Machine Works", "C-1"), ("Dorvanik Glass Foundry", "C-2"), ("Quarrywood Outfitters", "C-3"),
             ("Belmora Machine Works", "C-4")]
START = datetime.date(2026, 1, 5)
TIGHT = 9


def invoice_key(text):
    return re.sub("[^A-Z0-9]", "", text.upper())


def stripped(key):
    for word in ("INVOICE", "INV", "NO", "NR", "RE"):
        if key.startswith(word):
            key = key[len(word):]
            break
    key = re.sub(r"0*(\d+)", lambda m: m.group(1), key)
    return key if len(key) >= 3 and re.search(r"\d", key) else ""


def confusable(key):
    return key.translate(str.maketrans("OILSB", "01158"))


def one_slip(a, b):
    """One character inserted or dropped, or two neighbours exchanged."""
    if len(a) == len(b):
        at = [i for i in range(len(a)) if a[i] != b[i]]
        return len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]]
    a, b = sorted((a, b), key=len)
    return len(b) == len(a) + 1 and any(b[:i] + b[i + 1:] == a for i in range(len(b)))


class Traffic:
    """Sales, or in every other world ship & debit claims with numbers, proofs and resubmissions."""

    def __init__(self, seed):
        self.r, self.lines, self.documents, self.claims = random.Random(seed), [], [], seed % 2
        for number in range(self.r.randrange(6, 12)):
            at = START + datetime.timedelta(days=number * self.r.choice((0, 1, 9, 40)) + number)
            self.documents.append((f"d{number:02d}", at))
        self.documents.sort(key=lambda d: d[1])
        for document in self.documents:
            for _ in range(self.r.randrange(1, 4)):
                self.add(document)

    def number(self):
        return f"{self.r.choice(('INV-', 'INV-00', '', 'RE', 'A'))}{self.r.randrange(40200, 40260) * self.r.choice((1, 1, 10))}"

    def fresh(self, kind):
        name, key = self.r.choice(CUSTOMERS)
        proof = {"documents": [{"type": "INVOICE", "sha256": self.r.choice(("ab", "cd")) * 32}]}
        line = {"kind": kind, "partner_id": self.r.choice(("D1", "D1", "D1-S")), "invoice_no": self.number(),
                "vendor_part": self.r.choice(SKUS), "qty": str(self.r.randrange(1, 4) * 10),
                "resale_unit": str(self.r.choice((100, 101, 150))), "sold_to": {"name": name, "id": key, "country": "US"}}
        for extra in ({"invoice_line": "1"}, {"order_no": "PO-7"}, proof):
            line |= self.r.choice(({}, {}, extra))
        if self.claims:
            line |= {"claim_id": f"K-{self.r.randrange(24)}", "claim_line": self.r.choice("12"), "authorisation_no": "A-1",
                     "submission_no": 1}
        return line

    def change(self, line, at):
        what = self.r.randrange(17 if self.claims else 13)
        number = line["invoice_no"]
        if what == 0:
            line["invoice_no"] = re.sub(r"^INV-0*|^INV-|^RE", "", number)
        elif what == 1 and len(number) > 3:
            i = self.r.randrange(len(number) - 2, len(number) - 0) - 1
            line["invoice_no"] = number[:i] + number[i + 1] + number[i] + number[i + 2:] if i + 1 < len(number) else number
        elif what == 2:
            line["invoice_no"] = number[:-1] + self.r.choice("0123456789O")
        elif what == 3:
            line["qty"] = str(int(line["qty"]) + 10)
        elif what == 4:
            line["vendor_part"] = self.r.choice(SKUS)
        elif what == 5:
            line["sold_to"] = dict(zip(("name", "id"), self.r.choice(CUSTOMERS)), country="US")
        elif what == 6:
            line["resale_unit"] = str(self.r.choice((100, 101, 102, 150)))
        elif what == 7:
            line["invoice_line"] = self.r.choice(("1", "2"))
        elif what == 8:
            line.pop("invoice_line", None)
        elif what == 9:
            line["order_no"] = self.r.choice(("PO-7", "PO-8"))
        elif what == 10:
            line["ship_date"] = str(at - datetime.timedelta(days=self.r.choice((0, 1, 30, 119, 120, 121))))
        elif what == 11:
            line["invoice_no"] = number + self.r.choice("123")
        elif what == 13:
            line["claim_id"] = f"K-{self.r.randrange(24)}"
        elif what == 14:
            line["claim_line"] = self.r.choice("12")
        elif what == 15:
            line["submission_no"] = min(9, line["submission_no"] + self.r.choice((1, 1, 2)))
        elif what == 16:
            line["ship_date"] = str(at + datetime.timedelta(days=self.r.choice((1, 2))))
        return line

    def add(self, document):
        name, at = document
        if self.lines and self.r.randrange(100) < 70:
            old = self.r.choice(self.lines)
            line = {k: v for k, v in old.items() if k not in ("line_id", "document", "at")}
            for _ in range(self.r.choice((0, 1, 1, 2, 2, 3))):
                line = self.change(dict(line), at)
        else:
            line = self.fresh("SHIP_DEBIT_CLAIM" if self.claims else "POS_SALE")
            line["ship_date"] = str(at - datetime.timedelta(days=self.r.choice((0, 0, 1, 3))))
        if line["ship_date"] > str(at + datetime.timedelta(days=2)):
            line["ship_date"] = str(at)
        self.lines.append({**line, "line_id": f"L{len(self.lines):03d}", "document": name, "at": at})


class Rules:
    """What the pages say of each line, in order of receipt."""

    def __init__(self):
        self.seen, self.keys, self.uses, self.proofs = [], {}, {}, []

    def business_key(self, line):
        return (line["kind"], *self.transaction(line), line["ship_date"], line["qty"])

    def buckets(self, line):
        key = stripped(invoice_key(line["invoice_no"]))
        yield from ([("stripped", key), ("confusable", confusable(key))] if key else [])
        yield "customer", line["sold_to"]["id"], line["vendor_part"], line["qty"]
        if "order_no" in line:
            yield "order", line["order_no"]
        for proof in line.get("documents", []):
            yield "document", proof["sha256"]

    def one_number(self, a, b):
        x, y = stripped(invoice_key(a["invoice_no"])), stripped(invoice_key(b["invoice_no"]))
        return confusable(x) == confusable(y)

    def is_compared(self, a, b):
        same_invoice = self.one_number(a, b)        # INV-812 and 812 in one document are one invoice
        lines_differ = a.get("invoice_line", "") != b.get("invoice_line", "")
        parts_differ = a["vendor_part"] != b["vendor_part"]
        if a["document"] == b["document"] and same_invoice and (lines_differ or parts_differ):
            return False
        if "invoice_line" in a and "invoice_line" in b and lines_differ and parts_differ:
            return False
        if "claim_id" in a and self.transaction(a) == self.transaction(b) and a["qty"] != b["qty"]:
            return False                                # payout limits their sum
        return self.business_key(a) != self.business_key(b)

    def transaction(self, line):
        return invoice_key(line["invoice_no"]), line.get("invoice_line", ""), line["vendor_part"]

    def regular(self, a):
        """Two earlier live lines of this customer and part on the same weekday, or day of month within two: of all, and of
        those that the buckets offer."""
        date = datetime.date.fromisoformat(a["ship_date"])
        own = set(self.buckets(a))

        def is_supply(b):
            d = datetime.date.fromisoformat(b["ship_date"])
            apart = abs(d.day - date.day)
            same = b["sold_to"]["id"] == a["sold_to"]["id"] and b["vendor_part"] == a["vendor_part"]
            return b["state"] == "live" and same and d < date and (d.weekday() == date.weekday() or min(apart, 31 - apart) <= 2)

        supply = [b for b in self.seen if is_supply(b)]
        return len(supply) >= 2, sum(bool(own & set(self.buckets(b))) for b in supply) >= 2

    def points(self, a, b):
        p = {}
        x, y = stripped(invoice_key(a["invoice_no"])), stripped(invoice_key(b["invoice_no"]))
        equal = self.one_number(a, b)
        slip = not equal and min(len(x), len(y)) >= 6 and one_slip(x, y)
        p["number"] = 6 if equal else 4 if slip else -4
        p["part"] = 2 * (a["vendor_part"] == b["vendor_part"])
        p["quantity"] = 2 * (a["qty"] == b["qty"])
        v, w = int(a["qty"]) * int(a["resale_unit"]), int(b["qty"]) * int(b["resale_unit"])
        p["value"] = 3 * (100 * abs(v - w) <= max(v, w))
        order = "order_no" in a and a.get("order_no") == b.get("order_no")
        p["order"] = (1 if p["number"] == -4 else 3) * order
        p["document"] = 4 * bool("documents" in a and a["documents"] == b.get("documents"))
        p["customer"] = 3 if any(a["sold_to"][m] == b["sold_to"][m] for m in ("id", "name")) else -4
        d, e = (datetime.date.fromisoformat(line["ship_date"]) for line in (a, b))
        swapped = d.year == e.year and d.day == e.month and d.month == e.day
        same_day = (d.month, d.day) == (e.month, e.day)
        p["date"] = 2 if d == e else int(swapped or same_day or abs((d - e).days) <= 120)
        both = "invoice_line" in a and "invoice_line" in b and a["invoice_line"] != b["invoice_line"]
        p["line"] = -3 * (both and equal)
        return p

    def repeat(self, line):
        """What K, or for a resubmission the claim number, says; and the earlier submission that it follows."""
        number, earlier = line.get("submission_no", 1), self.keys.get(self.business_key(line))
        if not earlier and number > 1:
            uses = [u for u in self.uses.get((line["claim_id"], line["claim_line"]), [])]
            earlier = max(uses, key=lambda u: u.get("submission_no", 1), default=None) if uses else None
            if earlier:
                newest = [u for u in uses if u.get("submission_no", 1) == earlier.get("submission_no", 1)]
                earlier = newest[-1]
                if earlier.get("submission_no", 1) >= number:
                    return None, None
        if not earlier:
            return None, None
        before = earlier.get("submission_no", 1)
        if number <= before:
            return "DUPLICATE", None
        if earlier["state"] == "waiting" or number > before + 1:
            return "RESUBMISSION_INVALID", None
        return None, earlier

    def content(self, line):
        return {k: v for k, v in line.items() if k not in ("line_id", "document", "at", "state", "submission_no")}

    def reused(self, line, earlier):
        """The claim number in another document with other content; a resubmission is none."""
        uses = self.uses.get((line.get("claim_id"), line.get("claim_line")), [])
        if earlier or "claim_id" not in line or any(self.content(u) == self.content(line) for u in uses):
            return False
        return any(u["document"] != line["document"] for u in uses)

    def proof_reused(self, line):
        return any(p["sha256"] == sha and other["claim_id"] != line.get("claim_id") and other["state"] != "ended"
                   for p in line.get("documents", []) for sha, other in self.proofs if "claim_id" in other)

    def judge(self, line):
        key, reasons, best = self.business_key(line), [], None
        word, earlier = self.repeat(line)
        reasons += [word] if word else []
        tomorrow = line["at"] + datetime.timedelta(days=1)
        reasons += ["SHIP_FUTURE"] if datetime.date.fromisoformat(line["ship_date"]) > tomorrow else []
        own = set(self.buckets(line))
        for other in self.seen:
            is_candidate = other is not earlier and other["state"] != "ended" and (line["at"] - other["at"]).days <= 400
            if not is_candidate or not own & set(self.buckets(other)) or not self.is_compared(line, other):
                continue
            p = self.points(line, other)
            if best is None or sum(p.values()) > sum(best[0].values()):
                best = p, other["line_id"]
        of_all, of_bucket = self.regular(line)
        doubtful = False
        if best:
            bare = sum(best[0].values())
            doubtful = of_all != of_bucket and bare >= TIGHT > bare - 4     # which of them are looked at is left open
            if bare - 4 * of_bucket >= TIGHT:
                reasons.append("NEAR_DUPLICATE")
        reasons += ["CLAIM_ID_REUSED"] if self.reused(line, earlier) else []
        reasons += ["DOCUMENT_REUSED"] if self.proof_reused(line) else []
        refused = {"DUPLICATE", "RESUBMISSION_INVALID", "SHIP_FUTURE"} & set(reasons)
        outcome = "REJECT" if refused else "HOLD" if reasons else "PASS"
        own = {**line, "state": {"REJECT": "ended", "HOLD": "waiting", "PASS": "live"}[outcome]}
        if not word:
            self.keys[key] = own
            if "claim_id" in line:
                self.uses.setdefault((line["claim_id"], line["claim_line"]), []).append(own)
        self.proofs += [(p["sha256"], own) for p in line.get("documents", []) if outcome != "REJECT"]
        self.seen.append(own)
        return outcome, reasons, best, doubtful

    def follow(self, outcome):
        """Where the page leaves it open the product's word stands for what comes behind."""
        self.seen[-1]["state"] = {"REJECT": "ended", "HOLD": "waiting"}.get(outcome, "live")


LIMITS = """limits: {id: default, version: 1, valid_from: 1990-01-01}
settings: {approval.auto_max: "1000000000", approval.one_max: "1000000000", approval.two_max: "1000000000"}
"""
SALES = """program: {id: VR, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2020-01-01}
volume: {source: POS, tiers: [{from: "0", percent: "1"}]}
"""
DEBITS = """program: {id: SD, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2020-01-01}
ship_debit: {cost_basis: BOOK_AT_SHIP}
claim: {window_days: 2000}
"""
RULES = """ruleset: {id: default, version: 1, valid_from: 1990-01-01}
rules: {%sELG-05: {mode: OFF}, INV-01: {mode: OFF}, AGR-09: {mode: OFF}}
"""
PARTNERS = """- {partner_id: D1, name: House One, country: US, currency: USD, roles: [{role: DISTRIBUTOR}]}
- {partner_id: D1-S, root_id: D1, name: House One South, country: US, currency: USD, roles: [{role: DISTRIBUTOR}]}
"""
TERMS = {"kind": "AGREEMENT", "line_id": "A-1", "partner_id": "D1", "currency": "USD", "received_at": f"{START}T09:00:00Z",
         "authorisation_no": "A-1", "revision": 1, "program_id": "SD", "status": "ACTIVE", "issue_date": "2020-01-01",
         "valid_from": "2020-01-01", "valid_to": "2030-12-31", "blanket": True,
         "lines": [{"line_no": 1, "products": [f"sku:{s}" for s in SKUS], "method": "DOWN_TO", "price": "1.00"}]}


def as_sent(line):
    return {"currency": "USD", "received_at": f"{line['at']}T12:00:00Z", **{k: v for k, v in line.items() if k not in ("document", "at")}}


def write(folder, traffic):
    files = {"programs/limits.yaml": LIMITS, "programs/VR.yaml": SALES, "programs/SD.yaml": DEBITS, "partners.yaml": PARTNERS,
             "programs/rules.yaml": RULES % ("" if traffic.claims else "DUP-06: {mode: OFF}, "),
             "products.csv": "sku,vendor_parts\n" + "".join(f"{s},{s}\n" for s in SKUS),
             "world.yaml": f"clock: '{START}T08:00:00Z'\n", "c.ndjson": json.dumps(TERMS) + "\n"}
    for name, _ in traffic.documents:
        lines = [as_sent(line) for line in traffic.lines if line["document"] == name]
        files[f"{name}.ndjson"] = "".join(json.dumps(line) + "\n" for line in lines)
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
    return [os.path.join(folder, f"{name}.ndjson") for name in ["c"] + [name for name, _ in traffic.documents]]


JUDGED = ("DUPLICATE", "NEAR_DUPLICATE", "RESUBMISSION_INVALID", "SHIP_FUTURE", "CLAIM_ID_REUSED", "DOCUMENT_REUSED")


def payout_speaks(have, outcome, reasons):
    """A resubmission of what lives is refused by payout, which alone knows."""
    return outcome == "PASS" and not reasons and have.get("stage") == "PAYOUT" and have.get("reasons") == ["RESUBMISSION_INVALID"]


def results(claimctl, folder, documents):
    command = [claimctl, "run", "--world", folder, "--received-from-input", "--results", "-"]
    done = subprocess.run(command + [word for d in documents for word in ("--input", d)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"exit {done.returncode}: {done.stderr[-500:]}")
    rows = [json.loads(text) for text in done.stdout.splitlines() if text.strip()]
    return {r["ref"]: r for r in rows if "ref" in r and "outcome" in r}


def differences(claimctl, seed, folder):
    """The first line that differs; what comes behind it may follow from it."""
    traffic, rules = Traffic(seed), Rules()
    got = results(claimctl, folder, write(folder, traffic))
    for line in traffic.lines:
        outcome, reasons, best, doubtful = rules.judge(line)
        have = got.get(line["line_id"], {"outcome": "none"})
        mine = [r for r in have.get("reasons", []) if r in JUDGED]
        word = have["outcome"] if mine else "PASS"              # what payout says is not asked here
        agrees = (word, sorted(mine)) == (outcome, sorted(reasons)) or payout_speaks(have, outcome, reasons)
        if doubtful:
            rules.follow(word)
        elif not agrees:
            text = json.dumps({k: str(v) for k, v in line.items()})
            return [f"{line['line_id']}: is {word} {mine}, by the page {outcome} {reasons}, best {best}\n    {text}"]
    return []


def main():
    claimctl, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    failed = 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp()
        found = differences(claimctl, seed, folder)
        for text in found:
            print(f"seed {seed}: {text}")
        failed += bool(found)
        if found and os.environ.get("KEEP"):
            shutil.copytree(folder, os.path.join(os.environ["KEEP"], str(seed)), dirs_exist_ok=True)
        shutil.rmtree(folder)
    print(f"duplicates: {count - failed} of {count} worlds agree")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
