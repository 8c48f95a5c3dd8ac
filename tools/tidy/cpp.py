"""Just enough C++ to find functions and calls: comments and literals blanked out, braces matched."""

import re

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""  # comments
    r"""|R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)\""""  # raw strings
    r"""|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'""",  # strings; characters, but not 1'000
    re.S | re.X)


def blank(text, keep_strings=False):
    """The same text, line for line and column for column, with comments and literals replaced by spaces."""

    def spaces(found):
        piece = found[0]
        if keep_strings and piece[0] not in "/":
            return piece
        return re.sub(r"[^\n]", " ", piece)

    return TOKEN.sub(spaces, text)


def without_preprocessor(code):
    """Directives blanked too, with their continuation lines."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda found: re.sub(r"[^\n]", " ", found[0]), code, flags=re.M)


SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")


def without_parentheses(head):
    while True:
        shorter = re.sub(r"\([^()]*\)", "@", head)
        if shorter == head:
            return head
        head = shorter


def opens(head):
    """What the brace after `head` opens: scope (its inside is looked at again), body (of a function) or other."""
    head = re.sub(r"\boperator\s*(?:\(\s*\)|[^\s\w(]+)", "operator", head)
    head = re.sub(r"^\s*(?:template\s*<[^{};]*?>\s*(?=\w))+", "", head)
    flat = re.sub(r"\balignas\s*@", "", without_parentheses(head))
    if SCOPE.search(flat[flat.rfind("@") + 1:]):
        return "scope"
    if "(" in flat or "@" not in flat or re.search(r"(?<![=!<>])=(?!=)", flat):
        return "other"
    # A constructor's initialiser `member{…}` has a name just before its brace, after the colon of the list.
    if re.search(r"@[^:]*(?<!:):(?!:).*[\w>]\s*$", flat, re.S):
        return "member"
    return "body"


def functions(text):
    """(first line, last line) of every function body; a lambda belongs to the function around it."""
    code = without_preprocessor(blank(text))
    found, scopes, head, line, start, depth = [], [], "", 1, 0, 0
    for mark in code:
        if mark == "\n":
            line += 1
        if depth:  # inside a body, or a brace that is neither scope nor body: only its end matters
            depth += (mark == "{") - (mark == "}")
            if depth == 0:
                if start:
                    found.append((start, line))
                    head = ""
                start = 0
            continue
        if mark == "{":
            kind = opens(head)
            if kind == "scope":
                scopes.append("scope")
                head = ""
            else:
                depth, start = 1, line if kind == "body" else 0
                head += "@"  # a value: what follows may still be a body
        elif mark == "}":
            if scopes:
                scopes.pop()
            head = ""
        elif mark == ";" and "(" not in without_parentheses(head):
            head = ""
        else:
            head += mark
        # Access labels end what stands before them.
        if mark == ":" and re.search(r"\b(?:public|private|protected)\s*:$", head):
            head = ""
    return found
