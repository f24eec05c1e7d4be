#!/usr/bin/env python3
"""oracle_relative.py: the second calculation of growth, of the share of focus products and of volumes at lot cost, with their worlds.

Layer relative. Without the layer rates some programs begin a year earlier and have a baseline."""
import datetime
from fractions import Fraction as F

import oracle
from oracle import day, rounded, units
from oracle_funds import FundLines, Funds, FundWorlds

oracle.NUMBERS.update({"NO_BASELINE": 725})


def by_amount(v):
    """Whether the rate is one of money; a fixed sum stands in money, too, unless units qualify for it."""
    first = v["tiers"][0]
    return "percent" in first or not ("per_unit" in first or "per_block" in first) and v.get("qualifier") != "QTY"


class Relative(Funds):
    def __init__(self, world):
        super().__init__(world)
        self.enrolled = {(p["partner_id"], e["program_id"]): e for p in world["partners"] for e in p.get("enrolments", [])}
        self.asked = None

    # --- what a line brings ----------------------------------------------------------------------------------------

    def eligible(self, p, line):
        if "invoice_date" in line or "ship_date" in line:
            if line["kind"] in ("POS_SALE", "SELL_IN") and self.program_date(p, line) < day(p["program"]["valid_from"]):
                return False
        return super().eligible(p, line)

    def count(self, line, record, result):
        super().count(line, record, result)
        for p in self.programs:                             # a program without a version on the date says nothing
            if self.program_date(p, line) < day(p["program"]["valid_from"]):
                result["programs"].pop(p["program"]["id"], None)

    def lot_value(self, p, line, t, date):
        """Cost of the units that this sale has of its transaction."""
        currency, qty, move = p["program"]["currency"], F(line["qty"]), self.moves[t]
        skip = sum(s.qty - s.returned for s in self.sales[t] if not s.cancelled) - qty
        average = None
        if p["volume"]["price"] == "AVERAGE" and move.average:
            average = sum(n * c * self.rate(m, currency, date) for n, c, m in move.average) / sum(n for n, _, _ in move.average)
        value = F(0)
        for lot, have in move.parts:
            cut = min(skip, have)
            skip -= cut
            part = min(have - cut, qty)
            qty -= part
            if lot is None:
                value += part * (self.book(line["vendor_part"], date, currency) if part else 0)
            else:
                value += part * (lot.cost_on(move.ship) * self.rate(lot.currency, currency, date) if average is None else average)
        assert qty == 0
        return value

    def contribution(self, p, line, t):
        v = p["volume"]
        if v.get("price") in ("FIFO", "AVERAGE"):
            value = self.lot_value(p, line, t, self.program_date(p, line))
            plain = {**p, "volume": {k: x for k, x in v.items() if k != "price"}}
            return super().contribution(plain, {**line, "resale_unit": value / F(line["qty"]), "currency": p["program"]["currency"]}, t)
        return super().contribution(p, line, t)

    def own(self, p, count):
        return 0 if p["volume"].get("qualifier") in ("GROWTH_PERCENT", "MIX_PERCENT") else super().own(p, count)

    # --- what an accumulator pays ----------------------------------------------------------------------------------

    def add(self, record, result, p, key, *rest, **more):
        self.asked = key
        counts = record.kind in ("POS_SALE", "SELL_IN", "REPLACE", "PRICE_PROTECTION_CLAIM", "ROTATION_CLAIM")
        enrolled = self.enrolled.get((record.line["partner_id"], p["program"]["id"]))
        corrects = record.kind == "REPLACE" and record.pieces and more.get("reverses") is not None
        if counts and enrolled and not corrects:
            self.baselines[key] = F(enrolled["baseline"])
        return super().add(record, result, p, key, *rest, **more)

    def close_accumulator(self, record, result, p, key, *rest):
        self.asked = key
        super().close_accumulator(record, result, p, key, *rest)

    @property
    def baselines(self):
        return self.__dict__.setdefault("_baselines", {})

    @staticmethod
    def year_before(label):
        return f"{int(label[:4]) - 1}{label[4:]}" if label[0] == "2" else None

    def baseline(self, p, key):
        """FIXED: of the enrolment; PRIOR_YEAR: of the closed accumulator of a year before. None without one."""
        if p["volume"].get("growth", {}).get("baseline", "PRIOR_YEAR") == "FIXED":
            base = self.baselines.get(key)
        else:
            base, earlier = None, (*key[:3], self.year_before(key[3]), key[4])
            if (key[0], key[4], earlier[3]) in self.closed and earlier in self.volumes:
                acc = self.volumes[earlier]
                base = units(acc["bv"], p["program"]["currency"]) if by_amount(p["volume"]) else acc["bq"]
        return base if base is not None and base > 0 else None

    def target(self, p, sums, capped=True):
        v = p["volume"]
        kind = v.get("qualifier", "AMOUNT")
        if kind not in ("GROWTH_PERCENT", "MIX_PERCENT"):
            return super().target(p, sums, capped)
        qv, qq, bv, bq = (F(x) for x in sums)
        focus, whole = (bv, qv) if by_amount(v) else (bq, qq)
        if kind == "MIX_PERCENT":
            q = bv / qv * 100 if qv > 0 else F(0)
            b = whole if v.get("mix_pay_on") == "TOTAL" else focus
            f = self.formula(p, q, b)
        else:
            base, growth = self.baseline(p, self.asked), v.get("growth", {})
            without = growth.get("no_baseline", "HOLD")
            if base is not None:
                q, b = (focus - base) / base * 100, focus if growth.get("pay_on") == "TOTAL" else focus - base
                f = self.formula(p, q, b)
            else:
                q, b, f = F(0), focus, F(0)
                if without == "TOTAL" and focus > 0:
                    tiers = v["tiers"] if v["method"] == "TOTAL" else v["tiers"][-1:]
                    f = sum((self.pay(t, focus) + F(t.get("fixed", 0)) for t in tiers), F(0))
                elif without == "HOLD":
                    f = None
        acc = self.volumes.get(self.asked)
        t = acc["paid"] if f is None else self.round(p, f)
        cap = rounded(F(v["cap"]), p["program"]["currency"]) if capped and "cap" in v and f is not None else None
        reached = cap is not None and t > cap
        self.stands = (qq if kind == "GROWTH_PERCENT" and not by_amount(v) else qv) > 0
        return (cap if reached else t), q, b, reached, f

    def is_below(self, p, q):
        return self.stands if p["volume"].get("qualifier") in ("GROWTH_PERCENT", "MIX_PERCENT") else q > 0

    def awaits(self, p, key):
        v = p["volume"]
        return v.get("qualifier") == "GROWTH_PERCENT" and v.get("growth", {}).get("no_baseline", "HOLD") == "HOLD" and self.baseline(p, key) is None

    def do_PERIOD_CLOSE(self, line):
        p, root, label = self.by_id[line["program_id"]], self.roots[line["partner_id"]], line["period_label"]
        v = p.get("volume")
        if v and line["close"] == "EARNING" and self.received(line) >= self.end_of(p, label)[0] + datetime.timedelta(int(v.get("grace_days", 10))) \
                and (line["program_id"], root, label) not in self.closed:
            keys = [k for k in self.volumes if (k[0], k[4], k[3]) == (line["program_id"], root, label)]
            if v.get("aggregate", "PARTNER_ROOT") == "PARTNER_ROOT" and v.get("per", "NONE") == "NONE":
                keys.append((line["program_id"], root, "", label, root))
            if any(self.awaits(p, k) for k in keys):
                return {"outcome": "HOLD", "reasons": ["NO_BASELINE"], "payouts": []}
        return super().do_PERIOD_CLOSE(line)

    def balances(self):
        out = super().balances()
        for row in out:
            if row["kind"] != "volume":
                continue
            v = self.by_id[row["program_id"]]["volume"]
            kind = v.get("qualifier", "AMOUNT")
            needed = kind in ("AMOUNT", "MIX_PERCENT") or (by_amount(v) if kind == "GROWTH_PERCENT" else "percent" in v["tiers"][0])
            key = (row["program_id"], row["aggregate"], row["group"], row["period"], row["partner_root_id"])
            currency = self.by_id[row["program_id"]]["program"]["currency"]
            row["amount"] = units(self.volumes[key]["qv"], currency) if needed else 0
            row["benefit_amount"] = units(self.volumes[key]["bv"], currency) if needed else 0
        return out


