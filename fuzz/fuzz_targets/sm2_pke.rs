//! Any bytes are a ciphertext of SM2 in one way or refused, with the buffer cleared; a key exchange gives both sides
//! the same key or none.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::sm2::{
    __backends::Backend,
    PublicKey, SecretKey, diffie_hellman,
    kex::{Party, Peer},
    pke::{C1, Ciphertext, DecryptError, Format},
};

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Bytes of unknown origin.
    Garbage { bytes: &'a [u8], room: u8 },
    /// A ciphertext with changes.
    Damaged { k: [u8; 32], format: u8, message: &'a [u8], changes: Vec<(u16, u8)> },
    /// A key exchange of which some bytes are changed on the way.
    Exchange { r: [[u8; 32]; 2], id: &'a [u8], change: (u8, u8), point: &'a [u8], length: u8 },
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
        Input::Exchange { r, id, change, point, length } => {
            exchange(&key, r, id, change, length.into());
            if let Ok(point) = PublicKey::from_sec1_bytes(point) {
                let _ = diffie_hellman(&key, &point);
            }
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

fn exchange(key: &SecretKey, r: [[u8; 32]; 2], id: &[u8], change: (u8, u8), length: usize) {
    let public = key.public_key();
    let (Ok(party), Ok(peer)) = (Party::new(key, id), Peer::new(&public, id)) else {
        return assert!(id.len() > 8191);
    };
    for backend in Backend::all() {
        let (Some(initiator), Some(responder)) =
            (backend.initiate(&party, &r[0]), backend.respond(&party, &r[1]))
        else {
            return;
        };
        let (r_a, r_b) = (*initiator.r(), *responder.r());
        let Ok((mut s_b, awaiting)) = responder.confirm(&peer, &r_a) else { continue };
        let (mut key_a, mut key_b) = (vec![0x77; length], vec![0x77; length]);
        s_b[usize::from(change.0) % 32] ^= change.1;
        let s_a = initiator.confirm(&peer, &r_b, &s_b, &mut key_a);
        assert_eq!(s_a.is_ok(), change.1 == 0);
        let right = awaiting.confirm(&s_a.unwrap_or_default(), &mut key_b);
        assert_eq!(right.is_ok(), change.1 == 0);
        assert_eq!(key_a, key_b);
        assert!(right.is_ok() || key_a.iter().all(|byte| *byte == 0));
    }
}
