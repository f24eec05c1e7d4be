"""installation.py: a whole Claimstream of its own for chaos and benchmarks: a Kafka node, Redis, the services, on free loopback
ports in a scratch folder. Everything started here is ended by pid, and the folder is removed."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from ports import free_port

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TICKS = os.sysconf("SC_CLK_TCK")
SERVICES = ["claim-intake", "partner-classifier", "claim-screener", "payout-calculator"]
RESTARTS = {70, 75, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGSEGV, -signal.SIGABRT, 0}


def say(text):
    print(text, flush=True)


def fail(why):
    raise SystemExit(why)


def wait_for(what, seconds, condition):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            fail(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


# --- what a process costs ---------------------------------------------------------------------------------------------


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


def resident_mib(pid):
    """Resident now, mapped tables of state apart."""
    total = tables = 0
    with open(f"/proc/{pid}/smaps", encoding="ascii", errors="replace") as f:
        for line in f:
            if "-" in line.split(" ", 1)[0]:
                is_table = line.rstrip().endswith("/data.mdb")
            elif line.startswith("Rss:"):
                total += int(line.split()[1])
                tables += int(line.split()[1]) if is_table else 0
    return (total - tables) / 1024


def machine_seconds():
    """(busy, all) CPU seconds of the machine since it started."""
    with open("/proc/stat", encoding="ascii") as f:
        fields = [int(x) for x in f.readline().split()[1:]]
    total = sum(fields[:8])
    return (total - fields[3] - fields[4]) / TICKS, total / TICKS


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


# --- the node ---------------------------------------------------------------------------------------------------------


class Room:
    """A scratch folder and the processes that were started in it, on brokers that run already."""

    def __init__(self, brokers):
        self.dir = tempfile.mkdtemp(prefix="claimstream-")
        self.brokers, self.processes, self.environment = brokers, [], dict(os.environ)

    def spawn(self, name, *command):
        with open(f"{self.dir}/{name}.log", "ab") as log:
            process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, env=self.environment)
        self.processes.append(process)
        return process

    def log(self, name):
        with open(f"{self.dir}/{name}.log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def end(self, processes):
        for p in processes:
            if p.poll() is None:
                p.send_signal(signal.SIGCONT)
                p.send_signal(signal.SIGTERM)
        for p in processes:
            try:
                p.wait(60)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
            if p in self.processes:
                self.processes.remove(p)

    def close(self, keep=False):
        self.end(list(self.processes))
        if keep:
            say(f"kept: {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)


class Node(Room):
    """One Kafka node. `proxy`: clients reach it through a network that can be told to misbehave; `disk_mib`: its data lie on a disk
    of their own, which can be filled (root only)."""

    def __init__(self, settings=(), proxy=None, disk_mib=0):
        self.port = free_port()
        super().__init__(f"127.0.0.1:{self.port}")
        self.at_close = []
        self.settings = list(settings)
        if disk_mib:
            self.mount(f"{self.dir}/kafka", disk_mib)
        self.proxy = None
        if proxy:
            port = free_port()
            self.brokers = f"127.0.0.1:{port}"
            self.settings.append(f"advertised.listeners=PLAINTEXT://{self.brokers}")
            self.proxy = subprocess.Popen([proxy, str(port), str(self.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.told = []
            threading.Thread(target=self.listen, daemon=True).start()
        self.start()

    def listen(self):
        for line in self.proxy.stdout:
            self.told.append(line.strip())

    def order(self, text):
        self.proxy.stdin.write(text + "\n")
        self.proxy.stdin.flush()

    def start(self):
        options = [x for one in self.settings for x in ("--set", one)]
        done = subprocess.run(["bash", f"{TREE}/deploy/kafka/start.sh", "--port", str(self.port), "--dir", f"{self.dir}/kafka", *options],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            fail(f"no Kafka node: {done.stderr}")
        with open(f"{self.dir}/kafka/broker.pid", encoding="ascii") as f:
            self.pid = int(f.read())

    def mount(self, folder, mib):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", folder], check=True)
        self.at_close.append(lambda: subprocess.run(["umount", "-l", folder], check=False))

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        wait_for("the node ends", 60, lambda: not os.path.exists(f"/proc/{self.pid}") or self.is_zombie())
        os.remove(f"{self.dir}/kafka/broker.pid")

    def is_zombie(self):
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    def close(self, keep=False):
        self.end(list(self.processes))
        subprocess.run(["bash", f"{TREE}/deploy/kafka/stop.sh", "--dir", f"{self.dir}/kafka", "--kill"], check=False)
        if self.proxy:
            self.proxy.kill()
        for call in reversed(self.at_close):
            call()
        super().close(keep)


# --- the product ------------------------------------------------------------------------------------------------------


class Supervised:
    """A service that is started again whenever it asks for it (surfaces.md 2.3: never after 78)."""

    def __init__(self, node, name, command):
        self.node, self.name, self.command = node, name, command
        self.wanted, self.given_up, self.codes, self.forgiven = True, False, [], set()
        self.process = node.spawn(name, *command)
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while self.wanted:
            process = self.process
            code = process.wait()
            self.codes.append(code)
            if process in self.node.processes:
                self.node.processes.remove(process)
            if not self.wanted:
                return
            if code not in RESTARTS | self.forgiven:
                self.given_up = True
                say(f"{self.name} ended with {code} and is not started again:\n{self.node.log(self.name)[-2000:]}")
                return
            time.sleep(0.05)
            self.process = self.node.spawn(self.name, *self.command)

    def signal(self, name):
        self.process.send_signal(getattr(signal, f"SIG{name}"))

    def end(self):
        self.wanted = False
        self.node.end([self.process])
        self.thread.join(20)


class Product:
    """The services on a node, with Redis, filled with the reference data of a world."""

    def __init__(self, node, build, partitions=12, services=SERVICES, settings=()):
        self.node, self.build, self.partitions, self.names = node, os.path.abspath(build), partitions, list(services)
        self.settings = list(settings)
        self.redis_port, self.redis = free_port(), None
        self.http_port = free_port()
        self.admin_ports = {name: free_port() for name in SERVICES}
        self.services = {}
        self.start_redis()

    def signal(self, name, word):
        self.services[name].signal(word)

    def exchange(self, name, command):
        """The service drains, and its supervisor starts this instead."""
        self.services[name].command = [str(c) for c in command]
        self.services[name].signal("TERM")
        time.sleep(0.3)

    def start_twin(self, name, seconds):
        """A second process with the same ordinal, and a state folder of its own as on another machine."""
        command = self.command(name)
        folder = f"{self.node.dir}/state-twin"
        command = [w.replace(f"{self.node.dir}/state-0", folder) for w in command]
        command = [w if not w.startswith("admin.listen=") else f"admin.listen=127.0.0.1:{free_port()}" for w in command]
        twin = self.node.spawn(f"{name}-twin", *command)
        time.sleep(seconds)
        self.node.end([twin])

    def start_second(self, name):
        return self.node.spawn(f"{name}-second", *self.command(name, instance=1))

    def command(self, name, instance=0):
        folder = f"{self.node.dir}/state-{instance}"
        values = [f"kafka.brokers={self.node.brokers}", "topics.allow_single_replica=true", f"redis.address=127.0.0.1:{self.redis_port}",
                  f"state.dir={folder}", f"admin.listen=127.0.0.1:{self.admin_ports[name] if instance == 0 else free_port()}", *self.settings]
        if name == "claim-intake":
            values += [f"http.listen=127.0.0.1:{self.http_port}", f"intake.spool_dir={folder}/spool", f"intake.raw_dir={folder}/raw",
                       "intake.auth=none", "intake.accept_received_at=true", f"intake.submitters={self.node.dir}/submitters.yaml",
                       f"intake.profiles_dir={self.world}/profiles", "records.bare_submitter=bench"]
        if name == "claim-screener":
            values.append(f"screening.lists_file={self.node.dir}/lists.yaml")
        return [f"{self.build}/{name}", "--instance", str(instance), *[x for v in values for x in ("--set", v)]]

    def claimctl(self, *arguments, check=True):
        where = [] if "--state" in arguments else ["--brokers", self.node.brokers, "--set", "topics.allow_single_replica=true"]
        done = subprocess.run([f"{self.build}/claimctl", *map(str, arguments), *where], capture_output=True, text=True, check=False)
        if check and done.returncode:
            fail(f"claimctl {' '.join(map(str, arguments))}: {done.returncode}: {done.stderr or done.stdout}")
        return done

    def start_redis(self):
        os.makedirs(f"{self.node.dir}/redis", exist_ok=True)
        self.redis = self.node.spawn("redis", "redis-server", "--port", self.redis_port, "--bind", "127.0.0.1", "--dir", f"{self.node.dir}/redis",
                                     "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
        wait_for("redis answers", 60, lambda: accepts(self.redis_port))

    def kill_redis(self):
        self.redis.kill()
        self.redis.wait()

    def redis_command(self, *words):
        subprocess.run(["redis-cli", "-p", str(self.redis_port), *words], check=True, stdout=subprocess.DEVNULL)

    def load(self, world):
        """Topics, reference data, and the files that services read."""
        self.world = os.path.abspath(world)
        self.claimctl("topics", "create", "--partitions", self.partitions)
        self.claimctl("load", world)
        lists = f"{world}/lists.yaml"
        if os.path.exists(lists):
            shutil.copy(lists, f"{self.node.dir}/lists.yaml")
            if os.path.isdir(f"{world}/lists"):
                shutil.copytree(f"{world}/lists", f"{self.node.dir}/lists", dirs_exist_ok=True)
        else:
            with open(f"{self.node.dir}/lists.yaml", "w", encoding="utf-8") as out:
                out.write("denied: none\n")

    def start(self):
        for name in self.names:
            self.services[name] = Supervised(self.node, name, self.command(name))
        for name in self.names:
            self.wait_ready(name)

    def is_ready(self, name):
        if self.services[name].given_up:
            fail(f"{name} does not run any more")
        return subprocess.run([*self.command(name), "--health"], capture_output=True, check=False).returncode == 0

    def wait_ready(self, name, seconds=180):
        wait_for(f"{name} is ready (its log: {self.node.dir}/{name}.log)", seconds, lambda: self.is_ready(name))

    def pids(self):
        return [s.process.pid for s in self.services.values()]

    def stop(self):
        for service in self.services.values():
            service.end()
        self.services = {}
        self.node.end([self.redis])


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit("a module: see tests/chaos/chaos.py and tests/bench/pipeline/pipeline.py")
