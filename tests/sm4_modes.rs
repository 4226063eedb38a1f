//! SM4's modes: ECB, CBC, CTR, OFB and CFB against other implementations over RustCrypto's `sm4`, at awkward lengths, in pieces, and refusals, on every backend
//! that can run here.

use proptest::prelude::*;
use shangmi::{
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
        InnerIvInit, IvState, KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek, consts::U16,
    },
    sm4::{
        __backends::Backend,
        Sm4CbcDec, Sm4CbcEnc, Sm4Cfb8Dec, Sm4Cfb8Enc, Sm4CfbDec, Sm4CfbEnc, Sm4Ctr, Sm4EcbDec,
        Sm4EcbEnc, Sm4Ofb,
        padding::{LengthFirst, OneAndZeros, Padding, PaddingError, Pkcs7},
    },
};
use sm4_oracle::Sm4 as Oracle;

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";

type Block = Array<u8, U16>;

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    ctr::Ctr128BE::<Oracle>::new(&[7; 16].into(), &[9; 16].into()).apply_keystream(&mut data);
    data
}

fn blocks(data: &mut [u8]) -> &mut [Block] {
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    assert!(rest.is_empty());
    blocks
}

/// Around every width of a kernel, and beyond twice the widest.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=70).chain([
        127, 128, 129, 240, 255, 256, 257, 511, 512, 513, 1000, 1023, 1024, 1025, 2048, 2063, 4096,
        4111,
    ])
}

#[test]
fn ecb_agrees_with_another_implementation() {
    let oracle = Oracle::new(&KEY.into());
    for backend in Backend::all() {
        let sm4 = backend.sm4(&KEY);
        for n in (0..=70).chain([127, 128, 129, 257]) {
            let input = bytes(16 * n);
            let (mut ours, mut theirs) = (input.clone(), input.clone());
            sm4.encrypt_blocks(blocks(&mut ours));
            oracle.encrypt_blocks(blocks(&mut theirs));
            assert_eq!(ours, theirs, "{n} blocks, {}", backend.name());
            sm4.decrypt_blocks(blocks(&mut ours));
            assert_eq!(ours, input, "{n} blocks, {}", backend.name());
        }
    }
}

#[test]
fn the_alias_of_ecb_is_ecb() {
    let (mut ours, mut theirs) = (bytes(160), bytes(160));
    Sm4EcbEnc::new(&KEY.into()).encrypt_blocks(blocks(&mut ours));
    Oracle::new(&KEY.into()).encrypt_blocks(blocks(&mut theirs));
    assert_eq!(ours, theirs);
    Sm4EcbDec::new(&KEY.into()).decrypt_blocks(blocks(&mut ours));
    assert_eq!(ours, bytes(160));
}

#[test]
fn cbc_agrees_with_another_implementation() {
    for backend in Backend::all() {
        for n in (0..=40).chain([64, 65, 129]) {
            let (mut ours, mut theirs) = (bytes(16 * n), bytes(16 * n));
            let mut mode = Sm4CbcEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
            mode.encrypt_blocks(blocks(&mut ours));
            cbc::Encryptor::<Oracle>::new(&KEY.into(), &IV.into())
                .encrypt_blocks(blocks(&mut theirs));
            assert_eq!(ours, theirs, "{n} blocks, {}", backend.name());
            assert!(n == 0 || mode.iv_state()[..] == ours[16 * n - 16..]);
            // One block by one, and from buffer to buffer.
            let mut mode = Sm4CbcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into());
            for block in blocks(&mut ours) {
                mode.decrypt_block(block);
            }
            assert_eq!(ours, bytes(16 * n), "{n} blocks, {}", backend.name());
            let mut out = vec![Block::default(); n];
            Sm4CbcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into())
                .decrypt_blocks_b2b(blocks(&mut theirs), &mut out)
                .expect("in range");
            assert_eq!(Array::slice_as_flattened(&out), bytes(16 * n), "{n} blocks");
        }
    }
}

