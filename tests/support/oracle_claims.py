#!/usr/bin/env python3
"""oracle_claims.py: the second calculation of replaces, SPIFFs with caps of a seller, marketing funds and deals, and their worlds.

Layers: replaces, spiffs, marketing, deals."""
import copy
import datetime
from fractions import Fraction as F

import oracle
from oracle import Model, Record, day, ordered, period_of, rounded, text, units, usual
from oracle_worlds import Lines, Worlds

oracle.NUMBERS.update({"PART_NOT_ELIGIBLE": 309, "INELIGIBLE_EXPENSE": 504, "REG_EXPIRED": 524, "ORDER_BEFORE_REGISTRATION": 525, "REG_MISMATCH": 526,
                       "AMOUNT_MISMATCH": 806, "FUND_EXHAUSTED": 809, "REG_QTY_EXCEEDED": 811})
oracle.RANKS.update({"SPIFF": 400, "DEAL_REGISTRATION": 300, "MDF": 600})
LEDGERS = ["EARNED", "FUND", "ESTIMATED", "SETTLED"]


class Claims(Model):
    def __init__(self, world):
        super().__init__(world)
        self.fund_rows, self.deals = {}, {}

    # --- what a claim of any kind goes through ---------------------------------------------------------------------

    def stated(self, line):
        return F(line["claimed_amount"]) if "claimed_amount" in line else None

    def settle(self, line, program, say, entitled, q, qty, extra=(), scopes=(), claim=None, t=None):
        """R7 to R9: (amount, payable, claimed)."""
        currency, claimed = program["program"]["currency"], claim
        mode, step = self.mode(program)
        if claim is not None:
            c_q = claim * q / qty if qty else claim
            mine, ours = self.round(program, c_q), self.round(program, entitled)
            if units(mine - ours, currency) > F("0.01"):
                say("AMOUNT_MISMATCH")
            if c_q < entitled:
                entitled = c_q
                if mine != ours:
                    say("CLAIMED_BELOW_ENTITLED")
        else:
            claimed = units(self.round(program, entitled), currency)
        payable, balances = entitled, []
        limits = list(extra) + [("CAP_REACHED", F(cap["amount"]) - units(self.caps.get(key, [0, 0])[0], currency)) for key, cap in scopes
                                if "amount" in cap]
        for code, left in limits:
            left = max(F(0), left)
            balances.append(left)
            if (entitled if code in dict(extra) else payable) > left:
                say(code)
            payable = min(payable, left)
        stack = self.stack_left(t, line, program) if t else None
        if stack is not None:
            balances.append(max(F(0), stack))
            if balances[-1] < payable:
                payable = balances[-1]
                say("STACK_LIMIT")
        amount = self.round(program, payable)
        if amount > rounded(claimed, currency, mode) or any(units(amount, currency) > b for b in balances):
            amount = rounded(payable, currency, "DOWN", step)
        return amount, payable, claimed

    def transaction_left(self, t, program, qty, say):
        """3.3: what is left of T for the program; None: nothing."""
        live = [c for c in self.claims.get(t, []) if c.qty > c.returned]
        sale = sum(s.qty - s.returned for s in self.sales.get(t, []) if not s.cancelled)
        invoiced = sale or (live[0].claim["accepted"] - live[0].claim["back"] if live else None)
        if invoiced is None:
            return qty
        left = invoiced - sum(c.claim["accepted"] - c.claim["back"] for c in live if c.claim["program"] == program["program"]["id"])
        if left <= 0:
            say("DUPLICATE_TRANSACTION")
            return None
        if left < qty:
            say("INVOICE_OVERCLAIMED")
        return min(left, qty)

    def cap_q(self, scopes, q, say):
        for key, cap in scopes:
            if "qty" in cap:
                left = max(F(0), F(cap["qty"]) - self.caps.get(key, [0, F(0)])[1])
                if left < q:
                    q = left
                    say("CAP_REACHED")
        return q

    def scopes_of(self, program, line, date):
        out, root = [], self.roots[line["partner_id"]]
        for index, cap in enumerate(program.get("caps", [])):
            scope = {"PARTNER": root, "REP": line.get("rep_id"), "LINE": line["line_id"]}[cap["scope"]]
            label = "LINE" if "LINE" in (cap["scope"], cap["period"]) else period_of(cap["period"], date)[0]
            out.append(((program["program"]["id"], index, scope, label, root), cap))
        return out

    def close_claim(self, line, record, reasons, program, figures, date):
        """Result of a claim that was rated, and what it leaves when it is paid."""
        header = program["program"]
        currency = header["currency"]
        reasons = list(dict.fromkeys(reasons))
        paid = record.claim["paid"] if record.claim else 0
        outcome = self.outcome(reasons, paid)
        live = outcome in ("PASS", "SHORT")
        result = {"outcome": outcome, "reasons": [r for r, _ in ordered(reasons)], "payouts": []}
        claimed = rounded(figures["claimed"] or F(0), currency, self.mode(program)[0])
        if live or figures["stated"] and outcome not in ("HOLD", "PARK"):
            result.update(claimed=text(claimed, currency), paid=text(paid if live else 0, currency), refused=text(claimed - (paid if live else 0), currency))
        if not live:
            return result
        claim = record.claim
        self.records[line["line_id"]] = record
        for key, _ in claim["scopes"]:
            used = self.caps.setdefault(key, [0, F(0)])
            used[0] += paid
            used[1] += claim["units"]
        other, claim["payout"] = header.get("payout_currency", currency), paid
        if other != currency:
            mode, step = self.mode(program)
            claim["payout"] = rounded(claim["payable"] * self.rate(currency, other, date), other, mode, step)
        lag = datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
        self.post(record, result, program, "EARNED", claim["units"], paid, claim["month"], claim["month"], self.received(line) + lag, None,
                  payout_minor=claim["payout"])
        return result

    def claim_of(self, program, amount, q, accepted, payable, scopes, month, **more):
        return {"program": program["program"]["id"], "paid": amount, "units": q, "accepted": accepted, "at": None, "reversed": 0,
                "back": F(0), "units_back": F(0), "scopes": scopes, "moved": F(0), "q": q, "payable": payable, "reversed_payout": 0, "month": month, **more}

    # --- SPIFF, deals ----------------------------------------------------------------------------------------------

    def per_transaction(self, line, program, date, checks, entitle):
        record, reasons, t, qty = Record(line, self.number), [], self.key(line), F(line["qty"])
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        claim = self.stated(line)
        figures = {"claimed": claim, "stated": claim is not None}
        accepted = self.transaction_left(t, program, qty, say)
        if accepted is not None:
            if self.excluded(program, t):
                say("EXCLUSIVE_PROGRAM_PAID")
            net = program.get("stacking", {}).get("base") == "NET_OF_HIGHER_RANK"
            if net and self.paid_before(program, t, date) > 0:
                say("STACKED_NET")
            scopes = self.scopes_of(program, line, date)
            q = self.cap_q(scopes, accepted, say)
            q = min(q, checks(accepted, say))
            entitled = entitle(q, t, say)
            amount, payable, figures["claimed"] = self.settle(line, program, say, entitled, q, qty, (), scopes, claim, t)
            if any(usual(c) == "REJECT" or o == "REJECT" for c, o in reasons):
                amount = 0
            record.claim = self.claim_of(program, amount, q, accepted, payable, scopes, f"{date.year}-{date.month:02}", deal=line.get("deal_reg_no"))
        result = self.close_claim(line, record, reasons, program, figures, date)
        if result["outcome"] in ("PASS", "SHORT"):
            self.claims.setdefault(t, []).append(record)
        return result, record

    def base_of(self, program, unit, q, t, date):
        """Value of the units, less what programs of higher rank paid."""
        value = unit * q
        if program.get("stacking", {}).get("base") != "NET_OF_HIGHER_RANK":
            return value
        return max(F(0), value - max(F(0), self.paid_before(program, t, date)))

    def do_SPIFF_CLAIM(self, line):
        program, ship = self.by_id[line["program_id"]], day(line["ship_date"])
        window = int(program.get("claim", {}).get("window_days", 30))

        def checks(accepted, say):
            if self.claim_received(line) > ship + datetime.timedelta(window):
                say("LATE_CLAIM")
            return accepted

        def entitle(q, t, say):
            rate = next((r for r in program["spiff"]["rates"] if self.matches(r.get("products"), line["vendor_part"])), None)
            if rate is None:
                say("PART_NOT_ELIGIBLE")
                return F(0)
            if "per_unit" in rate:
                return q * F(rate["per_unit"])
            unit = F(line["resale_unit"]) * self.rate(line["currency"], program["program"]["currency"], ship)
            return self.base_of(program, unit, q, t, ship) * F(rate["percent"]) / 100
        return self.per_transaction(line, program, ship, checks, entitle)[0]

    def do_REP_ROSTER(self, line):
        return {"outcome": "PASS", "reasons": [], "payouts": []}

    def do_DEAL_REGISTRATION(self, line):
        program = self.by_id[line["program_id"]]
        root, received = self.roots[line["partner_id"]], self.received(line)
        last = received + datetime.timedelta(int(program["deal"].get("protection_days", 90)))
        self.deals[root, line["deal_reg_no"]] = {"line": line, "last": last, "received": received, "claimed": F(0), "fixed": 0, "won": False}
        return {"outcome": "PASS", "reasons": [], "payouts": []}

    def do_DEAL_CLAIM(self, line):
        deal = self.deals[self.roots[line["partner_id"]], line["deal_reg_no"]]
        said, program, date = deal["line"], self.by_id[deal["line"]["program_id"]], day(line["order_date"])
        currency, bonus = program["program"]["currency"], program["deal"]["bonus"]

        def checks(accepted, say):
            if date < deal["received"]:
                say("ORDER_BEFORE_REGISTRATION")
            if self.claim_received(line) > date + datetime.timedelta(int(program.get("claim", {}).get("window_days", 90))):
                say("LATE_CLAIM")
            if date > deal["last"]:
                say("REG_EXPIRED")
            if line["sold_to"]["id"] != said["end_customer"]["id"] or self.w["products"][line["vendor_part"]]["family"] != said["family"]:
                say("REG_MISMATCH")
            most = F(said["qty"]) * (1 + F(program["deal"].get("qty_tolerance_percent", 0)) / 100)
            most = F((most * 1000).numerator // (most * 1000).denominator, 1000)
            left = max(F(0), most - deal["claimed"])
            if accepted > left:
                say("REG_QTY_EXCEEDED", "SHORT" if left else "REJECT")
            return min(accepted, left)

        def entitle(q, t, say):
            if "fixed" in bonus:
                return F(bonus["fixed"]) if deal["fixed"] == 0 and q > 0 else F(0)
            if "per_unit" in bonus:
                return q * F(bonus["per_unit"])
            if bonus.get("of") == "BOOK":
                unit = self.book(line["vendor_part"], date, currency)
            else:
                unit = F(line["resale_unit"]) * self.rate(line["currency"], currency, date)
            return self.base_of(program, unit, q, t, date) * F(bonus["percent"]) / 100
        result, record = self.per_transaction(line, program, date, checks, entitle)
        if result["outcome"] in ("PASS", "SHORT"):
            deal["claimed"] += record.claim["units"]
            deal["fixed"] += "fixed" in bonus and record.claim["paid"] > 0
            deal["won"] |= record.claim["paid"] > 0
        return result

    # --- marketing funds -------------------------------------------------------------------------------------------

    def fund(self, program, root, label):
        return self.fund_rows.setdefault((program["program"]["id"], root, label), {"adjusted": 0, "paid": 0})

    def do_FUND_ADJUSTMENT(self, line):
        program, record = self.by_id[line["program_id"]], Record(line, self.number)
        currency, root = program["program"]["currency"], self.roots[line["partner_id"]]
        result = {"outcome": "PASS", "reasons": [], "payouts": []}
        minor = rounded(F(line["amount"]), currency)
        self.fund(program, root, line["period_label"])["adjusted"] += minor
        lag = datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
        other = program["program"].get("payout_currency", currency)
        payout = minor
        if other != currency:
            mode, step = self.mode(program)
            payout = rounded(units(minor, currency) * self.rate(currency, other, self.received(line)), other, mode, step)
        since = self.end_of(program, line["period_label"])[0] if "volume" in program else self.received(line)
        self.post(record, result, program, "FUND", 0, minor, line["period_label"], line["period_label"], since + lag, None, payout_minor=payout)
        return result

    def do_MDF_CLAIM(self, line):
        program, record, reasons = self.by_id[line["program_id"]], Record(line, self.number), []
        currency, root, mdf, date = program["program"]["currency"], self.roots[line["partner_id"]], program["mdf"], day(line["activity_from"])
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        label, end = period_of(mdf.get("period", "QUARTER"), date, int(mdf.get("fiscal_start_month", 1)))
        claim, spend = self.stated(line), F(line["spend_amount"])
        if self.claim_received(line) > end + datetime.timedelta(int(program.get("claim", {}).get("window_days", 45))):
            say("LATE_CLAIM")
        activity = mdf.get("activities", {}).get(line["activity_type"], None if mdf.get("activities") else {})
        if activity is None:
            say("INELIGIBLE_EXPENSE")
        share = F((activity or {}).get("share_percent", mdf.get("share_percent", 50)))
        fund = self.fund(program, root, label)
        available = units(fund["adjusted"] - fund["paid"], currency)
        extra = ([("CAP_REACHED", F(activity["cap"]))] if activity and "cap" in activity else []) + [("FUND_EXHAUSTED", available)]
        scopes = self.scopes_of(program, line, date)
        amount, payable, claimed = self.settle(line, program, say, spend * share / 100, F(0), F(0), extra, scopes, claim)
        if any(o == "REJECT" for _, o in reasons):
            amount = 0
        record.claim = self.claim_of(program, amount, F(0), F(0), payable, scopes, label, fund=(root, label))
        result = self.close_claim(line, record, reasons, program, {"claimed": claimed, "stated": True}, date)
        if result["outcome"] in ("PASS", "SHORT"):
            fund["paid"] += amount
        return result

    # --- corrections -----------------------------------------------------------------------------------------------

    def reverse_claim(self, record, result, origin, r, received):
        claim = origin.claim
        if claim["at"] is not None:
            return super().reverse_claim(record, result, origin, r, received)
        program = self.by_id[claim["program"]]
        currency = program["program"]["currency"]
        mode, step = self.mode(program)
        other = program["program"].get("payout_currency", currency)
        part = min(r, claim["units"] - claim["units_back"])
        before, after = claim["units_back"], claim["units_back"] + part

        def share(total, at, money):
            if at == claim["units"]:
                return total
            return rounded(units(total, money) * at / claim["units"], money, mode, step)
        if claim["accepted"] == 0:
            minor, payout = claim["paid"] - claim["reversed"], claim["payout"] - claim["reversed_payout"]
        else:
            minor, payout = (share(claim[k], after, m) - share(claim[k], before, m) for k, m in (("paid", currency), ("payout", other))) if part else (0, 0)
        claim["units_back"], claim["back"] = after, claim["back"] + r
        origin.returned = origin.returned + r
        if claim["back"] >= claim["accepted"]:
            origin.returned = origin.qty
            if claim.get("deal"):
                deal = self.deals[self.roots[origin.line["partner_id"]], claim["deal"]]
                deal["fixed"] -= "fixed" in program["deal"]["bonus"] and claim["paid"] > 0
        claim["reversed"] += minor
        claim["reversed_payout"] += payout
        if claim.get("deal"):
            self.deals[self.roots[origin.line["partner_id"]], claim["deal"]]["claimed"] -= part
        if "fund" in claim:
            self.fund(program, *claim["fund"])["paid"] -= minor
        for key, _ in claim["scopes"]:
            self.caps[key][0] -= minor
            self.caps[key][1] -= part
        lag = datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
        mdf = program.get("mdf")
        posted = period_of(self.cut(program)[0], received, self.cut(program)[1])[0] if mdf else f"{received.year}-{received.month:02}"
        self.post(record, result, program, "EARNED", -part, -minor, claim["month"], posted, received + lag, None,
                  reverses=(origin.line["line_id"], program["program"]["id"], 0), payout_minor=-payout)
        record.pieces.append((origin, r, part, minor, payout))

    def cancel(self, record, result, origin, posted_date):
        if origin.claim is not None and origin.claim["at"] is None:
            claim = origin.claim
            self.reverse_claim(record, result, origin, claim["accepted"] - claim["back"], posted_date)
            origin.cancelled = True
            return {}
        return super().cancel(record, result, origin, posted_date)

    def do_CANCEL(self, line):
        origin = self.records.get(line["original_line_ref"])
        if origin is None or origin.claim is None or origin.claim["at"] is not None or origin.cancelled or origin.claim["accepted"]:
            return super().do_CANCEL(line)
        record, result = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}
        result["programs"] = self.cancel(record, result, origin, self.received(line))
        result["reasons"] = self.prior(result["programs"])
        return result

    def do_REPLACE(self, line):
        ref = line["original_line_ref"]
        origin, seq = self.records.get(ref), self.seq.get(self.roots[line["partner_id"]], 0)
        gone = self.results.get(ref)
        if origin is None and gone is None:
            return {"outcome": "HOLD", "reasons": ["TARGET_UNKNOWN"], "payouts": []}
        before = copy.deepcopy({k: v for k, v in self.__dict__.items() if k not in ("w", "programs", "by_id")})
        record, result, notes = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}, {}
        if origin is None and self.waits(ref):
            self.withdraw(ref, {})
        elif origin is not None and not origin.cancelled and (origin.claim is None or not origin.claim["accepted"] or origin.claim["back"] < origin.claim["accepted"]):
            notes = self.cancel(record, result, origin, self.received(line))
            origin.cancelled = True
        of = next((l for l in self.w["lines"] if l["line_id"] == ref), line)
        fresh = {**line, "kind": line["replaces_kind"], "claim_received": of["received_at"]}
        content = getattr(self, "do_" + line["replaces_kind"])(fresh)
        if content["outcome"] in ("REJECT", "HOLD", "PARK"):
            self.__dict__.update(before)
            return {**content, "payouts": []}
        entries = result["payouts"] + content["payouts"]
        order = {p["program"]["id"]: n for n, p in enumerate(self.programs)}
        entries.sort(key=lambda e: (order[e["program_id"]], LEDGERS.index(e["ledger"])))
        counts = {}
        for n, entry in enumerate(entries):
            entry["adjustment_no"] = counts.get(entry["program_id"], 0)
            counts[entry["program_id"]] = entry["adjustment_no"] + 1
            entry["seq"] = seq + n + 1
        programs = {}
        for own in (notes, content.get("programs", {})):
            for pid, names in own.items():
                programs[pid] = [n for n, _ in ordered({(n, usual(n)) for n in programs.get(pid, []) + names})]
        out = {**content, "payouts": entries}
        if self.prior(notes) and "PRIOR_PERIOD" not in content["reasons"]:
            out["reasons"] = [n for n, _ in ordered([(n, usual(n)) for n in content["reasons"] + ["PRIOR_PERIOD"]])]
        if "programs" in content or notes:
            out["programs"] = programs
        return out

    def balances(self):
        out = super().balances()
        for (pid, root, label), fund in self.fund_rows.items():
            currency = self.by_id[pid]["program"]["currency"]
            out.append({"kind": "fund", "partner_root_id": root, "program_id": pid, "period": label, "adjusted": units(fund["adjusted"], currency),
                        "paid": units(fund["paid"], currency), "available": units(fund["adjusted"] - fund["paid"], currency)})
        for (root, number), deal in self.deals.items():
            out.append({"kind": "deal", "partner_root_id": root, "deal_reg_no": number, "claimed": deal["claimed"],
                        "status": "WON" if deal["won"] else "APPROVED"})
        return out


