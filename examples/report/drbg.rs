//! What the report says of the random bit generators.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{Case, drbg::FILES},
};
use shangmi::drbg::{HashDrbgSm3, Rules};
use std::hint::black_box;

/// They run on the chosen backend of SM3, and have none of their own.
pub(crate) fn algorithm() -> Algorithm {
    let checks = FILES.into_iter().map(|(file, check)| {
        let check: Check = Box::new(move |case: &Case| check(case));
        (file, check)
    });
    let operations = vec![Operation::on_bytes("drbg/hash-drbg", |bytes| {
        let mut drbg = HashDrbgSm3::new(Rules::Nist, &[1; 32], &[2; 16], b"").ok();
        let mut random = vec![0; bytes];
        move || {
            let _ = black_box(drbg.as_mut().map(|drbg| drbg.generate(&mut random, b"")));
            black_box(&random);
        }
    })];
    let checks = checks.collect();
    Algorithm {
        name: "drbg",
        files: FILES.iter().map(|(file, _)| *file).collect(),
        backends: vec![Backend { name: "of sm3", batch: false, checks, operations }],
        lanes: vec![],
    }
}
