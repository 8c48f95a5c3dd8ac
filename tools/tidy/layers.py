"""Checks of the library() calls against the sources: who includes whom, and whether every file is built."""

import posixpath
import re

import cpp

KEYWORDS = {"RANK", "USES", "LINKS", "SOURCES", "TESTS"}
# The first part of a third-party include, and the word that the target's name in LINKS must contain.
THIRD_PARTY = {"google": "protobuf", "nlohmann": "nlohmann", "CLI": "CLI11", "blake3.h": "blake3"}
FOR_TESTS = {"gtest": "gtest", "gmock": "gmock", "benchmark": "benchmark"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


def libraries(tree):
    """{name: {"USES": […], …}} of every src/NAME/CMakeLists.txt that calls library()."""
    found = {}
    for path, text in tree.items():
        if not re.fullmatch(r"src/\w+/CMakeLists\.txt", path):
            continue
        call = re.search(r"\blibrary\(([^)]*)\)", re.sub(r"#[^\n]*", "", text))
        if not call:
            continue
        name, *words = call[1].split()
        fields, field = {"FOLDER": posixpath.dirname(path)}, None
        for word in words:
            if word in KEYWORDS:
                field = fields.setdefault(word, [])
            elif field is not None:
                field.append(word)
        found[name] = fields
    return found


def includes_of(text):
    """(line, quote, path) of every include that is not in a comment."""
    code = cpp.blank(text, keep_strings=True)
    for found in INCLUDE.finditer(code):
        yield code.count("\n", 0, found.start()) + 1, found[1], found[2]


def sources_of(tree, folder):
    return [path for path in tree if path.startswith(folder + "/") and path.endswith((".cpp", ".hpp", ".inc"))]


def is_test(path):
    return path.endswith("_test.cpp") or "/testing/" in path


def one_include(name, fields, path, quote, target, tree):
    """What is wrong with one include of a file of library `name`, or None."""
    top = target.split("/")[0]
    if quote == "<":
        if top in FOR_TESTS and not is_test(path):
            return f"<{target}> outside tests"
        wanted = THIRD_PARTY.get(top)
        if wanted and not any(wanted.lower() in link.lower() for link in fields.get("LINKS", [])):
            return f"<{target}> needs {wanted} in LINKS"
        return None
    if target.endswith(".pb.h"):  # generated into the build folder
        return None
    if top == target:
        return f'"{target}": write the path from src/, "{name}/{target}"'
    if "src/" + target not in tree:
        return f'"{target}" does not exist'
    if top != name and top not in fields.get("USES", []):
        return f'"{target}" is included, but USES of {name} does not name {top}'
    if "/testing/" in target and not is_test(path):
        return f'"{target}" outside tests'
    return None


def includes(tree):
    """Linking is not including: a library includes only itself and what its USES names."""
    for name, fields in libraries(tree).items():
        for path in sources_of(tree, fields["FOLDER"]):
            for line, quote, target in includes_of(tree[path]):
                wrong = one_include(name, fields, path, quote, target, tree)
                if wrong:
                    yield path, line, wrong


def unused(tree):
    """USES names nothing that no file includes."""
    for name, fields in libraries(tree).items():
        included = {target.split("/")[0] for path in sources_of(tree, fields["FOLDER"])
                    for _, _, target in includes_of(tree[path])}
        for used in fields.get("USES", []):
            if used not in included:
                yield fields["FOLDER"] + "/CMakeLists.txt", 1, f"{name} names {used} in USES and includes nothing of it"


def orphans(tree):
    """Every source file of a library is named in its CMakeLists.txt; a header may be included instead."""
    included = {target for path, text in tree.items() if path.endswith((".cpp", ".hpp"))
                for _, _, target in includes_of(text)}
    for fields in libraries(tree).values():
        makefile = fields["FOLDER"] + "/CMakeLists.txt"
        words = set(re.split(r"[\s()\"]+", tree[makefile]))
        for path in sources_of(tree, fields["FOLDER"]):
            used = path.removeprefix("src/") in included and not path.endswith(".cpp")
            if path.removeprefix(fields["FOLDER"] + "/") not in words and not used:
                yield path, 1, f"neither named in {makefile} nor included"


def dead_options(tree):
    """A CMake option that nothing asks about is deleted."""
    cmake = {path: text for path, text in tree.items() if path.endswith((".cmake", "CMakeLists.txt"))}
    for path, text in cmake.items():
        for found in re.finditer(r"\boption\(\s*(\w+)", text):
            uses = sum(len(re.findall(rf"\b{found[1]}\b", re.sub(r"#[^\n]*", "", other))) for other in cmake.values())
            if uses < 2:
                yield path, text.count("\n", 0, found.start()) + 1, f"option {found[1]} is used nowhere"


CHECKS = [includes, unused, orphans, dead_options]