class RelativeWorlds(FundWorlds):
    def lines_of(self, world):
        if "relative" in self.layers:
            self.enrol(world)
        return RelativeLines(self, world).lines

    def enrol(self, world):
        for p in world["programs"]:
            if p.get("volume", {}).get("qualifier") != "GROWTH_PERCENT" or not self.chance(60):
                continue
            for partner in world["partners"]:
                if partner["partner_id"] in ("D1", "D1-S", "D2"):
                    baseline = {"D1": self.chance(80), "D2": self.chance(50)}.get(partner["partner_id"])
                    if baseline is None:                    # the site has what its root has
                        root = next(q for q in world["partners"] if q["partner_id"] == "D1")
                        own = [e for e in root.get("enrolments", []) if e["program_id"] == p["program"]["id"]]
                    else:
                        own = [{"program_id": p["program"]["id"], "valid_from": "2024-01-01", "baseline": str(self.r.randrange(50, 5000))}] if baseline else []
                    partner.setdefault("enrolments", []).extend(own)

    def volume(self, pid, source):
        program = super().volume(pid, source)
        v = program["volume"]
        if "relative" not in self.layers:
            return program
        if source == "POS" and self.chance(40):
            v["price"] = self.pick("FIFO", "AVERAGE")
        if not self.chance(55):
            return program
        v["method"], v["qualifier"] = self.pick("RETROACTIVE", "TOTAL"), self.pick("GROWTH_PERCENT", "MIX_PERCENT")
        v.pop("expected_volume", None)
        v.pop("constraint_percent", None)
        v["tiers"] = self.steps()
        if v["qualifier"] == "MIX_PERCENT":
            v["benefit_products"] = {"include": self.products(100)}
            if self.chance(50):
                v["mix_pay_on"] = self.pick("FOCUS", "TOTAL")
        else:
            v["growth"] = {"no_baseline": self.pick("HOLD", "ZERO", "TOTAL"), "pay_on": self.pick("INCREMENT", "TOTAL"),
                           "baseline": self.pick("PRIOR_YEAR", "PRIOR_YEAR", "FIXED")}
            v["period"] = self.pick("MONTH", "MONTH", "QUARTER", "YEAR")
            if v["growth"]["no_baseline"] == "HOLD":
                v.pop("guarantee", None)                    # the page does not say which of the two comes first
            if "rates" not in self.layers:
                program["program"]["valid_from"] = "2025-01-01"
        return program

    def steps(self):
        kind, at, tiers = self.pick("percent", "percent", "per_unit", "per_block", "fixed"), self.pick(0, 5, 10), []
        for n in range(1, self.pick(2, 3, 4)):
            tier = {"from": str(at)}
            if kind == "per_block":
                tier["per_block"] = {"qty": self.pick("6", "10"), "amount": self.money(1, 9), "round": self.pick("DOWN", "UP", "EXACT")}
            elif kind != "fixed":
                tier[kind] = self.money(1, 3 + n, 3)
            if kind == "fixed" or self.chance(20):
                tier["fixed"] = self.money(5 * n, 9 * n)
            tiers.append(tier)
            at += self.pick(10, 25, 40)
        return tiers


