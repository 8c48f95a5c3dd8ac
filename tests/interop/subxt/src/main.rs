//! subxt, unmodified, against `zkp dev`: each step over the legacy JSON-RPC, over chainHead, and over what subxt itself
//! chooses (archive first), with names looked up in the metadata; then with code generated from the metadata.
//! usage: subxt-client ws://ADDRESS
mod dynamic;
mod sending;
mod typed;

use std::sync::Arc;
use std::time::Duration;

use sending::{Chain, Outcome};
use subxt::OnlineClient;
use subxt::backend::{ChainHeadBackend, CombinedBackend, LegacyBackend};
use subxt::rpcs::RpcClient;

const PATIENCE: Duration = Duration::from_secs(300);

async fn legacy(url: &str) -> Outcome<Chain> {
    let backend = LegacyBackend::builder().build(RpcClient::from_insecure_url(url).await?);
    Ok(OnlineClient::from_backend(Arc::new(backend)).await?)
}

async fn chain_head(url: &str) -> Outcome<Chain> {
    let backend = ChainHeadBackend::builder().build_with_background_driver(RpcClient::from_insecure_url(url).await?);
    Ok(OnlineClient::from_backend(Arc::new(backend)).await?)
}

async fn combined(url: &str) -> Outcome<Chain> {
    let rpc = RpcClient::from_insecure_url(url).await?;
    let backend = CombinedBackend::builder().build_with_background_driver(rpc).await?;
    Ok(OnlineClient::from_backend(Arc::new(backend)).await?)
}

async fn run(url: &str) -> Outcome<()> {
    for (name, chain) in [
        ("legacy", legacy(url).await?),
        ("chainHead", chain_head(url).await?),
        ("combined", combined(url).await?),
    ] {
        dynamic::reads(&chain).await?;
        dynamic::decodes_everything(&chain).await?;
        println!("ok {name}: reads");
        dynamic::follows(&chain).await?;
        println!("ok {name}: follows");
        dynamic::transfers(&chain).await?;
        dynamic::batches(&chain).await?;
        println!("ok {name}: transfers");
        dynamic::is_refused(&chain).await?;
        println!("ok {name}: is refused");
    }
    dynamic::is_told_why(&legacy(url).await?).await?;
    println!("ok legacy: is told why");
    typed::reads_and_transfers(&combined(url).await?).await?;
    println!("ok combined: generated code");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let url = std::env::args().nth(1).ok_or("usage: subxt-client ws://ADDRESS")?;
    tokio::time::timeout(PATIENCE, run(&url)).await?
}
