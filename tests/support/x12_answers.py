#!/usr/bin/env python3
"""x12_answers.py: reads the X12 answers we write (TA1, 997, 999, 849) from their bytes alone and says what is wrong with them.

It knows the page of the formats and the facts of X12, and nothing of the code that writes them: envelope and delimiters, counts
and control numbers, the order of segments, widths and codes of elements; beside the document that is answered also whether sets,
positions and echoed data are those that were sent. `x12_answers.py ANSWER [DOCUMENT]` prints findings, one a line."""
import re
import sys
from decimal import Decimal

ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
TA1_CODES = {"000", "001", "003", "004", "006", "008", "009", "014", "015", "018", "021", "022", "023", "024", "025", "026", "027"}
GROUP_CODES = {"1", "2", "3", "4", "5", "6", "19"}
SET_CODES = {"1", "2", "3", "4", "5", "6", "7", "18", "19", "23"}
SEGMENT_CODES = {str(n) for n in range(1, 9)}
ELEMENT_CODES = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13"}
CORRECTED_901 = {"01", "03", "06", "07", "08", "11", "14", "15", "18", "26", "27", "33"}


class Broken(Exception):
    pass


def segments_of(text, element, terminator):
    return [part.split(element) for part in text.split(terminator) if part.strip("\r\n ")]


class Interchange:
    """ISA to IEA of bytes that begin with an ISA of 106."""

    def __init__(self, text):
        if len(text) < 106 or not text.startswith("ISA"):
            raise Broken("does not begin with an ISA of 106 bytes")
        self.element, self.component, self.terminator = text[3], text[104], text[105]
        places = [k for k in range(105) if text[k] == self.element]
        want, at = [], 3
        for width in ISA_WIDTHS:
            want.append(at)
            at += width + 1
        if places[:16] != want or len(places) != 16:
            raise Broken(f"separators of the ISA stand at {places}")
        self.isa = text[:105].split(self.element)
        end = re.search(re.escape(self.terminator) + "IEA" + re.escape(self.element) + "[^" + re.escape(self.terminator) + "]*" + re.escape(self.terminator), text)
        if not end:
            raise Broken("no IEA")
        self.text, self.rest = text[:end.end()], text[end.end():]
        self.segments = segments_of(self.text, self.element, self.terminator)
        self.repetition = self.isa[11] if self.isa[11] != "U" else ""


class Finder:
    def __init__(self):
        self.found = []

    def want(self, holds, what):
        if not holds:
            self.found.append(what)
        return bool(holds)


def is_number(text, digits_max):
    return text.isdigit() and text.isascii() and len(text) <= digits_max


def is_date(text):
    if not re.fullmatch(r"\d{6}|\d{8}", text):
        return False
    month, day = int(text[-4:-2]), int(text[-2:])
    return 1 <= month <= 12 and 1 <= day <= 31


def is_time(text):
    return re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", text) is not None


