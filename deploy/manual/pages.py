#!/usr/bin/env python3
"""pages.py BUILD OUT: the manual pages as scdoc, from the lists that the programs themselves derive from.

claimctl(1) and one page a command; one a service (8); claimstream.yaml(5), claimstream-program(5);
claimstream-errors(7), claimstream-metrics(7). `make man` runs scdoc over them."""
import json
import pathlib
import re
import subprocess
import sys

BUILD, OUT = sys.argv[1], pathlib.Path(sys.argv[2])
SERVICES = {"claim-intake": "takes documents, types their lines and answers their senders",
            "partner-classifier": "says who a partner is on each line and which programs may pay it",
            "claim-screener": "screens lines: rules, duplicates, denied parties, reviews",
            "payout-calculator": "computes what each line is worth and publishes it"}
SERVICE_EXITS = [("0", "drained"), ("70", "a promise of the code is broken"), ("75", "start me again"),
                 ("78", "a setting is wrong: do not start me again")]


def source(path):
    text = pathlib.Path(path).read_text(encoding="utf-8").replace("\\\n", "")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def rows(text, macro, names):
    quoted = r',\s*'.join([r'"((?:[^"\\]|\\.)*)"'] * names)
    return [tuple(x.replace('\\"', '"') for x in found) for found in re.findall(macro + r"\(\s*" + quoted, text)]


def plain(text):
    """Text that scdoc takes as it stands."""
    return re.sub(r"([\\*_#\[\]<>`~|])", r"\\\1", text)


def cell(text):
    return plain(text) if text else "-"


def page(name, section, about, body):
    path = OUT / f"{name}.{section}.scd"
    text = f"{name}({section})\n\n# NAME\n\n{name} - {plain(about)}\n\n" + body.rstrip() + "\n"
    path.write_text(text, encoding="utf-8")


def items(pairs):
    return "".join(f"*{plain(name)}*\n\t{plain(text)}\n\n" for name, text in pairs)


def see(*pages):
    return "# SEE ALSO\n\n" + ", ".join(f"*{name}*({section})" for name, section in pages) + "\n"


