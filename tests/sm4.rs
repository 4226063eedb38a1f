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

#[test]
fn every_vector_file_is_checked() {
    for entry in std::fs::read_dir(vectors().join("sm4")).unwrap() {
        let name = format!("sm4/{}", entry.unwrap().file_name().into_string().unwrap());
        let checked = FILES.iter().any(|(file, _)| *file == name) || name == "sm4/ff1.txt";
        assert!(checked, "nothing checks {name}");
    }
}

#[cfg(feature = "ff1")]
#[test]
fn ff1_agrees_with_an_independent_program() {
    let passed = each_case(&vectors(), "sm4/ff1.txt", common::sm4::ff1);
    passed.unwrap_or_else(|e| panic!("{e}"));
}
