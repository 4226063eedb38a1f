//! Signatures of SM2: their two forms, changed ones, and many at once.

mod common;

use num_bigint::BigUint;
use proptest::prelude::*;
use shangmi::{
    signature::{
        SignatureEncoding, Signer, Verifier,
        hazmat::{PrehashSigner, PrehashVerifier},
    },
    sm2::{
        __backends::Backend, CountError, DEFAULT_ID, DerSignature, PublicKey, SecretKey, Signature,
        SigningKey, verify_prehash_many,
    },
};

/// n of GB/T 32918.5-2017.
const N: &[u8] = b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

fn signing_key() -> SigningKey {
    SigningKey::new(&SecretKey::from_bytes(&[0x42; 32]).expect("in range"))
}

/// INTEGER with these contents.
fn integer(contents: &[u8]) -> Vec<u8> {
    [&[2, u8::try_from(contents.len()).expect("short")], contents].concat()
}

/// SEQUENCE with these contents.
fn sequence(contents: &[u8]) -> Vec<u8> {
    [&[0x30, u8::try_from(contents.len()).expect("short")], contents].concat()
}

fn refused(der: &[u8]) -> bool {
    Signature::from_der(der).is_err() && DerSignature::try_from(der).is_err()
}

#[test]
fn der_is_of_6_to_72_bytes() {
    for (r, s, bytes) in [([0, 1], [0, 1], 8), ([0x7f, 0xff], [0x80, 0], 11)] {
        let mut both = [0; 64];
        both[30..32].copy_from_slice(&r);
        both[62..].copy_from_slice(&s);
        let signature = Signature::from_bytes(&both).expect("in range");
        assert_eq!(signature.to_der().encoded_len(), bytes);
        assert_eq!(Signature::from_der(signature.to_der().as_ref()).expect("DER"), signature);
    }
    let signature = Signature::from_bytes(&[0x80; 64]).expect("in range");
    assert_eq!(signature.to_der().as_ref().len(), DerSignature::MAX_BYTES);
    assert_eq!(Signature::from_der(signature.to_der().as_ref()).expect("DER"), signature);
}

#[test]
fn der_of_another_form_is_refused() {
    let (one, two) = (integer(&[1]), integer(&[2]));
    let good = sequence(&[one.clone(), two.clone()].concat());
    assert!(!refused(&good));
    // Bytes after it, inside and outside; bytes missing.
    assert!(refused(&[&good[..], &[0]].concat()));
    assert!(refused(&sequence(&[&one[..], &two, &[0]].concat())));
    assert!(refused(&sequence(&[&one[..], &two, &two].concat())));
    assert!((0..good.len()).all(|n| refused(&good[..n])));
    assert!(refused(&sequence(&one)));
    // Negative, or with a zero too many, or empty.
    for bad in [&[0x80][..], &[0xff; 32], &[0, 1], &[0, 0, 0x80], &[]] {
        assert!(refused(&sequence(&[integer(bad), two.clone()].concat())), "{bad:?}");
        assert!(refused(&sequence(&[one.clone(), integer(bad)].concat())), "{bad:?}");
    }
    // Out of range: 0, n, and 33 bytes.
    let n = BigUint::parse_bytes(
        b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        16,
    );
    let n = [&[0][..], &n.expect("hexadecimal").to_bytes_be()].concat();
    for bad in [&[0][..], &n, &[1; 33], &[0x7f; 40]] {
        assert!(refused(&sequence(&[integer(bad), two.clone()].concat())), "{bad:?}");
        assert!(refused(&sequence(&[one.clone(), integer(bad)].concat())), "{bad:?}");
    }
    // Lengths in more bytes than needed or unknown; other tags.
    assert!(refused(&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2]));
    assert!(refused(&[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0]));
    assert!(refused(&[0x30, 7, 2, 0x81, 1, 1, 2, 1, 2]));
    assert!(refused(&[0x31, 6, 2, 1, 1, 2, 1, 2]));
    assert!(refused(&[0x30, 6, 3, 1, 1, 2, 1, 2]));
}

