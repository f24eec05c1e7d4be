"""feed_files.py: some hundred small documents of every format that intake reads, and of some that it does not, each
with its name and its bytes: what check_doors_alike puts through every door. Nothing in them is random; each X12
document has a control number of its own, each sale an invoice of its own."""
import gzip
import io
import json
import os
import re
import zipfile

import x12_cases

PARTNER = "P-17"
SIGNS = [{"e": "*", "c": ":", "t": "~"}, {"e": "|", "c": ">", "t": "\n", "r": "!"}, {"e": "^", "c": "\\", "t": "'",
        "r": "!"},
         {"e": "\x1d", "c": "\x1f", "t": "\x1c", "r": "\x1e"}, {"e": "+", "c": "/", "t": "]", "r": "%"}]

# --- X12 ------------------------------------------------------------------------------------------------------------


def day(version, text):
    return text if version >= "004" else text[2:]


def claim(version, memo):
    return ["BAA*00*CK*" + day(version, "20260331") + "*AM*" + memo] + (["CUR*DS*EUR"] if version >= "003" else []) + \
        ["N1*DS*NW*92*NW", "CON*CT*Q-7731", "REF*DI*881200", "DTM*011*" + day(version, "20260302"), "PAD*1*SD",
                "LIN*1*VP*ABC-1",
         "UIT*EA*4.10*RS", "QTY*39*250*EA", "AMT*S*137.5", "PAD*2*RB", "LIN*2*VP*ABC-2", "QTY*76*3*EA", "AMT*S*9.9",
                 "CTT*2"]


def agreement(version, number):
    return ["BPA*00*" + number + "*" + day(version, "20260105") + "*AC", "CUR*SE*USD", "N1*DS*NORTH*92*N-100",
            "CON*CT*" + number + "*VA",
            "DTM*092*" + day(version, "20260101"), "DTM*093*" + day(version, "20261231"), "PAD*1*SD",
                    "QTY*38*600*EA", "LIN*1*VP*CAB-5",
            "CTP**CON*7.40"]


def stock(version):
    return ["XQ*H*" + day(version, "20260301") + "*" + day(version, "20260331"), "N1*DS*NW*92*NW", "LIN**VP*ABC-1",
            "ZA*QA*40*EA",
            "SDQ*EA*92*W1*15*W2*25", "LIN**VP*ABC-2", "ZA*OH*7*EA", "ZA*QS*3*EA"]


def moves(version):
    """One 867 with a sale, returns of three kinds, a transfer, a stock adjustment, a mirror row, an unlisted code."""
    out = ["BPT*00*R-MOVES*" + day(version, "20260408") + "*02", "CUR*DS*EUR", "N1*DS*NW*92*NW"]
    for k, (code, qty) in enumerate([("SD", "QTY*39*9*EA"), ("BN", "QTY*76*2*EA"), ("SD", "QTY*39*-3*EA"), ("RU",
            "QTY*84*-1*EA"),
                                     ("IB", "QTY*77*5*EA"), ("IB", "QTY*78*4*EA"), ("IA", "QTY*39*-2*EA"), ("RC",
                                             "QTY*39*8*EA"),
                                     ("ZZ", "QTY*39*1*EA"), ("SD", "QTY*61*1*EA"), ("SD", "QTY*39*0*EA")]):
        out += [f"PTD*{code}***DI*M-{k}", "DTM*003*" + day(version, "20260302"), "DTM*011*" + day(version, "20260302"),
                "N1*ST*ALDER*92*C44", qty, "LIN**VP*ABC-1*BP*77-ABC", "UIT*EA*4.10*RS"]
    return out


