//! The 3GPP integrity algorithm 128-EIA3 (in 5G: 128-NIA3).

use super::{
    Backend, ROUNDS,
    frame::{Frame, LengthError, bytes_of},
    portable::State,
    stream::Words,
    window_mac::WindowMac,
};
use cipher::{
    AlgorithmName, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser,
    consts::{U4, U16},
};
use core::fmt;
use digest::{CtOutput, FixedOutput, MacError, MacMarker, Output, OutputSizeUser, Update};
use zeroize::ZeroizeOnDrop;

/// 128-EIA3: the 32-bit MAC of one message of up to 2³² − 1 bits, under an IV made of a [`Frame`].
///
/// As a [`Mac`](digest::Mac) it takes the message in whole bytes, in pieces of any length;
/// [`finalize_bits`](Self::finalize_bits) and [`verify_bits`](Self::verify_bits) end it at any bit.
/// Compare tags with `verify…`, never with `==` on bytes.
///
/// ```
/// use shangmi::{digest::Mac, zuc::{Eia3, Frame}};
///
/// let key = [0x42; 16];
/// let frame = Frame::new(7, 3, 1)?;
/// let mut mac = Eia3::for_frame(&key, frame);
/// mac.update(b"a message ");
/// mac.update(b"in pieces");
/// let tag = mac.finalize().into_bytes();
///
/// Eia3::for_frame(&key, frame).chain_update(b"a message in pieces").verify(&tag)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: GM/T 0001.3-2012 (GB/T 33133.3-2021, 3GPP TS 35.221, 4).
#[doc(alias = "NIA3")]
#[derive(Clone, ZeroizeOnDrop)]
pub struct Eia3(WindowMac);

impl Eia3 {
    /// 128-EIA3 for the message of `frame`.
    #[must_use]
    pub fn for_frame(key: &[u8; 16], frame: Frame) -> Self {
        Self::new(key.into(), &frame.eia3_iv().into())
    }

    pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
        let state = State::load128(&key.0, &iv.0);
        Self(WindowMac::start(Words::start(state, ROUNDS, u64::MAX, backend), 1))
    }

    /// Adds `data` to the message, as [`Update::update`] does.
    ///
    /// # Errors
    /// [`LengthError::TooLong`] if the message would exceed 2³² − 1 bits; nothing is added then.
    pub fn try_update(&mut self, data: &[u8]) -> Result<(), LengthError> {
        self.0.update(data)
    }

    #[cfg(test)]
    pub(super) fn pretend_length(&mut self, bits: u32) {
        self.0.pretend_length(bits);
    }

    /// The MAC of the message with the first `bits` bits of `tail` at its end.
    ///
    /// ```
    /// use shangmi::{digest::Mac, zuc::{Eia3, Frame}};
    ///
    /// // 91 bits: 11 bytes, and the upper three bits of the twelfth.
    /// let mac = Eia3::for_frame(&[1; 16], Frame::default()).chain_update(b"eleven byte");
    /// let mac = mac.finalize_bits(3, &[0b1010_0000])?;
    /// # let _ = mac;
    /// # Ok::<(), shangmi::zuc::LengthError>(())
    /// ```
    ///
    /// # Errors
    /// [`LengthError`] if `tail` is shorter than `bits`, or the whole message longer than 2³² − 1 bits.
    pub fn finalize_bits(
        mut self,
        bits: usize,
        tail: &[u8],
    ) -> Result<CtOutput<Self>, LengthError> {
        self.0.update_bits(bits, tail)?;
        Ok(CtOutput::new(self.finish().into()))
    }

    /// Whether `mac` is the MAC of the message with the first `bits` bits of `tail` at its end.
    ///
    /// # Errors
    /// [`MacError`] if it is not, or if [`finalize_bits`](Self::finalize_bits) would refuse the lengths.
    pub fn verify_bits(self, bits: usize, tail: &[u8], mac: &[u8; 4]) -> Result<(), MacError> {
        let right = self.finalize_bits(bits, tail).map_err(|_| MacError)?;
        if right == CtOutput::new((*mac).into()) { Ok(()) } else { Err(MacError) }
    }

    /// T ⊕ `z[LENGTH]` ⊕ the last word z\[32(L − 1)\], where L = ⌈LENGTH / 32⌉ + 2. Source: 5.4.3.
    fn finish(&mut self) -> [u8; 4] {
        let (t, last) = self.0.finish();
        (t[0] ^ last).to_be_bytes()
    }
}

impl KeySizeUser for Eia3 {
    type KeySize = U16;
}
impl IvSizeUser for Eia3 {
    type IvSize = U16;
}
impl OutputSizeUser for Eia3 {
    type OutputSize = U4;
}
impl KeyIvInit for Eia3 {
    /// The IV is that of [`Frame::eia3_iv`].
    fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
        Self::with_backend(key, iv, Backend::best())
    }
}
impl Update for Eia3 {
    /// # Panics
    /// If the message would exceed 2³² − 1 bits; [`Eia3::try_update`] returns an error instead.
    fn update(&mut self, data: &[u8]) {
        self.try_update(data).expect("a message of 128-EIA3 has at most 2^32 - 1 bits");
    }
}
impl FixedOutput for Eia3 {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        *out = self.finish().into();
    }
}
impl MacMarker for Eia3 {}
impl AlgorithmName for Eia3 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("128-EIA3")
    }
}
impl fmt::Debug for Eia3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eia3").finish_non_exhaustive()
    }
}

/// The 128-EIA3 MAC of the first `bits` bits of `message`.
///
/// # Errors
/// [`LengthError`] if `message` is shorter than `bits`, or `bits` over 2³² − 1.
///
/// Source: GM/T 0001.3-2012, 5 (3GPP TS 35.221, 4).
pub fn eia3(
    key: &[u8; 16],
    frame: Frame,
    bits: usize,
    message: &[u8],
) -> Result<[u8; 4], LengthError> {
    bytes_of(bits, message.len())?;
    let mac = Eia3::for_frame(key, frame).finalize_bits(bits, message)?;
    Ok(mac.into_bytes().into())
}

/// Whether `mac` is the 128-EIA3 MAC of the first `bits` bits of `message`, compared in constant time.
///
/// # Errors
/// [`MacError`] if it is not, or if [`eia3()`] would refuse the lengths.
pub fn eia3_verify(
    key: &[u8; 16],
    frame: Frame,
    bits: usize,
    message: &[u8],
    mac: &[u8; 4],
) -> Result<(), MacError> {
    bytes_of(bits, message.len()).map_err(|_| MacError)?;
    Eia3::for_frame(key, frame).verify_bits(bits, message, mac)
}