#[test]
fn a_signature_of_63_or_65_bytes_is_refused() {
    for length in [0, 63, 65] {
        assert!(Signature::try_from(&vec![1; length][..]).is_err());
    }
    let signature = Signature::from_bytes(&[1; 64]).expect("in range");
    assert_eq!(SignatureEncoding::to_bytes(&signature), [1; 64]);
}

#[test]
fn every_changed_bit_is_refused() {
    let key = signing_key();
    let signature: Signature = key.sign(b"message");
    let prepared = key.verifying_key().prepare();
    for bit in 0..512 {
        let mut bytes = signature.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(changed) = Signature::from_bytes(&bytes) else { continue };
        assert!(key.verifying_key().verify(b"message", &changed).is_err());
        assert!(prepared.verify(b"message", &changed).is_err());
    }
}

#[test]
fn s_has_no_second_value() {
    let n = BigUint::parse_bytes(
        b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        16,
    );
    let key = signing_key();
    let mut bytes = Signer::<Signature>::sign(&key, b"message").to_bytes();
    let s = n.expect("hexadecimal") - BigUint::from_bytes_be(&bytes[32..]);
    bytes[64 - s.to_bytes_be().len()..].copy_from_slice(&s.to_bytes_be());
    let negated = Signature::from_bytes(&bytes).expect("in range");
    assert!(key.verifying_key().verify(b"message", &negated).is_err());
}

#[test]
fn many_signatures_are_those_one_by_one() {
    let key = signing_key();
    for count in [0, 1, 2, 15, 16, 17, 40] {
        let prehashes: Vec<_> = (0..count).map(|i| [i; 32]).collect();
        let mut signatures = vec![[0; 64]; usize::from(count)];
        assert_eq!(key.sign_prehash_many(&prehashes, &mut signatures), Ok(()));
        for (e, signature) in prehashes.iter().zip(&signatures) {
            assert_eq!(key.sign_prehash(e).expect("32 bytes").to_bytes(), *signature);
        }
    }
    let mut untouched = [[7; 64]; 2];
    assert_eq!(key.sign_prehash_many(&[[1; 32]], &mut untouched), Err(CountError));
    assert_eq!(untouched, [[7; 64]; 2]);
}

#[test]
fn many_verifications_are_those_one_by_one() {
    for backend in Backend::all() {
        let secret_key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
        let key = backend.signing_key(&secret_key, DEFAULT_ID).expect("short");
        for count in [0, 1, 2, 4, 5, 6, 16, 17, 40] {
            let prehashes: Vec<_> = (0..count).map(|i| [i; 32]).collect();
            let mut signatures = vec![[0; 64]; usize::from(count)];
            assert_eq!(key.sign_prehash_many(&prehashes, &mut signatures), Ok(()));
            // Each kind of fault: another r, another s, r of 0, s of n or more, and t = 0.
            let faults: [fn(&mut [u8; 64]); 5] = [
                |bytes| bytes[31] ^= 1,
                |bytes| bytes[32] ^= 1,
                |bytes| bytes[..32].fill(0),
                |bytes| bytes[32..].fill(0xff),
                |bytes| bytes.copy_from_slice(&T_OF_0),
            ];
            let mut right = vec![true; usize::from(count)];
            for (i, fault) in faults.iter().enumerate() {
                if let Some(bytes) = signatures.get_mut(3 * i + 1) {
                    fault(bytes);
                    right[3 * i + 1] = false;
                }
            }
            let prepared = key.verifying_key().prepare();
            for result in [false, true] {
                let mut valid = vec![result; usize::from(count)];
                let key = key.verifying_key();
                assert_eq!(key.verify_prehash_many(&prehashes, &signatures, &mut valid), Ok(()));
                assert_eq!(valid, right);
                valid.fill(result);
                let done = prepared.verify_prehash_many(&prehashes, &signatures, &mut valid);
                assert_eq!((done, &valid), (Ok(()), &right));
            }
        }
    }
}