def x12_files():
    icn = [4711]

    def document(version, sets, kind="PT", **more):
        icn[0] += 1
        more.setdefault("icn", f"{icn[0]:09d}")
        return x12_cases.document(version, [x12_cases.group(version, sets, kind=kind)], **more).encode("latin-1")

    for k, version in enumerate(x12_cases.VERSIONS):
        signs = SIGNS[k + 1 if version >= "00402" or k != 0 else 0]
        kind = {"844": "PT" if version == "002040" else "CF", "845": "PA", "852": "PD", "867": "PT"}
        bodies = {"867": x12_cases.sale(version, f"S-{k}"), "844": claim(version, f"DM-{k}"),
                "845": agreement(version, f"Q-{k}"),
                  "852": stock(version)}
        for name, body in bodies.items():
            yield f"{name}-{version}.x12", document(version, [x12_cases.a_set(body, name=name)], kind[name], **signs)
        yield f"moves-{version}.x12", document(version, [x12_cases.a_set(moves(version))])
    v = "004010"
    one = lambda n, **more: x12_cases.a_set(x12_cases.sale(v, n), **more)          # noqa: E731
    for k, signs in enumerate(SIGNS):
        yield f"signs-{k}.x12", document(v, [one(f"G-{k}")], **signs)
    yield "lines.x12", document(v, [one("L-1")], between="\r\n")
    yield "mark.x12", b"\xef\xbb\xbf" + document(v, [one("L-2")])
    yield "around.x12", b"From a mailbox\n" + document(v, [one("L-3")], between="\n\n") + b"\nbye\n"
    yield "wrapped.x12", b"".join(wrap(document(v, [one("L-4")])))
    yield "good-and-bad.x12", document(v, [one("L-5", count=9), one("L-6", number="0002"),
                                           x12_cases.a_set(x12_cases.sale(v, "L" * 40), "0003")])
    yield "numbers.x12", document(v, [one("L-7")], iea02="000000001")
    yield "cut.x12", document(v, [one("L-8")])[:-30]
    yield "two.x12", document(v, [one("L-9")]) + b"\n" + document(v, [one("L-10"), one("L-11", number="0002")],
            e="|", t="'")
    yield "test.x12", document(v, [one("L-12")]).replace(b"*P*:~", b"*T*:~", 1)
    yield "latin.x12", document(v, [x12_cases.a_set(x12_cases.changed(x12_cases.sale(v, "L-13"), "ALDER",
            "B\xe4RENTAL"))])
    yield "answer.x12", document(v, [["ST*997*0001", "AK1*PT*4804", "AK9*A*1*1*1", "SE*4*0001"]], kind="FA")
    yield "edifact.edi", b"UNA:+.? 'UNB+UNOA:1+A+B+260408:0900+1'UNH+1+SLSRPT:D:96A:UN'UNT+2+1'UNZ+1+1'"


def wrap(data, width=80):
    for at in range(0, len(data), width):
        yield data[at:at + width] + b"\n"


# --- text -----------------------------------------------------------------------------------------------------------

HEAD = ["Invoice No", "Invoice Line", "Invoice Date", "Ship Date", "Vendor Part", "Qty", "UOM", "Resale Price",
        "Currency", "Customer Name", "Remark"]


def rows(tag, prices=("4.10", "3.05", "12.50")):
    return [[f"{tag}-{k}", "1", "2026-03-02", "2026-03-02", "ABC-1", str(k + 2), "EA", price, "EUR", f"Alder {k}",
            "as agreed"]
            for k, price in enumerate(prices)]


def text(cells, delimiter=",", end="\n", quote="", head=True):
    every = ([HEAD] if head else []) + cells
    return "".join(delimiter.join(quote + c + quote for c in row) + end for row in every)


