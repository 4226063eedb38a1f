//! Encryption with SM2: the standard's values, every format, other libraries, and what must be refused.

mod common;

use common::sm2_enc::{FORMATS, Hashes, Script};
use num_bigint::BigUint;
use proptest::prelude::*;
use shangmi::{
    sm2::{
        __backends::Backend,
        PublicKey, SecretKey,
        pke::{C1, Ciphertext, DecryptError, EncryptError, Format},
    },
    sm3::Sm3,
};

#[path = "sm2_pke/der.rs"]
mod der;
#[path = "sm2_pke/others.rs"]
mod others;

const C1C3C2: Format = Format::C1C3C2(C1::Uncompressed);

fn key() -> SecretKey {
    SecretKey::from_bytes(&[0x42; 32]).expect("a key")
}

fn encrypt(format: Format, message: &[u8], seed: u64) -> Vec<u8> {
    let mut out = vec![0; format.max_len(message.len()).expect("short")];
    let public = key().public_key();
    public.encrypt(&mut Hashes(seed), format, message, &mut out).expect("not empty").to_vec()
}

/// The message; a refusal clears the buffer.
fn decrypt(format: Format, ciphertext: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let mut out = vec![0x77; ciphertext.len()];
    let message = key().decrypt(format, ciphertext, &mut out).map(|message| message.to_vec());
    if message.is_err() {
        assert!(out.iter().all(|byte| *byte == 0), "not cleared");
    }
    message
}

/// The ciphertext of `message` with this k.
fn with_k(format: Format, k: &[u8; 32], message: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; format.max_len(message.len())?];
    let backend = Backend::all().next()?;
    let length = backend.encrypt_with_k(k, &key().public_key(), format, message, &mut out)?;
    out.truncate(length);
    Some(out)
}

fn small(k: u16) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[30..].copy_from_slice(&k.to_be_bytes());
    bytes
}

#[test]
fn the_standards_example_on_every_backend() {
    for backend in Backend::all() {
        let run = common::each_case(&common::vectors(), "sm2/encrypt.txt", |case| {
            common::sm2_enc::encrypt(case, backend)
        });
        assert_eq!(run.unwrap_or_else(|e| panic!("{}: {e}", backend.name())), 1);
    }
}

#[test]
fn messages_of_any_length_in_every_format_on_every_backend() {
    let message: Vec<u8> = (0..70_000_u32).map(|i| i.to_be_bytes()[3] ^ 0x5a).collect();
    for n in (1..=70).chain([95, 96, 97, 255, 256, 8191, 65_535, 65_536, 70_000]) {
        for format in FORMATS {
            let ciphertext = encrypt(format, &message[..n], n as u64);
            let most = format.max_len(n).expect("short");
            assert!(ciphertext.len() <= most && ciphertext.len() + 64 >= most);
            for backend in Backend::all() {
                let mut out = vec![0x77; n + 3];
                let opened = backend.decrypt(&key(), format, &ciphertext, &mut out);
                assert_eq!(opened.as_deref(), Ok(&message[..n]), "{format:?}, {n} bytes");
                assert_eq!(out[n..], [0x77; 3], "beyond the message");
            }
        }
    }
}

#[test]
fn an_empty_message_is_refused() {
    for format in FORMATS {
        let mut out = [0x77; 200];
        let encrypted = key().public_key().encrypt(&mut Hashes(0), format, b"", &mut out);
        assert_eq!(encrypted, Err(EncryptError::EmptyMessage));
        assert_eq!(out, [0x77; 200]);
        // A ciphertext of one, which has the C3 that it should have.
        let ciphertext = with_k(format, &[5; 32], b"x").expect("t is not zero");
        let Ok(parsed) = Ciphertext::parse(format, &ciphertext) else { panic!("well formed") };
        assert_eq!(parsed.message_len(), 1);
    }
    let (c1, shared) = (point(&[5; 32]), shared(&point(&[5; 32])));
    let c3: [u8; 32] = Sm3::digest(shared).into();
    assert_eq!(decrypt(C1C3C2, &[&[4], &c1[..], &c3].concat()), Err(DecryptError));
    assert_eq!(decrypt(Format::C1C2C3(C1::Untagged), &[&c1[..], &c3].concat()), Err(DecryptError));
}

