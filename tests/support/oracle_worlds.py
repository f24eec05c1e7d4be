#!/usr/bin/env python3
"""oracle_worlds.py: seeded random worlds inside what oracle.py models, and their files."""
import datetime
import json
import os
import random

OFF = ("DUP-02 DUP-03 DUP-06 SER-03 SER-04 SER-05 INV-01 INV-02 INV-04 INV-05 INV-06 PRC-04 AGR-06 AGR-07 AGR-09 ELG-05 "
       "MDF-03 MDF-04 SPF-02 DRG-02 VEL-01 VEL-02 VEL-03 VEL-04 VEL-06 COL-01 COL-02 COL-03 ABC-01 FIN-03 FIN-05").split()
CUSTOMERS = ["C-ALDER", "C-BIRCH", "C-CEDAR"]
SKUS = {"SW-24": ("SWITCH", "NET"), "SW-48": ("SWITCH", "NET"), "AP-9": ("AP", "NET"), "CAB-5": ("CABLE", "ACC")}
START = datetime.date(2026, 1, 1)
LAYERS = {                                                  # what a world may have, and the file that calculates it
    "debits": "oracle: ship & debit", "volumes": "oracle: rebates, logistics",
    "corrections": "oracle: returns, cancels", "rates": "oracle: stacking and exchange rates",
    "replaces": "oracle_claims: REPLACE", "spiffs": "oracle_claims: claims of sellers, their caps",
    "marketing": "oracle_claims: MDF funds and claims", "deals": "oracle_claims: deal registrations",
    "closes": "oracle_periods: PERIOD_CLOSE, guarantees, late lines", "undone": "oracle_periods: CANCEL of returns",
    "protection": "oracle_stock: price protection, reports of stock", "rotation": "oracle_stock: stock rotation",
    "departed": "oracle_stock: sales behind a change of price, claimed behind its credit",
    "coop": "oracle_funds: accrual, split, pre-approvals", "relative": "oracle_relative: growth, mix, lot cost",
    "expiry": "oracle_expiry: conversion and expiry of funds",
    "credits": "oracle_credits: vendor credits, sales that share a line, reversals, other units",
    "sellers": "oracle_sellers: SPIFFs of sales, tax years", "automatic": "oracle_sellers: agreements that pay by themselves",
}


def layers_of(text):
    """debits+volumes -> {"debits", "volumes"}"""
    layers = set(text.split("+"))
    assert layers <= LAYERS.keys(), f"no such layer: {layers - LAYERS.keys()}"
    return layers


def flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return json.dumps(str(value))


