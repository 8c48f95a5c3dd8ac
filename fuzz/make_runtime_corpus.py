"""python3 fuzz/make_runtime_corpus.py: seeds of the target runtime. The first byte says what follows: 0 an extrinsic,
1 a call that Alice signs. Small: one call of each kind, nested, cut, and extrinsics that are refused."""

from pathlib import Path

FOLDER = Path(__file__).parent / "corpus/runtime"
BOB = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"
REMARK = "00000c010203"
PAY = f"0603 00{BOB} 0b00407a10f35a"
SIGNED = {
    "remark": REMARK,
    "remark_with_event": "00070c010203",
    "pay": PAY,
    "pay_all": f"0604 00{BOB} 00",
    "burn": "060a 04 00",
    "batch": f"0800 08 {PAY} {REMARK}",
    "batch_all": f"0802 04 {PAY}",
    "force_batch": f"0804 08 {REMARK} {PAY}",
    "batch_nested": "0800 04" * 12 + REMARK,
    "as_derivative": f"0801 0100 {PAY}",
    "sudo_set_balance": f"0900 0608 00{BOB} 04",
    "sudo_kill_prefix": "0900 0006 10 26aa394e 05000000",
    "sudo_set_storage": "0900 0004 04 04aa 04bb",
    "sudo_kill_storage": "0900 0005 04 04aa",
    "sudo_set_code": "0900 0002 10 636f6465",
    "sudo_authorize": "0900 0009" + "11" * 32,
    "sudo_as": f"0903 00{BOB} {REMARK}",
    "sudo_unchecked": f"0901 {PAY} 0400",
    "dispatch_as": f"0900 0803 0001{BOB} {PAY}",
    "with_weight": f"0900 0805 {REMARK} 0400",
    "set_keys": "0500" + "01" * 32 + "02" * 32 + "00",
    "purge_keys": "0501",
    "plan_config": "0900 0202 01 0100000000000000 0400000000000000 02",
    "set_key": f"0902 00{BOB}",
    "remove_key": "0904",
    "timestamp_signed": "0100 0b00407a10f35a",
    "cut": "0603 008eaf0415",
    "unknown_pallet": "ff00",
}
BARE = {
    "bare_remark": "04" + REMARK,
    "bare_timestamp": "04 0100 0b00407a10f35a",
    "bare_version_5": "05" + REMARK,
    "bare_sudo": f"04 0900 {REMARK}",
    "forged": "84 00" + BOB + "01" + "00" * 64 + "00 00 00 00" + REMARK,
    "forged_ecdsa": "84 00" + BOB + "02" + "00" * 65 + "00 00 00 00" + REMARK,
    "address_index": "84 01 04 01" + "00" * 64 + "00 00 00 00" + REMARK,
    "nothing": "",
}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for first, seeds in (("01", SIGNED), ("00", BARE)):
        for name, text in seeds.items():
            (FOLDER / name).write_bytes(bytes.fromhex(first + text))


if __name__ == "__main__":
    main()
