//! What the report says of ZUC.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{Case, zuc, zuc::FILES},
};
use shangmi::{cipher::StreamCipher, zuc::__backends};
use std::hint::black_box;

/// The file whose values are inside the set-up, where only the portable backend can be stopped.
const INSIDE: &str = "zuc/zuc128_initialisation.txt";

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file);
    let backends = __backends::Backend::all().map(backend);
    Algorithm { name: "zuc", files: files.collect(), backends: backends.collect() }
}

fn backend(backend: __backends::Backend) -> Backend {
    let name = backend.name();
    let files = FILES.into_iter().filter(|(file, _)| *file != INSIDE || name == "portable");
    let check = |check: zuc::Check| Box::new(move |case: &Case| check(case, backend)) as Check;
    let checks = files.map(|(file, of_zuc)| (file, check(of_zuc)));
    Backend { name, checks: checks.collect(), operations: operations(backend) }
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
                let _ = black_box(eia3.finalize_bits(black_box(&message), 8 * bytes));
            }
        }),
        Operation::single("zuc/init", move || {
            let mut z = [0];
            backend.zuc128(black_box(&KEY), black_box(&IV)).write_keystream_words(&mut z);
            black_box(z);
        }),
    ]
}
