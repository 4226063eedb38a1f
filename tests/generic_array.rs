//! A program that knows only the former generation's traits: `cipher` 0.4, `digest` 0.10.

#![allow(unused_qualifications, reason = "two generations of the same names")]

use cipher04::{InvalidLength, Key, KeyIvInit, StreamCipher, generic_array::GenericArray};
use digest010::{Mac, MacError};
use shangmi::{
    cipher04, digest010,
    zuc::{Eea3, Eia3, Frame, Zuc128, eea3, eia3},
};

const KEY: [u8; 16] = *b"0123456789abcdef";

fn frame() -> Frame {
    Frame::new(0x0102_0304, 5, 1).expect("in range")
}

/// What generic code of that generation does.
fn encrypt<C: KeyIvInit + StreamCipher>(
    key: &[u8],
    iv: &[u8],
    data: &mut [u8],
) -> Result<(), InvalidLength> {
    C::new_from_slices(key, iv)?.apply_keystream(data);
    Ok(())
}

#[test]
fn zuc128_makes_the_published_keystream() {
    let mut z = [0; 8];
    encrypt::<Zuc128>(&[0; 16], &[0; 16], &mut z).unwrap();
    // 3GPP TS 35.223, 3.3.
    assert_eq!(z, 0x27be_de74_0180_82da_u64.to_be_bytes());
    assert!(encrypt::<Zuc128>(&[0; 15], &[0; 16], &mut z).is_err());
    assert!(encrypt::<Zuc128>(&[0; 16], &[0; 17], &mut z).is_err());
}

#[test]
fn eea3_in_place_and_from_buffer_to_buffer_is_that_of_the_present_generation() {
    let input: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let mut want = input.clone();
    eea3(&KEY, frame(), 8 * 5000, &mut want).unwrap();
    let mut in_place = input.clone();
    encrypt::<Eea3>(&KEY, &frame().eea3_iv(), &mut in_place).unwrap();
    assert_eq!(in_place, want);
    for cut in [0, 1, 3, 1023, 1024, 1025, 4999] {
        let mut output = vec![0; 5000];
        let key: &Key<Eea3> = GenericArray::from_slice(&KEY);
        let mut eea3 = <Eea3 as KeyIvInit>::new(key, &frame().eea3_iv().into());
        let (first, second) = output.split_at_mut(cut);
        eea3.apply_keystream_b2b(&input[..cut], first).unwrap();
        eea3.apply_keystream_b2b(&input[cut..], second).unwrap();
        assert_eq!(output, want, "cut at {cut}");
    }
}

#[test]
fn eia3_is_a_mac() {
    let message = [0x5a; 77];
    let want = eia3(&KEY, frame(), 8 * 77, &message).unwrap();
    let new = || <Eia3 as KeyIvInit>::new(&KEY.into(), &frame().eia3_iv().into());
    let mac = Mac::chain_update(Mac::chain_update(new(), &message[..9]), &message[9..]);
    assert_eq!(mac.clone().finalize().into_bytes().as_slice(), want);
    assert_eq!(mac.clone().verify_slice(&want), Ok(()));
    assert_eq!(mac.verify_slice(&[0; 4]), Err(MacError));
}

