//! SM2 through the public interface: the standard's values, and what must be refused.

mod common;

use common::sm2::{Counter, FILES};
use num_bigint::BigUint;
use shangmi::{
    digest::{Digest, Update},
    rand_core::{TryCryptoRng, TryRng},
    signature::{
        DigestSigner, DigestVerifier, Keypair, MultipartSigner, MultipartVerifier,
        RandomizedDigestSigner, RandomizedMultipartSigner, RandomizedSigner, Signer, Verifier,
        hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner},
    },
    sm2::{
        __backends::{Backend, sign_with_nonce},
        DEFAULT_ID, DerSignature, IdTooLong, KeyError, PublicKey, SecretKey, Signature, SigningKey,
        TLS13_ID, VerifyingKey,
    },
};

const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const P: &str = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";

fn integer(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("hexadecimal")
}

fn bytes(integer: &BigUint) -> [u8; 32] {
    let bytes = integer.to_bytes_be();
    let mut padded = [0; 32];
    padded[32 - bytes.len()..].copy_from_slice(&bytes);
    padded
}

fn secret_key() -> SecretKey {
    SecretKey::from_bytes(&[0x42; 32]).expect("a key")
}

fn both(r: &BigUint, s: &BigUint) -> [u8; 64] {
    [bytes(r), bytes(s)].concat().try_into().expect("64 bytes")
}

#[test]
fn the_standards_values_on_every_backend() {
    for backend in Backend::all() {
        for (file, check) in FILES {
            let run = common::each_case(&common::vectors(), file, |case| check(case, backend));
            run.unwrap_or_else(|failure| panic!("{}: {failure}", backend.name()));
        }
    }
}

#[test]
fn d_is_1_to_n_minus_2_on_import() {
    let n = integer(N);
    for d in [BigUint::ZERO, &n - 1_u8, n.clone(), &n + 1_u8, (BigUint::from(1_u8) << 256) - 1_u8] {
        assert_eq!(SecretKey::from_bytes(&bytes(&d)).map(|_| ()), Err(KeyError));
    }
    for d in [BigUint::from(1_u8), &n - 2_u8] {
        let key = SecretKey::from_bytes(&bytes(&d)).expect("in range");
        assert_eq!(*key.to_bytes(), bytes(&d));
        let signature: Signature = SigningKey::new(&key).sign(b"message");
        assert!(VerifyingKey::new(&key.public_key()).verify(b"message", &signature).is_ok());
    }
}

/// Gives 32 bytes at a time, then fails.
struct Script(Vec<[u8; 32]>);

impl TryRng for Script {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let next = self.0.pop().ok_or(std::fmt::Error)?;
        bytes.copy_from_slice(&next);
        Ok(())
    }
}

impl TryCryptoRng for Script {}

#[test]
fn d_out_of_range_is_drawn_again_on_generation() {
    let n = integer(N);
    let mut draws = Script(vec![[7; 32], [0; 32], bytes(&(&n - 1_u8)), bytes(&n), [0xff; 32]]);
    let key = SecretKey::generate(&mut draws).expect("the fifth draw is in range");
    assert_eq!(*key.to_bytes(), [7; 32]);
    assert!(SecretKey::generate(&mut draws).is_err(), "no more bytes, no key");
    assert!(SigningKey::new(&key).sign_prehash_with_rng(&mut draws, &[1; 32]).is_err());
}

#[test]
fn private_keys_have_exactly_32_bytes() {
    for length in [0, 1, 31, 33, 64] {
        assert!(SecretKey::from_slice(&vec![1; length]).is_err(), "{length} bytes");
    }
    assert!(SecretKey::from_slice(&[1; 32]).is_ok());
}

#[test]
fn public_keys_are_read_and_written_in_both_forms() {
    for d in 1..40_u8 {
        let key = SecretKey::from_bytes(&bytes(&d.into())).expect("in range").public_key();
        let (long, short) = (key.to_sec1_bytes(), key.to_compressed_bytes());
        assert_eq!(long, *[&[4][..], &key.x(), &key.y()].concat());
        assert_eq!(short[0], 2 + key.y()[31] % 2);
        assert_eq!(PublicKey::from_sec1_bytes(&long), Ok(key));
        assert_eq!(PublicKey::from_sec1_bytes(&short), Ok(key));
    }
}

