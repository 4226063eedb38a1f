//! Private keys of SM2 in envelopes.

mod common;

use common::{Failure, each_case, sm2_enc::Hashes, vectors};
use shangmi::{
    cipher::{BlockCipherEncrypt, KeyInit},
    sm2::{
        SecretKey,
        enveloped_key::{EnvelopeError, EnvelopedKey, SKF_LEN},
        pke::{Ciphertext, EncryptError, Format},
    },
};

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes(&[byte; 32]).expect("in range")
}

fn der(envelope: &EnvelopedKey) -> Vec<u8> {
    let mut bytes = [0; EnvelopedKey::MAX_DER_LEN];
    envelope.write_der(&mut bytes).expect("there is room").to_vec()
}

#[test]
fn the_recipient_alone_opens_what_was_sealed() {
    for i in 1..100 {
        let sealed = EnvelopedKey::seal(&mut Hashes(i), &key(1).public_key(), &key(2));
        let sealed = sealed.expect("sealed");
        assert_eq!(*sealed.public_key(), key(2).public_key());
        let from_der = EnvelopedKey::from_der(&der(&sealed)).expect("as written");
        let from_skf = EnvelopedKey::from_skf(&sealed.to_skf()).expect("as written");
        for envelope in [sealed, from_der, from_skf] {
            let opened = envelope.open(&key(1)).expect("opened");
            assert_eq!(*opened.to_bytes(), [2; 32]);
            assert!(matches!(envelope.open(&key(3)), Err(EnvelopeError)));
        }
    }
}

fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let [high, low] = u16::try_from(contents.len()).expect("short").to_be_bytes();
    let header: &[u8] = match (high, low) {
        (0, ..128) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [header, &contents].concat()
}

const SM4: &[u8] = b"\x06\x07\x2a\x81\x1c\xcf\x55\x01\x68";
const SM4_ECB: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x68\x01";
const SM4_CBC: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x68\x02";

/// The parts of an envelope by other programs than ours: RustCrypto's SM2 and SM4.
struct Parts {
    ciphertext: Vec<u8>,
    public_key: Vec<u8>,
    zeros: Vec<u8>,
    d: Vec<u8>,
}

fn parts() -> Parts {
    let recipient = sm2_oracle::PublicKey::from_sec1_bytes(&key(1).public_key().to_sec1_bytes());
    let encrypting = sm2_oracle::pke::EncryptingKey::new(recipient.expect("a point"));
    let sm4_key = [0x5a; 16];
    let raw = encrypting.encrypt(&mut Hashes(1), &sm4_key).expect("short");
    let raw = Ciphertext::parse(Format::default(), &raw).expect("well formed");
    let mut ciphertext = vec![0; raw.encoded_len(Format::Der).expect("short")];
    raw.write(Format::Der, &mut ciphertext).expect("it has this length");
    let sm4 = sm4_oracle::Sm4::new(&sm4_key.into());
    let encrypt = |bytes: [u8; 32]| {
        let mut blocks: [_; 2] =
            std::array::from_fn(|i| bytes[16 * i..][..16].try_into().expect("16"));
        sm4.encrypt_blocks(&mut blocks);
        blocks.concat()
    };
    let public_key = key(2).public_key().to_sec1_bytes().to_vec();
    Parts { ciphertext, public_key, zeros: encrypt([0; 32]), d: encrypt([2; 32]) }
}

fn file(algorithm: &[&[u8]], ciphertext: &[u8], public_key: &[u8], d: &[&[u8]]) -> Vec<u8> {
    let d = d.concat();
    let (public_key, d) = (tlv(3, &[&[0], public_key]), tlv(3, &[&[0], &d]));
    tlv(0x30, &[&tlv(0x30, algorithm), ciphertext, &public_key, &d])
}

