import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import bench  # noqa: E402


class Results(unittest.TestCase):
    def test_quantiles_are_by_nearest_rank(self):
        self.assertEqual(bench.quantile(range(1, 21), 0.5), 10)
        self.assertEqual(bench.quantile(range(1, 21), 0.95), 19)
        self.assertEqual(bench.quantile([3], 0.95), 3)

    def test_lines_of_a_harness_program_become_results_by_name(self):
        output = 'set-up done\n{"name": "prove/lenet5", "value": 0.1, "p95": 0.2}\n'
        self.assertEqual(bench.read_lines(output), {"prove/lenet5": {"value": 0.1, "p95": 0.2}})

    def test_repetitions_of_a_micro_benchmark_become_one_result_in_seconds(self):
        runs = [{"run_name": "x/y/real_time", "run_type": "iteration", "real_time": time, "time_unit": "us"}
                for time in (3.0, 1.0, 2.0)]
        runs.append({"run_name": "x/y/real_time", "run_type": "aggregate", "real_time": 9.0, "time_unit": "us"})
        result = bench.read_google(json.dumps({"benchmarks": runs}))
        self.assertEqual(list(result), ["x/y"])
        self.assertAlmostEqual(result["x/y"]["value"], 2e-6)
        self.assertEqual(result["x/y"]["runs"], 3)

    def test_the_file_is_named_after_day_and_processor(self):
        cpu = bench.cpu_name("processor : 0\nmodel name\t: Intel(R) Xeon(R)  CPU @ 2.20GHz\n")
        self.assertEqual(bench.file_name("2026-01-31", cpu), "2026-01-31-intel-r-xeon-r-cpu-2-20ghz.json")


if __name__ == "__main__":
    unittest.main()
