//! WPI-SM4: the protection of data frames in WAPI (GB 15629.11), SM4-OFB with an SM4-CBC-MAC.
//!
//! Each key is a pair, one for the data and one for the MIC (message integrity code, 16 bytes). Over header and data goes the
//! CBC-MAC under the second, its first block the packet number; then data and MIC are encrypted with OFB under the first, the packet number the IV.
//!
//! ```
//! use shangmi::sm4::wpi::{self, Wpi};
//!
//! let wpi = Wpi::new(&[0x42; 16], &[0x24; 16]);
//! // A data frame without QoS: frame control, duration, three addresses, sequence control.
//! let mut header = [0; 24];
//! header[0] = 0x08;
//! let mut data = *b"an LLC frame";
//! let (pn, aad) = ([0x36; 16], wpi::Header::new(&header, 0)?);
//!
//! let mic = wpi.seal(&pn, &aad, &mut data)?;
//! wpi.open(&pn, &aad, &mut data, &mic)?;
//! assert_eq!(&data, b"an LLC frame");
//! # Ok::<(), wpi::WpiError>(())
//! ```
//!
//! **A packet number must never be used twice under one key**: the two frames would reveal each other. That a received one is greater than those
//! before is for the caller to check. A frame has up to 65 535 bytes of data. For WAPI alone: elsewhere take [`Sm4Gcm`](super::Sm4Gcm).
//!
//! # Errors
//! [`WpiError`] for a wrong length, which leaves the data as it was, and for a wrong MIC, which clears it.
//!
//! Source: GB 15629.11-2003 and its amendment 1 of 2006, chapter 8 (WPI).

use super::{Cipher, Sm4Enc, backend::Block, keystream::Rest, passes::padded};
use cipher::{Array, KeyInit};
use core::{fmt, slice};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The keys of one direction: for encryption and for the MIC.
#[derive(Clone)]
pub struct Wpi {
    encryption: Sm4Enc,
    integrity: Sm4Enc,
}

/// The parts of a frame's MAC header that the MIC covers.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    bytes: [u8; 34],
    len: usize,
}

/// A frame could not be sealed or opened: the MIC is wrong, or a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WpiError;

impl fmt::Display for WpiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong WPI frame")
    }
}

impl core::error::Error for WpiError {}

impl Header {
    /// Of a data frame's header as it is sent, from frame control on, and the index of the key (0 or 1). What may change
    /// on the way is left out: some bits of frame control, the duration, the sequence number.
    ///
    /// The header has 24 bytes, six more if it bears a fourth address (To DS and From DS set), two more if it is a QoS data
    /// frame. What follows these is not looked at.
    ///
    /// # Errors
    /// [`WpiError`] if the header is shorter than its frame control says.
    pub fn new(mac_header: &[u8], key_index: u8) -> Result<Self, WpiError> {
        let field = |from: usize, n: usize| mac_header.get(from..from + n).ok_or(WpiError);
        let fc = field(0, 2)?;
        let qos = fc[0] & 0x8c == 0x88;
        let four_addresses = fc[1] & 3 == 3;
        let mut bytes = [0; 34];
        // Frame control without subtype bits 4 to 6, retry, power management and more data.
        bytes[0] = fc[0] & 0x8f;
        bytes[1] = fc[1] & 0xc7;
        bytes[2..14].copy_from_slice(field(4, 12)?);
        // The fragment number alone.
        bytes[14] = field(22, 2)?[0] & 0x0f;
        bytes[16..22].copy_from_slice(field(16, 6)?);
        if four_addresses {
            bytes[22..28].copy_from_slice(field(24, 6)?);
        }
        let mut len = 28;
        if qos {
            let at = if four_addresses { 30 } else { 24 };
            bytes[28..30].copy_from_slice(field(at, 2)?);
            len = 30;
        }
        bytes[len] = key_index;
        Ok(Self { bytes, len: len + 4 })
    }

