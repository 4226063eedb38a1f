//! ZUC: known answers, refusals, and the laws, on every backend that can run here.

mod common;

use common::{
    each_case, vectors,
    zuc::{FILES, LANES_FILES},
};
use proptest::prelude::*;
use shangmi::{
    cipher::{InOutBuf, KeyIvInit, StreamCipher},
    digest::{Mac, MacError},
    zuc::{
        __backends::{Backend, LanesBackend},
        Bearer, Checkpoint, CheckpointError, Direction, Eea3, Eia3, Frame, FrameError, LengthError,
        Zuc128, eea3, eea3_b2b, eia3, eia3_verify,
    },
};

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";

fn frame() -> Frame {
    Frame::new(0x1234_5678, 17, 1).expect("in range")
}

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    Zuc128::new(&[7; 16].into(), &[9; 16].into()).write_keystream(&mut data);
    data
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
fn the_published_vectors_pass_in_batches_on_every_backend() {
    for lanes in LanesBackend::all() {
        for (file, check) in LANES_FILES {
            let passed = each_case(&vectors(), file, |case| check(case, lanes));
            let passed = passed.unwrap_or_else(|e| panic!("{}: {e}", lanes.name()));
            println!("{file}: {passed} in batches on {}", lanes.name());
        }
    }
}

#[test]
fn every_vector_file_is_checked() {
    for entry in std::fs::read_dir(vectors().join("zuc")).unwrap() {
        let name = format!("zuc/{}", entry.unwrap().file_name().into_string().unwrap());
        assert!(FILES.iter().any(|(file, _)| *file == name), "nothing checks {name}");
    }
}

#[test]
fn every_backend_agrees_with_the_zuc_crate_at_every_length() {
    for backend in Backend::all() {
        for n in 0..=300 {
            let mut z = vec![0; n];
            backend.zuc128(&KEY, &IV).write_keystream(&mut z);
            let mut other = vec![0; n];
            zuc::zuc128::zuc128_xor_inplace(&KEY, &IV, &mut other, n * 8);
            assert_eq!(z, other, "{} at {n} bytes", backend.name());
        }
    }
}

/// intel-ipsec-mb#144: with this key and IV an LFSR cell becomes 0, to be written as 2³¹ − 1.
#[test]
fn a_cell_that_becomes_0_is_written_as_p() {
    let key = core::array::from_fn(|i| u8::try_from(i).unwrap());
    let frame = Frame::new(3_478_155_851, 0, 0).unwrap();
    assert_eq!(frame.eea3_iv()[..8], 0xcf50_724b_0000_0000_u64.to_be_bytes());
    let mut other = vec![0; 2500];
    zuc::zuc128::zuc128_xor_inplace(&key, &frame.eea3_iv(), &mut other, 2500 * 8);
    for backend in Backend::all() {
        let mut z = vec![0; 2500];
        backend.zuc128(&key, &frame.eea3_iv()).write_keystream(&mut z);
        assert_eq!(z, other, "{}", backend.name());
    }
}

#[test]
fn lengths_in_bits_agree_with_the_zuc_crate() {
    let (f, message) = (frame(), bytes(9001));
    for bits in [0_usize, 1, 7, 8, 31, 32, 33, 63, 64, 65, 65_504, 71_999, 72_000] {
        let n = bits.div_ceil(8);
        let mut other = message[..n].to_vec();
        zuc::eea3::eea3_xor_inplace(f.count, 17, 1, &KEY, &mut other, bits);
        if bits % 8 != 0 {
            other[n - 1] &= !(0xff >> (bits % 8));
        }
        let mac = zuc::eia3::Eia3Mac::compute(f.count, 17, 1, &KEY, &message[..n], bits);
        for backend in Backend::all() {
            let mut data = message.clone();
            let done = backend.eea3(&KEY, &f.eea3_iv()).apply_bits(bits, (&mut data[..]).into());
            done.unwrap();
            assert_eq!(data[..n], other, "EEA3, {bits} bits, {}", backend.name());
            assert_eq!(data[n..], message[n..], "EEA3, {bits} bits, {}", backend.name());
            let ours = backend.eia3(&KEY, &f.eia3_iv()).finalize_bits(bits, &message).unwrap();
            assert_eq!(ours.into_bytes(), mac.to_be_bytes(), "EIA3, {bits} bits");
        }
        assert_eq!(eia3(&KEY, f, bits, &message), Ok(mac.to_be_bytes()));
        assert_eq!(eia3_verify(&KEY, f, bits, &message, &mac.to_be_bytes()), Ok(()));
        let mut data = vec![0xaa; 9001];
        assert_eq!(eea3_b2b(&KEY, f, bits, &message, &mut data), Ok(()));
        assert_eq!(data[..n], other);
        assert!(data[n..].iter().all(|b| *b == 0xaa));
        data.copy_from_slice(&message);
        assert_eq!(eea3(&KEY, f, bits, &mut data), Ok(()));
        assert_eq!(data[..n], other);
    }
}