class Worlds:
    def __init__(self, seed, layers):
        self.r, self.layers = random.Random(seed), layers
        self.world = self.build()

    def pick(self, *options):
        return self.r.choice(options)

    def chance(self, percent):
        return self.r.randrange(100) < percent

    def money(self, low, high, digits=2):
        scale = 10 ** digits
        return f"{self.r.randrange(low * scale, high * scale) / scale:.{digits}f}"

    def build(self):
        self.currency = self.pick("USD", "USD", "EUR") if "rates" in self.layers else "USD"
        world = {"products": {s: {"family": f, "product_line": l} for s, (f, l) in SKUS.items()},
                 "partners": [{"partner_id": "D1"}, {"partner_id": "D2"}, {"partner_id": "D1-S", "root_id": "D1"}] + self.resellers()}
        world["prices"] = self.prices()
        world["rates"] = self.rates()
        world["programs"] = self.programs() + self.more_programs()
        world["lines"] = self.lines_of(world)
        if "rates" in self.layers and self.chance(30):
            world["stack_max_percent"] = self.pick("5", "10", "40")
        return world

    def prices(self):
        return [{"sku": s, "currency": "USD", "price": self.money(20, 60, self.pick(2, 4)), "valid_from": d}
                for s in SKUS for d in ("2025-01-01", self.pick("2026-02-10", "2026-03-01"))]

    # What oracle_claims.py adds to.
    def resellers(self):
        return []

    def more_programs(self):
        return []

    def lines_of(self, world):
        return Lines(self, world).lines

    def rates(self):
        out = []
        for source, target, low, high, per in (("USD", "EUR", 0.85, 0.95, 1), ("EUR", "USD", 1.05, 1.15, 1), ("USD", "JPY", 140, 155, 1),
                                               ("JPY", "USD", 0.64, 0.71, 100), ("EUR", "JPY", 160, 170, 1), ("JPY", "EUR", 0.58, 0.62, 100)):
            for month in range(12):
                out.append({"table_id": "default", "from": source, "to": target, "units": per, "rate": f"{self.r.uniform(low, high):.6f}",
                            "valid_from": f"{2025 if month == 0 else 2026}-{12 if month == 0 else month:02}-{15 if month == 0 else 5:02}"})
        return out

    def header(self, pid, incentive):
        header = {"id": pid, "version": "1", "incentive": incentive, "currency": self.currency if "rates" in self.layers else "USD",
                  "valid_from": "2026-01-01", "valid_to": "2027-12-31"}
        if "rates" in self.layers and self.chance(40):
            header["currency"] = self.pick("USD", "EUR")
        if "rates" in self.layers and self.chance(30):
            header["payout_currency"] = self.pick("USD", "EUR", "JPY")
        program = {"program": header}
        if self.chance(50):
            program["rounding"] = {"mode": self.pick("HALF_UP", "HALF_EVEN", "DOWN"), "step_minor": self.pick("1", "1", "5", "100")}
        if self.chance(30):
            program["payment"] = {"lag_days": str(self.r.randrange(40))}
        if "rates" in self.layers:
            stacking = {"rank": str(self.r.choice([100, 200, 300, 500, 600]))}
            stacking["base"] = self.pick("GROSS", "NET_OF_HIGHER_RANK", "NET_OF_HIGHER_RANK", "EXCLUSIVE") if self.chance(60) else "GROSS"
            if self.chance(25):
                stacking["reduces_lower"] = "false"
            if self.chance(20):
                stacking["exclusive_group"] = "G"
            program["stacking"] = stacking
        return program

    def products(self, chance=40):
        if not self.chance(chance):
            return []
        return self.r.sample(["sku:SW-24", "sku:SW-4*", "family:SWITCH", "line:NET", "line:ACC", "family:CABLE", "sku:AP-9"], self.pick(1, 2))

    def programs(self):
        out = []
        for n in range(self.pick(1, 2) if "debits" in self.layers else 0):
            out.append(self.ship_debit(f"SD{n + 1}"))
        if "volumes" in self.layers:
            out += [self.volume(f"VP{n + 1}", "POS") for n in range(self.pick(1, 2, 3))]
            out += [self.volume(f"VI{n + 1}", "SELL_IN") for n in range(self.pick(0, 1, 2))]
        return out

    def ship_debit(self, pid):
        program = self.header(pid, "SHIP_DEBIT")
        sd = {"cost_basis": self.pick("FIFO", "AVERAGE", "BOOK_AT_SHIP", "BOOK_IN_AGREEMENT")}
        if self.chance(60):
            sd["lot_shortage"] = "BOOK"
        if self.chance(25):
            sd["over_qty"] = "REJECT"
        sd["resale_above"] = self.pick("REJECT", "REDUCE", "REDUCE", "PAY")
        if self.chance(50):
            sd["resale_share_percent"] = self.pick("50", "33.3", "80")
        if self.chance(40):
            sd["resale_tolerance_percent"] = self.pick("2", "0.5", "5")
        if self.chance(30):
            sd["min_debit"] = self.pick("5.00", "40.00")
        program["ship_debit"] = sd
        if self.chance(40):
            program["claim"] = {"window_days": self.pick("10", "20", "60"), "anchor": "SHIP_DATE"}
            if self.chance(30):
                program["claim"]["tolerance"] = self.pick("0", "1.00")
        caps = []
        if self.chance(30):
            caps.append({"scope": "LINE", "period": "LINE", **self.limit(20, 400, 20)})
        if self.chance(40):
            caps.append({"scope": self.pick("PARTNER", "PARTNER", "AGREEMENT"), "period": self.pick("MONTH", "QUARTER", "HALF", "YEAR", "PROGRAM"),
                         **self.limit(200, 4000, 150)})
        if caps:
            program["caps"] = caps
        return program

    def limit(self, low, high, qty):
        return {"qty": str(self.r.randrange(5, qty))} if self.chance(30) else {"amount": self.money(low, high)}

    def volume(self, pid, source):
        logistics = self.chance(25)
        program = self.header(pid, "LOGISTICS" if logistics else "VOLUME_REBATE")
        if (products := self.products()):
            program["eligibility"] = {"products": {"include": products}}
            if self.chance(30):
                program["eligibility"]["products"]["exclude"] = ["sku:" + self.pick(*SKUS)]
        qualifier = self.pick("AMOUNT", "AMOUNT", "QTY")
        v = {"source": source, "qualifier": qualifier, "period": self.pick("MONTH", "QUARTER", "QUARTER", "HALF", "YEAR", "PROGRAM"),
             "method": self.pick("MARGINAL", "MARGINAL", "RETROACTIVE", "RETROACTIVE", "ROLLING", "TOTAL")}
        if self.chance(30):
            v["edge"] = "UP_TO"
        if self.chance(25):
            v["fiscal_start_month"] = str(self.r.randrange(1, 13))
        if self.chance(30):
            v["price"] = "BOOK"
        if self.chance(30):
            v["per"] = self.pick("SKU", "FAMILY", "LINE")
        if self.chance(30):
            v["aggregate"] = self.pick("PARTNER", "PARTNER_ROOT")
        if self.chance(25):
            v["tax_included_percent"] = self.pick("18", "7.7", "20")
        for name in ("qualifier_products", "benefit_products"):
            if self.chance(20):
                v[name] = {"include": self.products(100)}
        if self.chance(30):
            v["cap"] = self.money(50, 900)
        v["tiers"] = self.tiers(qualifier)
        if self.chance(25):
            v["expected_volume"] = self.money(2000, 30000) if qualifier == "AMOUNT" else str(self.r.randrange(100, 1500))
            if self.chance(50):
                v["constraint_percent"] = self.pick("80", "62.5")
        if "corrections" in self.layers and self.chance(20):
            v["returns_period"] = "RETURN_DATE"
        program["volume"] = v
        return program

    def tiers(self, qualifier):
        kind, tiers, start, rate = self.pick("percent", "percent", "per_unit", "per_block", "fixed"), [], 0, 0
        if self.chance(40):
            start = self.r.randrange(200, 4000) if qualifier == "AMOUNT" else self.r.randrange(5, 120)
        for _ in range(self.pick(1, 2, 3)):
            tier = {"from": str(start)}
            rate += self.r.randrange(1, 40)
            if kind == "percent":
                tier["percent"] = f"{rate / 8:.3f}"
            elif kind == "per_unit":
                tier["per_unit"] = f"{rate / 16:.4f}"
            elif kind == "per_block":
                tier["per_block"] = {"qty": self.pick("6", "10", "24"), "amount": f"{rate / 4:.2f}", "round": self.pick("DOWN", "UP", "EXACT")}
            if kind == "fixed" or self.chance(20):
                tier["fixed"] = f"{rate * 3 / 4:.2f}"
            tiers.append(tier)
            start += self.r.randrange(300, 6000) if qualifier == "AMOUNT" else self.r.randrange(10, 200)
        return tiers


