//! Sends a transaction and follows it into a final block.
use subxt::config::{DefaultExtrinsicParamsBuilder, SubstrateConfig, substrate::SubstrateExtrinsicParams};
use subxt::client::OnlineClientAtBlockImpl;
use subxt::config::TransactionExtensions;
use subxt::ext::scale_decode::DecodeAsType;
use subxt::tx::{Payload, TransactionInBlock, TransactionStatus};
use subxt::{OnlineClient, dynamic};
use subxt_signer::sr25519::Keypair;

pub type Chain = OnlineClient<SubstrateConfig>;
pub type InBlock = TransactionInBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
pub type Params = <SubstrateExtrinsicParams<SubstrateConfig> as TransactionExtensions<SubstrateConfig>>::Params;

pub const TOKEN: u128 = 1_000_000_000_000_000_000;

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Account {
    pub nonce: u32,
    pub data: Balance,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Balance {
    pub free: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct FeePaid {
    actual_fee: u128,
    tip: u128,
}

pub fn params() -> DefaultExtrinsicParamsBuilder<SubstrateConfig> {
    DefaultExtrinsicParamsBuilder::new()
}

/// The account at the newest final block.
pub async fn account(chain: &Chain, who: &Keypair) -> Outcome<Account> {
    let address = dynamic::storage::<([u8; 32],), Account>("System", "Account");
    let at = chain.at_current_block().await?;
    Ok(at.storage().fetch(address, (who.public_key().0,)).await?.decode()?)
}

/// Signs and submits `call`; the final block that has it, whether it succeeded there or not.
pub async fn send(chain: &Chain, call: &impl Payload, signer: &Keypair, params: Params) -> Outcome<InBlock> {
    let mut progress = chain.tx().await?.sign_and_submit_then_watch(call, signer, params).await?;
    while let Some(status) = progress.next().await {
        match status? {
            TransactionStatus::InFinalizedBlock(block) => return Ok(block),
            TransactionStatus::Error { message }
            | TransactionStatus::Invalid { message }
            | TransactionStatus::Dropped { message } => return Err(message.into()),
            _ => {}
        }
    }
    Err("the node said no more of the transaction".into())
}

/// What the transaction has paid: fee and tip, as its event says.
pub async fn paid(block: &InBlock) -> Outcome<(u128, u128)> {
    for event in block.fetch_events().await?.iter() {
        let event = event?;
        if (event.pallet_name(), event.event_name()) == ("TransactionPayment", "TransactionFeePaid") {
            let FeePaid { actual_fee, tip } = event.decode_fields_unchecked_as()?;
            return Ok((actual_fee, tip));
        }
    }
    Err("no event of the fee".into())
}
