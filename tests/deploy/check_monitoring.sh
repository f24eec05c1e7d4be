#!/usr/bin/env bash
# deploy/monitoring: rules without a complaint of promtool and each with a test and a row of the runbook, the example of
# alertmanager, dashboards as dashboards.py writes them, every expression and every metric known.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
need promtool prometheus
need amtool prometheus-alertmanager
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
quietly() { "$@" > "$work/said" 2>&1 || { cat "$work/said"; echo "$*: failed"; failed=1; }; }

quietly promtool check rules --lint=all --lint-fatal deploy/monitoring/rules.yaml
quietly promtool test rules deploy/monitoring/tests/*.yaml
quietly promtool check config deploy/monitoring/prometheus.yaml
quietly amtool check-config deploy/monitoring/alertmanager.yaml
python3 tests/deploy/monitoring.py "$work/expressions.yaml" || failed=1
quietly promtool check rules "$work/expressions.yaml"
exit $failed