#[test]
fn public_keys_of_other_forms_and_lengths_are_refused() {
    let key = secret_key().public_key();
    let (long, short) = (key.to_sec1_bytes(), key.to_compressed_bytes());
    for tag in (0..=255).filter(|tag| *tag != 4) {
        let mut bytes = long;
        bytes[0] = tag;
        assert_eq!(PublicKey::from_sec1_bytes(&bytes), Err(KeyError), "form {tag}");
    }
    for tag in (0..=255).filter(|tag| !(2..4).contains(tag)) {
        let mut bytes = short;
        bytes[0] = tag;
        assert_eq!(PublicKey::from_sec1_bytes(&bytes), Err(KeyError), "form {tag}");
    }
    for bytes in [&[][..], &[0], &[0; 33], &[0; 65], &long[..64], &short[..32], &long[1..]] {
        assert_eq!(PublicKey::from_sec1_bytes(bytes), Err(KeyError));
    }
    for bytes in [[&long[..], &[0]].concat(), [&short[..], &[0]].concat()] {
        assert_eq!(PublicKey::from_sec1_bytes(&bytes), Err(KeyError));
    }
}

#[test]
fn points_off_the_curve_and_coordinates_of_p_or_more_are_refused() {
    let key = secret_key().public_key();
    let mut y = key.y();
    y[31] ^= 1;
    assert_eq!(PublicKey::from_coordinates(&key.x(), &y), Err(KeyError));
    assert_eq!(PublicKey::from_coordinates(&[0; 32], &[0; 32]), Err(KeyError));
    // The least x of a point, which p more is as a residue.
    let p = integer(P);
    let compressed = |x: &BigUint| [&[2][..], &bytes(x)].concat();
    let is_one = |x: &u8| PublicKey::from_sec1_bytes(&compressed(&(*x).into())).is_ok();
    let least = (0..100).find(is_one).expect("half of all x are of points");
    let key = PublicKey::from_sec1_bytes(&compressed(&least.into())).expect("a point");
    let big = &p + least;
    assert_eq!(PublicKey::from_sec1_bytes(&compressed(&big)), Err(KeyError));
    assert_eq!(PublicKey::from_coordinates(&bytes(&big), &key.y()), Err(KeyError));
    assert!((0..100_u8).any(|x| !is_one(&x)), "some x are of no point");
}

#[test]
fn debug_of_secrets_hides_them() {
    let key = secret_key();
    assert_eq!(format!("{key:?}"), "SecretKey { .. }");
    assert_eq!(format!("{:?}", SigningKey::new(&key)), "SigningKey { .. }");
}

#[test]
fn the_identifier_has_up_to_8191_bytes() {
    let key = secret_key().public_key();
    let z_a = key.z_a(&[b'a'; 8191]).expect("the longest");
    // ENTL is in bits: 8191 bytes are fff8.
    let mut sm3 = shangmi::sm3::Sm3::new_with_prefix([0xff, 0xf8]).chain_update([b'a'; 8191]);
    let [p, a] = [P, "3"].map(integer);
    let generator = SecretKey::from_bytes(&bytes(&1_u8.into())).expect("in range").public_key();
    let b = integer("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93");
    for part in [bytes(&(p - a)), bytes(&b), generator.x(), generator.y(), key.x(), key.y()] {
        Digest::update(&mut sm3, part);
    }
    assert_eq!(z_a, *sm3.finalize());
    assert_eq!(key.z_a(&[b'a'; 8192]), Err(IdTooLong));
    assert_eq!(key.z_a(&vec![b'a'; 65536]), Err(IdTooLong));
    assert!(SigningKey::with_id(&secret_key(), &[0; 8192]).is_err());
    assert!(VerifyingKey::with_id(&key, &[0; 8192]).is_err());
}

