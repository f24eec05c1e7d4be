#!/usr/bin/env python3
"""roles.py CLAIMCTL: who is a distributor, VAR, MSP, agent, consultant, retailer, integrator, and why (screening.md 10.2, 10.3).

Worlds of its own, in each of which a site behaves as one of the seven for a year; `partners classify` must name that role, its
confidence and its three strongest reasons as they are computed here, from the page's table alone. Then a site that declares one
role and behaves like another, month by month."""
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile

ROLES = "DISTRIBUTOR VAR MSP AGENT CONSULTANT RETAILER SOLUTION_INTEGRATOR".split()
# The page's table, typed once more.
TABLE = {
    "takes title": (8, 8, 4, -25, -20, 8, 2), "takes no title": (-25, -15, -4, 15, 12, -25, -2), "buys direct from the vendor": (10, -4, -4, -6, -6, 4, -2),
    "sells mostly to resellers": (22, -12, -14, 0, 0, -14, -10), "sells to resellers and others": (2, 2, 0, 0, 0, 0, 0),
    "hardly sells to resellers": (-20, 6, 6, 0, 0, 5, 5), "buyers are mostly consumers": (-14, -8, -8, 0, 0, 24, -8),
    "keeps more than a week of stock": (14, -2, -6, -12, -12, 12, -4), "gives credit to resellers": (10, -2, -2, -4, -4, -4, -2),
    "ships to many places": (8, -1, -4, -6, -6, 4, -2), "lives on recurring service": (-8, 1, 22, 0, 0, -8, 2), "lives on projects": (-8, 2, 2, 0, 6, -10, 18),
    "works on commission": (-14, -8, -4, 24, 6, -10, -2), "works for a fee": (-20, -10, -6, 2, 22, -16, 4), "registers deals": (-4, 5, 3, 5, 3, -2, 5),
    "has enrolled sellers": (-3, 3, 2, 2, 0, 4, 1), "runs local campaigns": (-2, 3, 3, 1, 1, 3, 2), "holds certifications": (0, 4, 5, 0, 3, -2, 6),
    "has shops or consumer prices online": (-6, -3, -4, -4, -6, 18, -6),
}
FACTS = {"takes_title": "takes title", "takes_no_title": "takes no title", "gives_credit": "gives credit to resellers", "recurring_service": "lives on recurring service",
         "projects": "lives on projects", "commission": "works on commission", "fee_per_hour": "works for a fee", "certifications": "holds certifications",
         "consumer_shops": "has shops or consumer prices online"}
END = datetime.date(2026, 3, 20)