#[test]
fn the_256_bit_forms_are_those_of_the_present_generation() {
    use shangmi::{
        cipher::consts::{U8, U16 as Now16},
        zuc::{Nea6, Nia6, Zuc256, Zuc256Mac, Zuc256V1, Zuc256V1Mac},
    };

    fn check<C>(iv: &[u8], new: impl shangmi::cipher::StreamCipher)
    where
        C: KeyIvInit + StreamCipher,
    {
        let (mut old_data, mut new_data, mut new) = ([7; 99], [7; 99], new);
        encrypt::<C>(&[1; 32], iv, &mut old_data).unwrap();
        shangmi::cipher::StreamCipher::apply_keystream(&mut new, &mut new_data);
        assert_eq!(old_data, new_data);
    }
    fn now<C: shangmi::cipher::KeyIvInit>(iv: &[u8]) -> C {
        C::new_from_slices(&[1; 32], iv).unwrap()
    }

    fn mac<M, N>(iv: &[u8])
    where
        M: KeyIvInit + Mac,
        N: shangmi::cipher::KeyIvInit + shangmi::digest::Mac,
    {
        let old = <M as KeyIvInit>::new_from_slices(&[1; 32], iv).unwrap();
        let old = Mac::chain_update(old, b"message").finalize().into_bytes();
        let new: N = now(iv);
        let new = shangmi::digest::Mac::chain_update(new, b"message").finalize().into_bytes();
        assert_eq!(old.as_slice(), new.as_slice());
    }
    check::<Zuc256>(&[2; 16], now::<Zuc256>(&[2; 16]));
    check::<Zuc256V1>(&[2; 23], now::<Zuc256V1>(&[2; 23]));
    check::<Nea6>(&[2; 15], now::<Nea6>(&[2; 15]));

    mac::<Zuc256Mac<U8>, Zuc256Mac<U8>>(&[2; 16]);
    mac::<Zuc256V1Mac<Now16>, Zuc256V1Mac<Now16>>(&[2; 23]);
    mac::<Nia6<U8>, Nia6<U8>>(&[2; 15]);
}

#[test]
fn the_aeads_are_those_of_the_present_generation() {
    use aead05::{AeadInPlace, KeyInit};
    use shangmi::{
        aead::AeadInOut,
        aead05,
        cipher::consts::{U9, U16 as Now16},
        zuc::{Nca6, ZucMur},
    };

    let (mut old, mut new) = ([7; 50], [7; 50]);
    let nca6 = <Nca6<U9> as KeyInit>::new(&[1; 32].into());
    let tag = nca6.encrypt_in_place_detached(&[2; 15].into(), b"aad", &mut old).unwrap();
    let new_tag =
        AeadInOut::encrypt_inout_detached(&nca6, &[2; 15].into(), b"aad", (&mut new[..]).into());
    assert_eq!((old, tag.as_slice()), (new, new_tag.unwrap().as_slice()));
    nca6.decrypt_in_place_detached(&[2; 15].into(), b"aad", &mut old, &tag).unwrap();
    assert_eq!(old, [7; 50]);
    assert!(nca6.decrypt_in_place_detached(&[2; 15].into(), b"bad", &mut new, &tag).is_err());
    assert_eq!(new, [0; 50]);

    let mur = <ZucMur<Now16> as KeyInit>::new(&[1; 48].into());
    let mut sealed = [7; 50];
    let tag = mur.encrypt_in_place_detached(&[2; 16].into(), b"aad", &mut sealed).unwrap();
    mur.decrypt_in_place_detached(&[2; 16].into(), b"aad", &mut sealed, &tag).unwrap();
    assert_eq!(sealed, [7; 50]);
}

#[test]
fn sm3_is_a_hash() {
    use digest010::Digest;
    use shangmi::sm3::Sm3;

    // Twice, so that the first does not leave anything behind.
    let mut sm3 = <Sm3 as Digest>::new();
    for _ in 0..2 {
        Digest::update(&mut sm3, b"abc");
        let hash = Digest::finalize_reset(&mut sm3);
        // GB/T 32905-2016, A.1.
        assert_eq!(hash[..4], 0x66c7_f0f4_u32.to_be_bytes());
        assert_eq!(hash.as_slice(), <Sm3 as shangmi::digest::Digest>::digest(b"abc").as_slice());
        assert_eq!(hash, <Sm3 as Digest>::digest(b"abc"));
    }
}

