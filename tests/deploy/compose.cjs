// compose.cjs FILE BUILD: what a compose file of ours promises: pinned images, a health check for all that stays up, everything
// ordered behind healthy ones, ports on loopback only, a volume for each state, no secret in the environment, and settings that
// the program knows.
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");
const { parse } = require("yaml");

const [file, build] = process.argv.slice(2);
const compose = parse(fs.readFileSync(file, "utf8"), { merge: true });
const failures = [];
const expect = (holds, message) => holds || failures.push(message);
const oneShot = new Set(["topics", "reference"]);

function program(service) {
  return [].concat(service.entrypoint ?? []).map((word) => path.basename(word))[0];
}

function checkSettings(name, service) {
  const binary = path.join(build, program(service) ?? "");
  const settings = Object.entries(service.environment ?? {}).filter(([key]) => key.startsWith("CLAIMSTREAM_"));
  if (!settings.length || program(service) === "claimctl" || !fs.existsSync(binary)) return;
  const run = spawnSync(binary, ["--settings"], { env: Object.fromEntries(settings), encoding: "utf8" });
  expect(run.status === 0, `${name}: its settings are refused:\n${run.stderr}`);
  for (const [key] of settings) expect(run.stdout.includes(`environment ${key}`), `${name}: ${key} is no setting of ${program(service)}`);
}

for (const [name, service] of Object.entries(compose.services)) {
  const isTool = Boolean(service.profiles);
  expect(/:[0-9][\w.-]*$/.test(service.image), `${name}: image ${service.image} is not pinned`);
  for (const key of Object.keys(service.environment ?? {})) expect(!/PASSWORD$|SECRET|TOKEN/.test(key), `${name}: ${key} is a secret in the environment`);
  for (const port of service.ports ?? []) expect(port.startsWith("127.0.0.1:"), `${name}: port ${port} is open to the network`);
  checkSettings(name, service);
  if (isTool || oneShot.has(name)) continue;
  expect(service.healthcheck, `${name}: no health check`);
  expect(service.restart === "unless-stopped", `${name}: is not started again`);
  expect((service.volumes ?? []).length > 0, `${name}: keeps its state in the container`);
}
for (const [name, service] of Object.entries(compose.services))
  for (const [other, how] of Object.entries(service.depends_on ?? {})) {
    const wanted = oneShot.has(other) ? "service_completed_successfully" : "service_healthy";
    expect(how.condition === wanted, `${name}: does not wait until ${other} is ${wanted}`);
  }
for (const failure of failures) console.error(`${file}: ${failure}`);
process.exit(failures.length ? 1 : 0);
