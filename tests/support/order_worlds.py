#!/usr/bin/env python3
"""order_worlds.py CLAIMCTL FIRST COUNT: random worlds in which lines wait for several data that come one by one.

What waits on one datum takes its turn in the order in which it came (screening.md 4.2), with its own dates (domain.md
5.0). So a world in which nothing waits, its lines sent in the order in which they get their turns, ends with the same
money: each program pays the same in sum, and the same is left of agreements, lots and volumes."""
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import namedtuple

from scenario import Scenario

WORLD = """given   partner D0 {roles: [{role: DISTRIBUTOR}]}
given   product PART-A {family: AP}
given   price PL PART-A 9.15 USD from 2026-01-01
given   price PL PART-N 8.40 USD from 2026-01-01
given   price PL PART-M 7.95 USD from 2026-01-01
given   program SD 1 SHIP_DEBIT {}
          ship_debit: {cost_basis: FIFO, lot_shortage: BOOK}
given   program VR 1 VOLUME_REBATE {}
          volume: {source: POS, method: RETROACTIVE,
                   tiers: [{from: "0", percent: "1"}, {from: "3000", percent: "2"}]}
given   file programs/ruleset.yaml
          ruleset: {id: default, version: 1, valid_from: 1990-01-01}
          rules: {DUP-03: {mode: OFF}, ELG-05: {mode: OFF}, VEL-01: {mode: OFF}, INV-01: {mode: OFF},
                  AGR-09: {mode: OFF}}
          settings: {park_max_hours: 700}
"""
KNOWN = {"D1": "{name: D1, country: US, currency: USD, roles: [{role: DISTRIBUTOR}], price_list_id: PL"
               ", enrolments: [{program_id: SD, valid_from: 2026-01-01}, {program_id: VR, valid_from: 2026-01-01}]}"}
RECORDS = {
    "partner": "{partner: {partner_id: D1, name: D1, country: US, currency: USD, roles: [{role: DISTRIBUTOR}],"
               " price_list_id: PL, enrolments: [{program_id: SD, valid_from: 2026-01-01},"
               " {program_id: VR, valid_from: 2026-01-01}]}}",
    "PART-N": "{product: {sku: PART-N, family: AP, vendor_parts: [PART-N]}}",
    "PART-M": "{product: {sku: PART-M, family: AP, vendor_parts: [PART-M]}}",
    "EUR": '{fx_table: {table_id: default, from: EUR, to: USD, rate: "1.10", valid_from: 2026-02-01}}',
}
AGREEMENT = ("line    A-1 AGREEMENT D1 {authorisation_no: A-1, revision: 1, program_id: SD, status: ACTIVE,"
             " issue_date: 2026-01-01, valid_from: 2026-01-01, valid_to: 2026-12-31, blanket: true, lines:"
             ' [{line_no: 1, method: DOWN_TO, price: "5.00", authorised_qty: 40}]}')
LINES = 10
START = datetime.datetime(2026, 2, 20, 9, 0, 0)

def customer_of(name):
    return f"{{name: Elm {name}, id: C-{name}, country: US}}"


Line = namedtuple("Line", "name kind said needs corrects")


