// peer_x12.js NODE_X12 FILE...: what node-x12 reads of each file, a JSON list of segments a line; null and the reason when it refuses.
const fs = require("fs");
const { X12Parser } = require(process.argv[2]);

const segment = (s) => [s.tag, ...s.elements.map((e) => e.value)];
const framed = (header, inner, trailer) => [header, ...inner, trailer].filter(Boolean);

function flat(interchange) {
  const groups = interchange.functionalGroups.flatMap((group) => {
    const sets = group.transactions.flatMap((set) => framed(set.header, set.segments, set.trailer));
    return framed(group.header, sets, group.trailer);
  });
  return framed(interchange.header, groups, interchange.trailer).map(segment);
}

for (const file of process.argv.slice(3)) {
  try {
    const read = new X12Parser(false).parse(fs.readFileSync(file, "latin1"));
    const all = read.interchanges ? [...read.interchanges] : [read];
    console.log(JSON.stringify(all.flatMap(flat)));
  } catch (error) {
    console.log(JSON.stringify({ refused: String(error.message).split("\n")[0] }));
  }
}
