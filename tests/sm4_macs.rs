//! SM4's MACs, HCTR and WPI: against other implementations over RustCrypto's `sm4`, at awkward lengths, in pieces, and refusals, on every backend
//! that can run here.

use proptest::prelude::*;
use shangmi::{
    aead::{AeadInOut, Nonce, consts},
    cipher::{
        Array, BlockCipherEncrypt, BlockModeDecrypt, KeyInit, KeyIvInit, StreamCipher, consts::U16,
    },
    digest::{FixedOutputReset, Mac},
    sm4::{
        __backends::Backend,
        Sm4, Sm4CbcMac, Sm4Cmac, Sm4Enc, Sm4Hctr, Sm4Lmac, Sm4TrCbcMac,
        wpi::{self, Wpi, WpiError},
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
fn hctr_is_undone_and_refuses_less_than_a_block() {
    for backend in Backend::all() {
        let hctr = Sm4Hctr::from_cipher(backend.sm4(&KEY), &IV);
        let portable =
            Sm4Hctr::from_cipher(Backend::all().last().expect("in range").sm4(&KEY), &IV);
        for n in lengths() {
            let mut data = bytes(n);
            if n < 16 {
                assert!(
                    hctr.encrypt(&IV, &mut data).is_err() && hctr.decrypt(&IV, &mut data).is_err()
                );
                assert_eq!(data, bytes(n));
                continue;
            }
            let mut other = data.clone();
            hctr.encrypt(&IV, &mut data).expect("in range");
            portable.encrypt(&IV, &mut other).expect("in range");
            assert_eq!(data, other, "{n} bytes, {}", backend.name());
            hctr.decrypt(&IV, &mut data).expect("in range");
            assert_eq!(data, bytes(n), "{n} bytes, {}", backend.name());
        }
    }
}

#[test]
fn cmac_agrees_with_another_implementation() {
    for backend in Backend::all() {
        let keyed = Sm4Cmac::from_cipher(backend.sm4_enc(&KEY));
        for n in lengths() {
            let ours = keyed.clone().chain_update(bytes(n)).finalize().into_bytes();
            let theirs = cmac::Cmac::<Oracle>::new(&KEY.into())
                .chain_update(bytes(n))
                .finalize()
                .into_bytes();
            assert_eq!(ours, theirs, "{n} bytes, {}", backend.name());
        }
    }
}

#[test]
fn macs_refuse_what_is_altered_and_start_again_after_a_reset() {
    fn check(mac: &(impl Mac + FixedOutputReset + Clone)) {
        for n in [0, 1, 15, 16, 17, 32, 33, 100] {
            let message = bytes(n);
            let mut reused = mac.clone().chain_update(b"something else");
            let _ = reused.finalize_reset();
            Mac::update(&mut reused, &message);
            let tag = mac.clone().chain_update(&message).finalize().into_bytes();
            assert!(reused.verify(&tag).is_ok());
            for bit in [0, 7, 8 * tag.len() - 1] {
                let mut wrong = tag.clone();
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert!(mac.clone().chain_update(&message).verify(&wrong).is_err());
            }
            if n > 0 {
                let mut altered = message.clone();
                altered[n - 1] ^= 1;
                assert!(mac.clone().chain_update(&altered).verify(&tag).is_err());
            }
            assert!(mac.clone().chain_update(&message).chain_update([0]).verify(&tag).is_err());
        }
    }
    check(&Sm4Cmac::new(&KEY.into()));
    check(&Sm4CbcMac::new(&KEY.into()));
    check(&Sm4Lmac::new(&KEY.into()));
    check(&<Sm4TrCbcMac>::new(&KEY.into()));
    check(&shangmi::sm4::Sm4CbcrMac::new(&KEY.into()));
    check(&shangmi::sm4::Sm4Emac::new(&[5; 32].into()));
    check(&shangmi::sm4::Sm4RetailMac::new(&[5; 32].into()));
    check(&shangmi::sm4::Sm4MacDes::new(&[5; 32].into()));
}

#[test]
fn a_wapi_frame_follows_its_definition() {
    // QoS data, four addresses.
    let mut frame = bytes(32);
    frame[0] = 0x88;
    frame[1] = 0xff;
    let (data, pn) = (bytes(77), *b"0123456789abcdef");
    let header = wpi::Header::new(&frame, 1).expect("in range");
    let keys = Wpi::new(&KEY, &IV);
    let mut sealed = data.clone();
    let mic = keys.seal(&pn, &header, &mut sealed).expect("in range");

    let mut iv = pn;
    iv.reverse();
    let mut covered = vec![0x88, 0xc7];
    covered.extend(&frame[4..16]);
    covered.extend([frame[22] & 15, 0]);
    covered.extend(&frame[16..22]);
    covered.extend(&frame[24..32]);
    covered.extend([1, 0, 0, 77]);
    assert_eq!(covered.len(), 34);
    covered.resize(48, 0);
    covered.extend(&data);
    covered.resize(48 + 80, 0);
    let oracle = Oracle::new(&IV.into());
    let mut x: Block = iv.into();
    oracle.encrypt_block(&mut x);
    for block in covered.chunks(16) {
        for i in 0..16 {
            x[i] ^= block[i];
        }
        oracle.encrypt_block(&mut x);
    }
    let mut expected = data.clone();
    expected.extend(x);
    ofb::Ofb::<Oracle>::new(&KEY.into(), &iv.into()).apply_keystream(&mut expected);
    assert_eq!([&sealed[..], &mic].concat(), expected);

    keys.open(&pn, &header, &mut sealed, &mic).expect("in range");
    assert_eq!(sealed, data);
}

#[test]
fn a_wapi_frame_that_is_altered_or_short_is_refused() {
    let mut frame = [0; 24];
    frame[0] = 8;
    let header = wpi::Header::new(&frame, 0).expect("in range");
    let keys = Wpi::new(&KEY, &IV);
    let mut data = bytes(33);
    let mic = keys.seal(&IV, &header, &mut data).expect("in range");
    let refused = |pn: &[u8; 16], header: &wpi::Header, mut data: Vec<u8>, mic: &[u8; 16]| {
        assert_eq!(keys.open(pn, header, &mut data, mic), Err(WpiError));
        assert!(data.iter().all(|byte| *byte == 0), "cleared");
    };
    let mut wrong = mic;
    wrong[15] ^= 1;
    refused(&IV, &header, data.clone(), &wrong);
    refused(&KEY, &header, data.clone(), &mic);
    refused(&IV, &wpi::Header::new(&frame, 1).expect("in range"), data.clone(), &mic);
    frame[5] = 1;
    refused(&IV, &wpi::Header::new(&frame, 0).expect("in range"), data.clone(), &mic);
    // The duration and the sequence number may change on the way.
    (frame[5], frame[2], frame[23]) = (0, 9, 9);
    assert!(
        keys.open(&IV, &wpi::Header::new(&frame, 0).expect("in range"), &mut data, &mic).is_ok()
    );
    assert_eq!(data, bytes(33));

    for n in 0..24 {
        assert!(wpi::Header::new(&frame[..n], 0).is_err());
    }
    assert!(wpi::Header::new(&[0x88; 25], 0).is_err(), "QoS control is missing");
    assert!(wpi::Header::new(&[0xff; 29], 0).is_err(), "the fourth address is missing");
    let mut long = vec![3; 1 << 16];
    assert_eq!(keys.seal(&IV, &header, &mut long), Err(WpiError));
    assert_eq!(keys.open(&IV, &header, &mut long, &mic), Err(WpiError));
    assert!(long.iter().all(|byte| *byte == 3));
}

#[test]
fn the_mode_crates_work_over_sm4_as_they_are() {
    refuses_nothing::<ccm::Ccm<Sm4, U16, consts::U12>, ccm::Ccm<Oracle, U16, consts::U12>>();
    refuses_nothing::<eax::Eax<Sm4>, eax::Eax<Oracle>>();
    refuses_nothing::<ocb3::Ocb3<Sm4>, ocb3::Ocb3<Oracle>>();
    for n in lengths() {
        let (mut ours, mut theirs) = (bytes(n), bytes(n));
        ctr::Ctr32LE::<Sm4Enc>::new(&KEY.into(), &IV.into()).apply_keystream(&mut ours);
        ctr::Ctr32LE::<Oracle>::new(&KEY.into(), &IV.into()).apply_keystream(&mut theirs);
        assert_eq!(ours, theirs);
    }
    for n in [0, 1, 5, 31, 32, 33, 64, 100] {
        let (mut ours, mut theirs) = (bytes(16 * n), bytes(16 * n));
        cbc::Decryptor::<Sm4>::new(&KEY.into(), &IV.into()).decrypt_blocks(blocks(&mut ours));
        cbc::Decryptor::<Oracle>::new(&KEY.into(), &IV.into()).decrypt_blocks(blocks(&mut theirs));
        assert_eq!(ours, theirs);
        let ours = cmac::Cmac::<Sm4>::new(&KEY.into()).chain_update(&ours).finalize().into_bytes();
        let theirs = Sm4Cmac::new(&KEY.into()).chain_update(&theirs).finalize().into_bytes();
        assert_eq!(ours, theirs);
    }
}

/// The same AEAD over both ciphers makes the same of everything.
fn refuses_nothing<A: AeadInOut + KeyInit, B: AeadInOut + KeyInit>() {
    let (a, b) =
        (A::new_from_slice(&KEY).expect("in range"), B::new_from_slice(&KEY).expect("in range"));
    for n in lengths() {
        let (mut x, mut y) = (bytes(n), bytes(n));
        let s = a
            .encrypt_inout_detached(&Nonce::<A>::default(), b"aad", x.as_mut_slice().into())
            .expect("in range");
        let t = b
            .encrypt_inout_detached(&Nonce::<B>::default(), b"aad", y.as_mut_slice().into())
            .expect("in range");
        assert!(x == y && s[..] == t[..], "{n} bytes");
    }
}

proptest! {
    #[test]
    fn macs_in_pieces_are_macs_in_one(cuts in prop::collection::vec(0_usize..70, 0..12)) {
        let n = cuts.iter().sum();
        let message = bytes(n);
        let (mut cmac, mut macdes) = (Sm4Cmac::new(&KEY.into()), shangmi::sm4::Sm4MacDes::new(&[5; 32].into()));
        let (a, b) = (cmac.clone().chain_update(&message), macdes.clone().chain_update(&message));
        let mut at = 0;
        for cut in &cuts {
            cmac.update(&message[at..at + cut]);
            macdes.update(&message[at..at + cut]);
            at += cut;
        }
        prop_assert_eq!(cmac.finalize().into_bytes(), a.finalize().into_bytes());
        prop_assert_eq!(macdes.finalize().into_bytes(), b.finalize().into_bytes());
    }
}
