"""Each check of tools/tidy finds the fault planted for it, and nothing in a tree without faults."""

import pathlib
import sys
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOOLS / "tidy"), str(TOOLS)]
import cpp  # noqa: E402
import docs  # noqa: E402
import layers  # noqa: E402
import lines  # noqa: E402
import shapes  # noqa: E402

CHECKS = [*lines.CHECKS, *shapes.CHECKS, *layers.CHECKS, *docs.CHECKS]

GOOD = {
    "README.md": "See [the map](docs/map.md) and [the web](https://example.org/x).\n",
    "docs/map.md": "Back to [the start](../README.md#top). Decided in docs/decisions/" "0001.\n",
    "docs/decisions/" "0001-build.md": "Why.\n",
    "src/base/CMakeLists.txt":
        "library(base RANK 0\n  SOURCES bytes.hpp bytes.cpp # in reading order\n  TESTS bytes_test.cpp)\n",
    "src/base/README.md": "# base\nRead      bytes.hpp\nUsed by   all\n",
    "src/base/bytes.hpp": "#pragma once\n#include <vector>\n",
    "src/base/bytes.cpp": '#include "base/bytes.hpp"\n',
    "src/base/bytes_test.cpp": '#include "base/bytes.hpp"\n#include <gtest/gtest.h>\n',
    "src/proof/CMakeLists.txt":
        "library(proof RANK 6 USES base LINKS nlohmann_json::nlohmann_json SOURCES verify.cpp)\n",
    "src/proof/README.md": "# proof\nRead      verify.cpp\nUses      base        Used by  prover\n",
    "src/proof/verify.cpp": '#include "base/bytes.hpp"\n#include <nlohmann/json.hpp>\nint verify() { return 0; }\n',
    "cmake/X.cmake": "option(ZKP_X \"x\" OFF)\nif(ZKP_X)\nendif()\n",
}


def findings(changes):
    tree = {path: text for path, text in {**GOOD, **changes}.items() if text is not None}
    return [finding for check in CHECKS for finding in check(tree)]