class RelativeLines(FundLines):
    def begin(self):
        super().begin()
        early = [p for p in self.world["programs"] if p["program"]["valid_from"] < "2026"]
        if "relative" not in self.w.layers or not early:
            return
        for _ in range(self.w.pick(3, 6)):
            date = (datetime.date(2025, 1, 1) + datetime.timedelta(self.r.randrange(0, 120))).isoformat()
            if self.w.chance(60):
                self.add("POS_SALE", self.w.pick("D1", "D1", "D2", "D1-S"), vendor_part=self.w.pick("SW-24", "SW-48", "AP-9"), invoice_no=f"INV-{self.number}",
                         sold_to=self.customer(), qty=str(self.r.randrange(1, 60)), ship_date=date, resale_unit=self.w.money(35, 75))
            else:
                self.add("SELL_IN", self.w.pick("D1", "D2"), vendor_part=self.w.pick("SW-24", "SW-48", "AP-9"), invoice_no=f"VI-{self.number}",
                         qty=str(self.r.randrange(1, 60)), unit_price=self.w.money(18, 60), invoice_date=date, receipt_date=date)
        from oracle import period_of
        for p in early:
            kind, fiscal = p["volume"]["period"], int(p["volume"].get("fiscal_start_month", 1))
            labels = {period_of(kind, datetime.date(2025, m, 15), fiscal)[0] for m in (1, 2, 3, 4) if period_of(kind, datetime.date(2025, m, 15), fiscal)[1] < datetime.date(2025, 12, 1)}
            for label in sorted(labels):
                for partner in ("D1", "D2"):
                    if self.w.chance(85):
                        self.add("PERIOD_CLOSE", partner, program_id=p["program"]["id"], period_label=label, close="EARNING")
        self.now = max(self.now, datetime.datetime(2026, 1, 20, 12))