/// r = 1 and s = n − 1.
const T_OF_0: [u8; 64] = {
    let n_minus_1 = *b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
        \x72\x03\xdf\x6b\x21\xc6\x05\x2b\x53\xbb\xf4\x09\x39\xd5\x41\x22";
    let (mut bytes, mut i) = ([0; 64], 0);
    bytes[31] = 1;
    while i < 32 {
        bytes[32 + i] = n_minus_1[i];
        i += 1;
    }
    bytes
};

#[test]
fn many_verifications_want_as_many_of_each() {
    let key = signing_key().verifying_key().clone();
    let done = verify_prehash_many(&[&key; 2], &[[1; 32]; 3], &[[0; 64]; 3], &mut [false; 3]);
    assert_eq!(done, Err(CountError));
    let prepared = key.prepare();
    for (prehashes, signatures, results) in [(2, 1, 1), (1, 2, 1), (1, 1, 2), (7, 7, 6), (6, 7, 7)]
    {
        let mut valid = vec![true; results];
        let (prehashes, signatures) = (vec![[1; 32]; prehashes], vec![[0; 64]; signatures]);
        let done = key.verify_prehash_many(&prehashes, &signatures, &mut valid);
        assert_eq!(done, Err(CountError));
        let done = prepared.verify_prehash_many(&prehashes, &signatures, &mut valid);
        assert_eq!(done, Err(CountError));
        let keys = [key.public_key(); 7];
        let keys = &keys[..signatures.len()];
        assert_eq!(verify_prehash_many(keys, &prehashes, &signatures, &mut valid), Err(CountError));
        assert!(valid.iter().all(|untouched| *untouched));
    }
}

#[test]
fn many_verifications_of_different_keys() {
    for backend in Backend::all() {
        for count in [0, 1, 2, 7, 8, 9, 16, 21] {
            let keys: Vec<_> = (0..count)
                .map(|i| SecretKey::from_bytes(&[0x21 + i; 32]).expect("in range"))
                .map(|key| backend.signing_key(&key, DEFAULT_ID).expect("short"))
                .collect();
            let prehashes: Vec<_> = (0..count).map(|i| [i; 32]).collect();
            let sign = |(key, e): (&SigningKey, &[u8; 32])| {
                let signature: Signature = key.sign_prehash(e).expect("32 bytes");
                signature.to_bytes()
            };
            let mut signatures: Vec<_> = keys.iter().zip(&prehashes).map(sign).collect();
            let mut keys: Vec<_> =
                keys.iter().map(|key| *key.verifying_key().public_key()).collect();
            let mut right = vec![true; usize::from(count)];
            // Another s, s of n or more, t = 0, and another key.
            for i in (0..usize::from(count)).step_by(5) {
                right[i] = false;
                match i / 5 {
                    0 => signatures[i][40] ^= 1,
                    1 => signatures[i][32..].fill(0xff),
                    2 => signatures[i] = T_OF_0,
                    _ => keys[i] = keys[i - 1],
                }
            }
            for result in [false, true] {
                let mut valid = vec![result; usize::from(count)];
                let done = backend.verify_prehash_many(&keys, &prehashes, &signatures, &mut valid);
                assert_eq!((done, &valid), (Ok(()), &right));
            }
        }
    }
}

