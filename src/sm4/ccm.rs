//! CCM: counter mode with CBC-MAC, RFC 3610, SP 800-38C.

use super::{
    Cipher, Sm4Enc,
    backend::{Block, Blocks},
    passes::{padded, xor},
};
use aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use cipher::{
    AlgorithmName, Array, InOutBuf,
    array::ArraySize,
    common::{InnerInit, InnerUser},
    consts::{U4, U6, U7, U8, U9, U10, U11, U12, U13, U14, U16},
};
use core::{fmt, marker::PhantomData, slice};
use sealed::Sealed;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

mod sealed {
    pub trait Sealed {}
}

/// The sizes of a tag of CCM: `U4`, `U6`, … `U16` bytes, of [`aead::consts`].
pub trait CcmTagSize: ArraySize + Sealed {}

/// The sizes of a nonce of CCM: `U7` … `U13` bytes, of [`aead::consts`].
pub trait CcmNonceSize: ArraySize + Sealed {}

macro_rules! sizes {
    ($of:ident: $($size:ty)*) => {
        $(impl $of for $size {})*
    };
}
sizes!(CcmTagSize: U4 U6 U8 U10 U12 U14 U16);
sizes!(CcmNonceSize: U7 U8 U9 U10 U11 U12 U13);
sizes!(Sealed: U4 U6 U7 U8 U9 U10 U11 U12 U13 U14 U16);

/// SM4-CCM: an AEAD with 16-byte key. `M`: bytes of the tag, `N`: bytes of the nonce, of [`aead::consts`]. As it stands it is
/// AEAD_SM4_CCM of RFC 8998.
///
/// The nonce must never be used twice under one key. A message is shorter than 2^(8·(15 − `N`)) bytes: 16 MiB with the usual 12 bytes
/// of nonce; more is refused. A tag of 4 bytes is forged by chance once in 2³² tries.
///
/// CCM goes over the message twice, one block after another: [`Sm4Gcm`](super::Sm4Gcm) is many times faster where the protocol lets
/// you choose. Many messages at once: [`batch`](super::batch).
///
/// Give the variable its type, or write `<Sm4Ccm>::new`: `Sm4Ccm::new` alone leaves the sizes open, and does not compile.
///
/// ```
/// use shangmi::{aead::{AeadInOut, KeyInit}, sm4::Sm4Ccm};
///
/// let ccm: Sm4Ccm = Sm4Ccm::new(&[0x42; 16].into());
/// let mut data = *b"a message";
/// let tag = ccm.encrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into())?;
/// ccm.decrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into(), &tag)?;
/// assert_eq!(&data, b"a message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// # Errors
/// [`aead::Error`] from encryption if the message is too long: nothing is done then. From decryption if the tag is wrong, too: the
/// output is all zeros then.
///
/// Source: SP 800-38C, RFC 3610; GB/T 36624-2018; RFC 8998, 2.
pub struct Sm4Ccm<M = U16, N = U12> {
    cipher: Sm4Enc,
    sizes: PhantomData<(M, N)>,
}

impl<M, N> Clone for Sm4Ccm<M, N> {
    fn clone(&self) -> Self {
        Self { cipher: self.cipher.clone(), sizes: PhantomData }
    }
}

impl<M, N> Sm4Ccm<M, N> {
    pub(super) fn cipher(&self) -> &Sm4Enc {
        &self.cipher
    }
}

impl<M, N> InnerUser for Sm4Ccm<M, N> {
    type Inner = Sm4Enc;
}

impl<M, N> InnerInit for Sm4Ccm<M, N> {
    fn inner_init(cipher: Sm4Enc) -> Self {
        Self { cipher, sizes: PhantomData }
    }
}

impl<M, N> AlgorithmName for Sm4Ccm<M, N> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-CCM")
    }
}

impl<M, N> fmt::Debug for Sm4Ccm<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Ccm").finish_non_exhaustive()
    }
}

impl<M, N> ZeroizeOnDrop for Sm4Ccm<M, N> {}

impl<M: CcmTagSize, N: CcmNonceSize> AeadCore for Sm4Ccm<M, N> {
    type NonceSize = N;
    type TagSize = M;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl<M: CcmTagSize, N: CcmNonceSize> AeadInOut for Sm4Ccm<M, N> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        let mut run = Run::start(&self.cipher, M::USIZE, nonce, associated_data, buffer.len())?;
        run.encrypt(buffer);
        Ok(Array::from_fn(|i| run.x[i]))
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        let mut run = Run::start(&self.cipher, M::USIZE, nonce, associated_data, buffer.len())?;
        run.decrypt(buffer.reborrow());
        if run.x[..M::USIZE].ct_eq(tag).into() {
            Ok(())
        } else {
            buffer.get_out().zeroize();
            Err(Error)
        }
    }
}

/// One message under way.
struct Run<'a> {
    cipher: &'a Sm4Enc,
    counter: Block,
    /// E(A0).
    mask: Block,
    /// The chain of the MAC; at the end the tag.
    x: Block,
}

impl<'a> Run<'a> {
    /// Everything before the message.
    fn start(
        cipher: &'a Sm4Enc,
        tag_size: usize,
        nonce: &[u8],
        aad: &[u8],
        len: usize,
    ) -> Result<Self, Error> {
        let header = Header::new(tag_size, nonce, aad, len)?;
        let mut run =
            Self { cipher, counter: header.counter, mask: Block::default(), x: Block::default() };
        let Cipher { rk, backend } = &cipher.0;
        backend.ctr(rk, &mut run.counter, slice::from_mut(&mut run.mask).into());
        let (blocks, rest) = Array::slice_as_chunks(header.aad_rest);
        backend.cbc_mac(rk, &mut run.x, header.first_blocks());
        backend.cbc_mac(rk, &mut run.x, blocks);
        if !rest.is_empty() {
            backend.cbc_mac(rk, &mut run.x, &[padded(rest)]);
        }
        Ok(run)
    }

