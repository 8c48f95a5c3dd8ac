//! Names the node's metadata, which client.py has fetched into $ZKP_METADATA, to the macro that generates code from it.
use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=ZKP_METADATA");
    let metadata = env::var("ZKP_METADATA").expect("client.py sets it");
    println!("cargo::rerun-if-changed={metadata}");
    let folder = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let code = format!("#[subxt::subxt(runtime_metadata_path = {metadata:?})]\npub mod chain {{}}\n");
    fs::write(folder.join("chain.rs"), code).expect("the build folder can be written");
}
