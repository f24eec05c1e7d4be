// validate.mjs DESCRIPTION.json EXCHANGES.ndjson: the description is OpenAPI 3.1; every answer of the running door stands in it, by
// status, type, headers and schema, without members that the schema does not name; every answer that it promises was seen.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const NEVER_SEEN = new Set(["500"]);                // a fault of ours cannot be asked for
const description = JSON.parse(readFileSync(process.argv[2], "utf8"));
const exchanges = readFileSync(process.argv[3], "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
let failed = 0;
function complain(text) {
  if (++failed <= 30) console.error(`openapi: ${text}`);
}

const answer = await new Validator().validate(structuredClone(description));
if (!answer.valid) complain(`the description is no OpenAPI: ${JSON.stringify(answer.errors).slice(0, 2000)}`);

// What a schema does not name may come one day, but not unnoticed: here it is refused, unless the schema says that others come.
function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!schema || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, name === "enum" || name === "required" ? value : strict(value)]));
  if (copy.type === "object" && typeof copy.properties === "object" && !("additionalProperties" in copy)) copy.additionalProperties = false;
  return copy;
}
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats(ajv);
ajv.addSchema({ $id: "door", components: { schemas: strict(description.components.schemas) } });
const checks = new Map();
function check(ref) {
  const name = ref.replace("#", "door#");
  if (!checks.has(name)) checks.set(name, ajv.compile({ $ref: name }));
  return checks.get(name);
}

function validate(exchange, schema) {
  const type = exchange.type;
  let values = [exchange.body];
  if (type === "application/x-ndjson") values = exchange.body.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  else if (type.endsWith("json")) values = [JSON.parse(exchange.body)];
  for (const value of values) {
    const fits = check(schema.$ref);
    if (!fits(value)) complain(`${exchange.what}: ${ajv.errorsText(fits.errors).slice(0, 400)} in ${JSON.stringify(value).slice(0, 300)}`);
  }
}

const operations = new Map();
for (const [path, item] of Object.entries(description.paths))
  for (const [method, operation] of Object.entries(item)) operations.set(`${method} ${path}`, { ...operation, seen: new Map() });

for (const exchange of exchanges) {
  const operation = operations.get(`${exchange.method.toLowerCase()} ${exchange.path}`);
  exchange.what = `${exchange.method} ${exchange.path} ${exchange.status} (${exchange.note})`;
  if (!operation) { complain(`${exchange.what}: there is no such operation`); continue; }
  const response = operation.responses[exchange.status];
  if (!response) { complain(`${exchange.what}: this status is not described; the body is ${exchange.body.slice(0, 200)}`); continue; }
  const types = operation.seen.get(String(exchange.status)) ?? new Set();
  operation.seen.set(String(exchange.status), types.add(exchange.type));
  for (const name of Object.keys(exchange.headers))
    if (!response.headers?.[name]) complain(`${exchange.what}: the header ${name} is not described`);
  if (!response.content) { if (exchange.body) complain(`${exchange.what}: has a body`); continue; }
  const content = response.content[exchange.type];
  if (!content) { complain(`${exchange.what}: the type ${exchange.type} is not described`); continue; }
  if (content.schema) validate(exchange, content.schema);
}

for (const [name, operation] of operations)
  for (const [status, response] of Object.entries(operation.responses)) {
    if (NEVER_SEEN.has(status)) continue;
    const seen = operation.seen.get(status);
    if (!seen) { complain(`${name}: ${status} is described and was never given`); continue; }
    for (const type of Object.keys(response.content ?? {}))
      if (!seen.has(type)) complain(`${name}: ${status} as ${type} is described and was never given`);
  }
const pairs = [...operations.values()].reduce((sum, o) => sum + o.seen.size, 0);
console.log(`  ${exchanges.length} answers of ${operations.size} operations, ${pairs} of their statuses: as described`);
process.exit(failed ? 1 : 0);
