//! SM4's modes: against other implementations over RustCrypto's `sm4`, at awkward lengths, in pieces, and refusals, on every backend
//! that can run here.

use proptest::prelude::*;
use shangmi::{
    aead::{AeadInOut, Nonce, Tag, consts},
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
        InOutBuf, InnerIvInit, IvState, KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek,
        common::{InnerInit, TryKeyInit},
        consts::U16,
    },
    digest::{FixedOutputReset, Mac},
    sm4::{
        __backends::Backend,
        CcmNonceSize, CcmTagSize, Sm4, Sm4BcDec, Sm4BcEnc, Sm4CbcDec, Sm4CbcEnc, Sm4CbcMac, Sm4Ccm,
        Sm4Cfb8Dec, Sm4Cfb8Enc, Sm4CfbDec, Sm4CfbEnc, Sm4Cmac, Sm4Ctr, Sm4EcbDec, Sm4EcbEnc,
        Sm4Enc, Sm4Hctr, Sm4Lmac, Sm4Ofb, Sm4OfbnlfDec, Sm4OfbnlfEnc, Sm4TrCbcMac, Sm4XtsGb,
        Sm4XtsIeee, XtsLengthError,
        padding::{LengthFirst, OneAndZeros, Padding, PaddingError, Pkcs7},
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
                .unwrap();
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
            .unwrap();
        let mut theirs = message.clone();
        theirs.resize(96, 0);
        let theirs = cbc::Encryptor::<Oracle>::new(&KEY.into(), &IV.into())
            .encrypt_padded::<block_padding::Pkcs7>(&mut theirs, n)
            .unwrap();
        assert_eq!(&ours[..len], theirs, "{n} bytes");
        let mut b2b = vec![0; len];
        let dec = Sm4CbcDec::new(&KEY.into(), &IV.into());
        assert_eq!(
            dec.clone().decrypt_padded_b2b::<Pkcs7>(&ours[..len], &mut b2b).unwrap(),
            message
        );
        assert_eq!(dec.decrypt_padded::<Pkcs7>(&mut ours[..len]).unwrap(), message);
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
        let n = enc.encrypt_padded::<P>(&[1; 30], &mut data).unwrap();
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
fn ctr_agrees_with_another_implementation_and_wraps_as_it_does() {
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
    // Far beyond: no wrap, no panic.
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

#[test]
fn bc_and_ofbnlf_follow_their_definitions() {
    let oracle = Oracle::new(&KEY.into());
    for backend in Backend::all() {
        for n in (0..=40).chain([64, 65, 100]) {
            let mut ours = bytes(16 * n);
            Sm4BcEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .encrypt_blocks(blocks(&mut ours));
            let mut theirs = bytes(16 * n);
            let mut f = u128::from_be_bytes(IV);
            for block in blocks(&mut theirs) {
                *block = (u128::from_be_bytes(block.0) ^ f).to_be_bytes().into();
                oracle.encrypt_block(block);
                f ^= u128::from_be_bytes(block.0);
            }
            assert_eq!(ours, theirs, "BC, {n} blocks, {}", backend.name());
            Sm4BcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into())
                .decrypt_blocks(blocks(&mut ours));
            assert_eq!(ours, bytes(16 * n), "BC, {n} blocks, {}", backend.name());

            Sm4OfbnlfEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .encrypt_blocks(blocks(&mut ours));
            let mut theirs = bytes(16 * n);
            let mut k: Block = IV.into();
            for block in blocks(&mut theirs) {
                oracle.encrypt_block(&mut k);
                Oracle::new(&k).encrypt_block(block);
            }
            assert_eq!(ours, theirs, "OFBNLF, {n} blocks, {}", backend.name());
            Sm4OfbnlfDec::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .decrypt_blocks(blocks(&mut ours));
            assert_eq!(ours, bytes(16 * n), "OFBNLF, {n} blocks, {}", backend.name());
        }
    }
}

/// XTS by its definition, with either doubling.
fn xts_by_definition(
    double: fn(u128) -> u128,
    from: fn([u8; 16]) -> u128,
    to: fn(u128) -> [u8; 16],
    tweak: [u8; 16],
    data: &mut [u8],
) {
    let (data_cipher, tweak_cipher) = (Oracle::new(&KEY.into()), Oracle::new(&IV.into()));
    let mut t: Block = tweak.into();
    tweak_cipher.encrypt_block(&mut t);
    let mut t = from(t.0);
    let crypt = |block: &mut [u8], t: u128| {
        let mask = to(t);
        let mut b: Block = Array::from_fn(|i| block[i] ^ mask[i]);
        data_cipher.encrypt_block(&mut b);
        for i in 0..16 {
            block[i] = b[i] ^ mask[i];
        }
    };
    let whole = data.len() / 16;
    for block in data.chunks_exact_mut(16).take(whole) {
        crypt(block, t);
        t = double(t);
    }
    let short = data.len() % 16;
    if short > 0 {
        let at = 16 * whole - 16;
        let (last, rest) = data[at..].split_at_mut(16);
        for i in 0..short {
            std::mem::swap(&mut last[i], &mut rest[i]);
        }
        crypt(last, t);
    }
}

#[test]
fn both_forms_of_xts_follow_their_definitions_with_stealing() {
    let gb = |x: u128| x >> 1 ^ if x & 1 == 1 { 0xe1 << 120 } else { 0 };
    let ieee = |x: u128| x << 1 ^ if x >> 127 == 1 { 0x87 } else { 0 };
    let tweak = *b"a tweak, 16 byte";
    for backend in Backend::all() {
        let xts_gb = Sm4XtsGb::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&IV));
        let xts_ieee = Sm4XtsIeee::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&IV));
        for n in (16..=100).chain([255, 256, 257, 511, 512, 520, 1024, 1030, 2050, 4111]) {
            let (mut ours, mut theirs) = (bytes(n), bytes(n));
            xts_gb.encrypt(&tweak, &mut ours).unwrap();
            xts_by_definition(gb, u128::from_be_bytes, u128::to_be_bytes, tweak, &mut theirs);
            assert_eq!(ours, theirs, "GB, {n} bytes, {}", backend.name());
            xts_gb.decrypt(&tweak, &mut ours).unwrap();
            assert_eq!(ours, bytes(n), "GB, {n} bytes, {}", backend.name());

            let (mut ours, mut theirs, mut mode) = (vec![0; n], bytes(n), bytes(n));
            xts_ieee.encrypt_inout(&tweak, InOutBuf::new(&bytes(n), &mut ours).unwrap()).unwrap();
            xts_by_definition(ieee, u128::from_le_bytes, u128::to_le_bytes, tweak, &mut theirs);
            assert_eq!(ours, theirs, "IEEE, {n} bytes, {}", backend.name());
            xts_mode::Xts128::new(Oracle::new(&KEY.into()), Oracle::new(&IV.into()))
                .encrypt_sector(&mut mode, tweak.into());
            assert_eq!(ours, mode, "IEEE, {n} bytes, {}, xts-mode", backend.name());
            xts_ieee.decrypt(&tweak, &mut ours).unwrap();
            assert_eq!(ours, bytes(n), "IEEE, {n} bytes, {}", backend.name());
        }
    }
}

