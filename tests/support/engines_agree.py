#!/usr/bin/env python3
"""engines_agree.py worlds TRAFFIC OUT: of a world of traffic (tests/bench/labelled.py) the two that both engines take:
OUT/first, and OUT/later with the records that its parked lines wait for and what comes behind them; OUT/records.ndjson
is these records for a run.

engines_agree.py compare EMBEDDED SERVICES: whether two files of records (`claimctl tail --json` of the held and decided
lines and of the payouts) say the same of every line, case and payout. Left out is what differs by nature: the door and
what its submitter is granted, hashes over what holds them, where profiles were read and their revisions."""
import datetime
import json
import os
import shutil
import sys

OTHER = {"door", "input_hash", "clearance_hash", "profile_source", "profile_revision", "correctable_kinds"}
PARTNER = {"partner_id": "Z-1", "root_id": "Z-1", "name": "Distributor Z-1", "status": "ACTIVE", "country": "US",
           "currency": "USD", "price_list_id": "PL", "roles": [{"role": "DISTRIBUTOR"}]}
SITE = {**PARTNER, "partner_id": "Z-4-S", "root_id": "D-4", "name": "Site Z-4-S"}
# What the later records end: a part, a partner and a rate that nobody knew, with what hangs on a line that waits.
SALE = {"kind": "POS_SALE", "partner_id": "D-1", "currency": "USD", "vendor_part": "NEW-1", "invoice_line": "1",
        "ship_date": "2026-04-01", "qty": "4", "resale_unit": "60.00",
        "sold_to": {"name": "Alder Clinic", "id": "C-0002", "country": "US", "role": "END_USER"}}
RETURN = {"kind": "POS_RETURN", "original_invoice_line": "1", "ship_date": "2026-04-02"}
CANCEL = {"kind": "CANCEL", "original_invoice_line": "1", **dict.fromkeys(
    ("invoice_line", "ship_date", "qty", "resale_unit", "sold_to"))}
Z_2 = {"partner_id": "Z-4-S", "vendor_part": "CAB-5", "resale_unit": "11.00"}
Z_1 = {"partner_id": "Z-1", "vendor_part": "CAB-5", "resale_unit": "11.00"}
WAITS = [{"invoice_no": "INV-9900001"},
         {"invoice_no": "INV-9900001"},
         {"invoice_no": "9900001", "invoice_line": None},
         {"invoice_no": "INV-9900002"},
         {**CANCEL, "original_invoice_no": "INV-9900002"},
         {"invoice_no": "INV-9900003", "qty": "2"},
         {"invoice_no": "INV-9900005", "qty": "6", "line_id": "waits"},
         {"kind": "REPLACE", "replaces_kind": "POS_SALE", "original_line_ref": "waits", "invoice_no": "INV-9900006",
          "vendor_part": "CAB-5", "resale_unit": "11.00", "ship_date": "2099-01-01"},     # refused: the sale waits on
         {**RETURN, "invoice_no": "RMA-1", "original_invoice_no": "INV-9900001", "qty": "1"},
         {**Z_1, "invoice_no": "INV-9910001", "qty": "50"},
         *({**Z_2, "invoice_no": f"INV-{n}", "qty": "3"} for n in range(9940001, 9940061)),
         {"partner_id": "D-2", "vendor_part": "SW-24", "invoice_no": "INV-9920001", "currency": "CHF"},
         {"partner_id": "V-1", "vendor_part": "SW-24", "invoice_no": "INV-9930001", "currency": "CHF", "qty": "3"}]
BEHIND = [{"invoice_no": "INV-9900003", "qty": "3"},
          {"invoice_no": "INV-9900009", "qty": "7"},
          {**RETURN, **Z_1, "invoice_no": "RMA-2", "original_invoice_no": "INV-9910001", "qty": "5"},
          *({**Z_2, "invoice_no": f"INV-{n}", "qty": "4"} for n in range(9940101, 9940111)),
          {**Z_1, "vendor_part": "CAB-7", "invoice_no": "INV-9910002", "resale_unit": "14.00"}]
PRODUCT = {"sku": "NEW-1", "family": "SWITCH", "product_line": "NET", "vendor_parts": ["NEW-1"], "base_uom": "EA"}
RATE = {"table_id": "default", "from": "CHF", "to": "USD", "units": 1, "rate": "1.25", "valid_from": "2026-04-01"}
KINDS = ("POS_SALE, POS_RETURN, SHIP_DEBIT_CLAIM, SPIFF_CLAIM, MDF_CLAIM, DEAL_REGISTRATION, PRICE_PROTECTION_CLAIM, "
         "AGREEMENT, REP_ROSTER, SELL_IN, INVENTORY, FUND_ADJUSTMENT, CANCEL, REPLACE")


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def ndjson(objects):
    return "".join(json.dumps(o) + "\n" for o in objects)


def lines_of(changes):
    """Each as its changes of the sale say; null takes a member away."""
    return [{k: v for k, v in {**SALE, **change}.items() if v is not None} for change in changes]


def contested(line, owners):
    """Whether another root has asked the shared registry for it: who comes first is nobody's to say."""
    asked = [f"serial {serial}" for serial in line.get("serials", [])]
    if line["kind"] == "DEAL_REGISTRATION":
        asked.append("deal " + str((line.get("end_customer") or line.get("sold_to") or {}).get("name")))
    root = line["partner_id"].removesuffix("-W")
    return any([owners.setdefault(key, root) != root for key in asked])