def text_files():
    for name, delimiter in (("comma.csv", ","), ("semicolon.csv", ";"), ("tab.tsv", "\t"), ("bar.txt", "|")):
        yield name, text(rows(name[:3].upper()), delimiter).encode()
    yield "quoted.csv", text(rows("QU"), quote='"', end="\r\n").encode()
    yield "mark.csv", b"\xef\xbb\xbf" + text(rows("MK"), quote='"').encode()
    yield "utf16le.csv", ("\ufeff" + text(rows("UL"))).encode("utf-16-le")
    yield "utf16be.tsv", ("\ufeff" + text(rows("UB"), "\t")).encode("utf-16-be")
    yield "latin.csv", text(rows("LA")).replace("Alder", "B\xe4rental").encode("cp1252")
    yield "separator.csv", ("sep=;\n" + text(rows("SE"), ";")).encode()
    yield "returns.csv", text(rows("CR"), end="\r").encode()
    yield "comma-decimals.csv", text(rows("CD", ("4,10", "1.234,50", "0,075")), ";").encode()
    yield "grouped.csv", text(rows("GR", ("1,234.50", "(12.00)", "$3.05")), ";").encode()
    yield "undecided-number.csv", text(rows("UN", ("1,234", "2,500", "3,000")), ";").encode()
    yield "undecided-date.csv", text(rows("UD")).replace("2026-03-02", "03/04/2026").encode()
    yield "decided-date.csv", text(rows("DD")).replace("2026-03-02", "03/04/2026", 2).replace("2026-03-02",
            "23/03/2026").encode()
    yield "preamble.csv", ("Northwind,,\nReport of March,,\n\n" + text(rows("PR"))).encode()
    yield "newline.csv", text(rows("NL")).replace("as agreed", '"as\nagreed, ""twice"""', 1).encode()
    yield "unclosed.csv", text(rows("UC")).replace("as agreed", '"as agreed', 1).encode()
    yield "ragged.csv", (text(rows("RG")) +
            "RG-9,1,2026-03-02,2026-03-02,ABC-1,1\nRG-10,1,2026-03-02,2026-03-02,A,1,EA,1,EUR,B,C,D\n").encode()
    yield "total.csv", (text(rows("TO")) + "Total,,,,,10,,,,,\n").encode()
    yield "nothing.csv", text([]).encode()
    yield "no-header.csv", text(rows("NH"), head=False).encode()
    bad = rows("BD")
    bad[0][5], bad[1][3], bad[2][8] = "five", "2026-02-30", "XYZ"
    yield "bad-cells.csv", text(bad).encode()
    kinds = "Type," + text(rows("KD")).replace("KD-0", "RTN,KD-0").replace("KD-1", "WHAT,KD-1").replace("KD-2",
            "INV,KD-2")
    yield "kinds.csv", kinds.encode()
    formulas = rows("FO")
    formulas[0][9], formulas[1][9], formulas[2][4] = "=1+1", "@cmd", "1.2E+05"
    yield "formulas.csv", text(formulas).encode()
    control = rows("CT")
    control[0][4], control[1][9], control[2][9] = "AB\x01C", "A\u200bB", "A\u202eB"
    yield "control.csv", text(control).encode()
    yield "nul.csv", text(rows("NU")).replace("Alder 1", "Al\0der").encode()


# --- workbooks ------------------------------------------------------------------------------------------------------

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def escape(value):
    return value.replace("&", "&amp;").replace("<", "&lt;")


def sheet_xml(cells, shared, style):
    body = []
    for r, row in enumerate(cells):
        out = []
        for c, value in enumerate(row):
            ref = f'r="{chr(65 + c)}{r + 1}"'
            if isinstance(value, (int, float)):
                out.append(f'<c {ref}{style(c)}><v>{value}</v></c>')
            elif value.startswith("="):
                out.append(f'<c {ref}><f>{escape(value[1:])}</f></c>')
            elif shared is None:
                out.append(f'<c {ref} t="inlineStr"><is><t>{escape(value)}</t></is></c>')
            else:
                shared.append(value)
                out.append(f'<c {ref} t="s"><v>{len(shared) - 1}</v></c>')
        body.append(f'<row r="{r + 1}">' + "".join(out) + "</row>")
    return f'<worksheet xmlns="{MAIN}"><sheetData>' + "".join(body) + "</sheetData></worksheet>"


