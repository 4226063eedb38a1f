//! Ours: SM3 and what is built on it.

use crate::{
    input::{ITERATIONS, MESSAGES, SHARED, key256, message},
    operation::{Backends, Task},
};
use shangmi::sm3::__backends::{Backend, LanesBackend};
use std::hint::black_box;

pub(crate) fn backends() -> Vec<&'static str> {
    Backend::all().map(Backend::name).collect()
}

pub(crate) fn lanes() -> Vec<&'static str> {
    LanesBackend::all().map(LanesBackend::name).collect()
}

fn backend(backends: Backends) -> Option<Backend> {
    Backend::all().find(|backend| backend.name() == backends.one)
}

fn both(backends: Backends) -> Option<(LanesBackend, Backend)> {
    let lanes = LanesBackend::all().find(|lanes| Some(lanes.name()) == backends.lanes);
    Some((lanes?, backend(backends)?))
}

/// By `Sm3::digest`, for a message that is there in one piece.
pub(crate) fn hash(backends: Backends, bytes: usize) -> Option<Task> {
    let (backend, message) = (backend(backends)?, message(bytes));
    Some(Task::new(vec![0; 32], move |digest| {
        digest.copy_from_slice(&backend.digest(black_box(&message)));
    }))
}

pub(crate) fn hash_many(backends: Backends, bytes: usize) -> Option<Task> {
    let ((lanes, one), data) = (both(backends)?, message(MESSAGES * bytes));
    Some(Task::new(vec![0; MESSAGES * 32], move |digests| {
        let mut messages = [&[] as &[u8]; MESSAGES];
        for (message, data) in messages.iter_mut().zip(black_box(&data).chunks_exact(bytes)) {
            *message = data;
        }
        let _ = black_box(lanes.hash_many(one, &messages, digests.as_chunks_mut().0));
    }))
}

pub(crate) fn hmac(backends: Backends, bytes: usize) -> Option<Task> {
    // One message at a time uses no lanes: any will do to call it.
    let (one, lanes) = (backend(backends)?, LanesBackend::all().next()?);
    let (key, message) = (lanes.hmac_key(one, &key256(0)), message(bytes));
    Some(Task::new(vec![0; 32], move |tag| {
        tag.copy_from_slice(&lanes.mac(one, black_box(&key), black_box(&message)));
    }))
}

/// `bytes` of output.
pub(crate) fn kdf(backends: Backends, bytes: usize) -> Option<Task> {
    let (lanes, one) = both(backends)?;
    Some(Task::new(vec![0; bytes], move |out| {
        let _ = black_box(lanes.kdf(one, black_box(&SHARED)).fill(out));
    }))
}

/// `bytes` of output.
pub(crate) fn pbkdf2(backends: Backends, bytes: usize) -> Option<Task> {
    let (lanes, one) = both(backends)?;
    Some(Task::new(vec![0; bytes], move |out| {
        let done = lanes.pbkdf2(one, black_box(b"password"), &SHARED[..16], ITERATIONS, out);
        let _ = black_box(done);
    }))
}
