"""Checks of what is written for people: a README for every folder, and no name or link that leads nowhere."""

import posixpath
import re

import layers

ENDINGS = "hpp|cpp|md|py|tsv|cmake|onnx|npy|proto|txt|json|sh"
FILE_NAME = re.compile(rf"(?<![\w/.*<$-])([\w.-]+(?:/[\w.-]+)*\.(?:{ENDINGS}))\b")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Files that the README of an example or a guide tells the reader to make.
MADE = re.compile(r"^(?:build/|bench/results/|NAME\.)")
README_LINES_MAX = 60


def folders(tree):
    return {posixpath.dirname(path) for path in tree}


def missing_readmes(tree):
    """Each library, and each folder at the top that holds code, has a README.md of one screen."""
    wanted = {fields["FOLDER"] for fields in layers.libraries(tree).values()}
    wanted |= {path.split("/")[0] for path in tree if re.match(r"(?:fuzz|bench|tools|tests)/", path)}
    for folder in sorted(wanted):
        readme = folder + "/README.md"
        if readme not in tree:
            yield readme, 1, "missing: one screen that a newcomer can start from"
        elif tree[readme].count("\n") > README_LINES_MAX:
            yield readme, README_LINES_MAX + 1, f"more than {README_LINES_MAX} lines: a README is one screen"


def exists(name, folder, tree):
    """Found from the file's folder, the root, src/ or docs/specs/;
    a bare name anywhere below."""
    candidates = [posixpath.normpath(posixpath.join(base, name)) for base in (folder, "", "src", "docs/specs")]
    if any(path in tree or path in folders(tree) for path in candidates):
        return True
    return "/" not in name and any(path.startswith(folder + "/") and path.endswith("/" + name) for path in tree)


def unknown_names(tree):
    """A README of a code folder names only files that exist."""
    for path, text in tree.items():
        if not re.fullmatch(r"(?:src/\w+|fuzz|bench|tools|tests|tests/\w+)/README\.md", path):
            continue
        folder = posixpath.dirname(path)
        for number, line in enumerate(text.splitlines(), 1):
            for found in FILE_NAME.finditer(line):
                if not MADE.match(found[1]) and not exists(found[1], folder, tree):
                    yield path, number, f"names {found[1]}, which does not exist"


def false_uses(tree):
    """What a library's README lists after `Uses` is in its USES."""
    known = layers.libraries(tree)
    for name, fields in known.items():
        readme = fields["FOLDER"] + "/README.md"
        for number, line in enumerate(tree.get(readme, "").splitlines(), 1):
            found = re.match(r"\W*Uses\W+(.*?)(?:Used by|$)", line)
            for word in re.findall(r"\w+", found[1]) if found else []:
                if word in known and word not in fields.get("USES", []):
                    yield readme, number, f"says that {name} uses {word}; its CMakeLists.txt does not"


def broken_links(tree):
    for path, text in tree.items():
        if not path.endswith(".md"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z]+:|#", target):
                    continue
                place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.split("#")[0]))
                if place not in tree and place not in folders(tree):
                    yield path, number, f"broken link: {target}"


def decisions(tree):
    """docs/decisions/NNNN-name.md, each number once, and every record cited exists."""
    numbers = {}
    for path in tree:
        if not path.startswith("docs/decisions/"):
            continue
        found = re.fullmatch(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md", path)
        if not found:
            yield path, 1, "a decision record is named NNNN-what-was-decided.md"
        elif found[1] in numbers:
            yield path, 1, f"number {found[1]} is taken by {numbers[found[1]]}"
        else:
            numbers[found[1]] = path
    for path, text in tree.items():
        for cited in re.finditer(r"docs/decisions/(\d{4})", text):
            if cited[1] not in numbers:
                yield path, text.count("\n", 0, cited.start()) + 1, f"no decision record {cited[1]}"


CHECKS = [missing_readmes, unknown_names, false_uses, broken_links, decisions]
