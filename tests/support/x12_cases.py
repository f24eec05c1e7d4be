#!/usr/bin/env python3
"""x12_cases.py: has every sample of X12 and a table of broken ones go through `claimctl submit --check --ack`, in 002040 to 005010 and
answered as 997 and as 999, and has each answer read by x12_answers.py. `x12_cases.py CLAIMCTL FOLDER WORLD SAMPLE...`"""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import x12_answers  # noqa: E402

VERSIONS = {"002040": "00204", "003040": "00304", "004010": "00401", "005010": "00501"}
PROFILE = "profile: %s\nversion: 1\neffective_from: 2020-01-01\nextends: default\nanswers: {ta1: always, functional: \"%s\"}\n" \
          "x12:\n  versions: [\"002040\", \"003040\", \"004010\", \"005010\"]\n"


def sale(version, invoice="881200", qty="QTY*39*5*EA"):
    """Segments of one good 867 between ST and SE."""
    date = "20260302" if version >= "004" else "260302"
    return ["BPT*00*R-" + invoice + "*" + date + "*02", "CUR*DS*EUR", "N1*DS*NW*92*NW", "PTD*SD***DI*" + invoice, "DTM*003*" + date, "DTM*011*" + date,
            "N1*ST*ALDER*92*C44", "N4*LYON**69002*FR", qty, "LIN**VP*ABC", "UIT*EA*4.10*RS"]


def a_set(body, number="0001", name="867", count=None, end=None):
    return [f"ST*{name}*{number}"] + body + [f"SE*{count or len(body) + 2}*{end or number}"]


def group(version, sets, number="4804", kind="PT", count=None, end=None, gs08=None):
    date = "20260408" if version >= "004" else "260408"
    return [f"GS*{kind}*NWPOS*CLAIMSTREAM*{date}*0900*{number}*X*{gs08 or version}"] + [s for one in sets for s in one] + [f"GE*{count or len(sets)}*{end or number}"]


def document(version, groups, icn="000004711", iea01=None, iea02=None, isa=None, between="", **signs):
    e, c, t = signs.get("e", "*"), signs.get("c", ":"), signs.get("t", "~")
    r = signs.get("r", "^") if VERSIONS[version] >= "00402" else "U"
    head = isa or f"ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*{r}*{VERSIONS[version]}*{icn}*1*P*{c}"
    segments = [head] + [s for g in groups for s in g] + [f"IEA*{iea01 or len(groups)}*{iea02 or icn}"]
    return (t + between).join(s.replace("*", e) for s in segments) + t


def without(body, name):
    return [s for s in body if not s.startswith(name)]


def changed(body, old, new):
    assert any(old in s for s in body), old
    return [s.replace(old, new) for s in body]


