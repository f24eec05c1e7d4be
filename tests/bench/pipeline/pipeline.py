#!/usr/bin/env python3
"""pipeline.py --build build/release [--lines N] [--rate R] [--results FILE] [--only bare,streams,product]
[--commit-ms 100] [--settings name=value,...]: the four services on Kafka beside four bare hops and beside the same shape
in Kafka Streams: same node, same machine, one after the other. Prints one object a run; figures with targets go to FILE
as well. A run beside which others used more than a tenth of the machine says so: its latencies are not worth quoting."""
import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "..", "support")]
import installation as bench
from figure import put
from product import Services

STAGES = ["intake", "classification", "compliance", "payout"]
PARTITIONS = 2
IDLE_SECONDS = 10


def answer_of(process):
    out, _ = process.communicate()
    return json.loads(out.strip().splitlines()[-1])


class Bare:
    """What the hops of both yardsticks share: load and sink."""
    name = "bare"

    def __init__(self, node, build, commit_ms):
        self.node, self.bare, self.commit_ms, self.hops = node, f"{build}/bench/bare", commit_ms, []

    def topic(self, n):
        return f"{self.name}.{n}"

    def make_topic(self, name):
        """The node makes a topic that a producer asks for; an application of Streams only reads what is there."""
        subprocess.run([self.bare, "load", "--brokers", self.node.brokers, "--out", name, "--lines", "0"], check=True,
                       stdout=subprocess.DEVNULL)

    def make_topics(self):
        for i in range(5):
            self.make_topic(self.topic(i))

    def start(self):
        self.make_topics()
        self.hops = [self.node.spawn(f"{self.name}-{i}", self.bare, "hop", "--brokers", self.node.brokers, "--in", self.topic(i),
                                     "--out", self.topic(i + 1), "--group", f"{self.name}.{i}") for i in range(4)]

    def ready(self):
        return True

    def pids(self):
        return [h.pid for h in self.hops]

    def run(self, lines, rate, first):
        common = ["--brokers", self.node.brokers, "--lines", str(lines), "--first", str(first), "--partitions", str(PARTITIONS)]
        sink = subprocess.Popen([self.bare, "sink", "--in", self.topic(4), *common], stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        load = subprocess.Popen([self.bare, "load", "--out", self.topic(0), "--rate", str(rate), *common], stdout=subprocess.PIPE, text=True)
        answer_of(load)
        return answer_of(sink)

    def stop(self):
        self.node.end(self.hops)


class Records(Bare):
    """Hops that decide nothing and keep nothing, but write what the services write of a line: a record that grows from hop to
    hop, beside it the rows of a changelog, packed, and at the end the whole dossier. What no engine on this library can
    do without.
    (Bytes as measured of the product: `claims.*`, `payouts.v1`, the changelogs.)"""
    name = "records"
    WRITES = [(330, "", 70, "none"), (590, "", 0, "none"), (640, "", 539, "none"), (316, "1:1753", 640, "lz4")]

    def start(self):
        self.make_topics()
        for i in range(4):
            self.make_topic(f"{self.name}.log.{i}")
        self.hops = [self.node.spawn(
            f"{self.name}-{i}", self.bare, "hop", "--brokers", self.node.brokers, "--in", self.topic(i), "--out",
            self.topic(i + 1), "--group", f"{self.name}.{i}", "--out-bytes", out_bytes, "--beside", beside,
            "--rows", rows, "--codec", codec,
            "--log", f"{self.name}.log.{i}") for i, (out_bytes, beside, rows, codec) in enumerate(self.WRITES)]


class Rows(Records):
    """The same with a record for each row, as it was before rows shared records."""
    name = "rows"
    WRITES = [(330, "1:70", 0, "none"), (590, "", 0, "none"), (640, "7:77", 0, "none"), (316, "1:1753,5:128", 0, "lz4")]


class Streams(Bare):
    name = "streams"

    def start(self):
        self.make_topics()
        folder = f"{bench.TREE}/build/bench/streams"
        if not os.path.exists(f"{folder}/bench-streams-1.jar"):
            subprocess.run(["mvn", "-q", "-B", "-f", f"{bench.TREE}/tests/bench/pipeline/streams/pom.xml", "package"], check=True)
        classes = f"{folder}/bench-streams-1.jar:{folder}/lib/*"
        self.hops = [self.node.spawn(f"{self.name}-{i}", "java", "-Xms256m", "-Xmx256m", "-XX:+UseParallelGC",
                                     "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", classes, "bench.Streams", "--stage", stage,
                                     "--brokers", self.node.brokers, "--in", self.topic(i), "--out", self.topic(i + 1),
                                     "--state-dir", f"{self.node.dir}/streams-{i}", "--commit-ms", self.commit_ms)
                     for i, stage in enumerate(STAGES)]

    def ready(self):
        return all("state RUNNING" in self.node.log(f"{self.name}-{i}") for i in range(4))


PARTS = {"bare": Bare, "records": Records, "streams": Streams, "product": Services, "rows": Rows}
USUAL = ["bare", "records", "streams", "product"]


def idle_percent(part):
    """Of a core, all processes of the part together, while nothing happens."""
    cost = bench.Cost(part.pids(), part.pids())
    time.sleep(IDLE_SECONDS)
    return 100 * cost.stop()[0] / IDLE_SECONDS


def measure(part, node, lines, rate, warm_lines, warm_seconds):
    part.start()
    bench.wait_for(f"{part.name} is ready", 120, part.ready)
    time.sleep(1)
    idle = [bench.resident_mib(pid) for pid in part.pids()]
    idle_cpu = idle_percent(part)
    first, until = 0, time.monotonic() + warm_seconds
    while first == 0 or time.monotonic() < until:
        part.run(warm_lines, 0, first)
        first += warm_lines
    cost = bench.Cost(part.pids(), [*part.pids(), node.pid])
    fast = part.run(lines, 0, first)
    cpu, others = cost.stop()
    first += lines
    time.sleep(3)
    memory = [bench.memory_mib(pid) for pid in part.pids()]
    slow_lines = min(lines, 20 * rate)
    slow_cost = bench.Cost(part.pids(), [*part.pids(), node.pid])
    slow = part.run(slow_lines, rate, first)
    _, slow_others = slow_cost.stop()
    result = {"part": part.name, "lines": lines, "lines_per_s": round(lines / fast["took_us"] * 1e6), "cpu_us_per_line": round(cpu / lines * 1e6, 2),
              "others": round(others, 3), "rate": rate, "p50_ms": slow["p50_us"] / 1000, "p99_ms": slow["p99_us"] / 1000,
              "others_at_rate": round(slow_others, 3), "idle_mib": [round(m, 1) for m in idle],
              "idle_cpu_percent": round(idle_cpu, 1), "anonymous_mib_most": round(max(m[0] for m in memory)),
              "peak_mib_most": round(max(m[1] for m in memory)), "missing": fast["missing"] + slow["missing"], "twice": fast["twice"] + slow["twice"]}
    part.stop()
    print(json.dumps(result), flush=True)
    return result


def figures(results):
    """(name, value, unit, target, holds, baseline): ratios of one run; only of what ran."""
    p, bare, streams = (results.get(n) for n in ("product", "bare", "streams"))
    if not p:
        return
    yield "pipeline_cpu_per_line", p["cpu_us_per_line"], "us", 16, p["cpu_us_per_line"] <= 16, None
    yield "pipeline_memory_loaded", p["anonymous_mib_most"], "MiB", 96, p["anonymous_mib_most"] <= 96, None      # mapped tables apart
    yield "pipeline_memory_idle", max(p["idle_mib"]), "MiB", 16, max(p["idle_mib"]) <= 16, None
    if bare:
        ratio = p["lines_per_s"] / bare["lines_per_s"]
        yield "pipeline_throughput_to_bare", ratio, "x", 0.8, ratio >= 0.8, bare["lines_per_s"]
        for q in ("p50_ms", "p99_ms"):
            yield f"pipeline_{q[:3]}_to_bare", p[q] / bare[q], "x", 1.3, p[q] / bare[q] <= 1.3, bare[q]
    if streams:
        ratio = p["lines_per_s"] / streams["lines_per_s"]
        yield "pipeline_throughput_to_streams", ratio, "x", 3, ratio >= 3, streams["lines_per_s"]
        ratio = p["cpu_us_per_line"] / streams["cpu_us_per_line"]
        yield "pipeline_cpu_to_streams", ratio, "x", 0.25, ratio <= 0.25, streams["cpu_us_per_line"]
        ratio = p["p50_ms"] / streams["p50_ms"]
        yield "pipeline_p50_to_streams", ratio, "x", 0.125, ratio <= 0.125, streams["p50_ms"]
        ratio = p["anonymous_mib_most"] / streams["anonymous_mib_most"]
        yield "pipeline_memory_to_streams", ratio, "x", 0.333, ratio <= 0.333, streams["anonymous_mib_most"]


def report(results, path, lines):
    with open(path or os.devnull, "a", encoding="utf-8") as out:
        for name, value, unit, target, holds, baseline in figures(results):
            print(f"{name:34} {value:12.3f} {unit:6} target {target:>8} {'holds' if holds else 'MISSED'}")
            put(out, name, value, unit, target, holds, lines, 1, baseline)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--lines", type=int, default=300000)
    p.add_argument("--rate", type=int, default=1000)
    p.add_argument("--commit-ms", default="100", help="of Kafka Streams")
    p.add_argument("--warm-lines", type=int, default=20000)
    p.add_argument("--warm-seconds", type=int, default=30, help="of Kafka Streams; the others have nothing to warm but the node")
    p.add_argument("--only", default=",".join(USUAL), help=f"of {', '.join(PARTS)}")
    p.add_argument("--settings", default="", help="of the services, name=value,...")
    p.add_argument("--results")
    a = p.parse_args()
    results = {}
    node = bench.Node(["auto.create.topics.enable=true", f"num.partitions={PARTITIONS}"])
    try:
        for name in a.only.split(","):
            part = PARTS[name](node, os.path.abspath(a.build), a.commit_ms)
            if name == "product":
                part.product.settings += [s for s in a.settings.split(",") if s]
            results[name] = measure(part, node, a.lines, a.rate, a.warm_lines, a.warm_seconds if name == "streams" else 5)
    finally:
        node.close()
    report(results, a.results, a.lines)
    sys.exit(any(r["missing"] or r["twice"] for r in results.values()))


if __name__ == "__main__":
    main()
