//! Ours: SM4 and its modes.

use crate::{
    input::{IV, key, message},
    operation::{Backends, Task},
    traits,
};
use shangmi::{
    aead::consts::{U12, U16},
    digest::InnerInit,
    sm4::{
        __backends::Backend,
        Sm4CbcDec, Sm4CbcEnc, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4XtsIeee,
        batch::{CbcJob, encrypt_cbc},
    },
};
use std::{array, hint::black_box};

pub(crate) fn backends() -> Vec<&'static str> {
    Backend::all().map(Backend::name).collect()
}

fn backend(backends: Backends) -> Option<Backend> {
    Backend::all().find(|backend| backend.name() == backends.one)
}

/// The key schedule of encryption.
pub(crate) fn expand(backends: Backends, _: usize) -> Option<Task> {
    let (backend, key) = (backend(backends)?, key(0));
    Some(Task::new(Vec::new(), move |_| {
        black_box(backend.sm4_enc(black_box(&key)));
    }))
}

pub(crate) fn ecb(backends: Backends, bytes: usize) -> Option<Task> {
    Some(traits::ecb(backend(backends)?.sm4_enc(&key(0)), bytes))
}

pub(crate) fn ctr(backends: Backends, bytes: usize) -> Option<Task> {
    Some(traits::ctr::<Sm4Ctr>(backend(backends)?.sm4_enc(&key(0)), bytes))
}

pub(crate) fn cbc_enc(backends: Backends, bytes: usize) -> Option<Task> {
    Some(traits::cbc_enc::<Sm4CbcEnc>(backend(backends)?.sm4_enc(&key(0)), bytes))
}

pub(crate) fn cbc_dec(backends: Backends, bytes: usize) -> Option<Task> {
    Some(traits::cbc_dec::<Sm4CbcDec>(backend(backends)?.sm4_dec(&key(0)), bytes))
}

/// `N` messages, each with its own key, expanded before.
pub(crate) fn cbc_enc_batch<const N: usize>(backends: Backends, bytes: usize) -> Option<Task> {
    let backend = backend(backends)?;
    let ciphers: Vec<_> = (0..).take(N).map(|i| backend.sm4_enc(&key(i))).collect();
    let call = move |data: &mut [u8]| {
        let (ciphers, mut data) = (black_box(&ciphers), data.chunks_exact_mut(bytes));
        let mut jobs: [_; N] = array::from_fn(|i| {
            CbcJob::new(&ciphers[i], black_box(&IV), data.next().unwrap_or_default())
        });
        let _ = black_box(encrypt_cbc(&mut jobs));
    };
    Some(Task::new(message(N * bytes), call))
}

/// As IEEE 1619 has it.
pub(crate) fn xts(backends: Backends, bytes: usize) -> Option<Task> {
    let backend = backend(backends)?;
    let xts = Sm4XtsIeee::from_ciphers(backend.sm4(&key(0)), backend.sm4_enc(&key(1)));
    Some(Task::new(message(bytes), move |data| {
        let _ = black_box(black_box(&xts).encrypt(black_box(&IV), data));
    }))
}

pub(crate) fn gcm(backends: Backends, bytes: usize) -> Option<Task> {
    Some(traits::aead(backend(backends)?.gcm::<U12, U16>(&key(0)), bytes))
}

pub(crate) fn ccm(backends: Backends, bytes: usize) -> Option<Task> {
    let cipher = backend(backends)?.sm4_enc(&key(0));
    Some(traits::aead(Sm4Ccm::<U16, U12>::inner_init(cipher), bytes))
}

pub(crate) fn cmac(backends: Backends, bytes: usize) -> Option<Task> {
    let cipher = backend(backends)?.sm4_enc(&key(0));
    Some(traits::mac(Sm4Cmac::from_cipher(cipher), bytes))
}
