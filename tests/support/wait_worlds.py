#!/usr/bin/env python3
"""wait_worlds.py CLAIMCTL FIRST COUNT: random worlds of a few invoice lines, of which each is reported, replaced,
cancelled, returned and sent again while some of it waits: for a part, a role, a rate, or a person who lets it through
or not.

Whatever the batch size and the interleaving, results and balances are the same bytes (domain.md 9.15). In the end one
line at most stands for each invoice line (domain.md 9.11), or as many as where nothing waits: each datum is there from
the start, and people decide at once. A world that does otherwise is shown with its seed."""
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import namedtuple

from scenario import Scenario, paid

SCOPED = ("given   partner V1 {roles: [{role: VAR, scope: {locations: [L-1]}}, {role: MSP, scope: {locations: [L-2]}}],"
          " enrolments: [{program_id: VR, valid_from: 2026-01-01}]}\n")
WORLD = SCOPED + """given   partner D1 {roles: [{role: DISTRIBUTOR}], price_list_id: PL}
given   product PART-A {family: CABLE}
given   program VR 1 VOLUME_REBATE {}
          volume: {source: POS, tiers: [{from: "0", percent: "1"}]}
given   file lists.yaml
          sources: [{id: OURS, purpose: DENIED, format: CSV, files: [denied.csv], required: true, max_age_hours: 0}]
given   file denied.csv
          entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks
          O-1,ORGANISATION,KESTREL MARITIME TRADING,,,,,,TEST,invented
given   file programs/ruleset.yaml
          ruleset: {id: default, version: 1, valid_from: 1990-01-01}
          rules: {DUP-03: {mode: OFF}, ELG-05: {mode: OFF}, INV-01: {mode: OFF}, VEL-01: {mode: OFF}}
          settings: {park_max_hours: 700}
at      2026-02-20T09:00:00Z
"""
ELM, LISTED = "{name: Elm, id: C-1, country: US}", "{name: Kestrel Maritime Trading, id: C-9, country: US}"
RATE = '{fx_table: {table_id: default, from: EUR, to: USD, rate: "1.10", valid_from: 2026-02-01}}'
PART = "{product: {sku: PART-N, family: CABLE, vendor_parts: [PART-N]}}"
CUTS = (("4000", "1"), ("1", "5"), ("7", "9"))

Line = namedtuple("Line", "name kind partner said invoice")


def review(stage, line, verb, more=""):
    """Two persons; the approver of a classification's hold is one."""
    def act(what, who):
        return (f"review  {{stage: {stage}, line_id: {line}, act: {what}, verb: {verb}, actor_id: {who},"
                f" actor_roles: [approver]{more}}}")
    return [act("propose", "ann"), act("confirm", "bob"), act("confirm", "cid")]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.qty = [], 10
        self.partner = self.random.choice(("D1", "V1"))
        self.often = self.random.choice((0.3, 0.6))
        self.waits = [how for how in ("part", "role", "rate", "person") if self.some(0.5)] or ["person"]
        self.invoices = [f"I-{n}" for n in range(self.random.choice((1, 1, 2)))]
        self.by_id = self.random.choice((0.1, 0.5))
        # the content of a REPLACE that came to nothing is another sale, once it is sent as one
        self.tells_replaces_again = self.some(0.3)
        self.kinds = 3 * ["REPLACE"] + self.random.choice((4 * ["POS_SALE"] + ["POS_RETURN"], ["POS_SALE"]))
        self.kinds += [] if self.tells_replaces_again else 3 * ["CANCEL"]

    def some(self, chance):
        return self.random.random() < chance

    def content(self, invoice):
        self.qty += 1
        said = {"invoice_no": invoice, "invoice_line": '"1"', "ship_date": "2026-02-01", "vendor_part": "PART-A",
                "qty": self.qty, "resale_unit": '"100.00"', "sold_to": ELM}
        if self.partner == "V1":
            said["location_id"] = "L-1"
        for how in self.waits:
            if self.some(self.often):
                said |= {"part": {"vendor_part": "PART-N"}, "rate": {"currency": "EUR"}, "person": {"sold_to": LISTED},
                         "role": {}}[how]
                if how == "role":
                    said.pop("location_id", None)
        return said

    def asks(self, name, said):
        """What people do about it, at some time behind it."""
        acts = []
        if self.partner == "V1" and "location_id" not in said:
            acts.append(review("classification", name, "assign_role", ", role: VAR"))
        if said.get("sold_to") == LISTED:
            denies = not self.tells_replaces_again and self.some(0.5)
            acts.append(review("compliance", name, *(("deny", ", note: no") if denies else ("release", ""))))
        return acts

    def sale(self, invoice):
        before = [line for line in self.lines if line.invoice == invoice]
        sales = [line.said for line in before if line.kind == "POS_SALE"]
        contents = sales + [line.said for line in before if line.kind == "REPLACE" and self.is_told_again(line)]
        if not before:
            return self.content(invoice)
        said = dict(self.random.choice(contents))
        for member in ("original_line_ref", "original_invoice_no", "original_invoice_line", "replaces_kind"):
            said.pop(member, None)
        return said

    def is_told_again(self, line):
        """Ahead of a REPLACE that waits it would be a sale of its own."""
        return self.tells_replaces_again and line.said["vendor_part"] == "PART-A" and "location_id" in line.said

    def was_told_twice(self, line):
        """What is refused as a repetition stands for itself, once it is replaced (domain.md 6.3)."""
        def content(said):
            return {key: member for key, member in said.items() if not key.startswith(("original_", "replaces_"))}
        return sum(content(line.said) == content(other.said) for other in self.lines) > 1

    def reference(self, invoice):
        reports = [line for line in self.lines if line.kind in ("POS_SALE", "REPLACE")]
        of = self.random.choice([line for line in reports if line.invoice == invoice])
        if self.some(self.by_id) and not self.was_told_twice(of):
            return of, {"original_line_ref": of.name}
        return of, {"original_invoice_no": invoice, "original_invoice_line": '"1"'}

    def line(self, name):
        invoice = self.random.choice(self.invoices)
        known = any(line.invoice == invoice for line in self.lines)
        kind = self.random.choice(self.kinds) if known else "POS_SALE"
        if kind == "POS_SALE":
            said = self.sale(invoice)
        elif kind == "REPLACE":
            of, ref = self.reference(invoice)
            said = self.content(invoice) | ref | {"replaces_kind": "POS_SALE", "vendor_part": of.said["vendor_part"]}
        elif kind == "CANCEL":
            of, said = self.reference(invoice)
            said |= {"vendor_part": of.said["vendor_part"]}
        else:
            of, said = self.reference(invoice)
            said |= {"invoice_no": f"CM-{name}", "vendor_part": of.said["vendor_part"], "qty": -1,
                     "ship_date": "2026-02-05", "sold_to": ELM}
        self.lines.append(Line(name, kind, self.partner, said, invoice))
        return said

    def reports(self):
        """Each line, and what people will do about it."""
        for number in range(self.random.randint(3, 8)):
            name = f"L{number}"
            said = self.line(name)
            members = ", ".join(f"{key}: {value}" for key, value in said.items())
            text = f"line    {name} {self.lines[-1].kind} {self.partner} {{{members}}}"
            yield text, self.asks(name, said) if self.lines[-1].kind in ("POS_SALE", "REPLACE") else []

    def scripts(self):
        """The world as it waits, and with nothing to wait for."""
        reports = list(self.reports())
        records = [[f"record  {record}"] for how, record in (("part", PART), ("rate", RATE)) if how in self.waits]
        out, pending = [], []
        for number, (line, acts) in enumerate(reports):
            out.append(line)
            pending += acts + (records if number == 0 else [])
            while pending and self.some(0.25):
                out += self.happens(pending)
        while pending:
            out += self.happens(pending)
        at_once = sum(records, []) + [text for line, acts in reports for text in [line, *sum(acts, [])]]
        return [WORLD + "\n".join(texts) + "\n" for texts in (out, at_once)]

    def happens(self, pending):
        return pending.pop(self.random.randrange(len(pending)))


