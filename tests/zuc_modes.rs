//! ZUC-256, the 256-bit algorithms of 3GPP, GXM and MUR: refusals and the laws, on every backend.
//! (The known answers are in `tests/zuc.rs`.)

use proptest::prelude::*;
use shangmi::{
    aead::{
        AeadInOut, KeyInit, Nonce, Tag,
        consts::{U4, U8, U16},
    },
    cipher::{KeyIvInit, StreamCipher},
    digest::{Mac, MacError},
    zuc::{
        __backends::Backend, Frame, LengthError, Nca6, Nea6, Nia6, SpareBits, Zuc256, Zuc256Mac,
        Zuc256V1, Zuc256V1Mac, ZucGxm, ZucMur,
    },
};

const KEY: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";
const IV16: [u8; 16] = *b"fedcba9876543210";
const IV15: [u8; 15] = *b"edcba9876543210";

/// An IV of the 2018 draft with a pattern in all 6-bit parts.
fn iv25() -> [u8; 25] {
    core::array::from_fn(|i| {
        let byte = u8::try_from(i * 37 % 251).expect("below 251");
        if i < 17 { byte } else { byte & 0x3f }
    })
}

#[test]
fn the_packed_iv_is_the_unpacked_one_bit_by_bit() {
    let packed = Zuc256V1::pack_iv(&iv25()).unwrap();
    let bits = |bytes: &[u8], width: u32| -> Vec<u8> {
        bytes.iter().flat_map(|b| (0..width).rev().map(move |i| b >> i & 1)).collect()
    };
    let unpacked = [bits(&iv25()[..17], 8), bits(&iv25()[17..], 6)].concat();
    assert_eq!(bits(&packed, 8), unpacked);
    // intel-ipsec-mb#102: the published vectors have all parts equal; the `zuc` crate has not.
    let mut z = [0; 100];
    Zuc256V1::new(&KEY.into(), &packed.into()).write_keystream(&mut z);
    let mut other = zuc::zuc256::Zuc256Keystream::new(&KEY, &packed);
    for word in z.chunks_exact(4) {
        assert_eq!(word, other.generate().to_be_bytes());
    }
}

#[test]
fn spare_bits_of_an_iv_are_refused() {
    for i in 17..25 {
        for bit in [0x40, 0x80] {
            let mut iv = iv25();
            iv[i] |= bit;
            assert_eq!(Zuc256V1::pack_iv(&iv), Err(SpareBits), "byte {i}");
        }
    }
    let mut iv = iv25();
    iv[16] = 0xff;
    assert!(Zuc256V1::pack_iv(&iv).is_ok());
}

#[test]
fn a_short_tag_is_no_prefix_of_a_long_one() {
    let iv23 = Zuc256V1::pack_iv(&iv25()).unwrap();
    for backend in Backend::all() {
        let v1 = [
            backend.zuc256_v1_mac::<U4>(&KEY, &iv23).finalize().into_bytes().to_vec(),
            backend.zuc256_v1_mac::<U8>(&KEY, &iv23).finalize().into_bytes().to_vec(),
            backend.zuc256_v1_mac::<U16>(&KEY, &iv23).finalize().into_bytes().to_vec(),
        ];
        let new = [
            backend.zuc256_mac::<U4>(&KEY, &IV16).finalize().into_bytes().to_vec(),
            backend.zuc256_mac::<U8>(&KEY, &IV16).finalize().into_bytes().to_vec(),
            backend.zuc256_mac::<U16>(&KEY, &IV16).finalize().into_bytes().to_vec(),
        ];
        let nia6 = [
            backend.nia6::<U4>(&KEY, &IV15).finalize().into_bytes().to_vec(),
            backend.nia6::<U8>(&KEY, &IV15).finalize().into_bytes().to_vec(),
            backend.nia6::<U16>(&KEY, &IV15).finalize().into_bytes().to_vec(),
        ];
        for tags in [v1, new, nia6] {
            assert_ne!(tags[0], tags[1][..4]);
            assert_ne!(tags[0], tags[2][..4]);
            assert_ne!(tags[1], tags[2][..8]);
        }
    }
}

#[test]
fn the_uses_of_one_key_and_iv_share_no_keystream() {
    let mut nea6 = [0; 16];
    Nea6::new(&KEY.into(), &IV15.into()).write_keystream(&mut nea6);
    let mut nca6 = [0; 16];
    let nonce = IV15.into();
    Nca6::<U16>::new(&KEY.into())
        .encrypt_inout_detached(&nonce, b"", nca6.as_mut_slice().into())
        .unwrap();
    assert_ne!(nea6, nca6);
    let iv23 = Zuc256V1::pack_iv(&iv25()).unwrap();
    let (mut v1, mut new) = ([0; 16], [0; 16]);
    Zuc256V1::new(&KEY.into(), &iv23.into()).write_keystream(&mut v1);
    Zuc256::new(&KEY.into(), &IV16.into()).write_keystream(&mut new);
    assert_ne!(v1, new);
}

