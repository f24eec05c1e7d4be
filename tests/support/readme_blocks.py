"""readme_blocks.py: the command blocks of README.md and what they are to print."""
import re


def blocks_of(text):
    """(sh or text, body), in order."""
    return re.findall(r"```(sh|text)\n(.*?)```", text, re.S)


def missing(expected, lines):
    """The first of the expected lines that does not come, in order; … stands for what comes from the run."""
    for want in filter(None, expected.splitlines()):
        pattern = re.compile(".*?".join(re.escape(part) for part in want.split("…")))
        while lines and not pattern.search(lines[0]):
            lines.pop(0)
        if not lines:
            return want
    return None
