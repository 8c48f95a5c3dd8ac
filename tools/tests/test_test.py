import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import test as runner  # noqa: E402

JUNIT = """<?xml version="1.0"?>
<testsuite name="x" tests="4" failures="1" skipped="1" time="1">
 <testcase name="field.Prime.adds" time="0.5" status="run"/>
 <testcase name="field.Prime.inverts" time="0.25" status="fail"><failure message="Failed"/></testcase>
 <testcase name="model.Mnist.reads" time="0" status="notrun"><skipped message="skipped"/></testcase>
 <testcase name="tidy" time="1" status="run"/>
</testsuite>"""


class Reports(unittest.TestCase):
    def test_ctest_counts_and_time_of_each_library(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(JUNIT)
            file.flush()
            totals, seconds = runner.read_junit(file.name)
        self.assertEqual((totals.passed, totals.failed, totals.skipped), (2, 1, ["model.Mnist.reads"]))
        self.assertEqual(seconds, {"field": 0.75, "model": 0, "tidy": 1})

    def unittest_counts(self, text, code):
        totals = runner.read_unittest(text, code)
        return totals.passed, totals.failed, totals.skipped

    def test_unittest_counts(self):
        self.assertEqual(self.unittest_counts("Ran 5 tests in 0.1s\n\nOK\n", 0), (5, 0, []))
        self.assertEqual(self.unittest_counts("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 1), (2, 3, []))
        self.assertEqual(
            self.unittest_counts("test_a (x.Y) ... skipped 'no'\nRan 2 tests in 0.1s\n\nOK (skipped=1)\n", 0),
            (1, 0, ["test_a"]))

    def test_no_tests_or_a_crash_is_a_failure(self):
        self.assertEqual(self.unittest_counts("Ran 0 tests in 0.0s\n\nOK\n", 0)[1], 1)
        self.assertEqual(self.unittest_counts("Segmentation fault\n", 139)[1], 1)
        self.assertEqual(self.unittest_counts("Ran 3 tests in 0.0s\n\nOK\n", 139)[1], 1)

    def test_the_closing_line_counts_all_suites_and_names_what_failed(self):
        rows = [("tests", runner.Totals(2, 1, ["model.Mnist.reads"], ["field.Prime.inverts"]), 1.0),
                ("lint", runner.Totals(3, 1), 2.0)]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertFalse(runner.report(rows, 3))
        lines = printed.getvalue().splitlines()
        self.assertEqual(lines[-1], "make test: 5 passed, 2 failed, 1 skipped")
        self.assertEqual(lines[-5:-2], ["skipped: model.Mnist.reads", "failed: field.Prime.inverts", "failed: lint"])
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertTrue(runner.report([("tests", runner.Totals(2), 1.0)], 3))

    def test_a_tool_without_a_closing_line_fails(self):
        self.assertEqual(runner.check("-c", "print('nothing counted')").failed, 1)
        self.assertEqual(runner.check("-c", "print('x: 3 passed, 0 failed')").passed, 3)
        self.assertEqual(runner.check("-c", "print('x: 3 passed, 0 failed'); exit(1)").failed, 1)


if __name__ == "__main__":
    unittest.main()
