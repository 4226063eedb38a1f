//! Work that is done by the same traits of `cipher`, `aead` and `digest`, for ours and for rivals.

use crate::{
    input::{IV, NONCE, message},
    operation::Task,
};
use shangmi::{
    aead::{AeadInOut, consts::U12},
    cipher::{
        Array, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, StreamCipher,
        consts::U16,
    },
    digest::{Digest, Mac},
};
use std::hint::black_box;

type Block = Array<u8, U16>;

fn blocks(data: &mut [u8]) -> &mut [Block] {
    Array::slice_as_chunks_mut(data).0
}

pub(crate) fn ecb(
    cipher: impl BlockCipherEncrypt<BlockSize = U16> + 'static,
    bytes: usize,
) -> Task {
    Task::new(message(bytes), move |data| black_box(&cipher).encrypt_blocks(blocks(data)))
}

pub(crate) fn ctr<M>(cipher: M::Inner, bytes: usize) -> Task
where
    M: StreamCipher + InnerIvInit<IvSize = U16>,
    M::Inner: Clone + 'static,
{
    Task::new(message(bytes), move |data| {
        M::inner_iv_init(black_box(&cipher).clone(), &black_box(IV).into()).apply_keystream(data);
    })
}

pub(crate) fn cbc_enc<M>(cipher: M::Inner, bytes: usize) -> Task
where
    M: BlockModeEncrypt<BlockSize = U16> + InnerIvInit<IvSize = U16>,
    M::Inner: Clone + 'static,
{
    Task::new(message(bytes), move |data| {
        M::inner_iv_init(black_box(&cipher).clone(), &black_box(IV).into())
            .encrypt_blocks(blocks(data));
    })
}

pub(crate) fn cbc_dec<M>(cipher: M::Inner, bytes: usize) -> Task
where
    M: BlockModeDecrypt<BlockSize = U16> + InnerIvInit<IvSize = U16>,
    M::Inner: Clone + 'static,
{
    Task::new(message(bytes), move |data| {
        M::inner_iv_init(black_box(&cipher).clone(), &black_box(IV).into())
            .decrypt_blocks(blocks(data));
    })
}

/// Encryption without AAD; the tag goes behind the message.
pub(crate) fn aead(
    aead: impl AeadInOut<NonceSize = U12, TagSize = U16> + 'static,
    bytes: usize,
) -> Task {
    let mut buffer = message(bytes);
    buffer.resize(bytes + 16, 0);
    Task::new(buffer, move |data| {
        let (data, tag) = data.split_at_mut(bytes);
        let made =
            black_box(&aead).encrypt_inout_detached(&black_box(NONCE).into(), &[], data.into());
        if let Ok(made) = made {
            tag.copy_from_slice(&made);
        }
    })
}

/// The tag of one message, by a MAC that has its key.
pub(crate) fn mac<M: Mac + Clone + 'static>(keyed: M, bytes: usize) -> Task {
    let message = message(bytes);
    Task::new(vec![0; M::output_size()], move |tag| {
        let mac = black_box(&keyed).clone().chain_update(black_box(&message));
        tag.copy_from_slice(&mac.finalize().into_bytes());
    })
}

pub(crate) fn hash<D: Digest>(start: impl Fn() -> D + 'static, bytes: usize) -> Task {
    let message = message(bytes);
    Task::new(vec![0; 32], move |digest| {
        digest.copy_from_slice(&start().chain_update(black_box(&message)).finalize());
    })
}
