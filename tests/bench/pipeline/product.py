"""product.py: the services as a part of the pipeline's bench: every line is a sale that earns a payout. One worker a
service, as a hop of either yardstick has: the four of them and the node share two cores."""
import json
import os
import subprocess
import sys
import time

from installation import SERVICES, TREE, Product

DISTRIBUTORS = 20
PARTITIONS = 2


class Services:
    name = "product"

    def __init__(self, node, build, _commit_ms):
        self.node, self.build = node, build
        self.from_received = os.environ.get("BENCH_FROM_RECEIVED") == "1"          # without intake: three hops
        self.product = Product(node, build, partitions=PARTITIONS, services=SERVICES[self.from_received:], settings=["log.level=warning", "workers=1"])

    def start(self):
        world = f"{self.node.dir}/world"
        subprocess.run([sys.executable, f"{TREE}/tests/bench/traffic.py", "--lines", "0", "--distributors", str(DISTRIBUTORS), "--out", world], check=True)
        with open(f"{self.node.dir}/submitters.yaml", "w", encoding="utf-8") as out:
            out.write("submitters:\n  - {id: bench, reports_for: [\"*\"], kinds: [POS_SALE]}\n")
        self.product.load(world)
        self.product.start()

    def ready(self):
        return True

    def pids(self):
        return self.product.pids()

    def run(self, lines, rate, first):
        common = ["--brokers", self.node.brokers, "--lines", str(lines), "--first", str(first), "--distributors", str(DISTRIBUTORS)]
        sink = subprocess.Popen([f"{self.build}/bench/lines", "sink", *common], stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        into = ["--into", "received"] if self.from_received else []
        subprocess.run([f"{self.build}/bench/lines", "load", "--rate", str(rate), *common, *into], check=True, stdout=subprocess.DEVNULL)
        out, _ = sink.communicate()
        return json.loads(out.strip().splitlines()[-1])

    def stop(self):
        self.product.stop()