class Planted(unittest.TestCase):
    def finds(self, changes, path, words, line=None):
        """The changed tree has findings in `path` alone, one of them with these words."""
        found = findings(changes)
        self.assertEqual({where for where, _, _ in found}, {path}, found)
        matching = [number for _, number, message in found if words in message]
        self.assertTrue(matching, found)
        if line:
            self.assertIn(line, matching)

    def test_a_clean_tree_has_no_findings(self):
        self.assertEqual(findings({}), [])

    def test_lines(self):
        verify = "src/proof/verify.cpp"
        good = GOOD[verify]
        self.finds({verify: good + "// " + "x" * 118 + "\n"}, verify, "121 columns", 4)
        self.assertEqual(findings({verify: good + "// " + "∑" * 117 + "\n"}), [])
        self.finds({verify: good + "int x; \n"}, verify, "white space")
        self.finds({verify: good + "\tint x;\n"}, verify, "tab")
        self.finds({verify: good + "int x;"}, verify, "no newline")
        self.finds({verify: good + "// TO" "DO: later\n"}, verify, "issue")
        self.finds({"docs/map.md": "FIX" "ME\n"}, "docs/map.md", "issue")

    def test_commented_out_code(self):
        verify = "src/proof/verify.cpp"
        for dead in ("// return x;", "    // check(a, b);", "// size_t n = f(x);", "// if (x)", '// #include "a.hpp"'):
            self.finds({verify: GOOD[verify] + dead + "\n"}, verify, "commented-out")
        for prose in ("// the claim is Σ f(x);", "// f(2) = hi + (hi − lo).", "// Once read (see above); then closed."):
            self.assertEqual(findings({verify: GOOD[verify] + prose + "\n"}), [])

    def test_places(self):
        self.finds({"docs/map.md": "In /wo" "rk/x.\n"}, "docs/map.md", "one machine")
        self.finds({"docs/map.md": "In /ho" "me/me/x.\n"}, "docs/map.md", "one machine")
        self.finds({"docs/map.md": "From pypi" ".org.\n"}, "docs/map.md", "registry")
        self.finds({"docs/map.md": "In ../shared/" "vectors.\n"}, "docs/map.md", "ZKP_VECTORS")
        self.assertEqual(findings({".ci/run": "x=../shared/" "vectors\n"}), [])
        self.assertEqual(findings({"docs/map.md": "$HOME/work/x, build/tmp/, a/tmp/b\n"}), [])

    def test_skips(self):
        test = "src/base/bytes_test.cpp"
        self.finds({test: GOOD[test] + "void f() { GTEST_SKIP(); }\n"}, test, "ZKP_NEED_VECTOR")
        self.finds({test: GOOD[test] + "TEST(A, DISABLED_b) {}\n"}, test, "ZKP_NEED_VECTOR")
        self.finds({test: GOOD[test] + 'auto x = std::getenv("ZKP_VECTORS");\n'}, test, "find_vector")

    def test_the_outside_world(self):
        verify = "src/proof/verify.cpp"
        for call in ("getrandom(p, 8, 0);", "fopen(x, y);", "::open(p, O_RDONLY);", "std::random_device d;",
                     "auto t = std::chrono::steady_clock::now();", "auto t = time(nullptr);", "std::ifstream f;",
                     "#include <sys/socket.h>"):
            changed = GOOD[verify] + call + "\n"
            self.finds({verify: changed}, verify, "only src/env and cmd")
        # A library's own open(), a comment, a string, a test, and env itself may say such words.
        for fine in ("int x = tree.open(3);", "// like fopen()", 'auto s = "time(0)";', "int y = commit::open(p);"):
            self.assertEqual(findings({verify: GOOD[verify] + fine + "\n"}), [])
        test = "src/base/bytes_test.cpp"
        self.assertEqual(findings({test: GOOD[test] + "std::ifstream f;\n"}), [])

    def test_sizes(self):
        verify = "src/proof/verify.cpp"
        body = "    x();\n" * 69
        self.finds({verify: GOOD[verify] + "void f()\n{\n" + body + "}\n"}, verify, "71 lines", 5)
        self.assertEqual(findings({verify: GOOD[verify] + "void f()\n{\n" + body[9:] + "}\n"}), [])
        self.finds({verify: GOOD[verify] + "\n" * 700}, verify, "at most 700")
        python = "def f():\n" + "    x()\n" * 70
        self.finds({"tools/x.py": python, "tools/README.md": "# tools\n"}, "tools/x.py", "71 lines", 1)

    def test_includes(self):
        verify, test = "src/proof/verify.cpp", "src/base/bytes_test.cpp"
        upward = '#include "proof/verify.cpp"\n'
        self.finds({"src/base/bytes.cpp": GOOD["src/base/bytes.cpp"] + upward}, "src/base/bytes.cpp", "USES of base", 2)
        self.finds({verify: GOOD[verify] + '#include "base/lost.hpp"\n'}, verify, "does not exist")
        self.finds({verify: GOOD[verify] + '#include "verify.hpp"\n'}, verify, "path from src/")
        self.finds({verify: GOOD[verify] + "#include <google/protobuf/x.h>\n"}, verify, "protobuf in LINKS")
        self.finds({verify: GOOD[verify] + "#include <gtest/gtest.h>\n"}, verify, "outside tests")
        self.assertEqual(findings({verify: GOOD[verify] + '// #include-like: see "base/lost.hpp"\n'}), [])
        helper = {"src/base/testing/help.hpp": "#pragma once\n",
                  test: GOOD[test] + '#include "base/testing/help.hpp"\n'}
        self.assertEqual(findings(helper), [])
        self.finds({**helper, verify: GOOD[verify] + '#include "base/testing/help.hpp"\n'}, verify, "outside tests")

    def test_makefiles(self):
        makefile = "src/proof/CMakeLists.txt"
        self.finds({makefile: GOOD[makefile].replace("USES base", "USES base field"),
                    "src/field/CMakeLists.txt": "library(field RANK 1 SOURCES f.cpp)\n", "src/field/f.cpp": "int f;\n",
                    "src/field/README.md": "# field\n"}, makefile, "names field in USES")
        self.finds({"src/proof/lost.cpp": "int x;\n"}, "src/proof/lost.cpp", "neither named")
        self.finds({"src/proof/lost.hpp": "#pragma once\n"}, "src/proof/lost.hpp", "neither named")
        self.finds({"cmake/Y.cmake": 'option(ZKP_Y "y" OFF) # ZKP_Y\n'}, "cmake/Y.cmake", "option ZKP_Y")

    def test_documents(self):
        readme = "src/proof/README.md"
        self.finds({readme: None}, readme, "missing")
        self.finds({readme: "# proof\n" + "x\n" * 70}, readme, "one screen")
        self.finds({readme: GOOD[readme] + "Read lost.hpp\n"}, readme, "names lost.hpp")
        self.finds({readme: GOOD[readme].replace("Uses      base", "Uses      proof")}, readme, "says that proof uses")
        self.finds({"README.md": "[x](docs/gone.md)\n"}, "README.md", "broken link: docs/gone.md")
        self.finds({"docs/decisions/" "0001-again.md": "x\n"}, "docs/decisions/" "0001-again.md", "number 0001")
        self.finds({"docs/decisions/later.md": "x\n"}, "docs/decisions/later.md", "NNNN")
        self.finds({"README.md": "docs/decisions/" "0007\n"}, "README.md", "no decision record 0007")


