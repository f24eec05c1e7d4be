"""node.py: a Kafka node, processes and their cost, for benchmarks: everything is ended by pid and removed at the end."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port whose neighbour is free as well: the controller of a node listens there."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid):
    """(resident now without mapped files, resident at most)."""
    values = {}
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            name, _, value = line.partition(":")
            if name in ("VmHWM", "RssAnon"):
                values[name] = int(value.split()[0]) / 1024
    return values["RssAnon"], values["VmHWM"]


def machine_seconds():
    """(busy, all) CPU seconds of the machine since it started."""
    with open("/proc/stat", encoding="ascii") as f:
        fields = [int(x) for x in f.readline().split()[1:]]
    total = sum(fields[:8])
    return (total - fields[3] - fields[4]) / TICKS, total / TICKS


class Node:
    def __init__(self, settings=()):
        self.dir = tempfile.mkdtemp(prefix="claimstream-bench-")
        self.port = free_port()
        self.processes = []
        options = [x for one in settings for x in ("--set", one)]
        subprocess.run(["bash", f"{TREE}/deploy/kafka/start.sh", "--port", str(self.port), "--dir", f"{self.dir}/kafka", *options],
                       check=True, stdout=subprocess.DEVNULL)
        with open(f"{self.dir}/kafka/broker.pid", encoding="ascii") as f:
            self.pid = int(f.read())
        self.brokers = f"127.0.0.1:{self.port}"

    def spawn(self, name, *command):
        log = open(f"{self.dir}/{name}.log", "wb")
        process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def log(self, name):
        with open(f"{self.dir}/{name}.log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def end(self, processes):
        for p in processes:
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
        for p in processes:
            try:
                p.wait(15)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
            if p in self.processes:
                self.processes.remove(p)

    def close(self):
        self.end(list(self.processes))
        subprocess.run(["bash", f"{TREE}/deploy/kafka/stop.sh", "--dir", f"{self.dir}/kafka", "--kill"], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)


class Cost:
    """CPU of some processes, and of everybody else, between start and stop."""

    def __init__(self, pids, all_pids):
        self.pids, self.all_pids = pids, all_pids
        self.start = sum(map(cpu_seconds, pids))
        self.start_all = sum(map(cpu_seconds, all_pids))
        self.machine = machine_seconds()

    def stop(self):
        busy, total = machine_seconds()
        own = sum(map(cpu_seconds, self.all_pids)) - self.start_all
        others = (busy - self.machine[0] - own) / max(total - self.machine[1], 0.01)
        return sum(map(cpu_seconds, self.pids)) - self.start, max(0.0, others)


def wait_for(what, seconds, condition):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.05)
