//! What went wrong in other implementations of SM2, and is tested nowhere else here.

mod common;

use common::{sm2::Counter, sm2_enc::Hashes};
use num_bigint::BigUint;
use shangmi::{
    digest::Digest,
    signature::{
        Verifier,
        hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner},
    },
    sm2::{
        __backends::{Backend, sign_with_nonce},
        DEFAULT_ID, PublicKey, SecretKey, SharedSecret, Signature, SigningKey, VerifyingKey,
        diffie_hellman,
        kex::{AwaitingConfirmation, Initiator, Party, Peer, Responder},
    },
    sm3::Sm3,
};
use zeroize::ZeroizeOnDrop;

fn n() -> BigUint {
    let n = b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    BigUint::parse_bytes(n, 16).expect("hexadecimal")
}

fn bytes(integer: &BigUint) -> [u8; 32] {
    let digits = integer.to_bytes_be();
    let mut bytes = [0; 32];
    bytes[32 - digits.len()..].copy_from_slice(&digits);
    bytes
}

fn small(d: u32) -> SecretKey {
    SecretKey::from_bytes(&bytes(&d.into())).expect("in range")
}

/// k of a signature, by d: (1 + d)·s + d·r.
fn nonce(signature: &Signature, d: &SecretKey) -> BigUint {
    let [r, s] = [0, 32].map(|i| BigUint::from_bytes_be(&signature.to_bytes()[i..i + 32]));
    let d = BigUint::from_bytes_be(&*d.to_bytes());
    ((&d + 1_u8) * s + d * r) % n()
}

/// RustCrypto's sm2 left all in memory.
#[test]
fn whatever_holds_a_secret_is_cleared_on_drop() {
    fn cleared<T: ZeroizeOnDrop>() {}
    cleared::<SecretKey>();
    cleared::<SigningKey>();
    cleared::<SharedSecret>();
    cleared::<Party>();
    cleared::<Initiator>();
    cleared::<Responder>();
    cleared::<AwaitingConfirmation>();
}

/// GHSA-w3g8-fp6j-wvqw, and nonces reduced modulo n, whose upper bits lean to one side: a signature's k must have no bit
/// that is more often one value. Of 400 fair bits between 130 and 270 are ones (7 standard deviations).
#[test]
fn every_bit_of_k_is_fair() {
    let key = SigningKey::new(&small(0x1234_5678));
    let (mut rng, mut ones) = (Hashes(0), [[0_u32; 256]; 3]);
    let prehashes: Vec<[u8; 32]> =
        (0..400_u32).map(|i| Sm3::digest(i.to_be_bytes()).into()).collect();
    let mut many = vec![[0; 64]; prehashes.len()];
    key.sign_prehash_many(&prehashes, &mut many).expect("as many");
    for (e, many) in prehashes.iter().zip(&many) {
        let signatures = [
            key.sign_prehash(e).expect("32 bytes"),
            key.sign_prehash_with_rng(&mut rng, e).expect("32 bytes"),
            Signature::from_bytes(many).expect("in range"),
        ];
        for (signature, ones) in signatures.iter().zip(&mut ones) {
            let k = nonce(signature, key.secret_key());
            for (bit, ones) in (0..).zip(ones) {
                *ones += u32::from(k.bit(bit));
            }
        }
    }
    for ones in ones {
        assert!(ones.iter().all(|ones| (130..=270).contains(ones)), "{ones:?}");
    }
}

/// No two signatures have the same k, whichever way they are made, and a broken source of randomness does not repeat k.
#[test]
fn no_k_comes_twice() {
    let key = SigningKey::new(&small(77));
    let mut seen = Vec::new();
    for i in 0..50_u8 {
        seen.push(nonce(&key.sign_prehash(&[i; 32]).expect("32 bytes"), key.secret_key()));
        // The same "random" bytes each time.
        let hedged = key.sign_prehash_with_rng(&mut Counter(0), &[i; 32]).expect("32 bytes");
        seen.push(nonce(&hedged, key.secret_key()));
        // The same e and another key.
        let other = SigningKey::new(&small(78));
        seen.push(nonce(&other.sign_prehash(&[i; 32]).expect("32 bytes"), other.secret_key()));
    }
    seen.sort();
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
}

