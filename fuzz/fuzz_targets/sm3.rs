//! Every backend of SM3 gives the hash values of the portable one, at any length and in any pieces, and any
//! bytes are a state or refused.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    digest::{
        Digest,
        common::hazmat::{SerializableState, SerializedState},
    },
    sm3::{__backends::Backend, Sm3},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// The lengths of the pieces.
    pieces: Vec<u16>,
    /// Where in its last byte the message ends.
    spare: u8,
    /// Bytes of unknown origin, and whether they pass for a count that a message can have.
    state: [u8; 104],
    likely: bool,
    /// The message has so many times these bytes.
    times: u8,
    data: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let message = input.data.repeat(1 + usize::from(input.times % 8));
    let bits = 8 * message.len() - usize::from(input.spare % 8).min(8 * message.len());
    let portable = Backend::all().last().expect("the portable backend is always there");
    let want = portable.sm3().chain_update(&message).finalize();
    let want_bits = portable.sm3().finalize_bits(bits, &message);
    for backend in Backend::all() {
        let (mut sm3, mut rest) = (backend.sm3(), &message[..]);
        for n in &input.pieces {
            let (piece, after) = rest.split_at(rest.len().min(usize::from(*n)));
            sm3.update(piece);
            rest = after;
            let state = sm3.serialize();
            sm3 = Sm3::deserialize(&state).expect("a state just made is one");
            assert_eq!(sm3.serialize(), state);
        }
        let bits = bits.saturating_sub(8 * (message.len() - rest.len()));
        if bits + 8 > 8 * rest.len() {
            assert_eq!(sm3.clone().finalize_bits(bits, rest), want_bits, "{}", backend.name());
        }
        sm3.update(rest);
        assert_eq!(sm3.finalize(), want, "{}", backend.name());
    }
    import(&input);
});

fn import(input: &Input<'_>) {
    let mut state = SerializedState::<Sm3>::from(input.state);
    if input.likely {
        state[38..40].fill(0);
        state[40] %= 64;
        let used = 41 + usize::from(state[40]);
        state[used..].fill(0);
    }
    if let Ok(sm3) = Sm3::deserialize(&state) {
        assert_eq!(sm3.serialize(), state);
        let _ = sm3.chain_update(input.data).finalize();
    }
}