class ClaimWorlds(Worlds):
    def lines_of(self, world):
        return ClaimLines(self, world).lines

    def resellers(self):
        return [{"partner_id": v, "roles": [{"role": "VAR"}]} for v in ("V1", "V2")] if self.layers & {"spiffs", "marketing", "deals"} else []

    def more_programs(self):
        out = []
        if "spiffs" in self.layers:
            out += [self.spiff(f"SP{n + 1}") for n in range(self.pick(1, 2))]
        if "marketing" in self.layers:
            out.append(self.mdf("MK1"))
        if "deals" in self.layers:
            out += [self.deal(f"DR{n + 1}") for n in range(self.pick(1, 2))]
        return out

    def seller_caps(self, program):
        caps = []
        if self.chance(50):
            caps.append({"scope": "REP", "period": self.pick("MONTH", "QUARTER", "PROGRAM"), **self.limit(50, 900, 60)})
        if self.chance(40):
            caps.append({"scope": "PARTNER", "period": self.pick("MONTH", "YEAR"), **self.limit(200, 4000, 200)})
        if self.chance(15):
            caps.append({"scope": "LINE", "period": "LINE", **self.limit(20, 300, 20)})
        if caps:
            program["caps"] = caps

    def spiff(self, pid):
        program = self.header(pid, "SPIFF")
        rates = []
        for _ in range(self.pick(1, 2, 3)):
            rate = {"per_unit": self.money(1, 9, 4)} if self.chance(60) else {"percent": self.money(1, 12, 3)}
            rates.append({**rate, **({"products": p} if (p := self.products(60)) else {})})
        program["spiff"] = {"serials": "NONE", "opt_in": "false", "trigger_pos": "false", "rates": rates}
        if self.chance(40):
            program["claim"] = {"window_days": self.pick("10", "20", "60")}
        self.seller_caps(program)
        return program

    def mdf(self, pid):
        program = self.header(pid, "MDF")
        program.pop("stacking", None)
        mdf = {"kind": "MDF", "preapproval": "NONE", "period": self.pick("MONTH", "QUARTER", "HALF", "YEAR"), "share_percent": self.pick("50", "33.3", "60", "100")}
        if self.chance(30):
            mdf["fiscal_start_month"] = str(self.r.randrange(1, 13))
        if self.chance(60):
            mdf["activities"] = {"EVENT": {"cap": self.money(100, 900)}, "DIGITAL": {"share_percent": self.pick("40", "75")}}
        program["mdf"] = mdf
        if self.chance(30):
            program["claim"] = {"window_days": self.pick("5", "20")}
        return program

    def deal(self, pid):
        program = self.header(pid, "DEAL_REGISTRATION")
        bonus = self.pick({"percent": self.money(1, 9, 3), "of": self.pick("RESALE", "BOOK")}, {"per_unit": self.money(1, 9, 3)}, {"fixed": self.money(20, 400)})
        program["deal"] = {"protection_days": self.pick("20", "60", "90"), "bonus": bonus}
        if self.chance(40):
            program["deal"]["qty_tolerance_percent"] = self.pick("10", "2.5")
        if self.chance(30):
            program["claim"] = {"window_days": self.pick("10", "30")}
        self.seller_caps(program)
        program["caps"] = [c for c in program.get("caps", []) if c["scope"] != "REP"]
        if not program["caps"]:
            del program["caps"]
        return program


