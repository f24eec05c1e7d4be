#!/usr/bin/env python3
"""corrections.py CLAIMCTL [SEED [INVOICES]]: CANCEL and REPLACE by invoice.

Many invoices, each with a sale and a claim and what is done to them in an order drawn by lot, run as one world of one
document a step; what each step pays is calculated here. Then a vendor and a distributor with one invoice number."""
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

PARTNERS = ("- {partner_id: D1, name: Delta, status: ACTIVE, roles: [{role: DISTRIBUTOR}], country: US, currency: USD, "
            "price_list_id: US}\n")
PRODUCTS = ("sku,status,family,product_line,vendor_parts,gtins,partner_parts,base_uom,uoms,returnable,serial_mask,"
            "serial_check\nA-1,ACTIVE,FA,L,A-1,,,EA,,true,,\n")
VOLUME = ("program: {{id: {0}, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01, "
          "valid_to: 2026-12-31}}\n"
          "volume: {{source: {1}, tiers: [{{from: \"0\", percent: \"1\"}}]}}\n")
DEBIT = ("program: {id: SD, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01, "
         "valid_to: 2026-12-31}\n"
         "ship_debit: {cost_basis: BOOK_AT_SHIP}\n")
RULES = ("ruleset: {id: default, version: 1, valid_from: 1990-01-01}\n"
         "rules: {DUP-03: {mode: OFF}, ELG-05: {mode: OFF}, AGR-09: {mode: OFF}, INV-01: {mode: OFF}, "
         "VEL-01: {mode: OFF}, VEL-06: {mode: OFF}}\n")
LIMITS = ("limits: {id: default, version: 1, valid_from: 2026-01-01}\n"
          "settings: {approval.auto_max: \"1000000\", approval.one_max: \"2500000\", "
          "approval.two_max: \"25000000\"}\n")
SUBMITTERS = """  - {id: ven, vendor: true, reports_for: ['*'], kinds: [AGREEMENT, SELL_IN, CANCEL, REPLACE]}
  - {id: sales, reports_for: ['*'], kinds: [POS_SALE, CANCEL]}
  - {id: claims, reports_for: ['*'], kinds: [SHIP_DEBIT_CLAIM, CANCEL]}
  - {id: all, reports_for: ['*']}
"""
CUSTOMER = {"name": "Elm Supply", "id_type": "1", "id": "081446207", "country": "US"}
AGREEMENT = {"kind": "AGREEMENT", "partner_id": "D1", "authorisation_no": "Q1", "revision": 1, "program_id": "SD",
             "status": "ACTIVE", "issue_date": "2026-01-01", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
             "currency": "USD", "blanket": True,
             "lines": [{"line_no": 1, "products": ["sku:A-1"], "method": "DOWN_TO", "price": "80.00"}]}


def line(kind, invoice, qty=None, **more):
    made = {"kind": kind, "partner_id": "D1", "vendor_part": "A-1", **more}
    if kind == "CANCEL":
        return {**made, "original_invoice_no": invoice, "original_invoice_line": "1"}
    return {**made, "invoice_no": invoice, "invoice_line": "1", "ship_date": "2026-01-10", "qty": str(qty),
            "currency": "USD", "sold_to": CUSTOMER}