#[test]
fn xts_refuses_equal_keys_and_wrong_lengths() {
    let key: [u8; 32] = std::array::from_fn(|i| KEY[i % 16]);
    assert!(Sm4XtsGb::new(&key.into()).is_err());
    assert!(Sm4XtsIeee::new(&key.into()).is_err());
    assert!(Sm4XtsIeee::new_from_slice(&[1; 31]).is_err());
    let key: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
    let xts = Sm4XtsIeee::new(&key.into()).unwrap();
    for n in [0, 1, 15, (1 << 24) + 1] {
        let mut data = vec![3; n];
        assert_eq!(xts.encrypt(&IV, &mut data), Err(XtsLengthError));
        assert_eq!(xts.decrypt(&IV, &mut data), Err(XtsLengthError));
        assert!(data.iter().all(|byte| *byte == 3));
    }
    assert!(xts.encrypt(&IV, &mut vec![3; 1 << 24]).is_ok());
    for (size, n) in
        [(0, 0), (0, 16), (15, 30), (512, 513), (512, 511), ((1 << 24) + 1, (1 << 24) + 1)]
    {
        assert_eq!(
            xts.encrypt_sectors(0, size, &mut vec![3; n]),
            Err(XtsLengthError),
            "{n} bytes in {size}"
        );
        assert_eq!(xts.decrypt_sectors(0, size, &mut vec![3; n]), Err(XtsLengthError));
    }
    // Sectors are units of their own, and their numbers wrap.
    let mut disk = bytes(3 * 520);
    xts.encrypt_sectors(u128::MAX - 1, 520, &mut disk).unwrap();
    for (sector, number) in disk.chunks_exact_mut(520).zip([u128::MAX - 1, u128::MAX, 0]) {
        xts.decrypt(&number.to_le_bytes(), sector).unwrap();
    }
    assert_eq!(disk, bytes(3 * 520));
    xts.encrypt_sectors(7, 520, &mut disk).unwrap();
    xts.decrypt_sectors(7, 520, &mut disk).unwrap();
    assert_eq!(disk, bytes(3 * 520));
}