class ClaimLines(Lines):
    def __init__(self, worlds, world):
        self.deals, self.more_claims, self.replaced = [], [], set()
        self.of = lambda block: [p for p in world["programs"] if block in p]
        super().__init__(worlds, world)

    def begin(self):
        if "spiffs" in self.w.layers:
            for v in ("V1", "V2"):
                for rep in ("ann", "bob"):
                    self.add("REP_ROSTER", v, rep_id=f"{v}-{rep}", tax_country="US", tax_form_on_file=True)
        if "marketing" in self.w.layers:
            for _ in range(self.w.pick(2, 4)):
                self.grant()

    def reseller_sale(self):
        line = self.add("POS_SALE", self.w.pick("V1", "V2"), vendor_part=self.w.pick(*oracle_skus()), invoice_no=f"INV-{self.number}", sold_to=self.customer(),
                        qty=str(self.r.randrange(1, 60)), ship_date=self.date(), resale_unit=self.w.money(35, 75, self.w.pick(2, 4)))
        self.sales.append(line)

    def on_invoice(self, line, kinds=("V1", "V2")):
        """Half of the claims meet a transaction that is known."""
        own = [s for s in self.sales + self.more_claims if s["partner_id"] == line["partner_id"] and "invoice_no" in s and s["kind"] != "MDF_CLAIM"]
        if own and self.w.chance(50):
            base = self.w.pick(*own)
            line.update({k: base[k] for k in ("vendor_part", "invoice_no", "ship_date", "sold_to") if k in base})
            if self.w.chance(60):
                line["qty"] = str(max(1, int(base["qty"]) - self.r.randrange(0, 20)))

    @staticmethod
    def key(c):
        """K, as far as these worlds vary it."""
        return tuple(c.get(k) for k in ("invoice_no", "vendor_part", "ship_date", "order_date", "qty", "rep_id", "deal_reg_no", "authorisation_no")) \
            + (c.get("replaces_kind", c.get("kind")),)

    def alone(self, line, but=()):
        others = {self.key(c) for c in self.lines if c is not line and c["line_id"] not in but and "invoice_no" in c}
        while self.key(line) in others:
            line["qty"] = str(int(line["qty"]) + 1)

    def claim(self):
        super().claim()
        if self.lines[-1]["kind"] == "SHIP_DEBIT_CLAIM":
            self.alone(self.lines[-1])                      # the content of a REPLACE has its business key, too (3.3)

    def unique(self, line):
        self.alone(line)
        if self.w.chance(50):
            line["claimed_amount"] = self.w.money(1, 400)
        self.more_claims.append(line)

    def spiff_claim(self):
        p, partner = self.w.pick(*self.of("spiff")), self.w.pick("V1", "V2")
        line = self.add("SPIFF_CLAIM", partner, program_id=p["program"]["id"], vendor_part=self.w.pick(*oracle_skus()), invoice_no=f"INV-{self.number}",
                        claim_id=f"CL-{self.number}", sold_to=self.customer(), qty=str(self.r.randrange(1, 60)), ship_date=self.date(45),
                        rep_id=f"{partner}-{self.w.pick('ann', 'bob')}", resale_unit=self.w.money(35, 75), currency=p["program"]["currency"])
        self.on_invoice(line)
        self.unique(line)

    def registration(self):
        p, partner = self.w.pick(*self.of("deal")), self.w.pick("V1", "V2")
        line = self.add("DEAL_REGISTRATION", partner, deal_reg_no=f"DL-{self.number}", revision="1", program_id=p["program"]["id"], end_customer=self.customer(),
                        family=self.w.pick("SWITCH", "AP", "CABLE"), project=f"P{self.number}", qty=str(self.r.randrange(10, 90)), currency=p["program"]["currency"])
        self.deals.append((line, p))

    def deal_claim(self):
        if not self.deals:
            return self.registration()
        said, p = self.w.pick(*self.deals)
        fit = [s for s, (family, _) in skus_of().items() if family == said["family"]]
        part = self.w.pick(*fit) if self.w.chance(85) else self.w.pick(*oracle_skus())
        customer = said["end_customer"] if self.w.chance(90) else self.customer()
        since = (self.now.date() - datetime.date.fromisoformat(said["received_at"][:10])).days
        order = (self.now.date() - datetime.timedelta(self.r.randrange(0, max(1, since + 3)))).isoformat()
        line = self.add("DEAL_CLAIM", said["partner_id"], deal_reg_no=said["deal_reg_no"], vendor_part=part, invoice_no=f"INV-{self.number}",
                        claim_id=f"CL-{self.number}", sold_to=customer, qty=str(self.r.randrange(1, 60)), order_date=max(order, "2026-01-01"),
                        resale_unit=self.w.money(35, 75), currency=p["program"]["currency"])
        self.unique(line)

    def grant(self):
        p = self.of("mdf")[0]
        label = period_of(p["mdf"]["period"], self.now.date(), int(p["mdf"].get("fiscal_start_month", 1)))[0]
        self.add("FUND_ADJUSTMENT", self.w.pick("V1", "V2"), program_id=p["program"]["id"], period_label=label, amount=self.w.money(50, 2000),
                 reason_text="grant", currency=p["program"]["currency"])

    def campaign(self):
        p, start = self.of("mdf")[0], self.date(50)
        line = self.add("MDF_CLAIM", self.w.pick("V1", "V2"), program_id=p["program"]["id"], activity_type=self.w.pick("EVENT", "DIGITAL", "PRINT"),
                        activity_from=start, activity_to=start, expense_type="HALL", spend_amount=self.w.money(20, 1500), claim_id=f"CL-{self.number}",
                        claimed_amount=self.w.money(10, 700), vendor={"name": "Agency", "id": "A-1", "country": "US"}, vendor_invoice_no=f"M-{self.number}",
                        documents=[{"type": "INVOICE"}], currency=p["program"]["currency"])
        self.more_claims.append(line)

    def replace(self):
        kinds = ("POS_SALE", "SHIP_DEBIT_CLAIM", "SPIFF_CLAIM", "DEAL_CLAIM", "MDF_CLAIM")
        claimed = {c["invoice_no"] for c in self.claims + self.more_claims if "invoice_no" in c}
        targets = [l for l in self.lines if l["kind"] in kinds and l["line_id"] not in self.replaced and not l["line_id"].startswith("X")
                   and not (l["kind"] == "POS_SALE" and l["invoice_no"] in claimed) and not str(l.get("qty", "1")).startswith("-")]
        if not targets:
            return self.sale()
        t = self.w.pick(*targets)
        self.replaced.add(t["line_id"])
        members = {k: v for k, v in t.items() if k not in ("kind", "line_id", "partner_id", "received_at", "original_line_ref")}
        if "qty" in members and self.w.chance(70):
            members["qty"] = str(max(1, int(members["qty"]) + self.r.randrange(-20, 21)))
        if "resale_unit" in members and self.w.chance(40):
            members["resale_unit"] = self.w.money(38, 75)
        if "claimed_amount" in members and self.w.chance(50):
            members["claimed_amount"] = self.w.money(1, 600)
        if "spend_amount" in members:
            members["spend_amount"] = self.w.money(20, 1500)
        if "invoice_no" in members:
            content = {**members, "replaces_kind": t["kind"]}
            self.alone(content, {t["line_id"]})
            members["qty"] = content["qty"]
        currency = members.pop("currency")
        self.add("REPLACE", t["partner_id"], **members, currency=currency, replaces_kind=t["kind"], original_line_ref=t["line_id"])

    def cancel_more(self):
        targets = [c for c in self.more_claims if c["line_id"] not in self.replaced]
        if not targets:
            return self.sale()
        t = self.w.pick(*targets)
        self.add("CANCEL", t["partner_id"], original_line_ref=t["line_id"])

    def more(self):
        """A step of the further layers, or None for one of the first."""
        options = []
        if "replaces" in self.w.layers:
            options += [self.replace]
        if "spiffs" in self.w.layers:
            options += [self.spiff_claim, self.spiff_claim, self.reseller_sale]
        if "marketing" in self.w.layers:
            options += [self.campaign, self.campaign, self.grant]
        if "deals" in self.w.layers:
            options += [self.registration, self.deal_claim, self.deal_claim]
        if "corrections" in self.w.layers and self.more_claims:
            options += [self.cancel_more]
        if not options or self.w.chance(50):
            return None
        return self.w.pick(*options)


def skus_of():
    from oracle_worlds import SKUS
    return SKUS


def oracle_skus():
    return list(skus_of())