def workbook(sheets, is_shared=True, is_1904=False):
    """sheets: (name, rows, hidden); dates stand in the third and fourth column as serials."""
    shared, names, relations, parts = [] if is_shared else None, [], [], {}
    for k, (name, cells, hidden) in enumerate(sheets, 1):
        state = ' state="hidden"' if hidden else ""
        names.append(f'<sheet name="{name}" sheetId="{k}" r:id="rId{k}"{state}/>')
        relations.append(f'<Relationship Id="rId{k}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{k}.xml"/>')
        parts[f"xl/worksheets/sheet{k}.xml"] = sheet_xml(cells, shared, lambda c: ' s="1"' if c in (2, 3) else "")
    epoch = '<workbookPr date1904="1"/>' if is_1904 else ""
    parts["xl/workbook.xml"] = (f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{epoch}'
                                f'<sheets>{"".join(names)}</sheets></workbook>')
    parts["xl/_rels/workbook.xml.rels"] = \
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(relations) + \
        f'<Relationship Id="rS" Type="{RELATIONS}/styles" Target="styles.xml"/>' + \
        f'<Relationship Id="rT" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    parts["xl/styles.xml"] = (f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
                              '<xf numFmtId="14"/></cellXfs></styleSheet>')
    if is_shared:
        items = "".join(f"<si><t>{escape(s)}</t></si>" for s in shared)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    parts["[Content_Types].xml"] = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name in sorted(parts):
            z.writestr(zipfile.ZipInfo(name, (2026, 4, 8, 9, 0, 0)), '<?xml version="1.0" encoding="UTF-8"?>' +
                    parts[name])
    return out.getvalue()


def cells_of(tag, serial=46083):
    return [HEAD] + [[r[0], 1, serial, serial, r[4], int(r[5]), r[6], float(r[7]), r[8], r[9],
            r[10]] for r in rows(tag)]


def workbook_files():
    yield "shared.xlsx", workbook([("POS", cells_of("XS"), False)])
    yield "inline.xlsx", workbook([("POS", cells_of("XI"), False)], is_shared=False)
    yield "hidden.xlsx", workbook([("Old", cells_of("XH"), True), ("POS", cells_of("XV"), False)])
    yield "epoch.xlsx", workbook([("POS", cells_of("XE", 44621), False)], is_1904=True)
    yield "two-sheets.xlsx", workbook([("East", cells_of("X1"), False), ("West", cells_of("X2"), False)])
    formula = cells_of("XF")
    formula[1][5], formula[2][9] = "=SUM(1;2)", "=HYPERLINK(1)"
    yield "formula.xlsx", workbook([("POS", formula, False)])
    yield "empty.xlsx", workbook([("POS", [], False)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(zipfile.ZipInfo("readme.txt", (2026, 4, 8, 9, 0, 0)), "no workbook")
    yield "archive.zip", out.getvalue()


# --- JSON -----------------------------------------------------------------------------------------------------------


def sale(invoice, **more):
    return {"kind": "POS_SALE", "partner_id": PARTNER, "invoice_no": invoice, "invoice_line": "1",
            "invoice_date": "2026-03-02",
            "ship_date": "2026-03-02", "vendor_part": "ABC-1", "qty": "5", "uom": "EA", "currency": "EUR",
                    "resale_unit": "4.10",
            "end_customer": {"name": "Alder", "country": "FR"}, **more}


def json_files():
    yield "one.json", json.dumps(sale("JO-1")).encode()
    yield "array.json", json.dumps([sale("JA-1"), sale("JA-2", qty=3), sale("JA-3", colour="red")], indent=1).encode()
    yield "document.json", json.dumps({"document": {"partner_id": PARTNER, "report_id": "JD", "currency": "EUR",
            "control": {"lines": 3, "qty": "10"}},
                                       "lines": [sale("JD-1"), sale("JD-2")]}).encode()
    yield "lines.ndjson", b"".join(json.dumps(sale(f"JN-{k}")).encode() + b"\n" for k in range(5))
    yield "headed.ndjson", json.dumps({"document": {"partner_id": PARTNER, "report_id": "JH"}}).encode() + b"\n" + \
        json.dumps(sale("JH-1")).encode() + b"\r\n" + json.dumps(sale("JH-2")).encode()
    yield "broken.ndjson", json.dumps(sale("JB-1")).encode() + b"\n{\"kind\":\n" + json.dumps(sale("JB-2",
            qty="five")).encode() + \
        b"\n[1]\n" + json.dumps(sale("JB-3", kind="NO_KIND")).encode() + b"\n"
    yield "numbers.ndjson", b"".join(json.dumps(sale(f"JM-{k}")).replace('"5"', n).encode() + b"\n"
                                     for k, n in enumerate(["1.10", "1e3", "0", "-4", "01", "NaN",
                                             "123456789012345678901", "1.00005"]))
    yield "repeated.json", json.dumps(sale("JR-1")).replace('"uom"', '"qty":"6","uom"').encode()
    yield "deep.json", b'{"kind":"POS_SALE","x":' + b"[" * 40 + b"]" * 40 + b"}"
    yield "cut.json", json.dumps(sale("JC-1")).encode()[:-9]
    yield "claims.ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in [
        sale("JK-1", kind="SHIP_DEBIT_CLAIM", authorisation_no="Q-1", claimed_amount="10000.5", currency="JPY"),
        sale("JK-2", kind="POS_RETURN", original_invoice_no="JN-0", qty="-2"),
        sale("JK-3", kind="SPIFF_CLAIM", serials=["A1", "A2"], claimed_amount="12.345"),
        sale("JK-4", kind="INVENTORY", location_id="W1", snapshot_date="2026-03-31"),
        sale("JK-5", kind="PERIOD_CLOSE"), sale("JK-6", partner_id="P-99")])