#[test]
fn more_than_2_to_the_32_bits_of_zuc256_are_refused() {
    let zuc = Zuc256::new(&KEY.into(), &IV16.into());
    assert!(zuc.check_remaining(1 << 29).is_ok());
    assert!(zuc.check_remaining((1 << 29) + 1).is_err());
    let mut zuc = Zuc256V1::new(&KEY.into(), &[1; 23].into());
    zuc.apply_keystream(&mut [0; 5]);
    assert!(zuc.check_remaining((1 << 29) - 5).is_ok());
    assert!(zuc.check_remaining((1 << 29) - 4).is_err());
    let mut words = [7; 2];
    assert!(zuc.try_write_keystream_words(&mut words).is_ok());
    let nea6 = Nea6::new(&KEY.into(), &IV15.into());
    assert!(nea6.check_remaining((1 << 29) + 1).is_err());
}

#[test]
fn the_iv_of_the_256_bit_algorithms_has_its_fields_in_place() {
    let iv = Frame::new(0x8000_0001, 14, 0).unwrap().nea6_iv();
    assert_eq!(iv, [0x1c, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(Frame::new(0, 31, 1).unwrap().nea6_iv()[0], 0x3f);
}

#[test]
fn macs_refuse_what_they_should() {
    let mac = |bits| Zuc256Mac::<U8>::new(&KEY.into(), &IV16.into()).finalize_bits(bits, &[9; 10]);
    assert_eq!(mac(81).err(), Some(LengthError::BufferTooShort));
    let tag = mac(77).unwrap().into_bytes();
    let verify = |message: &[u8], bits, tag| {
        Zuc256Mac::<U8>::new(&KEY.into(), &IV16.into()).verify_bits(bits, message, tag)
    };
    assert_eq!(verify(&[9; 10], 77, &tag), Ok(()));
    assert_eq!(verify(&[9; 10], 78, &tag), Err(MacError));
    assert_eq!(verify(&[9; 10], 81, &tag), Err(MacError));
    let mut flipped = tag;
    flipped[7] ^= 1;
    assert_eq!(verify(&[9; 10], 77, &flipped), Err(MacError));
    let nia6 = || Nia6::<U16>::new(&KEY.into(), &IV15.into()).chain_update(b"message");
    let tag = nia6().finalize().into_bytes();
    assert_eq!(nia6().verify(&tag), Ok(()));
    assert_eq!(nia6().chain_update([0]).verify(&tag), Err(MacError));
    assert_eq!(nia6().verify_slice(&tag[..15]), Err(MacError));
}

#[test]
fn debug_shows_the_name_only() {
    assert_eq!(format!("{:?}", Nca6::<U16>::new(&KEY.into())), "Nca6 { .. }");
    assert_eq!(format!("{:?}", Nia6::<U4>::new(&KEY.into(), &IV15.into())), "Nia6 { .. }");
    assert_eq!(format!("{:?}", Nea6::new(&KEY.into(), &IV15.into())), "Nea6 { .. }");
    assert_eq!(
        format!("{:?}", Zuc256V1Mac::<U4>::new(&KEY.into(), &[0; 23].into())),
        "Zuc256V1Mac { .. }"
    );
    assert_eq!(format!("{:?}", ZucMur::<U8>::new(&[3; 48].into())), "ZucMur { .. }");
    assert_eq!(format!("{:?}", ZucGxm::<U8>::new(&[3; 16], &[3; 16], &[3; 16])), "ZucGxm { .. }");
}

#[test]
fn the_key_of_mur_is_its_three_keys() {
    let key: [u8; 48] = core::array::from_fn(|i| u8::try_from(i).unwrap());
    let part = |i: usize| -> [u8; 16] { key[16 * i..16 * i + 16].try_into().unwrap() };
    let (nonce, mut a, mut b) = (IV16.into(), [5; 20], [5; 20]);
    let tag = ZucMur::<U8>::new(&key.into())
        .encrypt_inout_detached(&nonce, b"x", a.as_mut_slice().into())
        .unwrap();
    let other = ZucMur::<U8>::from_keys(&part(0), &part(1), &part(2))
        .encrypt_inout_detached(&nonce, b"x", b.as_mut_slice().into())
        .unwrap();
    assert_eq!((a, tag), (b, other));
}

/// Opens after one change at bit `flip` of AAD ‖ ciphertext ‖ tag ‖ nonce: refused, and nothing left.
fn flipped_is_refused<A: AeadInOut>(
    aead: &A,
    nonce: &Nonce<A>,
    aad: &[u8],
    plaintext: &[u8],
    flip: usize,
) {
    let mut data = plaintext.to_vec();
    let tag = aead.encrypt_inout_detached(nonce, aad, data.as_mut_slice().into());
    let tag = tag.expect("short");
    let mut parts = [aad, &data, &tag, nonce].concat();
    let flip = flip % (8 * parts.len());
    parts[flip / 8] ^= 1 << (flip % 8);
    let (aad, rest) = parts.split_at(aad.len());
    let (data, rest) = rest.split_at(data.len());
    let (tag, nonce) = rest.split_at(tag.len());
    let (tag, nonce) = (tag.try_into().expect("as long"), nonce.try_into().expect("as long"));
    let mut data = data.to_vec();
    let opened = aead.decrypt_inout_detached(nonce, aad, data.as_mut_slice().into(), tag);
    assert!(opened.is_err());
    assert!(data.iter().all(|b| *b == 0));
}

proptest! {
    #[test]
    fn every_flipped_bit_is_refused(
        aad in prop::collection::vec(any::<u8>(), 0..40),
        data in prop::collection::vec(any::<u8>(), 0..200),
        flip: usize,
        key: [u8; 16],
    ) {
        for backend in Backend::all() {
            flipped_is_refused(&backend.nca6::<U8>(&KEY), &IV15.into(), &aad, &data, flip);
            let mur = backend.mur::<U16>(&key, &[2; 16], &[3; 16]);
            flipped_is_refused(&mur, &IV16.into(), &aad, &data, flip);
        }
    }

    #[test]
    fn gxm_opens_what_it_sealed_and_nothing_else(
        aad in prop::collection::vec(any::<u8>(), 0..40),
        data in prop::collection::vec(any::<u8>(), 0..200),
        flip: prop::sample::Index,
    ) {
        for backend in Backend::all() {
            let new = || backend.gxm::<U8>(&[1; 16], &[2; 16], &[3; 16]);
            let mut sealed = data.clone();
            let tag = new().encrypt(&aad, sealed.as_mut_slice().into());
            let mut opened = sealed.clone();
            prop_assert!(new().decrypt(&aad, opened.as_mut_slice().into(), &tag).is_ok());
            prop_assert_eq!(&opened, &data);
            let mut parts = [sealed.as_slice(), &tag].concat();
            let flip = flip.index(8 * parts.len());
            parts[flip / 8] ^= 1 << (flip % 8);
            let (wrong, tag) = parts.split_at_mut(sealed.len());
            let tag = <&Tag<ZucMur<U8>>>::try_from(&*tag).unwrap();
            prop_assert!(new().decrypt(&aad, wrong.into(), tag).is_err());
            prop_assert!(wrong.iter().all(|b| *b == 0));
        }
    }

    #[test]
    fn zuc256_macs_cut_anywhere_and_ended_at_any_bit_agree_with_the_zuc_crate(
        key: [u8; 32],
        iv: [u8; 23],
        message in prop::collection::vec(any::<u8>(), 0..400),
        (cut, bits) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        use zuc::zuc256::Zuc256Mac as Other;
        let bits = bits.index(message.len() * 8 + 1);
        let cut = cut.index(bits / 8 + 1);
        for backend in Backend::all() {
            macro_rules! mac {
                ($size:ty) => {
                    backend.zuc256_v1_mac::<$size>(&key, &iv)
                        .chain_update(&message[..cut])
                        .finalize_bits(bits - 8 * cut, &message[cut..])
                        .unwrap()
                        .into_bytes()
                };
            }
            let want = Other::<u32>::compute(&key, &iv, &message, bits);
            prop_assert_eq!(mac!(U4), want.to_be_bytes());
            let want = Other::<u64>::compute(&key, &iv, &message, bits);
            prop_assert_eq!(mac!(U8), want.to_be_bytes());
            let want = Other::<u128>::compute(&key, &iv, &message, bits);
            prop_assert_eq!(mac!(U16), want.to_be_bytes());
        }
    }

    #[test]
    fn every_backend_agrees_on_zuc256(key: [u8; 32], iv: [u8; 16], iv23: [u8; 23], n in 0usize..400) {
        let run = |backend: Backend| {
            let mut z = vec![0; 3 * n];
            backend.zuc256(&key, &iv).write_keystream(&mut z[..n]);
            backend.zuc256_v1(&key, &iv23).write_keystream(&mut z[n..2 * n]);
            backend.nea6(&key, &iv[1..].try_into().unwrap()).write_keystream(&mut z[2 * n..]);
            z
        };
        let all: Vec<_> = Backend::all().map(run).collect();
        prop_assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
