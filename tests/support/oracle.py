#!/usr/bin/env python3
"""oracle.py: the money of a world, calculated a second time with exact fractions (run by oracle_run.py on random worlds).

The model shares no code with the product. It holds ship & debit, volume rebates and logistics, returns and cancels, stacking
and exchange rates; oracle_claims.py, oracle_periods.py and oracle_stock.py add the rest. What none of them holds is kept out of
the worlds or switched off in their ruleset."""
import datetime
from fractions import Fraction as F

EXPONENT = {"USD": 2, "EUR": 2, "JPY": 0}
MONTHS = {"MONTH": 1, "QUARTER": 3, "HALF": 6, "YEAR": 12}
NUMBERS = {"DUPLICATE_TRANSACTION": 203, "AUTH_NOT_FOUND": 401, "AUTH_CLOSED": 403, "PART_NOT_ON_AUTH": 405, "SHIP_BEFORE_AUTH": 407,
           "SHIP_OUTSIDE_PERIOD": 408, "LATE_CLAIM": 409, "CUSTOMER_NOT_AUTH": 411, "RESALE_BELOW_AUTH": 413, "RESALE_ABOVE_AUTH": 414,
           "NOT_BELOW_COST": 415, "QTY_ZERO_BALANCE": 416, "BELOW_MIN_DEBIT": 417, "EXCLUSIVE_PROGRAM_PAID": 561, "FIELD_MISSING": 101,
           "AUTH_ON_HOLD": 723, "COST_BASIS_MISSING": 726, "LOT_SHORTAGE": 727, "TARGET_UNKNOWN": 729, "RETURN_UNMATCHED": 731,
           "RETURN_EXCEEDS_SALE": 732, "FX_RATE_MISSING": 754, "WAITING_FOR_POS": 755, "QTY_EXCEEDED": 801, "INVOICE_OVERCLAIMED": 802,
           "COST_MISMATCH": 804, "RESALE_REDUCED": 807, "CAP_REACHED": 810, "STACK_LIMIT": 815, "CLAIMED_BELOW_ENTITLED": 951,
           "EXTENSION_MISMATCH": 952, "PRIOR_PERIOD": 954, "BELOW_THRESHOLD": 955, "NO_PROGRAM": 956, "STACKED_NET": 957, "LOT_FALLBACK": 960}
STRENGTH = ["PASS", "SHORT", "PARK", "HOLD", "REJECT"]
RANKS = {"SHIP_DEBIT": 200, "VOLUME_REBATE": 500, "LOGISTICS": 550}


def usual(code):
    number = NUMBERS[code]
    return "REJECT" if number < 700 else "HOLD" if number < 750 else "PARK" if number < 800 else "SHORT" if number < 900 else "PASS"


def ordered(reasons):
    """[(code, outcome)] by strength, then number."""
    return sorted(reasons, key=lambda r: (-STRENGTH.index(r[1]), NUMBERS[r[0]]))


def whole(x, mode):
    """An exact number to an integer."""
    sign, x = (-1 if x < 0 else 1), abs(x)
    low = x.numerator // x.denominator
    rest = x - low
    up = mode != "DOWN" and (rest > F(1, 2) or rest == F(1, 2) and (mode == "HALF_UP" or low % 2 == 1))
    return sign * (low + up)


def rounded(x, currency, mode="HALF_UP", step=1):
    """An exact amount in units to minor units."""
    return whole(x * 10 ** EXPONENT[currency] / step, mode) * step


def units(minor, currency):
    return F(minor, 10 ** EXPONENT[currency])


def text(minor, currency):
    e = EXPONENT[currency]
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(e + 1, "0")
    return sign + (digits[:-e] + "." + digits[-e:] if e else digits)


def day(iso):
    return datetime.date.fromisoformat(iso)


