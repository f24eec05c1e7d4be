#!/usr/bin/env python3
"""engines_world.py OUT [--lines N] [--seed S]: the labelled traffic of tests/bench, for two engines to judge.

What may be waited for comes within two days, so that no wait ends by the clock, of which each engine has its own. Besides what
labelled.py injects: stock that a feed has yet to tell of, lines taken back or replaced while they wait, deals that three
partners register, serials said twice."""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import labelled  # noqa: E402

FIRST, WAVES, A_DAY = 30, 8, 8


class World(labelled.World):
    def day(self, last=0):
        return FIRST + self.r.randrange(WAVES) / A_DAY

    # --- what waits -------------------------------------------------------------------------------------------------

    def sell_in(self, day, partner, sku, until):
        self.add(day, partner, kind="SELL_IN", vendor_part=sku, invoice_no=self.next("VI"), qty="10", unit_price="92.00",
                 invoice_date=self.date(2), receipt_date=self.date(2), report_from="2026-02-01", report_to=until)

    def late_feed(self):
        """More than the stock that is known, and the feed is behind: it waits until the feed has come."""
        for day in (FIRST + 1 / A_DAY, FIRST + 2 / A_DAY):
            self.sale(day, "INV-01", partner="D-5", vendor_part="PS-1", qty="40", ship_date=self.date(20))
        self.sell_in(FIRST + 5 / A_DAY, "D-5", "PS-1", "2026-03-31")

    def corrections(self):
        for n, kind in enumerate(("CANCEL", "REPLACE", "CANCEL")):
            unknown = {"vendor_part": "CAB-UNKNOWN"} if n < 2 else {}
            sale = self.sale(FIRST + n / A_DAY, "ELG-04", partner="D-2", **unknown)
            what = dict(kind=kind, original_invoice_no=sale["invoice_no"], original_invoice_line="1", vendor_part=sale["vendor_part"])
            if kind == "REPLACE":
                what.update(replaces_kind="POS_SALE", **{k: sale[k] for k in ("ship_date", "resale_unit", "sold_to", "invoice_no", "invoice_line")}, qty="3")
            self.add(FIRST + (n + 3) / A_DAY, "D-2", "SYS-01", **what)

    def deals(self):
        deal = dict(kind="DEAL_REGISTRATION", revision="1", program_id="DR-26", end_customer=self.customer(), family="SWITCH", project="HARBOUR", qty="10")
        for n, partner in enumerate(("V-2", "V-1", "V-4")):
            self.add(FIRST + n / A_DAY, partner, "DRG-01", deal_reg_no=f"DR-H{n}", **deal)

    def serials_twice(self):
        one = self.serials(2)
        self.spiff(FIRST, "SER-01", partner="V-1", serials=[one[0], one[1], one[0]])
        self.spiff(FIRST + 1 / A_DAY, "SER-01", partner="V-1", serials=[one[1], *self.serials(2)])

    # --- what labelled.py does on days of its own --------------------------------------------------------------------

    def inject_AGR_03(self, day):
        self.claim(day, "AGR-03", ship_date=self.date(day - 47), partner="D-2")

    def inject_INV_03(self, day):
        self.add(day, "D-2", "INV-03", kind="PRICE_PROTECTION_CLAIM", program_id="PP-26", claim_id=self.next("W"), vendor_part="SW-24",
                 price_change_date="2026-03-02", qty=str(900000 + self.number))

    def fill(self, only=None):
        self.papers()
        self.add(0, "D-5", kind="INVENTORY", vendor_part="PS-1", qty="30", snapshot_date="2026-01-31")
        self.sell_in(1, "D-5", "PS-1", "2026-02-10")
        for day in (2, 9):
            for _ in range(8):
                self.ordinary_on(day)
        for _ in range(2):
            for wanted in self.rules():
                if wanted != "VEL_01":
                    getattr(self, "inject_" + wanted)(self.day())
        for _ in range(8):
            self.inject_DUP_03(self.day())
        self.late_feed()
        self.corrections()
        self.deals()
        self.serials_twice()
        while self.count < self.goal:
            self.ordinary()
        self.inject_VEL_01(FIRST)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("out")
    p.add_argument("--lines", type=int, default=1500)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    labelled.SITES["D-5"] = "D-5"
    labelled.KINDS += ", CANCEL, REPLACE"
    world = World(a.seed, a.lines)
    world.fill()
    labelled.write(world, a.out)


if __name__ == "__main__":
    main()