def cases(v):
    """(name, document, what the answer has to say in order)"""
    good = sale(v)
    one = a_set(good)
    d = lambda groups, **more: document(v, groups, **more)  # noqa: E731
    g = lambda sets, **more: group(v, sets, **more)         # noqa: E731
    repeated = "AK5*R*23" if v == "005010" else "AK5*R*7"
    yield "good", d([g([one])]), "TA1*A*000 AK5*A AK9*A"
    yield "lines", d([g([one])], between="\n"), "TA1*A*000 AK5*A AK9*A"
    yield "signs", d([g([one])], e="|", c="\\", t="\x1d", r="!"), "TA1*A*000 AK5*A AK9*A"
    yield "signs that our texts have", d([g([one])], e="+", c="/", t="'", r="!"), "TA1*A*000 AK5*A AK9*A"
    yield "two sets", d([g([one, a_set(good, "0002")])]), "TA1*A*000 AK5*A AK5*A AK9*A"
    yield "two groups", d([g([one]), g([one], number="4805")]), "TA1*A*000 AK5*A AK9*A AK5*A AK9*A"
    yield "interchange number", d([g([one])], iea02="000004712"), "TA1*R*001"
    yield "interchange number of letters", d([g([one])], icn="00000471A"), "TA1*R*018"
    yield "group count", d([g([one])], iea01="2"), "TA1*R*021"
    yield "no end", d([g([one])])[:-40], "TA1*R*023"
    yield "date", d([g([one])]).replace("*260408*0900*", "*261408*0900*", 1), "TA1*R*014"
    yield "time", d([g([one])]).replace("*260408*0900*", "*260408*2460*", 1), "TA1*R*015"
    yield "version", d([g([one])]).replace(f"*{VERSIONS[v]}*", "*00700*", 1), "TA1*R*003"
    yield "group number", d([g([one], end="4805")]), "TA1*A*000 AK9*R*4"
    yield "set count", d([g([one], count=3)]), "TA1*A*000 AK9*R*5"
    yield "group type", d([g([one], kind="IN")]), "TA1*A*000 AK9*R*1"
    yield "group version", d([g([one], gs08="006010")]), "TA1*A*000 AK9*R*2"
    yield "group repeated", d([g([one]), g([one])]), "TA1*A*000 AK5*A AK9*A AK9*R*19"
    yield "group without end", d([g([one])[:-1]]), "TA1*A*000 AK9*R*3"
    yield "set number", d([g([a_set(good, end="0002"), a_set(good, "0003")])]), "TA1*A*000 AK5*R*3 AK5*A AK9*P"
    yield "segment count", d([g([a_set(good, count=77)])]), "TA1*A*000 AK5*R*4 AK9*R"
    yield "short set number", d([g([a_set(good, number="1")])]), "TA1*A*000 AK5*R*7 AK9*R"
    yield "set repeated", d([g([one, one])]), f"TA1*A*000 AK5*A {repeated} AK9*P"
    yield "set without end", d([g([one[:-1]])]), "TA1*A*000 AK5*R*2 AK9*R"
    yield "set of another group", d([g([a_set(good, name="844")])]), "TA1*A*000 AK5*R*"
    yield "unknown set", d([g([a_set(good, name="810")])]), "TA1*A*000 AK5*R*1"
    yield "unknown segment", d([g([a_set(good[:3] + ["ZQX*1"] + good[3:])])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "lower case segment", d([g([a_set(good[:3] + ["ref*IV*1"] + good[3:])])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "segment missing", d([g([a_set(without(good, "BPT"))])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "element too long", d([g([a_set(changed(good, "R-881200", "R" * 60))])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "element missing", d([g([a_set(changed(good, "N4*LYON", "REF"))])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "date of letters", d([g([a_set(changed(good, "DTM*003*", "DTM*003*X"))])]), "TA1*A*000 AK5*"
    yield "element with a control byte", d([g([a_set(changed(good, "ABC", "A\x01C"))])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "too many elements", d([g([a_set(changed(good, "CUR*DS*EUR", "CUR*DS*EUR" + "*1" * 70))])]), "TA1*A*000 AK5*R*5 AK9*R"
    yield "unknown code in a line", d([g([a_set(sale(v, qty="QTY*ZZ*5*EA"))])]), "TA1*A*000 AK5*E*5 AK9*E"
    yield "quantity of letters", d([g([a_set(sale(v, qty="QTY*39*X*EA"))])]), "TA1*A*000 AK5*"
    yield "bytes before", "hello\n" + d([g([one])]), "TA1*E*022 AK5*A AK9*A"
    yield "bytes behind", d([g([one])]) + "\nbye", "TA1*E*022 AK5*A AK9*A"
    yield "blanks between", d([g([one])], between="\n\n  "), "TA1*E*022 AK5*A AK9*A"
    yield "bad and good", d([g([a_set(good, count=9), a_set(good, "0002")]), g([one], number="5", count=2)]), "TA1*A*000 AK5*R*4 AK5*A AK9*P AK9*R*5"
    yield "two interchanges", d([g([one])]) + "\n" + d([g([one], number="9")], icn="000004712", e="|", t="'"), "TA1*A*000 AK5*A AK9*A TA1*A*000 AK5*A AK9*A"
    yield "claim", d([group(v, [a_set(["BAA*00*CK*" + ("20260331" if v >= "004" else "260331") + "*AM*DM-1", "CON*CT*Q-1", "PAD*1*SD", "LIN**VP*A", "QTY*39*5*EA", "AMT*S*5", "CTT*1"], name="844")],
                               kind="PT" if v == "002040" else "CF")]), "TA1*A*000 AK5*"


def shared_sender(claimctl, folder, world):
    """Two partners behind one interchange sender: GS02 chooses each group's profile, in the check and in an embedded run; a
    group that two profiles fit alike is nobody's."""
    complaints, profiles = [], os.path.join(folder, "world", "profiles")
    shutil.copytree(world, os.path.join(folder, "world"))
    for name, group_name in (("EAST", "EAST"), ("WEST", "WEST"), ("BOTH1", "BOTH"), ("BOTH2", "BOTH")):
        with open(os.path.join(profiles, f"{name.lower()}@1.yaml"), "w", encoding="ascii") as file:
            file.write(f"profile: {name.lower()}\nversion: 1\neffective_from: 2020-01-01\nextends: default\n"
                       f"partner_id: P-{name}\n"
                       f"x12: {{senders: [{{qualifier: \"01\", id: \"123456789\", group: {group_name}}}]}}\n")
    east, west = '"partner_id":"P-EAST"', '"partner_id":"P-WEST"'
    for names, wants in ((["EAST"], [east]), (["WEST"], [west]), (["EAST", "WEST"], [east, west]),
                         (["BOTH"], ['"code":"SENDER_UNDECIDED"']), (["EAST", "BOTH"], ['"code":"SENDER_UNDECIDED"'])):
        path = os.path.join(folder, "-".join(names) + ".x12")
        groups = [group("004010", [a_set(sale("004010"))], number=str(4800 + k)) for k in range(len(names))]
        for one, name in zip(groups, names):
            one[0] = one[0].replace("NWPOS", name)
        with open(path, "w", encoding="ascii") as file:
            file.write(document("004010", groups))
        for arguments in (["submit", "--check", "--lines", "-", path], ["run", "--world", os.path.join(folder, "world"), "--input", path, "--results", "-"]):
            done = subprocess.run([claimctl] + arguments, stdout=subprocess.PIPE, text=True, env=dict(os.environ, CLAIMSTREAM_INTAKE_PROFILES_DIR=profiles))
            complaints += [f"{'-'.join(names)}: {arguments[0]} does not say {want}" for want in wants if want not in done.stdout]
    return complaints


def ask(claimctl, path, answer, profile):
    arguments = [claimctl, "submit", "--check", "--ack", answer] + (["--profile", profile] if profile else []) + [path]
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        return None, f"exit {done.returncode}: {done.stderr.strip()}"
    with open(answer, encoding="latin-1", newline="") as file:
        return file.read(), ""


def judge(name, text, answer, error, wanted):
    if error:
        return [f"{name}: {error}"]
    found, summary = x12_answers.read(answer, text)
    shown = " ".join(summary)
    if wanted is not None and not (shown + " ").startswith(wanted if wanted.endswith("*") else wanted + " ") and not shown.startswith(wanted):
        found.append(f"answered {shown}, want {wanted}")
    if wanted and len(wanted.split()) != len(summary) and not wanted.split()[-1].startswith("AK5"):
        found.append(f"answered {shown}, want {wanted}")
    return [f"{name}: {f}" for f in found]


def main():
    claimctl, folder, samples = sys.argv[1], sys.argv[2], sys.argv[4:]
    path, answer = os.path.join(folder, "document"), os.path.join(folder, "answer")
    complaints, asked, answered = shared_sender(claimctl, folder, sys.argv[3]), 0, 0
    for functional in ("997", "999"):
        profile = os.path.join(folder, f"old{functional}@1.yaml")
        with open(profile, "w", encoding="ascii") as file:
            file.write(PROFILE % (f"old{functional}", functional))
        for version in [*VERSIONS][:1 if "/asan/" in claimctl else None]:   # the way is the same, each takes long there
            for name, text, wanted in cases(version):
                with open(path, "w", encoding="latin-1", newline="") as file:
                    file.write(text)
                given, error = ask(claimctl, path, answer, profile)
                complaints += judge(f"{version} {functional} {name}", text, given, error, wanted)
                asked += 1
                answered += bool(given)
        for sample in samples:
            with open(sample, encoding="latin-1", newline="") as file:
                text = file.read()
            if not re.search("ISA", text[:4200]):
                continue
            for named in (None, profile):
                given, error = ask(claimctl, sample, answer, named)
                complaints += judge(f"{os.path.basename(sample)} {functional}", text, given, error, None)
                asked += 1
                answered += bool(given)
    for complaint in complaints:
        print(complaint)
    print(f"{asked} documents, {answered} answers read, {len(complaints)} complaints")
    sys.exit(1 if complaints or answered * 10 < asked * 9 else 0)


if __name__ == "__main__":
    main()