#[test]
fn a_buffer_shorter_than_length_is_refused_and_left_alone() {
    let mut data = [5; 9];
    assert_eq!(eea3(&KEY, frame(), 73, &mut data), Err(LengthError::BufferTooShort));
    let short = Eea3::for_frame(&KEY, frame()).apply_bits(73, data.as_mut_slice().into());
    assert_eq!(short, Err(LengthError::BufferTooShort));
    assert_eq!(eea3_b2b(&KEY, frame(), 73, &[1; 10], &mut data), Err(LengthError::BufferTooShort));
    assert_eq!(data, [5; 9]);
    let mut out = [5; 10];
    assert_eq!(eea3_b2b(&KEY, frame(), 73, &[1; 9], &mut out), Err(LengthError::BufferTooShort));
    assert_eq!(out, [5; 10]);
    assert_eq!(eia3(&KEY, frame(), 73, &data), Err(LengthError::BufferTooShort));
    assert_eq!(eia3_verify(&KEY, frame(), 73, &data, &[0; 4]), Err(MacError));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a_length_over_32_bits_is_refused() {
    let mut data = [5; 9];
    let bits = 1 << 32;
    assert_eq!(eea3(&KEY, frame(), bits, &mut data), Err(LengthError::TooLong));
    assert_eq!(eea3_b2b(&KEY, frame(), bits, &[1; 9], &mut data), Err(LengthError::TooLong));
    assert_eq!(eia3(&KEY, frame(), bits, &data), Err(LengthError::TooLong));
    assert_eq!(data, [5; 9]);
    // The largest LENGTH is fine; only the buffer is too short.
    assert_eq!(eea3(&KEY, frame(), bits - 1, &mut data), Err(LengthError::BufferTooShort));
    assert!(Eea3::for_frame(&KEY, frame()).check_remaining((1 << 29) - 1).is_ok());
    assert!(Eea3::for_frame(&KEY, frame()).check_remaining(1 << 29).is_err());
}

#[test]
fn a_length_in_pieces_counts_against_the_limit() {
    let mut eea3 = Eea3::for_frame(&KEY, frame());
    eea3.apply_keystream(&mut [0; 100]);
    assert!(eea3.check_remaining((1 << 29) - 101).is_ok());
    assert!(eea3.check_remaining((1 << 29) - 100).is_err());
}

#[test]
fn bearer_and_direction_are_checked_and_never_masked() {
    assert_eq!(Frame::new(0, 32, 0), Err(FrameError::Bearer));
    assert_eq!(Frame::new(0, 255, 0), Err(FrameError::Bearer));
    assert_eq!(Frame::new(0, 31, 2), Err(FrameError::Direction));
    assert_eq!(Bearer::new(32), None);
    assert_eq!(Bearer::new(31).map(Bearer::value), Some(31));
    assert_eq!(Direction::try_from(1), Ok(Direction::Downlink));
    assert_eq!(FrameError::Bearer.to_string(), "BEARER is 32 or more");
}

#[test]
fn the_spare_bits_of_an_iv_are_zero_and_direction_flips_two_bytes_of_eia3s() {
    let up = Frame::new(u32::MAX, 31, 0).unwrap();
    let down = Frame::new(u32::MAX, 31, 1).unwrap();
    assert_eq!(down.eea3_iv(), 0xffff_ffff_fc00_0000_ffff_ffff_fc00_0000_u128.to_be_bytes());
    assert_eq!(up.eea3_iv(), 0xffff_ffff_f800_0000_ffff_ffff_f800_0000_u128.to_be_bytes());
    assert_eq!(up.eia3_iv(), 0xffff_ffff_f800_0000_ffff_ffff_f800_0000_u128.to_be_bytes());
    assert_eq!(down.eia3_iv(), 0xffff_ffff_f800_0000_7fff_ffff_f800_8000_u128.to_be_bytes());
}

#[test]
fn a_flipped_bit_of_message_or_mac_is_refused() {
    let message = bytes(40);
    let mac = eia3(&KEY, frame(), 300, &message).unwrap();
    for bit in 0..32 {
        let flipped = (u32::from_be_bytes(mac) ^ 1 << bit).to_be_bytes();
        assert_eq!(eia3_verify(&KEY, frame(), 300, &message, &flipped), Err(MacError));
    }
    for bit in 0..320 {
        let mut message = message.clone();
        message[bit / 8] ^= 0x80 >> (bit % 8);
        // Bits past LENGTH are no part of the message.
        let refused = eia3_verify(&KEY, frame(), 300, &message, &mac).is_err();
        assert_eq!(refused, bit < 300, "bit {bit}");
    }
}

#[test]
fn words_and_bytes_are_the_same_keystream() {
    for backend in Backend::all() {
        let (mut z, mut z_bytes) = ([0; 150], [0; 600]);
        backend.zuc128(&KEY, &IV).write_keystream_words(&mut z);
        backend.zuc128(&KEY, &IV).write_keystream(&mut z_bytes);
        assert_eq!(z.map(u32::to_be_bytes).as_flattened(), z_bytes);
        // A word begun by bytes is thrown away.
        let mut zuc = backend.zuc128(&KEY, &IV);
        zuc.write_keystream(&mut [0; 5]);
        let mut third = [0];
        zuc.write_keystream_words(&mut third);
        assert_eq!(third[0], z[2]);
        let mut fourth = [0; 4];
        zuc.write_keystream(&mut fourth);
        assert_eq!(fourth, z[3].to_be_bytes());
    }
}

#[test]
fn debug_shows_the_name_only() {
    let zuc = Zuc128::new(&KEY.into(), &IV.into());
    assert_eq!(format!("{zuc:?}"), "Zuc128 { .. }");
    assert_eq!(format!("{:?}", zuc.checkpoint()), "Checkpoint { .. }");
    assert_eq!(format!("{:?}", Eea3::for_frame(&KEY, frame())), "Eea3 { .. }");
    assert_eq!(format!("{:?}", Eia3::for_frame(&KEY, frame())), "Eia3 { .. }");
}

#[test]
fn secrets_are_cleared_on_drop() {
    fn check<T: zeroize::ZeroizeOnDrop>() {}
    check::<Zuc128>();
    check::<Eea3>();
    check::<Eia3>();
    check::<Checkpoint>();
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let zuc = Zuc128::new(&KEY.into(), &IV.into());
    let good = *zuc.checkpoint().as_bytes();
    assert!(Checkpoint::try_from(&good[..]).is_ok());
    let refused = |bytes: &[u8]| {
        assert_eq!(Checkpoint::try_from(bytes).err(), Some(CheckpointError));
    };
    refused(&good[1..]);
    refused(&[good.as_slice(), &[0]].concat());
    for (at, value) in [(0, 0), (0, 77), (1, 4), (2, 1), (3, 1)] {
        let mut bad = good;
        bad[at] = value;
        refused(&bad);
    }
    for cell in 0..16 {
        for value in [0, 0x8000_0000, u32::MAX] {
            let mut bad = good;
            bad[16 + 4 * cell..][..4].copy_from_slice(&value.to_be_bytes());
            refused(&bad);
        }
    }
}

#[test]
fn in_place_and_buffer_to_buffer_agree() {
    let input = bytes(1000);
    let mut in_place = input.clone();
    Zuc128::new(&KEY.into(), &IV.into()).apply_keystream(&mut in_place);
    let mut output = vec![0; 1000];
    Zuc128::new(&KEY.into(), &IV.into()).apply_keystream_b2b(&input, &mut output);
    assert_eq!(in_place, output);
    let unequal = Zuc128::new(&KEY.into(), &IV.into()).try_apply_keystream_b2b(&input, &mut [0; 9]);
    assert!(unequal.is_err());
    let mut bits = vec![0; 1000];
    let data = InOutBuf::new(&input, &mut bits).unwrap();
    Eea3::new(&KEY.into(), &IV.into()).apply_bits(8000, data).unwrap();
    assert_eq!(bits, output);
}

/// Cuts of a message of `n` bytes.
fn cuts(n: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..=n, 0..8).prop_map(move |mut cuts| {
        cuts.extend([0, n]);
        cuts.sort_unstable();
        cuts
    })
}

