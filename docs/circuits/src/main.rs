//! Finds the circuits of the ZUC S-boxes S0 and S1 and prints them as Rust.
//!
//! `cargo run --release`, about a minute; the result is the same on every run. The derivation is in
//! `zuc-sboxes.md`.

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
    assert!((0..=255).all(|x| circuit.eval(x) == reference(x)), "{name} is wrong");
    eprintln!("{name}: {}", circuit.summary());
    println!("{}", circuit.to_rust(name));
}

fn main() {
    let mut rng = Rng(3);
    show("s0", &s0::search(&mut rng), s0::reference);
    for sbox in [s1::S1, sm4::sbox()] {
        show(sbox.name, &tower::search(&sbox, &mut rng), |x| sbox.at(x));
    }
}
