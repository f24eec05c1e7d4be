#!/usr/bin/env python3
"""Every command and verb of commands.def: what is wrong is refused in one way, what is printed can be read.

usage: command_line.py CLAIMCTL
"""
import concurrent.futures
import csv
import io
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

CLAIMCTL = str(pathlib.Path(sys.argv[1]).resolve())
TEXT = re.sub(r"/\*.*?\*/", "", pathlib.Path("services/claimctl/commands.def").read_text(encoding="utf-8"), flags=re.S)
COMMANDS = re.findall(r'COMMAND\("([^"]*)"', TEXT)
VERBS = re.findall(r'VERB\("([^"]*)",\s*"([^"]*)"', TEXT)
CALLS = [(c,) for c in COMMANDS if c not in {c for c, _ in VERBS}] + VERBS
if "/asan/" in CLAIMCTL:
    CALLS = CALLS[::3]                                      # a third of them is enough to look for bad memory
FORMS = ["table", "wide", "tsv", "csv", "json", "jsonl", "yaml"]
FAILED = []


def call(*words, **more):
    return subprocess.run([CLAIMCTL, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                          **more)


def expect(holds, what, done):
    if not holds:
        FAILED.append(f"{what}: exit {done.returncode}\n{done.stdout[:300]}{done.stderr[:600]}")


def wrong_options_are_refused_in_one_way():
    for words in CALLS:
        done = call(*words, "--frobnicate")
        expect(done.returncode == 2 and done.stdout == "" and done.stderr.count("error[USAGE 6002]") == 1
               and "--frobnicate" in done.stderr and "more: claimctl help" in done.stderr,
               f"{words} --frobnicate", done)
        done = call(*words, "--hlep")
        expect(done.returncode == 2 and "did you mean --help?" in done.stderr, f"{words} --hlep", done)
        done = call(*words, "--quiet=yes")
        expect(done.returncode == 2, f"{words} --quiet=yes", done)
    done = call("help", "DUPLICATE", "HOLD")
    expect(done.returncode == 2 and "help" in done.stderr, "help of two words", done)


def an_option_without_its_value_says_so():
    for words, option in ((("lines", "list"), "--state"), (("submit",), "--partner"), (("tail",), "--from"),
                          (("programs", "simulate"), "--world"), (("documents", "list"), "--name")):
        for behind in ([], ["--set", "a=b"]):
            done = call(*words, option, *behind)
            expect(done.returncode == 2 and f"needs a value behind {option}" in done.stderr, f"{words} {option}", done)


def a_wrong_call_of_a_verb_shows_that_verb_alone():
    done = call("programs", "diff", "one")
    expect(done.returncode == 2 and "programs diff OLD NEW" in done.stderr and "publish" not in done.stderr,
           "diff", done)


def a_misspelt_verb_names_the_one_that_was_meant():
    for command, verb in dict(reversed(VERBS)).items():     # the first verb of each
        done = call(command, verb + "x")
        expect(done.returncode == 2 and f"did you mean {verb}?" in done.stderr, f"{command} {verb}x", done)


def a_name_with_control_bytes_commands_no_terminal():
    """Whatever a file, a folder or a world is called; seen bytes are no data here, but messages."""
    with tempfile.TemporaryDirectory(prefix="claimstream.") as folder:
        name = os.path.join(folder, "\x1b[31mred\x07\x9b.csv")
        with open(name, "w", encoding="utf-8") as file:
            file.write("invoice,qty\nI-1,2\n")
        for words in (["submit", "--check", name], ["submit", "--check", "--ack", "-", name], ["run", "--sample", name],
                      ["run", "--world", name], ["lines", "list", "--state", name], ["schemas", "check", name],
                      ["tail", "x", "--desc", name, "--type", "T", "--exit"], [name]):
            done = call(*words)
            said = done.stdout + done.stderr
            controls = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
            expect("red" in said and not controls, f"{words[:3]}, odd name", done)


def help_lists_the_headers_that_a_member_is_known_by():
    """All of intake's list, each once, at the member that they mean."""
    listed, text = {}, pathlib.Path("services/intake/alias.def").read_text(encoding="utf-8")
    for slot, name in re.findall(r'ALIAS\((\w+),\s*"([^"]*)"', text):
        listed.setdefault(slot, []).append(name)
    for slot in sorted(listed)[::5] + ["sold_to_name", "resale_unit_micros"]:
        member = re.sub("_(milli|micros|minor)$", "", slot)
        member = re.sub("^(sold_to|end_customer)_", r"\1.", member)
        done = call("help", member)
        names = re.search(r"  headers: (.*?)\n(?=\S|  \S|\Z)", done.stdout, re.S)
        shown = re.split(r",\s+", names[1].strip()) if names else []
        expect(not done.returncode and shown == listed[slot], f"help {member}", done)


def help_goes_where_it_is_told():
    for words in CALLS:
        done = call(*words, "--help")
        expect(done.returncode == 0 and done.stdout.startswith("  claimctl") and done.stderr == "",
               f"{words} --help", done)


def a_closed_pipe_changes_no_verdict_and_a_full_disk_is_told(state):
    world, pos = "deploy/sample/tiny", "deploy/sample/first-hour/inbox/northgate/03-northgate-pos.csv"
    for words in (["help"], ["help", "run"], ["version"], ["completion", "bash"], ["schemas", "show", "program"],
                  ["rules", "list"], ["topics", "list"], ["trigger", "--list"], ["config", "echo"],
                  ["programs", "diff", f"{world}/programs/SD-26-1.yaml", f"{world}/programs/VR-26-1.yaml"],
                  ["run", "--world", world], ["submit", "--check", pos],
                  ["submit", "--check", "--rejects", "-", pos], ["programs", "lint", world],
                  ["payouts", "verify", "--state", state], ["lines", "list", "--state", state],
                  ["screen", "payouts", "--state", state], ["lines", "explain", "05-pos.csv", "--state", state],
                  ["payouts", "estimate", "--world", world, "--input", pos]):
        verdict = call(*words)
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([CLAIMCTL, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        if verdict.stdout and (done.returncode != 1 or "FILE_UNWRITABLE" not in done.stderr):
            FAILED.append(f"{words} on a full disk: exit {done.returncode} {done.stderr}")
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([CLAIMCTL, *words], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writer)
        if done.returncode != verdict.returncode or "FILE_UNWRITABLE" in done.stderr:
            FAILED.append(f"{words} into a closed pipe: exit {done.returncode} {done.stderr}")


# --- listings: every form can be read, and has the fields that help names ---

def read_form(form, text):
    if form == "json":
        return json.loads(text)
    if form == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if form == "yaml":
        return [json.loads(line.removeprefix("- ")) for line in text.splitlines()]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(text)))
    return text.splitlines()


def check_forms(words, rows_wanted):
    done = call(*words, "--format", "help")
    expect(done.returncode == 0 and done.stdout, f"{words} --format help", done)
    fields = [line.split("\t")[0] for line in done.stdout.splitlines()]
    for form in FORMS:
        done = call(*words, "--format", form)
        expect(done.returncode in (0, 6) and "\x1b" not in done.stdout, f"{words} --format {form}", done)
        try:
            rows = read_form(form, done.stdout)
        except ValueError as e:
            FAILED.append(f"{words} --format {form}: {e}\n{done.stdout[:200]}")
            continue
        if rows_wanted and not rows:
            FAILED.append(f"{words} --format {form}: nothing")
        if form in ("json", "jsonl", "yaml", "csv"):
            unknown = {name for row in rows for name in row} - set(fields)
            if unknown:
                FAILED.append(f"{words} --format {form}: {unknown} not among {fields}")


def every_listing_has_every_form(state):
    for words, wanted in ((("lines", "list"), True), (("payouts", "list"), True), (("agreements", "list"), True),
                          (("holds", "list"), True), (("partners", "statement", "N-100"), True)):
        check_forms([*words, "--state", state], wanted)
    for words in (("rules", "list"), ("topics", "list"), ("trigger", "--list"), ("schemas", "list"),
                  ("schemas", "show", "program"), ("version",),
                  ("lists", "search", "--file", "deploy/sample/first-hour/lists.yaml", "Kestrel Maritime Trading")):
        check_forms(words, True)


def every_word_of_a_listing_is_explained():
    words = ["DUP-03", "dup-03", "held"]
    for path, name in (("common/domain/vocabulary.h", "OUTCOME_WORDS"), ("common/domain/vocabulary.h", "LEDGER_WORDS"),
                       ("common/wire/table_intake.h", "INTAKE_STATES")):
        listed = re.search(rf"#define {name}\(\w\)((?:.*\\\n)*.*)", pathlib.Path(path).read_text(encoding="utf-8"))
        words += re.findall(r"[WS]\((?:\w+, )?(\w+)", listed.group(1))
    if len(words) < 20:
        FAILED.append(f"where are the words? {words}")
    for word in words:
        done = call("help", word)
        expect(done.returncode == 0 and ": a" in done.stdout, f"help {word}", done)


def what_was_not_read_looks_like_no_empty_listing():
    """Names of columns or [] would say that there is nothing."""
    broker, door = ["--brokers", "127.0.0.1:9"], ["--server", "http://127.0.0.1:9"]
    asked = ((["lines", "list"], broker), (["payouts", "list"], broker), (["holds", "list"], broker),
             (["agreements", "list"], broker), (["deadletters", "list"], broker), (["lag"], broker),
             (["audit", "export"], broker), (["partners", "list"], broker), (["programs", "list"], broker),
             (["partners", "statement", "N-100"], broker), (["documents", "list"], door),
             (["replay", "status"], door), (["lines", "list"], ["--state", "nowhere"]))
    calls = [(*words, *where, "--format", form) for (words, where), form in zip(asked, ["csv", "json", "tsv"] * 5)]
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:             # each waits some seconds for a broker
        for words, done in zip(calls, pool.map(lambda words: call(*words), calls)):
            expect(done.returncode in (69, 4) and done.stdout == "" and "error[" in done.stderr, f"{words}", done)


def objects_are_json(state):
    for words in (("lines", "show", "03-northgate-pos.csv:198"), ("agreements", "show", "Q-7731"),
                  ("holds", "show", "03-northgate-pos.csv:200")):
        done = call(*words, "--state", state)
        try:
            found = [json.loads(line) for line in done.stdout.splitlines()]
        except ValueError as e:
            FAILED.append(f"{words}: {e}")
            continue
        expect(done.returncode == 0 and found, f"{words}", done)


# --- colour and pager: for eyes alone ---

def on_terminal(words, **environment):
    """What a terminal gets; its exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm", **environment})
        os.execv(CLAIMCTL, [CLAIMCTL, *words])
    said = b""
    while True:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(fd)
    return said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def colour_is_for_terminals(state):
    listing = ["lines", "list", "SHORT", "--state", state]
    sentence = ["lines", "explain", "03-northgate-pos.csv:198", "--state", state]
    coloured = [on_terminal(listing)[0], on_terminal(sentence)[0], on_terminal(["lines", "lst"])[0],
                call(*sentence, "--color=always").stdout, call("--color", "always", "lines", "lst").stderr,
                call(*listing, "--format", "table", "--color=always").stdout]
    plain = [on_terminal(listing, NO_COLOR="1")[0], on_terminal(listing, TERM="dumb")[0],
             on_terminal([*sentence, "--color=never"])[0], call(*sentence).stdout, call("lines", "lst").stderr,
             call(*listing, "--color=always").stdout, call(*listing, "--json", "--color=always").stdout]
    for number, text in enumerate(coloured):
        if "\x1b[" not in text:
            FAILED.append(f"no colour in {number}: {text[:200]!r}")
    for number, text in enumerate(plain):
        if "\x1b" in text or not text:
            FAILED.append(f"colour in {number}: {text[:200]!r}")
    if re.sub(r"\x1b\[[0-9;]*m", "", coloured[1]).replace("\r\n", "\n") != call(*sentence).stdout:
        FAILED.append("without its colours it says something else")
    done = call(*listing, "--color=allways")
    expect(done.returncode == 2 and "did you mean always?" in done.stderr, "--color=allways", done)


def a_table_goes_through_the_pager(state):
    listing = ["lines", "list", "--state", state]
    paged, code = on_terminal(listing, PAGER="sed 's/^/PAGED /'")
    if code != 0 or not paged.startswith("PAGED ") or paged.count("PAGED ") < 200:
        FAILED.append(f"no pager: {code} {paged[:200]!r}")
    left, code = on_terminal(listing, PAGER="head -2")
    if code != 0 or left.count("\n") != 2:
        FAILED.append(f"a pager that is left early: {code} {left[:300]!r}")
    for more in ({"PAGER": ""}, {"PAGER": "cat"}, {"PAGER": "nobody-has-this"}):
        code = on_terminal(listing, **more)[1]
        if code != 0:
            FAILED.append(f"{more}: {code}")
    if "PAGED" in subprocess.run([CLAIMCTL, *listing], env={**os.environ, "PAGER": "sed 's/^/PAGED /'"}, text=True,
                                 capture_output=True, check=False).stdout:
        FAILED.append("a pager in a pipe")


def main():
    with tempfile.TemporaryDirectory() as folder:
        state = folder + "/state"
        call("run", "--sample", "first-hour", "--state", state)
        wrong_options_are_refused_in_one_way()
        an_option_without_its_value_says_so()
        a_wrong_call_of_a_verb_shows_that_verb_alone()
        a_misspelt_verb_names_the_one_that_was_meant()
        help_goes_where_it_is_told()
        help_lists_the_headers_that_a_member_is_known_by()
        a_name_with_control_bytes_commands_no_terminal()
        a_closed_pipe_changes_no_verdict_and_a_full_disk_is_told(state)
        every_listing_has_every_form(state)
        objects_are_json(state)
        every_word_of_a_listing_is_explained()
        what_was_not_read_looks_like_no_empty_listing()
        colour_is_for_terminals(state)
        a_table_goes_through_the_pager(state)
    print("\n".join(FAILED), end="\n" if FAILED else "")
    return bool(FAILED)


if __name__ == "__main__":
    sys.exit(main())
