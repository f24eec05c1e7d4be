#!/usr/bin/env python3
"""oracle_credits.py: the second calculation of vendor credits, of several sales on one invoice line and of reversals, with their worlds.

Layer credits. The lines are sent in other units than they are calculated in: boxes of eight, halves."""
from fractions import Fraction as F

from oracle import Record, day, rounded, units
from oracle_expiry import ExpiryLines, Expiry, ExpiryWorlds

FACTORS = {"EA": F(1), "BOX": F(8), "HALF": F(1, 2)}


class Credits(Expiry):
    # --- several sales on one invoice line ---------------------------------------------------------------------------

    def do_POS_RETURN(self, line):
        if "original_invoice_no" not in line:
            return super().do_POS_RETURN(line)
        root, r = self.roots[line["partner_id"]], -F(line["qty"])
        t = (root, line["original_invoice_no"], line.get("original_invoice_line", ""), line["vendor_part"], False)
        live = [s for s in self.sales.get(t, []) if not s.cancelled and s.qty > s.returned]
        if len(live) < 2:
            return super().do_POS_RETURN(line)
        pieces, left = [], r
        for sale in live:
            part = min(left, sale.qty - sale.returned)
            if part > 0:
                pieces.append((sale, part))
                left -= part
        if left > 0:
            return {"outcome": "HOLD", "reasons": ["RETURN_EXCEEDS_SALE"], "payouts": []}
        record, result = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}
        record.went_back = pieces
        for sale, part in pieces:
            sale.returned += part
            self.give_back(self.key(sale.line), part, day(line["ship_date"]))
        result["programs"] = self.take_back(record, result, pieces, self.received(line), own_date=day(line["ship_date"]))
        result["reasons"] = self.prior(result["programs"])
        self.records[line["line_id"]] = record
        return result

    # --- vendor credits ------------------------------------------------------------------------------------------------

    def do_SELL_IN(self, line):
        if F(line["qty"]) > 0:
            return super().do_SELL_IN(line)
        root, sku, r = self.roots[line["partner_id"]], line["vendor_part"], -F(line["qty"])
        value = rounded(r * F(line["unit_price"]), line["currency"])
        record, result, date = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}, day(line["invoice_date"])
        if "original_line_ref" in line:
            origin = self.records.get(line["original_line_ref"])
            if origin is None or origin.cancelled:
                return {"outcome": "HOLD", "reasons": ["RETURN_UNMATCHED"], "payouts": []}
            if r > origin.qty - origin.returned:
                return {"outcome": "HOLD", "reasons": ["RETURN_EXCEEDS_SALE"], "payouts": []}
            origin.returned += r
            result["programs"] = self.take_back(record, result, [(origin, r)], self.received(line), own_date=date)
            result["reasons"] = self.prior(result["programs"])
            rest = r
            for part in origin.lot.family:
                gone = min(rest, part.remaining)
                part.remaining -= gone
                rest -= gone
                if gone:
                    self.leave_for_good(date, [(part, gone)])
        else:
            rest = r
            self.sales.setdefault(self.key(line), []).append(record)
            self.count(line, record, result)
            if len(result["reasons"]) == 0 and not record.counts:
                result["reasons"] = ["NO_PROGRAM"]
        if rest:
            self.leave_for_good(date, self.take(root, sku, day("2099-12-31"), rest))
        self.flow(root, sku, date, -r)
        at = (root, line["invoice_date"][:7], line["currency"])
        self.purchases[at] = self.purchases.get(at, 0) - value
        at = (root, date, line["currency"])
        self.bought[at] = self.bought.get(at, 0) - value
        self.records[line["line_id"]] = record
        return result

    # --- reversals -----------------------------------------------------------------------------------------------------

    def do_REVERSE(self, line):
        record, result = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}
        origin = self.records.get(line["line_refs"][0])
        if origin is None:
            gone = self.results.get(line["line_refs"][0])
            if gone and gone["outcome"] in ("HOLD", "PARK"):
                return {"outcome": "PARK", "reasons": ["WAITING_FOR_TARGET"], "payouts": []}
            return result
        if origin.cancelled:
            return result
        origin.reversed = True                              # the cancel of a return gives it nothing again
        received = self.received(line)
        if origin.claim is not None:
            claim = origin.claim
            if claim["back"] < claim["accepted"] or not claim["accepted"]:
                consumed = self.consumed.get(claim["at"])
                self.reverse_claim(record, result, origin, claim["accepted"] - claim["back"], received)
                if line["cause"] == "FRAUD" and claim["at"] is not None:
                    self.consumed[claim["at"]] = consumed
            origin.cancelled = True
            return result
        left = [(c["q"] - c["back_q"]) for c in origin.counts.values()]
        if left and left[0] > 0:
            returned = origin.returned
            result["programs"] = self.take_back(record, result, [(origin, left[0])], received, whole_line=True)
            result["reasons"] = self.prior(result["programs"])
            origin.returned = returned
        for c in origin.counts.values():
            c["ended"] = True
        return result

    def cancel(self, record, result, origin, posted_date):
        credited = origin.returned if origin.kind == "SELL_IN" else 0
        programs = super().cancel(record, result, origin, posted_date)
        if credited:                                        # what vendor credits took back before is not taken back again
            line, root = origin.line, self.roots[origin.line["partner_id"]]
            all_of_it = rounded(F(line["qty"]) * F(line["unit_price"]), line["currency"])
            rest = rounded(units(all_of_it, line["currency"]) * (origin.qty - credited) / origin.qty, line["currency"])
            self.purchases[root, line["invoice_date"][:7], line["currency"]] += all_of_it - rest
            self.bought[root, day(line["invoice_date"]), line["currency"]] += all_of_it - rest
        return programs


