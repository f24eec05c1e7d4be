#!/usr/bin/env python3
"""engines_feed.py WORLD DOOR: the documents of engines_world.py through intake's door, those of one instant at once.

The next ones follow when each line of those before is decided or waits: what two roots ask of what they share, as serials and
deals, then comes in the order of the world."""
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ENDED = ("decided", "held", "parked")
PATIENCE_SECONDS = 120


def ask(url, token, body=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    request, until = urllib.request.Request(url, data=body, headers=headers), time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:           # while Kafka is slow to answer; the same bytes again are the same
            if refusal.code not in (404, 503) or time.monotonic() > until:
                raise
            time.sleep(.5)


def documents(world):
    with open(os.path.join(world, "world.yaml"), encoding="utf-8") as file:
        return re.findall(r"- \{submitter: (\S+), file: (\S+), received_at: (\S+)\}", file.read())


def open_lines(url, token, document):
    counts = ask(f"{url}/{document}", token)["counts"]
    return int(counts["passed"]) - sum(int(counts.get(word, 0)) for word in ENDED)


def main():
    world, door = sys.argv[1], f"http://{sys.argv[2]}/v1/documents"
    waves = {}
    for submitter, file, received in documents(world):      # the token of a submitter is its id
        waves.setdefault(received, []).append((submitter, file))
    for received, files in waves.items():
        posted = []
        for submitter, file in files:
            with open(os.path.join(world, file), "rb") as body:
                query = urllib.parse.urlencode({"received_at": received, "name": os.path.basename(file)})
                answer = ask(f"{door}?{query}", submitter, body.read())
            if answer["state"] not in ("POSTED", "DUPLICATE"):
                sys.exit(f"{file}: {json.dumps(answer)[:400]}")
            posted.append((submitter, answer["id"], file))
        until = time.monotonic() + PATIENCE_SECONDS
        while posted:
            posted = [(who, document, file) for who, document, file in posted if open_lines(door, who, document) > 0]
            if posted and time.monotonic() > until:
                sys.exit(f"lines of {posted[0][2]} have no outcome after {PATIENCE_SECONDS} s")
            if posted:
                time.sleep(.05)


if __name__ == "__main__":
    main()