#[test]
fn envelopes_of_others_are_opened() {
    let Parts { ciphertext, public_key, zeros, d } = parts();
    let algorithms: [&[&[u8]]; 4] = [&[SM4_ECB, &[5, 0]], &[SM4_ECB], &[SM4, &[5, 0]], &[SM4]];
    let mut all = Vec::new();
    for algorithm in algorithms {
        for d in [&[&d[..]][..], &[&zeros, &d], &[&[0; 32], &d]] {
            let envelope = EnvelopedKey::from_der(&file(algorithm, &ciphertext, &public_key, d));
            let envelope = envelope.expect("well formed");
            assert_eq!(*envelope.open(&key(1)).expect("opened").to_bytes(), [2; 32]);
            all.push(der(&envelope));
        }
    }
    // Written again, they are the same.
    assert_eq!(all[0], file(algorithms[0], &ciphertext, &public_key, &[&d]));
    assert!(all.iter().all(|one| *one == all[0]));
    let mut skf = EnvelopedKey::from_der(&all[0]).expect("as written").to_skf();
    skf[12..44].copy_from_slice(&zeros);
    let envelope = EnvelopedKey::from_skf(&skf).expect("well formed");
    assert_eq!(der(&envelope), all[0]);
}

#[test]
fn what_is_malformed_is_no_envelope() {
    let Parts { ciphertext, public_key, d, .. } = parts();
    let good = file(&[SM4_ECB, &[5, 0]], &ciphertext, &public_key, &[&d]);
    let read = |bytes: &[u8]| EnvelopedKey::from_der(bytes).is_ok();
    assert!(read(&good) && !read(&[&good[..], &[0]].concat()));
    assert!((0..good.len()).all(|n| !read(&good[..n])));
    let algorithms: [&[&[u8]]; 6] = [
        &[SM4_CBC],
        &[],
        &[SM4_ECB, &[5, 1, 0]],
        &[SM4_ECB, &[4, 0]],
        &[SM4_ECB, &[5, 0], &[5, 0]],
        &[&[5, 0], SM4_ECB],
    ];
    for algorithm in algorithms {
        assert!(!read(&file(algorithm, &ciphertext, &public_key, &[&d])));
    }
    let good = [SM4_ECB, &[5, 0]];
    let (compressed, other) = (key(2).public_key().to_compressed_bytes(), [9; 64]);
    for public_key in [&compressed[..], &public_key[1..], &public_key[..64], &[], &other] {
        assert!(!read(&file(&good, &ciphertext, public_key, &[&d])));
    }
    for d in [
        &d[1..],
        &[&d[..16], &d[..]].concat(),
        &[&[1; 16][..], &[2; 16], &d].concat(),
        &[&d[..], &[16; 16]].concat(),
        &[],
    ] {
        assert!(!read(&file(&good, &ciphertext, &public_key, &[d])), "{} bytes", d.len());
    }
    // The key of SM4 has another length, bits are unused.
    let mut longer = [0; 200];
    let public = key(1).public_key();
    let longer = public.encrypt(&mut Hashes(3), Format::Der, &[1; 17], &mut longer);
    assert!(!read(&file(&good, longer.expect("short"), &public_key, &[&d])));
    let unused = file(&good, &ciphertext, &public_key, &[&d]);
    let at = unused.len() - 33;
    assert!(!read(&[&unused[..at], &[1], &unused[at + 1..]].concat()));

    let skf = EnvelopedKey::from_der(&unused).expect("well formed").to_skf();
    let read = |bytes: &[u8]| EnvelopedKey::from_skf(bytes).is_ok();
    assert!(read(&skf) && !read(&skf[1..]) && !read(&[&skf[..], &[0]].concat()) && !read(&[]));
    // Version, cipher, lengths, and the zeros before each number.
    for at in [0, 4, 8, 12, 43, 76, 80, 144, 208, 272, SKF_LEN - 20] {
        let mut skf = skf;
        skf[at] ^= 1;
        assert!(!read(&skf), "byte {at}");
    }
}

