#!/usr/bin/env python3
"""oracle_stock.py: the second calculation of price protection and stock rotation, and their worlds.

Layers: protection (with reports of stock), rotation, departed (with debits and protection)."""
import datetime
from fractions import Fraction as F

import oracle
from oracle import Move, Portion, Record, day, ordered, period_of, rounded, units, usual
from oracle_periods import PeriodLines, Periods, PeriodWorlds
from oracle_worlds import SKUS, START

oracle.NUMBERS.update({"NO_PRICE_CHANGE": 541, "DROP_TOO_SMALL": 542, "INVENTORY_MISSING": 728, "ONHAND_EXCEEDED": 812, "ROTATION_LIMIT": 813,
                       "INVENTORY_GAP": 959})
oracle.RANKS.update({"PRICE_PROTECTION": 100, "STOCK_ROTATION": 150})
DAY = datetime.timedelta(1)


class Stock(Periods):
    def __init__(self, world):
        super().__init__(world)
        self.reports, self.credited, self.outs, self.rotated, self.bought, self.offsets = {}, {}, [], {}, {}, {}

    # --- what was there on a day -----------------------------------------------------------------------------------

    def leave_for_good(self, date, parts):
        move = Move(date, self.number)
        move.parts = self.leaving((lot, n) for lot, n in parts if lot)
        self.outs.append(move)

    def left_since(self, lot, since):
        """Units of a lot that left on or after a day, the last first: by day, and on a day by turn."""
        found = [(m.ship, p.turn, at, m, p) for m in [*self.moves.values(), *self.outs] if m.ship >= since
                 for at, p in enumerate(m.parts) if p.lot is lot]
        return [(m, p) for *_, m, p in sorted(found, key=lambda f: f[:3], reverse=True)]

    def taken(self, lot, since):
        return sum(p.qty for _, p in self.left_since(lot, since))

    def on_hand(self, root, sku, d):
        return max(F(0), sum(q for r, s, date, q in self.flows if (r, s) == (root, sku) and date < d))

    def reported(self, root, sku, d, days):
        best = {}
        for (r, s, location, date), qty in self.reports.items():
            if (r, s) == (root, sku) and abs((date - d).days) <= days:
                found = (abs((date - d).days), date, qty)
                best[location] = min(best.get(location, found), found)
        return sum(qty for _, _, qty in best.values()) if best else None

    def do_INVENTORY(self, line):
        root = self.roots[line["partner_id"]]
        self.reports[root, line["vendor_part"], line.get("location_id", ""), day(line["snapshot_date"])] = F(line["qty"])
        return {"outcome": "PASS", "reasons": [], "payouts": []}

    # --- price protection ------------------------------------------------------------------------------------------

    def change(self, sku, d):
        """(old, new) of a change on that very day."""
        prices = sorted((p["valid_from"], F(p["price"])) for p in self.w["prices"] if p["sku"] == sku)
        before = [price for since, price in prices if day(since) < d]
        now = [price for since, price in prices if day(since) == d]
        return (before[-1], now[0]) if before and now else None

    def do_PRICE_PROTECTION_CLAIM(self, line):
        program, record, reasons = self.by_id[line["program_id"]], Record(line, self.number), []
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        pp, d, sku, root = program["price_protection"], day(line["price_change_date"]), line["vendor_part"], self.roots[line["partner_id"]]
        currency, qty, claim = program["program"]["currency"], F(line["qty"]), self.stated(line)
        figures, change = {"claimed": claim, "stated": claim is not None}, self.change(sku, d)
        if change is None:
            say("NO_PRICE_CHANGE")
            return self.close_claim(line, record, reasons, program, figures, d)
        into = lambda money: self.rate(money, currency, d)
        old, new = change
        drop = (old - new) / old * 100
        if drop <= 0 and pp.get("direction", "DECREASE_ONLY") == "DECREASE_ONLY" or abs(drop) < F(pp.get("min_drop_percent", 0)):
            say("DROP_TOO_SMALL")
        if self.claim_received(line) > d + int(program.get("claim", {}).get("window_days", 30)) * DAY:
            say("LATE_CLAIM")
        on_hand, seen = self.on_hand(root, sku, d), self.reported(root, sku, d, int(pp.get("snapshot_days", 3)))
        if seen is None and pp.get("snapshot") == "REQUIRED":
            say("INVENTORY_MISSING")
        if seen is not None and seen > on_hand:
            say("INVENTORY_GAP")
        on_hand = on_hand if seen is None else min(on_hand, seen)
        window, lots = int(pp.get("window_days", 60)), self.pool(root, sku)
        inside = [l for l in lots if l.receipt < d and (not window or l.receipt >= d - window * DAY)]
        transit = [l for l in lots if l.shipped and l.shipped < d <= l.receipt] if pp.get("in_transit") == "true" else []
        if window:
            on_hand = min(on_hand, sum(l.qty for l in inside))
        on_hand += sum(l.qty for l in transit)
        left = max(F(0), on_hand - self.credited.get((root, sku, d), 0))
        q, use = min(qty, left), []
        for lot in transit[::-1] + inside[::-1]:
            if any(since == d for since, _ in lot.credits):
                continue
            part = min(q - sum(n for _, n in use), lot.remaining + self.taken(lot, d), lot.qty)
            if part > 0:
                use.append((lot, part))
        found = sum(n for _, n in use)
        q = min(q, found)
        if q < qty:
            say("ONHAND_EXCEEDED", "SHORT" if q else "REJECT")
        floor = (lambda u: u) if pp.get("direction") == "BOTH" else (lambda u: max(F(0), u))
        by_list = pp.get("old_price") == "PRICE_LIST"
        unit = lambda lot: floor((old - new) * into("USD") if by_list else lot.cost_on(d - DAY) * into(lot.currency) - new * into("USD"))
        entitled = sum((n * unit(lot) for lot, n in use), F(0))
        scopes = self.scopes_of(program, line, d)
        amount, payable, figures["claimed"] = self.settle(line, program, say, entitled, q, qty, (), scopes, claim)
        if any(o in ("REJECT", "HOLD") for _, o in reasons):
            amount = 0
        record.claim = self.claim_of(program, amount, q, qty, payable, scopes, f"{d.year}-{d.month:02}")
        result = self.close_claim(line, record, reasons, program, figures, d)
        if result["outcome"] not in ("PASS", "SHORT"):
            return result
        self.credited[root, sku, d] = self.credited.get((root, sku, d), 0) + q
        whole = self.round(program, entitled)
        for lot, n in use:
            back = into(lot.currency)
            share = unit(lot) / back * F(amount, whole) if whole else F(0)
            share = F((share * 10 ** 6).numerator // (share * 10 ** 6).denominator, 10 ** 6)
            self.credit(lot, n, d, min(share, lot.cost_on(d)))
        if amount:
            self.leave(record, result, d, line, -units(amount, currency), currency, F(0))
        return result

    def credit(self, lot, n, d, share):
        part = lot
        if n < lot.qty:
            part = oracle.Lot.__new__(oracle.Lot)
            part.__dict__.update(lot.__dict__)
            part.credits, part.qty, part.remaining = list(lot.credits), n, min(lot.remaining, n)
            lacks = n - part.remaining
            for move, portion in self.left_since(lot, d):
                gone = min(lacks, portion.qty)
                lacks -= gone
                portion.qty -= gone
                at = move.parts.index(portion)
                move.parts[at:at + 1] = [portion] * (portion.qty > 0) + [Portion(part, gone, portion.turn)] * (gone > 0)
            lot.qty -= n
            lot.remaining -= part.remaining
            lot.family.append(part)
            self.lots.insert(self.lots.index(lot) + 1, part)
        part.credits.append((d, share))

    # --- rotation --------------------------------------------------------------------------------------------------

    def do_ROTATION_CLAIM(self, line):
        program, record, reasons = self.by_id[line["program_id"]], Record(line, self.number), []
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        ro, today, sku, root = program["rotation"], self.claim_received(line), line["vendor_part"], self.roots[line["partner_id"]]
        currency, qty, claim = program["program"]["currency"], F(line["qty"]), self.stated(line)
        figures, kind = {"claimed": claim, "stated": claim is not None}, ro.get("period", "QUARTER")
        label, end = period_of(kind, today)
        first = self.first_day(kind, today)
        days = int(ro.get("window_days", 0))
        if days and today >= first + days * DAY:
            say("LATE_CLAIM")
        ordered_goods = ro.get("offset_order", "REQUIRED") == "REQUIRED"
        if ordered_goods and "offset_order_no" not in line:
            say("FIELD_MISSING")
        into = lambda money: self.rate(money, currency, today)
        kept = [(l, l.remaining) for l in self.lots]
        parts = self.take(root, sku, today, qty)
        for lot, remaining in kept:
            lot.remaining = remaining
        found = sum(n for lot, n in parts if lot)
        if found < qty:
            say("ONHAND_EXCEEDED", "SHORT" if found else "REJECT")

        def price(lot):
            cost, book = lot.cost_on(today) * into(lot.currency), self.book(sku, today, currency)
            return {"LOT_COST": cost, "PRICE_LIST": book, "LOWER": min(cost, book)}[ro.get("price", "LOT_COST")]
        entitled = sum((n * price(lot) for lot, n in parts if lot), F(0))
        base_end = end if ro.get("base_period", "PRIOR") == "SAME" else first - DAY
        base_first = self.first_day(kind, base_end)
        bought = sum(units(v, m) * self.rate(m, currency, date) for (r, date, m), v in self.bought.items() if r == root and base_first <= date <= base_end)
        used = units(self.rotated.get((program["program"]["id"], root, label), 0), currency)
        limits = [("ROTATION_LIMIT", bought * F(ro.get("percent", 5)) / 100 - used)]
        if ordered_goods and "offset_order_no" in line:
            limits.append(("ROTATION_LIMIT", F(line["offset_amount"]) * into(line["currency"]) - self.offsets.get((root, line["offset_order_no"]), 0)))
        scopes = self.scopes_of(program, line, today)
        amount, payable, figures["claimed"] = self.settle(line, program, say, entitled, found, qty, limits, scopes, claim)
        if any(o in ("REJECT", "HOLD") for _, o in reasons):
            amount = 0
        record.claim = self.claim_of(program, amount, found, qty, payable, scopes, label)
        result = self.close_claim(line, record, reasons, program, figures, today)
        if result["outcome"] not in ("PASS", "SHORT"):
            return result
        value = [(lot, n, lot.cost_on(today), lot.currency) for lot, n in parts if lot]
        self.leave_for_good(today, self.take(root, sku, today, qty))
        self.flow(root, sku, today, -qty)
        at = (program["program"]["id"], root, label)
        self.rotated[at] = self.rotated.get(at, 0) + amount
        if ordered_goods:
            order = (root, line["offset_order_no"])
            self.offsets[order] = self.offsets.get(order, 0) + units(amount, currency)
        self.leave(record, result, today, line, value, None, qty)
        return result

    @staticmethod
    def first_day(kind, date):
        label, _ = period_of(kind, date)
        while period_of(kind, date - DAY)[0] == label:
            date -= DAY
        return date

    # --- sell-in volumes that goods and credits leave --------------------------------------------------------------

    def leave(self, record, result, date, line, value, money, qty):
        """W and O lower what SELL_IN programs count."""
        programs = {}
        for p in self.programs:
            v = p.get("volume")
            if v is None or v["source"] != "SELL_IN":
                continue
            if not self.eligible(p, line):
                programs[p["program"]["id"]] = ["PART_NOT_ELIGIBLE"]
                continue
            if not qty and v.get("net_of_price_protection", "true") != "true":
                continue
            header, currency = p["program"], p["program"]["currency"]
            into = lambda m: self.rate(m, currency, date)
            exact = value * into(money) if money else -sum(n * cost * into(m) for _, n, cost, m in value)
            exact = exact * 100 / (100 + F(v.get("tax_included_percent", 0)))
            minor = rounded(exact, currency, self.mode(p)[0])
            sku, (kind, fiscal) = line["vendor_part"], self.cut(p)
            in_q = "qualifier_products" not in v or self.covered(v["qualifier_products"], sku)
            in_b = "benefit_products" not in v or self.covered(v["benefit_products"], sku)
            label, end = period_of(kind, date, fiscal)
            root = self.roots[line["partner_id"]]
            aggregate = {"PARTNER_ROOT": root, "PARTNER": line["partner_id"]}[v.get("aggregate", "PARTNER_ROOT")]
            key = (header["id"], aggregate, self.group(p, line), label, root)
            closed = (header["id"], root, label) in self.closed
            posted = period_of(kind, self.received(line), fiscal)[0] if closed else label
            rate = self.rate(currency, header.get("payout_currency", currency), date)
            notes = self.add(record, result, p, key, end, minor, -qty, in_q, in_b, -qty, posted, rate, [], date=date)
            if notes:
                programs[header["id"]] = [n for n, _ in ordered([(n, usual(n)) for n in notes])]
        result["programs"] = programs
        if self.prior(programs):
            result["reasons"] = [n for n, _ in ordered([(n, usual(n)) for n in result["reasons"] + ["PRIOR_PERIOD"]])]
        order = {p["program"]["id"]: n for n, p in enumerate(self.programs)}
        first = min((e["seq"] for e in result["payouts"]), default=0)
        result["payouts"].sort(key=lambda e: order[e["program_id"]])
        for n, entry in enumerate(result["payouts"]):
            entry["seq"] = first + n

    def do_SELL_IN(self, line):
        root = self.roots[line["partner_id"]]
        at = (root, day(line["invoice_date"]), line["currency"])
        self.bought[at] = self.bought.get(at, 0) + rounded(F(line["qty"]) * F(line["unit_price"]), line["currency"])
        return super().do_SELL_IN(line)

    def cancel(self, record, result, origin, posted_date):
        if origin.kind == "SELL_IN":
            at = (self.roots[origin.line["partner_id"]], day(origin.line["invoice_date"]), origin.line["currency"])
            self.bought[at] -= rounded(F(origin.line["qty"]) * F(origin.line["unit_price"]), origin.line["currency"])
        return super().cancel(record, result, origin, posted_date)


class StockWorlds(PeriodWorlds):
    def lines_of(self, world):
        return StockLines(self, world).lines

    def prices(self):
        prices = super().prices()
        for before, after in zip(prices[::2], prices[1::2]) if "departed" in self.layers else ():
            after["price"] = str(round(float(before["price"]) * self.r.uniform(.5, .9), 2))
        return prices

    def more_programs(self):
        out = super().more_programs()
        if "protection" in self.layers:
            out.append(self.price_protection("PP1"))
        if "rotation" in self.layers:
            out.append(self.rotation("RO1"))
        return out

    def claim_caps(self, program):
        if self.chance(30):
            program["caps"] = [{"scope": "PARTNER", "period": self.pick("MONTH", "YEAR"), "amount": self.money(50, 900)}]

    def price_protection(self, pid):
        program = self.header(pid, "PRICE_PROTECTION")
        program.pop("stacking", None)
        if "departed" in self.layers:
            program["price_protection"] = {"old_price": self.pick("LOT_COST", "PRICE_LIST"),
                                           "window_days": self.pick("0", "20")}
            program["claim"] = {"window_days": "400"}
            return program
        pp = {"old_price": self.pick("LOT_COST", "PRICE_LIST"), "window_days": self.pick("0", "20", "60")}
        if self.chance(40):
            pp["in_transit"] = "true"
        if self.chance(30):
            pp["min_drop_percent"] = self.pick("2", "15")
        if self.chance(20):
            pp["snapshot"] = "REQUIRED"
        if self.chance(40):
            pp["snapshot_days"] = self.pick("1", "7", "20")
        program["price_protection"] = pp
        if self.chance(40):
            program["claim"] = {"window_days": self.pick("10", "60")}
        self.claim_caps(program)
        return program

    def rotation(self, pid):
        program = self.header(pid, "STOCK_ROTATION")
        program.pop("stacking", None)
        program["rotation"] = {"percent": self.pick("5", "12.5", "40"), "base_period": self.pick("PRIOR", "SAME"), "period": self.pick("MONTH", "QUARTER"),
                               "price": self.pick("LOT_COST", "PRICE_LIST", "LOWER"), "offset_order": self.pick("REQUIRED", "NONE")}
        if self.chance(30):
            program["rotation"]["window_days"] = self.pick("10", "25")
        self.claim_caps(program)
        return program


class StockLines(PeriodLines):
    def sell_in(self):
        super().sell_in()
        line = self.lines[-1]
        if "protection" in self.w.layers and self.w.chance(50):
            received = datetime.date.fromisoformat(line["receipt_date"])
            line["ship_date"] = (received - datetime.timedelta(self.r.randrange(0, 12))).isoformat()

    def changed(self, sku):
        return max(p["valid_from"] for p in self.world["prices"] if p["sku"] == sku)

    def protect(self):
        bought = [s for s in self.sell_ins]
        s = self.w.pick(*bought)
        date = self.changed(s["vendor_part"]) if self.w.chance(90) else self.date(30)
        if date > self.now.date().isoformat():
            return self.sell_in()
        self.protection_claim(s["partner_id"], s["vendor_part"], date, self.r.randrange(1, 150))

    def protection_claim(self, partner, sku, date, qty):
        line = self.add("PRICE_PROTECTION_CLAIM", partner, program_id="PP1", vendor_part=sku, claim_id=f"CL-{self.number}",
                        qty=str(qty), price_change_date=date)
        same = lambda l: (l["kind"], l.get("vendor_part"), l.get("price_change_date"), l.get("qty"), l["partner_id"][:2])
        while same(line) in [same(l) for l in self.lines[:-1]]:
            line["qty"] = str(int(line["qty"]) + 1)
        self.amount(line)

    def amount(self, line):
        line["currency"] = next(p for p in self.world["programs"] if p["program"]["id"] == line["program_id"])["program"]["currency"]
        if self.w.chance(40):
            line["claimed_amount"] = self.w.money(1, 600)

    def report(self):
        s = self.w.pick(*self.sell_ins)
        date = datetime.date.fromisoformat(self.changed(s["vendor_part"])) + datetime.timedelta(self.r.randrange(-8, 9))
        if START <= date <= self.now.date():
            self.add("INVENTORY", s["partner_id"], vendor_part=s["vendor_part"], qty=str(self.r.randrange(0, 250)), snapshot_date=date.isoformat())

    def depart(self):
        """Sales behind a change of price, some of which come back, its credit, and claims on them in any order."""
        terms, program = self.w.pick(*self.agreements)
        sku, partner = self.w.pick(*SKUS), terms["partner_id"]
        changed = datetime.date.fromisoformat(self.changed(sku))
        self.now = max(self.now, datetime.datetime.combine(changed + datetime.timedelta(2), datetime.time(12)))
        bought = (changed - datetime.timedelta(self.r.randrange(1, 15))).isoformat()
        lot = self.add("SELL_IN", partner, vendor_part=sku, invoice_no=f"VI-{self.number}",
                       qty=str(self.r.randrange(20, 90)),
                       currency="USD", unit_price=self.w.money(40, 60), invoice_date=bought)
        lot["receipt_date"] = lot["invoice_date"]
        self.sell_ins.append(lot)
        sales = []
        for _ in range(self.w.pick(2, 3, 4)):
            ship = changed + datetime.timedelta(self.r.randrange(0, 3))
            customer = {"name": "Any", "country": "US", "id": self.w.pick(*terms["customers"]), "role": "END_USER"}
            sales.append(self.add("POS_SALE", partner, vendor_part=sku, invoice_no=f"INV-{self.number}", sold_to=customer,
                                  qty=str(self.r.randrange(1, 25)), ship_date=ship.isoformat(),
                                  resale_unit=self.w.money(38, 75)))
            if self.w.chance(30):
                s = self.w.pick(*sales)
                self.add("POS_RETURN", partner, vendor_part=sku, invoice_no=f"CM-{self.number}", sold_to=s["sold_to"],
                         original_line_ref=s["line_id"], qty=f"-{self.r.randrange(1, 6)}",
                         ship_date=self.now.date().isoformat())
        self.sales += sales
        self.protection_claim(partner, sku, changed.isoformat(), self.r.randrange(20, 90))
        for s in self.r.sample(sales, len(sales)):
            what = {k: s[k] for k in ("vendor_part", "invoice_no", "sold_to", "ship_date", "qty")}
            self.claims.append(self.add("SHIP_DEBIT_CLAIM", partner, **what, claim_id=f"CL-{self.number}",
                                        resale_unit=self.w.money(38, 75),
                                        authorisation_no=terms["authorisation_no"], currency=program["program"]["currency"]))

    def rotate(self):
        s = self.w.pick(*self.sell_ins)
        line = self.add("ROTATION_CLAIM", s["partner_id"], program_id="RO1", vendor_part=s["vendor_part"], claim_id=f"CL-{self.number}",
                        rma_no=f"RMA-{self.number}", qty=str(self.r.randrange(1, 60)))
        if self.w.chance(70):
            line.update(offset_order_no=f"OO-{self.r.randrange(3)}", offset_amount=self.w.money(50, 3000))
        self.amount(line)

    def more(self):
        options = []
        if "departed" in self.w.layers and self.w.chance(25):
            return self.depart
        if "protection" in self.w.layers and self.sell_ins:
            options += [self.protect, self.protect, self.report]
        if "rotation" in self.w.layers and self.sell_ins:
            options += [self.rotate]
        if options and self.w.chance(30):
            return self.w.pick(*options)
        return super().more()