proptest! {
    #[test]
    fn data_cut_anywhere_gives_the_same(
        key: [u8; 16],
        iv: [u8; 16],
        (data, cuts) in (0usize..2000).prop_flat_map(|n| (prop::collection::vec(any::<u8>(), n), cuts(n))),
    ) {
        let mut whole = data.clone();
        zuc::zuc128::zuc128_xor_inplace(&key, &iv, &mut whole, data.len() * 8);
        for backend in Backend::all() {
            let mut pieces = data.clone();
            let mut zuc = backend.zuc128(&key, &iv);
            let mut mac = backend.eia3(&key, &iv);
            for cut in cuts.windows(2) {
                // And through a checkpoint at each cut.
                let place = zuc.checkpoint();
                zuc.apply_keystream(&mut pieces[cut[0]..cut[1]]);
                let mut again = data[cut[0]..cut[1]].to_vec();
                Zuc128::resume(&place).unwrap().apply_keystream(&mut again);
                prop_assert_eq!(&again, &pieces[cut[0]..cut[1]]);
                mac.update(&data[cut[0]..cut[1]]);
            }
            prop_assert_eq!(&pieces, &whole);
            let want = zuc::zuc128::Zuc128Mac::compute(&key, &iv, &data, data.len() * 8);
            prop_assert_eq!(mac.finalize().into_bytes(), want.to_be_bytes());
        }
    }

    #[test]
    fn a_mac_ended_at_any_bit_is_that_of_the_zuc_crate(
        key: [u8; 16],
        iv: [u8; 16],
        message in prop::collection::vec(any::<u8>(), 0..600),
        (cut, bits) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let bits = bits.index(message.len() * 8 + 1);
        let cut = cut.index(bits / 8 + 1);
        let want = zuc::zuc128::Zuc128Mac::compute(&key, &iv, &message, bits);
        for backend in Backend::all() {
            let mac = backend.eia3(&key, &iv).chain_update(&message[..cut]);
            let mac = mac.finalize_bits(bits - 8 * cut, &message[cut..]).unwrap();
            prop_assert_eq!(mac.into_bytes(), want.to_be_bytes());
        }
    }
}
