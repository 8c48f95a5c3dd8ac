"""A `zkp dev` for clients in Python."""

import contextlib
import re
import subprocess
import sys
import threading

PATIENCE = 60  # seconds until it has ended


@contextlib.contextmanager
def dev_node(program):
    """Runs `program dev` on ports that the system chooses; gives the address of its JSON-RPC. Ended cleanly, or else an
    error."""
    node = subprocess.Popen([program, "dev", "--rpc-port", "0", "--listen-addr", "/ip4/127.0.0.1/tcp/0"],
                            stdout=subprocess.PIPE, text=True)
    try:
        found = None
        while not found:
            line = node.stdout.readline()
            if not line:
                sys.exit("the node ended before it listened")
            found = re.match(r"JSON-RPC on (ws:\S+)", line)
        threading.Thread(target=node.stdout.read, daemon=True).start()  # a full pipe would stop the node
        yield found[1]
    finally:
        node.terminate()
        code = node.wait(PATIENCE)
    assert code == 0, f"the node ended with exit code {code}"