def run(claimctl, steps):
    """steps: (submitter, lines) one document each. Answers per document the results of its lines."""
    with tempfile.TemporaryDirectory() as world:
        for name, text in (("partners.yaml", PARTNERS), ("products.csv", PRODUCTS),
                           ("lists.yaml", "denied: none\n"),
                           ("prices.csv", "list_id,sku,currency,price,valid_from\nUS,A-1,USD,100.00,2026-01-01\n"),
                           ("rates.csv", "table_id,from,to,units,rate,valid_from,valid_to,source\n"),
                           ("programs/vr.yaml", VOLUME.format("VR", "POS")),
                           ("programs/vi.yaml", VOLUME.format("VI", "SELL_IN")),
                           ("programs/sd.yaml", DEBIT), ("programs/rules.yaml", RULES),
                           ("programs/limits.yaml", LIMITS)):
            os.makedirs(os.path.dirname(os.path.join(world, name)), exist_ok=True)
            open(os.path.join(world, name), "w", encoding="utf-8").write(text)
        listed = ""
        os.makedirs(os.path.join(world, "inbox"))
        for at, (submitter, lines) in enumerate(steps):
            with open(os.path.join(world, f"inbox/{at:03}.ndjson"), "w", encoding="utf-8") as out:
                out.writelines(json.dumps({**made, "extras": {"step": str(at)}}) + "\n" for made in lines)
            listed += (f"  - {{submitter: {submitter}, file: inbox/{at:03}.ndjson, "
                       f"received_at: 2026-01-20T{9 + at // 60:02}:{at % 60:02}:00Z}}\n")
        with open(os.path.join(world, "world.yaml"), "w", encoding="utf-8") as out:
            out.write(f"clock: 2026-01-02T08:00:00Z\nsubmitters:\n{SUBMITTERS}documents:\n{listed}")
        done = subprocess.run([claimctl, "run", "--world", world, "--results", "-"], capture_output=True, text=True,
                              timeout=300)
        assert done.returncode in (0, 3), done.stderr
        results = [[] for _ in steps]
        for got in map(json.loads, done.stdout.splitlines()):
            if "document" in got:
                results[int(got["document"].split(".")[0])].append(got)
    return [sorted(rows, key=lambda row: row["row"]) for rows in results]


def said(got):
    """"PASS VR -1.00", the sum by program."""
    sums = {}
    for paid in got.get("payouts", []):
        sums[paid["program_id"]] = sums.get(paid["program_id"], 0) + Fraction(paid["amount"])
    return got["outcome"] + "".join(f" {p} {float(v):.2f}" for p, v in sorted(sums.items()) if v)


class Invoice:
    """What is in force of one invoice line: at most a sale of `sold` units, of which `back` came back, and a claim."""

    def __init__(self, number, summary):
        self.number, self.summary = number, summary
        self.sold, self.back, self.was_sold, self.qty = None, 0, False, 10
        self.claimed, self.was_claimed, self.returns = None, False, 0

    def choices(self):
        if not self.was_sold and not self.was_claimed:
            return [self.sell, self.claim] if not self.summary else [self.sell]
        may = [self.sell, self.cancel]
        if self.was_sold:
            may.append(self.replace)
        if not self.summary and not self.was_claimed:
            may.append(self.claim)
        elif self.was_claimed:
            may.append(self.claim_again)
        if not self.summary and self.sold and self.sold - self.back > 3:
            may.append(self.give_back)
        return may

    def sell(self):
        sale = line("POS_SALE", self.number, self.qty, resale_unit="100.00", summary=self.summary)
        if self.sold is not None:
            return sale, "REJECT"
        self.sold, self.back, self.was_sold = self.qty, 0, True
        return sale, f"PASS VR {self.sold}.00"

    def claim_line(self):
        return line("SHIP_DEBIT_CLAIM", self.number, 10, claim_id=f"K-{self.number}", claim_line="1",
                    authorisation_no="Q1")

    def claim(self):
        made = self.claim_line()
        self.claimed = min(10, self.sold - self.back) if self.sold else 10
        self.was_claimed = True
        return made, f"{'PASS' if self.claimed == 10 else 'SHORT'} SD {20 * self.claimed}.00"

    def claim_again(self):
        if self.claimed is None:
            return self.claim()
        return self.claim_line(), "REJECT"

    def cancel(self):
        made = line("CANCEL", self.number)
        if self.sold is not None:
            left, self.sold = self.sold - self.back, None
            return made, f"PASS VR -{left}.00"
        left, self.claimed = self.claimed, None
        return made, f"PASS SD -{20 * left}.00" if left else "PASS"

    def replace(self):
        old, self.qty = (self.sold - self.back if self.sold else 0), self.qty + 1
        made = line("REPLACE", self.number, self.qty, replaces_kind="POS_SALE", original_invoice_no=self.number,
                    original_invoice_line="1", resale_unit="100.00", summary=self.summary)
        self.sold, self.back = self.qty, 0
        return made, f"PASS VR {self.qty - old}.00"

    def give_back(self):
        self.back += 2
        self.returns += 1
        made = line("POS_RETURN", f"CM-{self.number}-{self.returns}", -2, resale_unit="100.00",
                    original_invoice_no=self.number, original_invoice_line="1")
        claimed = min(2, self.claimed or 0)
        if self.claimed:
            self.claimed -= claimed
        return made, "PASS" + (f" SD -{20 * claimed}.00" if claimed else "") + " VR -2.00"


