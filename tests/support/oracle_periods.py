#!/usr/bin/env python3
"""oracle_periods.py: the second calculation of what ends a period or waits for one, and of cancelled returns, with their worlds.

Layers: closes (guarantees, late lines), undone (CANCEL of returns)."""
import datetime
from fractions import Fraction as F

import oracle
from oracle import Record, day, ordered, period_of, rounded, units, usual
from oracle_claims import Claims, ClaimLines, ClaimWorlds
from oracle_worlds import START

oracle.NUMBERS.update({"FIELD_INVALID": 102, "PERIOD_CLOSED": 410})


class Periods(Claims):
    # --- the end of a period ---------------------------------------------------------------------------------------

    @staticmethod
    def cut(p):
        """How the program cuts time: (period, first month of its year)."""
        block = p.get("volume", p.get("mdf", {}))
        return block.get("period", "QUARTER"), int(block.get("fiscal_start_month", 1))

    def end_of(self, p, label):
        """(last day, label of the period before) of a period by its name."""
        kind, fiscal = self.cut(p)
        date, before = datetime.date(2024, 6, 15), None
        while True:
            name, end = period_of(kind, date, fiscal)
            if name == label:
                return end, before
            before, date = name, end + datetime.timedelta(1)

    def do_PERIOD_CLOSE(self, line):
        p, record = self.by_id[line["program_id"]], Record(line, self.number)
        root, label, pid = self.roots[line["partner_id"]], line["period_label"], line["program_id"]
        end, before = self.end_of(p, label)
        result = {"outcome": "PASS", "reasons": [], "payouts": []}
        if self.received(line) < end + datetime.timedelta(int(p["volume"].get("grace_days", 10))):
            return {"outcome": "REJECT", "reasons": ["FIELD_INVALID"], "payouts": []}
        if (pid, root, label) in self.closed:
            return result
        mine = [k for k in self.volumes if (k[0], k[4], k[3]) == (pid, root, label)]
        whole = (pid, root, "", label, root)
        if p["volume"].get("guarantee", {"paid": "BEGINNING"}).get("paid") != "BEGINNING" and whole not in mine:
            mine.append(whole)
        for key in sorted(mine, key=lambda k: k != whole):
            self.close_accumulator(record, result, p, key, end, before)
        self.closed.add((pid, root, label))
        return result

    def close_accumulator(self, record, result, p, key, end, before):
        header, currency = p["program"], p["program"]["currency"]
        acc = self.volumes.setdefault(key, {"qv": 0, "qq": F(0), "bv": 0, "bq": F(0), "paid": 0, "estimated": 0, "excess": 0, "least": 0})
        t, _, _, _, _ = self.target(p, (units(acc["qv"], currency), acc["qq"], units(acc["bv"], currency), acc["bq"]))
        earned, g = t, p["volume"].get("guarantee")
        if g and g.get("paid") == "BEGINNING":
            t = max(t, rounded(F(g["amount"]), currency))
        elif g:
            amount = rounded(F(g["amount"]), currency)
            previous = self.volumes.get((*key[:3], before, key[4]), {"excess": 0})["excess"] if g.get("cumulative") == "true" else 0
            least = max(0, amount - previous)
            t, acc["least"] = max(t, least), least
            if g.get("cumulative") == "true":
                acc["excess"] = max(0, previous + earned - amount)
        other = header.get("payout_currency", currency)
        mode, step = self.mode(p)
        rate = self.rate(currency, other, end)
        payable = end + datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))

        def send(ledger, minor):
            payout = minor if other == currency else rounded(units(minor, currency) * rate, other, mode, step)
            self.post(record, result, p, ledger, 0, minor, key[3], key[3], payable, None, payout_minor=payout)
        part = 0
        if (split := p["volume"].get("coop_split")):
            share = lambda x: self.round(p, units(x, currency) * F(split["percent"]) / 100)
            part = share(t) - share(acc["paid"])
            self.split(record, result, p, self.by_id[split["program"]], key, part, 0, end, key[3], payable)
        send("EARNED", t - acc["paid"] - part)
        acc["paid"] = t
        if "expected_volume" in p["volume"]:
            send("ESTIMATED", t - acc["estimated"])
            acc["estimated"] = t

    # --- a return that is cancelled --------------------------------------------------------------------------------

    def do_CANCEL(self, line):
        origin = self.records.get(line["original_line_ref"])
        if origin is None or origin.kind != "POS_RETURN" or origin.cancelled:
            return super().do_CANCEL(line)
        record, result = Record(line, self.number), {"outcome": "PASS", "reasons": [], "payouts": []}
        for sale, r in origin.went_back:
            if not sale.cancelled:
                sale.returned -= r
                self.consume_again(sale, r)
        result["programs"] = self.undo(record, result, origin)
        result["reasons"] = self.prior(result["programs"])
        origin.cancelled = True
        return result

    def consume_again(self, sale, r):
        t = self.key(sale.line)
        self.moves[t].parts += self.leaving(self.take(t[0], t[3], self.moves[t].ship, r))
        self.flow(t[0], t[3], self.moves[t].ship, -r)

    def undo(self, record, result, origin):
        programs, received = {}, self.received(record.line)
        for p in self.programs:
            notes = set()
            for piece in origin.pieces:
                if getattr(piece[0], "reversed", False):
                    continue
                if isinstance(piece[2], str):
                    if piece[2] == p["program"]["id"] and not piece[0].cancelled:
                        notes.update(self.count_again(record, result, p, piece, received, origin))
                elif piece[0].claim["program"] == p["program"]["id"] and not piece[0].cancelled:
                    self.pay_again(record, result, p, piece, received)
            self.flush()
            if notes:
                programs[p["program"]["id"]] = [n for n, _ in ordered([(n, usual(n)) for n in notes])]
        return programs

    def count_again(self, record, result, p, piece, received, origin):
        sale, r, _, part, own_date = piece
        c = sale.counts[p["program"]["id"]]
        c["back_q"] -= r
        c["back_v"] -= part
        kind, fiscal = self.cut(p)
        key, end = c["key"], c["end"]
        if own_date and p["volume"].get("returns_period") == "RETURN_DATE":
            label, end = period_of(kind, own_date, fiscal)
            key = (*key[:3], label, key[4])
        first = next((n for q, n, ledger, _, _ in origin.entries if q == p["program"]["id"] and ledger == "EARNED"), None)
        return self.add(record, result, p, key, end, part, r, c["in_q"], c["in_b"], r, period_of(kind, received, fiscal)[0], c["rate"], [],
                        reverses=(origin.line["line_id"], first) if first is not None else None, hold=True, date=c["date"])

    def pay_again(self, record, result, p, piece, received):
        origin, r, paid_part, minor, payout = piece
        claim = origin.claim
        claim["back"] -= r
        claim["units_back"] -= paid_part
        claim["reversed"] -= minor
        claim["reversed_payout"] -= payout
        origin.returned = claim["back"]
        if claim["at"] is not None:
            self.consumed[claim["at"]] += paid_part
            self.agreement_paid[claim["at"]] += minor
        if claim.get("deal"):
            self.deals[self.roots[origin.line["partner_id"]], claim["deal"]]["claimed"] += paid_part
        for key, _ in claim["scopes"]:
            self.caps[key][0] += minor
            self.caps[key][1] += paid_part
        lag = datetime.timedelta(int(p.get("payment", {}).get("lag_days", 0)))
        month = claim.get("month", origin.line.get("ship_date", "")[:7])
        self.post(record, result, p, "EARNED", paid_part, minor, month, f"{received.year}-{received.month:02}", received + lag, None,
                  reverses=(origin.line["line_id"], 0), payout_minor=payout)


