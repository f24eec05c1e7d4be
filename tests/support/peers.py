#!/usr/bin/env python3
"""peers.py: the same files through our readers and through well-kept readers of the same formats: Python's csv, openpyxl, node-x12, pyx12
and the SDK of CloudEvents. `peers.py CLAIMCTL PEER_VIEW NODE_X12 FOLDER [SEED]`; openpyxl, pyx12 and cloudevents lie on PYTHONPATH.

Where a peer is known to be wrong, or reads another thing on purpose, it says so here, and nowhere else."""
import csv
import datetime
import decimal
import json
import os
import random
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import x12_cases  # noqa: E402

HEADER = ["Invoice", "Ship Date", "Part", "Qty", "UOM"]
EXTRAS = [f"Note {chr(65 + k)}" for k in range(8)]
complaints, compared = [], {}


def complain(text):
    complaints.append(text)


def count(peer, number=1):
    compared[peer] = compared.get(peer, 0) + number


def lines_of(claimctl, path):
    """The line objects of a check, without its receipt; none of them refused."""
    run = subprocess.run([claimctl, "submit", path, "--check", "--partner", "P", "--lines", "-"], capture_output=True, text=True, check=False)
    objects = [json.loads(one) for one in run.stdout.splitlines()]
    if run.returncode != 0:
        complain(f"{os.path.basename(path)}: check ended {run.returncode}: {json.dumps(objects[-1:])[:600]}")
    return objects[:-1]


def as_text(text):
    """What a text is in an extra (domain.md 3.1): NFC, a line break or a tab one blank, outer blanks off."""
    for end in ("\r\n", "\r", "\n", "\t"):
        text = text.replace(end, " ")
    return unicodedata.normalize("NFC", text).strip(" ")


def compare_rows(peer, name, ours, theirs):
    """Rows of extras by column name; an empty cell is no extra."""
    if len(ours) != len(theirs):
        complain(f"{peer} {name}: {len(ours)} rows, it reads {len(theirs)}")
    for number, (our, their) in enumerate(zip(ours, theirs)):
        for column in EXTRAS:
            if our.get("extras", {}).get(column, "") != their.get(column, ""):
                complain(f"{peer} {name} row {number} {column}: {our.get('extras', {}).get(column)!r}, it reads {their.get(column)!r}")
            count(peer)


# Python's csv -----------------------------------------------------------------------------------------------------------------------

def random_text(dice):
    pieces = ["a", "B", "ü", "Ω", "€", "0", ",", ";", "|", "\t", '"', '""', "'", " ", "\n", "\r\n", "=1+1", "x y", "-", "日本", "e\u0301"]
    return "".join(dice.choice(pieces) for _ in range(dice.randrange(7)))