def by_lot(claimctl, seed, invoices, steps=12):
    lot = random.Random(seed)
    books = [Invoice(f"I{n}X", n % 4 == 0) for n in range(invoices)]
    documents, wanted = [("ven", [AGREEMENT])], [["PASS"]]
    for _ in range(steps):
        drawn = [lot.choice(book.choices())() for book in books]
        documents.append(("all", [made for made, _ in drawn]))
        wanted.append([want for _, want in drawn])
    wrong = 0
    got = [[said(row) for row in rows] for rows in run(claimctl, documents)]
    for n in range(invoices):
        if all(got[s][n] == wanted[s][n] for s in range(1, steps + 1)):
            continue
        wrong += 1
        print(f"seed {seed}, invoice {books[n].number}:")
        for s in range(1, steps + 1):
            beside = "" if got[s][n] == wanted[s][n] else f", want {wanted[s][n]}"
            print(f"  {documents[s][1][n]['kind']}: {got[s][n]}{beside}")
    return wrong


def by_rights(claimctl):
    """One number of two firms; and who may send sales alone takes back no claim."""
    bought = line("SELL_IN", "70001", 50, invoice_date="2026-01-05", unit_price="90.00")
    sold = line("POS_SALE", "70001", 10, resale_unit="100.00")
    claimed = line("SHIP_DEBIT_CLAIM", "70001", 10, claim_id="C1", claim_line="1", authorisation_no="Q1")
    put_right = {**bought, "kind": "REPLACE", "replaces_kind": "SELL_IN", "qty": "40", "original_invoice_no": "70001",
                 "original_invoice_line": "1"}
    cancel = line("CANCEL", "70001")
    steps = [("ven", AGREEMENT, "PASS"), ("ven", bought, "PASS VI 45.00"), ("claims", claimed, "PASS SD 200.00"),
             ("sales", sold, "PASS VR 10.00"), ("ven", cancel, "PASS VI -45.00"), ("ven", bought, "PASS VI 45.00"),
             ("sales", sold, "REJECT"), ("ven", put_right, "PASS VI -9.00"), ("claims", cancel, "PASS SD -200.00"),
             ("claims", claimed, "PASS SD 200.00"), ("sales", cancel, "PASS VR -10.00"), ("sales", cancel, "PASS"),
             ("claims", claimed, "REJECT"), ("sales", sold, "PASS VR 10.00"),
             ("ven", line("CANCEL", "70002"), "HOLD")]
    got = [said(rows[0]) for rows in run(claimctl, [(who, [made]) for who, made, _ in steps])]
    wrong = [(who, made["kind"], is_, want) for (who, made, want), is_ in zip(steps, got) if is_ != want]
    for row in wrong:
        print("submitter {0}, {1}: {2}, want {3}".format(*row))
    return len(wrong)


claimctl, seed, invoices = sys.argv[1], int((sys.argv[2:] or ["1"])[0]), int((sys.argv[3:] or ["120"])[0])
failed = by_rights(claimctl) + by_lot(claimctl, seed, invoices)
print(f"corrections: {invoices} invoices, {failed} wrong")
sys.exit(failed != 0)
