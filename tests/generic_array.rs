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