/// CVE-2024-13176, and the first digits of k: k, d and 1/(1 + d) with upper words of zero, and just below n.
#[test]
fn short_k_and_short_d_give_right_signatures() {
    let (n, one) = (n(), BigUint::from(1_u8));
    let lengths = [0, 1, 4, 31, 63, 64, 127, 128, 191, 192, 254];
    let mut numbers: Vec<BigUint> = lengths.iter().map(|bits| &one << *bits).collect();
    numbers.extend(lengths.map(|bits| &n - 1_u8 - (&one << bits)));
    // 1/(1 + d) is short.
    numbers.extend([2_u8, 3, 16].map(|i| BigUint::from(i).modpow(&(&n - 2_u8), &n) - 1_u8));
    for backend in Backend::all() {
        for d in &numbers {
            let secret = SecretKey::from_bytes(&bytes(d)).expect("in range");
            let key = backend.signing_key(&secret, DEFAULT_ID).expect("short");
            for k in numbers.iter().step_by(4).chain([&one, d]) {
                let e = BigUint::from(1_000_003_u32) * k % &n;
                let signature = sign_with_nonce(&key, &bytes(&e), &bytes(k)).expect("r, s not 0");
                assert_eq!(nonce(&signature, &secret), *k);
                let x1 = BigUint::from_bytes_be(&backend.mul_base(&bytes(k)).expect("not O")[..32]);
                assert_eq!(signature.to_bytes()[..32], bytes(&((e.clone() + x1) % &n)));
                assert!(key.verifying_key().verify_prehash(&bytes(&e), &signature).is_ok());
            }
        }
    }
}

/// Z_A has the coordinates in 32 bytes, with their zeros.
#[test]
fn coordinates_with_leading_zeros_in_z_a() {
    let generator = small(1).public_key();
    let [a, b] = [
        "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc",
        "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
    ]
    .map(|hex| bytes(&BigUint::parse_bytes(hex.as_bytes(), 16).expect("hexadecimal")));
    let short = |key: &PublicKey| key.x()[0] == 0 || key.y()[0] == 0;
    let keys = (1..1500).map(|d| small(d).public_key()).filter(short);
    let mut zeros = [0; 2];
    for key in keys {
        zeros[0] += u32::from(key.x()[0] == 0);
        zeros[1] += u32::from(key.y()[0] == 0);
        let mut sm3 = Sm3::new_with_prefix([0, 128]).chain_update(DEFAULT_ID);
        for part in [a, b, generator.x(), generator.y(), key.x(), key.y()] {
            Digest::update(&mut sm3, part);
        }
        assert_eq!(key.z_a(DEFAULT_ID), Ok(sm3.finalize().into()));
        assert_eq!(PublicKey::from_sec1_bytes(&key.to_sec1_bytes()), Ok(key));
        assert_eq!(PublicKey::from_sec1_bytes(&key.to_compressed_bytes()), Ok(key));
    }
    assert!(zeros.iter().all(|count| *count > 0), "one in 256 of each");
}

/// No identifier is one with no bytes, not the default one.
#[test]
fn no_identifier_is_not_the_default_one() {
    let key = small(5).public_key();
    let empty = key.z_a(b"").expect("short");
    assert_ne!(key.z_a(DEFAULT_ID), Ok(empty));
    assert_eq!(*VerifyingKey::with_id(&key, b"").expect("short").z_a(), empty);
    assert_eq!(VerifyingKey::new(&key).z_a(), &key.z_a(DEFAULT_ID).expect("short"));
}

/// openssl#11688: with d = n − 2 the inverse of 1 + d is −1; the largest and the least d serve everything.
#[test]
fn the_least_and_the_largest_d_serve_everything() {
    for d in [BigUint::from(1_u8), n() - 2_u8] {
        let secret = SecretKey::from_bytes(&bytes(&d)).expect("in range");
        let (other, public) = (small(99), secret.public_key());
        let one = diffie_hellman(&secret, &other.public_key());
        assert_eq!(one.as_bytes(), diffie_hellman(&other, &public).as_bytes());
        let parties = [&secret, &other].map(|key| Party::new(key, b"id").expect("short"));
        let peers = [public, other.public_key()].map(|key| Peer::new(&key, b"id").expect("short"));
        let Ok(a) = parties[0].initiate(&mut Hashes(1));
        let Ok(b) = parties[1].respond(&mut Hashes(2));
        let (r_a, r_b, mut keys) = (*a.r(), *b.r(), [[0; 16]; 2]);
        assert_eq!(a.finish(&peers[1], &r_b, &mut keys[0]), Ok(()));
        assert_eq!(b.finish(&peers[0], &r_a, &mut keys[1]), Ok(()));
        assert_eq!(keys[0], keys[1]);
        let signature = SigningKey::new(&secret).sign_prehash(&[1; 32]).expect("32 bytes");
        assert!(VerifyingKey::new(&public).verify_prehash(&[1; 32], &signature).is_ok());
        assert!(VerifyingKey::new(&public).verify(&[1; 32], &signature).is_err());
    }
}