fn point(k: &[u8; 32]) -> [u8; 64] {
    Backend::all().last().and_then(|backend| backend.mul_base(k)).expect("not O")
}

/// x₂ ‖ y₂ for our key.
fn shared(c1: &[u8; 64]) -> [u8; 64] {
    Backend::all().last().and_then(|backend| backend.mul(&key().to_bytes(), c1)).expect("not O")
}

/// One k in 256 gives a t of zero for a message of one byte.
#[test]
fn a_t_of_zeros_is_not_used_to_encrypt_and_refused_by_decryption() {
    let useless: Vec<_> =
        (1..2000).filter(|k| with_k(C1C3C2, &small(*k), b"x").is_none()).collect();
    assert!((2..=20).contains(&useless.len()), "{}", useless.len());
    for k in useless {
        let k = small(k);
        // Encrypt again.
        for format in FORMATS {
            let mut rng = Script(vec![k, [9; 32], [8; 32]]);
            let mut out = [0; 200];
            let encrypted = key().public_key().encrypt(&mut rng, format, b"x", &mut out);
            assert_eq!(encrypted.ok().map(|c| c.to_vec()), with_k(format, &[9; 32], b"x"));
            assert_eq!(rng.0.len(), 1);
        }
        // Without t, C2 is the message; where C1 is longer than the next one, it stood behind that ciphertext.
        for next in 1..=8 {
            let (mut rng, mut out) = (Script(vec![k, [next; 32]]), [0; 200]);
            let encrypted = key().public_key().encrypt(&mut rng, Format::Der, b"x", &mut out);
            let length = encrypted.expect("t is not zero").len();
            assert!(out[length..].iter().all(|byte| *byte == 0), "of the message");
        }
        // What would be right but for t.
        let (c1, shared) = (point(&k), shared(&point(&k)));
        let c3 = Sm3::digest([&shared[..32], b"x", &shared[32..]].concat());
        let ciphertext = [&[4], &c1[..], &c3, b"x"].concat();
        assert!(Ciphertext::parse(C1C3C2, &ciphertext).is_ok());
        assert_eq!(decrypt(C1C3C2, &ciphertext), Err(DecryptError));
        // A longer message can have this k.
        assert!(with_k(C1C3C2, &k, b"more than one").is_some());
    }
}

/// GHSA-w3g8-fp6j-wvqw: k had 32 bits there.
#[test]
fn k_is_all_of_32_random_bytes() {
    let mut seen = vec![[false; 256]; 32];
    for seed in 0..300 {
        let ciphertext = encrypt(C1C3C2, b"message", seed);
        let k: [u8; 32] = Sm3::digest((seed + 1).to_be_bytes()).into();
        assert_eq!(ciphertext[1..65], point(&k));
        k.iter().zip(&mut seen).for_each(|(byte, seen)| seen[usize::from(*byte)] = true);
    }
    for seen in seen {
        // 300 draws of 256 values: 177 on average.
        assert!(seen.iter().filter(|seen| **seen).count() > 130);
    }
}

#[test]
fn k_is_drawn_by_rejection() {
    let n = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let n = BigUint::parse_bytes(n.as_bytes(), 16).unwrap().to_bytes_be();
    let draws = vec![[0; 32], [0xff; 32], n.try_into().unwrap(), [7; 32]];
    let mut out = [0; 200];
    let encrypted = key().public_key().encrypt(&mut Script(draws), C1C3C2, b"message", &mut out);
    assert_eq!(encrypted.map(|c| c.to_vec()).ok(), with_k(C1C3C2, &[7; 32], b"message"));
}

#[test]
fn a_broken_source_of_randomness_is_an_error_and_no_endless_loop() {
    for draws in [vec![], vec![[0; 32]; 1000], vec![[0xff; 32]; 1000], vec![[0; 32], [0xff; 32]]] {
        let mut out = [0x77; 200];
        let encrypted = key().public_key().encrypt(&mut Script(draws), Format::Der, b"m", &mut out);
        assert_eq!(encrypted, Err(EncryptError::Randomness));
        let most = Format::Der.max_len(1).expect("short");
        assert_eq!(out[..most], vec![0; most]);
    }
}

