#!/usr/bin/env python3
"""where.py --build build/release [--lines N] [--symbols N] [--settings name=value,...]: where the CPU of the four services goes
at full load, by service, kind of thread and library, in microseconds a line; perf samples the running services. With --symbols
the dearest functions follow. Needs Debian's linux-perf, and leave to use it (root, or kernel.perf_event_paranoid below 2)."""
import argparse
import collections
import os
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "support")]
import installation as bench
from product import Services

HERTZ = 999
THREADS = (("rdk:broker", "library: brokers"), ("rdk:", "library: main"), ("w0", "worker"), ("state-writer", "state writer"),
           ("follower", "follower"))
LIBRARIES = (("librdkafka", "librdkafka"), ("liblmdb", "LMDB"), ("liblz4", "lz4"), ("[k", "kernel"), ("[guest", "kernel"),
             ("libc.so", "libc"), ("libcrypto", "OpenSSL"), ("[vdso", "clock"))
PARTS = ["worker", "library: brokers", "library: main", "state writer", "follower", "rest"]


def kind(name, table, otherwise):
    return next((word for start, word in table if name.startswith(start)), otherwise)


def record(pids, into, work):
    """perf over the pids while `work` runs."""
    perf = subprocess.Popen(["perf", "record", "-q", "-F", str(HERTZ), "-o", into, "-p", ",".join(map(str, pids))],
                            stdout=subprocess.DEVNULL)
    time.sleep(1)
    try:
        return work()
    finally:
        perf.send_signal(2)
        perf.wait()


def samples(path):
    """(pid, thread, library, function) of each sample."""
    command = ["perf", "script", "-i", path, "-F", "comm,pid,ip,sym,dso"]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        left, _, library = line.rpartition("(")
        fields = left.split()
        at = next(i for i, word in enumerate(fields) if i > 0 and word.isdigit())
        function = " ".join(fields[at + 2:]) or "?"
        yield int(fields[at]), " ".join(fields[:at]), os.path.basename(library.rstrip(")")), function


def committed(product):
    """Transactions that each judging service has committed."""
    def of(name):
        with urllib.request.urlopen(f"http://127.0.0.1:{product.admin_ports[name]}/metrics") as page:
            return sum(float(line.split()[-1]) for line in page.read().decode().splitlines()
                       if line.startswith("claimstream_transactions_total{") and 'result="committed"' in line)
    return {name: of(name) for name in product.names if name != "claim-intake"}


def table(counts, rows, columns, us):
    shape = "{:22}" + "{:>17}" * len(columns) + "{:>10}"
    print(shape.format("", *columns, "together"))
    for r in [*rows, None]:
        sums = [sum(n for (row, column), n in counts.items() if column == c and r in (row, None)) * us for c in columns]
        print(shape.format(r or "together", *(f"{s:.2f}" for s in sums), f"{sum(sums):.2f}"))
    print()


def show(taken, names, us, symbols):
    threads, libraries, functions = collections.Counter(), collections.Counter(), collections.Counter()
    for pid, thread, library, function in taken:
        who, part = names[pid], kind(thread, THREADS, "rest")
        where = kind(library, LIBRARIES, "our code" if library == who else "others")
        threads[who, part] += 1
        libraries[part, where] += 1
        functions[who, part, where, function] += 1
    table(threads, names.values(), PARTS, us)
    table(libraries, PARTS, sorted({c for _, c in libraries}), us)
    for (who, part, where, function), n in functions.most_common(symbols):
        print(f"{n * us:8.2f}  {who:20} {part:18} {where:12} {function}")


def measure(node, a):
    services = Services(node, os.path.abspath(a.build), "")
    services.product.settings += [s for s in a.settings.split(",") if s]
    services.start()
    services.run(20000, 0, 0)
    pids, before, path = services.pids(), committed(services.product), f"{node.dir}/perf.data"
    cost = bench.Cost(pids, [*pids, node.pid])
    answer = record(pids, path, lambda: services.run(a.lines, 0, 20000))
    cpu, others = cost.stop()
    after = committed(services.product)
    print(f"{a.lines / answer['took_us'] * 1e6:.0f} lines/s, {cpu / a.lines * 1e6:.1f} us of CPU a line, "
          f"others used {others:.2f} of the machine; lines a transaction: "
          + ", ".join(f"{name} {a.lines / (after[name] - before[name]):.0f}" for name in after) + "\n")
    show(samples(path), dict(zip(pids, services.product.names)), 1e6 / HERTZ / a.lines, a.symbols)
    services.stop()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--lines", type=int, default=100000)
    p.add_argument("--symbols", type=int, default=0)
    p.add_argument("--settings", default="")
    node = bench.Node()
    try:
        measure(node, p.parse_args())
    finally:
        node.close()


if __name__ == "__main__":
    main()
