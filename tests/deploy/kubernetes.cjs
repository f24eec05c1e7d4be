// kubernetes.cjs BUILD FILE...: what manifests of ours promise, beside what the schemas of the API ask for. With BREAK in the
// environment they are broken one by one, too: what breaks no rule is complained of.
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");
const { parseAllDocuments } = require("yaml");

const [build, ...files] = process.argv.slice(2);
const failures = [];
const expect = (holds, message) => holds || failures.push(message);
const programs = ["claim-intake", "partner-classifier", "claim-screener", "payout-calculator"];
const ours = (name) => programs.includes(name);

function read(file) {
  return parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => {
    for (const error of document.errors) failures.push(`${file}: ${error.message}`);
    return document.toJS();
  });
}

const objects = files.flatMap(read).filter(Boolean);
const named = (kind, name) => objects.find((o) => o.kind === kind && o.metadata.name === name);
const label = (o, name) => (o?.labels ?? {})[`app.kubernetes.io/${name}`];

// --- the schemas of the API ---

const foreign = new Set(["monitoring.coreos.com/v1"]);
const models = new Map();
async function loadModels() {
  for (const { apiVersion, kind } of objects) {
    if (foreign.has(apiVersion)) continue;
    const file = path.resolve(process.env.NODE_PATH, "kubernetes-models", apiVersion, `${kind}.js`);
    expect(fs.existsSync(file), `${kind} of ${apiVersion} is no object of the API`);
    if (fs.existsSync(file)) models.set(`${apiVersion} ${kind}`, (await import(file))[kind]);
  }
}

function checkSchema(o) {
  const Model = models.get(`${o.apiVersion} ${o.kind}`);
  try {
    if (Model) new Model(o).validate();
  } catch (error) {
    expect(false, `${o.kind} ${o.metadata.name}: ${error.message}`);
  }
}

// --- least privilege ---

function checkPod(what, pod) {
  const context = pod.securityContext ?? {};
  expect(context.runAsNonRoot === true && context.runAsUser > 0, `${what}: runs as root`);
  expect(context.seccompProfile?.type === "RuntimeDefault", `${what}: no seccomp profile`);
  expect(pod.automountServiceAccountToken === false, `${what}: has a token of the API, which it never asks`);
  for (const key of ["hostNetwork", "hostPID", "hostIPC"]) expect(!pod[key], `${what}: ${key}`);
  const volumes = new Map((pod.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const volume of volumes.values()) expect(!volume.hostPath, `${what}: a path of its node`);
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) checkContainer(`${what}/${container.name}`, container);
  return volumes;
}

function checkContainer(what, container) {
  const context = container.securityContext ?? {};
  expect(context.allowPrivilegeEscalation === false && !context.privileged, `${what}: may gain privileges`);
  expect((context.capabilities?.drop ?? []).includes("ALL"), `${what}: keeps capabilities`);
  expect(context.readOnlyRootFilesystem === true || container.name === "kafka", `${what}: may write to its image`);
  expect(/:[0-9][\w.-]*$/.test(container.image), `${what}: image ${container.image} is not pinned`);
  expect(container.resources?.requests?.memory && container.resources?.limits?.memory, `${what}: no bounds of memory`);
  for (const { name, value } of container.env ?? [])
    expect(!/PASSWORD$|SECRET|TOKEN/.test(name) || value === undefined, `${what}: ${name} is a secret in the environment`);
}

// --- our services ---

function environment(container) {
  const values = {};
  for (const { configMapRef } of container.envFrom ?? []) Object.assign(values, named("ConfigMap", configMapRef.name)?.data);
  for (const { name, value, valueFrom } of container.env ?? []) values[name] = value ?? (valueFrom ? "0" : "");
  return values;
}

