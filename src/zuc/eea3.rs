//! The 3GPP confidentiality algorithm 128-EEA3 (in 5G: 128-NEA3).

use super::{
    Backend, Zuc128,
    frame::{Frame, LengthError, bytes_of, mask_of_last_byte},
};
use cipher::{
    AlgorithmName, InOutBuf, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser, StreamCipher,
    StreamCipherError, consts::U16,
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// 128-EEA3: ZUC-128 under an IV made of a [`Frame`], for one message of up to 2³² − 1 bits.
///
/// As a [`StreamCipher`] it serves messages in whole bytes, in pieces of any length; it refuses what
/// goes beyond the limit. [`apply_bits`](Self::apply_bits) ends a message at any bit.
///
/// ```
/// use shangmi::zuc::{Eea3, Frame};
///
/// let key = [0x42; 16];
/// let frame = Frame::new(7, 3, 0)?;
/// let mut message = [0xff; 25];
///
/// // 193 bits: 24 bytes and 1 bit. The other 7 bits of the last byte are cleared.
/// Eea3::for_frame(&key, frame).apply_bits(193, message.as_mut_slice().into())?;
/// assert_eq!(message[24] & 0x7f, 0);
///
/// Eea3::for_frame(&key, frame).apply_bits(193, message.as_mut_slice().into())?;
/// assert_eq!(message[..24], [0xff; 24]);
/// assert_eq!(message[24], 0x80);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: GM/T 0001.2-2012 (GB/T 33133.2-2021, 3GPP TS 35.221, 3).
#[doc(alias = "NEA3")]
#[derive(Clone, ZeroizeOnDrop)]
pub struct Eea3 {
    zuc: Zuc128,
    /// How many bits LENGTH still allows.
    #[zeroize(skip)]
    left: u32,
}

impl Eea3 {
    /// 128-EEA3 for the message of `frame`.
    #[must_use]
    pub fn for_frame(key: &[u8; 16], frame: Frame) -> Self {
        Self::new(key.into(), &frame.eea3_iv().into())
    }

    pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
        Self { zuc: Zuc128::with_backend(key, iv, backend), left: u32::MAX }
    }

    /// Encrypts or decrypts the last `bits` bits of the message, the first of `data`.
    ///
    /// Writes ⌈`bits` / 8⌉ bytes; the bits after the last one in their last byte are cleared. What
    /// follows in `data` is left as it is.
    ///
    /// # Errors
    /// [`LengthError`] if `data` is shorter than `bits`, or the whole message longer than 2³² − 1
    /// bits; nothing is written then.
    pub fn apply_bits(
        mut self,
        bits: usize,
        data: InOutBuf<'_, '_, u8>,
    ) -> Result<(), LengthError> {
        let bytes = bytes_of(bits, data.len())?;
        if bits > self.left as usize {
            return Err(LengthError::TooLong);
        }
        let (mut data, _) = data.split_at(bytes);
        self.zuc.unchecked_apply_keystream_inout(data.reborrow());
        if let Some(last) = data.get_out().last_mut() {
            *last &= mask_of_last_byte(bits);
        }
        Ok(())
    }
}

impl KeySizeUser for Eea3 {
    type KeySize = U16;
}
impl IvSizeUser for Eea3 {
    type IvSize = U16;
}
impl KeyIvInit for Eea3 {
    /// The IV is that of [`Frame::eea3_iv`].
    fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
        Self::with_backend(key, iv, Backend::best())
    }
}

impl StreamCipher for Eea3 {
    fn check_remaining(&self, data_len: usize) -> Result<(), StreamCipherError> {
        if data_len > self.left as usize / 8 { Err(StreamCipherError) } else { Ok(()) }
    }
    fn unchecked_apply_keystream_inout(&mut self, data: InOutBuf<'_, '_, u8>) {
        self.left = after(self.left, data.len());
        self.zuc.unchecked_apply_keystream_inout(data);
    }
    fn unchecked_write_keystream(&mut self, data: &mut [u8]) {
        self.left = after(self.left, data.len());
        self.zuc.unchecked_write_keystream(data);
    }
}

/// The bits left of `left` after `bytes` bytes.
fn after(left: u32, bytes: usize) -> u32 {
    left.saturating_sub(u32::try_from(bytes).unwrap_or(u32::MAX).saturating_mul(8))
}

impl AlgorithmName for Eea3 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("128-EEA3")
    }
}
impl fmt::Debug for Eea3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eea3").finish_non_exhaustive()
    }
}

/// Encrypts or decrypts the first `bits` bits of `data` in place with 128-EEA3.
///
/// The bits after them in their last byte are cleared; further bytes are left as they are.
///
/// # Errors
/// [`LengthError`] if `data` is shorter than `bits`, or `bits` over 2³² − 1; nothing is written then.
///
/// Source: GM/T 0001.2-2012, 5 (3GPP TS 35.221, 3).
pub fn eea3(key: &[u8; 16], frame: Frame, bits: usize, data: &mut [u8]) -> Result<(), LengthError> {
    bytes_of(bits, data.len())?;
    Eea3::for_frame(key, frame).apply_bits(bits, data.into())
}

/// As [`eea3()`], from `input` to `output`. The first ⌈`bits` / 8⌉ bytes of `output` are written, no more.
///
/// # Errors
/// [`LengthError`] if `input` or `output` is shorter than `bits`, or `bits` over 2³² − 1; nothing is
/// written then.
pub fn eea3_b2b(
    key: &[u8; 16],
    frame: Frame,
    bits: usize,
    input: &[u8],
    output: &mut [u8],
) -> Result<(), LengthError> {
    let bytes = bytes_of(bits, input.len().min(output.len()))?;
    let data = InOutBuf::new(&input[..bytes], &mut output[..bytes]);
    let data = data.map_err(|_| LengthError::BufferTooShort)?;
    Eea3::for_frame(key, frame).apply_bits(bits, data)
}
