//! The same with code that subxt generates from the node's metadata when this is compiled.
use subxt_signer::sr25519::dev;

use crate::sending::{Chain, Outcome, TOKEN, params, send};

include!(concat!(env!("OUT_DIR"), "/chain.rs"));

pub async fn reads_and_transfers(api: &Chain) -> Outcome<()> {
    let at = api.at_current_block().await?;
    assert_eq!(at.constants().entry(chain::constants().balances().existential_deposit())?, 0);
    let version = at.runtime_apis().call(chain::runtime_apis().core().version()).await?;
    assert_eq!(version.spec_name, "zkp");
    let (bob, charlie) = (dev::bob(), dev::charlie());
    let address = || chain::storage().system().account();
    let charlies = (charlie.public_key().to_account_id(),);
    let before = at.storage().fetch(address(), charlies.clone()).await?.decode()?;

    let call = chain::transactions().balances().transfer_keep_alive(charlie.public_key().into(), 5 * TOKEN);
    let block = send(api, &call, &bob, params().mortal(64).build()).await?;
    let events = block.wait_for_success().await?;
    let event = events.find_first::<chain::balances::events::Transfer>().ok_or("no event of the transfer")??;
    assert_eq!((event.from, event.amount), (bob.public_key().to_account_id(), 5 * TOKEN));
    assert!(events.has::<chain::system::events::ExtrinsicSuccess>());
    let at = block.at().await?;
    let after = at.storage().fetch(address(), charlies).await?.decode()?;
    assert_eq!(after.data.free, before.data.free + 5 * TOKEN);
    for extrinsic in at.extrinsics().fetch().await?.iter() {
        extrinsic?.decode_call_data_as::<chain::Call>()?;
    }
    for event in at.events().fetch().await?.iter() {
        event?.decode_as::<chain::Event>()?;
    }
    Ok(())
}