class Functions(unittest.TestCase):
    """cpp.functions finds bodies where a reader would."""

    def lines(self, text):
        return cpp.functions(text)

    def test_bodies_in_namespaces_and_classes(self):
        text = ("namespace a {\nclass B\n{\npublic:\n    int f() const\n    {\n        return 1;\n    }\n};\n"
                "} // namespace a\n")
        self.assertEqual(self.lines(text), [(6, 8)])

    def test_tables_are_not_functions(self):
        self.assertEqual(self.lines("constexpr auto table = std::to_array<int>({\n1,\n2,\n});\nint x{\n3};\n"), [])
        self.assertEqual(self.lines("std::array<int, 2> a = {\n1,\n2};\n"), [])

    def test_constructors_with_initialiser_braces(self):
        text = "A::A(int x) : a_{x},\n b_{f(x)}\n{\n    g();\n}\nint h() { return 1; }\n"
        self.assertEqual(self.lines(text), [(3, 5), (6, 6)])

    def test_templates_operators_and_trailing_types(self):
        text = ("template <typename T>\nrequires Field<T>\nauto f(T x) -> std::expected<T, Error>\n{\n}\n"
                "bool operator==(const A& a, const A& b)\n{\n}\nvoid operator()(int x) const noexcept {}\n"
                "struct A operator+(A a, A b)\n{\n}\n")
        self.assertEqual(self.lines(text), [(4, 5), (7, 8), (9, 9), (11, 12)])

    def test_braces_in_comments_and_literals_do_not_count(self):
        text = "void f()\n{\n    // {\n    g('{', \"{\", R\"({)\", 1'000);\n}\nvoid h() {}\n"
        self.assertEqual(self.lines(text), [(2, 5), (6, 6)])

    def test_lambdas_belong_to_the_function_around_them(self):
        self.assertEqual(self.lines("void f()\n{\n    auto g = [&](int x) {\n        return x;\n    };\n}\n"), [(2, 6)])

    def test_constrained_and_aligned_classes_are_looked_into(self):
        text = "template <typename T>\n    requires(sizeof(T) > 1)\nclass A\n{\n    void f() {}\n};\n"
        self.assertEqual(self.lines(text), [(5, 5)])
        self.assertEqual(self.lines("struct alignas(64) A : B<1>\n{\n    void f() {}\n};\n"), [(3, 3)])

    def test_a_tests_body_counts(self):
        self.assertEqual(self.lines("TEST(Suite, a_sentence)\n{\n    f();\n}\n"), [(2, 4)])

    def test_default_arguments_and_struct_returns(self):
        self.assertEqual(self.lines("int f(A a = {}, int b = 3)\n{\n}\n"), [(2, 3)])


if __name__ == "__main__":
    unittest.main()
