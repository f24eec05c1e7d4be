#!/usr/bin/env python3
"""The four dashboards for Grafana, from one table of panels; called, it writes dashboards/*.json.
Each links to the next: overview, stage, Kafka client, money."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).parent / "dashboards"
STAGE = 'service="$service"'
Q = "histogram_quantile({q}, sum by (le{by}) (rate(claimstream_{name}_bucket{where}[5m])))"


def quantile(q, name, where="", by=""):
    return Q.format(q=q, name=name, where="{" + where + "}" if where else "", by=by)


# title, unit, [(expression, legend)]; "stat" in front: one figure, red when it is not 0
BOARDS = {
    "overview": ("Claimstream: overview", [
        ("stat", "Conservation: in less out", "none", [
            ("sum(abs(claimstream_conservation_difference))", "difference")]),
        ("Lines in and out", "ops", [("sum by (service) (rate(claimstream_lines_in_total[5m]))", "{{service}} in"),
                                     ("sum by (outcome) (rate(claimstream_lines_total{service=\"payout\"}[5m]))",
                                      "payout {{outcome}}")]),
        ("Outcomes of all stages", "ops", [("sum by (service, outcome) (rate(claimstream_lines_total[5m]))",
                                            "{{service}} {{outcome}}")]),
        ("Refused, by reason", "ops", [
            ("topk(10, sum by (reason) (rate(claimstream_reasons_total[15m])))", "{{reason}}")]),
        ("Waiting lines", "none", [("sum by (service, outcome) (claimstream_waiting_lines)", "{{service}} {{outcome}}"),
                                   ("sum by (outcome) (claimstream_waiting_at_risk_lines)", "{{outcome}} at risk"),
                                   ("sum(claimstream_cases_open)", "cases")]),
        ("Receipt to commit, p50 p95 p99 of payout", "s", [
            (quantile(q, "end_to_end_seconds", 'service="payout"'), f"p{int(q * 100)}") for q in (0.5, 0.95, 0.99)]),
        ("Lag in seconds", "s", [("max by (service) (claimstream_lag_seconds)", "{{service}}")]),
        ("Dead letters", "none", [("sum by (code) (increase(claimstream_deadletters_total[1h]))", "{{code}}")]),
    ]),
    "stage": ("Claimstream: stage", [
        ("Time of the steps of a batch, p95", "s", [(quantile(0.95, "step_seconds", STAGE, ", step"), "{{step}}")]),
        ("Records of a transaction, p50 and p95", "none", [(quantile(0.5, "batch_lines", STAGE), "p50"),
                                                           (quantile(0.95, "batch_lines", STAGE), "p95")]),
        ("Lag by partition", "none", [(f"claimstream_lag_records{{{STAGE}}}", "{{topic}} {{partition}}")]),
        ("Partitions of each process", "none", [(f"claimstream_assigned_partitions{{{STAGE}}}", "{{instance}}")]),
        ("Changes not on disk yet", "none", [
            (f"sum by (instance) (claimstream_state_unsaved_keys{{{STAGE}}})", "{{instance}}")]),
        ("Rows and bytes of state", "none", [(f"sum(claimstream_state_keys{{{STAGE}}})", "rows"),
                                             (f"sum(claimstream_state_bytes{{{STAGE}}})", "bytes")]),
        ("Time of a save, p95", "s", [(quantile(0.95, "state_save_seconds", STAGE), "save")]),
        ("Profiles, by where they came from", "ops", [
            (f"sum by (source) (rate(claimstream_profile_reads_total{{{STAGE}}}[5m]))", "{{source}}")]),
        ("Documents of intake", "ops", [("sum by (state) (rate(claimstream_documents_total[5m]))", "{{state}}"),
                                        ("sum by (status) (rate(claimstream_http_requests_total[5m]))",
                                         "HTTP {{status}}")]),
    ]),
    "kafka": ("Claimstream: Kafka client", [
        ("Connections to brokers", "none", [("claimstream_kafka_connections", "{{service}} {{instance}}")]),
        ("Time of a commit, p50 and p99", "s", [(quantile(q, "commit_seconds", "", ", service"),
                                                 "{{service}} p" + str(int(q * 100))) for q in (0.5, 0.99)]),
        ("Transactions, by how they ended", "ops", [
            ("sum by (service, result) (rate(claimstream_transactions_total[5m]))", "{{service}} {{result}}")]),
        ("Steps done again", "ops", [
            ("sum by (service, class) (rate(claimstream_retries_total[5m]))", "{{service}} {{class}}")]),
        ("Rebalances", "none", [
            ("sum by (service, kind) (increase(claimstream_rebalances_total[10m]))", "{{service}} {{kind}}")]),
        ("Since the slowest worker finished a step", "s", [
            ("claimstream_last_commit_age_seconds", "{{service}} {{instance}}")]),
        ("Changelog records replayed", "ops", [
            ("sum by (service) (rate(claimstream_restored_records_total[5m]))", "{{service}}")]),
        ("Redis: breaker, registry", "none", [
            ("max by (dependency) (claimstream_breaker_open)", "{{dependency}} is away"), ("min(claimstream_registry_up)", "registry is whole")]),
    ]),
    "money": ("Claimstream: money", [
        ("Claimed, by outcome of payout, minor units", "none", [
            ("sum by (currency, outcome) (rate(claimstream_amount_minor_total{service=\"payout\"}[1h]) * 3600)",
             "{{currency}} {{outcome}} an hour")]),
        ("Money that waits, minor units", "none", [
            ("sum by (currency, outcome) (claimstream_waiting_amount_minor)", "{{currency}} {{outcome}}")]),
        ("Conservation in money", "none", [("claimstream_conservation_difference", "{{service}} {{unit}}")]),
        ("Cut and refused, by reason", "none", [
            ("topk(15, sum by (reason) (increase(claimstream_reasons_total[1d])))", "{{reason}}")]),
        ("Acts of people without effect", "none", [
            ("sum by (why) (increase(claimstream_reviews_void_total[1d]))", "{{why}}")]),
        ("Age of the lists of names", "s", [("max by (list) (claimstream_list_age_seconds)", "{{list}}")]),
        ("Reference records that cannot be used", "none", [
            ("sum by (topic) (increase(claimstream_reference_refused_total[1d]))", "{{topic}}")]),
    ]),
}


def panel(number, row):
    is_stat = row[0] == "stat"
    title, unit, targets = row[1:] if is_stat else row
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 1}]
    thresholds = {"thresholds": {"mode": "absolute", "steps": steps}} if is_stat else {}
    return {
        "id": number + 1, "title": title, "type": "stat" if is_stat else "timeseries",
        "datasource": {"type": "prometheus", "uid": "$datasource"},
        "gridPos": {"x": number % 2 * 12, "y": number // 2 * 8, "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, **thresholds}, "overrides": []},
        "targets": [{"refId": chr(65 + i), "expr": expr, "legendFormat": legend}
                    for i, (expr, legend) in enumerate(targets)],
    }


def variable(name, kind, query):
    return {"name": name, "type": kind, "query": query, "refresh": 1,
            **({} if kind == "datasource" else {"datasource": {"type": "prometheus", "uid": "$datasource"}})}


def board(name, title, rows):
    variables = [variable("datasource", "datasource", "prometheus")]
    if name == "stage":
        variables.append(variable("service", "query", "label_values(claimstream_build_info, service)"))
    links = [{"type": "link", "title": other_title.split(": ")[1], "url": f"/d/claimstream-{other}", "keepTime": True}
             for other, (other_title, _) in BOARDS.items() if other != name]
    return {"uid": f"claimstream-{name}", "title": title, "tags": ["claimstream"], "schemaVersion": 39, "version": 1,
            "editable": False, "refresh": "30s", "time": {"from": "now-6h", "to": "now"}, "links": links,
            "templating": {"list": variables}, "panels": [panel(i, row) for i, row in enumerate(rows)]}


def texts():
    return {name: json.dumps(board(name, title, rows), indent=1, ensure_ascii=False) + "\n"
            for name, (title, rows) in BOARDS.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for board_name, text in texts().items():
        (FOLDER / f"{board_name}.json").write_text(text, encoding="utf-8")
