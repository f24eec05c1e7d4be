"""machine.py: faults of the machine under one service: its disk, its files, its clock, its calls, its network (kafka.md 13, rungs
6 and 7). Each needs something: root, or a Debian package; what is missing is said, and its fault is left out."""
import os
import resource
import shutil
import subprocess
import time

from installation import TREE, fail, say, wait_for
from ports import free_port

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
FIU = ["/usr/lib/fiu/fiu_run_preload.so", "/usr/lib/fiu/fiu_posix_preload.so"]
DISK_MIB, BROKER_DISK_MIB = 512, 1500


def may_mount():
    return os.geteuid() == 0 and shutil.which("mount") is not None


def may_have_namespaces():
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    name = f"claimstream-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", name], check=False).returncode == 0


NEEDS = {
    "fill_disk": (may_mount, "root, to mount a small disk under the state"),
    "fill_broker_disk": (may_mount, "root, to mount a small disk under the broker's log"),
    "limit_files": (lambda: True, ""),
    "limit_memory": (lambda: True, ""),
    "tiny_map": (lambda: True, ""),
    "step_clock": (lambda: os.path.exists(FAKETIME), "the package faketime"),
    "fail_calls": (lambda: all(map(os.path.exists, FIU)), "the package fiu-utils"),
    "cut_namespace": (may_have_namespaces, "root and iproute2, for network namespaces"),
}


def usable(kinds):
    """Those of the kinds that can be had here; the others are named."""
    left = [k for k in kinds if k not in NEEDS or NEEDS[k][0]()]
    for kind in sorted(set(kinds) - set(left)):
        say(f"left out: {kind} needs {NEEDS[kind][1]}")
    return left