def run(claimctl, folder, cut):
    balances = os.path.join(folder, "balances.out")
    done = subprocess.run([claimctl, "run", "--world", folder, "--input", os.path.join(folder, "input.ndjson"),
                           "--received-from-input", "--results", "-", "--balances", balances, "--batch-lines", cut[0],
                           "--seed", cut[1]], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"claimctl ends with {done.returncode}: {done.stderr}")
    return done.stdout, open(balances, encoding="utf-8").read()


def results_of(text):
    return {r["ref"]: r for r in map(json.loads, text.splitlines()) if "ref" in r}


def standing(results, lines):
    """Per invoice line the lines that are in force of it, with what stays paid of each."""
    sums, stands = paid(results), {}
    for line in lines:
        if sums.get(line.name):
            stands.setdefault(line.invoice, []).append((line.name, sums[line.name]))
    return stands


def twice(runs, lines):
    stands = standing(results_of(runs[0][0]), lines)
    return {invoice: names for invoice, names in stands.items() if len(names) > 1 or names[0][1] < 0}


def complaint(runs, at_once, lines):
    if any(other != runs[0] for other in runs):
        texts = [results_of(text) for text, _ in runs]
        at = [n for n in texts[0] if any(t.get(n) != texts[0][n] for t in texts)]
        return f"outcome by timing: {at or 'balances'}"
    together, expected = twice(runs, lines), twice(at_once, lines) if twice(runs, lines) else {}
    more = {i: names for i, names in together.items() if len(names) > max(1, len(expected.get(i, [])))}
    return f"stand together: {more}" if more else ""


def show(script, runs):
    print(script[len(WORLD):])
    for text in {text for text, _ in runs}:
        for name, result in results_of(text).items():
            print("  ", name, result["stage"][:4], result["outcome"], *result.get("reasons", []),
                  [(e["program_id"], e["amount"]) for e in result.get("payouts", [])])
        print("  --")


def runs_of(claimctl, script, cuts):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wait.scn")
        with open(path, "w", encoding="utf-8") as out:
            out.write(script)
        Scenario(path).write(folder)
        return [run(claimctl, folder, cut) for cut in cuts]


def main(claimctl, first, count):
    failed = 0
    for seed in range(first, first + count):
        generator = Generator(seed)
        waits, at_once = generator.scripts()
        runs = runs_of(claimctl, waits, CUTS)
        said = complaint(runs, runs_of(claimctl, at_once, CUTS[:1]), generator.lines)
        failed += bool(said)
        if said:
            print(f"world {seed}: {said}")
            show(waits, runs)
    print(f"  {count} worlds, {failed} pay an invoice line twice or depend on timing")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
