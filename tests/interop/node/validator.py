"""`zkp node --validator` as an operator runs it: a chain spec file, a keystore, a folder; and its Prometheus page.

   validator.py PROGRAM        with PyPI's prometheus-client, unmodified

It makes blocks and finalises them, serves JSON-RPC and metrics, ends cleanly by SIGTERM and by SIGINT, and goes on
where it was when it is started again.
"""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

PROGRAM = sys.argv[1]
WAIT_S = 120


def within(what, done):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if (result := done()) is not None:
            return result
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {WAIT_S} s")


class Node:
    """A running validator; `lines` are what it said."""

    def __init__(self, spec, folder, *more):
        self.log = open(os.path.join(folder, "..", "log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "node", "--chain", spec, "--base-path", folder, "--validator", "--rpc-port", "0",
             "--prometheus-port", "0", "--listen-addr", "/ip4/127.0.0.1/tcp/0", *more],
            stdout=self.log, stderr=subprocess.STDOUT)
        self.began = self.log.seek(0, os.SEEK_END)
        try:
            self.rpc_port = int(self.said(r"JSON-RPC on ws://127\.0\.0\.1:(\d+)"))
            self.metrics_port = int(self.said(r"metrics on http://127\.0\.0\.1:(\d+)"))
        except BaseException:
            self.process.kill()
            raise

    def text(self):
        self.log.seek(self.began)
        return self.log.read()

    def said(self, pattern):
        def look():
            if found := re.search(pattern, self.text()):
                return found.group(1)
            assert self.process.poll() is None, self.text()
            return None
        return within(pattern, look)

    def raw_call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.rpc_port}", body,
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return json.load(answer)

    def call(self, method, *params):
        answer = self.raw_call(method, *params)
        assert "error" not in answer, answer
        return answer["result"]

    def finalised(self):
        return int(self.call("chain_getHeader", self.call("chain_getFinalizedHead"))["number"], 16)

    def finalises(self, number):
        return within(f"block {number} to be final", lambda: n if (n := self.finalised()) >= number else None)

    def page(self):
        """{(name, label=value, …): value}, without the chain's label"""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=WAIT_S) as answer:
            text = answer.read().decode("utf-8")
        values = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = dict(sample.labels)
                assert labels.pop("chain") == "zkp_dev", sample
                values[(sample.name, *sorted(f"{name}={value}" for name, value in labels.items()))] = sample.value
        return values

    def web_socket(self):
        """Opens a WebSocket and drops it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.rpc_port, timeout=WAIT_S)
        connection.request("GET", "/", headers={"Connection": "Upgrade", "Upgrade": "websocket",
                                                "Sec-WebSocket-Version": "13",
                                                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        assert connection.getresponse().status == 101
        connection.close()

    def ends_by(self, number):
        self.process.send_signal(number)
        code = self.process.wait(20)
        assert code == 0, (code, self.text())
        assert re.search(r"stopped at block \d+", self.text()), self.text()
        self.log.close()


def insert(folder, kind, scheme):
    subprocess.run([PROGRAM, "key", "insert", "--base-path", folder, "--key-type", kind, "--scheme", scheme,
                    "--suri-env", "SURI"], check=True, env={**os.environ, "SURI": "//Alice"}, stdout=subprocess.DEVNULL)


def check_page(node):
    """Substrate's names, with values that live."""
    head = node.finalised()
    assert "error" in node.raw_call("no_such_method")
    assert "error" in node.raw_call("chain_getHeader", "no hash")
    node.web_socket()
    page = within("the WebSocket's end", lambda: p if (p := node.page()).get(
        ("substrate_rpc_sessions_closed_total",)) == 1 else None)
    assert page[("substrate_block_height", "status=finalized")] >= head
    assert page[("substrate_block_height", "status=best")] >= page[("substrate_block_height", "status=finalized")]
    assert page[("substrate_node_roles",)] == 4
    assert page[("substrate_number_leaves",)] == 1
    assert page[("substrate_ready_transactions_number",)] == 0
    assert page[("substrate_finality_grandpa_round",)] >= 1
    assert page[("substrate_sub_libp2p_peers_count",)] == 0
    assert page[("substrate_proposer_block_constructed_count",)] >= 1
    assert page[("substrate_proposer_number_of_transactions",)] >= 1
    assert abs(page[("substrate_process_start_time_seconds",)] - time.time()) < 600
    assert page[("process_resident_memory_bytes",)] > 1e6

    def calls(what, method, *labels):
        return page[(f"substrate_rpc_calls_{what}", *sorted((*labels, f"method={method}", "protocol=http")))]
    for method, is_error in (("chain_getFinalizedHead", "false"), ("chain_getHeader", "true"), ("unknown", "true")):
        finished = calls("finished_total", method, f"is_error={is_error}", "is_rate_limited=false")
        assert 1 <= finished <= calls("started_total", method)
        assert finished <= calls("time_count", method, "is_rate_limited=false")
    assert calls("started_total", "unknown") == 1
    assert calls("time_sum", "chain_getFinalizedHead", "is_rate_limited=false") > 0
    assert page[("substrate_rpc_sessions_opened_total",)] == 1
    assert page[("substrate_rpc_sessions_time_count", "protocol=ws")] == 1
    final = ("substrate_block_height", "status=finalized")
    later = within("the next block", lambda: p if (p := node.page())[final] > page[final] else None)
    assert later[("process_cpu_seconds_total",)] >= page[("process_cpu_seconds_total",)]
    assert later[("substrate_finality_grandpa_round",)] > page[("substrate_finality_grandpa_round",)]


with tempfile.TemporaryDirectory() as top:
    spec, folder = os.path.join(top, "spec.json"), os.path.join(top, "node")
    subprocess.run([PROGRAM, "chain-spec", "build", "-o", spec], check=True, stdout=subprocess.DEVNULL)
    insert(folder, "babe", "sr25519")
    insert(folder, "gran", "ed25519")
    nodes = []
    try:
        nodes.append(Node(spec, folder)) # the folder is new: nothing is asked for
        first = nodes[-1]
        assert first.call("system_nodeRoles") == ["Authority"]
        reached = first.finalises(2)
        known = [first.call("chain_getBlockHash", number) for number in range(reached + 1)]
        check_page(first)
        refused = subprocess.run([PROGRAM, "node", "--chain", spec, "--base-path", folder, "--validator"],
                                 capture_output=True, text=True, timeout=WAIT_S, check=False)
        assert refused.returncode != 0 and folder in refused.stderr, refused # one process a folder
        first.ends_by(signal.SIGTERM)

        nodes.append(Node(spec, folder))
        second = nodes[-1]
        assert second.finalised() >= reached
        assert [second.call("chain_getBlockHash", number) for number in range(reached + 1)] == known
        second.finalises(second.finalised() + 2)
        assert second.page()[("substrate_finality_grandpa_round",)] > 1 # they go on where they were
        second.ends_by(signal.SIGINT)
    finally:
        for node in nodes:
            if node.process.poll() is None:
                node.process.kill()
                print(node.text(), file=sys.stderr)
print("a validator ran, ended twice and went on")
