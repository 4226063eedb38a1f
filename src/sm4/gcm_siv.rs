//! GCM-SIV: authenticated encryption that survives a nonce used twice, RFC 8452.

use super::{
    Cipher, Sm4Enc,
    backend::{Block, Doubling},
    passes::{add, double, padded, xor},
};
use crate::{ghash, secret::Temporary};
use aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use cipher::{
    AlgorithmName, Array, InOutBuf,
    common::{InnerInit, InnerUser},
    consts::{U12, U16, U64},
};
use core::{fmt, slice};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most bytes of a message, and of its AAD. Source: RFC 8452, 6.
const MAX: u64 = 1 << 36;

/// Blocks that go through SM4 and the hash at once.
const WIDE: usize = 64;

/// SM4-GCM-SIV: an AEAD that survives a nonce used twice, 16-byte key, 12-byte nonce, 16-byte tag.
///
/// Two messages under one nonce show whether they are equal, and nothing else; still, let nonces be random or a counter. Each message
/// has keys of its own, made from key and nonce.
///
/// Encryption goes over the message twice, and each message takes a key schedule: [`Sm4Gcm`](super::Sm4Gcm) is faster where nonces
/// cannot repeat. A message has up to 2³⁶ bytes, its AAD likewise.
///
/// **No standard prescribes it.** It is the construction of RFC 8452 with SM4 in the place of AES-128, as gmsm has it.
///
/// ```
/// use shangmi::{aead::{AeadInOut, KeyInit}, sm4::Sm4GcmSiv};
///
/// let siv = Sm4GcmSiv::new(&[0x42; 16].into());
/// let mut data = *b"a message";
/// let tag = siv.encrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into())?;
/// siv.decrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into(), &tag)?;
/// assert_eq!(&data, b"a message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// # Errors
/// [`aead::Error`] if the message or its AAD is too long: nothing is done then. From decryption if the tag is wrong, too: the output is
/// all zeros then.
///
/// Source: RFC 8452, with SM4 in the place of AES.
#[derive(Clone)]
pub struct Sm4GcmSiv {
    /// Of the key-generating key.
    cipher: Sm4Enc,
}

impl InnerUser for Sm4GcmSiv {
    type Inner = Sm4Enc;
}

impl InnerInit for Sm4GcmSiv {
    fn inner_init(cipher: Sm4Enc) -> Self {
        Self { cipher }
    }
}

impl AeadCore for Sm4GcmSiv {
    type NonceSize = U12;
    type TagSize = U16;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl AeadInOut for Sm4GcmSiv {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        check(associated_data, buffer.len())?;
        let message = Message::new(&self.cipher, nonce);
        let tag = message.tag(nonce, associated_data, buffer.get_in());
        message.ctr(&tag, buffer);
        Ok(tag)
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        check(associated_data, buffer.len())?;
        let message = Message::new(&self.cipher, nonce);
        message.ctr(tag, buffer.reborrow());
        let right = message.tag(nonce, associated_data, buffer.get_out());
        if right.ct_eq(tag).into() {
            return Ok(());
        }
        buffer.get_out().zeroize();
        Err(Error)
    }
}

fn check(aad: &[u8], data: usize) -> Result<(), Error> {
    if aad.len() as u64 <= MAX && data as u64 <= MAX { Ok(()) } else { Err(Error) }
}

/// The keys of one message.
struct Message {
    encryption: Sm4Enc,
    /// GHASH under mulX_GHASH(ByteReverse(the message-authentication key)), which is POLYVAL of reversed blocks (RFC 8452, A).
    authentication: ghash::Key,
}

impl Message {
    /// Source: RFC 8452, 4, `derive_keys`.
    fn new(cipher: &Sm4Enc, nonce: &Array<u8, U12>) -> Self {
        let mut halves = Temporary::<[Block; 4]>::new();
        for (i, block) in (0_u32..).zip(halves.iter_mut()) {
            block[..4].copy_from_slice(&i.to_le_bytes());
            block[4..].copy_from_slice(nonce);
        }
        cipher.0.crypt(halves.as_mut_slice().into());
        let mut keys = Temporary::<[Block; 2]>::new();
        for (key, halves) in keys.iter_mut().zip(halves.as_chunks::<2>().0) {
            key[..8].copy_from_slice(&halves[0][..8]);
            key[8..].copy_from_slice(&halves[1][..8]);
        }
        let [authentication, encryption] = &mut *keys;
        authentication.reverse();
        double(authentication, Doubling::Gb);
        let backend = cipher.0.backend;
        Self {
            encryption: Sm4Enc::with_backend(encryption, backend),
            authentication: ghash::Key::new(authentication, backend.ghash()),
        }
    }

    /// Adds `data`, padded with zeros, to the hash.
    fn hash(&self, y: &mut Block, data: &[u8]) {
        let mut reversed = Temporary::<[Block; WIDE]>::new();
        for chunk in data.chunks(16 * WIDE) {
            let (blocks, rest) = chunk.as_chunks::<16>();
            for (reversed, block) in reversed.iter_mut().zip(blocks) {
                reversed.0 = u128::from_le_bytes(*block).to_be_bytes();
            }
            let mut n = blocks.len();
            if !rest.is_empty() {
                reversed[n] = padded(rest);
                reversed[n].reverse();
                n += 1;
            }
            self.authentication.update(y, &reversed[..n]);
        }
    }

    /// Source: RFC 8452, 4.
    fn tag(&self, nonce: &Array<u8, U12>, aad: &[u8], plaintext: &[u8]) -> Block {
        let mut y = Block::default();
        self.hash(&mut y, aad);
        self.hash(&mut y, plaintext);
        let bits = [plaintext, aad].map(|data| u128::from(8 * data.len() as u64));
        self.authentication.update(&mut y, &[(bits[0] << 64 | bits[1]).to_be_bytes().into()]);
        y.reverse();
        xor(&mut y, &padded(nonce));
        y[15] &= 0x7f;
        self.encryption.0.crypt(slice::from_mut(&mut y).into());
        y
    }

    /// Counter mode from the tag on; the counter is the first 32 bits, little-endian, and wraps.
    fn ctr(&self, tag: &Block, data: InOutBuf<'_, '_, u8>) {
        let first = u128::from_le_bytes(tag.0) | 1 << 127;
        #[allow(clippy::cast_possible_truncation, reason = "the first 32 bits")]
        let (mut counter, others) = (first as u32, first >> 32 << 32);
        let Cipher { rk, backend } = &self.encryption.0;
        let mut make = |keystream: &mut [Block]| {
            for block in &mut *keystream {
                block.0 = (others | u128::from(counter)).to_le_bytes();
                counter = counter.wrapping_add(1);
            }
            backend.crypt(rk, keystream.into());
        };
        let mut keystream = Temporary::<[Block; WIDE]>::new();
        let (blocks, mut rest) = data.into_chunks::<U16>();
        let (chunks, tail) = blocks.into_chunks::<U64>();
        for chunk in chunks {
            make(&mut *keystream);
            add(chunk.into_buf(), &*keystream);
        }
        let n = tail.len();
        let keystream = &mut keystream[..n + usize::from(!rest.is_empty())];
        make(keystream);
        add(tail, keystream);
        if let Some(last) = keystream.get(n) {
            rest.xor_in2out(&last[..rest.len()]);
        }
    }
}

impl AlgorithmName for Sm4GcmSiv {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-GCM-SIV")
    }
}

impl fmt::Debug for Sm4GcmSiv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4GcmSiv").finish_non_exhaustive()
    }
}

impl ZeroizeOnDrop for Sm4GcmSiv {}
