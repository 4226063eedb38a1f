//! SM4: known answers, refusals, and the laws, on every backend that can run here.

mod common;

use common::{each_case, sm4::FILES, vectors};
use shangmi::sm4::__backends::Backend;

#[test]
fn the_published_vectors_pass_on_every_backend() {
    for backend in Backend::all() {
        for (file, check) in FILES {
            let passed = each_case(&vectors(), file, |case| check(case, backend));
            let passed = passed.unwrap_or_else(|e| panic!("{}: {e}", backend.name()));
            println!("{file}: {passed} on {}", backend.name());
        }
    }
}
