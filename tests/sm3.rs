//! SM3: known answers, refusals, and the laws, on every backend that can run here.

mod common;

use common::{
    each_case,
    sm3::{FILES, MANY_FILES},
    vectors,
};
use proptest::prelude::*;
use shangmi::{
    digest::{
        Digest, FixedOutputReset, HashMarker, Output, Reset,
        block_api::{AlgorithmName, EagerHash},
        common::hazmat::{SerializableState, SerializedState},
        zeroize::ZeroizeOnDrop,
    },
    sm3::{__backends::Backend, LengthError, Sm3, Sm3Core},
};

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    (0_u32..).flat_map(|i| <[u8; 32]>::from(Sm3::digest(i.to_be_bytes()))).take(n).collect()
}

fn oracle(message: &[u8]) -> [u8; 32] {
    sm3_oracle::Sm3::digest(message).into()
}

/// SM3 of the first `bits` bits, by the standard's padding of a bit string.
fn by_bits(bits: usize, message: &[u8]) -> [u8; 32] {
    let mut string: Vec<bool> =
        (0..bits).map(|i| message[i / 8] >> (7 - i % 8) & 1 == 1).chain([true]).collect();
    string.resize((bits + 65).next_multiple_of(512), false);
    let start = string.len() - 64;
    for (i, bit) in string[start..].iter_mut().enumerate() {
        *bit = bits as u64 >> (63 - i) & 1 == 1;
    }
    let byte = |bits: &[bool]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
    let padded: Vec<u8> = string.chunks(8).map(byte).collect();
    // GB/T 32905-2016, 4.1.
    let mut v = [
        0x7380_166f,
        0x4914_b2b9,
        0x1724_42d7,
        0xda8a_0600,
        0xa96f_30bc,
        0x1631_38aa,
        0xe38d_ee4d,
        0xb0fb_0e4e,
    ];
    portable().compress(&mut v, padded.as_chunks().0);
    v.map(u32::to_be_bytes).as_flattened().try_into().expect("8 words are 32 bytes")
}

fn portable() -> Backend {
    Backend::all().last().expect("the portable backend is always there")
}

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
    for entry in std::fs::read_dir(vectors().join("sm3")).unwrap() {
        let name = format!("sm3/{}", entry.unwrap().file_name().into_string().unwrap());
        let mut files = FILES.map(|(file, _)| file).into_iter().chain(MANY_FILES.map(|(f, _)| f));
        assert!(files.any(|file| file == name), "nothing checks {name}");
    }
}

/// Not in the standard; OpenSSL, GmSSL and libgcrypt agree on it.
#[test]
fn a_million_times_a() {
    let million = vec![b'a'; 1_000_000];
    let hash = oracle(&million);
    assert_eq!(hash[..4], 0xc8aa_f894_u32.to_be_bytes());
    for backend in Backend::all() {
        let whole = backend.sm3().chain_update(&million).finalize();
        assert_eq!(whole, hash, "{}", backend.name());
        let mut pieces = backend.sm3();
        million.chunks(997).for_each(|piece| pieces.update(piece));
        assert_eq!(pieces.finalize(), hash, "{}", backend.name());
    }
}

#[test]
fn every_backend_agrees_with_the_sm3_crate_at_every_length() {
    let message = bytes(1100);
    for backend in Backend::all() {
        for n in (0..=257).chain([511, 512, 513, 575, 576, 577, 1024, 1100]) {
            let ours = backend.sm3().chain_update(&message[..n]).finalize();
            assert_eq!(ours, oracle(&message[..n]), "{} at {n} bytes", backend.name());
            // Not aligned, too.
            let ours = backend.sm3().chain_update(&message[1100 - n..]).finalize();
            assert_eq!(ours, oracle(&message[1100 - n..]), "{} at {n} bytes", backend.name());
            assert_eq!(
                ours,
                backend.digest(&message[1100 - n..]),
                "{} at {n} bytes",
                backend.name()
            );
        }
    }
}

#[test]
fn every_backend_compresses_from_any_chaining_value() {
    let message = bytes(64 * 9);
    let (blocks, _) = message.as_chunks();
    for backend in Backend::all() {
        for n in 0..=blocks.len() {
            let start = core::array::from_fn(|i| {
                u32::try_from(9 * n + i).unwrap().wrapping_mul(0x9e37_79b9)
            });
            let (mut v, mut want) = (start, start);
            backend.compress(&mut v, &blocks[..n]);
            portable().compress(&mut want, &blocks[..n]);
            assert_eq!(v, want, "{} at {n} blocks", backend.name());
        }
    }
}

#[test]
fn a_message_may_end_at_any_bit() {
    let message = bytes(70);
    for backend in Backend::all() {
        for bits in (0..=70).chain(437..=458).chain(500..=560) {
            let want = by_bits(bits, &message);
            for head in [0, bits / 16, bits / 8] {
                let sm3 = backend.sm3().chain_update(&message[..head]);
                let hash = sm3.finalize_bits(bits - 8 * head, &message[head..]).unwrap();
                assert_eq!(hash, want, "{bits} bits, {}", backend.name());
            }
        }
    }
    assert_eq!(Sm3::new().finalize_bits(8 * 70, &message).unwrap(), Sm3::digest(&message));
    // Bits beyond the end make no difference; bits before it do.
    let of = |last: u8| Sm3::new().finalize_bits(3, &[last]).unwrap();
    assert_eq!(of(0b1010_0000), of(0b1011_1111));
    assert_ne!(of(0b1010_0000), of(0b1000_0000));
}

