//! What the report says of SM3.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{
        Case,
        sm3::{self, FILES},
    },
};
use shangmi::{digest::Digest, sm3::__backends};
use std::hint::black_box;

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file);
    Algorithm {
        name: "sm3",
        files: files.collect(),
        backends: __backends::Backend::all().map(backend).collect(),
        lanes: vec![],
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