class CreditWorlds(ExpiryWorlds):
    def make_lines(self, world):
        return CreditLines(self, world).lines


class CreditLines(ExpiryLines):
    def sale(self):
        super().sale()
        line = self.lines[-1]
        if "credits" not in self.w.layers or not self.w.chance(35):
            return
        others = [s for s in self.sales[:-1] if s["partner_id"] == line["partner_id"] and s["line_id"] not in self.replaced]
        if others:
            base = self.w.pick(*others)
            line.update({k: base[k] for k in ("vendor_part", "invoice_no", "sold_to", "ship_date")})     # one invoice line ships on one day
            same = lambda l: (l.get("invoice_no"), l.get("vendor_part"), l.get("ship_date"), l.get("qty"))
            while same(line) in [same(l) for l in self.lines[:-1]]:
                line["qty"] = str(int(line["qty"]) + 1)

    def credit(self):
        s = self.w.pick(*self.sell_ins)
        line = self.add("SELL_IN", s["partner_id"], vendor_part=s["vendor_part"], invoice_no=f"VC-{self.number}", qty=f"-{self.r.randrange(1, 40)}",
                        unit_price=s["unit_price"], invoice_date=self.date(20), currency=s["currency"])
        if self.w.chance(60):
            line["original_line_ref"] = s["line_id"]

    def reverse(self):
        targets = [l for l in self.claims + self.more_claims + self.sales if l["line_id"] not in self.replaced]
        if not targets:
            return self.sale()
        t = self.w.pick(*targets)
        self.add("REVERSE", t["partner_id"], line_refs=[t["line_id"]], cause=self.w.pick("FRAUD", "AUDIT", "DATA_ERROR"), reason_text="found",
                 approved_by=["ann", "bob"])

    def more(self):
        if "credits" in self.w.layers and self.sell_ins and self.w.chance(18):
            return self.w.pick(self.credit, self.credit, self.reverse)
        return super().more()


def sent(lines, random):
    """The lines as they are sent: some in other units, with prices for those."""
    out = []
    for line in lines:
        unit = random.choice(["EA", "EA", "BOX", "HALF"])
        qty = F(line.get("qty", "0")) / FACTORS[unit]
        if "qty" not in line or line["kind"] == "DEAL_REGISTRATION" or (qty * 1000).denominator != 1:
            out.append(line)
            continue
        prices = {k: F(line[k]) * FACTORS[unit] for k in ("resale_unit", "unit_price", "claimed_debit_unit") if k in line}
        if any((p * 10 ** 6).denominator != 1 for p in prices.values()):
            out.append(line)
            continue
        out.append({**line, "qty": decimal(qty), "uom": unit, **{k: decimal(p) for k, p in prices.items()}})
    return out


def decimal(x):
    digits = f"{abs(x.numerator) * 10 ** 6 // x.denominator:07}"
    return ("-" if x < 0 else "") + f"{digits[:-6]}.{digits[-6:]}".rstrip("0").rstrip(".")
