#!/usr/bin/env python3
"""units_worlds.py CLAIMCTL FIRST COUNT: random worlds of units under one SPIFF program that pays 45.00 for each.

Two partners report sales and claims of the same three units; returns, cancels, reversals and replacements follow, some
of which payout refuses (a part that earns nothing, a next submission of nothing). Without a person no unit is paid
twice (domain.md 9.11), and nothing takes back more than was paid. A world that does otherwise is shown with its
seed."""
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import namedtuple

from scenario import Scenario, paid

WORLD = """given   partner V1 {roles: [{role: VAR}]}
given   partner V2 {roles: [{role: VAR}]}
given   product AP-1 {family: AP}
given   product AP-2 {family: AP}
given   program SP 1 SPIFF {}
          spiff: {serials: REQUIRED, opt_in: false, rates: [{products: ["sku:AP-1"], per_unit: "45.00"}]}
given   file programs/ruleset.yaml
          ruleset: {id: default, version: 1, valid_from: 1990-01-01}
          rules: {DUP-03: {mode: OFF}, ELG-05: {mode: OFF}, VEL-01: {mode: OFF}, INV-01: {mode: OFF},
                  SPF-02: {mode: OFF}, COL-01: {mode: OFF}}
at      2026-02-20T09:00:00Z
each    REP_ROSTER {rep_id: $, tax_country: US, tax_form_on_file: true}
each    REVERSE {reason_text: x, approved_by: [ann, bob]}
line    R1 REP_ROSTER V1
line    R2 REP_ROSTER V2
"""
UNITS = ("UNIT-01", "UNIT-12", "UNIT-23")
PER_UNIT = 45
LINES = 12

Line = namedtuple("Line", "name partner invoice serials text")


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []

    def some(self, chance):
        return self.random.random() < chance

    def goods(self, name, partner, is_sale):
        """Units on an invoice that others may name, too; the part earns, or now and then it does not."""
        serials = self.random.sample(UNITS, self.random.choice((1, 1, 2)))
        said = {"invoice_no": f"I-{self.random.randint(1, 4)}" if self.some(0.6) else f"I-{name}",
                "ship_date": f"2026-02-{self.random.randint(1, 18):02}", "qty": len(serials),
                "vendor_part": "AP-2" if self.some(0.15) else "AP-1", "sold_to": "{name: Elm, id: C-1, country: US}",
                "serials": f"[{', '.join(serials)}]"}
        if is_sale:
            said["resale_unit"] = '"100.00"'
        else:
            said["claim_id"] = f"K-{name}"
        if is_sale and self.some(0.2):
            serials = []
            del said["serials"]
        if not is_sale or self.some(0.8):
            said["rep_id"] = f"R{partner[1]}"
        return said, serials

    def pos_sale(self, name, partner, _own):
        return self.goods(name, partner, True)

    def spiff_claim(self, name, partner, _own):
        said, serials = self.goods(name, partner, False)
        if self.some(0.2):
            said["submission_no"] = 2
        return said, serials

    def replace(self, name, partner, own):
        is_sale = self.some(0.4)
        said, serials = self.goods(name, partner, is_sale)
        said["replaces_kind"] = "POS_SALE" if is_sale else "SPIFF_CLAIM"
        said["original_line_ref"] = self.random.choice(own).name
        if self.some(0.4):
            said["vendor_part"] = "AP-2"
        return said, serials

    def pos_return(self, name, _partner, own):
        of = self.random.choice(own)
        serials = of.serials[:1] if len(of.serials) == 2 and self.some(0.5) else of.serials
        said = {"invoice_no": f"CM-{name}", "vendor_part": "AP-1", "qty": -(len(serials) or 1),
                "ship_date": f"2026-02-{self.random.randint(1, 18):02}"}
        link = self.random.choice(("line", "line", "invoice", "nothing"))
        if link == "line":
            said["original_line_ref"] = of.name
        elif link == "invoice":
            said["original_invoice_no"] = of.invoice
        else:
            said["sold_to"] = "{name: Elm, id: C-1, country: US}"
        if serials and self.some(0.6):
            said["serials"] = f"[{', '.join(serials)}]"
        return said, []

    def cancel(self, _name, _partner, own):
        of = self.random.choice(own)
        if self.some(0.7):
            return {"original_line_ref": of.name}, []
        return {"original_invoice_no": of.invoice, "vendor_part": "AP-1"}, []

    def reverse(self, _name, _partner, own):
        cause = self.random.choice(("AUDIT", "FRAUD"))
        return {"line_refs": f"[{self.random.choice(own).name}]", "cause": cause}, []

    def world(self):
        kinds = 4 * ["POS_SALE", "SPIFF_CLAIM", "REPLACE"] + 3 * ["CANCEL"] + 2 * ["POS_RETURN"] + ["REVERSE"]
        for number in range(LINES):
            name, partner = f"L{number}", self.random.choice(("V1", "V1", "V2"))
            own = [line for line in self.lines if line.partner == partner]
            kind = self.random.choice(kinds if own else ("POS_SALE", "SPIFF_CLAIM"))
            said, serials = getattr(self, kind.lower())(name, partner, own)
            members = ", ".join(f"{key}: {value}" for key, value in said.items())
            text = f"line    {name} {kind} {partner} {{{members}}}"
            self.lines.append(Line(name, partner, said.get("invoice_no", f"I-{name}"), serials, text))
        return self.lines


def run(claimctl, lines):
    """What each line came to, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "units.scn")
        with open(script, "w", encoding="utf-8") as out:
            out.write(WORLD + "\n".join(line.text for line in lines) + "\n")
        Scenario(script).write(folder)
        done = subprocess.run([claimctl, "run", "--world", folder, "--input", os.path.join(folder, "input.ndjson"),
                               "--received-from-input", "--results", "-"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"claimctl ends with {done.returncode}: {done.stderr}")
    return {result["ref"]: result for result in map(json.loads, done.stdout.splitlines()) if "ref" in result}


def complaint(lines, sums):
    """Of a line paid for part of its units nobody says which; one that is paid in full is paid for each of them."""
    serials = {line.name: line.serials for line in lines}
    payers = {}
    for name, amount in sums.items():
        if amount < 0 or amount % PER_UNIT:
            return f"{name} keeps {amount}"
        for serial in serials[name] if amount and amount == PER_UNIT * len(serials[name]) else ():
            payers.setdefault(serial, []).append(name)
    twice = [f"{serial} is paid by {' and '.join(names)}" for serial, names in payers.items() if len(names) > 1]
    return "; ".join(twice)


def main(claimctl, first, count):
    failed = earned = 0
    for seed in range(first, first + count):
        lines = Generator(seed).world()
        sums = paid(run(claimctl, lines))
        earned += sum(sums.values())
        said = complaint(lines, sums)
        failed += bool(said)
        if said:
            print(f"world {seed}: {said}", *(line.text for line in lines), sep="\n")
    print(f"  {count} worlds, {earned} paid for units, {failed} pay one twice or take back too much")
    return failed > 0 or not earned


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
