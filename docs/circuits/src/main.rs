//! Finds the circuits of the S-boxes of ZUC (S0, S1) and SM4 and prints them as Rust.
//!
//! `cargo run --release`, about two minutes; the result is the same on every run. The derivations are in
//! `zuc-sboxes.md` and `sm4-sbox.md`.

mod beam;
mod circuit;
mod field;
mod linear;
mod rng;
mod s0;
mod s1;
mod sm4;
mod subfield;
mod tower;

use circuit::Circuit;
use rng::Rng;

fn show(name: &str, circuit: &Circuit, reference: impl Fn(u8) -> u8) {
    assert!(
        (0..=255).all(|x| circuit.eval(x) == reference(x)),
        "{name} is wrong"
    );
    eprintln!("{name}: {}", circuit.summary());
    println!("{}", circuit.to_rust(name));
}

fn main() {
    let mut rng = Rng(3);
    show("s0", &s0::search(&mut rng), s0::reference);
    for (sbox, mut rng) in [(s1::S1, rng), (sm4::sbox(), Rng(1))] {
        show(sbox.name, &tower::search(&sbox, &mut rng), |x| sbox.at(x));
    }
}
