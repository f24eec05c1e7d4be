#!/usr/bin/env python3
"""monitoring.py OUT: rules, their tests, the runbook and the dashboards against each other and against metrics.def.
Writes the expressions of the dashboards to OUT as recording rules, for promtool to read."""
import json
import pathlib
import re
import sys

MONITORING = pathlib.Path("deploy/monitoring")
sys.path.insert(0, str(MONITORING))
import dashboards    # noqa: E402

wrong = []
rules = (MONITORING / "rules.yaml").read_text(encoding="utf-8")
tests = "".join(file.read_text(encoding="utf-8") for file in sorted((MONITORING / "tests").glob("*.yaml")))
runbook = pathlib.Path("deploy/README.md").read_text(encoding="utf-8")
listed = pathlib.Path("common/runtime/metrics.def").read_text(encoding="utf-8")
metrics = re.findall(r'^METRIC\(\w+,\s*\w+,\s*"(\w+)"', listed, flags=re.M)
known = {f"claimstream_{name}{end}" for name in metrics for end in ("", "_bucket", "_sum", "_count")}

alerts = re.findall(r"alert: (\w+)\n(.*?)(?=\n      - alert|\n  - name|\Z)", rules, flags=re.S)
for alert, body in alerts:
    anchor = f"alert-{alert.lower()}"
    if f"runbook_url: deploy/README.md#{anchor}\n" not in body + "\n":
        wrong.append(f"{alert}: its runbook_url is not deploy/README.md#{anchor}")
    if f'<a id="{anchor}"></a>{alert}' not in runbook:
        wrong.append(f"deploy/README.md tells nothing of {alert}")
    if not re.search(r"severity: (page|ticket|business)}", body):
        wrong.append(f"{alert}: no severity")
    for firing, said in ((True, "fires"), (False, "is silent")):
        asked = rf'alertname="{alert}",alertstate="firing"}}\'\n\s+eval_time: \w+\n\s+exp_samples: \['
        pattern = asked + ("{" if firing else "]")
        if not re.search(pattern, tests):
            wrong.append(f"no test in which {alert} {said}")
for name in re.findall(r'<a id="alert-\w+"></a>(\w+)', runbook):
    if name not in dict(alerts):
        wrong.append(f"deploy/README.md tells of {name}, which is no rule")

expressions = []
for name, text in dashboards.texts().items():
    path = MONITORING / "dashboards" / f"{name}.json"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        wrong.append(f"{path}: run deploy/monitoring/dashboards.py")
    for panel in json.loads(text)["panels"]:
        expressions += [target["expr"] for target in panel["targets"]]
for text in [rules, *expressions]:
    wrong += [f"{name} is no metric" for name in sorted(set(re.findall(r"claimstream_\w+", text)) - known)]
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("groups: [{name: dashboards, rules: [\n")
    for number, expression in enumerate(expressions):
        text = json.dumps(expression.replace("$service", "payout"))
        out.write(f"  {{record: 'dashboard:{number}', expr: {text}}},\n")
    out.write("]}]\n")
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(bool(wrong))