    fn encrypt(&mut self, data: InOutBuf<'_, '_, u8>) {
        let Cipher { rk, backend } = &self.cipher.0;
        let (blocks, mut rest) = data.into_chunks();
        backend.ccm_encrypt(rk, &mut self.counter, &mut self.x, blocks);
        if !rest.is_empty() {
            let mut last = padded(rest.get_in());
            backend.ccm_encrypt(
                rk,
                &mut self.counter,
                &mut self.x,
                slice::from_mut(&mut last).into(),
            );
            let n = rest.len();
            rest.get_out().copy_from_slice(&last[..n]);
            last.zeroize();
        }
        xor(&mut self.x, &self.mask);
    }

    fn decrypt(&mut self, data: InOutBuf<'_, '_, u8>) {
        let Cipher { rk, backend } = &self.cipher.0;
        let (blocks, mut rest): (Blocks<'_, '_>, _) = data.into_chunks();
        backend.ccm_decrypt(rk, &mut self.counter, &mut self.x, blocks);
        if !rest.is_empty() {
            let mut keystream = Block::default();
            backend.ctr(rk, &mut self.counter, slice::from_mut(&mut keystream).into());
            rest.xor_in2out(&keystream[..rest.len()]);
            let mut last = padded(rest.get_out());
            backend.cbc_mac(rk, &mut self.x, slice::from_ref(&last));
            last.zeroize();
            keystream.zeroize();
        }
        xor(&mut self.x, &self.mask);
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.mask.zeroize();
        self.x.zeroize();
    }
}

/// What precedes the message. Nothing of it is secret.
pub(super) struct Header<'a> {
    /// A0.
    pub(super) counter: Block,
    /// B0, and the first block of the associated data, if there is any.
    first: [Block; 2],
    aad: bool,
    /// The associated data after that block.
    pub(super) aad_rest: &'a [u8],
}

impl<'a> Header<'a> {
    /// RFC 3610, 2.2 and 2.3.
    pub(super) fn new(
        tag_size: usize,
        nonce: &[u8],
        aad: &'a [u8],
        len: usize,
    ) -> Result<Self, Error> {
        // Bytes of the length field: 2 to 8.
        let l = 15 - nonce.len();
        let len = u64::try_from(len).map_err(|_| Error)?;
        if l < 8 && len >> (8 * l) != 0 {
            return Err(Error);
        }
        #[allow(clippy::cast_possible_truncation, reason = "at most 7, at most 3 bits")]
        let flags =
            [u8::from(!aad.is_empty()) << 6, (((tag_size - 2) / 2) << 3) as u8, (l - 1) as u8];
        let mut b0 = Block::from((u128::from(len)).to_be_bytes());
        b0[1..=nonce.len()].copy_from_slice(nonce);
        let mut counter = Block::default();
        counter[1..=nonce.len()].copy_from_slice(nonce);
        b0[0] = flags[0] | flags[1] | flags[2];
        counter[0] = flags[2];
        let (first_aad, aad_rest) = Self::first_aad_block(aad)?;
        Ok(Self { counter, first: [b0, first_aad], aad: !aad.is_empty(), aad_rest })
    }

    /// The length of the associated data, and as much of it as fills the block.
    fn first_aad_block(aad: &'a [u8]) -> Result<(Block, &'a [u8]), Error> {
        let (mut block, n) = aad_length(u64::try_from(aad.len()).map_err(|_| Error)?);
        let (now, rest) = aad.split_at(aad.len().min(16 - n));
        block[n..n + now.len()].copy_from_slice(now);
        Ok((block, rest))
    }

    pub(super) fn first_blocks(&self) -> &[Block] {
        &self.first[..=usize::from(self.aad)]
    }
}

/// The length of the associated data at the beginning of a block, and how many bytes it takes: 2, 6 or 10.
///
/// Source: RFC 3610, 2.2.
fn aad_length(len: u64) -> (Block, usize) {
    let mut block = Block::default();
    let n = match len {
        0..0xff00 => {
            block[..2].copy_from_slice(&len.to_be_bytes()[6..]);
            2
        }
        0xff00..0x1_0000_0000 => {
            block[..2].copy_from_slice(&[0xff, 0xfe]);
            block[2..6].copy_from_slice(&len.to_be_bytes()[4..]);
            6
        }
        _ => {
            block[..2].copy_from_slice(&[0xff, 0xff]);
            block[2..10].copy_from_slice(&len.to_be_bytes());
            10
        }
    };
    (block, n)
}

#[cfg(test)]
mod tests {
    use super::aad_length;

    #[test]
    fn the_length_of_aad_takes_6_bytes_from_ff00_on_and_10_from_4_gib_on() {
        for (len, first, n) in [
            (1, 0x0001_0000_0000_0000_0000_u128, 2),
            (0xfeff, 0xfeff_0000_0000_0000_0000, 2),
            (0xff00, 0xfffe_0000_ff00_0000_0000, 6),
            (0xffff_ffff, 0xfffe_ffff_ffff_0000_0000, 6),
            (0x1_0000_0000, 0xffff_0000_0001_0000_0000, 10),
            (u64::MAX, 0xffff_ffff_ffff_ffff_ffff, 10),
        ] {
            assert_eq!(aad_length(len), ((first << 48).to_be_bytes().into(), n), "{len:x}");
        }
    }
}
