"""The checks of doc-lint.sh. Reads every tracked or new Markdown file that git does not ignore."""

import os
import re
import subprocess
import sys
import urllib.parse

LINK = re.compile(r"!?\[[^\]\[]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
EXTERNAL = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
# The names by which surefire and failsafe find test classes.
TEST_CLASS = re.compile(r"(?<![-\w])([A-Z][A-Za-z0-9]*(?:Test|Tests|IT))\b(?!\.\w*\()")
NOT_CLASSES = {"IT"}
FORBIDDEN = [
    ("a machine's path", re.compile(r"(?<![\w.])/(?:work|farm|home/\w+|Users/\w+|root/\.\w+|tmp/wt)(?:/|\b)")),
    ("a registry host", re.compile(r"https?://[\w.-]*(?:repo[\w.]*\.maven|registry\.npm|deb\.deb)", re.IGNORECASE)),
    ("a mention of a writing tool", re.compile(r"\b(?:" + "|".join(["Clau" + "de", "Chat" + "GPT", "Co" + "pilot", "Co-authored" + "-by"]) + r")\b", re.IGNORECASE)),
]


def git_files(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and os.path.exists(name)]


def anchor(heading):
    """A heading's anchor as the usual renderers make it."""
    text = re.sub(r"[`*_]|\[|\]\([^)]*\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(path):
    with open(path, encoding="utf-8") as file:
        text = FENCE.sub("", file.read())
    return {anchor(line.lstrip("#")) for line in text.split("\n") if line.startswith("#")}


def link_problems(path, text):
    prose = CODE.sub("", FENCE.sub("", text))
    for target in LINK.findall(prose) + REFERENCE.findall(prose):
        if EXTERNAL.match(target):
            continue
        name, _, fragment = urllib.parse.unquote(target).partition("#")
        full = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if not os.path.exists(full):
            yield f"link to {target} leads nowhere"
        elif fragment and full.endswith(".md") and fragment not in anchors(full):
            yield f"link to {target}: no such heading"


def main():
    tests = {os.path.basename(name).rpartition(".")[0] for name in git_files("src/*.java")}
    problems, files = [], git_files("*.md")
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        problems += [f"{path}: {problem}" for problem in link_problems(path, text)]
        for number, line in enumerate(text.split("\n"), 1):
            problems += [f"{path}:{number}: {what}" for what, pattern in FORBIDDEN if pattern.search(line)]
            problems += [
                f"{path}:{number}: no test class {name}"
                for name in TEST_CLASS.findall(line) if name not in tests and name not in NOT_CLASSES]
    for problem in problems:
        print(problem)
    print(f"doc-lint: {len(files)} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
