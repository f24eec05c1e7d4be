#!/usr/bin/env python3
"""oracle_files.py FOLDER FIRST_SEED COUNT LAYERS: the random worlds of oracle_run.py as files, each in a folder named for layers and seed."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle_run import world_of  # noqa: E402
from oracle_worlds import layers_of, write  # noqa: E402


def main():
    folder, first, count, layers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    for seed in range(first, first + count):
        write(world_of(seed, layers_of(layers)), os.path.join(folder, f"{layers}-{seed}"))


if __name__ == "__main__":
    main()
