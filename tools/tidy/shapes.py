"""Checks of size: functions that fit a screen, files that fit a head."""

import ast

import cpp

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 700


def long_functions(tree):
    for path, text in tree.items():
        if path.endswith((".cpp", ".hpp")):
            ranges = cpp.functions(text)
        elif path.endswith(".py"):
            nodes = ast.walk(ast.parse(text))
            ranges = [(node.lineno, node.end_lineno) for node in nodes
                      if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        else:
            continue
        for first, last in ranges:
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield path, first, f"a function of {last - first + 1} lines, at most {FUNCTION_LINES_MAX}"


def long_files(tree):
    for path, text in tree.items():
        lines = text.count("\n")
        if path.endswith((".cpp", ".hpp", ".py", ".cmake", "CMakeLists.txt")) and lines > FILE_LINES_MAX:
            yield path, FILE_LINES_MAX + 1, f"{lines} lines, at most {FILE_LINES_MAX}: split it by noun"


CHECKS = [long_functions, long_files]