#[test]
fn a_buffer_too_short_is_refused() {
    for format in FORMATS {
        let most = format.max_len(7).expect("short");
        for room in [0, 1, most - 1] {
            let mut out = vec![0x77; room];
            let encrypted =
                key().public_key().encrypt(&mut Hashes(0), format, b"message", &mut out);
            assert_eq!(encrypted, Err(EncryptError::BufferTooShort));
            assert_eq!(out, vec![0x77; room]);
        }
        let ciphertext = encrypt(format, b"message", 0);
        for room in 0..7 {
            let mut out = vec![0x77; room];
            assert_eq!(key().decrypt(format, &ciphertext, &mut out), Err(DecryptError));
            assert_eq!(out, vec![0; room]);
        }
        let parsed = Ciphertext::parse(format, &ciphertext).expect("well formed");
        assert_eq!(parsed.encoded_len(format), Some(ciphertext.len()));
        assert_eq!(parsed.write(format, &mut vec![0; ciphertext.len() - 1]), None);
    }
    assert_eq!(C1C3C2.max_len(usize::MAX), None);
    assert_eq!(Format::Der.max_len(usize::MAX - 100), None);
}

#[test]
fn any_flipped_bit_is_refused_and_the_buffer_cleared() {
    for format in FORMATS {
        let good = encrypt(format, b"msg", 3);
        assert_eq!(decrypt(format, &good).as_deref(), Ok(&b"msg"[..]));
        for bit in 0..8 * good.len() {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decrypt(format, &bad), Err(DecryptError), "{format:?}, bit {bit}");
        }
    }
}

/// GHSA-78p6-6878-8mj6, GHSA-j9xq-69pf-pcm8: panics on such input there.
#[test]
fn any_length_but_the_right_one_is_refused() {
    for format in FORMATS {
        let good = encrypt(format, b"message", 4);
        for n in 0..good.len() {
            assert_eq!(decrypt(format, &good[..n]), Err(DecryptError));
            assert_eq!(decrypt(format, &good[n + 1..]), Err(DecryptError));
        }
        for more in [&[0][..], &[0; 2], b"trailing"] {
            assert_eq!(decrypt(format, &[&good, more].concat()), Err(DecryptError));
        }
    }
}

/// CVE-2026-23966: d found by some hundred ciphertexts with points of other curves.
#[test]
fn a_c1_outside_the_curve_is_refused() {
    let good = encrypt(C1C3C2, b"message", 5);
    let rest = &good[65..];
    let p = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";
    let p = BigUint::parse_bytes(p.as_bytes(), 16).unwrap();
    // A point whose x + p has 256 bits, too.
    let x =
        (0..100_u16).find(|x| PublicKey::from_sec1_bytes(&[&[2], &small(*x)[..]].concat()).is_ok());
    let x = small(x.expect("half of them are on the curve"));
    let Ok(small_point) = PublicKey::from_sec1_bytes(&[&[2], &x[..]].concat()) else { panic!() };
    let x_plus_p = (BigUint::from_bytes_be(&x) + &p).to_bytes_be();
    let shifted = [&x_plus_p[..], &small_point.y()].concat();
    for c1 in [&[0; 64][..], &[0xff; 64], &[&good[1..33], &good[1..33]].concat(), &shifted] {
        for (format, tag) in [(C1C3C2, &[4][..]), (Format::C1C3C2(C1::Untagged), &[])] {
            let bad = [tag, c1, rest].concat();
            assert_eq!(Ciphertext::parse(format, &bad).map(|_| ()), Err(DecryptError));
            assert_eq!(decrypt(format, &bad), Err(DecryptError));
        }
        let der = der::ciphertext(&c1[..32], &c1[32..], &rest[..32], &rest[32..]);
        assert_eq!(Ciphertext::parse(Format::Der, &der).map(|_| ()), Err(DecryptError));
    }
    let compressed = Format::C1C3C2(C1::Compressed);
    let no_root = (0..100_u16)
        .find(|x| PublicKey::from_sec1_bytes(&[&[2], &small(*x)[..]].concat()).is_err());
    let no_root = small(no_root.expect("half of them are not on the curve"));
    for x in [&no_root[..], &x_plus_p, &[0xff; 32]] {
        assert_eq!(decrypt(compressed, &[&[2], x, rest].concat()), Err(DecryptError));
    }
    // The mixed form, O, and the form that was not asked for.
    let compressed_c1 = small_point.to_compressed_bytes();
    for tag in [0, 1, 2, 3, 5, 6, 7, 0xff] {
        assert_eq!(decrypt(C1C3C2, &[&[tag], &good[1..]].concat()), Err(DecryptError));
    }
    assert!(Ciphertext::parse(compressed, &[&compressed_c1, rest].concat()).is_ok());
    assert!(Ciphertext::parse(C1C3C2, &[&compressed_c1, rest].concat()).is_err());
    assert!(Ciphertext::parse(compressed, &good).is_err());
}

