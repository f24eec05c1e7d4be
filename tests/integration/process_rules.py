#!/usr/bin/env python3
"""process_rules.py BUILD BROKERS REDIS FOLDER: exit codes, reloads, health and disks of the services; called by check_process.sh."""
import concurrent.futures
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from installation import SERVICES, TREE, wait_for
from ports import free_port

build, brokers, redis, folder = sys.argv[1:5]
PATIENCE_S, RESTART = 300, 75
space = f"process{os.getpid()}"
failed = 0
started = []


def check(holds, what):
    global failed
    if not holds:
        failed = 1
        print(f"check_process: {what}")


def file(name, text):
    path = f"{folder}/{name}"
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def settings(service, **changed):
    """All that a service needs to run here; None takes a setting away."""
    state = f"{folder}/state-{service}"
    values = {"kafka.brokers": brokers, "namespace": space, "topics.allow_single_replica": "true", "redis.address": redis, "state.dir": state,
              "admin.listen": f"127.0.0.1:{free_port()}", "workers": "1"}
    if service == "claim-intake":
        values |= {"http.listen": f"127.0.0.1:{free_port()}", "intake.spool_dir": f"{state}/spool",
                       "intake.raw_dir": f"{state}/raw", "intake.auth": "none"}
    if service == "claim-screener":
        values["screening.lists_file"] = lists
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    return {name: value for name, value in values.items() if value is not None}


def command(service, values, *options):
    return [f"{build}/{service}", *[x for name, value in values.items() for x in ("--set", f"{name}={value}")], *options]


def run(words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False, **more)


def run_patiently(words, code):
    """75 asks for another try, as where a broker is too slow to answer in time: it is wanted, or is tried again."""
    until = time.monotonic() + PATIENCE_S
    while True:
        done = run(words)
        if done.returncode != RESTART or code == RESTART or time.monotonic() > until:
            return done


def start(service, words):
    log = open(f"{folder}/{service}.log", "wb")
    process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
    started.append(process)
    return process


def events(service):
    with open(f"{folder}/{service}.log", encoding="utf-8", errors="replace") as log:
        lines = [line for line in log if line.startswith("{")]
    return [json.loads(line) for line in lines]


def ask(values, path):
    try:
        with urllib.request.urlopen(f"http://{values['admin.listen']}{path}", timeout=300) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError:
        return 0, ""


def begin(service, values, what, holds, words=None):
    """A process of which that holds; one that asks to be started again is, as by every supervisor."""
    code = RESTART
    while code == RESTART:
        process = start(service, words or command(service, values))
        wait_for(f"{service} {what}", PATIENCE_S, lambda p=process: p.poll() is not None or holds())
        code = process.poll()
    check(code is None, f"{service} ended with {code}: not so: it {what}")
    return process


def is_ready(values):
    return ask(values, "/readyz")[0] == 200


def begin_ready(service, values, words=None):
    return begin(service, values, "is ready", lambda: is_ready(values), words)


def claimctl(*words):
    done = run([f"{build}/claimctl", *words, "--brokers", brokers, "--set", f"namespace={space}", "--set", "topics.allow_single_replica=true"])
    check(done.returncode == 0, f"claimctl {' '.join(words)}: {done.returncode} {done.stderr}")


# --- exit codes ---------------------------------------------------------------------------------------------------------