#[test]
fn another_identifier_is_another_signature() {
    let (key, ids) = (secret_key(), [DEFAULT_ID, TLS13_ID, b"", b"\xff\xfe not UTF-8"]);
    for (i, id) in ids.iter().enumerate() {
        let signing = SigningKey::with_id(&key, id).expect("short");
        let signature: Signature = signing.sign(b"message");
        for (j, id) in ids.iter().enumerate() {
            let verifying = VerifyingKey::with_id(&key.public_key(), id).expect("short");
            assert_eq!(verifying.verify(b"message", &signature).is_ok(), i == j);
        }
    }
    assert_eq!(SigningKey::new(&key).verifying_key(), &VerifyingKey::new(&key.public_key()));
}

#[test]
fn every_trait_signs_the_same_and_verifies_it() {
    let key = SigningKey::new(&secret_key());
    let verifying: VerifyingKey = Keypair::verifying_key(&key);
    let prepared = verifying.prepare();
    let signature: Signature = key.sign(b"a message");
    let e = verifying.hasher().chain_update(b"a ").chain_update(b"message").finalize();
    let give = |sm3: &mut shangmi::sm3::Sm3| {
        Update::update(sm3, b"a mess");
        Update::update(sm3, b"age");
        Ok(())
    };
    assert_eq!(key.multipart_sign(&[b"a", b"", b" message"]), signature);
    assert_eq!(key.sign_prehash(&e).expect("32 bytes"), signature);
    assert_eq!(key.try_sign_digest(give).expect("no error"), signature);
    let der: DerSignature = key.sign(b"a message");
    assert_eq!(Signature::try_from(der).expect("just made"), signature);

    let hedged = [
        key.sign_with_rng(&mut Counter(0), b"a message"),
        key.multipart_sign_with_rng(&mut Counter(0), &[b"a ", b"message"]),
        key.sign_prehash_with_rng(&mut Counter(0), &e).expect("32 bytes"),
        key.try_sign_digest_with_rng(&mut Counter(0), give).expect("no error"),
    ];
    assert!(hedged.iter().all(|other| *other == hedged[0] && *other != signature));
    let other: Signature = key.sign_with_rng(&mut Counter(1), b"a message");
    assert_ne!(other, hedged[0]);
    for signature in [signature, hedged[0]] {
        assert!(verifying.verify(b"a message", &signature).is_ok());
        assert!(verifying.verify(b"a message", &signature.to_der()).is_ok());
        assert!(verifying.multipart_verify(&[b"a", b" message"], &signature).is_ok());
        assert!(verifying.verify_prehash(&e, &signature).is_ok());
        assert!(verifying.verify_digest(give, &signature).is_ok());
        assert!(prepared.verify(b"a message", &signature).is_ok());
        assert!(prepared.verify(b"a massage", &signature).is_err());
    }
    for length in [0, 31, 33] {
        assert!(key.sign_prehash(&vec![1; length]).is_err());
        assert!(verifying.verify_prehash(&vec![1; length], &signature).is_err());
    }
}

/// k of a signature, by d: (1 + d)·s + d·r.
fn nonce(signature: &Signature, d: &SecretKey) -> BigUint {
    let [r, s] = [0, 32].map(|i| BigUint::from_bytes_be(&signature.to_bytes()[i..i + 32]));
    let d = BigUint::from_bytes_be(&*d.to_bytes());
    ((&d + 1_u8) * s + d * r) % integer(N)
}

#[test]
fn the_nonce_depends_on_e_with_the_identifier_in_it() {
    let d = secret_key();
    let [a, b] = [DEFAULT_ID, TLS13_ID].map(|id| SigningKey::with_id(&d, id).expect("short"));
    let [of_a, of_b] = [&a, &b].map(|key| Signer::<Signature>::sign(key, b"message"));
    assert_ne!(nonce(&of_a, &d), nonce(&of_b, &d));
    let hedged: Signature = a.sign_with_rng(&mut Counter(0), b"message");
    assert_ne!(nonce(&of_a, &d), nonce(&hedged, &d));
}