#[test]
fn cbc_agrees_with_padding_of_another_crate() {
    use cbc::cipher::block_padding;
    for n in 0..=65 {
        let message = bytes(n);
        let mut ours = vec![0; 96];
        let len = Sm4CbcEnc::new(&KEY.into(), &IV.into())
            .encrypt_padded::<Pkcs7>(&message, &mut ours)
            .expect("in range");
        let mut theirs = message.clone();
        theirs.resize(96, 0);
        let theirs = cbc::Encryptor::<Oracle>::new(&KEY.into(), &IV.into())
            .encrypt_padded::<block_padding::Pkcs7>(&mut theirs, n)
            .expect("in range");
        assert_eq!(&ours[..len], theirs, "{n} bytes");
        let mut b2b = vec![0; len];
        let dec = Sm4CbcDec::new(&KEY.into(), &IV.into());
        assert_eq!(
            dec.clone().decrypt_padded_b2b::<Pkcs7>(&ours[..len], &mut b2b).expect("in range"),
            message
        );
        assert_eq!(dec.decrypt_padded::<Pkcs7>(&mut ours[..len]).expect("in range"), message);
    }
}

#[test]
fn wrong_padding_or_length_is_one_error_and_leaves_nothing() {
    fn check<P: Padding>() {
        let enc = Sm4CbcEnc::new(&KEY.into(), &IV.into());
        let dec = Sm4CbcDec::new(&KEY.into(), &IV.into());
        let mut out = [0xaa; 47];
        assert_eq!(enc.clone().encrypt_padded::<P>(&[1; 33], &mut out), Err(PaddingError));
        assert_eq!(out, [0xaa; 47], "nothing is written");
        for n in [0, 1, 15, 17, 33] {
            let mut data = vec![0xaa; n];
            assert_eq!(dec.clone().decrypt_padded::<P>(&mut data), Err(PaddingError));
            assert_eq!(data, vec![0xaa; n], "left as it was");
        }
        let mut data = [0; 64];
        let n = enc.encrypt_padded::<P>(&[1; 30], &mut data).expect("in range");
        data[n - 17] ^= 1;
        data[n - 1] ^= 1;
        let damaged = data;
        assert_eq!(dec.clone().decrypt_padded::<P>(&mut data[..n]), Err(PaddingError));
        assert_eq!(data[..n], [0; 64][..n], "cleared");
        let mut out = [0xaa; 64];
        assert_eq!(
            dec.clone().decrypt_padded_b2b::<P>(&damaged[..n], &mut out[..n]),
            Err(PaddingError)
        );
        assert_eq!(out[..n], [0; 64][..n], "cleared");
        let mut out = [0xaa; 64];
        assert_eq!(dec.decrypt_padded_b2b::<P>(&damaged[..n], &mut out), Err(PaddingError));
        assert_eq!(out, [0xaa; 64], "buffers of two lengths: untouched");
    }
    check::<Pkcs7>();
    check::<OneAndZeros>();
    check::<LengthFirst>();
}

#[test]
fn ctr_wraps_at_128_bits_as_another_implementation_does() {
    let ivs = [
        IV,
        [0xff; 16],
        (u128::MAX - 3).to_be_bytes(),
        u128::from(u32::MAX).to_be_bytes(),
        u128::from(u64::MAX - 9).to_be_bytes(),
    ];
    for backend in Backend::all() {
        for iv in ivs {
            for n in lengths() {
                let (mut ours, mut theirs) = (bytes(n), bytes(n));
                Sm4Ctr::inner_iv_init(backend.sm4_enc(&KEY), &iv.into()).apply_keystream(&mut ours);
                ctr::Ctr128BE::<Oracle>::new(&KEY.into(), &iv.into()).apply_keystream(&mut theirs);
                assert_eq!(ours, theirs, "{n} bytes, {}", backend.name());
            }
        }
    }
}

#[test]
fn ctr_seeks_to_every_byte() {
    let mut whole = [0; 100];
    Sm4Ctr::new(&KEY.into(), &IV.into()).write_keystream(&mut whole);
    let mut ctr = Sm4Ctr::new(&KEY.into(), &IV.into());
    for from in 0..100 {
        for to in from..100 {
            let mut part = vec![0; to - from];
            ctr.seek(from);
            assert_eq!(ctr.current_pos::<usize>(), from);
            ctr.apply_keystream(&mut part);
            assert_eq!(part, whole[from..to]);
            assert_eq!(ctr.current_pos::<usize>(), to);
        }
    }
}