def instant(hours):
    return (START + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.unknown = [datum for datum in RECORDS if self.some(0.5)] or ["PART-N"]
        self.random.shuffle(self.unknown)

    def some(self, chance):
        return self.random.random() < chance

    def content(self, name, kind):
        part = self.random.choice(("PART-A", "PART-N", "PART-N", "PART-M"))
        said = {"invoice_no": f"I-{name}", "vendor_part": part,
                "ship_date": f"2026-02-{self.random.randint(1, 18):02}", "qty": self.random.randint(3, 12)}
        if kind == "SELL_IN":
            said.update(unit_price=f'"{self.random.randint(700, 900) / 100:.2f}"', invoice_date=said["ship_date"])
            return said
        said["sold_to"] = customer_of(name)
        if kind == "POS_SALE":
            said["resale_unit"] = '"100.00"'
        else:
            said.update(claim_id=f"K-{name}", authorisation_no="A-1")
        if kind == "POS_SALE" and self.some(0.3):
            said["currency"] = "EUR"
        return said

    def correction(self, kind):
        of = self.random.choice([line for line in self.lines if line.kind not in ("CANCEL", "POS_RETURN")])
        taken = [line.corrects for line in self.lines if line.kind in ("CANCEL", "REPLACE")]
        by_line = of.kind == "REPLACE" or of.name in taken or self.some(0.5)
        said = {"original_line_ref": of.name} if by_line else {"original_invoice_no": of.said["invoice_no"]}
        if kind == "CANCEL" and not by_line:
            said["vendor_part"] = of.said["vendor_part"]
        return of, said

    def pos_return(self, name):
        of, said = self.correction("POS_RETURN")
        if self.some(0.2):
            said = {"sold_to": of.said.get("sold_to", customer_of(name))}
        said.update(invoice_no=f"CM-{name}", vendor_part=of.said["vendor_part"], qty=-self.random.randint(1, 3),
                    ship_date="2026-02-19")
        return of, said

    def replace(self, name):
        of, said = self.correction("REPLACE")
        kind = "POS_SALE" if of.kind == "REPLACE" and "resale_unit" in of.said else of.kind
        if kind == "REPLACE":
            kind = of.said["replaces_kind"]
        content = self.content(name, kind)
        if self.some(0.7):
            content.update(invoice_no=of.said["invoice_no"], vendor_part=of.said["vendor_part"])
        if "sold_to" in of.said:
            content["sold_to"] = of.said["sold_to"]
        return of, {**content, **said, "replaces_kind": kind}

    def line(self, name):
        kinds = 3 * ["POS_SALE", "SHIP_DEBIT_CLAIM"] + ["SELL_IN"] + 2 * ["CANCEL", "REPLACE", "POS_RETURN"]
        kind = self.random.choice(kinds if len(self.lines) > 1 else kinds[:7])
        of = None
        if kind == "CANCEL":
            of, said = self.correction(kind)
        elif kind in ("POS_RETURN", "REPLACE"):
            of, said = getattr(self, kind.lower())(name)
        else:
            said = self.content(name, kind)
        needs = ["partner"]
        if kind != "CANCEL":
            needs += [said["vendor_part"]] + (["EUR"] if said.get("currency") == "EUR" else [])
        self.lines.append(Line(name, kind, said, [n for n in needs if n in self.unknown], of and of.name))

    def world(self):
        for number in range(LINES):
            self.line(f"L{number}")
        return self.lines


def text_of(line):
    members = ", ".join(f"{key}: {value}" for key, value in line.said.items())
    return f"line    {line.name} {line.kind} D1 {{{members}}}"


def script(lines, unknown, order):
    """The records that are unknown come behind the lines, one an hour; else all stand before them."""
    out = [WORLD + ("" if "partner" in unknown else f"given   partner D1 {KNOWN['D1']}\n")]
    out += [f"at      {instant(0)}"]
    for datum in RECORDS:
        if datum not in unknown and datum != "partner":
            out += [f"record  {RECORDS[datum]}"]
    out += [AGREEMENT]
    place = {line.name: number for number, line in enumerate(lines)}
    for line in order:
        out += [f"at      {instant(1 + place[line.name])}", text_of(line)]
    for number, datum in enumerate(unknown):
        out += [f"at      {instant(100 + number)}", f"record  {RECORDS[datum]}"]
    return "\n".join(out) + "\n"


def run(claimctl, text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "order.scn")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        Scenario(path).write(folder)
        balances = os.path.join(folder, "balances.out")
        done = subprocess.run([claimctl, "run", "--world", folder, "--input", os.path.join(folder, "input.ndjson"),
                               "--received-from-input", "--results", "-", "--balances", balances],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            sys.exit(f"claimctl ends with {done.returncode}: {done.stderr}\n{text}")
        rows = [json.loads(line) for line in open(balances, encoding="utf-8")]
    return {r["ref"]: r for r in map(json.loads, done.stdout.splitlines()) if "ref" in r}, rows


def money(results):
    sums = {}
    for result in results.values():
        for entry in result.get("payouts", []):
            key = entry["program_id"]
            sums[key] = sums.get(key, 0) + round(float(entry["amount"]) * 100)
    return {key: amount for key, amount in sums.items() if amount}


def turns(lines, unknown):
    """The order in which they get their turns: by the last datum that each waits for, then as they came. What is
    cancelled or replaced while it waits has its turn when that happens, and the returns of it that came before."""
    when = {line.name: max([unknown.index(n) + 1 for n in line.needs], default=0) for line in lines}
    place = {line.name: number for number, line in enumerate(lines)}
    ended_by = {}
    for line in lines:
        if line.kind in ("CANCEL", "REPLACE") and when[line.name] < when[line.corrects]:
            ended_by.setdefault(line.corrects, line.name)
            when[line.corrects] = min(when[line.corrects], when[line.name])

    def turn(line):
        own = when[line.name]
        if line.name in ended_by:
            return own, place[ended_by[line.name]], 0, place[line.name]
        if line.kind == "POS_RETURN":
            own = max(own, when[line.corrects])
            ends = ended_by.get(line.corrects)
            if ends and own == when[ends] and place[line.name] < place[ends]:
                return own, place[ends], 1, place[line.name]
        return own, place[line.name], 2, 0

    return sorted(lines, key=turn)


def held(results):
    return {name for name, result in results.items() if result["outcome"] == "HOLD"}


def show(results):
    for name, result in results.items():
        print("  ", name, result["stage"][:4], result["outcome"], *result.get("reasons", []),
              [(e["program_id"], e["amount"]) for e in result.get("payouts", [])])


def main(claimctl, first, count):
    failed = waited = asked = 0
    for seed in range(first, first + count):
        generator = Generator(seed)
        lines = generator.world()
        late, rows = run(claimctl, script(lines, generator.unknown, lines))
        early, wanted = run(claimctl, script(lines, [], turns(lines, generator.unknown)))
        waited += sum(bool(line.needs) for line in lines)
        if held(late) != held(early):
            asked += 1                                      # a person decides what they mean
            continue
        if money(late) == money(early):
            continue
        failed += 1
        print(f"world {seed}: pays {money(late)} where lines wait for {generator.unknown}, else {money(early)}",
              *(text_of(line) for line in lines), sep="\n")
        print(" turns:", *(line.name for line in turns(lines, generator.unknown)))
        show(late)
        print("  else")
        show(early)
    print(f"  {count} worlds, {waited} lines that waited, {asked} ask a person, {failed} differ from their order")
    return failed > 0 or not waited


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