def fill(path):
    """Every byte that is left."""
    with open(path, "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(1 << 20))
        except OSError:
            pass


class Namespace:
    """A network of its own behind a veth pair. 127.0.0.1 in there answers at the same ports as out here, by two relays."""

    def __init__(self, node, ports):
        self.name, self.cable = f"claimstream-{os.getpid()}", f"cs{os.getpid() % 100000}"
        net = f"10.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}"
        node.at_close.append(self.close)
        for command in (f"ip netns add {self.name}", f"ip link add {self.cable}a type veth peer name {self.cable}b",
                        f"ip link set {self.cable}b netns {self.name}", f"ip addr add {net}.1/24 dev {self.cable}a", f"ip link set {self.cable}a up",
                        f"ip -n {self.name} addr add {net}.2/24 dev {self.cable}b", f"ip -n {self.name} link set {self.cable}b up",
                        f"ip -n {self.name} link set lo up"):
            subprocess.run(command.split(), check=True)
        between = {port: free_port() for port in ports}
        outer = node.spawn("relay-outer", "python3", f"{TREE}/tests/chaos/relay.py", *[f"{net}.1:{between[p]}=127.0.0.1:{p}" for p in ports])
        inner = node.spawn("relay-inner", *self.prefix(), "python3", f"{TREE}/tests/chaos/relay.py", *[f"127.0.0.1:{p}={net}.1:{between[p]}" for p in ports])
        wait_for("the relays listen", 120, lambda: all("ready" in node.log(n) for n in ("relay-outer", "relay-inner")))
        self.relays = [outer, inner]

    def prefix(self):
        return ["ip", "netns", "exec", self.name]

    def link(self, word):
        subprocess.run(["ip", "link", "set", f"{self.cable}a", word], check=True)

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", f"{self.cable}a"], capture_output=True, check=False)


class MachineFaults:
    """To be mixed in: needs product, node, rng and service()."""
    namespace = None

    def exchange(self, name, prefix=(), extra=()):
        """The service goes on as another process: with something before its command, or behind it."""
        self.product.exchange(name, [*prefix, *self.product.command(name), *extra])

    def put_back(self, name):
        self.exchange(name)
        self.product.wait_ready(name)

    def fill_disk(self):
        """Every byte of the disk under all states: one starts on it, the others keep what they cannot save."""
        path = f"{self.node.dir}/state-0/ballast"
        name = self.rng.choice([n for n in self.product.names if n != "claim-intake"])
        is_open = self.open_transaction(name)                       # before: intake takes nothing on a full disk
        fill(path)
        self.product.signal(name, "KILL")
        seconds = self.rng.choice([5, 8])
        time.sleep(seconds)
        os.remove(path)
        self.product.wait_ready(name)
        return f"state disk full for {seconds} s, {name} killed on it" + " in a transaction" * is_open

    def fill_broker_disk(self):
        """The broker gives its only log up and ends; it is started again when there is room."""
        path = f"{self.node.dir}/kafka/ballast"
        fill(path)
        until = time.monotonic() + 10
        while time.monotonic() < until and not self.node.is_zombie():
            time.sleep(0.1)
        ended = self.node.is_zombie()
        if not ended:
            self.node.kill()
        else:
            os.remove(f"{self.node.dir}/kafka/broker.pid")
        os.remove(path)
        self.node.start()
        return f"disk of the broker full, {'it ended' if ended else 'killed on it'}, started with room"

    def limit_files(self):
        """No file may grow: every save fails, and nothing else may."""
        name = self.service()
        pid = self.product.services[name].process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, most))
        time.sleep(4)
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        except ProcessLookupError:
            pass                                                    # it ended of it: the supervisor has started it again
        return f"{name} may not let a file grow for 4 s"

    def limit_memory(self):
        """No heap may grow: who needs more ends, and begins again without the limit."""
        name = self.service()
        pid = self.product.services[name].process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_DATA)
        is_open = self.open_transaction(name)
        resource.prlimit(pid, resource.RLIMIT_DATA, (4096, most))
        self.node.order("heal")
        time.sleep(4)
        try:
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
            how = "goes on"
        except ProcessLookupError:
            how = "ended"
        return f"{name} may have no more memory for 4 s" + " in a transaction" * is_open + f", and {how}"

    def tiny_map(self):
        name = self.rng.choice([n for n in self.product.names if n != "claim-intake"])
        self.exchange(name, extra=["--set", "state.map_bytes=1MiB", "--set", "state.unsaved_keys_max=1000"])
        time.sleep(8)
        self.put_back(name)
        return f"{name} with 1 MiB for its tables for 8 s"

    def step_clock(self):
        name, clock = self.service(), f"{self.node.dir}/clock"

        def set_clock(offset):
            with open(clock + ".new", "w", encoding="ascii") as f:
                f.write(offset + "\n")
            os.replace(clock + ".new", clock)

        set_clock("+0")
        self.exchange(name, prefix=["env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME_TIMESTAMP_FILE={clock}", "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1"])
        time.sleep(3)
        for offset in ("+2h", "-3h", "+20m", "+0"):
            set_clock(offset)
            time.sleep(1.5)
        self.put_back(name)
        return f"the clock of {name} stepped by hours, forth and back"

    def fail_calls(self):
        name = self.service()
        enable = "\n".join(f"enable_random name={point},probability={chance}" for point, chance in (
            ("posix/io/rw/pwrite", 0.05), ("posix/io/rw/pwritev", 0.05), ("posix/io/sync/fdatasync", 0.3), ("posix/io/sync/fsync", 0.3),
            ("posix/io/oc/open", 0.05), ("posix/io/net/sendmsg", 0.01), ("posix/io/net/recvmsg", 0.01))) + "\n"
        self.product.services[name].forgiven = {78}                 # a file of settings that cannot be opened is one that is wrong
        self.exchange(name, prefix=["env", f"LD_PRELOAD={' '.join(FIU)}", f"FIU_ENABLE={enable}"])
        time.sleep(10)
        self.put_back(name)
        self.product.services[name].forgiven = set()
        return f"writes, syncs, opens and sockets of {name} fail now and then for 10 s"

    def cut_namespace(self):
        """Packets vanish, sockets stay open: beyond the time-outs of transaction and session."""
        if not self.namespace:
            ports = [int(self.node.brokers.rsplit(":", 1)[1]), self.product.redis_port]
            self.namespace = Namespace(self.node, ports)
        name, seconds = self.rng.choice([n for n in self.product.names if n != "claim-intake"]), self.rng.choice([3, 14])
        self.exchange(name, prefix=self.namespace.prefix())
        time.sleep(4)
        self.namespace.link("down")
        time.sleep(seconds)
        self.namespace.link("up")
        time.sleep(2)
        self.put_back(name)
        return f"{name} in a network of its own, cut off for {seconds} s"


if __name__ == "__main__":
    fail("a module: see chaos.py")
