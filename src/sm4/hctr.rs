//! HCTR: a message of any length as one wide block, GB/T 17964-2021, 11.

use super::{
    Sm4,
    backend::{Block, Blocks},
    passes::xor,
};
use crate::{ghash, secret::Temporary};
use cipher::{Array, InOutBuf, Key, KeyInit, KeySizeUser, consts::U32};
use core::{fmt, slice};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// SM4-HCTR: encrypts a message of at least 16 bytes to one of the same length, under a 16-byte tweak. Each bit of the result
/// depends on each bit of message and tweak.
///
/// Key: 32 bytes, the key of SM4 and then the key of the hash. **They must be independent**: the hash key is used as it is, and nothing
/// here notices if the two are equal. Data: 16 bytes or more, in place.
///
/// **HCTR does not authenticate**: altered data decrypts to noise, without an error. The same message under the same tweak gives the same
/// result. The proof of security published with HCTR was found wrong and was repaired later with other bounds; the designers of HCTR2 (2021)
/// made other choices. For protocols that prescribe it.
///
/// ```
/// use shangmi::{cipher::KeyInit, sm4::Sm4Hctr};
///
/// let key: [u8; 32] = core::array::from_fn(|i| i as u8);
/// let hctr = Sm4Hctr::new(&key.into());
/// let mut data = *b"a sector, or a file name";
/// hctr.encrypt(&[7; 16], &mut data)?;
/// hctr.decrypt(&[7; 16], &mut data)?;
/// assert_eq!(&data, b"a sector, or a file name");
/// # Ok::<(), shangmi::sm4::HctrLengthError>(())
/// ```
///
/// Source: GB/T 17964-2021, 11 (P. Wang, D. Feng, W. Wu: HCTR, CISC 2005).
#[derive(Clone)]
pub struct Sm4Hctr {
    cipher: Sm4,
    hash: ghash::Key,
}

/// The data is shorter than 16 bytes. Nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HctrLengthError;

impl fmt::Display for HctrLengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HCTR takes at least 16 bytes")
    }
}

impl core::error::Error for HctrLengthError {}

impl Sm4Hctr {
    /// Encrypts `data` in place.
    ///
    /// # Errors
    /// [`HctrLengthError`] if `data` is shorter than 16 bytes; it is left as it was then.
    pub fn encrypt(&self, tweak: &[u8; 16], data: &mut [u8]) -> Result<(), HctrLengthError> {
        self.crypt(tweak, data, false)
    }

    /// Decrypts `data` in place.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt).
    pub fn decrypt(&self, tweak: &[u8; 16], data: &mut [u8]) -> Result<(), HctrLengthError> {
        self.crypt(tweak, data, true)
    }

    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4, hash_key: &[u8; 16]) -> Self {
        let hash = ghash::Key::new(hash_key.into(), cipher.encrypt.0.backend.ghash());
        Self { cipher, hash }
    }

    fn crypt(
        &self,
        tweak: &[u8; 16],
        data: &mut [u8],
        decrypt: bool,
    ) -> Result<(), HctrLengthError> {
        let (first, rest) = data.split_first_chunk_mut().ok_or(HctrLengthError)?;
        // z1 = P_1 ⊕ H(P_2 … ‖ T), z2 = E(z1); backwards with D.
        let mut z1 = Block::from(*first);
        xor(&mut z1, &self.hash(rest, tweak));
        let mut z2 = z1;
        let cipher = if decrypt { &self.cipher.decrypt.0 } else { &self.cipher.encrypt.0 };
        cipher.crypt(slice::from_mut(&mut z2).into());
        // S = z1 ⊕ z2; C_(i+1) = P_(i+1) ⊕ E(S ⊕ i).
        xor(&mut z1, &z2);
        self.counter(&z1, rest.into());
        // C_1 = z2 ⊕ H(C_2 … ‖ T).
        xor(&mut z2, &self.hash(rest, tweak));
        *first = z2.0;
        z1.zeroize();
        Ok(())
    }

    /// H(`data` ‖ `tweak`): both padded with zeros to whole blocks, then a block with their length in bits.
    fn hash(&self, data: &[u8], tweak: &[u8; 16]) -> Block {
        let mut y = Block::default();
        let (blocks, rest) = Array::slice_as_chunks(data);
        self.hash.update(&mut y, blocks);
        let mut end = [0; 32];
        end[..rest.len()].copy_from_slice(rest);
        end[rest.len()..rest.len() + 16].copy_from_slice(tweak);
        self.hash.update_padded(&mut y, &end[..rest.len() + 16]);
        let bits = (data.len() as u128 + 16) * 8;
        self.hash.update(&mut y, &[bits.to_be_bytes().into()]);
        end.zeroize();
        y
    }

    fn counter(&self, s: &Block, data: InOutBuf<'_, '_, u8>) {
        let mut i = 0_u128;
        let s = u128::from_be_bytes(s.0);
        let mut keystream = Temporary::<[Block; 32]>::new();
        let (blocks, mut rest) = data.into_chunks();
        let mut pass = |mut blocks: Blocks<'_, '_>| {
            let keystream = &mut keystream[..blocks.len()];
            for block in keystream.iter_mut() {
                i += 1;
                block.0 = (s ^ i).to_be_bytes();
            }
            self.cipher.encrypt.0.crypt(keystream.into());
            for (mut block, keystream) in blocks.reborrow().into_iter().zip(keystream) {
                block.xor_in2out(keystream);
            }
        };
        let (chunks, tail) = blocks.into_chunks::<U32>();
        for chunk in chunks {
            pass(chunk.into_buf());
        }
        pass(tail);
        if !rest.is_empty() {
            let mut last = Block::default();
            last[..rest.len()].copy_from_slice(rest.get_in());
            pass(slice::from_mut(&mut last).into());
            let n = rest.len();
            rest.get_out().copy_from_slice(&last[..n]);
            last.zeroize();
        }
    }
}

impl KeySizeUser for Sm4Hctr {
    type KeySize = U32;
}

impl KeyInit for Sm4Hctr {
    fn new(key: &Key<Self>) -> Self {
        let (cipher, hash) = key.split_ref::<cipher::consts::U16>();
        Self::from_cipher(Sm4::new(cipher), &hash.0)
    }
}

impl fmt::Debug for Sm4Hctr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Hctr").finish_non_exhaustive()
    }
}

impl ZeroizeOnDrop for Sm4Hctr {}