# --- what is none of these -------------------------------------------------------------------------------------------


def odd_files():
    yield "void.bin", b""
    yield "blank.csv", b"\n\n  \n"
    yield "nul.bin", b"\0"
    yield "noise.bin", bytes((k * 197 + k * k * 31 + 7) % 256 for k in range(4096))
    yield "page.xls", b"<html><body><table><tr><td>Invoice</td></tr></table></body></html>"
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    yield "data.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield "letter.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"


# --- what people sent, and what becomes of it on its way -------------------------------------------------------------

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "feeds")
CORRECTS = re.compile(rb'(BPT|BAA|BPA).(01|04|05|CO|15|18|6R)\W|"purpose"')


def renumbered(data, number):
    """An interchange with a control number of its own, where it has one that can be read."""
    at = data.find(b"ISA")
    old = data[at + 90:at + 99]
    return data.replace(old, b"%09d" % number) if at >= 0 and old.isdigit() else data


def golden_files():
    """Those of tests/golden/feeds but corrections, whose outcome hangs on what else is on file, and a second event of a
    name."""
    events = set()
    for number, name in enumerate(sorted(os.listdir(GOLDEN))):
        with open(os.path.join(GOLDEN, name), "rb") as file:
            data = file.read()
        event = re.search(rb'"id" *: *("[^"]*"|\d+)', data) if b"specversion" in data else None
        if name == "expected.json" or CORRECTS.search(data) or (event and event.group() in events):
            continue
        events.add(event and event.group())
        yield "golden-" + name, renumbered(data, 700000000 + number)


def damaged_files(whole):
    """Cut, a byte lost, a piece twice, a byte turned over: whoever sends so, each door says the same of it."""
    for number, (name, data) in enumerate(whole):
        half, third = len(data) // 2, len(data) // 3
        harm = [data[:half], data[:third] + data[third + 1:], data[:half + 40] + data[half:],
                data[:half] + bytes([data[half] ^ 0x80]) + data[half + 1:]][number % 4] if data else b"\xff"
        yield f"harm{number % 4}-" + name, renumbered(harm, 800000000 + number)