    /// With the length of the data.
    fn blocks(&self, data_len: usize) -> Result<[Block; 3], WpiError> {
        let data_len = u16::try_from(data_len).map_err(|_| WpiError)?;
        let mut bytes = [0; 48];
        bytes[..34].copy_from_slice(&self.bytes);
        bytes[self.len - 2..self.len].copy_from_slice(&data_len.to_be_bytes());
        let mut blocks = [Block::default(); 3];
        for (block, bytes) in blocks.iter_mut().zip(bytes.chunks_exact(16)) {
            block.copy_from_slice(bytes);
        }
        Ok(blocks)
    }
}

impl Wpi {
    /// With the key for encryption and the key for the MIC.
    #[must_use]
    pub fn new(encryption: &[u8; 16], integrity: &[u8; 16]) -> Self {
        Self::from_ciphers(Sm4Enc::new(encryption.into()), Sm4Enc::new(integrity.into()))
    }

    /// With ciphers whose keys are expanded.
    #[must_use]
    pub fn from_ciphers(encryption: Sm4Enc, integrity: Sm4Enc) -> Self {
        Self { encryption, integrity }
    }

    /// Encrypts `data` in place and returns the encrypted MIC, which is sent after it.
    ///
    /// `pn` is the packet number as it stands in the frame, the least significant byte first.
    ///
    /// # Errors
    /// [`WpiError`] if `data` is longer than 65 535 bytes; it is left as it was then.
    pub fn seal(
        &self,
        pn: &[u8; 16],
        header: &Header,
        data: &mut [u8],
    ) -> Result<[u8; 16], WpiError> {
        let iv = reversed(pn);
        let mut mic = self.mic(&iv, header, data)?;
        self.ofb(iv, data, &mut mic);
        Ok(mic.0)
    }

    /// Decrypts `data` in place, `mic` being what followed it.
    ///
    /// # Errors
    /// [`WpiError`] if `data` is longer than 65 535 bytes (it is left as it was then), or if the MIC is wrong: `data` is all zeros then.
    pub fn open(
        &self,
        pn: &[u8; 16],
        header: &Header,
        data: &mut [u8],
        mic: &[u8; 16],
    ) -> Result<(), WpiError> {
        header.blocks(data.len())?;
        let iv = reversed(pn);
        let mut sent = Block::from(*mic);
        self.ofb(iv, data, &mut sent);
        let right = self.mic(&iv, header, data)?.ct_eq(&sent);
        sent.zeroize();
        if right.into() {
            Ok(())
        } else {
            data.zeroize();
            Err(WpiError)
        }
    }

    /// The MIC of the header, padded with zeros to whole blocks, and the data, padded likewise.
    fn mic(&self, iv: &Block, header: &Header, data: &[u8]) -> Result<Block, WpiError> {
        let header_blocks = header.blocks(data.len())?;
        let Cipher { rk, backend } = &self.integrity.0;
        let mut x = Block::default();
        backend.cbc_mac(rk, &mut x, slice::from_ref(iv));
        backend.cbc_mac(rk, &mut x, &header_blocks[..header.len.div_ceil(16)]);
        let (blocks, rest) = Array::slice_as_chunks(data);
        backend.cbc_mac(rk, &mut x, blocks);
        if !rest.is_empty() {
            backend.cbc_mac(rk, &mut x, &[padded(rest)]);
        }
        Ok(x)
    }

    fn ofb(&self, iv: Block, data: &mut [u8], mic: &mut Block) {
        let Cipher { rk, backend } = &self.encryption.0;
        let (mut iv, mut rest) = (iv, Rest::new());
        for part in [data, mic.as_mut_slice()] {
            rest.apply(part.into(), |blocks| backend.ofb(rk, &mut iv, blocks));
        }
        iv.zeroize();
    }
}

/// The packet number, most significant byte first.
fn reversed(pn: &[u8; 16]) -> Block {
    let mut iv = Block::from(*pn);
    iv.reverse();
    iv
}

impl fmt::Debug for Wpi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wpi").finish_non_exhaustive()
    }
}

impl ZeroizeOnDrop for Wpi {}