def check_envelope(f, i):
    delimiters = [d for d in (i.element, i.component, i.terminator, i.repetition) if d]
    f.want(len(set(delimiters)) == len(delimiters), "delimiters are not different")
    f.want(not any(d.isalnum() or d == " " or ord(d) >= 0x80 for d in delimiters), "a delimiter is a letter, digit or blank")
    f.want((i.isa[11] == "U") == (i.isa[12] < "00402"), f"ISA11 {i.isa[11]} does not fit version {i.isa[12]}")
    f.want(is_date(i.isa[9]) and is_time(i.isa[10]), "ISA09, ISA10 are no date and time")
    f.want(re.fullmatch(r"\d{5}", i.isa[12]), f"ISA12 is {i.isa[12]}")
    f.want(re.fullmatch(r"\d{9}", i.isa[13]) and i.isa[13] != "000000000", f"ISA13 is {i.isa[13]}")
    f.want(i.isa[14] == "0", "an answer asks for an answer")
    f.want(i.isa[15] in ("P", "T"), f"ISA15 is {i.isa[15]}")
    f.want("\n" not in i.text.replace(i.terminator + "\n", "") or "\n" in (i.element, i.terminator, i.component), "line breaks inside")
    for s in i.segments[1:]:
        f.want(s[-1] != "" or len(s) == 1, f"{s[0]} ends with empty elements")
        f.want(re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", s[0]), f"{s[0]!r} is no segment")
        f.want(all(" " <= c <= "~" for e in s for c in e), f"{s[0]} has a byte outside of the basic set")
    iea = i.segments[-1]
    groups = sum(s[0] == "GS" for s in i.segments)
    f.want(iea[0] == "IEA" and len(iea) == 3 and iea[2] == i.isa[13], f"IEA02 is not ISA13: {iea}")
    f.want(iea[1] == str(groups), f"IEA01 is {iea[1]} for {groups} groups")


def cut(f, i):
    """TA1s and (GS, [set segments]) of an interchange, envelopes checked."""
    ta1s, groups, at = [], [], 1
    body = i.segments[1:-1]
    while body and body[0][0] == "TA1":
        ta1s.append(body.pop(0))
    while body:
        gs = body.pop(0)
        if not f.want(gs[0] == "GS" and len(gs) == 9, f"{gs[0]} stands where a group begins"):
            return ta1s, groups
        f.want(is_number(gs[6], 9) and is_time(gs[5]) and is_date(gs[4]) and gs[7] == "X", f"GS is {gs}")
        f.want(len(gs[4]) == (8 if gs[8] >= "004" else 6), f"GS04 {gs[4]} in version {gs[8]}")
        sets = []
        while body and body[0][0] == "ST":
            end = next((k for k, s in enumerate(body) if s[0] == "SE"), None)
            if not f.want(end is not None, "a set without SE"):
                return ta1s, groups
            one, body = body[:end + 1], body[end + 1:]
            f.want(one[-1][1] == str(len(one)), f"SE01 is {one[-1][1]} for {len(one)} segments")
            f.want(one[-1][2] == one[0][2] and 4 <= len(one[0][2]) <= 9, f"SE02 {one[-1][2]} of ST02 {one[0][2]}")
            sets.append(one)
        if not f.want(body and body[0][0] == "GE", "a group without GE"):
            return ta1s, groups
        ge = body.pop(0)
        f.want(ge[1] == str(len(sets)) and ge[2] == gs[6], f"GE {ge} of {len(sets)} sets, GS06 {gs[6]}")
        f.want(len({s[0][2] for s in sets}) == len(sets), "two sets of one number")
        groups.append((gs, sets))
        at += 1
    f.want(len({g[6] for g, _ in groups}) == len(groups), "two groups of one number")
    return ta1s, groups


def check_ta1(f, i, s):
    if not f.want(len(s) == 6, f"TA1 has {len(s) - 1} elements"):
        return
    f.want(len(s[1]) == 9, f"TA101 is {s[1]}")
    f.want(s[4] in "AER" and len(s[4]) == 1 and s[5] in TA1_CODES, f"TA104, TA105 are {s[4]}, {s[5]}")
    f.want((s[4] == "A") == (s[5] == "000"), f"TA104 {s[4]} with TA105 {s[5]}")


class Answered:
    """What one 997 or 999 says of a group."""

    def __init__(self):
        self.type = self.number = self.verdict = ""
        self.counts, self.codes, self.sets = (), [], []


def check_functional(f, gs, one):
    name = one[0][1]
    segment, element, end = ("IK3", "IK4", "IK5") if name == "999" else ("AK3", "AK4", "AK5")
    a, body = Answered(), one[1:-1]
    f.want(gs[1] == "FA", f"a {name} in a group {gs[1]}")
    if not f.want(len(body) >= 2 and body[0][0] == "AK1" and body[-1][0] == "AK9", f"{name} begins and ends with {[s[0] for s in body]}"):
        return a
    ak1, ak9 = body[0], body[-1]
    f.want(len(ak1) == (4 if gs[8] >= "005010" else 3), f"AK1 has {len(ak1) - 1} elements in {gs[8]}")
    f.want(is_number(ak1[2], 9), f"AK102 is {ak1[2]}")
    a.type, a.number = ak1[1], ak1[2]
    state, level = None, "AK1"
    for s in body[1:-1]:
        allowed = {"AK1": {"AK2"}, "AK2": {segment, end}, segment: {element, segment, end}, element: {element, segment, end}, end: {"AK2"}}[level]
        if name == "999":
            allowed |= {"CTX"} if level in (segment, element) else set()
        if not f.want(s[0] in allowed, f"{s[0]} behind {level}"):
            return a
        level = s[0] if s[0] != "CTX" else level
        if s[0] == "AK2":
            state = {"id": s[1], "number": s[2], "segments": [], "verdict": "", "codes": []}
            a.sets.append(state)
            f.want(len(s[1]) == 3 and 1 <= len(s[2]) <= 9, f"AK2 is {s}")
        elif s[0] == segment:
            f.want(4 <= len(s) <= 5 and is_number(s[2], 6 if name == "997" else 10) and int(s[2]) >= 1, f"{segment} is {s}")
            f.want(len(s) == 5 and s[4] in SEGMENT_CODES, f"{segment}04 is {s[4:]}")
            f.want(re.fullmatch(r"[A-Z0-9]{2,3}", s[1]), f"{segment}01 is {s[1]}")
            f.want(len(s) > 3 and len(s[3]) <= (4 if name == "997" else 6), f"{segment}03 is {s[3:4]}")
            state["segments"].append((s, []))
        elif s[0] == element:
            f.want(state["segments"][-1][0][4:5] == ["8"], f"{element} below {segment}04 {state['segments'][-1][0][4:]}")
            f.want(4 <= len(s) <= 5 and s[3] in ELEMENT_CODES, f"{element} is {s}")
            f.want(len(s) < 5 or 1 <= len(s[4]) <= 99, f"{element}04 is {s[4:]}")
            f.want(s[2] == "" or is_number(s[2], 4), f"{element}02 is {s[2]}")
            state["segments"][-1][1].append(s)
        elif s[0] == end:
            state["verdict"], state["codes"] = s[1], s[2:]
            f.want(s[1] in ("A", "E", "R") and len(s) <= 7 and set(s[2:]) <= SET_CODES and len(set(s[2:])) == len(s[2:]), f"{end} is {s}")
            f.want((s[1] == "A") == (len(s) == 2), f"{end}01 {s[1]} with codes {s[2:]}")
            f.want(len(state["number"]) >= 4 or "7" in s[2:], f"AK202 {state['number']} is no number of a set")
            for k, below in state["segments"]:
                f.want(k[4] != "8" or below, f"{segment}04 8 without {element}: {k}")
                f.want("5" in s[2:], f"{segment} without {end} 5")
    f.want(level in ("AK1", end), f"ends behind {level}")
    f.want(5 <= len(ak9) <= 10 and all(is_number(n, 6) for n in ak9[2:5]) and set(ak9[5:]) <= GROUP_CODES, f"AK9 is {ak9}")
    a.verdict, a.counts, a.codes = ak9[1], tuple(int(n) for n in ak9[2:5]), ak9[5:]
    accepted = sum(s["verdict"] in ("A", "E") for s in a.sets)
    if a.codes:
        f.want(a.verdict == "R" and a.counts[2] == 0, f"AK9 {ak9} with codes of the group")
        return a
    f.want(a.counts == (a.counts[0], len(a.sets), accepted), f"AK9 {ak9} of {len(a.sets)} sets, {accepted} accepted")
    want = "R" if a.sets and accepted == 0 else "P" if accepted < len(a.sets) else "E" if any(s["verdict"] == "E" for s in a.sets) else "A"
    f.want(a.verdict == want, f"AK901 is {a.verdict}, want {want}")
    return a


def check_849(f, gs, one):
    f.want(gs[1] == ("RC" if gs[8].startswith("002040") else "CF"), f"an 849 in a group {gs[1]}")
    body = one[1:-1]
    if not f.want(body and body[0][0] == "BRC" and len(body[0]) == 5 and is_date(body[0][3]), f"849 begins with {body[:1]}"):
        return
    level, last, pads, cons, total, approved, has_ctt, aaa, claimed = "BRC", "", 0, 0, None, Decimal(0), False, [], None
    header = {"CUR", "AAA", "NTE", "REF", "PER", "DTM", "N1"}
    order = ["PAD", "LIN", "AAA", "PID", "MEA", "UIT", "QTY", "AMT", "RCD", "REF", "DTM", "CUR", "SSS"]
    for s in body[1:]:
        if s[0] == "CON":
            f.want(level != "CTT" and len(s) == 3 and s[1] and s[2], f"CON is {s}")
            level, cons, aaa = "CON", cons + 1, []
        elif s[0] == "PAD":
            f.want(level in ("CON", "PAD"), "PAD without CON")
            level, last, aaa, claimed, pads = "PAD", "PAD", [], None, pads + 1
        elif s[0] == "CTT":
            f.want(level in ("BRC", "PAD", "CON") and s[1] == str(pads), f"CTT01 is {s[1:]} for {pads} PAD")
            level, has_ctt = "CTT", True
        elif level == "CTT":
            f.want(s[0] == "AMT" and s[1] == "A" and total is None, f"{s} behind CTT")
            total = Decimal(s[2])
        elif level == "BRC":
            f.want(s[0] in header, f"{s[0]} in the header")
            if s[0] == "AAA":
                f.want(s[1] == "N", f"AAA of a document is {s}")
                aaa.append(s)
        elif level == "PAD":
            f.want(s[0] in order and order.index(s[0]) >= order.index(last), f"{s[0]} behind {last} of a PAD")
            last = s[0]
            if s[0] == "AAA":
                aaa.append(s)
                f.want(len(aaa) <= 10 and s[1] in ("Y", "N") and (s[1] == "Y") == (len(s) == 2), f"AAA is {s}")
                if len(s) > 3:
                    follow = "Y" if s[3] == "25" else "C" if s[3] in CORRECTED_901 else "N"
                    f.want(s[2] == "" and s[4:] == [follow], f"AAA04 of {s[3]} is {s[4:]}, want {follow}")
                f.want(len({tuple(a) for a in aaa}) == len(aaa), f"{s} twice")
            if s[0] == "AMT":
                f.want(s[1] in ("S", "A") and aaa, f"AMT is {s}")
                amount = Decimal(s[2])
                if s[1] == "S":
                    claimed = amount
                else:
                    approved += amount
                    is_open = any(a[3:4] == ["25"] for a in aaa)
                    f.want(claimed is not None and not is_open, "AMT*A without AMT*S, or of an open line")
                    f.want(aaa[0][1] != "Y" or amount == claimed, f"accepted whole with {amount} of {claimed}")
                    f.want(aaa[0][1] == "Y" or amount == 0 or abs(amount) < abs(claimed or 0), f"short with {amount} of {claimed}")
        else:
            f.want(s[0] in ("AAA", "REF", "PER", "DTM", "N1"), f"{s[0]} behind CON")
    f.want(has_ctt or (cons == 0 and aaa), "an 849 without CTT that refuses no document")
    f.want(total is None or total == approved, f"total {total}, lines give {approved}")


PLACES = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103]


