//! What a program without generated code does: names from the metadata, values that describe themselves.
use subxt::dynamic::{self, At, Value};
use subxt::error::{DispatchError, TokenError, TransactionEventsError};
use subxt::ext::scale_decode::DecodeAsType;
use subxt::ext::scale_value::Composite;
use subxt::tx::{DynamicPayload, TransactionInvalid, ValidationResult};
use subxt_signer::SecretUri;
use subxt_signer::sr25519::{Keypair, dev};

use crate::sending::{Account, Chain, InBlock, Outcome, TOKEN, account, paid, params, send};

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Version {
    spec_name: String,
    spec_version: u32,
}

fn stranger(name: &str) -> Outcome<Keypair> {
    Ok(Keypair::from_uri(&format!("//Stranger//{name}").parse::<SecretUri>()?)?)
}

fn transfer(to: &Keypair, amount: u128) -> DynamicPayload<Composite<()>> {
    let to = Value::unnamed_variant("Id", [Value::from_bytes(to.public_key().0)]);
    dynamic::tx("Balances", "transfer_keep_alive", Composite::named([("dest", to), ("value", Value::u128(amount))]))
}

pub async fn reads(chain: &Chain) -> Outcome<()> {
    let at = chain.at_current_block().await?;
    assert_eq!(at.constants().entry(dynamic::constant::<u128>("Balances", "ExistentialDeposit"))?, 0);
    let version = at.runtime_apis().call(dynamic::runtime_api_call::<_, Version>("Core", "version", ())).await?;
    assert_eq!((version.spec_name.as_str(), version.spec_version), ("zkp", at.spec_version()));
    let alice = dev::alice();
    let nonce = dynamic::runtime_api_call::<_, u32>("AccountNonceApi", "account_nonce", (alice.public_key().0,));
    assert_eq!(at.runtime_apis().call(nonce).await?, account(chain, &alice).await?.nonce);

    let accounts = dynamic::storage::<([u8; 32],), Account>("System", "Account");
    let mut all = at.storage().iter(accounts, ()).await?;
    let mut found = 0;
    while let Some(entry) = all.next().await {
        let entry = entry?;
        let (who,) = entry.key()?.decode()?;
        found += usize::from(who == alice.public_key().0 && entry.value().decode()?.data.free > TOKEN);
    }
    assert_eq!(found, 1, "Alice is among the accounts, once");
    let nobody = dynamic::storage::<([u8; 32],), Account>("System", "Account");
    assert_eq!(at.storage().fetch(nobody, ([7; 32],)).await?.decode()?.data.free, 0, "the default that metadata gives");
    Ok(())
}

/// All constants, all storage, all extrinsics and events of a block are of the types that the metadata gives them.
pub async fn decodes_everything(chain: &Chain) -> Outcome<()> {
    let at = chain.at_current_block().await?;
    let metadata = at.metadata();
    let mut constants = 0;
    for pallet in metadata.pallets() {
        for constant in pallet.constants() {
            at.constants().entry(dynamic::constant::<Value>(pallet.name(), constant.name()))?;
            constants += 1;
        }
    }
    let mut values = 0;
    for reference in at.storage().entries() {
        let address = dynamic::storage::<Vec<Value>, Value>(reference.pallet_name(), reference.entry_name());
        let entry = at.storage().entry(address)?;
        if entry.is_plain() {
            if let Some(value) = entry.try_fetch(vec![]).await? {
                value.decode()?;
                values += 1;
            }
            continue;
        }
        let mut all = entry.iter(vec![]).await?;
        while let Some(item) = all.next().await {
            let item = item?;
            item.value().decode()?;
            for part in item.key()?.parts() {
                part.decode_as::<Value>()?;
            }
            values += 1;
        }
    }
    assert!(constants >= 10 && values >= 10, "{constants} constants, {values} values");
    for extrinsic in at.extrinsics().fetch().await?.iter() {
        extrinsic?.decode_call_data_as::<Value>()?;
    }
    for event in at.events().fetch().await?.iter() {
        event?.decode_as::<Value>()?;
    }
    Ok(())
}

pub async fn follows(chain: &Chain) -> Outcome<()> {
    for mut blocks in [chain.stream_blocks().await?, chain.stream_best_blocks().await?] {
        let mut last = None;
        for _ in 0..3 {
            let block = blocks.next().await.ok_or("the stream of blocks ended")??;
            assert!(last.is_none_or(|number| block.number() > number), "{last:?}, then {}", block.number());
            last = Some(block.number());
            let at = block.at().await?;
            let extrinsics = at.extrinsics().fetch().await?;
            let first = extrinsics.iter().next().ok_or("an empty block")??;
            assert_eq!((first.pallet_name(), first.call_name()), ("Timestamp", "set"));
            assert!(!at.events().fetch().await?.is_empty());
        }
    }
    Ok(())
}