def ask(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


LIST = source("services/claimctl/commands.def")
COMMANDS = [(word, arguments, text) for word, arguments, text in
            re.findall(r'COMMAND\("([^"]*)",\s*\w+,\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"', LIST)]
VERBS, OPTIONS = rows(LIST, "VERB", 4), rows(LIST, "OPTION", 5)
EXITS = re.findall(r'EXIT_CODE\(\w+,\s*(\d+), "(.*)"\)', source("services/claimctl/exit_code.def"))
TAKES, EXAMPLES = rows(LIST, "TAKES", 3), dict(rows(LIST, "EXAMPLE", 2))


def option_items(command):
    own = [(f"{n} {v}".strip(), (t if not verbs else f"{verbs.replace('|', ', ')}: {t}"))
           for c, verbs, n, v, t in OPTIONS if c == command]
    families = {family for c, _, taken in TAKES if c == command for family in taken.split("|")}
    many = [(f"{n} {v}".strip(), t) for c, family, n, v, t in OPTIONS if not c and family in families]
    return own, many


def command_page(word, arguments, about):
    verbs = [(v, a, t) for c, v, a, t in VERBS if c == word]
    own, many = option_items(word)
    body = "# SYNOPSIS\n\n"
    calls = [f"*claimctl {word} {v}* {plain(a)}" for v, a, _ in verbs] or [f"*claimctl {word}* {plain(arguments)}"]
    body += "++\n".join(calls) + "\n"
    if verbs:
        body += "\n# VERBS\n\n" + items([(f"{v} {a}".strip(), t) for v, a, t in verbs])
    if own:
        body += "\n# OPTIONS\n\n" + items(own)
    if many:
        body += "\n# OPTIONS THAT MANY COMMANDS HAVE\n\n" + items(many)
    body += f"\n# EXAMPLES\n\n```\nclaimctl {EXAMPLES[word]}\n```\n\n"
    page(f"claimctl-{word}", 1, about, body + see(("claimctl", 1), ("claimstream-errors", 7)))


def claimctl_page():
    body = "# SYNOPSIS\n\n*claimctl* _COMMAND_ [_VERB_] [_ARGUMENTS_]\n\n# COMMANDS\n\n"
    body += items([(f"claimctl-{word}(1)", text) for word, _, text in COMMANDS])
    body += "# OPTIONS OF EVERY COMMAND\n\n"
    body += items([(f"{n} {v}".strip(), t) for c, family, n, v, t in OPTIONS if not c and not family])
    body += "# EXIT STATUS\n\n" + items(EXITS)
    body += ("# ENVIRONMENT\n\n" + items([
        ("CLAIMSTREAM_…", "a setting: its name in capitals, dots as _ (claimstream.yaml(5))"),
        ("CLAIMSTREAM_CONFIG, CLAIMSTREAM_CONTEXT", "the file with settings and contexts, and which of these"),
        ("CLAIMSTREAM_SERVER, CLAIMSTREAM_TOKEN, CLAIMSTREAM_CA_FILE", "intake, who asks, and whom to believe"),
        ("NO_COLOR, TERM", "no colour when set, when dumb; --color says otherwise"),
        ("PAGER", "through which tables go on a terminal")]))
    page("claimctl", 1, "run, inspect and check Claimstream", body + see(
        *[(f"claimctl-{word}", 1) for word, _, _ in COMMANDS], *[(name, 8) for name in SERVICES],
        ("claimstream.yaml", 5), ("claimstream-program", 5), ("claimstream-errors", 7), ("claimstream-metrics", 7)))


def settings_of(service):
    found = []
    for line in ask(f"{BUILD}/{service}", "--settings=md").splitlines():
        parts = [x.strip().strip("`").replace("\\|", "|") for x in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(parts) == 5 and parts[0] not in ("setting", "---"):
            found.append(parts)
    return found


def service_page(name, about):
    options = [("--config FILE", "settings"), ("--set KEY=VALUE", "one setting; it may stand several times"),
               ("--instance N", "ordinal of this process, unique in its service"),
               ("--check", "settings, connections and start-up checks: 0, 75 (no broker answers) or 78"),
               ("--settings, --settings=md", "every setting with value and origin; as a table"),
               ("--health", "asks this instance's /readyz over loopback: 0 or 1"),
               ("--version, --help", "build and libraries; this list")]
    body = f"# SYNOPSIS\n\n*{name}* [*--config* _FILE_] [*--instance* _N_] [*--set* _KEY=VALUE_]...\n\n"
    body += "# OPTIONS\n\n" + items(options)
    body += "# SIGNALS\n\n" + items([("TERM", "drains: the batch in hand is committed, state saved"),
                                      ("HUP", "reads what may change while it runs"), ("USR1", "logs a status line")])
    body += "# EXIT STATUS\n\n" + items(SERVICE_EXITS)
    page(name, 8, about, body + see(("claimstream.yaml", 5), ("claimctl", 1), ("claimstream-metrics", 7)))


def settings_page():
    told = {}
    body = "# DESCRIPTION\n\nYAML, *name: value*. Option (*--set*), environment, file, default: the first that speaks. "
    body += "An unknown name is refused with its place and the nearest known one.\n\n# SETTINGS\n\n"
    for service in SERVICES:
        for name, kind, default, reloaded, text in settings_of(service):
            told.setdefault(name, [kind, default, reloaded, text, []])[4].append(service)
    for name, (kind, default, reloaded, text, of) in sorted(told.items()):
        who = "every service" if len(of) == len(SERVICES) else ", ".join(of)
        change = "; read again at SIGHUP" if reloaded == "yes" else ""
        body += f"*{plain(name)}*\n\t{plain(text)}. {plain(kind)}, default {cell(default)}{change}; of {plain(who)}\n\n"
    pages = [(name, 8) for name in SERVICES]
    page("claimstream.yaml", 5, "settings of the services", body + see(*pages, ("claimctl-config", 1)))


def program_page():
    body = "# DESCRIPTION\n\nTerms of a program, one version a file. *claimctl programs create* writes one to begin, " \
           "*claimctl programs lint* says what is wrong.\n\n# KEYS\n\n"
    for line in ask(f"{BUILD}/claimctl", "schemas", "show", "program", "--format", "jsonl").splitlines():
        row = json.loads(line)
        body += f"*{plain(row['key'])}*\n\t{plain(row.get('meaning', ''))}. {plain(row.get('type', ''))}"
        body += f", default {plain(row['default'])}\n\n" if row.get("default") else "\n\n"
    pages = [("claimctl-programs", 1), ("claimctl-schemas", 1)]
    page("claimstream-program", 5, "terms of incentive programs", body + see(*pages))


def errors_page():
    reason = r'^REASON\((\d+),\s*(\w+),\s*(\w+),\s*[^,]*,\s*[^,]*,\s*("(?:[^"\\]|\\.)*"|\w+)'
    error = r'^ERR\((\w+),\s*(\d+),\s*\w+,\s*"((?:[^"\\]|\\.)*)"'
    reasons = re.findall(reason, source("common/domain/reason.def"), flags=re.M)
    errors = re.findall(error, source("common/base/err.def"), flags=re.M)
    issues = re.findall(r'^ISSUE\((\w+),\s*(\d+)', source("services/intake/issues.def"), flags=re.M)
    body = "# DESCRIPTION\n\n*claimctl help* _CODE_ tells more of each.\n\n# REASONS OF LINES\n\n"
    body += items([(f"{name} {number}", f"{outcome}. {text.strip(chr(34))}" if text.startswith('"') else outcome)
                   for number, name, outcome, text in reasons])
    known = {name for _, name, _, _ in reasons}
    body += "# ISSUES OF DOCUMENTS\n\n" + items([(f"{name} {number}", "see claimctl help " + name)
                                                  for name, number in issues if name not in known])
    texts = r'"((?:[^"\\]|\\.)*)"'
    about = re.findall(rf"ERROR_ABOUT\((\w+),\s*((?:{texts}\s*)+)\)", source("services/claimctl/error_about.def"))
    steps = {row[0]: "".join(re.findall(texts, row[1])).replace('\\"', '"') for row in about}
    body += "# ERRORS OF OPERATION\n\n"
    body += items([(f"{name} {number}", f"{text}. {steps[name]}") for name, number, text in errors])
    page("claimstream-errors", 7, "reasons, issues and errors", body + see(("claimctl-help", 1)))


def metrics_page():
    metric = r'^METRIC\(\w+,\s*(\w+),\s*"(\w+)",\s*"([^"]*)",\s*"([^"]*)"'
    metrics = re.findall(metric, source("common/runtime/metrics.def"), flags=re.M)
    body = "# DESCRIPTION\n\nOn the admin port of each service, */metrics*; all bear the label *service*.\n\n"
    body += "# METRICS\n\n"
    for kind, name, labels, text in metrics:
        by = f"; by {labels.replace(',', ', ')}" if labels else ""
        word = kind.split("_", maxsplit=1)[0].lower()
        body += f"*claimstream\\_{plain(name)}*\n\t{plain(text)}. {word}{plain(by)}\n\n"
    page("claimstream-metrics", 7, "metrics of the services", body + see(*[(name, 8) for name in SERVICES]))


OUT.mkdir(parents=True, exist_ok=True)
claimctl_page()
for command_row in COMMANDS:
    command_page(*command_row)
for service_name, service_about in SERVICES.items():
    service_page(service_name, service_about)
settings_page()
program_page()
errors_page()
metrics_page()