class PeriodWorlds(ClaimWorlds):
    def lines_of(self, world):
        return PeriodLines(self, world).lines

    def volume(self, pid, source):
        program = super().volume(pid, source)
        v = program["volume"]
        if "closes" not in self.layers:
            return program
        v["grace_days"] = self.pick("0", "3", "10")
        v["late_limit_days"] = self.pick("5", "20", "90")
        if self.chance(60):
            v["period"] = "MONTH"
        whole = v.get("per", "NONE") == "NONE" and v.get("aggregate", "PARTNER_ROOT") == "PARTNER_ROOT"
        if whole and self.chance(60):
            v["guarantee"] = {"amount": self.money(20, 900), **self.pick({}, {"cumulative": "true"}, {"paid": "BEGINNING"})}
        return program


class PeriodLines(ClaimLines):
    def __init__(self, worlds, world):
        self.undone = set()
        super().__init__(worlds, world)

    def close(self):
        p = self.w.pick(*self.of("volume"))
        kind, fiscal = Periods.cut(p)
        label = period_of(kind, max(self.now.date() - datetime.timedelta(self.r.randrange(0, 60)), START), fiscal)[0]
        self.add("PERIOD_CLOSE", self.w.pick("D1", "D1", "D2"), program_id=p["program"]["id"], period_label=label, close="EARNING")

    def cancel_return(self):
        targets = [r for r in self.returns if r["line_id"] not in self.undone]
        if not targets:
            return self.back()
        t = self.w.pick(*targets)
        self.undone.add(t["line_id"])
        self.add("CANCEL", t["partner_id"], original_line_ref=t["line_id"])

    def more(self):
        options = []
        if "closes" in self.w.layers and self.of("volume"):
            options += [self.close]
        if "undone" in self.w.layers:
            options += [self.cancel_return]
        if options and self.w.chance(20):
            return self.w.pick(*options)
        return super().more()