#[test]
fn ctr_seeks_far_and_a_position_that_does_not_fit_is_an_error_not_a_wrap() {
    let mut ctr = Sm4Ctr::new(&KEY.into(), &IV.into());
    ctr.seek(u64::from(u32::MAX) - 1);
    ctr.apply_keystream(&mut [0; 3]);
    assert!(ctr.try_current_pos::<u32>().is_err(), "position 2^32 + 1 does not fit");
    assert_eq!(ctr.current_pos::<u64>(), (1 << 32) + 1);
    ctr.seek(u128::MAX - 16);
    assert_eq!(ctr.current_pos::<u128>(), u128::MAX - 16);
    assert!(ctr.try_current_pos::<u64>().is_err());
    ctr.seek(u128::MAX);
    assert!(ctr.try_apply_keystream(&mut [0]).is_ok());
    assert!(ctr.try_current_pos::<u128>().is_err(), "position 2^128 does not fit");
    let mut there = [0; 20];
    ctr.apply_keystream(&mut there);
    let mut theirs = [0; 20];
    let at = u128::from_be_bytes(IV).wrapping_add(1 << 124);
    ctr::Ctr128BE::<Oracle>::new(&KEY.into(), &at.to_be_bytes().into())
        .apply_keystream(&mut theirs);
    assert_eq!(there, theirs);
}

#[test]
fn ofb_and_cfb_agree_with_other_implementations() {
    for backend in Backend::all() {
        for n in lengths() {
            let (mut ours, mut theirs) = (bytes(n), bytes(n));
            Sm4Ofb::inner_iv_init(backend.sm4_enc(&KEY), &IV.into()).apply_keystream(&mut ours);
            ofb::Ofb::<Oracle>::new(&KEY.into(), &IV.into()).apply_keystream(&mut theirs);
            assert_eq!(ours, theirs, "OFB, {n} bytes, {}", backend.name());

            let (mut ours, mut theirs) = (bytes(n), bytes(n));
            Sm4CfbEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into()).encrypt(&mut ours);
            cfb_mode::BufEncryptor::<Oracle>::new(&KEY.into(), &IV.into()).encrypt(&mut theirs);
            assert_eq!(ours, theirs, "CFB, {n} bytes, {}", backend.name());
            Sm4CfbDec::inner_iv_init(backend.sm4_enc(&KEY), &IV.into()).decrypt(&mut ours);
            assert_eq!(ours, bytes(n), "CFB, {n} bytes, {}", backend.name());
        }
    }
    let mut data = bytes(50);
    Sm4Cfb8Enc::new(&KEY.into(), &IV.into())
        .encrypt_blocks(Array::slice_as_chunks_mut(&mut data).0);
    let mut theirs = bytes(50);
    cfb8::Encryptor::<Oracle>::new(&KEY.into(), &IV.into())
        .encrypt_blocks(Array::slice_as_chunks_mut(&mut theirs).0);
    assert_eq!(data, theirs);
    Sm4Cfb8Dec::new(&KEY.into(), &IV.into())
        .decrypt_blocks(Array::slice_as_chunks_mut(&mut data).0);
    assert_eq!(data, bytes(50));
}

proptest! {
    #[test]
    fn streams_in_pieces_are_streams_in_one(cuts in prop::collection::vec(0_usize..200, 0..12)) {
        let n = cuts.iter().sum();
        for backend in Backend::all() {
            let whole = {
                let (mut ctr, mut ofb) = (bytes(n), bytes(n));
                Sm4Ctr::inner_iv_init(backend.sm4_enc(&KEY), &IV.into()).apply_keystream(&mut ctr);
                Sm4Ofb::inner_iv_init(backend.sm4_enc(&KEY), &IV.into()).apply_keystream(&mut ofb);
                (ctr, ofb)
            };
            let mut ctr = Sm4Ctr::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
            let mut ofb = Sm4Ofb::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
            let (mut a, mut b) = (bytes(n), bytes(n));
            let mut at = 0;
            for cut in &cuts {
                ctr.apply_keystream(&mut a[at..at + cut]);
                ofb.apply_keystream(&mut b[at..at + cut]);
                at += cut;
                prop_assert_eq!(ctr.current_pos::<usize>(), at);
            }
            prop_assert_eq!((a, b), whole);
        }
    }

    #[test]
    fn cbc_in_pieces_is_cbc_in_one(cuts in prop::collection::vec(0_usize..40, 0..6)) {
        let n: usize = cuts.iter().sum();
        let (mut whole, mut parts) = (bytes(16 * n), bytes(16 * n));
        Sm4CbcEnc::new(&KEY.into(), &IV.into()).encrypt_blocks(blocks(&mut whole));
        let mut mode = Sm4CbcEnc::new(&KEY.into(), &IV.into());
        let mut rest = blocks(&mut parts);
        for cut in &cuts {
            let (now, later) = rest.split_at_mut(*cut);
            mode.encrypt_blocks(now);
            rest = later;
        }
        prop_assert_eq!(&parts, &whole);
    }
}
