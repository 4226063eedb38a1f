//! The rival `zuc`: the crate of that name on crates.io (table look-ups, no batch).
#![allow(
    clippy::unnecessary_wraps,
    reason = "what the table asks for: other rivals may be unable to run"
)]

use crate::{
    input::{BEARER, COUNT, DIRECTION, IV_V1, MESSAGES, batch, frame, key, key256, message},
    operation::{Rival, Task},
    table::{NO_SIZE, SIZES},
};
use std::hint::black_box;
use zuc::{eea3::eea3_xor_inplace, eia3::Eia3Mac, zuc128::Zuc128Keystream, zuc256::Zuc256Mac};

const fn rival(
    of: &'static str,
    sizes: &'static [usize],
    start: fn(usize) -> Option<Task>,
) -> Rival {
    Rival { name: "zuc", of, sizes, start }
}

/// The batches: one message after another.
pub(crate) const RIVALS: &[Rival] = &[
    rival("zuc/init", NO_SIZE, init),
    rival("zuc/init-batch", NO_SIZE, |_| eea3_batch(4)),
    rival("zuc/keystream", SIZES, keystream),
    rival("zuc/eea3", SIZES, eea3),
    rival("zuc/eea3-batch", SIZES, eea3_batch),
    rival("zuc/eia3", SIZES, eia3),
    rival("zuc/eia3-batch", SIZES, eia3_batch),
    // The form of 2018, a tag of 128 bits.
    rival("zuc/zuc256-mac", SIZES, zuc256_mac),
];

fn init(_: usize) -> Option<Task> {
    let (key, iv) = (key(0), frame(0).eea3_iv());
    let call = move |out: &mut [u8]| {
        let z = Zuc128Keystream::new(black_box(&key), black_box(&iv)).generate();
        out.copy_from_slice(&z.to_be_bytes());
    };
    Some(Task::new(vec![0; 4], call))
}

fn keystream(bytes: usize) -> Option<Task> {
    let mut zuc = Zuc128Keystream::new(&key(0), &frame(0).eea3_iv());
    let call = move |out: &mut [u8]| {
        for bytes in out.as_chunks_mut().0 {
            *bytes = zuc.generate().to_be_bytes();
        }
    };
    Some(Task::new(vec![0; bytes], call))
}

fn eea3(bytes: usize) -> Option<Task> {
    let key = key(0);
    let call = move |data: &mut [u8]| {
        eea3_xor_inplace(
            black_box(COUNT),
            BEARER,
            DIRECTION,
            black_box(&key),
            data,
            data.len() * 8,
        );
    };
    Some(Task::new(message(bytes), call))
}

fn eia3(bytes: usize) -> Option<Task> {
    let (key, message) = (key(0), message(bytes));
    let call = move |tag: &mut [u8]| {
        let (message, bits) = (black_box(&message), message.len() * 8);
        let mac = Eia3Mac::compute(black_box(COUNT), BEARER, DIRECTION, &key, message, bits);
        tag.copy_from_slice(&mac.to_be_bytes());
    };
    Some(Task::new(vec![0; 4], call))
}

fn eea3_batch(bytes: usize) -> Option<Task> {
    let jobs = batch();
    let call = move |data: &mut [u8]| {
        for (data, (key, frame)) in data.chunks_exact_mut(bytes).zip(black_box(&jobs)) {
            eea3_xor_inplace(frame.count, BEARER, DIRECTION, key, data, bytes * 8);
        }
    };
    Some(Task::new(message(MESSAGES * bytes), call))
}

fn eia3_batch(bytes: usize) -> Option<Task> {
    let (jobs, messages) = (batch(), message(MESSAGES * bytes));
    let call = move |tags: &mut [u8]| {
        let messages = black_box(&messages).chunks_exact(bytes);
        for ((tag, message), (key, frame)) in tags.chunks_exact_mut(4).zip(messages).zip(&jobs) {
            let mac = Eia3Mac::compute(frame.count, BEARER, DIRECTION, key, message, bytes * 8);
            tag.copy_from_slice(&mac.to_be_bytes());
        }
    };
    Some(Task::new(vec![0; MESSAGES * 4], call))
}

fn zuc256_mac(bytes: usize) -> Option<Task> {
    let (key, message) = (key256(0), message(bytes));
    let call = move |tag: &mut [u8]| {
        let (key, message) = (black_box(&key), black_box(&message));
        let mac: u128 = Zuc256Mac::compute(key, black_box(&IV_V1), message, message.len() * 8);
        tag.copy_from_slice(&mac.to_be_bytes());
    };
    Some(Task::new(vec![0; 16], call))
}
