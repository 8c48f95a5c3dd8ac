"""Reads the page of metrics_page with prometheus-client and compares every value."""
import subprocess
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families


def page(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode("utf-8")


def samples(text):
    """{name: [(labels without the chain, value)]}, and {family: (type, help)}"""
    values, families = {}, {}
    for family in text_string_to_metric_families(text):
        families[family.name] = (family.type, family.documentation)
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("chain") == 'zkp "dev"\\\n', sample
            values.setdefault(sample.name, []).append((labels, sample.value))
    return values, families


def check(port):
    values, families = samples(page(port))
    assert families["pages"] == ("counter", "Pages\nmade \\ shown"), families
    assert values["pages_total"] == [({}, 1.0)]
    # Substrate's name lacks the suffix, which this library gives to every counter.
    assert values["substrate_rpc_calls_started_total"] == [({"protocol": "ws", "method": 'a"}\n\\ b 1'}, 3.0)]
    assert values["substrate_block_height"] == [({"status": "best"}, 4294967295.0)]
    assert values["small"] == [({}, -1.5e-9)]
    assert families["substrate_proposer_block_constructed"][0] == "histogram"
    buckets = {labels["le"]: value for labels, value in values["substrate_proposer_block_constructed_bucket"]}
    assert buckets["0.1"] == 11 and buckets["0.5"] == 51 and buckets["+Inf"] == 100, buckets
    assert values["substrate_proposer_block_constructed_count"] == [({}, 100.0)]
    assert abs(values["substrate_proposer_block_constructed_sum"][0][1] - 49.5) < 1e-9
    assert values["process_resident_memory_bytes"][0][1] > 1e6
    assert families["process_cpu_seconds"][0] == "counter"
    assert samples(page(port))[0]["pages_total"] == [({}, 2.0)]


with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
    check(int(server.stdout.readline()))
    server.stdin.close()
    assert server.wait(20) == 0
print("prometheus-client reads every value")