def has_isa(text):
    return len(text) >= 106 and not text[3].isalnum() and all(text[k] == text[3] for k in PLACES)


class Sent:
    """The document that is answered, read as loosely as its faults ask for."""

    def __init__(self, text):
        self.groups, self.isas = [], []
        flat = text.replace("\r", "").replace("\n", "")
        if not any(has_isa(text[m.start():]) for m in re.finditer("ISA", text)) and any(has_isa(flat[m.start():]) for m in re.finditer("ISA", flat)):
            text = flat
        for at in [m.start() for m in re.finditer("ISA", text)]:
            chunk = text[at:]
            if not has_isa(chunk):
                self.isas += [chunk.split(chunk[3])[:17]] if at == 0 else []
                continue
            self.isas.append(chunk[:105].split(chunk[3]))
            for s in segments_of(chunk, chunk[3], chunk[105])[1:]:
                s[0] = s[0].lstrip("\r\n \t")
                self.take(s)
                if s[0] == "ISA":
                    break

    def take(self, s):
        if s[0] == "GS":
            self.groups.append((s, []))
        elif s[0] == "ST" and self.groups:
            self.groups[-1][1].append([s])
        elif s[0] not in ("GE", "IEA", "ISA") and self.groups and self.groups[-1][1] and self.groups[-1][1][-1][-1][0] != "SE":
            self.groups[-1][1][-1].append(s)