/// Bob pays, for Alice makes the blocks and gets a part of the fees.
pub async fn transfers(chain: &Chain) -> Outcome<()> {
    let (bob, to) = (dev::bob(), stranger("transfers")?);
    let call = transfer(&to, 3 * TOKEN);
    let signed = chain.tx().await?.create_signed(&call, &bob, params().tip(7).build()).await?;
    assert!(matches!(signed.validate().await?, ValidationResult::Valid(_)));
    let expected = signed.partial_fee_estimate().await?;
    assert!(expected > 0);

    for parameters in [params().tip(7).mortal(32).build(), params().tip(7).immortal().build()] {
        let before = account(chain, &bob).await?;
        let block = send(chain, &call, &bob, parameters).await?;
        let events = block.wait_for_success().await?;
        let mut names = Vec::new();
        for event in events.iter() {
            let event = event?;
            names.push(format!("{}.{}", event.pallet_name(), event.event_name()));
            if event.event_name() == "Transfer" {
                let fields: Composite<()> = event.decode_fields_unchecked_as()?;
                assert_eq!(fields.at("amount").and_then(Value::as_u128), Some(3 * TOKEN));
            }
        }
        for name in ["Balances.Transfer", "TransactionPayment.TransactionFeePaid", "System.ExtrinsicSuccess"] {
            assert!(names.iter().any(|each| each == name), "{name} is not among {names:?}");
        }
        let (fee, tip) = paid(&block).await?;
        assert_eq!(tip, 7);
        assert!(fee.abs_diff(expected + tip) * 100 <= expected, "{fee} paid, {expected} expected");
        let after = account(chain, &bob).await?;
        assert_eq!(before.data.free - after.data.free, 3 * TOKEN + fee);
        assert_eq!(after.nonce, before.nonce + 1);
    }
    assert!(account(chain, &to).await?.data.free >= 6 * TOKEN);
    Ok(())
}

pub async fn batches(chain: &Chain) -> Outcome<()> {
    let (bob, to) = (dev::bob(), stranger("batches")?);
    let calls = [TOKEN, 2 * TOKEN].map(|amount| transfer(&to, amount).into_value());
    let batch = dynamic::tx("Utility", "batch_all", Composite::named([("calls", Value::unnamed_composite(calls))]));
    let events = send(chain, &batch, &bob, params().build()).await?.wait_for_success().await?;
    let mut items = 0;
    for event in events.iter() {
        items += usize::from(event?.event_name() == "ItemCompleted");
    }
    assert_eq!(items, 2);
    assert_eq!(account(chain, &to).await?.data.free % (3 * TOKEN), 0);
    Ok(())
}

async fn why(block: &InBlock) -> Outcome<DispatchError> {
    match block.wait_for_success().await {
        Err(TransactionEventsError::ExtrinsicFailed(error)) => Ok(error),
        Err(other) => Err(other.into()),
        Ok(_) => Err("it succeeded".into()),
    }
}

/// What fails in a block names its error, a pallet's by the metadata; what may not enter one says why.
pub async fn is_refused(chain: &Chain) -> Outcome<()> {
    let (bob, poor) = (dev::bob(), stranger("poor")?);
    let block = send(chain, &transfer(&dev::alice(), u128::MAX / 2), &bob, params().build()).await?;
    assert_eq!(why(&block).await?, DispatchError::Token(TokenError::FundsUnavailable));

    let inner = dynamic::tx("System", "remark", Composite::named([("remark", Value::from_bytes([1, 2]))]));
    let sudo = dynamic::tx("Sudo", "sudo", Composite::named([("call", inner.into_value())]));
    let DispatchError::Module(error) = why(&send(chain, &sudo, &bob, params().build()).await?).await? else {
        return Err("not an error of a pallet".into());
    };
    assert_eq!(error.details_string(), "Sudo::RequireSudo");

    let call = transfer(&dev::alice(), TOKEN);
    for (who, nonce, invalid) in [
        (&poor, 0, TransactionInvalid::Payment),
        (&bob, 0, TransactionInvalid::Stale),
    ] {
        let signed = chain.tx().await?.create_signed(&call, who, params().nonce(nonce).build()).await?;
        assert_eq!(signed.validate().await?, ValidationResult::Invalid(invalid));
    }
    let at = chain.at_current_block().await?;
    let unknown = dynamic::tx("Balances", "give_me_all", Composite::<()>::named::<String, _>([]));
    assert!(at.tx().create_signed(&unknown, &bob, params().build()).await.is_err());
    Ok(())
}

/// The legacy JSON-RPC answers what it does not take with words.
pub async fn is_told_why(chain: &Chain) -> Outcome<()> {
    let call = transfer(&dev::alice(), TOKEN);
    let stale = params().nonce(0).build();
    let signed = chain.tx().await?.create_signed(&call, &dev::bob(), stale).await?;
    let error = signed.submit().await.err().ok_or("an old nonce was taken")?.to_string();
    assert!(error.contains("Invalid Transaction"), "{error}");
    let garbage = chain.tx().await?.from_bytes(vec![4, 1]);
    let error = garbage.submit().await.err().ok_or("two bytes were taken for a transaction")?.to_string();
    assert!(!error.is_empty());
    Ok(())
}