#[test]
fn k_is_drawn_again_for_r_0_r_plus_k_n_and_s_0() {
    let (n, d, k) = (integer(N), BigUint::from(9_u8), BigUint::from(1234_u16));
    let x1 = SecretKey::from_bytes(&bytes(&k)).expect("in range").public_key().x();
    let x1 = BigUint::from_bytes_be(&x1);
    for backend in Backend::all() {
        let key = SecretKey::from_bytes(&bytes(&d)).expect("in range");
        let key = backend.signing_key(&key, DEFAULT_ID).expect("short");
        // s = 0 if k = r·d.
        let k_over_d = &k * d.modpow(&(&n - 2_u8), &n) % &n;
        for r in [BigUint::ZERO, &n - &k, k_over_d] {
            let e = (&n + &n + &r - &x1) % &n;
            assert_eq!(sign_with_nonce(&key, &bytes(&e), &bytes(&k)), None);
            assert!(sign_with_nonce(&key, &bytes(&(e + 1_u8)), &bytes(&k)).is_some());
        }
    }
}

#[test]
fn e_of_n_or_more_is_reduced() {
    let key = SigningKey::new(&secret_key());
    let [small, large] = [bytes(&5_u8.into()), bytes(&(integer(N) + 5_u8))];
    let signature = key.sign_prehash(&small).expect("32 bytes");
    assert_eq!(key.sign_prehash(&large).expect("32 bytes"), signature);
    assert!(key.verifying_key().verify_prehash(&large, &signature).is_ok());
}

#[test]
fn x1_of_n_or_more_is_reduced() {
    // Such points are too rare to find by k: take one, and a key for it.
    let mut found = 0;
    for i in 0..20_u8 {
        let signature = both(&(200_u8 + i).into(), &7_u8.into());
        let signature = Signature::from_bytes(&signature).expect("in range");
        for candidate in [2, 3] {
            // x1 = r − e + n.
            let e = bytes(&200_u8.into());
            let Some(key) = signature.recover(&e, candidate) else { continue };
            found += 1;
            let key = VerifyingKey::new(&key);
            assert!(key.verify_prehash(&e, &signature).is_ok());
            assert!(key.prepare().verify_prehash(&e, &signature).is_ok());
        }
    }
    assert!(found > 8, "about half of all x are of points");
}

#[test]
fn r_and_s_are_1_to_n_minus_1_and_their_sum_is_not_n() {
    let (n, one) = (integer(N), BigUint::from(1_u8));
    let most = (&one << 256) - 1_u8;
    for bad in [&BigUint::ZERO, &n, &(&n + 1_u8), &most] {
        for bytes in [both(bad, &one), both(&one, bad)] {
            assert!(Signature::from_bytes(&bytes).is_err());
            assert!(Signature::try_from(&bytes[..]).is_err());
        }
    }
    let key = secret_key().public_key();
    for r in [one.clone(), BigUint::from(77_u8), &n - 1_u8] {
        let signature = Signature::from_bytes(&both(&r, &(&n - &r))).expect("in range");
        // t = 0: whatever e is. With e = r − x_G·s… the point would be s·G; also for this e it is refused.
        let s = SecretKey::from_bytes(&bytes(&(&n - &r)));
        let x1 = s.map_or_else(|_| secret_key().public_key().x(), |s| s.public_key().x());
        let e = (&r + &n + &n - BigUint::from_bytes_be(&x1)) % &n;
        assert!(VerifyingKey::new(&key).verify_prehash(&bytes(&e), &signature).is_err());
        assert!(VerifyingKey::new(&key).prepare().verify_prehash(&bytes(&e), &signature).is_err());
        assert!((0..4).all(|i| signature.recover(&bytes(&e), i).is_none()));
    }
}

#[test]
fn a_result_of_o_is_refused() {
    // s + t·d = 0: s·(1 + d) = −r·d.
    let (n, d, r) = (integer(N), BigUint::from(9_u8), BigUint::from(1000_u16));
    let s = (&n - &r * &d % &n) * (&d + 1_u8).modpow(&(&n - 2_u8), &n) % &n;
    let key = SecretKey::from_bytes(&bytes(&d)).expect("in range").public_key();
    let signature = Signature::from_bytes(&both(&r, &s)).expect("in range");
    for e in [&r, &BigUint::ZERO, &(&n - 1_u8)] {
        assert!(VerifyingKey::new(&key).verify_prehash(&bytes(e), &signature).is_err());
        assert!(VerifyingKey::new(&key).prepare().verify_prehash(&bytes(e), &signature).is_err());
    }
}
