import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import lint  # noqa: E402

INCLUDES = {"src/a/a.cpp": {"a/a.hpp"}, "src/b/b.cpp": {"a/a.hpp", "b/b.hpp"}, "src/c/c.cpp": set()}


class Choice(unittest.TestCase):
    def check(self, changed):
        with mock.patch.object(lint, "includes", INCLUDES.__getitem__):
            return lint.to_check(changed, set(INCLUDES))

    def test_a_changed_source_is_checked_and_nothing_else(self):
        self.assertEqual(self.check(["src/c/c.cpp", "README.md"]), ["src/c/c.cpp"])

    def test_a_changed_header_is_checked_through_one_source_that_includes_it(self):
        self.assertEqual(self.check(["src/a/a.hpp"]), ["src/a/a.cpp"])
        self.assertEqual(self.check(["src/b/b.hpp"]), ["src/b/b.cpp"])

    def test_a_header_seen_through_a_changed_source_needs_no_other(self):
        self.assertEqual(self.check(["src/a/a.hpp", "src/b/b.cpp"]), ["src/b/b.cpp"])

    def test_sources_that_are_not_built_are_left_out(self):
        self.assertEqual(self.check(["src/d/d.cpp"]), [])


if __name__ == "__main__":
    unittest.main()
