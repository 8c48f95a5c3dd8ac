"""py-substrate-interface, unmodified, against `zkp dev`: reads, transfers, batches, sees events.

    python3 transfer.py PROGRAM

Installs the packages of requirements.txt into a folder beside PROGRAM at first."""

import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from dev_node import dev_node  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TOKEN = 10**18
PATIENCE = 60  # seconds for one step


def inside_packages():
    """Starts this file again with the pinned packages, unless it runs with them."""
    folder = PROGRAM.parent / "interop-python"
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix).resolve() == folder.resolve():
        return
    wanted = (HERE / "requirements.txt").read_text()
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
        stamp.write_text(wanted)
    os.execv(python, [python, "-B", __file__, str(PROGRAM)])


def reads(chain):
    assert chain.chain == "ZKP Development", chain.chain
    chain.init_runtime()
    assert chain.runtime_version >= 100
    assert chain.token_symbol == "ZKP" and chain.token_decimals == 18 and chain.ss58_format == 42
    assert chain.get_constant("Balances", "ExistentialDeposit").value == 0
    head = chain.get_chain_finalised_head()
    assert chain.get_block(head)["extrinsics"][0].value["call"]["call_module"] == "Timestamp"
    accounts = list(chain.query_map("System", "Account", max_results=10))
    assert len(accounts) >= 4, accounts


def free(chain, address):
    return chain.query("System", "Account", [address]).value["data"]["free"]


def send(chain, signer, module, function, **params):
    call = chain.compose_call(call_module=module, call_function=function, call_params=params)
    extrinsic = chain.create_signed_extrinsic(call=call, keypair=signer)
    return chain.submit_extrinsic(extrinsic, wait_for_finalization=True)


def transfers(chain, alice, stranger):
    fee = chain.get_payment_info(chain.compose_call("Balances", "transfer_keep_alive",
                                                    {"dest": stranger.ss58_address, "value": TOKEN}), alice)
    assert fee["partialFee"] > 0 or fee["partial_fee"] > 0
    receipt = send(chain, alice, "Balances", "transfer_keep_alive", dest=stranger.ss58_address, value=3 * TOKEN)
    assert receipt.is_success, receipt.error_message
    assert any(event.value["event_id"] == "Transfer" for event in receipt.triggered_events)
    assert free(chain, stranger.ss58_address) == 3 * TOKEN
    receipt = send(chain, stranger, "Balances", "transfer_keep_alive", dest=alice.ss58_address, value=100 * TOKEN)
    assert not receipt.is_success, "it has 3 tokens"
    assert any(event.value["event_id"] == "ExtrinsicFailed" for event in receipt.triggered_events)


def batches(chain, bob, stranger):
    before = free(chain, stranger.ss58_address)
    calls = [chain.compose_call("Balances", "transfer_allow_death", {"dest": stranger.ss58_address, "value": value})
             for value in (TOKEN, 2 * TOKEN)]
    receipt = send(chain, bob, "Utility", "batch_all", calls=calls)
    assert receipt.is_success, receipt.error_message
    assert free(chain, stranger.ss58_address) == before + 3 * TOKEN


def main():
    from substrateinterface import Keypair, SubstrateInterface
    with dev_node(PROGRAM) as url:
        chain = SubstrateInterface(url=url, ws_options={"timeout": PATIENCE})
        alice, bob = (Keypair.create_from_uri(uri) for uri in ("//Alice", "//Bob"))
        stranger = Keypair.create_from_uri("//Stranger//fresh")
        for step, people in ((reads, ()), (transfers, (alice, stranger)), (batches, (bob, stranger))):
            step(chain, *people)
            print("ok", step.__name__, flush=True)
        chain.close()


if __name__ == "__main__":
    inside_packages()
    main()