#[test]
fn sm4_is_a_block_cipher() {
    use ctr09::Ctr128BE;
    use shangmi::{
        cipher04::{BlockDecrypt, BlockEncrypt, KeyInit},
        sm4::{Sm4, Sm4Ctr, Sm4Dec, Sm4Enc, Sm4Ofb},
    };

    // GB/T 32907-2016, annex A, example 1: key and plaintext are the same 16 bytes.
    let plain = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
    let sealed = 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes();
    let (both, enc) =
        (<Sm4 as KeyInit>::new(&plain.into()), <Sm4Enc as KeyInit>::new(&plain.into()));
    let dec = <Sm4Dec as KeyInit>::new(&plain.into());
    for n in [0, 1, 2, 31, 32, 33, 100] {
        let mut blocks = vec![GenericArray::from(plain); n];
        both.encrypt_blocks(&mut blocks);
        assert_eq!(blocks, vec![GenericArray::from(sealed); n]);
        dec.decrypt_blocks(&mut blocks);
        assert_eq!(blocks, vec![GenericArray::from(plain); n]);
        enc.encrypt_blocks(&mut blocks);
        let mut output = vec![GenericArray::default(); n];
        both.decrypt_blocks_b2b(&blocks, &mut output).unwrap();
        assert_eq!(output, vec![GenericArray::from(plain); n]);
    }
    let mut block = plain.into();
    enc.encrypt_block(&mut block);
    assert_eq!(block, sealed.into());

    let (mut ours, mut theirs) = ([7; 5000], [7; 5000]);
    encrypt::<Sm4Ctr>(&KEY, &[0xff; 16], &mut ours).unwrap();
    encrypt::<Ctr128BE<Sm4>>(&KEY, &[0xff; 16], &mut theirs).unwrap();
    assert_eq!(ours, theirs);
    encrypt::<Ctr128BE<Sm4Enc>>(&KEY, &[0xff; 16], &mut theirs).unwrap();
    assert_eq!(theirs, [7; 5000]);

    let mut ofb = <Sm4Ofb as shangmi::cipher::KeyIvInit>::new(&KEY.into(), &[1; 16].into());
    let (mut ours, mut theirs) = ([7; 99], [7; 99]);
    encrypt::<Sm4Ofb>(&KEY, &[1; 16], &mut ours).unwrap();
    shangmi::cipher::StreamCipher::apply_keystream(&mut ofb, &mut theirs);
    assert_eq!(ours, theirs);
}

#[test]
fn the_aeads_and_the_mac_of_sm4_are_those_of_the_present_generation() {
    use aead05::{AeadInPlace, KeyInit};
    use shangmi::{
        aead::AeadInOut,
        aead05,
        cipher::consts::{U8 as Tag8, U12 as Size12, U13 as Nonce13},
        sm4::{Sm4Ccm, Sm4Cmac, Sm4Gcm, Sm4GcmSiv},
    };

    macro_rules! check {
        ($aead:ty, $nonce:expr) => {
            let (mut old, mut new) = ([7; 50], [7; 50]);
            let aead = <$aead as KeyInit>::new(&KEY.into());
            let tag = aead.encrypt_in_place_detached(&$nonce.into(), b"aad", &mut old).unwrap();
            let data = (&mut new[..]).into();
            let new_tag = AeadInOut::encrypt_inout_detached(&aead, &$nonce.into(), b"aad", data);
            assert_eq!((old, tag.as_slice()), (new, new_tag.unwrap().as_slice()));
            aead.decrypt_in_place_detached(&$nonce.into(), b"aad", &mut old, &tag).unwrap();
            assert_eq!(old, [7; 50]);
            let wrong = aead.decrypt_in_place_detached(&$nonce.into(), b"bad", &mut new, &tag);
            assert!(wrong.is_err() && new == [0; 50]);
        };
    }
    check!(Sm4Gcm, [2; 12]);
    check!(Sm4Gcm<Nonce13, Size12>, [2; 13]);
    check!(Sm4Ccm, [2; 12]);
    check!(Sm4Ccm<Tag8, Nonce13>, [2; 13]);
    check!(Sm4GcmSiv, [2; 12]);

    let cmac = || <Sm4Cmac as KeyInit>::new(&KEY.into());
    let old = Mac::chain_update(cmac(), b"message").finalize().into_bytes();
    let new = shangmi::digest::Mac::chain_update(cmac(), b"message").finalize().into_bytes();
    assert_eq!(old.as_slice(), new.as_slice());
    assert_eq!(Mac::verify(Mac::chain_update(cmac(), b"messagf"), &old), Err(MacError));
}