def exit_codes():
    """What ends by itself: (code, what must be said, options, settings changed)."""
    nobody = "127.0.0.1:1"
    table = [
        (0, "usage:", ["--help"], {}),
        (0, "librdkafka", ["--version"], {}),
        (0, "kafka.brokers", ["--settings"], {}),
        (0, "as they must be", ["--check"], {}),
        (2, "USAGE", ["--no-such-option"], {}),
        (2, "USAGE", ["--set"], {}),
        (78, "did you mean", ["--check"], {"state__dirr": "/tmp"}),
        (78, "batch.lines_max", ["--check"], {"batch__lines_max": "0"}),
        (78, "instance", ["--check"], {"instance": "1000"}),
        (78, "kafka.enable.idempotence", ["--check"], {"kafka__enable__idempotence": "false"}),
        (78, "kafka.no.such", ["--check"], {"kafka__no__such": "1"}),
        (78, "nowhere.yaml", ["--check", "--config", f"{folder}/nowhere.yaml"], {}),
        (78, "broken.yaml:2", ["--check", "--config", file("broken.yaml", "batch:\n  linez_max: 1\n")], {}),
        (78, "state.dir", ["--check"], {"state__dir": "/dev/null/state"}),
        (78, "state.dir", [], {"state__dir": "/dev/null/state"}),
        (78, "claimctl topics create", ["--check"], {"namespace": f"{space}-none"}),
        (78, "claimctl topics create", [], {"namespace": f"{space}-none"}),
        (78, "topics.allow_single_replica", ["--check"], {"topics__allow_single_replica": "false"}),
        (78, "ssl.ca.location", ["--check"], {"kafka__security__protocol": "ssl", "kafka__ssl__ca__location": f"{folder}/no-such.pem"}),
        (78, "state.seed_file", ["--check"], {"state__seed_file": f"{folder}/no-seed"}),
        (75, "no broker of kafka.brokers answers", ["--check"], {"kafka__brokers": nobody}),
        (1, "nobody answers", ["--health"], {}),
    ]
    more = {"claim-screener": [(78, "no-lists.yaml", ["--check"], {"screening__lists_file": f"{folder}/no-lists.yaml"})],
            "claim-intake": [(78, "intake.spool_dir", [], {"intake__spool_dir": "/dev/null/spool"})]}
    running = []
    for service in SERVICES:
        for code, said, options, changed in table + more.get(service, []):
            if service != SERVICES[1] and changed.get("kafka__brokers"):
                continue                                            # waits for a while; one is enough
            running.append((service, code, said, options, changed))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: judge(*one), running))
    words = command(SERVICES[1], settings(SERVICES[1]))
    few = run_patiently(["bash", "-c", 'ulimit -n 64; exec "$@"', "-", *words], 78)
    check(few.returncode == 78 and "LimitNOFILE" in few.stderr, f"64 open files: {few.returncode} {few.stderr[-200:]}")


def judge(service, code, said, options, changed):
    done = run_patiently(command(service, settings(service, **changed), *options), code)
    text = done.stdout + done.stderr
    check(done.returncode == code and said in text,
          f"{service} {options} {changed}: exit {done.returncode} instead of {code}, or not said: {said}: "
          f"{text[-400:]}")


# --- a life -------------------------------------------------------------------------------------------------------------


def live_settings(service):
    """{name: another value that it may have}, of those that a reload takes; and one that it does not."""
    found = {}
    for line in run([f"{build}/{service}", "--settings=md"]).stdout.splitlines():
        cells = [c.strip().strip("`") for c in line.strip("|").split("|")]
        if len(cells) < 5 or cells[3] != "yes":
            continue
        name, kind, default = cells[0], cells[1], cells[2]
        if kind == "flag":
            found[name] = "false" if default == "true" else "true"
        elif ", " in kind and not default[0].isdigit():
            found[name] = kind.split(", ")[1]                       # a word: the second of those it may be
        elif re.fullmatch(r"\d+", default):
            found[name] = str(int(default) + 1) if name != "batch.bytes_max" else "800000"
        elif re.fullmatch(r"\d+[KMG]iB", default):
            found[name] = default[:-3] + "0" + default[-3:] if name.startswith("http.body") else None
        elif name == "intake.profiles_dir":
            found[name] = f"{TREE}/deploy/sample/tiny/profiles"
        elif name == "records.bare_submitter":
            found[name] = "somebody"
    return {name: value for name, value in found.items() if value}


def write_config(service, values):
    return file(f"{service}.yaml", "".join(f'{name}: "{value}"\n' if not re.fullmatch(r"\d+|true|false", value) else f"{name}: {value}\n"
                                           for name, value in values.items()))


