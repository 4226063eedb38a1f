//! Ours: ZUC, one message at a time.

use crate::{
    input::{IV_V1, frame, key, key256, message},
    operation::{Backends, Task},
};
use shangmi::{
    aead::{AeadInOut, consts::U16},
    cipher::StreamCipher,
    digest::Mac,
    zuc::__backends::Backend,
};
use std::hint::black_box;

pub(crate) fn backends() -> Vec<&'static str> {
    Backend::all().map(Backend::name).collect()
}

pub(crate) fn backend(backends: Backends) -> Option<Backend> {
    Backend::all().find(|backend| backend.name() == backends.one)
}

pub(crate) fn init(backends: Backends, _: usize) -> Option<Task> {
    let backend = backend(backends)?;
    let (key, iv) = (key(0), frame(0).eea3_iv());
    let call = move |out: &mut [u8]| {
        let mut z = [0];
        backend.zuc128(black_box(&key), black_box(&iv)).write_keystream_words(&mut z);
        out.copy_from_slice(&z[0].to_be_bytes());
    };
    Some(Task::new(vec![0; 4], call))
}

pub(crate) fn keystream(backends: Backends, bytes: usize) -> Option<Task> {
    let mut zuc = backend(backends)?.zuc128(&key(0), &frame(0).eea3_iv());
    Some(Task::new(vec![0; bytes], move |out| {
        zuc.write_keystream(out);
    }))
}

pub(crate) fn eea3(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, key, frame) = (backend(backends)?, key(0), frame(0));
    let call = move |data: &mut [u8]| {
        backend.eea3(black_box(&key), &black_box(frame).eea3_iv()).apply_keystream(data);
    };
    Some(Task::new(message(bytes), call))
}

pub(crate) fn eia3(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, key, frame) = (backend(backends)?, key(0), frame(0));
    mac(bytes, move || backend.eia3(black_box(&key), &black_box(frame).eia3_iv()))
}

pub(crate) fn nea6(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, key, frame) = (backend(backends)?, key256(0), frame(0));
    let call = move |data: &mut [u8]| {
        backend.nea6(black_box(&key), &black_box(frame).nea6_iv()).apply_keystream(data);
    };
    Some(Task::new(message(bytes), call))
}

pub(crate) fn nia6(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, key, frame) = (backend(backends)?, key256(0), frame(0));
    mac(bytes, move || backend.nia6::<U16>(black_box(&key), &black_box(frame).nea6_iv()))
}

/// Encryption with a tag of 16 bytes, no AAD.
pub(crate) fn nca6(backends: Backends, bytes: usize) -> Option<Task> {
    let (nca6, frame) = (backend(backends)?.nca6::<U16>(&key256(0)), frame(0));
    let call = move |data: &mut [u8]| {
        let nonce = black_box(frame).nea6_iv().into();
        let tag = black_box(&nca6).encrypt_inout_detached(&nonce, &[], data.into());
        let _ = black_box(tag);
    };
    Some(Task::new(message(bytes), call))
}

/// The form of 2018, a tag of 128 bits.
pub(crate) fn zuc256_mac(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, key) = (backend(backends)?, key256(0));
    mac(bytes, move || backend.zuc256_v1_mac::<U16>(black_box(&key), black_box(&IV_V1)))
}

/// The tag of one message, by the MAC that `start` makes.
#[allow(clippy::unnecessary_wraps, reason = "what the callers return")]
fn mac<M: Mac>(bytes: usize, start: impl Fn() -> M + 'static) -> Option<Task> {
    let message = message(bytes);
    let call = move |tag: &mut [u8]| {
        let mac = start().chain_update(black_box(&message));
        tag.copy_from_slice(&mac.finalize().into_bytes());
    };
    Some(Task::new(vec![0; M::output_size()], call))
}