def period_of(kind, date, fiscal=1):
    """(label, last day) of the period holding the date."""
    if kind == "PROGRAM":
        return "PROGRAM", day("2027-12-31")
    index = date.year * 12 + date.month - 1 - (fiscal - 1)
    size = MONTHS[kind]
    start = index // size * size + fiscal - 1
    end = start + size
    last = datetime.date(end // 12, end % 12 + 1, 1) - datetime.timedelta(1)
    year = index // 12 + (fiscal > 1)
    if kind == "MONTH":
        return f"{start // 12}-{start % 12 + 1:02}", last
    part = index % 12 // size + 1
    return {"QUARTER": f"{year}-Q{part}", "HALF": f"{year}-H{part}", "YEAR": f"{year}"}[kind], last


class Lot:
    def __init__(self, line, root, sku, location):
        self.receipt = day(line.get("receipt_date") or line.get("ship_date") or line["invoice_date"])
        self.qty = self.remaining = F(line["qty"])
        self.cost, self.currency, self.root, self.sku, self.location = F(line["unit_price"]), line["currency"], root, sku, location
        self.shipped, self.credits, self.family = day(line["ship_date"]) if "ship_date" in line else None, [], [self]

    def cost_on(self, date):
        return self.cost - sum(u for since, u in self.credits if since <= date)


class Portion:
    """Units of a lot that left in one turn; a lot of None is uncovered."""

    def __init__(self, lot, qty, turn):
        self.lot, self.qty, self.turn = lot, qty, turn

    def __iter__(self):
        return iter((self.lot, self.qty))


class Move:
    """What a transaction, a rotation or a vendor credit took out of stock: portions in the order taken."""

    def __init__(self, ship, number):
        self.ship, self.number, self.parts, self.average = ship, number, [], None

    def total(self):
        return sum(q for _, q in self.parts)


class Record:
    """A line that was decided PASS or SHORT."""

    def __init__(self, line, number):
        self.line, self.number, self.kind, self.qty = line, number, line["kind"], F(line.get("qty", 0))
        self.returned, self.counts, self.claim, self.pieces, self.entries, self.cancelled = F(0), {}, None, [], [], False
        self.sellers = []


class Model:
    def __init__(self, world):
        self.w = world
        self.programs = sorted(world["programs"], key=lambda p: (self.rank(p), p["program"]["id"]))
        self.by_id = {p["program"]["id"]: p for p in self.programs}
        self.roots = {p["partner_id"]: p.get("root_id", p["partner_id"]) for p in world["partners"]}
        self.lots, self.moves, self.records, self.sales, self.claims = [], {}, {}, {}, {}
        self.agreements, self.consumed, self.agreement_paid, self.volumes, self.caps, self.purchases, self.funds = {}, {}, {}, {}, {}, {}, {}
        self.results, self.seq, self.number, self.later = {}, {}, 0, []
        self.closed, self.flows, self.turn = set(), [], 0

    # --- terms -----------------------------------------------------------------------------------------------------

    @staticmethod
    def rank(p):
        return int(p.get("stacking", {}).get("rank", RANKS.get(p["program"]["incentive"], 600)))

    @staticmethod
    def mode(p):
        r = p.get("rounding", {})
        return r.get("mode", "HALF_UP"), int(r.get("step_minor", 1))

    def round(self, p, x, currency=None):
        mode, step = self.mode(p)
        return rounded(x, currency or p["program"]["currency"], mode, step)

    def matches(self, products, sku):
        product = self.w["products"][sku]
        if not products:
            return True
        for name in products:
            kind, value = name.split(":")
            own = {"sku": sku, "family": product["family"], "line": product["product_line"]}[kind]
            if own == value or value.endswith("*") and own.startswith(value[:-1]):
                return True
        return False

    def covered(self, products, sku):
        return self.matches(products.get("include", []), sku) and not (products.get("exclude") and self.matches(products["exclude"], sku))

    def eligible(self, p, line):
        return self.covered(p.get("eligibility", {}).get("products", {}), line["vendor_part"])

    def rate(self, source, target, date, table="default"):
        """(rate, known)."""
        if source == target:
            return F(1)
        best = None
        for r in self.w["rates"]:
            if (r["table_id"], r["from"], r["to"]) == (table, source, target) and day(r["valid_from"]) <= date:
                if best is None or r["valid_from"] > best["valid_from"]:
                    best = r
        if best is None or (date - day(best["valid_from"])).days > 31:
            return None
        return F(best["rate"]) / int(best["units"])

    def book(self, sku, date, currency):
        best = None
        for price in self.w["prices"]:
            if price["sku"] == sku and day(price["valid_from"]) <= date and (best is None or price["valid_from"] > best["valid_from"]):
                best = price
        if best is None:
            return None
        rate = self.rate(best["currency"], currency, date)
        return F(best["price"]) * rate

    # --- stock -----------------------------------------------------------------------------------------------------

    def pool(self, root, sku):
        lots = [l for l in self.lots if l.root == root and l.sku == sku]
        return sorted(lots, key=lambda l: l.receipt)

    def average(self, root, sku, ship):
        """What an average is taken of: [(remaining, cost, currency)]."""
        return [(l.remaining, l.cost_on(ship), l.currency) for l in self.pool(root, sku) if l.receipt <= ship and l.remaining > 0]

    def take(self, root, sku, ship, qty):
        """Portions a FIFO issue takes, the uncovered rest last."""
        parts = []
        for lot in self.pool(root, sku):
            part = min(qty, lot.remaining) if lot.receipt <= ship else 0
            if part > 0:
                lot.remaining -= part
                parts.append((lot, part))
                qty -= part
        return parts + ([(None, qty)] if qty > 0 else [])

    def leaving(self, parts):
        """They leave now, one after the other."""
        self.turn += 1
        return [Portion(lot, qty, self.turn) for lot, qty in parts]

    def consume(self, t, line, qty):
        ship = day(line["ship_date"])
        move = self.moves.get(t)
        if move is None:
            move = self.moves[t] = Move(ship, self.number)
        if not move.parts:
            move.average, move.ship = self.average(t[0], t[3], ship), ship
        if qty > 0:
            move.parts += self.leaving(self.take(t[0], t[3], ship, qty))
            self.flow(t[0], t[3], ship, -qty)

    def flow(self, root, sku, date, qty):
        """Stock of a pool by the date of what moved it (5.6 K3)."""
        self.flows.append((root, sku, date, qty))

    def give_back(self, t, qty, date=None):
        """Units of a transaction back to their lots, last consumed first."""
        move = self.moves[t]
        self.flow(t[0], t[3], date or move.ship, min(qty, move.total()))
        while qty > 0 and move.parts:
            last = move.parts[-1]
            back = min(last.qty, qty)
            if last.lot is not None:
                last.lot.remaining += back
            last.qty -= back
            if not last.qty:
                move.parts.pop()
            qty -= back

    def receive(self, lot):
        self.lots.append(lot)
        self.flow(lot.root, lot.sku, lot.receipt, lot.qty)
        waiting = [(m.ship, m.number, m) for t, m in self.moves.items()
                   if t[0] == lot.root and t[3] == lot.sku and m.ship >= lot.receipt and any(l is None for l, _ in m.parts)]
        for _, _, move in sorted(waiting, key=lambda w: w[:2]):
            parts = []
            for portion in move.parts:
                part = min(portion.qty, lot.remaining) if portion.lot is None else 0
                if part > 0:
                    lot.remaining -= part
                    portion.qty -= part
                    parts += self.leaving([(lot, part)])
                if portion.qty:
                    parts.append(portion)
            move.parts = parts

    # --- results ---------------------------------------------------------------------------------------------------

    def key(self, line):
        return (self.roots[line["partner_id"]], line["invoice_no"], line.get("invoice_line", ""), line["vendor_part"],
                line["kind"] == "SELL_IN")

    def post(self, record, result, p, ledger, qty, minor, earned, posted, payable, rate_date, reverses=None, payout_minor=None, version=None):
        """One payout entry; the payout amount is converted by its caller when exact money is at hand."""
        if minor == 0 and not payout_minor:
            return
        header = p["program"]
        root = self.roots[record.line["partner_id"]]
        self.seq[root] = self.seq.get(root, 0) + 1
        number = sum(1 for e in result["payouts"] if e["program_id"] == header["id"])
        currency = header.get("payout_currency", header["currency"])
        entry = {"program_id": header["id"], "program_version": 1, "adjustment_no": number, "ledger": ledger, "qty": qty or None,
                 "seq": self.seq[root], "amount": text(minor if payout_minor is None else payout_minor, currency), "currency": currency,
                 "program_amount": text(minor, header["currency"]), "program_currency": header["currency"], "earned_period": earned,
                 "posted_period": posted, "payable_on": payable.isoformat(), "reverses": reverses}
        result["payouts"].append(entry)
        record.entries.append((header["id"], number, ledger, minor, minor if payout_minor is None else payout_minor))

    def claim_received(self, line):
        """Of a replacement the claim window looks at its original (R4)."""
        return day(line.get("claim_received", line["received_at"])[:10])

    def received(self, line):
        return day(line["received_at"][:10])

    # --- ship & debit ----------------------------------------------------------------------------------------------

    def agreement(self, root, number, ship):
        revisions = self.agreements.get((root, number))
        if not revisions:
            return None
        fit = [a for a in revisions if day(a["valid_from"]) <= ship]
        return fit[-1] if fit else revisions[0]

    def claim_window(self, p, a):
        return int(a.get("claim", {}).get("window_days", p.get("claim", {}).get("window_days", 45)))

    def paid_before(self, p, t, date):
        """H: what programs of lower rank number posted on the transaction, in the currency of the program."""
        h, mine = F(0), p["program"]["currency"]
        into = lambda other: self.rate(other["program"]["currency"], mine, date)
        for claim in self.claims.get(t, []):
            other = self.by_id[claim.claim["program"]]
            if other is not p and self.rank(other) < self.rank(p) and other.get("stacking", {}).get("reduces_lower", "true") == "true":
                h += units(claim.claim["paid"] - claim.claim["reversed"], other["program"]["currency"]) * into(other)
        for sale in self.sales.get(t, []):
            for pid, count in sale.counts.items():
                other = self.by_id[pid]
                if "mdf" in other:
                    continue
                if other is not p and self.rank(other) < self.rank(p) and other.get("stacking", {}).get("reduces_lower", "true") == "true":
                    own = self.own(other, count)
                    back = self.round(other, units(own, other["program"]["currency"]) * count["back_q"] / count["q"])
                    h += units(own - back, other["program"]["currency"]) * into(other)
        return h

    def own(self, p, count):
        """round(F) of a contribution alone."""
        q = count["v"] if p["volume"].get("qualifier", "AMOUNT") == "AMOUNT" else count["q"]
        currency = p["program"]["currency"]
        v = units(count["v"], currency)
        return self.target(p, (v if count["in_q"] else 0, count["q"] if count["in_q"] else 0, v if count["in_b"] else 0,
                               count["q"] if count["in_b"] else 0), capped=False)[0]

    def excluded(self, p, t):
        """EXCLUSIVE and groups: has another program paid that forbids this one?"""
        others = set()
        for claim in self.claims.get(t, []):
            if claim.claim["paid"] - claim.claim["reversed"] > 0 and claim.qty > claim.returned:
                others.add(claim.claim["program"])
        for sale in self.sales.get(t, []):
            if (sale.qty > sale.returned or sale.qty < 0) and not sale.cancelled:
                others.update(pid for pid, c in sale.counts.items() if "mdf" not in self.by_id[pid] and not c.get("ended"))
        others.discard(p["program"]["id"])
        mine = p.get("stacking", {})
        for pid in others:
            theirs = self.by_id[pid].get("stacking", {})
            if mine.get("base") == "EXCLUSIVE" or theirs.get("base") == "EXCLUSIVE":
                return True
            if mine.get("exclusive_group") and mine.get("exclusive_group") == theirs.get("exclusive_group"):
                return True
        return False

    @staticmethod
    def stopped(reasons):
        """A stop ends the list: what R7 says of the claim's own figures is not reached."""
        return [r for r in reasons if r[0] != "EXTENSION_MISMATCH"]

    def rate_claim(self, line, record):
        """Fills record.claim and gives (reasons, result figures)."""
        root, reasons, ship = self.roots[line["partner_id"]], [], day(line["ship_date"])
        t, sku, qty = self.key(line), line["vendor_part"], F(line["qty"])
        say = lambda code, outcome=None: reasons.append((code, outcome or usual(code)))
        known = self.agreements.get((root, line["authorisation_no"]))
        program = self.by_id[known[0]["program_id"]]
        header, currency = program["program"], program["program"]["currency"]
        terms = self.agreement(root, line["authorisation_no"], ship)
        sd = {**program.get("ship_debit", {}), **terms.get("ship_debit", {})}
        stated = None
        if "claimed_amount" in line:
            stated = F(line["claimed_amount"])
        if "claimed_debit_unit" in line:
            extended = F(line["claimed_debit_unit"]) * qty
            if stated is not None and abs(stated - extended) > units(1, currency):
                say("EXTENSION_MISMATCH")
            stated = extended if stated is None else min(stated, extended)
        figures = {"program": header["id"], "claimed": stated, "stated": stated is not None}
        # R4
        late = self.claim_received(line) > ship + datetime.timedelta(self.claim_window(program, terms))
        live = [c for c in self.claims.get(t, []) if c.qty > c.returned]
        sale = sum(s.qty - s.returned for s in self.sales.get(t, []) if not s.cancelled)
        invoiced = sale or (live[0].claim["accepted"] - live[0].claim["back"] if live else None)
        held = sum(c.claim["accepted"] - c.claim["back"] for c in live if c.claim["program"] == header["id"])
        accepted = qty
        if invoiced is not None:
            left = invoiced - held
            if left <= 0:
                say("DUPLICATE_TRANSACTION")
                return self.stopped(reasons), figures
            if left < qty:
                accepted = left
                say("INVOICE_OVERCLAIMED")
        if terms["status"] in ("PENDING", "ON_HOLD"):
            say("AUTH_ON_HOLD")
        if terms["status"] in ("CLOSED", "CANCELLED") and day(terms["closed_on"]) <= ship:
            say("AUTH_CLOSED")
        lines = sorted(terms["lines"], key=lambda l: int(l["line_no"]))
        fit = [l for l in lines if (l["line_no"] == line["auth_line"] if "auth_line" in line else self.matches(l.get("products"), sku))]
        if not fit or not self.matches(fit[0].get("products"), sku):
            say("PART_NOT_ON_AUTH")
            return self.stopped(reasons), figures
        row = fit[0]
        if ship < day(terms["issue_date"]):
            say("SHIP_BEFORE_AUTH")
        if not day(terms["valid_from"]) <= ship <= day(terms["valid_to"]):
            say("SHIP_OUTSIDE_PERIOD")
        if late:
            say("LATE_CLAIM")
        if terms.get("blanket") != "true" and line["sold_to"]["id"] not in terms["customers"]:
            say("CUSTOMER_NOT_AUTH")
        # S9
        x, policy = F(0), row.get("resale_policy", "NONE")
        if policy != "NONE":
            if "resale_unit" not in line:
                say("FIELD_MISSING")
            else:
                r, tau = F(line["resale_unit"]) * self.rate(line["currency"], currency, ship), F(sd.get("resale_tolerance_percent", 0)) / 100
                low, high = F(row.get("resale_min", row.get("resale_max", 0))), F(row.get("resale_max", row.get("resale_min", 0)))
                if policy in ("MIN", "RANGE", "EXACT") and r < low * (1 - tau):
                    say("RESALE_BELOW_AUTH")
                if policy in ("MAX", "RANGE", "EXACT") and r > high * (1 + tau):
                    above = sd.get("resale_above", "REJECT")
                    if above == "REJECT":
                        say("RESALE_ABOVE_AUTH")
                    elif above == "REDUCE":
                        x = (r - high) * F(sd.get("resale_share_percent", 100)) / 100
                        say("RESALE_REDUCED")
        # S10
        at = (root, line["authorisation_no"], row["line_no"])
        rem = max(F(0), F(row["authorised_qty"]) - self.consumed.get(at, 0)) if "authorised_qty" in row else None
        q, date = accepted, ship
        scopes = self.cap_scopes(program, root, line, date)
        for key, cap in scopes:
            if "qty" in cap:
                left = F(cap["qty"]) - self.caps.get(key, [0, F(0)])[1]
                if left < q:
                    q = max(F(0), left)
                    say("CAP_REACHED")
        if rem is not None and rem == 0:
            say("QTY_ZERO_BALANCE")
            return self.stopped(reasons), figures
        if rem is not None and accepted > rem:
            reject = sd.get("over_qty", "PAY_REMAINDER") == "REJECT"
            say("QTY_EXCEEDED", "REJECT" if reject else "SHORT")
            q = F(0) if reject else min(q, rem)
        # S11
        method, basis = row["method"], sd.get("cost_basis", "FIFO")
        parts = self.portions(t, line, header["id"], accepted)
        costs, fallback, missing, short = [], False, False, False
        left = q
        move = self.moves.get(t)
        stock = move.average if move and move.parts else self.average(root, sku, ship)
        average = sum(n * c * self.rate(m, currency, ship) for n, c, m in stock) / sum(n for n, _, _ in stock) if stock else None
        if method == "DOWN_BY_AMOUNT":
            costs = [(q, None)]
        elif basis in ("BOOK_AT_SHIP", "BOOK_IN_AGREEMENT"):
            cost = self.book(sku, ship, currency) if basis == "BOOK_AT_SHIP" else (F(row["book_price"]) if "book_price" in row else None)
            missing = cost is None and q > 0
            costs = [(q, cost)] if q else []
        else:
            for lot, qty_part in parts:
                part = min(left, qty_part)
                left -= part
                if part == 0:
                    continue
                if lot is None:
                    if sd.get("lot_shortage", "HOLD") == "HOLD":
                        short = True
                    else:
                        fallback = True
                        cost = self.book(sku, ship, currency)
                        missing = missing or cost is None
                        costs.append((part, cost))
                else:
                    rate = self.rate(lot.currency, currency, ship)
                    costs.append((part, lot.cost_on(ship) * rate if basis == "FIFO" or average is None else average))
        if missing:
            say("COST_BASIS_MISSING")
        if short:
            say("LOT_SHORTAGE")
        if fallback:
            say("LOT_FALLBACK")
        if self.excluded(program, t):
            say("EXCLUSIVE_PROGRAM_PAID")
        if missing or short:
            return reasons, figures
        # S12
        term = F(row.get("price", row.get("amount", row.get("percent", 0))))
        entitled, paid_units, refused_units, split = F(0), F(0), F(0), []
        for part, cost in costs:
            debit = {"DOWN_TO": lambda: cost - term - x, "DOWN_BY_AMOUNT": lambda: term - x,
                     "DOWN_BY_PERCENT": lambda: cost * term / 100 - x}[method]()
            debit = max(F(0), debit)
            if method == "DOWN_TO" and cost <= term:
                refused_units += part
            elif debit > 0:
                paid_units += part
            entitled += part * debit
            split.append((part, cost, debit))
        if refused_units:
            say("NOT_BELOW_COST", "REJECT" if refused_units == q else "SHORT")
        net = program.get("stacking", {}).get("base") == "NET_OF_HIGHER_RANK"
        if net and self.paid_before(program, t, ship) > 0:
            say("STACKED_NET")
        if net and method != "DOWN_BY_AMOUNT":
            h = self.paid_before(program, t, ship)
            if h > 0:
                if method == "DOWN_TO":
                    entitled = max(F(0), entitled - h)
                else:
                    base = sum(part * cost for part, cost, _ in split)
                    net = max(F(0), base - h)
                    entitled = sum(part * max(F(0), cost * net / base * term / 100 - x) for part, cost, _ in split) if base else F(0)
        # R7
        tolerance = F(terms.get("claim", {}).get("tolerance", program.get("claim", {}).get("tolerance", "0.01")))
        if stated is not None:
            c_q = stated * q / qty
            mine, ours = self.round(program, c_q), self.round(program, entitled)
            if units(mine - ours, currency) > tolerance:
                say("COST_MISMATCH")
            if c_q < entitled:
                entitled = c_q
                if mine != ours:
                    say("CLAIMED_BELOW_ENTITLED")
        claimed = stated if stated is not None else units(self.round(program, entitled), currency)
        figures["claimed"] = claimed
        # R8
        payable, balances = entitled, []
        limits = []
        if "amount_limit" in terms:
            used = sum(v for k, v in self.agreement_paid.items() if k[:2] == at[:2])
            limits.append(F(terms["amount_limit"]) - units(used, currency))
        limits += [F(cap["amount"]) - units(self.caps.get(key, [0, 0])[0], currency) for key, cap in scopes if "amount" in cap]
        for left in limits:
            left = max(F(0), left)
            balances.append(left)
            if left < payable:
                payable = left
                say("CAP_REACHED")
        stack = self.stack_left(t, line, program)
        if stack is not None:
            balances.append(max(F(0), stack))
            if balances[-1] < payable:
                payable = balances[-1]
                say("STACK_LIMIT")
        amount = self.round(program, payable)
        if amount > rounded(claimed, currency, self.mode(program)[0]) or any(units(amount, currency) > b for b in balances):
            mode, step = self.mode(program)
            amount = rounded(payable, currency, "DOWN", step)
        if 0 < units(amount, currency) < F(sd.get("min_debit", 0)):
            say("BELOW_MIN_DEBIT")
            amount = 0
        record.claim = {"program": header["id"], "paid": amount, "units": paid_units, "accepted": accepted, "at": at, "reversed": 0,
                        "back": F(0), "units_back": F(0), "scopes": scopes, "moved": F(0), "q": q, "payable": payable, "reversed_payout": 0}
        return reasons, figures

    def stack_left(self, t, line, program):
        percent = self.w.get("stack_max_percent")
        if percent is None:
            percent = "100"
        date = day(line["order_date"] if line["kind"] == "DEAL_CLAIM" else line["ship_date"])
        into = lambda currency: self.rate(currency, program["program"]["currency"], date)
        sales = [s for s in self.sales.get(t, []) if not s.cancelled and s.qty > s.returned]
        if sales:
            if any("resale_unit" not in s.line for s in sales):
                return None
            value = sum((s.qty - s.returned) * F(s.line["resale_unit"]) * into(s.line["currency"]) for s in sales)
        elif "resale_unit" in line:
            value = F(line["qty"]) * F(line["resale_unit"]) * into(line["currency"])
        else:
            return None
        money = lambda c: self.by_id[c.claim["program"]]["program"]["currency"]
        posted = sum(units(c.claim["paid"] - c.claim["reversed"], money(c)) * into(money(c))
                     for c in self.claims.get(t, []))
        return value * F(percent) / 100 - posted

    def cap_scopes(self, p, root, line, date):
        out = []
        for index, cap in enumerate(p.get("caps", [])):
            if cap["scope"] == "LINE" or cap["period"] == "LINE":
                key = (p["program"]["id"], index, line["line_id"], "LINE")
            else:
                scope = {"PARTNER": root, "AGREEMENT": line["authorisation_no"]}[cap["scope"]]
                key = (p["program"]["id"], index, scope, period_of(cap["period"], date)[0], root)
            out.append((key, cap))
        return out

    def portions(self, t, line, program, accepted):
        """Units of the transaction that no live claim of the program has, or what a claim would take itself."""
        move = self.moves.get(t)
        if move is None or not move.parts:
            kept = [(l, l.remaining) for l in self.lots]
            parts = self.take(t[0], t[3], day(line["ship_date"]), accepted)
            for lot, remaining in kept:
                lot.remaining = remaining
            return parts
        skip = sum(c.claim["accepted"] - c.claim["back"] for c in self.claims.get(t, []) if c.claim["program"] == program)
        parts = []
        for lot, qty in move.parts:
            cut = min(skip, qty)
            skip -= cut
            if qty > cut:
                parts.append((lot, qty - cut))
        lacks = accepted - sum(n for _, n in parts)
        if lacks > 0:                                       # what a claim that was reversed moved is not enough
            kept = [(l, l.remaining) for l in self.lots]
            parts += self.take(t[0], t[3], day(line["ship_date"]), lacks)
            for lot, remaining in kept:
                lot.remaining = remaining
        return parts

    def outcome(self, reasons, explicit_paid=None):
        best = max((STRENGTH.index(o) for _, o in reasons), default=0)
        if explicit_paid == 0 and best == STRENGTH.index("SHORT"):
            return "REJECT"
        return STRENGTH[best]

    def do_SHIP_DEBIT_CLAIM(self, line):
        if line["qty"].startswith("-"):
            return self.return_of_claim(line)
        record = Record(line, self.number)
        reasons, figures = self.rate_claim(line, record)
        program = self.by_id[figures["program"]]
        header, currency = program["program"], program["program"]["currency"]
        paid = record.claim["paid"] if record.claim else 0
        outcome = self.outcome(reasons, paid)
        result = {"outcome": outcome, "reasons": [r for r, _ in ordered(set(reasons))], "payouts": []}
        claimed = rounded(figures["claimed"] or F(0), currency, self.mode(program)[0])
        live = outcome in ("PASS", "SHORT")
        if live or figures["stated"] and outcome not in ("HOLD", "PARK"):
            result.update(claimed=text(claimed, currency), paid=text(paid if live else 0, currency))
            result["outstanding" if outcome in ("HOLD", "PARK") else "refused"] = text(claimed - (paid if live else 0), currency)
        if live:
            t, claim = self.key(line), record.claim
            self.records[line["line_id"]] = record
            self.claims.setdefault(t, []).append(record)
            if t not in self.moves or not self.moves[t].parts:
                self.consume(t, line, claim["accepted"])
                claim["moved"] = claim["accepted"]
            else:
                held = sum(c.claim["accepted"] - c.claim["back"] for c in self.claims[t] if c.claim["program"] == claim["program"])
                if held > self.moves[t].total():
                    claim["moved"] = held - self.moves[t].total()
                    self.consume(t, line, claim["moved"])
            self.consumed[claim["at"]] = self.consumed.get(claim["at"], 0) + claim["units"]
            self.agreement_paid[claim["at"]] = self.agreement_paid.get(claim["at"], 0) + paid
            for key, _ in claim["scopes"]:
                used = self.caps.setdefault(key, [0, F(0)])
                used[0] += paid
                used[1] += claim["units"]
            month = line["ship_date"][:7]
            lag = datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
            other, claim["payout"] = header.get("payout_currency", currency), paid
            if other != currency:
                claim["rate"] = self.rate(currency, other, day(line["ship_date"]))
                mode, step = self.mode(program)
                claim["payout"] = rounded(claim["payable"] * claim["rate"], other, mode, step)
            self.post(record, result, program, "EARNED", claim["units"], paid, month, month, self.received(line) + lag, None,
                      payout_minor=claim["payout"])
        return result

    def reverse_claim(self, record, result, origin, r, received):
        """Reverses r accepted units of the claim, paid ones first; posts the entry."""
        claim = origin.claim
        program = self.by_id[claim["program"]]
        currency = program["program"]["currency"]
        paid_part = min(r, claim["units"] - claim["units_back"])
        before, after = claim["units_back"], claim["units_back"] + paid_part

        def share(total, at, money):
            mode, step = self.mode(program)
            return rounded(units(total, money) * at / claim["units"], money, mode, step) if claim["units"] else 0
        other = program["program"].get("payout_currency", currency)
        minor = share(claim["paid"], after, currency) - share(claim["paid"], before, currency)
        payout = share(claim["payout"], after, other) - share(claim["payout"], before, other)
        claim["units_back"], claim["back"] = after, claim["back"] + r
        origin.returned = origin.returned + r
        if claim["back"] >= claim["accepted"]:
            origin.returned = origin.qty
        claim["reversed"] += minor
        self.consumed[claim["at"]] -= paid_part
        self.agreement_paid[claim["at"]] -= minor
        for key, _ in claim["scopes"]:
            self.caps[key][0] -= minor
            self.caps[key][1] -= paid_part
        month = origin.line["ship_date"][:7]
        lag = datetime.timedelta(int(program.get("payment", {}).get("lag_days", 0)))
        self.post(record, result, program, "EARNED", -paid_part, -minor, month, f"{received.year}-{received.month:02}", received + lag, None,
                  reverses=(origin.line["line_id"], program["program"]["id"], 0), payout_minor=-payout)
        record.pieces.append((origin, r, paid_part, minor, payout))

    def return_of_claim(self, line):
        record, qty = Record(line, self.number), -F(line["qty"])
        result = {"outcome": "PASS", "reasons": [], "payouts": []}
        origin = self.records.get(line["original_line_ref"])
        if origin is None and self.waits(line["original_line_ref"]):
            return {"outcome": "PARK", "reasons": ["WAITING_FOR_TARGET"], "payouts": [], "on": line}
        if origin is None or origin.claim is None or origin.cancelled:
            return {"outcome": "HOLD", "reasons": ["RETURN_UNMATCHED"], "payouts": []}
        if qty > origin.claim["accepted"] - origin.claim["back"]:
            return {"outcome": "HOLD", "reasons": ["RETURN_EXCEEDS_SALE"], "payouts": []}
        self.reverse_claim(record, result, origin, qty, self.received(line))
        t = self.key(origin.line)
        if origin.claim["moved"] and not any(not s.cancelled and s.qty > s.returned for s in self.sales.get(t, [])):
            self.give_back(t, qty, day(line["ship_date"]))
        self.records[line["line_id"]] = record
        return result

    # --- volumes ---------------------------------------------------------------------------------------------------

    def pay(self, tier, y):
        if "percent" in tier:
            return y * F(tier["percent"]) / 100
        if "per_unit" in tier:
            return y * F(tier["per_unit"])
        if "per_block" in tier:
            block = tier["per_block"]
            count = y / F(block["qty"])
            how = block.get("round", "DOWN")
            if how != "EXACT":
                down = count.numerator // count.denominator
                count = F(down if how == "DOWN" or count == down else down + 1)
            return count * F(block["amount"])
        return F(0)

    def formula(self, p, q, b):
        v = p["volume"]
        tiers, method, up_to = v["tiers"], v.get("method", "MARGINAL"), v.get("edge", "FROM") == "UP_TO"
        starts = [F(t["from"]) for t in tiers]
        reached = [i for i, s in enumerate(starts) if (q > s if up_to else q >= s)]
        if q <= 0 or b <= 0 or not reached:
            return F(0)
        total = F(0)
        for i in reached:
            to = starts[i + 1] if i + 1 < len(starts) else None
            top = q if to is None else min(q, to)
            if method == "RETROACTIVE" and i != reached[-1]:
                continue
            share = {"MARGINAL": b * (top - starts[i]) / q, "ROLLING": b * top / q}.get(method, b)
            total += self.pay(tiers[i], share) + F(tiers[i].get("fixed", 0))
        return total

    def target(self, p, sums, capped=True):
        """(t, Q, B, cap reached, F)."""
        qv, qq, bv, bq = sums
        v = p["volume"]
        q = qv if v.get("qualifier", "AMOUNT") == "AMOUNT" else qq
        by_amount = "percent" in v["tiers"][0] or not any(k in v["tiers"][0] for k in ("per_unit", "per_block")) and v.get("qualifier") != "QTY"
        b = bv if by_amount else bq
        f = self.formula(p, F(q), F(b))
        t = self.round(p, f)
        cap = rounded(F(v["cap"]), p["program"]["currency"]) if capped and "cap" in v else None
        reached = cap is not None and t > cap
        return (cap if reached else t), F(q), F(b), reached, f

    def is_below(self, p, q):
        """Whether a target of nothing is worth a word."""
        return q > 0

    def flush(self):
        """ESTIMATED entries stand behind all others of their program."""
        for send in self.later:
            send()
        self.later = []

    def estimate(self, p, t, q, b):
        v = p["volume"]
        e = F(v["expected_volume"])
        if q >= e or q <= 0:
            return t
        f = self.formula(p, e, b * e / q)
        if "cap" in v:
            f = min(f, F(v["cap"]))
        return self.round(p, f * q / e * F(v.get("constraint_percent", 100)) / 100)

    def group(self, p, line):
        product = self.w["products"][line["vendor_part"]]
        return {"NONE": "", "SKU": line["vendor_part"], "FAMILY": product["family"], "LINE": product["product_line"]}[p["volume"].get("per", "NONE")]

    def program_date(self, p, line):
        return day(line["ship_date"] if line["kind"] == "POS_SALE" else line["invoice_date"])

    def contribution(self, p, line, t):
        """The contribution of a counted line, or None without a rate."""
        v, header = p["volume"], p["program"]
        currency, sku, date = header["currency"], line["vendor_part"], self.program_date(p, line)
        qty = F(line["qty"])
        default = "RESALE" if v["source"] == "POS" else "SELL_IN"
        price = v.get("price", default)
        if price == "BOOK":
            amount = qty * self.book(sku, date, currency)
        elif price in ("FIFO", "AVERAGE"):
            raise AssertionError("not modelled")
        else:
            unit = F(line["resale_unit" if price == "RESALE" else "unit_price"])
            rate = self.rate(line["currency"], currency, date)
            amount = qty * unit * rate
        amount = amount * 100 / (100 + F(v.get("tax_included_percent", 0)))
        mode, _ = self.mode(p)
        minor = rounded(amount, currency, mode)
        notes = []
        if p.get("stacking", {}).get("base") == "NET_OF_HIGHER_RANK":
            h = self.paid_before(p, t, date)
            if h > 0:
                notes.append("STACKED_NET")
                minor = rounded(max(F(0), units(minor, currency) - h), currency, mode)
        in_q = "qualifier_products" not in v or self.covered(v["qualifier_products"], sku)
        in_b = "benefit_products" not in v or self.covered(v["benefit_products"], sku)
        label, end = period_of(v.get("period", "QUARTER"), date, int(v.get("fiscal_start_month", 1)))
        root = self.roots[line["partner_id"]]
        aggregate = {"PARTNER_ROOT": root, "PARTNER": line["partner_id"], "LOCATION": line.get("location_id", "")}[v.get("aggregate", "PARTNER_ROOT")]
        key = (header["id"], aggregate, self.group(p, line), label, root)
        other = header.get("payout_currency", currency)
        return {"v": minor, "q": qty, "in_q": in_q, "in_b": in_b, "key": key, "end": end, "back_v": 0, "back_q": F(0), "notes": notes,
                "rate": self.rate(currency, other, date), "date": date}

    def add(self, record, result, p, key, end, v, q, in_q, in_b, qty, posted, rate, notes, reverses=None, hold=False, date=None):
        """Adds to an accumulator and posts what its target moved by; returns the notes."""
        header, currency = p["program"], p["program"]["currency"]
        acc = self.volumes.setdefault(key, {"qv": 0, "qq": F(0), "bv": 0, "bq": F(0), "paid": 0, "estimated": 0, "excess": 0, "least": 0})
        closed = (header["id"], key[4], key[3]) in self.closed
        if in_q:
            acc["qv"] += v
            acc["qq"] += q
        if in_b:
            acc["bv"] += v
            acc["bq"] += q
        t, big_q, big_b, reached, _ = self.target(p, (units(acc["qv"], currency), acc["qq"], units(acc["bv"], currency), acc["bq"]))
        notes = list(notes) + ["PRIOR_PERIOD"] * closed
        guarantee = p["volume"].get("guarantee", {})
        if guarantee.get("paid") == "BEGINNING":
            t = max(t, rounded(F(guarantee["amount"]), currency))
        if closed:
            t = max(t, acc["least"])
        if reached:
            notes.append("CAP_REACHED")
        if t == 0 and self.is_below(p, big_q):
            notes.append("BELOW_THRESHOLD")
        delta, old = t - acc["paid"], acc["paid"]
        acc["paid"] = t
        payable = end + datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))
        other = header.get("payout_currency", currency)
        mode, step = self.mode(p)

        def send(target, ledger, minor):
            payout = minor if other == currency else rounded(units(minor, currency) * rate, other, mode, step)
            self.post(record, result, target, ledger, qty, minor, key[3], posted, payable, None,
                      reverses=reverses, payout_minor=payout)
        if "mdf" in p:
            send(p, "FUND", delta)
            self.arrive(p, key[4], key[3], "FUND", delta)
        elif (split := p["volume"].get("coop_split")):
            share = lambda x: self.round(p, units(x, currency) * F(split["percent"]) / 100)
            part, fund = share(t) - share(old), self.by_id[split["program"]]
            send(p, "EARNED", delta - part)
            self.split(record, result, p, fund, key, part, qty, date or end, posted, payable)
        else:
            send(p, "EARNED", delta)
        if "expected_volume" in p["volume"]:
            e = t if closed else self.estimate(p, t, big_q, big_b)
            self.later.append(lambda change=e - acc["estimated"]: send(p, "ESTIMATED", change))
            acc["estimated"] = e
        if not hold:
            self.flush()
        return notes

    def by_itself(self, p, line, record, result):
        """What a program that is no volume makes of an automatic line: (whether it stands, [(reason, outcome)]), None nothing."""
        return None

    def count(self, line, record, result):
        """Every volume program triggered by an automatic line."""
        source, t = ("POS" if line["kind"] == "POS_SALE" else "SELL_IN"), self.key(line)
        reasons, programs, counted = [], {}, False
        for p in self.programs:
            own = self.by_itself(p, line, record, result)
            if own is not None:
                counted |= own[0]
                if own[1]:
                    programs[p["program"]["id"]] = [r for r, _ in ordered(own[1])]
                reasons += own[1] * own[0]
                continue
            if "volume" not in p or p["volume"]["source"] != source:
                continue
            if not self.eligible(p, line):
                programs[p["program"]["id"]] = ["PART_NOT_ELIGIBLE"]
                continue
            if self.excluded(p, t):
                programs[p["program"]["id"]] = ["EXCLUSIVE_PROGRAM_PAID"]
                continue
            c = self.contribution(p, line, t)
            posted, received = c["key"][3], self.received(line)
            if (p["program"]["id"], c["key"][4], c["key"][3]) in self.closed:
                if received > c["end"] + datetime.timedelta(int(p["volume"].get("late_limit_days", 90))) and record.qty > 0:
                    programs[p["program"]["id"]] = ["PERIOD_CLOSED"]
                    continue
                posted = period_of(p["volume"].get("period", "QUARTER"), received, int(p["volume"].get("fiscal_start_month", 1)))[0]
            counted = True
            record.counts[p["program"]["id"]] = c
            notes = self.add(record, result, p, c["key"], c["end"], c["v"], c["q"], c["in_q"], c["in_b"], c["q"], posted, c["rate"], c["notes"], date=c["date"])
            reasons += [(n, usual(n)) for n in notes]
            if notes:
                programs[p["program"]["id"]] = [r for r, _ in ordered([(n, usual(n)) for n in notes])]
        if not counted:
            reasons.append(("NO_PROGRAM", "PASS"))
        unique = list(dict.fromkeys(reasons))
        result.update(outcome=self.outcome(unique), reasons=[r for r, _ in ordered(unique)], programs=programs)

    def do_POS_SALE(self, line):
        record, t = Record(line, self.number), self.key(line)
        result = {"payouts": []}
        moved = self.moves[t].total() if t in self.moves else 0
        self.sales.setdefault(t, []).append(record)
        sold = sum(s.qty - s.returned for s in self.sales[t] if not s.cancelled)
        self.consume(t, line, max(F(0), sold - moved))
        self.count(line, record, result)
        self.records[line["line_id"]] = record
        return result

    def do_SELL_IN(self, line):
        record, root = Record(line, self.number), self.roots[line["partner_id"]]
        result = {"payouts": []}
        t = self.key(line)
        self.sales.setdefault(t, []).append(record)
        record.lot = Lot(line, root, line["vendor_part"], line.get("location_id", ""))
        self.receive(record.lot)
        at = (root, line["invoice_date"][:7], line["currency"])
        self.purchases[at] = self.purchases.get(at, 0) + rounded(F(line["qty"]) * F(line["unit_price"]), line["currency"])
        self.count(line, record, result)
        self.records[line["line_id"]] = record
        return result

    def do_AGREEMENT(self, line):
        key = (self.roots[line["partner_id"]], line["authorisation_no"])
        self.agreements.setdefault(key, []).append(line)
        for row in line["lines"]:
            self.consumed.setdefault((*key, row["line_no"]), F(0))
        return {"outcome": "PASS", "reasons": [], "payouts": []}

    # --- corrections -----------------------------------------------------------------------------------------------

    def take_back(self, record, result, pieces, posted_date, whole_line=False, own_date=None):
        """Reverses pieces [(sale, r)] in stacking order: claims of each program, then its volume."""
        programs = {}
        for p in self.programs:
            pid = p["program"]["id"]
            if "volume" not in p:
                for sale, r in pieces:
                    if whole_line:
                        continue
                    left = r
                    for claim in self.claims.get(self.key(sale.line), []):
                        if claim.claim["program"] != pid:
                            continue
                        part = min(left, claim.claim["accepted"] - claim.claim["back"])
                        if part > 0:
                            self.reverse_claim(record, result, claim, part, posted_date)
                            left -= part
                continue
            notes = {}
            for sale, r in pieces:
                c = sale.counts.get(pid)
                if c is None or r == 0 or c.get("ended"):
                    continue
                mode, _ = self.mode(p)
                part = whole(F(c["v"]) * (c["back_q"] + r) / c["q"], mode) - c["back_v"]
                c["back_q"] += r
                c["back_v"] += part
                record.pieces.append((sale, r, pid, part, own_date))
                fiscal = int(p["volume"].get("fiscal_start_month", 1))
                posted = period_of(p["volume"].get("period", "QUARTER"), posted_date, fiscal)[0]
                key, end = c["key"], c["end"]
                if own_date and p["volume"].get("returns_period") == "RETURN_DATE":
                    label, end = period_of(p["volume"].get("period", "QUARTER"), own_date, fiscal)
                    key = (*key[:3], label, key[4])
                first = next((n for q, n, ledger, _, _ in sale.entries if q == pid and ledger == "EARNED"), None)
                notes[key] = notes.get(key, []) + self.add(record, result, p, key, end, -part, -r, c["in_q"], c["in_b"], -r, posted, c["rate"], [],
                                 reverses=(sale.line["line_id"], pid, first) if first is not None else None, hold=True, date=c["date"])
            self.flush()
            said = {(n, usual(n)) for own in notes.values() for n in own}
            if said:
                programs[pid] = [n for n, _ in ordered(said)]
        return programs

    @staticmethod
    def prior(programs):
        """Corrections say PRIOR_PERIOD only (11)."""
        return ["PRIOR_PERIOD"] if any("PRIOR_PERIOD" in names for names in programs.values()) else []

    def do_POS_RETURN(self, line):
        record, r = Record(line, self.number), -F(line["qty"])
        hold = lambda code: {"outcome": "HOLD", "reasons": [code], "payouts": []}
        root, result = self.roots[line["partner_id"]], {"outcome": "PASS", "reasons": [], "payouts": []}
        if "original_line_ref" in line or "original_invoice_no" in line:
            if "original_line_ref" in line:
                sale = self.records.get(line["original_line_ref"])
            else:
                t = (root, line["original_invoice_no"], line.get("original_invoice_line", ""), line["vendor_part"], False)
                sale = next((s for s in self.sales.get(t, []) if not s.cancelled and s.qty > s.returned), None)
            if sale is None or sale.cancelled:
                return hold("RETURN_UNMATCHED")
            if r > sale.qty - sale.returned:
                return hold("RETURN_EXCEEDS_SALE")
            pieces = [(sale, r)]
        else:
            back = day(line["ship_date"])
            fit = [s for sales in self.sales.values() for s in sales if s.kind == "POS_SALE" and not s.cancelled and s.qty > s.returned
                   and self.roots[s.line["partner_id"]] == root and s.line["vendor_part"] == line["vendor_part"]
                   and s.line["sold_to"]["id"] == line["sold_to"]["id"] and 0 <= (back - day(s.line["ship_date"])).days <= 365]
            fit.sort(key=lambda s: (s.line["ship_date"], s.number))
            left, pieces = r, []
            for sale in fit:
                part = min(left, sale.qty - sale.returned)
                if part > 0:
                    pieces.append((sale, part))
                    left -= part
            if left > 0:
                return hold("RETURN_UNMATCHED")
        record.went_back = pieces
        for sale, part in pieces:
            sale.returned += part
            self.give_back(self.key(sale.line), part, day(line["ship_date"]))
        result["programs"] = self.take_back(record, result, pieces, self.received(line), own_date=day(line["ship_date"]))
        result["reasons"] = self.prior(result["programs"])
        self.records[line["line_id"]] = record
        return result

    def cancel(self, record, result, origin, posted_date):
        t = self.key(origin.line)
        if origin.claim is not None:
            claim = origin.claim
            self.reverse_claim(record, result, origin, claim["accepted"] - claim["back"], posted_date)
            if claim["moved"] and not any(not s.cancelled and s.qty > s.returned for s in self.sales.get(t, [])):
                self.give_back(t, self.moves[t].total())
            return {}
        left = origin.qty - origin.returned
        origin.returned, origin.cancelled = origin.qty, True
        if origin.kind == "POS_SALE":
            self.give_back(t, left)
        else:
            rest = left
            for part in origin.lot.family:
                gone = min(rest, part.remaining)
                part.remaining -= gone
                part.qty -= gone
                rest -= gone
            self.flow(t[0], t[3], origin.lot.receipt, -left)
            self.take(t[0], t[3], day("2099-12-31"), rest)
            at = (t[0], origin.line["invoice_date"][:7], origin.line["currency"])
            self.purchases[at] -= rounded(F(origin.line["qty"]) * F(origin.line["unit_price"]), origin.line["currency"])
        return self.take_back(record, result, [(origin, left)], posted_date, whole_line=True)

    def do_CANCEL(self, line):
        record, result = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}
        origin = self.records.get(line["original_line_ref"])
        if origin is None and self.waits(line["original_line_ref"]):
            return self.withdraw(line["original_line_ref"], result)
        if origin is None:
            gone = self.results.get(line["original_line_ref"])
            return result if gone and gone["outcome"] == "REJECT" else {"outcome": "HOLD", "reasons": ["TARGET_UNKNOWN"], "payouts": []}
        if not origin.cancelled and (origin.claim is None or origin.claim["back"] < origin.claim["accepted"]):
            result["programs"] = self.cancel(record, result, origin, self.received(line))
            result["reasons"] = self.prior(result["programs"])
        origin.cancelled = True
        return result

    def waits(self, ref):
        return self.results.get(ref, {}).get("outcome") in ("HOLD", "PARK")

    def withdraw(self, ref, result):
        """A waiting line is withdrawn by its cancel; returns that waited for it find nothing."""
        self.results[ref] = {"outcome": "REJECT", "reasons": ["WITHDRAWN"], "payouts": []}
        for other in self.results.values():
            if other.get("on", {}).get("original_line_ref") == ref:
                other.update(outcome="HOLD", reasons=["RETURN_UNMATCHED"])
                del other["on"]
        return result

    # --- the run ---------------------------------------------------------------------------------------------------

    def run(self):
        for line in self.w["lines"]:
            self.number += 1
            self.results[line["line_id"]] = getattr(self, "do_" + line["kind"])(line)
        return self.results

    def balances(self):
        out = []
        for (root, number), revisions in self.agreements.items():
            last = revisions[-1]
            currency = self.by_id[last["program_id"]]["program"]["currency"]
            for row in last["lines"]:
                at = (root, number, row["line_no"])
                out.append({"kind": "agreement_line", "partner_root_id": root, "authorisation_no": number, "line_no": row["line_no"],
                            "consumed": self.consumed[at], "paid": units(self.agreement_paid.get(at, 0), currency)})
        for (pid, aggregate, group, label, root), acc in self.volumes.items():
            currency = self.by_id[pid]["program"]["currency"]
            out.append({"kind": "volume", "partner_root_id": root, "program_id": pid, "aggregate": aggregate, "group": group, "period": label,
                        "qty": acc["qq"], "benefit_qty": acc["bq"], "paid": units(acc["paid"], currency),
                        "estimated": units(acc["estimated"], currency)})
            v = self.by_id[pid]["volume"]
            if v.get("qualifier", "AMOUNT") == "AMOUNT":
                out[-1]["amount"] = units(acc["qv"], currency)
            if "percent" in v["tiers"][0]:
                out[-1]["benefit_amount"] = units(acc["bv"], currency)
        for key, used in self.caps.items():
            pid, index, scope, label = key[:4]
            if label != "LINE":
                out.append({"kind": "cap", "partner_root_id": key[4], "program_id": pid, "cap": index, "scope_id": scope, "period": label,
                            "used": units(used[0], self.by_id[pid]["program"]["currency"])})
        lots = {}
        for lot in self.lots:
            key = (lot.root, lot.location, lot.sku, lot.receipt.isoformat(), lot.cost_on(datetime.date.max), lot.currency)
            lots[key] = lots.get(key, 0) + lot.remaining
        for (root, location, sku, receipt, cost, currency), remaining in lots.items():
            out.append({"kind": "lot", "partner_root_id": root, "sku": sku, "receipt_date": receipt, "cost": cost, "currency": currency,
                        "remaining": remaining})
        for (root, month, currency), amount in self.purchases.items():
            out.append({"kind": "purchases", "partner_root_id": root, "month": month, "currency": currency, "amount": units(amount, currency)})
        return out
