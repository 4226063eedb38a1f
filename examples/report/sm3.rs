//! What the report says of SM3.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation, distinct},
    common::{
        Case,
        sm3::{self, FILES, MANY_FILES},
    },
};
use shangmi::{
    digest::Digest,
    sm3::__backends::{self, LanesBackend},
};
use std::{array, hint::black_box};

/// The messages that are hashed at once.
const MESSAGES: u32 = 64;

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file);
    let files = distinct(files.chain(MANY_FILES.iter().map(|(file, _)| *file)));
    let chosen = __backends::Backend::all().next();
    let many = LanesBackend::all().zip(chosen.into_iter().cycle());
    Algorithm {
        name: "sm3",
        files,
        backends: __backends::Backend::all().map(backend).collect(),
        lanes: many.map(|(many, one)| many_backend(many, one)).collect(),
    }
}

fn backend(backend: __backends::Backend) -> Backend {
    let check = |check: sm3::Check| Box::new(move |case: &Case| check(case, backend)) as Check;
    let checks = FILES.into_iter().map(|(file, of_sm3)| (file, check(of_sm3)));
    let operations = vec![Operation::on_bytes("sm3/hash", move |bytes| {
        let message = vec![0x5a_u8; bytes];
        move || {
            black_box(backend.sm3().chain_update(black_box(&message)).finalize());
        }
    })];
    Backend { name: backend.name(), batch: false, checks: checks.collect(), operations }
}

/// `one` hashes the messages that are left over.
fn many_backend(many: LanesBackend, one: __backends::Backend) -> Backend {
    let checks = MANY_FILES.into_iter().map(|(file, check)| {
        let check: Check = Box::new(move |case: &Case| check(case, many, one));
        (file, check)
    });
    let operations = vec![Operation::on_batch("sm3/hash-batch", MESSAGES, move |bytes| {
        let messages = vec![0x5a_u8; MESSAGES as usize * bytes];
        let mut hashes = [[0; 32]; MESSAGES as usize];
        move || {
            let messages: [_; MESSAGES as usize] =
                array::from_fn(|i| &messages[i * bytes..][..bytes]);
            let _ = black_box(many.hash_many(one, black_box(&messages), &mut hashes));
            black_box(&hashes);
        }
    })];
    Backend { name: many.name(), batch: true, checks: checks.collect(), operations }
}