def check_beside(f, a, sent, i):
    found = [g for g in sent.groups if len(g[0]) > 6 and g[0][6] == a.number and g[0][1][:2] == a.type]
    if not f.want(found, f"AK1 names {a.type} {a.number}, which was not sent"):
        return
    tries = []
    for gs, sets in found:
        one = Finder()
        check_sets(one, a, sets, i)
        tries.append(one.found)
    f.found += min(tries, key=len)


def check_sets(f, a, sets, i):
    f.want(a.counts[1] == len(sets), f"AK903 is {a.counts[1]} for {len(sets)} sets sent")
    if a.codes:
        return
    for said, one in zip(a.sets, sets):
        f.want([said["id"], said["number"]] == one[0][1:3], f"AK2 is {said['id']} {said['number']} for {one[0]}")
        for s, elements in said["segments"]:
            place, code = int(s[2]), s[4]
            if code == "3":
                f.want(place <= len(one) + 1, f"{s} behind the end of its set")
                continue
            if not f.want(place <= len(one) and one[place - 1][0].upper().startswith(s[1][:2]), f"{s} where {one[place - 1:place]} was sent"):
                continue
            for e in elements:
                number = int(e[1].split(i.component)[0])
                data = one[place - 1][number] if number < len(one[place - 1]) else ""
                f.want(len(e) < 5 or data.startswith(e[4]), f"{e[0]}04 echoes {e[4:]} where {data!r} was sent")
                f.want(e[3] != "1" or data == "", f"{e[0]} says that {one[place - 1]} has no element {number}")


