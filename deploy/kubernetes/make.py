#!/usr/bin/env python3
"""make.py [DIR]: writes what is alike for the four services below DIR (default: where this file lies): a file of base
for each, and the alerts of deploy/monitoring/rules.yaml as an object of the Prometheus operator. A check compares what lies
here with what it would write; what differs between installations is a patch of an overlay."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
# program, what it is, admin port, replicas, memory, what else its environment says
SERVICES = (
    ("claim-intake", "takes documents", 9101, 1, "256Mi", """\
            # One process owns all submitters; a second one is its standby, which is never ready: replicas stay 1.
            - {name: CLAIMSTREAM_HTTP_LISTEN, value: "0.0.0.0:8081"}
            - {name: CLAIMSTREAM_INTAKE_SUBMITTERS, value: /etc/claimstream/submitters/submitters.yaml}
            - {name: CLAIMSTREAM_INTAKE_SPOOL_DIR, value: /var/lib/claimstream/spool}
            - {name: CLAIMSTREAM_INTAKE_RAW_DIR, value: /var/lib/claimstream/raw}
"""),
    ("partner-classifier", "says who a partner is", 9102, 2, "128Mi", ""),
    ("claim-screener", "says whether a claim is honest and may be paid", 9103, 2, "256Mi", """\
            - {name: CLAIMSTREAM_SCREENING_LISTS_FILE, value: /etc/claimstream/lists/lists.yaml}
"""),
    ("payout-calculator", "says what a claim is worth", 9104, 2, "256Mi", ""),
)
PORTS = {"claim-intake": "            - {name: http, containerPort: 8081}\n"}
MOUNTS = {"claim-intake": "            - {name: submitters, mountPath: /etc/claimstream/submitters, readOnly: true}\n",
          "claim-screener": "            - {name: lists, mountPath: /etc/claimstream/lists, readOnly: true}\n"}
VOLUMES = {"claim-intake": "        - {name: submitters, secret: {secretName: claimstream-submitters}}\n",
           "claim-screener": "        - {name: lists, configMap: {name: claimstream-lists}}\n"}
DOOR = """---
# The door of submitters; TLS ends in front of it, or in the process: http.certificate_file and http.key_file.
apiVersion: v1
kind: Service
metadata: {name: claimstream-intake, labels: {app.kubernetes.io/name: claim-intake}}
spec:
  selector: {app.kubernetes.io/name: claim-intake}
  ports: [{name: http, port: 80, targetPort: http}]
"""


def service(name, what, port, replicas, memory, environment):
    return f"""\
# {name}: {what}. Written by deploy/kubernetes/make.py.
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}, labels: {{app.kubernetes.io/name: {name}}}}}
automountServiceAccountToken: false
---
# Names of the pods, and their admin ports for Prometheus; a pod that is not ready is watched, too.
apiVersion: v1
kind: Service
metadata: {{name: {name}, labels: {{app.kubernetes.io/name: {name}, app.kubernetes.io/component: admin}}}}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{app.kubernetes.io/name: {name}}}
  ports: [{{name: admin, port: {port}, targetPort: admin}}]
{DOOR if name == "claim-intake" else ""}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}, labels: {{app.kubernetes.io/name: {name}}}}}
spec:
  maxUnavailable: 1
  selector: {{matchLabels: {{app.kubernetes.io/name: {name}}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {name}, labels: {{app.kubernetes.io/name: {name}}}}}
spec:
  serviceName: {name}
  replicas: {replicas}
  podManagementPolicy: Parallel
  selector: {{matchLabels: {{app.kubernetes.io/name: {name}}}}}
  template:
    metadata: {{labels: {{app.kubernetes.io/name: {name}}}}}
    spec:
      serviceAccountName: {name}
      automountServiceAccountToken: false
      enableServiceLinks: false
      # A drain commits the batch in hand and saves state: tens of milliseconds, at most some twenty seconds.
      terminationGracePeriodSeconds: 45
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: {{type: RuntimeDefault}}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {{matchLabels: {{app.kubernetes.io/name: {name}}}}}
      containers:
        - name: {name}
          image: claimstream:0.1.0
          command: [/usr/bin/{name}]
          envFrom: [{{configMapRef: {{name: claimstream}}}}]
          env:
            # The ordinal is the static member of the group and the transactional id: each pod has its own, for ever.
            - name: CLAIMSTREAM_INSTANCE
              valueFrom: {{fieldRef: {{fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']"}}}}
            - {{name: CLAIMSTREAM_ADMIN_LISTEN, value: "0.0.0.0:{port}"}}
            - {{name: CLAIMSTREAM_STATE_DIR, value: /var/lib/claimstream/state}}
            - {{name: CLAIMSTREAM_STATE_SEED_FILE, value: /etc/claimstream/secret/state-seed}}
{environment}          ports:
            - {{name: admin, containerPort: {port}}}
{PORTS.get(name, "")}\
          # Live while its workers move, whatever Kafka does; ready when tables are restored and Kafka takes decisions.
          startupProbe:
            httpGet: {{path: /livez, port: admin}}
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet: {{path: /readyz, port: admin}}
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          livenessProbe:
            httpGet: {{path: /livez, port: admin}}
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 6
          resources:
            requests: {{cpu: 250m, memory: {memory}}}
            # Tables are mapped: what the kernel keeps of them counts here, and goes when it is needed.
            limits: {{memory: 1Gi}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {{drop: [ALL]}}
          volumeMounts:
            - {{name: data, mountPath: /var/lib/claimstream}}
            - {{name: secret, mountPath: /etc/claimstream/secret, readOnly: true}}
            - {{name: tmp, mountPath: /tmp}}
{MOUNTS.get(name, "")}      volumes:
        - {{name: secret, secret: {{secretName: claimstream, defaultMode: 288}}}}
        - {{name: tmp, emptyDir: {{sizeLimit: 256Mi}}}}
{VOLUMES.get(name, "")}\
  # A copy of what Kafka has: losing it costs the time to read the changelog, no claim. Of intake also the spool, which
  # is no copy.
  volumeClaimTemplates:
    - metadata: {{name: data}}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {{requests: {{storage: 10Gi}}}}
"""


def alerts():
    rules = (HERE.parent / "monitoring/rules.yaml").read_text(encoding="utf-8")
    body = rules[rules.index("groups:"):]
    return ("# deploy/monitoring/rules.yaml for the Prometheus operator. Written by deploy/kubernetes/make.py.\n"
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: claimstream}\nspec:\n"
            + "".join(f"  {line}\n" if line else "\n" for line in body.splitlines()))


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for folder in ("base", "monitoring"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for row in SERVICES:
        (out / "base" / f"{row[0]}.yaml").write_text(service(*row), encoding="utf-8")
    (out / "monitoring/alerts.yaml").write_text(alerts(), encoding="utf-8")


if __name__ == "__main__":
    main()
