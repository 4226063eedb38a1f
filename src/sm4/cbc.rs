//! CBC: cipher block chaining, GB/T 17964-2021, 6.

use super::{
    backend::{Block, Blocks},
    block_mode::block_mode,
    padding::{Padding, PaddingError},
};
use cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, InOutBuf};
use zeroize::Zeroize;

block_mode! {
    /// SM4-CBC encryption: 16-byte IV, which an attacker must not be able to foretell.
    ///
    /// As a [`BlockModeEncrypt`] it takes whole blocks; [`encrypt_padded`](Self::encrypt_padded) a message of any
    /// length.
    ///
    /// **CBC does not authenticate.** Who can alter ciphertexts and watch how decryption fails, reads them (padding oracle).
    /// Take [`Sm4Gcm`](super::Sm4Gcm) or [`Sm4Ccm`](super::Sm4Ccm) where the protocol lets you choose; else put a MAC over IV and
    /// ciphertext, and check it before decryption.
    ///
    /// ```
    /// use shangmi::{cipher::KeyIvInit, sm4::{Sm4CbcDec, Sm4CbcEnc, padding::Pkcs7}};
    ///
    /// let (key, iv) = ([0x42; 16], [0x24; 16]);
    /// let message = b"a message of any length";
    ///
    /// let mut ciphertext = [0; 32];
    /// let n = Sm4CbcEnc::new(&key.into(), &iv.into()).encrypt_padded::<Pkcs7>(message, &mut ciphertext)?;
    ///
    /// let plaintext = Sm4CbcDec::new(&key.into(), &iv.into()).decrypt_padded::<Pkcs7>(&mut ciphertext[..n])?;
    /// assert_eq!(plaintext, message);
    /// # Ok::<(), shangmi::sm4::padding::PaddingError>(())
    /// ```
    ///
    /// One chain cannot keep a CPU busy: for many messages see [`batch`](super::batch).
    ///
    /// Source: GB/T 17964-2021, 6.
    Sm4CbcEnc, "SM4-CBC", Sm4Enc, encrypt by pass
}

block_mode! {
    /// SM4-CBC decryption: of whole blocks as a [`BlockModeDecrypt`], or of a padded message by
    /// [`decrypt_padded`](Self::decrypt_padded). See [`Sm4CbcEnc`] for an example, **and the warning**.
    ///
    /// Source: GB/T 17964-2021, 6.
    Sm4CbcDec, "SM4-CBC", Sm4Dec, decrypt by pass
}

impl Sm4CbcEnc {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.cbc_encrypt(&cipher.rk, &mut self.iv, blocks);
    }

    /// Encrypts `message`, padded by `P`, to the beginning of `ciphertext`, and returns how many bytes that are:
    /// [`P::padded_len`](Padding::padded_len) of the message's length.
    ///
    /// # Errors
    /// [`PaddingError`] if `ciphertext` is shorter than that; nothing is written then.
    pub fn encrypt_padded<P: Padding>(
        mut self,
        message: &[u8],
        ciphertext: &mut [u8],
    ) -> Result<usize, PaddingError> {
        let n = P::padded_len(message.len()).ok_or(PaddingError)?;
        let ciphertext = ciphertext.get_mut(..n).ok_or(PaddingError)?;
        P::pad(message, ciphertext);
        let (blocks, _) = Array::slice_as_chunks_mut(ciphertext);
        self.encrypt_blocks(blocks);
        Ok(n)
    }
}

impl Sm4CbcDec {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.cbc_decrypt(&cipher.rk, &mut self.iv, blocks);
    }

    /// Decrypts `data` in place and returns the message without its padding.
    ///
    /// The padding is examined in time that depends on the length of `data` alone.
    ///
    /// # Errors
    /// [`PaddingError`] if `data` is no positive number of blocks (it is left as it was then), or if the padding is not one that `P`
    /// makes: `data` is all zeros then.
    pub fn decrypt_padded<P: Padding>(mut self, data: &mut [u8]) -> Result<&[u8], PaddingError> {
        let (blocks, rest): (&mut [Block], _) = Array::slice_as_chunks_mut(data);
        if blocks.is_empty() || !rest.is_empty() {
            return Err(PaddingError);
        }
        self.decrypt_blocks(blocks);
        match P::unpad(data) {
            Ok(range) => Ok(&data[range]),
            Err(error) => {
                data.zeroize();
                Err(error)
            }
        }
    }

    /// Decrypts `ciphertext` to `message`, of the same length, and returns the part of it that is the message without its
    /// padding.
    ///
    /// # Errors
    /// As [`decrypt_padded`](Self::decrypt_padded), and if the lengths differ; what is cleared is `message`.
    pub fn decrypt_padded_b2b<'a, P: Padding>(
        mut self,
        ciphertext: &[u8],
        message: &'a mut [u8],
    ) -> Result<&'a [u8], PaddingError> {
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(16) {
            return Err(PaddingError);
        }
        let both = InOutBuf::new(ciphertext, &mut *message).map_err(|_| PaddingError)?;
        let (blocks, _) = both.into_chunks();
        self.decrypt_blocks_inout(blocks);
        match P::unpad(message) {
            Ok(range) => Ok(&message[range]),
            Err(error) => {
                message.zeroize();
                Err(error)
            }
        }
    }
}