def csv_files(claimctl, folder, dice):
    for number, (delimiter, end, encoding, quoting) in enumerate(
            [(",", "\n", "utf-8", csv.QUOTE_MINIMAL), (";", "\r\n", "utf-8-sig", csv.QUOTE_ALL), ("\t", "\r\n", "utf-16", csv.QUOTE_MINIMAL),
             ("|", "\n", "utf-8", csv.QUOTE_NONNUMERIC), (",", "\r\n", "utf-16", csv.QUOTE_ALL), (";", "\n", "utf-8", csv.QUOTE_MINIMAL)]):
        name, path = f"{number}.csv", os.path.join(folder, f"{number}.csv")
        with open(path, "w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)
            writer.writerow(HEADER + EXTRAS)
            for row in range(120):
                writer.writerow([f"I-{row}", "2026-03-02", "KX-100", "2", "EA"] + [random_text(dice) for _ in EXTRAS])
        with open(path, encoding=encoding, newline="") as file:
            theirs = [{column: as_text(cell) for column, cell in row.items()} for row in csv.DictReader(file, delimiter=delimiter)]
        for row in theirs:              # words that stand for an empty cell are none here: they are so in fields alone
            row.update({column: row[column] or "" for column in EXTRAS})
        compare_rows("csv", name, lines_of(claimctl, path), theirs)


# openpyxl ---------------------------------------------------------------------------------------------------------------------------

def as_cell(cell, value):
    """A value of openpyxl as a text of ours: numbers as the shortest decimal, dates without their time of day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int) and set(cell.number_format) == {"0"} and len(cell.number_format) > 1:
        return f"{value:0{len(cell.number_format)}d}"           # we print what the sheet shows; openpyxl gives the number
    if isinstance(value, (int, float)):
        return value
    return as_text(value)


def same_number(our, their):
    try:
        return decimal.Decimal(our) == decimal.Decimal(repr(their))
    except (decimal.InvalidOperation, TypeError):
        return False


def random_cell(dice, cell):
    kind = dice.randrange(9)
    if kind == 0:
        cell.value = dice.randrange(-10**9, 10**15)
    elif kind == 1:
        cell.value = round(dice.uniform(-1e6, 1e6), dice.randrange(9))
    elif kind == 2:
        cell.value, cell.number_format = datetime.date(1950, 1, 1) + datetime.timedelta(dice.randrange(50000)), dice.choice(["yyyy-mm-dd", "dd/mm/yy", "mmm d, yyyy"])
    elif kind == 3:
        cell.value, cell.number_format = dice.randrange(10**6), "00000000"
    elif kind == 4:
        cell.value = dice.random() < 0.5
    elif kind == 5:
        cell.value, cell.number_format = dice.random(), "0.00%"
    elif kind == 6:
        cell.value = dice.uniform(-1, 1) * 10 ** dice.randrange(-5, 15)
    elif kind == 7:
        cell.value = random_text(dice).lstrip("=") or None
        cell.data_type = "s" if cell.value else "n"


def workbooks(claimctl, folder, dice):
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    for number in range(6):
        name, path = f"{number}.xlsx", os.path.join(folder, f"{number}.xlsx")
        book = openpyxl.Workbook()
        if number % 3 == 1:
            book.epoch = CALENDAR_MAC_1904
        sheet = book.active
        sheet.title = "Sales"
        if number % 2:
            hidden = book.create_sheet("Old")
            hidden.append(HEADER + EXTRAS)
            hidden.sheet_state = "hidden"
        for _ in range(number):
            sheet.append([])
        sheet.append(HEADER + EXTRAS)
        for row in range(80):
            sheet.append([f"I-{row}", datetime.date(2026, 3, 2), "KX-100", 2, "EA"])
            for column in range(len(EXTRAS)):
                random_cell(dice, sheet.cell(number + 2 + row, len(HEADER) + 1 + column))
        book.save(path)
        sheet = openpyxl.load_workbook(path, data_only=True)["Sales"]
        ours, theirs = lines_of(claimctl, path), list(sheet.iter_rows(min_row=number + 2))
        if len(ours) != len(theirs):
            complain(f"openpyxl {name}: {len(ours)} rows, it reads {len(theirs)}")
        for row, cells in zip(ours, theirs):
            if row["ship_date"] != "2026-03-02" or row["qty"] != "2":
                complain(f"openpyxl {name} row {row['row']}: {row['ship_date']}, {row['qty']}")
            for column, cell in zip(EXTRAS, cells[len(HEADER):]):
                our, their = row.get("extras", {}).get(column, ""), as_cell(cell, cell.value)
                if our != their and not (isinstance(their, (int, float)) and same_number(our, their)):
                    complain(f"openpyxl {name} {cell.coordinate} ({cell.number_format}): {our!r}, it reads {their!r}")
                count("openpyxl")


# X12 --------------------------------------------------------------------------------------------------------------------------------

SIGNS = [("*", ":", "~"), ("|", ">", "~"), ("*", ":", "\n"), ("+", "<", "'"), ("^", ":", "!"), ("\x1d", "\x1f", "\x1e"), ("*", "\\", "]"), (",", ":", "~"), (";", ":", "~")]


def x12_files(folder):
    """(name, text): every version, delimiters crossed with what stands behind a terminator, and files of several interchanges and groups."""
    for version in x12_cases.VERSIONS:
        for e, c, t in SIGNS:
            for between in ("", "\n", "\r\n"):
                if between and t == "\n":
                    continue
                one = [x12_cases.a_set(x12_cases.sale(version)), x12_cases.a_set(x12_cases.sale(version, "881201"), "0002")]
                groups = [x12_cases.group(version, one), x12_cases.group(version, one[:1], number="4805")]
                yield f"{version} {e!r}{t!r}{between!r}", x12_cases.document(version, groups, between=between, e=e, c=c, t=t, r="%")
    two = [x12_cases.document("004010", [x12_cases.group("004010", [x12_cases.a_set(x12_cases.sale("004010"))])], icn=icn, t=t)
           for icn, t in (("000000001", "~"), ("000000002", "\n"))]
    yield "two interchanges", two[0] + "\n" + two[1]
    yield "two interchanges of one terminator", two[0] + two[0].replace("000000001", "000000003")
    for name in sorted(os.listdir(GOLDEN)):
        if name.endswith(".edi"):
            with open(os.path.join(GOLDEN, name), encoding="latin-1", newline="") as file:
                yield name[:-4], file.read()


GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "feeds")
# Files of golden/feeds that a peer reads otherwise, each for a fault or a bound of its own.
NODE_OTHERWISE = {
    "wrapped80", "wrapped-crlf",                    # folded every 80 bytes
    "leading", "mail-head",                         # wants ISA first
    "ctrl-z", "no-last-terminator",                 # drops a segment without terminator
    "doubled-term",                                 # takes an empty segment for the next one
    "delim-elem-digit",                             # U of ISA11 becomes NaN
    "latin1-name",                                  # peer_view tells UTF-8
    "three-interchanges", "three-one-broken", "two-isa",        # makes one of several interchanges
}
PYX12_OTHERWISE = {
    "wrapped80", "wrapped-crlf", "leading", "mail-head", "ctrl-z", "no-last-terminator", "doubled-term",
    "three-interchanges", "two-isa",                # wants each ISA behind its IEA and a terminator
    "delim-nel", "latin1-name",                     # reads ASCII
    "delim-elem-digit", "delim-comp-letter",        # its delimiters are no data
    "break-inside-unwrap",                          # makes LF of CR LF inside an element
}


def pyx12_segments(path, separator):
    import pyx12.x12file
    return [[segment.get_seg_id()] + [element.format(separator) for element in segment.elements] for segment in pyx12.x12file.X12Reader(path)]


def without_trailing(segments):
    return [s[:len(s) - next((k for k, e in enumerate(reversed(s)) if e), len(s))] for s in segments]


def pyx12_reads(name, text):
    """Known: it knows interchanges of 00401 and 00501 alone, and takes the delimiters of the first for all of a file."""
    return text[84:89] in ("00401", "00501") and name != "two interchanges" and name not in PYX12_OTHERWISE


CONTROL_NUMBERS = {"ISA": 13, "IEA": 2, "GS": 6, "GE": 2, "ST": 2, "SE": 2}


def as_node_has_them(segments):
    """Known: it keeps control numbers as numbers, so that their zeros in front are lost."""
    told = [list(s) for s in without_trailing(segments)]
    for s in told:
        at = CONTROL_NUMBERS.get(s[0], len(s))
        if at < len(s):
            s[at] = s[at].lstrip("0")
    return told


def node_reads(name, text):
    """Known: it makes one of the interchanges of a file, under the header of the last."""
    return not name.startswith("two interchanges") and name not in NODE_OTHERWISE


def interchanges(peer_view, node_x12, folder):
    files = list(x12_files(folder))
    paths = []
    for number, (_, text) in enumerate(files):
        paths.append(os.path.join(folder, f"{number}.x12"))
        with open(paths[-1], "w", encoding="latin-1", newline="") as file:
            file.write(text)
    told = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_x12.js"), node_x12] + paths,
                          capture_output=True, text=True, check=True).stdout.splitlines()
    for path, (name, text), answer in zip(paths, files, told):
        ours = [json.loads(one) for one in subprocess.run([peer_view, "segments", path], capture_output=True, text=True, check=True).stdout.splitlines()]
        theirs = json.loads(answer)
        if node_reads(name, text):
            count("node-x12", len(ours))
            if isinstance(theirs, dict) or as_node_has_them(ours) != as_node_has_them(theirs):
                complain(f"node-x12 {name}: {first_difference(as_node_has_them(ours), theirs)}")
        if pyx12_reads(name, text):
            count("pyx12", len(ours))
            theirs = pyx12_segments(path, text[104])
            if without_trailing(ours) != without_trailing(theirs):
                complain(f"pyx12 {name}: {first_difference(ours, theirs)}")


def first_difference(ours, theirs):
    if isinstance(theirs, dict):
        return theirs
    for our, their in zip(ours, theirs):
        if our != their:
            return f"{our}, it reads {their}"
    return f"{len(ours)} segments, it reads {len(theirs)}"


# CloudEvents ------------------------------------------------------------------------------------------------------------------------

def events(peer_view, folder, dice):
    from cloudevents.core.bindings.kafka import to_binary_event, to_structured_event
    from cloudevents.core.v1.event import CloudEvent
    wanted, path = [], os.path.join(folder, "records")
    with open(path, "w", encoding="ascii") as file:
        for number in range(200):
            line = {"kind": "POS_SALE", "partner_id": "P", "invoice_no": f"I-{number}", "qty": dice.randrange(1, 99), "note": as_text(random_text(dice))}
            attributes = {"id": f"e {number}" if dice.random() < 0.2 else f"e-{number}", "source": dice.choice(["/pos/nw", "urn:x:ü", "https://a.example/b?c=d"]),
                          "type": "claims.line.v1", "specversion": "1.0", "datacontenttype": "application/json"}
            if dice.random() < 0.5:
                attributes["time"] = datetime.datetime(2026, 3, 2, 10, 0, dice.randrange(60), tzinfo=datetime.timezone.utc)
            if dice.random() < 0.3:
                attributes["partitionkey"] = "P"
            event = CloudEvent(attributes=attributes, data=line)
            message = (to_binary_event if number % 2 else to_structured_event)(event)
            headers = ",".join(f"{name.encode().hex()}={value.hex()}" for name, value in message.headers.items())
            file.write(f"{headers}\t{message.value.hex()}\n")
            wanted.append((attributes, line))
    told = subprocess.run([peer_view, "records", path], capture_output=True, text=True, check=True).stdout.splitlines()
    for number, ((attributes, line), one) in enumerate(zip(wanted, map(json.loads, told))):
        data = json.loads(bytes.fromhex(one["bytes"]) or b"null")
        said = (one.get("issue"), one["payload"], one.get("source"), one.get("id"), data)
        if said != (None, "json", attributes["source"], attributes["id"], line):
            complain(f"cloudevents {number}: {said}, it wrote {attributes} {line}")
        count("cloudevents")


def main():
    claimctl, peer_view, node_x12, folder = sys.argv[1:5]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(2**32)
    dice = random.Random(seed)
    csv_files(claimctl, folder, dice)
    workbooks(claimctl, folder, dice)
    interchanges(peer_view, node_x12, folder)
    events(peer_view, folder, dice)
    for complaint in complaints[:20]:
        print(complaint)
    print(f"{', '.join(f'{peer} {number}' for peer, number in compared.items())} compared, {len(complaints)} differ; seed {seed}")
    sys.exit(1 if complaints or min(compared.values(), default=0) < 100 else 0)


if __name__ == "__main__":
    main()
