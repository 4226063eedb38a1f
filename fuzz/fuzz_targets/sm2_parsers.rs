//! Any bytes are a key, a file with one or a signature of SM2 or refused, and what is read is written the same.
#![no_main]

#[path = "sm2_parsers/key_files.rs"]
mod key_files;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    signature::{Verifier, hazmat::PrehashVerifier},
    sm2::{__backends::Backend, DerSignature, PublicKey, SecretKey, Signature, VerifyingKey},
};

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Der(&'a [u8]),
    /// The DER of a signature, and bytes of it that were changed.
    Damaged {
        r: [u8; 32],
        s: [u8; 32],
        changes: Vec<(u8, u8)>,
    },
    PublicKey {
        form: u8,
        bytes: &'a [u8],
    },
    SecretKey(&'a [u8]),
    /// Whether backends agree, and the table too.
    Verify {
        x: [u8; 32],
        e: [u8; 32],
        signature: [u8; 64],
        id: &'a [u8],
    },
    Recover {
        e: [u8; 32],
        signature: [u8; 64],
        candidate: u8,
    },
    KeyFile(key_files::Input<'a>),
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Der(bytes) => der(bytes),
        Input::Damaged { r, s, changes } => {
            let Ok(signature) = Signature::try_from(&[r, s].concat()[..]) else { return };
            let mut bytes = signature.to_der().as_ref().to_vec();
            der(&bytes);
            for (at, change) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= change;
            }
            der(&bytes);
        }
        Input::PublicKey { form, bytes } => {
            public_key(bytes);
            public_key(&[&[form % 8], bytes].concat());
        }
        Input::SecretKey(bytes) => {
            let Ok(key) = SecretKey::from_slice(bytes) else { return };
            assert_eq!(*key.to_bytes(), bytes);
        }
        Input::Verify { x, e, signature, id } => verify(&x, &e, &signature, id),
        Input::Recover { e, signature, candidate } => recover(&e, &signature, candidate),
        Input::KeyFile(input) => key_files::run(input),
    }
});

fn der(bytes: &[u8]) {
    let read = Signature::from_der(bytes);
    assert_eq!(read.is_ok(), DerSignature::try_from(bytes).is_ok());
    let Ok(signature) = read else { return };
    assert_eq!(signature.to_der().as_ref(), bytes);
    let again = Signature::from_bytes(&signature.to_bytes()).expect("in range");
    assert_eq!(again, signature);
}

fn public_key(bytes: &[u8]) {
    let Ok(key) = PublicKey::from_sec1_bytes(bytes) else { return };
    assert!(key.to_sec1_bytes()[..] == *bytes || key.to_compressed_bytes()[..] == *bytes);
    assert_eq!(PublicKey::from_sec1_bytes(&key.to_sec1_bytes()), Ok(key));
    assert_eq!(PublicKey::from_sec1_bytes(&key.to_compressed_bytes()), Ok(key));
}

fn verify(x: &[u8; 32], e: &[u8; 32], signature: &[u8; 64], id: &[u8]) {
    let key = PublicKey::from_sec1_bytes(&[&[2][..], x].concat());
    let (Ok(key), Ok(signature)) = (key, Signature::from_bytes(signature)) else { return };
    let verdicts = Backend::all().flat_map(|backend| {
        let key = backend.verifying_key(&key, id).expect("short");
        let one = key.verify_prehash(e, &signature).is_ok();
        let mut many = [!one; 6];
        let counted = key.verify_prehash_many(&[*e; 6], &[signature.to_bytes(); 6], &mut many);
        assert!(counted.is_ok() && many.iter().all(|verdict| *verdict == many[0]));
        [one, many[0], key.prepare().verify_prehash(e, &signature).is_ok()]
    });
    let verdicts: Vec<_> = verdicts.collect();
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]));
    if let Ok(key) = VerifyingKey::with_id(&key, id) {
        let _ = key.verify(e, &signature);
    }
}

fn recover(e: &[u8; 32], signature: &[u8; 64], candidate: u8) {
    let Ok(signature) = Signature::from_bytes(signature) else { return };
    let keys = Backend::all().map(|backend| backend.recover(&signature, e, candidate));
    let keys: Vec<_> = keys.collect();
    assert!(keys.iter().all(|key| *key == keys[0]));
    if let Some(key) = keys[0] {
        assert!(VerifyingKey::new(&key).verify_prehash(e, &signature).is_ok());
    }
    // Of each candidate for a few e, with one wrong e among them.
    let changed = |i| {
        let mut e = *e;
        e[31] ^= i;
        e
    };
    let found = (0..5).flat_map(|i| (0..4).map(move |candidate| (changed(i), candidate)));
    let (mut prehashes, keys): (Vec<_>, Vec<_>) =
        found.filter_map(|(e, candidate)| Some((e, signature.recover(&e, candidate)?))).unzip();
    let mut right = vec![true; keys.len()];
    if let (Some(e), Some(right)) = (prehashes.last_mut(), right.last_mut()) {
        e[0] ^= 1;
        *right = false;
    }
    for backend in Backend::all() {
        let (signatures, mut valid) =
            (vec![signature.to_bytes(); keys.len()], vec![false; keys.len()]);
        let done = backend.verify_prehash_many(&keys, &prehashes, &signatures, &mut valid);
        assert_eq!((done, &valid), (Ok(()), &right));
    }
}