def files():
    """(name, bytes) of each document; the last ones are compressed."""
    every = [f for source in (x12_files, text_files, workbook_files, json_files, odd_files) for f in source()]
    golden, share = list(golden_files()), 1 if os.environ.get("ALL") else 6
    whole = [f for f in [*every[::2], *golden[::4]] if len(re.findall(rb"\bISA[^A-Za-z0-9]", f[1])) < 2]
    every += [*golden[::share], *damaged_files(whole[::share])]
    names = [name for name, _ in every]
    assert len(names) == len(set(names)), "each document has a name of its own"
    for name, other in (("semicolon.csv", ("PK", ";")), ("tab.tsv", ("PT", "\t"))):
        every.append(("packed-" + name + ".gz", gzip.compress(text(rows(other[0]), other[1]).encode(), mtime=0)))
    members = [json.dumps(sale(f"PN-{k}")).encode() + b"\n" for k in range(3)]
    every.append(("members.ndjson.gz", b"".join(gzip.compress(m, mtime=0) for m in members) + b"\0" * 9))
    every.append(("torn.csv.gz", gzip.compress(text(rows("TN")).encode(), mtime=0)[:-12]))
    return every


def hard_records():
    """Lines of the NDJSON documents: what their senders might as well have sent as records."""
    for name, data in [*json_files(), *((name, data) for name, data in golden_files() if name.endswith("json"))]:
        for line in data.split(b"\n") if name.endswith("ndjson") else [data]:
            if line.strip()[:1] == b"{" and not re.search(rb'"document"|"lines"|specversion|\n', line.strip()):
                yield line.strip()


# --- records of claims.submitted.v1 ----------------------------------------------------------------------------------

SCHEMA_ID, SCHEMA_GUID = 77, bytes(range(16))


SPREAD_KEYS = ["P-17", "", "Alder", "M\u00fcller", "\u682a\u5f0f\u4f1a\u793e", "p-17 ", "unknown:01:2"]


def spread_records(shift):
    """FR-079: (key, headers, value) of fifty events under the keys of other clients; another `shift`, other keys."""
    for n in range(50):
        name = f"spread-{n:02d}"
        headers = {"ce_specversion": "1.0", "ce_id": name, "ce_source": "/doors", "ce_type": "sale",
                   "content-type": "application/json"}
        line = json.dumps(sale("K-" + name, message_id=name)).encode()
        yield SPREAD_KEYS[(n + shift) % len(SPREAD_KEYS)], headers, line


def records(packed):
    """(name, headers, value) for each way that a record may come; `packed` gives the protobuf of a line object. Each
    has a sale of its own and its name as its message."""
    def event(name, **more):
        return {"specversion": "1.0", "id": name, "source": "/doors", "type": "sale", **more}

    def headers(name, **more):
        return {"ce_specversion": "1.0", "ce_id": name, "ce_source": "/doors", "ce_type": "sale", **more}

    def line(name):
        return sale("K-" + name, message_id=name)

    def plain(name):
        return json.dumps(line(name)).encode()

    framed = b"\0" + SCHEMA_ID.to_bytes(4, "big")
    yield "bare", {}, packed(line("bare"))
    yield "bare-json", {"content-type": "application/json"}, plain("bare-json")
    yield "binary", headers("binary", **{"content-type": "application/protobuf"}), packed(line("binary"))
    yield "binary-json", headers("binary-json", **{"content-type": "application/json"}), plain("binary-json")
    kinds = {"content-type": "application/cloudevents+json; charset=utf-8"}
    yield "structured", kinds, json.dumps(event("structured", datacontenttype="application/json",
            data=line("structured"))).encode()
    yield "structured-upper", {"content-type": "Application/CloudEvents+JSON"}, json.dumps(event("structured-upper",
            data=line("structured-upper"))).encode()
    yield "framed", {}, framed + b"\x02\x12" + packed(line("framed"))
    yield "framed-guid", {}, b"\x01" + SCHEMA_GUID + b"\x02\x12" + packed(line("framed-guid"))
    yield "framed-header", {"__value_schema_id": b"\x01" + SCHEMA_GUID + b"\x02\x12"}, packed(line("framed-header"))
    yield "framed-json", {}, b"\0" + (SCHEMA_ID + 1).to_bytes(4, "big") + plain("framed-json")
    yield "event-framed", headers("event-framed"), framed + b"\x02\x12" + packed(line("event-framed"))