#[test]
fn an_envelope_altered_or_with_another_key_is_not_opened() {
    let Parts { ciphertext, public_key, d, .. } = parts();
    let good = file(&[SM4_ECB, &[5, 0]], &ciphertext, &public_key, &[&d]);
    for i in 0..good.len() {
        let mut bytes = good.clone();
        bytes[i] ^= 1;
        let opened = EnvelopedKey::from_der(&bytes).and_then(|envelope| envelope.open(&key(1)));
        assert!(matches!(opened, Err(EnvelopeError)), "byte {i}");
    }
    let other = key(3).public_key().to_sec1_bytes();
    let mixed = EnvelopedKey::from_der(&file(&[SM4_ECB], &ciphertext, &other, &[&d]));
    assert!(mixed.expect("well formed").open(&key(1)).is_err());
}

fn read<T>(envelope: Result<T, EnvelopeError>) -> Result<T, Failure> {
    envelope.map_err(|error| Failure::Wrong(error.to_string()))
}

#[test]
fn envelopes_from_elsewhere_are_read_and_turned_into_each_form() {
    let cases = each_case(&vectors(), "sm2/enveloped_key.txt", |case| {
        if let Ok(recipient) = case.array("recipient") {
            let recipient = SecretKey::from_bytes(&recipient).expect("in range");
            let envelope = read(EnvelopedKey::from_der(&case.bytes("der")?))?;
            case.equal("private_key", &*read(envelope.open(&recipient))?.to_bytes())?;
            return case.equal("der", &der(&envelope));
        }
        let from_skf = read(EnvelopedKey::from_skf(&case.bytes("skf")?))?;
        case.ensure(from_skf.open(&key(1)).is_err(), "opened by another key")?;
        let Ok(theirs) = case.bytes("der") else { return Ok(()) };
        let envelope = read(EnvelopedKey::from_der(&theirs))?;
        case.equal("skf", &envelope.to_skf())?;
        // Ours has NULL behind the cipher's name, and is DER: with zeros before the coordinates.
        let (x, y) = (&theirs[19..51], &theirs[53..85]);
        case.ensure(x[0] & y[0] & 0x80 != 0, "these coordinates need a zero")?;
        let (start, name) = ([0x30, 0x81, theirs[2] + 4, 0x30, 12], &theirs[5..15]);
        let (x, y) = (tlv(2, &[&[0], x]), tlv(2, &[&[0], y]));
        let ours = [&start[..], name, &[5, 0, 0x30, theirs[16] + 2], &x, &y, &theirs[85..]];
        case.ensure(der(&from_skf) == ours.concat(), "another DER")
    });
    assert_eq!(cases.map_err(|failure| failure.to_string()), Ok(3));
}

#[test]
fn debug_of_an_envelope_shows_the_public_key_alone() {
    let sealed = EnvelopedKey::seal(&mut Hashes(1), &key(1).public_key(), &key(2)).expect("sealed");
    let expected = format!("EnvelopedKey {{ public_key: {:?}, .. }}", key(2).public_key());
    assert_eq!(format!("{sealed:?}"), expected);
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let recipient = key(1).public_key();
    for blocks in 0..2 {
        let mut rng = common::sm2_enc::Script(vec![[7; 32]; blocks]);
        let sealed = EnvelopedKey::seal(&mut rng, &recipient, &key(2));
        assert_eq!(sealed.err(), Some(EncryptError::Randomness));
    }
}

#[test]
fn there_must_be_room_for_the_der() {
    let sealed = EnvelopedKey::seal(&mut Hashes(1), &key(1).public_key(), &key(2)).expect("sealed");
    let whole = der(&sealed);
    for n in 0..whole.len() {
        assert!(sealed.write_der(&mut vec![0; n]).is_none());
    }
    assert!(sealed.write_der(&mut vec![0; whole.len()]).is_some());
    assert!(whole.len() <= EnvelopedKey::MAX_DER_LEN);
}
