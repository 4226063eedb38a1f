//! What the report says of ZUC.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{
        Case,
        zuc::{self, FILES, LANES_FILES},
    },
};
use shangmi::{
    aead::{AeadInOut, consts::U16},
    cipher::StreamCipher,
    digest::Mac,
    zuc::{
        __backends::{self, LanesBackend},
        Frame,
        batch::{CipherJob, MacJob},
    },
};
use std::{array, hint::black_box};

/// The file whose values are inside the set-up, where only the portable backend can be stopped.
const INSIDE: &str = "zuc/zuc128_initialisation.txt";

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";
const KEY256: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
const IV_NEA6: [u8; 15] = *b"edcba9876543210";
const IV_V1: [u8; 23] = *b"fedcba98765432100123456";

/// The messages of a batch.
const MESSAGES: u32 = 64;

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file);
    let chosen = __backends::Backend::all().next();
    let lanes = LanesBackend::all().zip(chosen.into_iter().cycle());
    Algorithm {
        name: "zuc",
        files: files.collect(),
        backends: __backends::Backend::all().map(backend).collect(),
        lanes: lanes.map(|(lanes, one)| lanes_backend(lanes, one)).collect(),
    }
}

fn backend(backend: __backends::Backend) -> Backend {
    let name = backend.name();
    let files = FILES.into_iter().filter(|(file, _)| *file != INSIDE || name == "portable");
    let check = |check: zuc::Check| Box::new(move |case: &Case| check(case, backend)) as Check;
    let checks = files.map(|(file, of_zuc)| (file, check(of_zuc)));
    let operations = operations(backend).into_iter().chain(operations256(backend));
    Backend { name, batch: false, checks: checks.collect(), operations: operations.collect() }
}

/// `one` does in the batches that are measured what is not done for many streams at once.
fn lanes_backend(lanes: LanesBackend, one: __backends::Backend) -> Backend {
    let checks = LANES_FILES.into_iter().map(|(file, check)| {
        let check: Check = Box::new(move |case: &Case| check(case, lanes));
        (file, check)
    });
    let operations = vec![
        Operation::on_batch("zuc/eea3-batch", MESSAGES, move |bytes| {
            let mut messages = vec![0; MESSAGES as usize * bytes];
            move || {
                let mut messages = messages.chunks_exact_mut(bytes);
                let mut jobs: [_; MESSAGES as usize] = array::from_fn(|_| {
                    let message = messages.next().unwrap_or_default();
                    CipherJob::eea3(black_box(&KEY), Frame::default(), 8 * bytes, message)
                });
                let _ = black_box(lanes.encrypt(one, &mut jobs));
            }
        }),
        Operation::on_batch("zuc/eia3-batch", MESSAGES, move |bytes| {
            let messages = vec![0x5a; MESSAGES as usize * bytes];
            move || {
                let mut jobs: [_; MESSAGES as usize] = array::from_fn(|i| {
                    let message = &messages[i * bytes..][..bytes];
                    MacJob::eia3(black_box(&KEY), Frame::default(), 8 * bytes, message)
                });
                let _ = black_box(lanes.authenticate(one, &mut jobs));
                black_box(&jobs);
            }
        }),
    ];
    Backend { name: lanes.name(), batch: true, checks: checks.collect(), operations }
}

fn operations(backend: __backends::Backend) -> Vec<Operation> {
    vec![
        Operation::on_bytes("zuc/keystream", move |bytes| {
            let (mut zuc, mut z) = (backend.zuc128(&KEY, &IV), vec![0; bytes]);
            move || zuc.write_keystream(black_box(&mut z))
        }),
        Operation::on_bytes("zuc/eea3", move |bytes| {
            let mut data = vec![0; bytes];
            move || {
                let eea3 = backend.eea3(black_box(&KEY), black_box(&IV));
                let _ = black_box(eea3.apply_bits(8 * bytes, black_box(&mut data[..]).into()));
            }
        }),
        Operation::on_bytes("zuc/eia3", move |bytes| {
            let message = vec![0x5a; bytes];
            move || {
                let eia3 = backend.eia3(black_box(&KEY), black_box(&IV));
                let _ = black_box(eia3.finalize_bits(8 * bytes, black_box(&message)));
            }
        }),
        Operation::single("zuc/init", move || {
            move || {
                let mut z = [0];
                backend.zuc128(black_box(&KEY), black_box(&IV)).write_keystream_words(&mut z);
                black_box(z);
            }
        }),
    ]
}

fn operations256(backend: __backends::Backend) -> Vec<Operation> {
    vec![
        Operation::on_bytes("zuc/nea6", move |bytes| {
            let mut data = vec![0; bytes];
            move || {
                let mut nea6 = backend.nea6(black_box(&KEY256), black_box(&IV_NEA6));
                nea6.apply_keystream(black_box(&mut data));
            }
        }),
        Operation::on_bytes("zuc/nia6", move |bytes| {
            let message = vec![0x5a; bytes];
            move || {
                let nia6 = backend.nia6::<U16>(black_box(&KEY256), black_box(&IV_NEA6));
                black_box(nia6.chain_update(black_box(&message)).finalize());
            }
        }),
        Operation::on_bytes("zuc/nca6", move |bytes| {
            let mut data = vec![0; bytes];
            move || {
                let nca6 = backend.nca6::<U16>(black_box(&KEY256));
                let (nonce, data) = (black_box(IV_NEA6).into(), black_box(&mut data[..]).into());
                let _ = black_box(nca6.encrypt_inout_detached(&nonce, &[], data));
            }
        }),
        Operation::on_bytes("zuc/zuc256-mac", move |bytes| {
            let message = vec![0x5a; bytes];
            move || {
                let mac = backend.zuc256_v1_mac::<U16>(black_box(&KEY256), black_box(&IV_V1));
                black_box(mac.chain_update(black_box(&message)).finalize());
            }
        }),
    ]
}
