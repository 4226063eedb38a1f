//! CFB: cipher feedback, GB/T 17964-2021, 7.

use super::{
    Sm4Enc,
    backend::{Block, Blocks},
    block_mode::block_mode,
};
use cipher::{BlockModeDecrypt, BlockModeEncrypt, InOutBuf};
use core::slice;

/// SM4-CFB with feedback of 8 bits, encryption. The crate `cfb8` over [`Sm4Enc`].
///
/// One call of the cipher for each byte: sixteen times slower than [`Sm4CfbEnc`]. For protocols that prescribe it. 16-byte IV, never
/// twice under one key; any length.
///
/// **CFB does not authenticate**: who flips a bit of ciphertext flips that bit of plaintext.
///
/// ```
/// use shangmi::{cipher::KeyIvInit, sm4::{Sm4Cfb8Dec, Sm4Cfb8Enc}};
/// use shangmi::cipher::{BlockModeDecrypt, BlockModeEncrypt, Array};
///
/// let (key, iv) = ([0x42; 16], [0x24; 16]);
/// let mut data = *b"bytes";
/// // A block of this mode is one byte.
/// Sm4Cfb8Enc::new(&key.into(), &iv.into()).encrypt_blocks(Array::slice_as_chunks_mut(&mut data).0);
/// Sm4Cfb8Dec::new(&key.into(), &iv.into()).decrypt_blocks(Array::slice_as_chunks_mut(&mut data).0);
/// assert_eq!(&data, b"bytes");
/// ```
///
/// Source: GB/T 17964-2021, 7, j = k = 8.
pub type Sm4Cfb8Enc = cfb8::Encryptor<Sm4Enc>;

/// SM4-CFB with feedback of 8 bits, decryption. See [`Sm4Cfb8Enc`].
pub type Sm4Cfb8Dec = cfb8::Decryptor<Sm4Enc>;

block_mode! {
    /// SM4-CFB with feedback of 128 bits, encryption: 16-byte IV, never twice under one key.
    ///
    /// As a [`BlockModeEncrypt`] it takes whole blocks, in as many calls as one likes; [`encrypt`](Self::encrypt) takes a whole
    /// message of any length (CFB needs no padding). No length is an error.
    ///
    /// **CFB does not authenticate**: who flips a bit of ciphertext flips that bit of plaintext.
    ///
    /// ```
    /// use shangmi::{cipher::KeyIvInit, sm4::{Sm4CfbDec, Sm4CfbEnc}};
    ///
    /// let (key, iv) = ([0x42; 16], [0x24; 16]);
    /// let mut data = *b"a message of any length";
    /// Sm4CfbEnc::new(&key.into(), &iv.into()).encrypt(&mut data);
    /// Sm4CfbDec::new(&key.into(), &iv.into()).decrypt(&mut data);
    /// assert_eq!(&data, b"a message of any length");
    /// ```
    ///
    /// Source: GB/T 17964-2021, 7, j = k = 128.
    Sm4CfbEnc, "SM4-CFB", Sm4Enc, encrypt by pass
}

block_mode! {
    /// SM4-CFB with feedback of 128 bits, decryption. See [`Sm4CfbEnc`].
    Sm4CfbDec, "SM4-CFB", Sm4Enc, decrypt by pass
}

impl Sm4CfbEnc {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.cfb_encrypt(&cipher.rk, &mut self.iv, blocks);
    }

    /// Encrypts a whole message in place.
    pub fn encrypt(self, data: &mut [u8]) {
        self.encrypt_inout(data.into());
    }

    /// Encrypts a whole message, in place or from buffer to buffer.
    pub fn encrypt_inout(mut self, data: InOutBuf<'_, '_, u8>) {
        let (blocks, rest) = data.into_chunks();
        self.encrypt_blocks_inout(blocks);
        last(&self.cipher, &mut self.iv, rest);
    }
}

impl Sm4CfbDec {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.cfb_decrypt(&cipher.rk, &mut self.iv, blocks);
    }

    /// Decrypts a whole message in place.
    pub fn decrypt(self, data: &mut [u8]) {
        self.decrypt_inout(data.into());
    }

    /// Decrypts a whole message, in place or from buffer to buffer.
    pub fn decrypt_inout(mut self, data: InOutBuf<'_, '_, u8>) {
        let (blocks, rest) = data.into_chunks();
        self.decrypt_blocks_inout(blocks);
        last(&self.cipher, &mut self.iv, rest);
    }
}

/// The last, shorter block, if there is one.
fn last(cipher: &Sm4Enc, iv: &mut Block, mut rest: InOutBuf<'_, '_, u8>) {
    if !rest.is_empty() {
        cipher.0.crypt(slice::from_mut(iv).into());
        rest.xor_in2out(&iv[..rest.len()]);
    }
}