def reload(service):
    values, fixed = settings(service), "state.close_timeout_ms"
    live = live_settings(service)
    live.pop("log.format", None)                                    # the log is read here
    live.pop("screening.lists_file", None)
    values["log.site_lines_max"], live["log.site_lines_max"] = "1000", "1001"      # else the log keeps some of them back
    check(len(live) > 8, f"{service}: only {sorted(live)} are reloaded")
    config = write_config(service, values)
    process = begin_ready(service, values, [f"{build}/{service}", "--config", config])
    words = command(service, values, "--health")
    wait_for(f"{service} says by --health that it is ready", PATIENCE_S, lambda: run(words).returncode == 0)
    write_config(service, {**values, **live, fixed: "1999"})
    process.send_signal(signal.SIGHUP)
    wait_for(f"{service} reloads", PATIENCE_S, lambda: any(e["event"] == "settings_reloaded" for e in events(service)))
    changed = {e["setting"] for e in events(service) if e["event"] == "setting_changed"}
    check(changed == set(live), f"{service}: reloaded {sorted(changed)}, wanted {sorted(live)}")
    check({e["setting"] for e in events(service) if e["event"] == "setting_left"} == {fixed}, f"{service}: {fixed} is not said to take a restart")
    status, shown = ask(values, "/debug/config")
    check(status == 200 and '"debug"' in shown and config in shown and "1999" not in shown, f"{service}: /debug/config shows other values: {shown[:300]}")
    file(f"{service}.yaml", "kafka: [broken\n")
    process.send_signal(signal.SIGHUP)
    wait_for(f"{service} refuses a broken file", PATIENCE_S, lambda: any(e["event"] == "reload_refused" for e in events(service)))
    for path, what in (("/livez", ""), ("/metrics", "claimstream_build_info"), ("/version", '"state":'), ("/debug/partitions", '"partition"')):
        status, text = ask(values, path)
        check(status == 200 and what in text, f"{service} {path}: {status} {text[:200]}")
    if shutil.which("promtool"):                        # `make lint-deploy` installs it
        scrape = ask(values, "/metrics")[1]
        read = run(["promtool", "check", "metrics"], input=scrape)
        check(read.returncode == 0, f"{service}: promtool of /metrics: {read.stdout} {read.stderr}")
    for name in ("lag_records", "assigned_partitions", "state_keys", "transactions_total", "conservation_difference") + (() if service == "claim-intake" else ("waiting_lines", "cases_open")):
        wait_for(f"{service}: {name} in /metrics", PATIENCE_S, lambda: f"\nclaimstream_{name}{{" in ask(values, "/metrics")[1])
    return values, process


# What alerts ask for, of a process that is well: series (some services alone have it), whether the value can be.
STAGES = ("partner-classifier", "claim-screener", "payout-calculator")
WELL = [
    ("lag_records", None, lambda v: v == 0),
    ("lag_seconds", None, lambda v: v == 0),
    ("conservation_difference", None, lambda v: v == 0),
    ("last_commit_age_seconds", None, lambda v: 0 <= v < 60),
    ("kafka_connections", None, lambda v: v >= 1),
    ("state_disk_free_permille", STAGES, lambda v: abs(v - free_permille()) < 30),
    ("clock_timestamp_seconds", None, lambda v: abs(v - time.time()) < 60),
    ("rebalances_total", None, lambda v: v >= 0),
    ("breaker_open", ("partner-classifier", "claim-screener"), lambda v: v == 0),
    ("registry_up", ("claim-screener",), lambda v: v == 1),
    ("waiting_lines", STAGES, lambda v: v == 0),
    ("waiting_at_risk_lines", STAGES, lambda v: v == 0),
    ("spool_fill_permille", ("claim-intake",), lambda v: abs(v - used_permille()) < 30),
    ("feeds_silent", ("claim-intake",), lambda v: v == 0),
    ("repeats_suppressed_total", ("payout-calculator",), lambda v: v == 0),
    ("limits_neared_total", ("payout-calculator",), lambda v: v == 0),
]


def free_permille():
    disk = os.statvfs(folder)
    return 1000 * disk.f_bavail // disk.f_blocks


def used_permille():
    """Of what we may use, as df says it."""
    disk = os.statvfs(folder)
    used = disk.f_blocks - disk.f_bfree
    return 1000 * used // (used + disk.f_bavail)


def series(values, name):
    """Each value of a series as it is scraped."""
    lines = ask(values, "/metrics")[1].splitlines()
    return [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"claimstream_{name}{{")]


def is_well(service, values):
    for name, of, holds in WELL:
        if of is None or service in of:
            wait_for(f"{service}: {name} of a process that is well: {series(values, name)}", PATIENCE_S,
                     lambda: (seen := series(values, name)) and all(map(holds, seen)))


def rolled_back(service, values):
    """What doctor wrote everywhere and rolled back is before nobody: the gauges say so when the library has."""
    words = [f"{build}/claimctl", "doctor", "--brokers", brokers, "--set", f"namespace={space}",
             "--set", "topics.allow_single_replica=true", "--set", f"redis.address={redis}"]
    wait_for("doctor writes and rolls back", PATIENCE_S, lambda: "one was written and rolled back" in run(words).stdout)
    ends = re.compile(r'"claims.cleared.v1":\{"next":(\d+),"end":(\d+),"lag":(\d+)\}')
    def read():
        found = ends.findall(ask(values, "/debug/partitions")[1])
        return any(int(end) for _, end, _ in found) and all(lag == "0" for _, _, lag in found)
    wait_for(f"{service} has nothing before it", PATIENCE_S, read)