#[test]
fn a_tail_shorter_than_its_length_is_refused() {
    for (bits, tail) in [(1, &[][..]), (9, &[0]), (16, &[0]), (usize::MAX, &[0; 9])] {
        assert_eq!(Sm3::new().finalize_bits(bits, tail), Err(LengthError::TailTooShort));
    }
}

/// The state after `blocks` blocks, with a made-up chaining value.
fn state_after(blocks: u64, position: u8, byte: u8) -> SerializedState<Sm3> {
    let mut state = Sm3::new().serialize();
    state[..32].copy_from_slice(&bytes(32));
    state[32..40].copy_from_slice(&blocks.to_le_bytes());
    state[40] = position;
    state[41..][..usize::from(position.min(63))].fill(byte);
    state
}

#[test]
fn a_message_beyond_the_limit_is_refused() {
    // 2^55 blocks have 2^64 bits.
    let last = (1 << 55) - 1;
    let sm3 = || Sm3::deserialize(&state_after(last, 63, 1)).unwrap();
    assert!(sm3().finalize_bits(7, &[0xff]).is_ok());
    assert_eq!(sm3().finalize_bits(8, &[0xff]), Err(LengthError::TooLong));
    assert_eq!(sm3().finalize_bits(9, &[0xff, 0]), Err(LengthError::TooLong));
    // No panic where there is no error to return, and no import of what is beyond.
    let beyond = sm3().chain_update([0; 200]);
    assert!(Sm3::deserialize(&beyond.serialize()).is_err());
    let _ = beyond.finalize();
}

#[test]
fn a_state_goes_out_and_in_at_every_position() {
    let message = bytes(300);
    let want = oracle(&message);
    for backend in Backend::all() {
        for cut in 0..=300 {
            let state = backend.sm3().chain_update(&message[..cut]).serialize();
            let sm3 = Sm3::deserialize(&state).unwrap();
            assert_eq!(sm3.serialize(), state);
            assert_eq!(sm3.chain_update(&message[cut..]).finalize(), want, "cut at {cut}");
            // The `sm3` crate has the same form.
            let theirs = sm3_oracle::Sm3::deserialize(&state).unwrap();
            assert_eq!(theirs.serialize(), state);
        }
    }
}

#[test]
fn a_damaged_state_is_refused() {
    let refused = |state: SerializedState<Sm3>| Sm3::deserialize(&state).is_err();
    assert!(!refused(state_after(1, 63, 7)));
    // A position that is none.
    for position in 64..=255 {
        assert!(refused(state_after(1, position, 0)), "{position}");
    }
    // Bytes after the position.
    let mut state = state_after(1, 10, 7);
    state[41 + 10] = 1;
    assert!(refused(state));
    // More blocks than a message can have.
    assert!(!refused(state_after((1 << 55) - 1, 0, 0)));
    assert!(refused(state_after(1 << 55, 0, 0)));
    assert!(refused(state_after(u64::MAX, 0, 0)));
    // No block, and yet another V than IV.
    assert!(refused(state_after(0, 0, 0)));
    assert!(!refused(Sm3::new().serialize()));
}

#[test]
fn reset_begins_a_new_message() {
    for backend in Backend::all() {
        let mut sm3 = backend.sm3().chain_update(bytes(100));
        Reset::reset(&mut sm3);
        sm3.update(b"abc");
        let mut out = Output::<Sm3>::default();
        FixedOutputReset::finalize_into_reset(&mut sm3, &mut out);
        assert_eq!(out, oracle(b"abc"));
        assert_eq!(sm3.finalize(), oracle(b""));
    }
}

#[test]
fn debug_hides_the_state() {
    let sm3 = Sm3::new_with_prefix(b"secret");
    assert_eq!(format!("{sm3:?}"), "Sm3 { ... }");
    assert_eq!(format!("{:?}", Sm3Core::default()), "Sm3Core { .. }");
}

#[test]
fn the_traits_of_a_hash_are_there() {
    struct Name;
    impl std::fmt::Display for Name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Sm3::write_alg_name(f)
        }
    }
    fn hash<H: HashMarker + EagerHash + SerializableState + ZeroizeOnDrop>() {}
    hash::<Sm3>();
    assert_eq!(Name.to_string(), "SM3");
}

#[test]
#[cfg(feature = "oid")]
fn the_object_identifier_is_that_of_gm_t_0006() {
    use shangmi::digest::const_oid::AssociatedOid;
    assert_eq!(Sm3::OID.to_string(), "1.2.156.10197.1.401");
}

proptest! {
    #[test]
    fn pieces_make_the_whole(
        message in prop::collection::vec(any::<u8>(), 0..2000),
        pieces in prop::collection::vec(1_usize..300, 0..20),
    ) {
        let want = oracle(&message);
        for backend in Backend::all() {
            let (mut sm3, mut rest) = (backend.sm3(), &message[..]);
            for n in &pieces {
                let (piece, after) = rest.split_at(rest.len().min(*n));
                sm3.update(piece);
                rest = after;
            }
            prop_assert_eq!(sm3.chain_update(rest).finalize(), want);
        }
    }

    #[test]
    fn any_bytes_are_a_state_or_refused(bytes in prop::array::uniform32(any::<u8>()), n: u64, pos in 0..70_u8) {
        let mut state = state_after(n, pos, 5);
        state[..32].copy_from_slice(&bytes);
        if let Ok(sm3) = Sm3::deserialize(&state) {
            prop_assert_eq!(sm3.serialize(), state);
        }
    }
}