// Every variable is a setting of the program, and its value one that it takes.
function checkSettings(what, container) {
  const binary = path.join(build, path.basename(container.command[0]));
  if (!fs.existsSync(binary)) return;
  const values = environment(container);
  const words = path.basename(binary) === "claimctl" ? ["info"] : ["--settings"];
  const run = spawnSync(binary, words, { env: values, encoding: "utf8" });
  const isCertificate = run.stderr.includes("ssl.ca.location failed");     // which is there in the cluster
  expect(run.status === 0 || isCertificate, `${what}: its settings are refused:\n${run.stderr}`);
  for (const name of Object.keys(values)) {
    const shown = run.stdout.includes(`environment ${name}`) || path.basename(binary) === "claimctl";
    expect(shown || (named("ConfigMap", "claimstream")?.data ?? {})[name] !== undefined, `${what}: ${name} is no setting of it`);
  }
}

function checkProbes(what, container) {
  const ports = new Set(container.ports.map((port) => port.name));
  const wanted = { startupProbe: "/livez", readinessProbe: "/readyz", livenessProbe: "/livez" };
  for (const [probe, route] of Object.entries(wanted)) {
    const http = container[probe]?.httpGet;
    expect(http?.path === route && ports.has(http?.port), `${what}: ${probe} does not ask ${route} on a port of its own`);
  }
}