def read(answer, document=None):
    """(findings, summary): the summary is TA1*code, group verdicts and set verdicts in order."""
    f, summary = Finder(), []
    sent = Sent(document) if document is not None else None
    rest = answer
    last = ""
    while rest.strip("\r\n"):
        try:
            i = Interchange(rest.lstrip("\r\n"))
        except Broken as broken:
            f.found.append(str(broken))
            break
        check_envelope(f, i)
        f.want(i.isa[13] > last, f"ISA13 {i.isa[13]} behind {last}")
        last, rest = i.isa[13], i.rest
        ta1s, groups = cut(f, i)
        f.want(ta1s or groups, "an interchange of nothing")
        for s in ta1s:
            check_ta1(f, i, s)
            summary.append("TA1*" + "*".join(s[4:6]))
            f.want(not sent or any(s[1:4] == [x[13], x[9], x[10]] for x in sent.isas), f"{s} names no interchange sent")
        if sent:
            f.want(any([e.strip() for e in x[7:9] + x[5:7]] == [e.strip() for e in i.isa[5:9]] for x in sent.isas), "sender and receiver are not turned around")
        for gs, sets in groups:
            f.want(sets, "a group of nothing")
            for one in sets:
                if one[0][1] in ("997", "999"):
                    a = check_functional(f, gs, one)
                    summary += [f"AK5*{'*'.join([s['verdict']] + s['codes'])}" for s in a.sets]
                    summary.append("AK9*" + "*".join([a.verdict] + a.codes))
                    if sent:
                        check_beside(f, a, sent, i)
                elif f.want(one[0][1] == "849", f"an answer {one[0][1]}"):
                    check_849(f, gs, one)
    return f.found, summary


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: x12_answers.py ANSWER [DOCUMENT]")
    texts = [open(path, encoding="latin-1", newline="").read() for path in sys.argv[1:]]
    found, _ = read(*texts)
    for finding in found:
        print(finding)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