def drain(service, process):
    process.send_signal(signal.SIGTERM)
    check(process.wait(PATIENCE_S) == 0, f"{service}: SIGTERM ends with {process.returncode}: {events(service)[-3:]}")


def twin(service, values, process):
    """A second process with the same ordinal: one of them gives way and asks for a restart."""
    twin_values = {**values, "state.dir": f"{folder}/twin", "admin.listen": f"127.0.0.1:{free_port()}"}
    second = start(f"{service}-twin", command(service, twin_values))
    wait_for("one of two with one ordinal gives way", PATIENCE_S, lambda: process.poll() is not None or second.poll() is not None)
    loser = process if process.poll() is not None else second
    check(loser.returncode == 75, f"{service}: fenced, it ends with {loser.returncode}")
    drain(service, second if loser is process else process)


def counted(service, values, name, *labels, cause=lambda: None):
    """What a fault raised is counted, and under its label; what one cause may miss is caused before each look."""
    def read():
        cause()
        lines = [line for line in ask(values, "/metrics")[1].splitlines() if line.startswith(f"claimstream_{name}{{")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(label in line for label in labels))
    wait_for(f"{service} counts {name} {labels}", PATIENCE_S, lambda: read() >= 1)


def faults_of_intake():
    """Files of nobody, a path that is none, and one place of the log that says too much."""
    strays = [f"inbox/nobody-{i}" for i in range(8)]
    for stray in strays:
        os.makedirs(f"{folder}/{stray}")
    count = itertools.count()

    def drop():
        """One look at the inbox tells of each folder that holds more files than before, all from one place of the log."""
        name = f"{next(count)}.csv"
        for stray in strays:
            file(f"{stray}/{name}", "a,b\n")

    values = settings("claim-intake", intake__inbox_dir=f"{folder}/inbox", log__site_lines_max="1", log__level="debug")
    process = begin_ready("claim-intake", values)
    door = {"admin.listen": values["http.listen"]}
    counted("claim-intake", values, "http_requests_total", 'status="404"', cause=lambda: ask(door, "/v1/nothing"))
    counted("claim-intake", values, "inbox_stray_files", cause=drop)
    counted("claim-intake", values, "log_dropped_total", cause=drop)
    drain("claim-intake", process)


def faults_of_a_stage():
    """A record that is none among the terms; tables that somebody wrote over."""
    service = "partner-classifier"
    values = settings(service)
    process = begin_ready(service, values)
    run([f"{build}/tests/tool/record_send", brokers, f"{space}.programs.v1"], input="78\t\t00ff\n")
    counted(service, values, "reference_refused_total", 'topic="programs.v1"')
    drain(service, process)
    for where, _, names in os.walk(values["state.dir"]):
        if "data.mdb" in names:
            with open(f"{where}/data.mdb", "r+b") as table:
                table.write(bytes(16384))
    process = begin_ready(service, values)
    counted(service, values, "state_discarded_total", 'reason="')
    drain(service, process)


def full_disk(service):
    """The start waits for room, alive and not ready, instead of ending again and again."""
    if os.geteuid() != 0:
        print("  full and read-only disks: left out, only root may mount one")
        return
    disk = f"{folder}/disk"
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    try:
        with open(f"{disk}/ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass
        values = settings(service, state__dir=disk, redis__address="127.0.0.1:1")
        unready = (503, "the disk of state.dir is full\nstarting\n")
        process = begin(service, values, "waits for room", lambda: ask(values, "/readyz") == unready)
        check(ask(values, "/livez")[0] == 200, "a full disk is no reason to be started again")
        os.remove(f"{disk}/ballast")
        wait_for(f"{service} is ready with room again", PATIENCE_S, lambda: is_ready(values))
        wait_for("the breaker of Redis opens", PATIENCE_S, lambda: series(values, "breaker_open") == [1])
        drain(service, process)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        done = run_patiently(command(service, values), 78)
        check(done.returncode == 78 and "state.dir" in done.stderr, f"a read-only state folder: {done.returncode} {done.stderr[-300:]}")
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


lists = file("lists.yaml", "denied: none\n")
try:
    claimctl("topics", "create", "--partitions", "2")
    exit_codes()
    for name in SERVICES:
        lived, alive = reload(name)
        is_well(name, lived)
        if name == "payout-calculator":
            rolled_back(name, lived)
            twin(name, lived, alive)
        else:
            drain(name, alive)
    faults_of_intake()
    faults_of_a_stage()
    full_disk("partner-classifier")
finally:
    for one in started:
        if one.poll() is None:
            one.kill()
            one.wait()
sys.exit(failed)
