#!/usr/bin/env bash
# deploy/kubernetes: what make.py would write, by the schemas of the API and by rules of ours; each overlay as
# kustomize renders it
# where kubectl is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/deploy/tools.sh
node_tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
build=${BUILD:-build/release}
check() { NODE_PATH=$tools/node_modules node tests/deploy/kubernetes.cjs "$build" "$@" || failed=1; }

python3 deploy/kubernetes/make.py "$work"
for file in "$work"/*/*.yaml; do
    ours=deploy/kubernetes/${file#"$work"/}
    cmp -s "$file" "$ours" || { echo "$ours: run deploy/kubernetes/make.py"; failed=1; }
done
for folder in base monitoring overlays/dev overlays/prod; do
    for file in deploy/kubernetes/"$folder"/*.yaml; do
        case $file in */kustomization.yaml) continue ;; esac
        grep -q -- "- ${file##*/}\$" "${file%/*}/kustomization.yaml" || { echo "$file: no kustomization takes it"; failed=1; }
    done
done
mapfile -t base < <(find deploy/kubernetes/base deploy/kubernetes/monitoring -name '*.yaml' ! -name kustomization.yaml | sort)
mapfile -t dev < <(find deploy/kubernetes/overlays/dev -name '*.yaml' ! -name kustomization.yaml)
BREAK=1 check "${base[@]}"
check "${base[@]}" "${dev[@]}"
if command -v kubectl > /dev/null; then
    for overlay in dev prod; do
        kubectl kustomize "deploy/kubernetes/overlays/$overlay" > "$work/$overlay.yaml" || { failed=1; continue; }
        check "$work/$overlay.yaml"
    done
fi
exit $failed
