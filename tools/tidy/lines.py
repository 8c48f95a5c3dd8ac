"""Checks of single lines, in every text file."""

import re

import cpp

CODE = (".cpp", ".hpp", ".py", ".cmake", ".sh", "CMakeLists.txt")
COLUMNS_MAX = 120
# Third-party or recorded text, not ours to lay out.
NOT_OURS = re.compile(r"^(?:LICENSE$|bench/results/|tests/long/ledger\.tsv$)")


def numbered(tree, ends=""):
    for path, text in tree.items():
        if path.endswith(ends) and not NOT_OURS.match(path):
            for number, line in enumerate(text.splitlines(), 1):
                yield path, number, line


def long_lines(tree):
    return [(path, number, f"{len(line)} columns, at most {COLUMNS_MAX}")
            for path, number, line in numbered(tree, CODE) if len(line) > COLUMNS_MAX]


def white_space(tree):
    for path, number, line in numbered(tree):
        if line != line.rstrip() or "\r" in line:
            yield path, number, "white space at the end of the line"
        if "\t" in line and path.endswith((".cpp", ".hpp", ".py")):
            yield path, number, "tab"
    for path, text in tree.items():
        if text and not text.endswith("\n") and not path.endswith((".json", ".svg")) and not NOT_OURS.match(path):
            yield path, text.count("\n") + 1, "no newline at the end of the file"


def leftovers(tree):
    words = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
    return [(path, number, f"{words.search(line)[0]}: make it an issue or a decision record")
            for path, number, line in numbered(tree) if words.search(line)]


def dead_code(tree):
    """Comment lines that are statements. Prose seldom ends in a semicolon after a call or an assignment."""
    statement = re.compile(r"^\s*//\s*(?:return\b[^.]*;|#include [\"<].*|if \(.*\)|for \(.*\)|[\w:<>]+&? \w+ = [^.]*;"
                           r"|[\w:.>-]+\([^.]*\);)\s*$")
    return [(path, number, "commented-out code")
            for path, number, line in numbered(tree, (".cpp", ".hpp")) if statement.match(line)]


def places(tree):
    """Nothing in the repository knows the machine it was written on, or where a registry answers."""
    # Assembled, so that this file does not find itself.
    folder = re.compile(r"(?<![\w.$}*-])/(?:work|root|tmp|home)" r"(?:/|\b)")
    hosts = re.compile("|".join(["deb.debian" r"\.org", "files.pythonhosted" r"\.org", "pypi" r"\.org",
                                 "registry.npmjs" r"\.org", "index.crates" r"\.io", "proxy.golang" r"\.org"]))
    vectors = re.compile(r"shared/" "vectors")
    for path, number, line in numbered(tree):
        if folder.search(line):
            yield path, number, f"a path of one machine: {folder.search(line)[0]}"
        if hosts.search(line):
            yield path, number, f"a registry's host: {hosts.search(line)[0]}; name the package instead"
        if vectors.search(line) and path != ".ci/run":
            yield path, number, "third-party vectors are found through $ZKP_VECTORS alone"


def test_habits(tree):
    for path, number, line in numbered(tree, (".cpp", ".hpp")):
        if path == "src/base/testing/vectors.hpp":
            continue
        code = cpp.blank(line, keep_strings=True)
        if "GTEST_SKIP" in code or re.search(r"\bDISABLED_", code):
            yield path, number, "a skipped test; only ZKP_NEED_VECTOR (src/base/testing/vectors.hpp) may skip"
        if '"ZKP_VECTORS"' in code and "getenv" in code:
            yield path, number, "use ZKP_NEED_VECTOR or find_vector (src/base/testing/vectors.hpp)"


# Bare open(), time() and clock() may be a library's own; with `::`, their system arguments or headers they are not.
OUTSIDE = re.compile(
    r"\b(?:getrandom|getentropy|fopen|freopen|mmap|socket|clock_gettime|gettimeofday|nanosleep|usleep)\s*\("
    r"|(?<![\w>])::(?:open|creat|clock|time|rand|srand|read|write)\s*\("
    r"|\b(?:time\s*\(\s*(?:nullptr|NULL|0)\s*\)|clock\s*\(\s*\)|O_(?:RDONLY|WRONLY|RDWR|CREAT)\b)"
    r"|\bstd::(?:random_device|i?o?fstream|filesystem|time|clock|rand|this_thread::sleep_\w+)\b"
    r"|\b(?:system_clock|steady_clock|high_resolution_clock)\b"
    r"|#\s*include\s*<(?:fstream|filesystem|sys/(?:socket|mman|time|random|stat)\.h|fcntl\.h|netdb\.h|netinet/\w+\.h)>")


def outside_world(tree):
    """Clock, entropy, disk and net are env's: a library below it stays pure. Tests may use files."""
    for path, text in tree.items():
        if not path.startswith("src/") or not path.endswith((".cpp", ".hpp")):
            continue
        if path.startswith("src/env/") or "/testing/" in path or path.endswith("_test.cpp"):
            continue
        for number, line in enumerate(cpp.blank(text).splitlines(), 1):
            found = OUTSIDE.search(line)
            if found:
                yield path, number, f"{found[0].strip()}: only src/env and cmd reach clock, entropy, disk or net"


CHECKS = [long_lines, white_space, leftovers, dead_code, places, test_habits, outside_world]
