#!/usr/bin/env bash
# Every command, verb and option stands once in commands.def, and what stands there is what the code takes: no option of the
# code is missing in the list, none of the list is unknown to the code.
set -eu
python3 - <<'P'
import collections, glob, re, sys
text = re.sub(r"/\*.*?\*/", "", open("services/claimctl/commands.def", encoding="utf-8").read(), flags=re.S)
rows = lambda macro, names: [m.groups() for m in re.finditer(macro + r"\(" + r",\s*".join([r'"([^"]*)"'] * names), text)]
commands, verbs, options = [c[0] for c in rows("COMMAND", 1)], rows("VERB", 2), rows("OPTION", 3)
wrong = []
families = {family for command, family, _ in options if not command and family}
takes = rows("TAKES", 3)
for command, takers, taken in takes:
    wrong += [f"TAKES of {command}: there is no verb {v}" for v in filter(None, takers.split("|")) if (command, v) not in verbs]
    wrong += [f"TAKES of {command}: there is no family {f}" for f in taken.split("|") if f not in families]
for command, takers, name in options:
    if not command:
        continue
    wrong += [f"option {name} of {command}: there is no verb {taker}" for taker in filter(None, takers.split("|"))
              if (command, taker) not in verbs]
options = [(command, name) for command, _, name in options]
for what, items in (("command", commands), ("verb", verbs), ("option", options)):
    wrong += [f"{what} {item} stands {n} times" for item, n in collections.Counter(items).items() if n > 1]
wrong += [f"{row}: there is no command {row[0]}" for row in verbs + options + takes if row[0] and row[0] not in commands]
every = {name for command, name in options if not command}
# means something of its own there: a document has a state, what is refused of X12 another form, a receipt one
special = {("documents", "--state"), ("submit", "--format"), ("submit", "--json")}
wrong += [f"option {name} of {command} is one of every command" for command, name in options
          if command and name in every and (command, name) not in special]
examples = rows("EXAMPLE", 2)
wrong += [f"{len(own)} examples of {command}" for command in commands
          if len(own := [e for e in examples if e[0] == command]) != 1]
for command, text in examples:
    words = text.split()
    own = [v for c, v in verbs if c == command]
    wrong += [f"example of {command}: {text}"] * (words[0] != command or (own != [] and words[1] not in own))
    wrong += [f"example of {command}: it has no option {w}" for w in words
              if w.startswith("--") and (command, w) not in options and w not in every]
code = "".join(open(path, encoding="utf-8").read() for path in glob.glob("services/claimctl/*.c"))
code = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
taken = set(re.findall(r'"(--[a-z][a-z-]+|-f)"', code)) | {"--" + name for name in re.findall(r'\{ "([a-z][a-z-]+)",\s+(?:required|no)_argument', code)}
listed = {name for _, name in options}
wrong += [f"option {name} is taken by the code and not listed" for name in sorted(taken - listed - {"--version"})]
wrong += [f"option {name} is listed and taken by no code" for name in sorted(listed - taken)]
for word, function in (m.groups() for m in re.finditer(r'COMMAND\("([^"]*)",\s*(\w+)', text)):
    own = [verb for command, verb in verbs if command == word]
    wrong += [f"verb {verb} of {word} is listed and no code names it" for verb in own if f'"{verb}"' not in code]
print("\n".join(f"services/claimctl/commands.def: {w}" for w in wrong), end="\n" if wrong else "")
sys.exit(bool(wrong))
P