/// s and t may be chosen so that equal points meet on the way to s·G + t·P, if P is G.
#[test]
fn many_verifications_where_equal_points_meet() {
    let secret_key = SecretKey::from_bytes(&BigUint::from(1_u32).to_32_bytes()).expect("in range");
    let key = secret_key.public_key();
    let n = BigUint::parse_bytes(N, 16).expect("hexadecimal");
    for backend in Backend::all() {
        // For each width of digits of s that a table of G may have.
        for width in [4, 11] {
            let t = &n + 1_u32 - (BigUint::from(1_u32) << (width + 1));
            let (s, r): (BigUint, BigUint) = (BigUint::from(1_u32), &t - 1_u32);
            let k: BigUint = (&s + &t) % &n;
            let sum = backend.mul_base(&k.to_32_bytes()).expect("not O");
            let e = (&n + &r - BigUint::from_bytes_be(&sum[..32]) % &n) % &n;
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&r.to_32_bytes());
            signature[32..].copy_from_slice(&s.to_32_bytes());
            let mut other = signature;
            other[63] ^= 2;
            let mut valid = [false, true];
            let done = backend.verify_prehash_many(
                &[key; 2],
                &[e.to_32_bytes(); 2],
                &[signature, other],
                &mut valid,
            );
            assert_eq!((done, valid), (Ok(()), [true, false]));
        }
    }
}

trait To32Bytes {
    fn to_32_bytes(&self) -> [u8; 32];
}

impl To32Bytes for BigUint {
    fn to_32_bytes(&self) -> [u8; 32] {
        let (bytes, mut padded) = (self.to_bytes_be(), [0; 32]);
        padded[32 - bytes.len()..].copy_from_slice(&bytes);
        padded
    }
}

fn secret_key() -> impl Strategy<Value = SecretKey> {
    any::<[u8; 32]>().prop_filter_map("out of range", |bytes| SecretKey::from_bytes(&bytes).ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_verifies_on_every_backend(
        key in secret_key(),
        other in secret_key(),
        id in prop::collection::vec(any::<u8>(), 0..100),
        message in prop::collection::vec(any::<u8>(), 0..300),
        e: [u8; 32],
    ) {
        let mut all = vec![];
        for backend in Backend::all() {
            let key = backend.signing_key(&key, &id).expect("short");
            let other = backend.verifying_key(&backend.public_key(&other), &id).expect("short");
            let signature: Signature = key.sign(&message);
            let of_e = key.sign_prehash(&e).expect("32 bytes");
            let verifying = key.verifying_key();
            prop_assert!(verifying.verify(&message, &signature).is_ok());
            prop_assert!(verifying.prepare().verify(&message, &signature).is_ok());
            prop_assert!(verifying.verify_prehash(&e, &of_e).is_ok());
            prop_assert!(verifying.verify(&message, &of_e).is_err());
            prop_assert!(other.verify(&message, &signature).is_err());
            prop_assert!(other.prepare().verify(&message, &signature).is_err());
            let found: Vec<_> = (0..4).filter_map(|i| backend.recover(&of_e, &e, i)).collect();
            prop_assert!(found.contains(verifying.public_key()));
            for key in found {
                let key = backend.verifying_key(&key, DEFAULT_ID).expect("short");
                prop_assert!(key.verify_prehash(&e, &of_e).is_ok());
            }
            all.push((signature, of_e));
        }
        prop_assert!(all.iter().all(|made| *made == all[0]));
    }

    #[test]
    fn bytes_that_are_read_are_those_written(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(signature) = Signature::from_der(&bytes) {
            prop_assert!(*signature.to_der().as_ref() == *bytes);
        }
        if let Ok(key) = PublicKey::from_sec1_bytes(&bytes) {
            prop_assert!(key.to_sec1_bytes()[..] == bytes || key.to_compressed_bytes()[..] == bytes);
        }
    }

    #[test]
    fn short_integers_survive_der(r in 1_u128.., s in 1_u128.., r_bytes in 1..16_usize) {
        let mut bytes = [0; 64];
        bytes[32 - r_bytes..32].copy_from_slice(&(r | 1).to_le_bytes()[..r_bytes]);
        bytes[48..].copy_from_slice(&s.to_be_bytes());
        bytes[31] |= 1;
        let signature = Signature::from_bytes(&bytes).expect("in range");
        prop_assert_eq!(Signature::from_der(signature.to_der().as_ref()).expect("DER"), signature);
    }
}