def judged(seen, named=None, contracts=0):
    """seen: feature -> (n, is of lines). Confidence in parts of a million, evidence in tenths, the three strongest of the best role."""
    tenths = {}
    for feature, (n, of_lines) in seen.items():
        shrink = 50 if of_lines else 5
        for role, points in zip(ROLES, TABLE[feature]):
            tenths[feature, role] = int(math.copysign(abs(points) * 10 * n // (n + shrink), points))
    if named:
        for role in ROLES:
            tenths["a contract on file names the role", role] = 250 * contracts // (contracts + 5) if role == named else 0
    sums = {role: sum(t for (_, r), t in tenths.items() if r == role) for role in ROLES}
    best = max(ROLES, key=lambda role: sums[role])
    parts = {role: math.exp((sums[role] - sums[best]) / 100) for role in ROLES}
    own = sorted(((abs(t), f, t) for (f, r), t in tenths.items() if r == best and t), key=lambda x: -x[0])
    return best, parts[best] / sum(parts.values()), sum(x[0] for x in own), [(f, t) for _, f, t in own[:3]]


class World:
    """A site of a role, its facts, and what it reports: a document a day."""

    def __init__(self, folder, sample, role, facts):
        subprocess.run(["cp", "-r", sample, folder], check=True)
        self.folder, self.days, self.number = folder, {}, 0
        partner = {"partner_id": "P-1", "name": "Pilot", "status": "ACTIVE", "roles": [{"role": role}], "country": "US", "currency": "USD", "price_list_id": "PL-US",
                   "evidence": [{"fact": k, "value": str(v), "documents": str(n)} for k, (v, n) in facts.items()], "payee": {"payee_id": "P-1", "name": "Pilot"}}
        with open(os.path.join(folder, "partners.yaml"), "w", encoding="utf-8") as out:
            out.write(f"- {json.dumps(partner)}\n")
        with open(os.path.join(folder, "programs", "ruleset.yaml"), "w", encoding="utf-8") as out:
            out.write("ruleset: {id: default, version: 1, valid_from: 1990-01-01}\nrules: {DUP-03: {mode: OFF}, INV-01: {mode: OFF}, VEL-01: {mode: OFF}}\n")

    def add(self, kind, day, **more):
        self.number += 1
        self.days.setdefault(day, []).append({"kind": kind, "partner_id": "P-1", "currency": "USD", **more})

    def sale(self, day, to, qty=1, person=None, place=None):
        sold_to = {"name": f"Customer {self.number}", "id": f"C-{self.number}", "country": "US", "role": to}
        if person is not None:
            sold_to["kind"] = "PERSON" if person else "ORGANISATION"
        more = {"ship_to": {"name": f"Customer {self.number}", "id": f"C-{self.number}", "country": "US", "postal_code": f"{place:05d}"}} if place is not None else {}
        self.add("POS_SALE", day, invoice_no=f"I-{self.number}", ship_date=str(day), vendor_part="SW-24", qty=str(qty), resale_unit="10.00", sold_to=sold_to, **more)

    def sell_in(self, day, qty):
        self.add("SELL_IN", day, invoice_no=f"V-{self.number}", invoice_date=str(day), vendor_part="SW-24", qty=str(qty), unit_price="8.00")

    def write(self):
        documents = []
        for day in sorted(self.days):
            with open(os.path.join(self.folder, f"{day}.ndjson"), "w", encoding="utf-8") as out:
                out.writelines(json.dumps(line) + "\n" for line in self.days[day])
            documents.append(f"  - {{submitter: all, file: {day}.ndjson, received_at: {day}T12:00:00Z}}\n")
        with open(os.path.join(self.folder, "world.yaml"), "w", encoding="utf-8") as out:
            out.write('clock: 2025-04-01T00:00:00Z\nsubmitters:\n  - {id: all, vendor: true, reports_for: ["*"], kinds: [POS_SALE, SELL_IN, INVENTORY, REP_ROSTER]}\n'
                      + ("documents:\n" + "".join(documents) if documents else ""))

    def classify(self, claimctl):
        self.write()
        done = subprocess.run([claimctl, "partners", "classify", "P-1", "--world", self.folder], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def spread(count):
    """Days of the last four quarters, from the first on."""
    first = datetime.date(2025, 4, 1)
    return [first + datetime.timedelta(days=i * 350 // count) for i in range(count)]


# Who behaves how: facts of the profile, what is reported, and what of it counts (n, lines or documents).
def distributor(w):
    for i, day in enumerate(spread(120)):
        w.sale(day, "VAR", 2, place=i)
    for day in spread(40):
        w.sell_in(day, 5)
    w.add("INVENTORY", END, snapshot_date=str(END), vendor_part="SW-24", qty="200")
    return {"sells mostly to resellers": (120, True), "ships to many places": (120, True), "buys direct from the vendor": (40, True), "keeps more than a week of stock": (1, True)}


def var(w):
    for day in spread(200):
        w.sale(day, "END_USER", 1, person=False)
    for i, day in enumerate(spread(60)):
        w.add("REP_ROSTER", day, rep_id=f"R-{i}", valid_from=str(day), status="ACTIVE")
    return {"hardly sells to resellers": (200, True), "has enrolled sellers": (60, True)}


def msp(w):
    for day in spread(60):
        w.sale(day, "END_USER")
    return {"hardly sells to resellers": (60, True)}


def retailer(w):
    for day in spread(150):
        w.sale(day, "END_USER", 1, person=True)
    for day in spread(20):
        w.sell_in(day, 6)
    return {"hardly sells to resellers": (150, True), "buyers are mostly consumers": (150, True), "buys direct from the vendor": (20, True)}


def integrator(w):
    for i in range(60):
        w.sale(spread(60)[i], "END_USER", 20, person=False)
    return {"hardly sells to resellers": (60, True)}


CASES = [   # behaves like, its facts (value, documents), what it reports
    ("DISTRIBUTOR", {"takes_title": ("yes", 10), "gives_credit": ("yes", 4)}, distributor),
    ("VAR", {"takes_title": ("yes", 20), "certifications": (4, 12), "agreement_role": ("VAR", 30)}, var),
    ("MSP", {"recurring_service": (71, 40), "certifications": ("yes", 30), "agreement_role": ("MSP", 4), "projects": (49, 30)}, msp),
    ("AGENT", {"takes_no_title": ("yes", 30), "commission": ("yes", 45)}, lambda w: {}),
    ("CONSULTANT", {"takes_no_title": ("yes", 60), "fee_per_hour": ("yes", 95), "agreement_role": ("CONSULTANT", 1)}, lambda w: {}),
    ("RETAILER", {"takes_title": ("yes", 8), "consumer_shops": ("yes", 8)}, retailer),
    ("SOLUTION_INTEGRATOR", {"projects": (65, 25), "certifications": (3, 12), "agreement_role": ("SOLUTION_INTEGRATOR", 9), "recurring_service": (39, 30)}, integrator),
    ("VAR", {"takes_title": ("yes", 1)}, lambda w: {}),                       # next to nothing: too little to say so
]
FAILED = []


def check(what, ok, shown):
    if not ok:
        FAILED.append(what)
        print(f"{what}:\n{shown}")


def check_role(claimctl, sample, folder, role, facts, reports):
    w = World(folder, sample, role, facts)
    seen = dict(reports(w))
    for word, (value, documents) in facts.items():
        enough = {"recurring_service": 40, "projects": 50}.get(word, 1)
        if word in FACTS and (value == "yes" or int(value) >= enough):
            seen[FACTS[word]] = (documents, False)
    best, confidence, evidence, reasons = judged(seen, *facts.get("agreement_role", ()))
    shown = w.classify(claimctl)
    sure = confidence >= 0.8 and evidence >= 300
    check(f"a {role} is sure where there is evidence", sure == (len(seen) > 1), (confidence, evidence))
    head = f"{best}, {math.floor(confidence * 1000) / 10:.1f} %"
    check(f"a {role} is named", (best == role or not sure) and f"behaves like    {head}" in shown, f"want {head} ({confidence})\n{shown}")
    check(f"a {role}: enough is known", sure == ("too little to say so" not in shown), f"confidence {confidence}, evidence {evidence}\n{shown}")
    lines = shown.split("because it")[1].splitlines()[:3] if "because it" in shown else []
    for (feature, tenths), line in zip(reasons, lines):
        want = f"{'+' if tenths > 0 else '-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"
        check(f"a {role}: {feature} {want}", feature in line and line.endswith(want), shown)


def drifting(folder, sample):
    """Declared VAR; from October on it sells to resellers, widely, from stock."""
    w = World(folder, sample, "VAR", {"takes_title": ("yes", 80), "gives_credit": ("yes", 80), "agreement_role": ("DISTRIBUTOR", 80)})
    for year, month in ((2025, 10), (2025, 11), (2025, 12), (2026, 1)):
        for i in range(80):
            w.sale(datetime.date(year, month, 1 + i % 27), "VAR", 2, place=i)
            if i % 4 == 0:
                w.sell_in(datetime.date(year, month, 1 + i % 27), 8)
    return w


def check_drift(claimctl, sample, folder):
    w = drifting(folder, sample)
    w.write()
    results = os.path.join(folder, "results")
    done = subprocess.run([claimctl, "run", "--world", folder, "--results", results], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    with open(results, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    cases = [r for r in rows if r.get("case") == "PARTNER"]
    check("drift opens one case, of the site", len(cases) == 1 and cases[0]["subject"] == "P-1", cases)
    shown = w.classify(claimctl)
    check("drift is told", "drift           DRIFT, judged 2026-01" in shown, shown)
    month = {r["line_id"]: r for r in rows if "line_id" in r}
    first = month[cases[0]["line_ids"][0]] if cases else {}
    check("in the second month that it was suspected", str(first.get("document", "")).startswith("2025-12-01"), first)


def main():
    claimctl = os.path.abspath(sys.argv[1])
    sample = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "sample", "tiny")
    with tempfile.TemporaryDirectory() as folder:
        for role, facts, reports in CASES:
            check_role(claimctl, sample, os.path.join(folder, str(len(facts)) + role), role, facts, reports)
        check_drift(claimctl, sample, os.path.join(folder, "drift"))
    print(f"{len(CASES)} roles, {len(FAILED)} differences")
    return bool(FAILED)


if __name__ == "__main__":
    sys.exit(main())
