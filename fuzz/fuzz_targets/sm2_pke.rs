//! Any bytes are a ciphertext of SM2 in one way or refused, with the buffer cleared.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::sm2::{
    __backends::Backend,
    SecretKey,
    pke::{C1, Ciphertext, DecryptError, Format},
};

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Bytes of unknown origin.
    Garbage { bytes: &'a [u8], room: u8 },
    /// A ciphertext with changes.
    Damaged { k: [u8; 32], format: u8, message: &'a [u8], changes: Vec<(u16, u8)> },
}

const FORMATS: [Format; 7] = [
    Format::C1C3C2(C1::Uncompressed),
    Format::C1C3C2(C1::Compressed),
    Format::C1C3C2(C1::Untagged),
    Format::C1C2C3(C1::Uncompressed),
    Format::C1C2C3(C1::Compressed),
    Format::C1C2C3(C1::Untagged),
    Format::Der,
];

fuzz_target!(|input: Input<'_>| {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    match input {
        Input::Garbage { bytes, room } => {
            for format in FORMATS {
                parse(format, bytes);
                let _ = decrypt(&key, format, bytes, room.into());
            }
            for order in [Format::C1C3C2, Format::C1C2C3] {
                if let Ok((_, format)) = Ciphertext::parse_any(order, bytes) {
                    assert!(Ciphertext::parse(format, bytes).is_ok());
                }
            }
        }
        Input::Damaged { k, format, message, changes } => {
            let format = FORMATS[usize::from(format) % FORMATS.len()];
            let mut bytes = vec![0; format.max_len(message.len()).expect("short")];
            let public = key.public_key();
            let mut lengths = Backend::all()
                .map(|backend| backend.encrypt_with_k(&k, &public, format, message, &mut bytes));
            let length = lengths.next().expect("the portable backend is always there");
            assert!(lengths.all(|other| other == length));
            let Some(length) = length.filter(|_| !message.is_empty()) else { return };
            bytes.truncate(length);
            let good = bytes.clone();
            for (at, change) in changes {
                bytes[usize::from(at) % length] ^= change;
            }
            parse(format, &bytes);
            let opened = decrypt(&key, format, &bytes, length);
            assert_eq!(
                opened,
                if bytes == good { Ok(message.to_vec()) } else { Err(DecryptError) }
            );
        }
    }
});

/// What is read is written again as it was.
fn parse(format: Format, bytes: &[u8]) {
    let Ok(ciphertext) = Ciphertext::parse(format, bytes) else { return };
    for other in FORMATS {
        let mut out = vec![0; ciphertext.encoded_len(other).expect("short")];
        let written = ciphertext.write(other, &mut out).expect("it has this length");
        assert!(other != format || written == bytes);
        let again = Ciphertext::parse(other, written).expect("just written");
        assert_eq!(again.message_len(), ciphertext.message_len());
    }
}

/// The same on every backend, and a cleared buffer if not.
fn decrypt(
    key: &SecretKey,
    format: Format,
    bytes: &[u8],
    room: usize,
) -> Result<Vec<u8>, DecryptError> {
    let mut all = Backend::all().map(|backend| {
        let mut out = vec![0x77; room];
        let opened = backend.decrypt(key, format, bytes, &mut out).map(|opened| opened.to_vec());
        assert!(opened.is_ok() || out.iter().all(|byte| *byte == 0));
        opened
    });
    let opened = all.next().expect("the portable backend is always there");
    assert!(all.all(|other| other == opened));
    opened
}
