import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import long  # noqa: E402
from long import Run, Suite  # noqa: E402

SUITES = [Suite(name, 600, "-", "", "true") for name in ("fuzz", "soak", "peers")]


def run(suite, commit="aaaa", seconds=600, result="passed"):
    return Run(commit, suite, seconds, 1, result)


class Choice(unittest.TestCase):
    def names(self, ledger):
        return [suite.name for suite in long.longest_ago(SUITES, ledger)]

    def test_suites_never_run_come_first_in_the_order_of_the_table(self):
        self.assertEqual(self.names([]), ["fuzz", "soak", "peers"])
        self.assertEqual(self.names([run("fuzz")]), ["soak", "peers", "fuzz"])

    def test_the_last_line_of_a_suite_counts(self):
        ledger = [run("fuzz"), run("soak"), run("peers"), run("fuzz")]
        self.assertEqual(self.names(ledger), ["soak", "peers", "fuzz"])

    def test_suites_that_left_the_table_do_not_matter(self):
        self.assertEqual(self.names([run("gone"), run("fuzz")]), ["soak", "peers", "fuzz"])

    def test_done_means_passed_here_for_the_full_time_on_a_clean_tree(self):
        suite = SUITES[0]
        self.assertTrue(long.done_here(suite, [run("fuzz")], "aaaa"))
        self.assertFalse(long.done_here(suite, [run("fuzz")], "bbbb"))
        self.assertFalse(long.done_here(suite, [run("fuzz", seconds=599)], "aaaa"))
        self.assertFalse(long.done_here(suite, [run("fuzz", result="failed")], "aaaa"))
        self.assertFalse(long.done_here(suite, [run("fuzz", commit="aaaa-dirty")], "aaaa-dirty"))


class Files(unittest.TestCase):
    def test_the_table_of_suites_is_well_formed_and_names_each_once(self):
        suites = long.read_suites(long.SUITES.read_text())
        self.assertTrue(suites)
        self.assertEqual(len({suite.name for suite in suites}), len(suites))
        for suite in suites:
            self.assertGreater(suite.seconds, 0)

    def test_the_ledger_is_well_formed(self):
        text = long.LEDGER.read_text()
        self.assertTrue(text.startswith(long.LEDGER_COLUMNS))
        self.assertLessEqual({run.result for run in long.read_ledger(text)}, {"passed", "failed"})

    def test_every_fuzz_target_has_a_long_suite(self):
        suites = {suite.name for suite in long.read_suites(long.SUITES.read_text())}
        targets = {path.name for path in (long.ROOT / "fuzz/corpus").iterdir()}
        self.assertEqual({"fuzz_" + target for target in targets} - suites, set())


class Commands(unittest.TestCase):
    def test_a_suite_passes_exactly_when_its_command_ends_with_zero(self):
        for command, passes in (("true", True), ("false", False), ("true; exit 3", False)):
            suite = Suite("x", 1, "-", "", command)
            self.assertEqual(long.run_command(suite, 1, 1), passes)

    def test_a_suite_is_told_its_seconds_and_seed(self):
        self.assertTrue(long.run_command(Suite("x", 1, "-", "", '[[ "$ZKP_SECONDS $ZKP_SEED" == "7 9" ]]'), 7, 9))

    def test_a_hung_suite_is_ended_and_fails(self):
        grace, long.GRACE_SECONDS = long.GRACE_SECONDS, 0
        try:
            self.assertFalse(long.run_command(Suite("x", 1, "-", "", "sleep 60 & wait"), 1, 1))
        finally:
            long.GRACE_SECONDS = grace


if __name__ == "__main__":
    unittest.main()