def documents(inbox):
    """A document for four days, of those reps whom a claim names; the lines in the order of their days."""
    days, reps, owners = {}, set(), {}
    for name in sorted(os.listdir(inbox)):
        day, submitter = name.split("-")[:2]
        if submitter == "feed":
            days.setdefault(-(-int(float(day)) // 4) * 4, []).extend(
                line for line in read(os.path.join(inbox, name)) if not contested(line, owners))
    for lines in days.values():
        reps |= {line.get("rep_id") for line in lines if line["kind"] != "REP_ROSTER"}
    for day, lines in days.items():
        yield day, [line for line in lines if line["kind"] != "REP_ROSTER" or line["rep_id"] in reps]


def world_yaml(listed):
    return ("clock: 2026-02-01T12:00:00Z\nsubmitters:\n"
            f'  - {{id: local, vendor: true, operator: true, reports_for: ["*"], kinds: [{KINDS}]}}\ndocuments:\n'
            + "".join(f"  - {{submitter: local, file: inbox/{n}, received_at: {at}}}\n" for n, at in listed))


def at(day):
    return (datetime.datetime(2026, 2, 2, 12) + datetime.timedelta(day)).isoformat() + "Z"


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def write_later(later, received):
    """The first world with what was missing there, and the document behind it."""
    append(os.path.join(later, "partners.yaml"), f"- {json.dumps(PARTNER)}\n- {json.dumps(SITE)}\n")
    append(os.path.join(later, "products.csv"), "NEW-1,SWITCH,NET,NEW-1,EA\n")
    write(os.path.join(later, "rates.csv"), ",".join(RATE) + "\n" + ",".join(str(v) for v in RATE.values()) + "\n")
    write(os.path.join(later, "inbox/behind.ndjson"), ndjson(lines_of(BEHIND)))
    write(os.path.join(later, "world.yaml"), world_yaml([("behind.ndjson", received)]))


def worlds(traffic, out):
    first, later = os.path.join(out, "first"), os.path.join(out, "later")
    shutil.copytree(traffic, first, ignore=shutil.ignore_patterns("inbox", "labels.csv"))
    write(os.path.join(first, "programs/ruleset.yaml"),     # the services' clock is that of the wall, a run's is not
          'ruleset: {id: default, version: 1, valid_from: 1990-01-01}\nsettings: {park_max_hours: "8000"}\n')
    shutil.copytree(first, later)
    listed = []
    for day, lines in [*documents(os.path.join(traffic, "inbox")), (60, lines_of(WAITS))]:
        listed.append((f"day-{day:02}.ndjson", at(day)))
        write(os.path.join(first, "inbox", listed[-1][0]), ndjson(lines))
    write(os.path.join(first, "world.yaml"), world_yaml(listed))
    write_later(later, at(60))
    write(os.path.join(out, "records.ndjson"),
          ndjson({"record": {name: record}} for name, record in
                 (("product", PRODUCT), ("partner", PARTNER), ("partner", SITE), ("fx_table", RATE))))


def same_by_nature(value):
    if isinstance(value, dict):
        if value.get("kind") == "PROFILE":
            value = {k: v for k, v in value.items() if k != "revision"}
        return {k: same_by_nature(v) for k, v in value.items() if k not in OTHER}
    return [same_by_nature(v) for v in value] if isinstance(value, list) else value


def said(path):
    """What stands last of each line, case and payout, and the outcomes of a line one behind the other."""
    last, ways = {}, {}
    for record in read(path):
        value = same_by_nature(record["value"])
        if record["topic"] == "payouts.v1":
            last["payout", value["payout_id"]] = value
            continue
        if "submission" not in value:
            last["case", value["clearance"][-1]["case_id"]] = value
            continue
        receipt = value["receipt"][-1]
        name = f"{receipt['file_name']}:{receipt['row']}"
        if record["topic"] == "claims.decided.v1" or ("line", name) not in last or not ways[name][-1][1]:
            last["line", name] = value
        ways.setdefault(name, []).append((record["line"]["outcome"], record["topic"] == "claims.decided.v1"))
    return last, ways


def differences(a, b, path=""):
    if type(a) is not type(b):
        yield path, a, b
    elif isinstance(a, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), f"{path}.{key}")
    elif isinstance(a, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}[{i}]")
    elif a != b:
        yield path, a, b


def compare(embedded, services):
    (left, ways), (right, others) = said(embedded), said(services)
    problems, outcomes = [], {}
    for key in sorted(set(left) | set(right), key=str):
        if key not in left or key not in right:
            problems.append(f"{' '.join(key)}: only {'a run' if key in left else 'the services'} says it")
            continue
        for path, a, b in differences(left[key], right[key]):
            problems.append(f"{' '.join(key)} {path}: {json.dumps(a)} of a run, {json.dumps(b)} of the services")
    for name, way in ways.items():
        one, other = (" ".join(w[0] for w in of.get(name, [])) for of in (ways, others))
        if one != other:
            problems.append(f"line {name}: {one} in a run, {other} by the services")
        outcomes[way[-1][0]] = outcomes.get(way[-1][0], 0) + 1
    woken = sum(len(way) > 1 for way in ways.values())
    for outcome in ("PASS", "SHORT", "HOLD", "REJECT"):
        if not outcomes.get(outcome):
            problems.append(f"no line ends {outcome}: the world says too little")
    if woken < 6:
        problems.append(f"{woken} lines waited and went on: the world says too little")
    if problems:
        sys.exit("\n".join(problems[:40]) + f"\n{len(problems)} differences")
    ended = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
    others = len(left) - len(ways)
    print(f"  {len(ways)} lines ({ended}; {woken} waited), {others} payouts and cases: both say the same")


if __name__ == "__main__":
    {"worlds": worlds, "compare": compare}[sys.argv[1]](*sys.argv[2:])