#[test]
fn each_format_is_written_from_each() {
    for k in 1..40 {
        for from in FORMATS {
            let bytes = with_k(from, &small(k), b"some message").expect("t is not zero");
            let ciphertext = Ciphertext::parse(from, &bytes).expect("well formed");
            for to in FORMATS {
                let want = with_k(to, &small(k), b"some message").expect("t is not zero");
                assert_eq!(ciphertext.encoded_len(to), Some(want.len()));
                let mut out = vec![0x77; want.len() + 2];
                assert_eq!(ciphertext.write(to, &mut out).as_deref(), Some(&want[..]));
                assert_eq!(out[want.len()..], [0x77; 2]);
                #[cfg(feature = "alloc")]
                assert_eq!(ciphertext.to_vec(to), want);
            }
        }
    }
}

#[test]
fn the_format_found_is_told() {
    for format in FORMATS {
        let bytes = encrypt(format, b"some message", 8);
        let order: fn(C1) -> Format = match format {
            Format::C1C2C3(_) => Format::C1C2C3,
            _ => Format::C1C3C2,
        };
        let found = Ciphertext::parse_any(order, &bytes).map(|(_, format)| format);
        match format {
            // Which cannot be told from others.
            Format::C1C3C2(C1::Untagged) | Format::C1C2C3(C1::Untagged) => {
                assert_ne!(found, Ok(format));
            }
            _ => assert_eq!(found, Ok(format)),
        }
    }
    assert!(Ciphertext::parse_any(Format::C1C3C2, &[]).is_err());
}

#[test]
fn another_key_or_another_order_is_refused() {
    let ciphertext = encrypt(C1C3C2, &[7; 40], 9);
    let other = SecretKey::from_bytes(&[0x43; 32]).expect("a key");
    let mut out = [0x77; 50];
    assert_eq!(other.decrypt(C1C3C2, &ciphertext, &mut out), Err(DecryptError));
    assert_eq!(out, [0; 50]);
    assert_eq!(decrypt(Format::C1C2C3(C1::Uncompressed), &ciphertext), Err(DecryptError));
}

#[cfg(feature = "alloc")]
#[test]
fn the_forms_that_allocate_do_the_same() {
    for format in FORMATS {
        let public = key().public_key();
        let ciphertext = public.encrypt_to_vec(&mut Hashes(1), format, b"message").expect("short");
        assert_eq!(ciphertext, encrypt(format, b"message", 1));
        assert_eq!(key().decrypt_to_vec(format, &ciphertext).as_deref(), Ok(&b"message"[..]));
        assert_eq!(key().decrypt_to_vec(format, &ciphertext[1..]), Err(DecryptError));
        let empty = public.encrypt_to_vec(&mut Hashes(1), format, b"");
        assert_eq!(empty, Err(EncryptError::EmptyMessage));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_message_comes_back(message in prop::collection::vec(any::<u8>(), 1..400), seed: u32, i in 0_usize..7) {
        let ciphertext = encrypt(FORMATS[i], &message, seed.into());
        prop_assert_eq!(decrypt(FORMATS[i], &ciphertext), Ok(message));
    }

    #[test]
    fn garbage_is_refused(garbage in prop::collection::vec(any::<u8>(), 0..300), tag in 0_u8..5) {
        for format in FORMATS {
            prop_assert_eq!(decrypt(format, &garbage), Err(DecryptError));
            let tagged = [&[if tag == 0 { 0x30 } else { tag }], &garbage[..]].concat();
            prop_assert_eq!(decrypt(format, &tagged), Err(DecryptError));
        }
    }
}
