//! SM2 by the libraries of `foreign.rs`.
#![allow(unsafe_code, reason = "calls to C libraries")]

use crate::{
    foreign::{Library, Object, done},
    input::{D, E, key256},
    operation::Task,
    shared_sm2::{ROOM, SIGNATURE_ROOM, ciphertext, decrypts_der, prehashes, verifies},
};
use shangmi::sm2::{SecretKey, Signature, pke::Format};
use std::hint::black_box;

/// How a library writes signatures. Ciphertexts are DER in all of them.
#[derive(Clone, Copy)]
pub(crate) enum SignatureFormat {
    #[cfg(feature = "botan")]
    Bytes,
    #[cfg(feature = "openssl")]
    Der,
}

impl SignatureFormat {
    fn signature(self) -> Option<Vec<u8>> {
        let signature = crate::shared_sm2::signature()?;
        Some(match self {
            #[cfg(feature = "botan")]
            Self::Bytes => signature.to_bytes().to_vec(),
            #[cfg(feature = "openssl")]
            Self::Der => signature.to_der().as_ref().to_vec(),
        })
    }

    fn right(self) -> fn(&[u8]) -> bool {
        match self {
            #[cfg(feature = "botan")]
            Self::Bytes => {
                |out| are_signatures(out, |slot| Signature::from_bytes(slot.first_chunk()?).ok())
            }
            #[cfg(feature = "openssl")]
            Self::Der => |out| {
                let der =
                    |slot: &[u8]| Signature::from_der(slot.get(..2 + usize::from(slot[1]))?).ok();
                are_signatures(out, der)
            },
        }
    }
}

/// Whether each slot holds a signature, on E or on the many values.
fn are_signatures(out: &[u8], read: impl Fn(&[u8]) -> Option<Signature>) -> bool {
    let prehashes = if out.len() == SIGNATURE_ROOM { vec![E] } else { prehashes() };
    let slots = out.chunks_exact(SIGNATURE_ROOM);
    let right = |(slot, e)| read(slot).is_some_and(|signature| verifies(e, &signature));
    slots.len() == prehashes.len() && slots.zip(&prehashes).all(right)
}

impl Library {
    fn new_sm2(&self) -> Option<Object> {
        let peer = SecretKey::from_bytes(&E).ok()?.public_key().to_sec1_bytes();
        // SAFETY: 32 and 65 bytes, as it asks.
        Object::new(unsafe { (self.sm2.new?)(D.as_ptr(), peer.as_ptr()) }, self.sm2.free?)
    }

    pub(crate) fn keygen(&self) -> Option<Task> {
        let (sm2, keygen) = (self.new_sm2()?, self.sm2.keygen?);
        Some(Task::new(vec![0; 65], move |out| {
            // SAFETY: an object of this library, and 65 bytes to be written.
            done(unsafe { keygen(sm2.as_ptr(), out.as_mut_ptr()) });
        }))
    }

    pub(crate) fn sign(&self, format: SignatureFormat) -> Option<Task> {
        self.sign_all(format, vec![E])
    }

    pub(crate) fn sign_many(&self, format: SignatureFormat) -> Option<Task> {
        self.sign_all(format, prehashes())
    }

    fn sign_all(&self, format: SignatureFormat, prehashes: Vec<[u8; 32]>) -> Option<Task> {
        let (sm2, sign) = (self.new_sm2()?, self.sm2.sign?);
        let buffer = vec![0; prehashes.len() * SIGNATURE_ROOM];
        Some(Task::random(buffer, format.right(), move |out| {
            for (out, e) in out.chunks_exact_mut(SIGNATURE_ROOM).zip(black_box(&prehashes)) {
                // SAFETY: an object of this library, 32 bytes, and as much room as it asks for.
                done(unsafe { sign(sm2.as_ptr(), e.as_ptr(), out.as_mut_ptr()) });
            }
        }))
    }

    pub(crate) fn verify(&self, format: SignatureFormat) -> Option<Task> {
        let (sm2, verify, signature) = (self.new_sm2()?, self.sm2.verify?, format.signature()?);
        Some(Task::new(vec![0], move |out| {
            let (e, signature) = (black_box(&E).as_ptr(), black_box(&signature));
            // SAFETY: an object of this library, 32 bytes, and a slice with its length.
            let right = unsafe { verify(sm2.as_ptr(), e, signature.as_ptr(), signature.len()) };
            out[0] = u8::from(right == 1);
        }))
    }

    pub(crate) fn ecdh(&self) -> Option<Task> {
        let (sm2, ecdh) = (self.new_sm2()?, self.sm2.ecdh?);
        Some(Task::new(vec![0; 32], move |out| {
            // SAFETY: an object of this library, and 32 bytes to be written.
            done(unsafe { ecdh(sm2.as_ptr(), out.as_mut_ptr()) });
        }))
    }

    pub(crate) fn encrypt(&self) -> Option<Task> {
        let (sm2, encrypt) = (self.new_sm2()?, self.sm2.encrypt?);
        Some(Task::random(vec![0; ROOM], decrypts_der, move |out| {
            let message = black_box(key256(0));
            // SAFETY: an object of this library, 32 bytes, and as much room as it asks for.
            done(unsafe { encrypt(sm2.as_ptr(), message.as_ptr(), out.as_mut_ptr()) });
        }))
    }

    pub(crate) fn decrypt(&self) -> Option<Task> {
        let (sm2, decrypt) = (self.new_sm2()?, self.sm2.decrypt?);
        let ciphertext = ciphertext(Format::Der)?;
        Some(Task::new(vec![0; 32], move |out| {
            let (ciphertext, out) = (black_box(&ciphertext), out.as_mut_ptr());
            // SAFETY: an object of this library, a slice with its length, and 32 bytes to be written.
            done(unsafe { decrypt(sm2.as_ptr(), ciphertext.as_ptr(), ciphertext.len(), out) });
        }))
    }
}
