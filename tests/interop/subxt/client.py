"""subxt, unmodified, against `zkp dev`: reads, follows, transfers, batches, sees errors.

    python3 client.py PROGRAM

Compiles the client beside PROGRAM at first, from the metadata of the node (some minutes, packages of crates.io)."""

import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from dev_node import dev_node  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FOLDER = PROGRAM.parent / "interop-subxt"
RUST_MIN = (1, 88)  # subxt 0.51
PATIENCE = 60  # seconds for one answer of the node


def need_cargo():
    try:
        said = subprocess.run(["cargo", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit("no cargo on the path: tools/install brings one")
    version = tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups()))
    if version < RUST_MIN:
        needed = ".".join(map(str, RUST_MIN))
        sys.exit(f"{said.strip()} is too old, subxt needs {needed}: tools/install brings a newer one")


def ask(url, method, *params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url.replace("ws:", "http:"), body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)["result"]


def write_metadata(url):
    """Version 16, out of its Option and the length before it; written only if it is new, for it is compiled from."""
    answer = bytes.fromhex(ask(url, "state_call", "Metadata_metadata_at_version", "0x10000000")[2:])
    start = answer.index(b"meta")
    assert answer[0] == 1 and answer[start + 4] == 16, answer[:12].hex()
    file = FOLDER / "metadata.scale"
    FOLDER.mkdir(exist_ok=True)
    if not file.exists() or file.read_bytes() != answer[start:]:
        file.write_bytes(answer[start:])
    return file


def build(metadata):
    environment = {**os.environ, "ZKP_METADATA": str(metadata), "CARGO_TARGET_DIR": str(FOLDER)}
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "Cargo.toml"], env=environment,
                   check=True)
    return FOLDER / "debug/subxt-client"


def main():
    need_cargo()
    with dev_node(PROGRAM) as url:
        subprocess.run([build(write_metadata(url)), url], check=True)


if __name__ == "__main__":
    main()