#[test]
fn hctr_is_undone_and_refuses_less_than_a_block() {
    for backend in Backend::all() {
        let hctr = Sm4Hctr::from_cipher(backend.sm4(&KEY), &IV);
        let portable = Sm4Hctr::from_cipher(Backend::all().last().unwrap().sm4(&KEY), &IV);
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
            hctr.encrypt(&IV, &mut data).unwrap();
            portable.encrypt(&IV, &mut other).unwrap();
            assert_eq!(data, other, "{n} bytes, {}", backend.name());
            hctr.decrypt(&IV, &mut data).unwrap();
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
    fn check(mac: impl Mac + FixedOutputReset + Clone) {
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
    check(Sm4Cmac::new(&KEY.into()));
    check(Sm4CbcMac::new(&KEY.into()));
    check(Sm4Lmac::new(&KEY.into()));
    check(<Sm4TrCbcMac>::new(&KEY.into()));
    check(shangmi::sm4::Sm4CbcrMac::new(&KEY.into()));
    check(shangmi::sm4::Sm4Emac::new(&[5; 32].into()));
    check(shangmi::sm4::Sm4RetailMac::new(&[5; 32].into()));
    check(shangmi::sm4::Sm4MacDes::new(&[5; 32].into()));
}

fn ccm_agrees<M, N>(backend: Backend)
where
    M: CcmTagSize + ccm::TagSize,
    N: CcmNonceSize + ccm::NonceSize,
{
    let ours = Sm4Ccm::<M, N>::inner_init(backend.sm4_enc(&KEY));
    let theirs = ccm::Ccm::<Oracle, M, N>::new(&KEY.into());
    let nonce = Nonce::<Sm4Ccm<M, N>>::try_from(&bytes(N::USIZE)[..]).unwrap();
    for n in (0..=50).chain([64, 100, 255, 256, 1000]) {
        for aad in [0, 1, 13, 14, 15, 30, 31, 100] {
            let (mut a, mut b, aad) = (bytes(n), bytes(n), bytes(aad));
            let tag = ours.encrypt_inout_detached(&nonce, &aad, a.as_mut_slice().into()).unwrap();
            let other =
                theirs.encrypt_inout_detached(&nonce, &aad, b.as_mut_slice().into()).unwrap();
            assert!(a == b && tag == other, "{n} bytes, {}", backend.name());
            let mut out = vec![0xaa; n];
            let both = InOutBuf::new(&a, &mut out).unwrap();
            ours.decrypt_inout_detached(&nonce, &aad, both, &tag).unwrap();
            assert_eq!(out, bytes(n));
        }
    }
}

#[test]
fn ccm_agrees_with_another_implementation() {
    use consts::{U4, U6, U7, U8, U9, U10, U11, U12, U13, U14, U16};
    for backend in Backend::all() {
        ccm_agrees::<U16, U12>(backend);
        ccm_agrees::<U4, U7>(backend);
    }
    let best = Backend::all().next().unwrap();
    ccm_agrees::<U6, U8>(best);
    ccm_agrees::<U8, U9>(best);
    ccm_agrees::<U10, U10>(best);
    ccm_agrees::<U12, U11>(best);
    ccm_agrees::<U14, U13>(best);
}

#[test]
fn ccm_of_long_associated_data_agrees_with_another_implementation() {
    for n in [0xfeff, 0xff00, 0xff01, 0x1_0000, 0x1_0010] {
        let aad = bytes(n);
        let ours = <Sm4Ccm>::new(&KEY.into()).encrypt_inout_detached(
            &[1; 12].into(),
            &aad,
            (&mut [][..]).into(),
        );
        let theirs = ccm::Ccm::<Oracle, U16, consts::U12>::new(&KEY.into());
        assert_eq!(
            ours,
            theirs.encrypt_inout_detached(&[1; 12].into(), &aad, (&mut [][..]).into()),
            "{n} bytes"
        );
    }
}

#[test]
fn ccm_refuses_a_message_that_its_length_field_cannot_hold() {
    let ccm = Sm4Ccm::<U16, consts::U13>::new(&KEY.into());
    let mut data = vec![3; 1 << 16];
    assert!(ccm.encrypt_inout_detached(&[1; 13].into(), b"", data.as_mut_slice().into()).is_err());
    assert!(data.iter().all(|byte| *byte == 3));
    assert!(
        ccm.decrypt_inout_detached(
            &[1; 13].into(),
            b"",
            data.as_mut_slice().into(),
            &[0; 16].into()
        )
        .is_err()
    );
    assert!(data.iter().all(|byte| *byte == 3));
    assert!(ccm.encrypt_inout_detached(&[1; 13].into(), b"", (&mut data[1..]).into()).is_ok());
}

/// Everything altered in turn is refused, and the output is cleared.
fn refuses<A: AeadInOut>(aead: &A) {
    let nonce = Nonce::<A>::default();
    for n in [0, 1, 16, 40, 300] {
        let mut data = bytes(n);
        let tag = aead.encrypt_inout_detached(&nonce, b"aad", data.as_mut_slice().into()).unwrap();
        let refused = |nonce: &Nonce<A>, aad: &[u8], mut data: Vec<u8>, tag: &Tag<A>| {
            let n = data.len();
            assert!(
                aead.decrypt_inout_detached(nonce, aad, data.as_mut_slice().into(), tag).is_err()
            );
            assert_eq!(data, vec![0; n], "cleared");
        };
        let mut wrong = tag.clone();
        wrong[0] ^= 1;
        refused(&nonce, b"aad", data.clone(), &wrong);
        refused(&nonce, b"aae", data.clone(), &tag);
        refused(&nonce, b"aad\0", data.clone(), &tag);
        let mut other = nonce.clone();
        other[0] ^= 1;
        refused(&other, b"aad", data.clone(), &tag);
        for i in [0, n / 2, n.saturating_sub(1)] {
            let mut data = data.clone();
            if let Some(byte) = data.get_mut(i) {
                *byte ^= 0x80;
                refused(&nonce, b"aad", data, &tag);
            }
        }
        assert!(
            aead.decrypt_inout_detached(&nonce, b"aad", data.as_mut_slice().into(), &tag).is_ok()
        );
        assert_eq!(data, bytes(n));
    }
}

#[test]
fn ccm_refuses_what_is_altered() {
    refuses(&<Sm4Ccm>::new(&KEY.into()));
    refuses(&Sm4Ccm::<consts::U4, consts::U13>::new(&KEY.into()));
}

#[test]
fn a_wapi_frame_follows_its_definition() {
    // QoS data, four addresses.
    let mut frame = bytes(32);
    frame[0] = 0x88;
    frame[1] = 0xff;
    let (data, pn) = (bytes(77), *b"0123456789abcdef");
    let header = wpi::Header::new(&frame, 1).unwrap();
    let keys = Wpi::new(&KEY, &IV);
    let mut sealed = data.clone();
    let mic = keys.seal(&pn, &header, &mut sealed).unwrap();

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

    keys.open(&pn, &header, &mut sealed, &mic).unwrap();
    assert_eq!(sealed, data);
}

#[test]
fn a_wapi_frame_that_is_altered_or_short_is_refused() {
    let mut frame = [0; 24];
    frame[0] = 8;
    let header = wpi::Header::new(&frame, 0).unwrap();
    let keys = Wpi::new(&KEY, &IV);
    let mut data = bytes(33);
    let mic = keys.seal(&IV, &header, &mut data).unwrap();
    let refused = |pn: &[u8; 16], header: &wpi::Header, mut data: Vec<u8>, mic: &[u8; 16]| {
        assert_eq!(keys.open(pn, header, &mut data, mic), Err(WpiError));
        assert!(data.iter().all(|byte| *byte == 0), "cleared");
    };
    let mut wrong = mic;
    wrong[15] ^= 1;
    refused(&IV, &header, data.clone(), &wrong);
    refused(&KEY, &header, data.clone(), &mic);
    refused(&IV, &wpi::Header::new(&frame, 1).unwrap(), data.clone(), &mic);
    frame[5] = 1;
    refused(&IV, &wpi::Header::new(&frame, 0).unwrap(), data.clone(), &mic);
    // The duration and the sequence number may change on the way.
    (frame[5], frame[2], frame[23]) = (0, 9, 9);
    assert!(keys.open(&IV, &wpi::Header::new(&frame, 0).unwrap(), &mut data, &mic).is_ok());
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
    let (a, b) = (A::new_from_slice(&KEY).unwrap(), B::new_from_slice(&KEY).unwrap());
    for n in lengths() {
        let (mut x, mut y) = (bytes(n), bytes(n));
        let s = a
            .encrypt_inout_detached(&Nonce::<A>::default(), b"aad", x.as_mut_slice().into())
            .unwrap();
        let t = b
            .encrypt_inout_detached(&Nonce::<B>::default(), b"aad", y.as_mut_slice().into())
            .unwrap();
        assert!(x == y && s[..] == t[..], "{n} bytes");
    }
}

#[test]
fn debug_of_a_key_or_mode_hides_it() {
    let all = [
        format!("{:?}", Sm4::new(&KEY.into())),
        format!("{:?}", Sm4Enc::new(&KEY.into())),
        format!("{:?}", Sm4CbcEnc::new(&KEY.into(), &IV.into())),
        format!("{:?}", Sm4Ctr::new(&KEY.into(), &IV.into())),
        format!("{:?}", Sm4Cmac::new(&KEY.into())),
        format!("{:?}", <Sm4Ccm>::new(&KEY.into())),
        format!("{:?}", Sm4Hctr::new(&[7; 32].into())),
        format!("{:?}", Wpi::new(&KEY, &IV)),
    ];
    for text in all {
        let name = text.strip_suffix(" { .. }").unwrap_or_else(|| panic!("{text}"));
        assert!(name.chars().all(char::is_alphanumeric), "{text}");
    }
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