class Lines:
    def __init__(self, worlds, world):
        self.w, self.r, self.world, self.lines, self.number = worlds, worlds.r, world, [], 0
        self.now = datetime.datetime(2026, 1, 3, 12)
        self.agreements, self.sales, self.claims, self.sell_ins, self.returns = [], [], [], [], []
        debits = [p for p in world["programs"] if "ship_debit" in p]
        for index, p in enumerate(debits * 2):
            self.agreement(f"A-{index + 1}", p, "D1" if index % 3 < 2 else "D2", 1)
        for _ in range(self.w.pick(3, 6)):
            self.sell_in()
        self.begin()
        for _ in range(self.w.pick(15, 25, 40)):
            (self.more() or self.step)()

    def begin(self):
        pass

    def more(self):
        return None

    def add(self, kind, partner, **members):
        self.number += 1
        self.now += datetime.timedelta(hours=self.r.randrange(1, 90))
        line = {"kind": kind, "line_id": f"L{self.number}", "partner_id": partner, "currency": "USD", **members,
                "received_at": self.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.lines.append(line)
        return line

    def date(self, back=40):
        d = self.now.date() - datetime.timedelta(self.r.randrange(0, back))
        return max(d, START).isoformat()

    def agreement(self, number, p, partner, revision):
        w, lines = self.w, []
        for n in range(w.pick(1, 1, 2)):
            method = w.pick("DOWN_TO", "DOWN_TO", "DOWN_BY_AMOUNT", "DOWN_BY_PERCENT")
            row = {"line_no": str(n + 1), "method": method}
            row[{"DOWN_TO": "price", "DOWN_BY_AMOUNT": "amount", "DOWN_BY_PERCENT": "percent"}[method]] = {
                "DOWN_TO": w.money(15, 45), "DOWN_BY_AMOUNT": w.money(1, 6, 3), "DOWN_BY_PERCENT": w.money(2, 25)}[method]
            if (products := w.products(60)):
                row["products"] = products
            if w.chance(85):
                row["authorised_qty"] = str(self.r.randrange(20, 400))
            if w.chance(80):
                row["book_price"] = w.money(25, 60, 4)
            policy = w.pick("NONE", "NONE", "MAX", "MIN", "RANGE", "EXACT")
            if policy != "NONE":
                row["resale_policy"] = policy
                low = self.r.randrange(40, 60)
                if policy in ("MIN", "RANGE", "EXACT"):
                    row["resale_min"] = str(low)
                if policy in ("MAX", "RANGE", "EXACT"):
                    row["resale_max"] = str(low + (15 if policy == "RANGE" else 0))
            lines.append(row)
        blanket = any("authorised_qty" not in l for l in lines)
        a = {"authorisation_no": number, "revision": str(revision), "program_id": p["program"]["id"], "status": w.pick(*["ACTIVE"] * 12, "ON_HOLD"),
             "issue_date": "2025-12-20", "valid_from": "2026-01-01" if revision == 1 else self.date(20), "valid_to": w.pick("2026-12-31", "2026-03-31"),
             "lines": lines}
        a["valid_to"] = max(a["valid_from"], a["valid_to"])
        a["currency"] = p["program"]["currency"]
        if blanket or w.chance(20):
            a["blanket"] = "true"
        a["customers"] = self.r.sample(CUSTOMERS, 2)
        if w.chance(20):
            a["amount_limit"] = w.money(200, 3000)
        if w.chance(30):
            a["ship_debit"] = {"cost_basis": w.pick("FIFO", "AVERAGE", "BOOK_AT_SHIP")}
        line = self.add("AGREEMENT", partner, **a)
        self.agreements.append((line, p))

    def sell_in(self):
        date = self.date(30)
        line = self.add("SELL_IN", self.w.pick("D1", "D1", "D2", "D1-S"), vendor_part=self.w.pick(*SKUS), invoice_no=f"VI-{self.number}",
                        qty=str(self.r.randrange(5, 200)), unit_price=self.w.money(18, 60, self.w.pick(2, 4)), invoice_date=date, receipt_date=date)
        if "rates" in self.w.layers and self.w.chance(30):
            line["currency"] = "EUR"
        self.sell_ins.append(line)

    def customer(self):
        name = self.w.pick(*CUSTOMERS)
        return {"name": name.title(), "country": "US", "id": name, "role": "END_USER"}

    def sale(self):
        line = self.add("POS_SALE", self.w.pick("D1", "D1", "D2", "D1-S"), vendor_part=self.w.pick(*SKUS), invoice_no=f"INV-{self.number}",
                        sold_to=self.customer(), qty=str(self.r.randrange(1, 120)), ship_date=self.date(), resale_unit=self.w.money(35, 75, self.w.pick(2, 4)))
        if "rates" in self.w.layers and self.w.chance(30):
            line["currency"] = "EUR"
        self.sales.append(line)

    def claim(self):
        if not self.agreements:
            return self.sale()
        a, p = self.w.pick(*self.agreements)
        own = [s for s in self.sales if s["partner_id"] == a["partner_id"]]
        line = self.add("SHIP_DEBIT_CLAIM", a["partner_id"], vendor_part=self.w.pick(*SKUS), invoice_no=f"INV-{self.number}", claim_id=f"CL-{self.number}",
                        sold_to=self.customer(), qty=str(self.r.randrange(1, 120)), ship_date=self.date(50), authorisation_no=a["authorisation_no"],
                        currency=p["program"]["currency"])
        if self.w.chance(85):
            line["resale_unit"] = self.w.money(38, 75)
        if (own or self.claims) and self.w.chance(45):
            base = self.w.pick(*(own or self.claims), *[c for c in self.claims if c["partner_id"] == a["partner_id"]])
            if base["partner_id"] == a["partner_id"]:
                line.update({k: base[k] for k in ("vendor_part", "invoice_no", "ship_date", "sold_to")})
                if self.w.chance(60):
                    line["qty"] = str(max(1, int(base["qty"]) - self.r.randrange(0, 40)))
        if "resale_unit" in line and "rates" in self.w.layers:
            line["resale_unit"] = self.w.money(38, 75)
        if self.w.chance(25):
            line["claimed_amount"] = str(self.r.randrange(1, 900)) if p["program"]["currency"] == "JPY" else self.w.money(1, 900)
        if self.w.chance(35):
            line["claimed_debit_unit"] = self.w.money(1, 12, 3)
        key = lambda c: (c["invoice_no"], c["vendor_part"], c["ship_date"], c["qty"], c["authorisation_no"])
        while key(line) in map(key, self.claims):
            line["qty"] = str(int(line["qty"]) + 1)
        self.claims.append(line)

    def back(self):
        if not self.sales:
            return self.sale()
        s = self.w.pick(*self.sales)
        qty = max(1, int(int(s["qty"]) * self.r.uniform(0.1, 1.1)))
        members = {"vendor_part": s["vendor_part"], "invoice_no": f"CM-{self.number}", "sold_to": s["sold_to"], "qty": f"-{qty}", "ship_date": self.date(5)}
        how = self.r.randrange(3)
        if how == 0:
            members["original_line_ref"] = s["line_id"]
        elif how == 1:
            members["original_invoice_no"] = s["invoice_no"]
        self.returns.append(self.add("POS_RETURN", s["partner_id"], **members))

    def claim_back(self):
        if not self.claims:
            return self.sale()
        c = self.w.pick(*self.claims)
        qty = max(1, int(int(c["qty"]) * self.r.uniform(0.1, 1.0)))
        keep = {k: c[k] for k in ("vendor_part", "sold_to", "authorisation_no", "currency")}
        self.add("SHIP_DEBIT_CLAIM", c["partner_id"], **keep, invoice_no=f"CM-{self.number}", claim_id=f"CL-{self.number}", qty=f"-{qty}",
                 ship_date=self.date(5), original_line_ref=c["line_id"])

    def cancel(self):
        claimed = {c["invoice_no"] for c in self.claims}
        targets = self.claims + [s for s in self.sales if s["invoice_no"] not in claimed] + self.sell_ins
        t = self.w.pick(*targets)
        self.add("CANCEL", t["partner_id"], original_line_ref=t["line_id"])

    def step(self):
        w, roll = self.w, self.r.randrange(100)
        if "corrections" in w.layers and roll < 25:
            return self.w.pick(self.back, self.back, self.claim_back, self.cancel)()
        if "debits" in w.layers and roll < 55:
            return self.claim()
        if roll < 60 and self.agreements:
            a, p = w.pick(*self.agreements)
            same = [x for x, _ in self.agreements if x["authorisation_no"] == a["authorisation_no"]]
            if w.chance(40):
                return self.agreement(a["authorisation_no"], p, a["partner_id"], len(same) + 1)
        return self.sell_in() if roll < 70 else self.sale()


def write(world, folder):
    files = {"world.yaml": "clock: 2026-01-01T12:00:00Z\n"}
    files["products.csv"] = "sku,family,product_line,vendor_parts,uoms\n" + "".join(
        f"{s},{p['family']},{p['product_line']},,BOX:8/1|HALF:1/2\n" for s, p in world["products"].items())
    files["prices.csv"] = "list_id,sku,currency,price,valid_from\n" + "".join(
        f"PL,{p['sku']},{p['currency']},{p['price']},{p['valid_from']}\n" for p in world["prices"])
    files["rates.csv"] = "table_id,from,to,units,rate,valid_from,valid_to,source\n" + "".join(
        f"{r['table_id']},{r['from']},{r['to']},{r['units']},{r['rate']},{r['valid_from']},,X\n" for r in world["rates"])
    files["partners.yaml"] = "".join("- " + flow({"name": p["partner_id"], "country": "US", "currency": "USD", "price_list_id": "PL",
                                                  "roles": [{"role": "DISTRIBUTOR"}], **p}) + "\n" for p in world["partners"])
    for name in ("default", "EUR", "JPY"):
        settings = {f"approval.{k}": "1000000000000" for k in ("auto_max", "one_max", "two_max")}
        if name == "default" and "stack_max_percent" in world:
            settings["stack_max_percent"] = world["stack_max_percent"]
        files[f"programs/limits-{name}.yaml"] = "limits: " + flow({"id": name, "version": "1", "valid_from": "1990-01-01"}) + "\nsettings: " + flow(settings) + "\n"
    files["programs/ruleset.yaml"] = "ruleset: {id: default, version: '1', valid_from: '1990-01-01'}\nrules: " + flow(
        {r: {"mode": "OFF"} for r in OFF}) + "\nsettings: {review.sample_bp: '0'}\n"
    if len(world["partners"]) > 3:                          # resellers earn as distributors do, where a program lets them
        files["programs/matrix.yaml"] = "matrix: {version: '1', valid_from: '1990-01-01'}\nrows: " + flow(
            {role: {i: "Y" for i in ("SHIP_DEBIT", "VOLUME_REBATE", "LOGISTICS", "MDF", "SPIFF", "DEAL_REGISTRATION", "PRICE_PROTECTION", "STOCK_ROTATION")} for role in ("DISTRIBUTOR", "VAR")}) + "\n"
    files.update(world.get("files", {}))
    for p in world["programs"]:
        files[f"programs/{p['program']['id']}.yaml"] = "".join(f"{k}: {flow(v)}\n" for k, v in p.items())
    files["input.ndjson"] = "".join(json.dumps(l) + "\n" for l in world.get("sent", world["lines"]))
    for name, body in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(body)