function checkStage(set) {
  const name = set.metadata.name;
  const pod = set.spec.template.spec;
  const container = pod.containers[0];
  const instance = (container.env ?? []).find((variable) => variable.name === "CLAIMSTREAM_INSTANCE");
  expect(container.command[0] === `/usr/bin/${name}`, `${name}: runs ${container.command[0]}`);
  expect(instance?.valueFrom?.fieldRef?.fieldPath === "metadata.labels['apps.kubernetes.io/pod-index']", `${name}: pods share an ordinal`);
  expect(set.spec.podManagementPolicy === "Parallel", `${name}: a pod waits until another one is ready`);
  expect(named("Service", set.spec.serviceName)?.spec.clusterIP === "None", `${name}: no headless service of its name`);
  expect(pod.terminationGracePeriodSeconds >= 45, `${name}: a drain is cut off`);
  expect(named("ServiceAccount", pod.serviceAccountName)?.automountServiceAccountToken === false, `${name}: no account of its own`);
  expect(name !== "claim-intake" || set.spec.replicas === 1, `${name}: a second process is a standby and never ready`);
  const mounts = (container.volumeMounts ?? []).map((mount) => mount.mountPath);
  const data = (set.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
  const state = (container.volumeMounts ?? []).find((mount) => data.includes(mount.name));
  for (const [key, value] of Object.entries(environment(container)))
    if (/_DIR$/.test(key)) expect(state && value.startsWith(state.mountPath), `${name}: ${key} lies in no volume that stays`);
    else if (/_FILE$|_LOCATION$|SUBMITTERS$/.test(key)) expect(mounts.some((mount) => value.startsWith(mount)), `${name}: ${key} lies in no volume`);
  const budget = named("PodDisruptionBudget", name);
  expect(budget && label(budget.spec.selector.matchLabels && { labels: budget.spec.selector.matchLabels }, "name") === name, `${name}: no disruption budget`);
  checkProbes(name, container);
  checkSettings(name, container);
}

// --- what belongs together ---

const pods = objects.filter((o) => o.spec?.template?.spec?.containers);
function matches(selector, labels) {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

function checkService(service) {
  const behind = pods.filter((o) => matches(service.spec.selector, o.spec.template.metadata.labels));
  expect(behind.length > 0, `Service ${service.metadata.name}: no pod is behind it`);
  const known = behind.flatMap((o) => o.spec.template.spec.containers).flatMap((c) => c.ports ?? []).map((port) => port.name);
  for (const port of service.spec.ports) expect(known.includes(port.targetPort), `Service ${service.metadata.name}: no port ${port.targetPort}`);
}

function checkAll() {
  for (const o of objects) {
    checkSchema(o);
    expect(o.kind !== "Secret", `Secret ${o.metadata.name}: a secret has no place in a tree`);
    if (o.kind === "Service") checkService(o);
    if (o.kind === "StatefulSet" && ours(o.metadata.name)) checkStage(o);
  }
  for (const o of pods) {
    const volumes = checkPod(`${o.kind} ${o.metadata.name}`, o.spec.template.spec);
    for (const claim of o.spec.volumeClaimTemplates ?? []) volumes.set(claim.metadata.name, claim);
    for (const container of o.spec.template.spec.containers)
      for (const mount of container.volumeMounts ?? []) expect(volumes.has(mount.name), `${o.metadata.name}: no volume ${mount.name}`);
    if (o.kind === "Job") checkSettings(o.metadata.name, o.spec.template.spec.containers[0]);
  }
  const policies = objects.filter((o) => o.kind === "NetworkPolicy").map((o) => o.spec);
  expect(policies.some((policy) => policy.policyTypes.includes("Egress") && policy.policyTypes.includes("Ingress")), "no policy of the network");
  for (const name of programs) expect(named("StatefulSet", name), `${name} is not deployed`);
  // A tree that says `denied: none` says it for whoever follows it; trying it, with a Kafka of its own, may.
  const lists = Object.values(named("ConfigMap", "claimstream-lists")?.data ?? {}).join();
  expect(!/denied: *none/.test(lists) || named("StatefulSet", "kafka"), "nobody is screened, and no installation has said so");
}

// --- each rule is one that something breaks ---

const pod = (name) => named("StatefulSet", name).spec.template.spec;
const breaks = {
  root: () => (pod("claim-screener").securityContext.runAsUser = 0),
  privileges: () => delete pod("claim-screener").containers[0].securityContext.capabilities,
  writable: () => (pod("claim-intake").containers[0].securityContext.readOnlyRootFilesystem = false),
  unpinned: () => (pod("claim-intake").containers[0].image = "claimstream:latest"),
  probe: () => (pod("payout-calculator").containers[0].livenessProbe.httpGet.path = "/readyz"),
  ordinal: () => pod("payout-calculator").containers[0].env.shift(),
  setting: () => pod("partner-classifier").containers[0].env.push({ name: "CLAIMSTREAM_STATE_DIRR", value: "/tmp" }),
  value: () => (named("ConfigMap", "claimstream").data.CLAIMSTREAM_WORKERS = "many"),
  volume: () => pod("payout-calculator").containers[0].volumeMounts.shift(),
  secret: () => pod("claim-intake").containers[0].env.push({ name: "CLAIMSTREAM_REDIS_PASSWORD", value: "x" }),
  service: () => (named("Service", "claim-screener").spec.ports[0].targetPort = "amin"),
  standby: () => (named("StatefulSet", "claim-intake").spec.replicas = 2),
  drain: () => (pod("claim-intake").terminationGracePeriodSeconds = 5),
  nobody: () => objects.push({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "claimstream-lists" }, data: { "lists.yaml": "denied: none" } }),
  schema: () => delete named("StatefulSet", "claim-intake").spec.selector,
  type: () => (named("StatefulSet", "claim-intake").spec.replicas = "one"),
};
function countWhenBroken(name) {
  const kept = structuredClone(objects);
  breaks[name]();
  failures.length = 0;
  checkAll();
  const count = failures.length;
  objects.length = kept.length;
  objects.forEach((o, i) => {
    for (const key of Object.keys(o)) delete o[key];
    Object.assign(o, kept[i]);
  });
  return count;
}

async function main() {
  await loadModels();
  checkAll();
  const found = [...failures];
  for (const name of process.env.BREAK ? Object.keys(breaks) : [])
    if (countWhenBroken(name) === 0) found.push(`the change "${name}" breaks no rule`);
  for (const failure of found) console.error(failure);
  process.exit(found.length ? 1 : 0);
}
main();
