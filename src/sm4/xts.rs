//! XTS: encryption of sectors with a tweak and ciphertext stealing, in the form of GB/T 17964-2021, 10, and in that of IEEE 1619.

use super::{
    Sm4, Sm4Enc,
    backend::{Block, Doubling},
    passes::double,
};
use cipher::{Array, InOutBuf, Key, KeyInit, KeySizeUser, common::TryKeyInit, consts::U32};
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Blocks of a data unit: 2²⁰, 16 MiB. Beyond, IEEE 1619 gives no assurance of security.
const MAX_BLOCKS: usize = 1 << 20;

/// The data is shorter than 16 bytes or longer than 2²⁰ blocks, or a buffer has another length. Nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XtsLengthError;

impl fmt::Display for XtsLengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("XTS takes 16 bytes to 2^20 blocks, and sectors of one size")
    }
}

impl core::error::Error for XtsLengthError {}

macro_rules! xts {
    ($(#[$doc:meta])* $name:ident, $doubling:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Xts);

        impl $name {
            /// Encrypts `data` in place under `tweak`: as long as it was.
            ///
            /// # Errors
            /// [`XtsLengthError`] if `data` is shorter than 16 bytes or longer than 2²⁰ blocks (16 MiB); it is left as it was then.
            pub fn encrypt(&self, tweak: &[u8; 16], data: &mut [u8]) -> Result<(), XtsLengthError> {
                self.encrypt_inout(tweak, data.into())
            }

            /// Decrypts `data` in place under `tweak`.
            ///
            /// # Errors
            /// As [`encrypt`](Self::encrypt). There is no tag: altered data decrypts to something else, without an error.
            pub fn decrypt(&self, tweak: &[u8; 16], data: &mut [u8]) -> Result<(), XtsLengthError> {
                self.decrypt_inout(tweak, data.into())
            }

            /// As [`encrypt`](Self::encrypt), in place or from buffer to buffer.
            ///
            /// # Errors
            /// As [`encrypt`](Self::encrypt).
            pub fn encrypt_inout(
                &self,
                tweak: &[u8; 16],
                data: InOutBuf<'_, '_, u8>,
            ) -> Result<(), XtsLengthError> {
                self.0.crypt(false, $doubling, tweak, data)
            }

            /// As [`decrypt`](Self::decrypt), in place or from buffer to buffer.
            ///
            /// # Errors
            /// As [`decrypt`](Self::decrypt).
            pub fn decrypt_inout(
                &self,
                tweak: &[u8; 16],
                data: InOutBuf<'_, '_, u8>,
            ) -> Result<(), XtsLengthError> {
                self.0.crypt(true, $doubling, tweak, data)
            }

            /// Encrypts consecutive sectors of `sector_size` bytes in place. The tweak of a sector is its number as 16 bytes,
            /// little-endian (as IEEE 1619 has it); `first` is that of the first one.
            ///
            /// # Errors
            /// [`XtsLengthError`] if `data` is no multiple of `sector_size`, or as [`encrypt`](Self::encrypt) for a sector; nothing is
            /// done then.
            pub fn encrypt_sectors(
                &self,
                first: u128,
                sector_size: usize,
                data: &mut [u8],
            ) -> Result<(), XtsLengthError> {
                self.0.sectors(false, $doubling, first, sector_size, data)
            }

            /// Decrypts what [`encrypt_sectors`](Self::encrypt_sectors) encrypted.
            ///
            /// # Errors
            /// As [`encrypt_sectors`](Self::encrypt_sectors).
            pub fn decrypt_sectors(
                &self,
                first: u128,
                sector_size: usize,
                data: &mut [u8],
            ) -> Result<(), XtsLengthError> {
                self.0.sectors(true, $doubling, first, sector_size, data)
            }

            /// With ciphers whose keys are expanded: `data` for the data, `tweak` for the tweaks.
            ///
            /// That the two keys differ is up to the caller.
            #[must_use]
            pub fn from_ciphers(data: Sm4, tweak: Sm4Enc) -> Self {
                Self(Xts { data, tweak })
            }
        }

        impl KeySizeUser for $name {
            type KeySize = U32;
        }

        impl TryKeyInit for $name {
            /// The key for the data, then the key for the tweaks.
            ///
            /// # Errors
            /// [`InvalidKey`](cipher::common::InvalidKey) if the two are equal.
            fn new(key: &Key<Self>) -> Result<Self, cipher::common::InvalidKey> {
                Xts::new(&key.0).map(Self).ok_or(cipher::common::InvalidKey)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl ZeroizeOnDrop for $name {}
    };
}

xts! {
    /// SM4-XTS with the bit order of GB/T 17964-2021: the tweak is doubled as GCM counts bits.
    ///
    /// Not what IEEE 1619 and most software for disks have: that is [`Sm4XtsIeee`]. The two agree on the first 16 bytes of a
    /// sector and on nothing else.
    ///
    /// Key: 32 bytes, two keys that differ. Data: 16 bytes to 16 MiB; a last block may be short.
    ///
    /// **XTS does not authenticate**: an altered block of 16 bytes decrypts to noise, without an error, and who sees a sector twice sees which
    /// blocks changed. For storage that has no room for a tag.
    ///
    /// ```
    /// use shangmi::{cipher::common::TryKeyInit, sm4::Sm4XtsGb};
    ///
    /// let key: [u8; 32] = core::array::from_fn(|i| i as u8);
    /// let xts = Sm4XtsGb::new(&key.into())?;
    /// let mut disk = [0x42; 4 * 512];
    /// xts.encrypt_sectors(7, 512, &mut disk)?;
    /// // The third sector alone.
    /// xts.decrypt(&9_u128.to_le_bytes(), &mut disk[2 * 512..3 * 512])?;
    /// assert_eq!(disk[2 * 512..3 * 512], [0x42; 512]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: GB/T 17964-2021, 10.
    Sm4XtsGb, Doubling::Gb
}

xts! {
    /// SM4-XTS with the bit order of IEEE 1619 and SP 800-38E, as disk encryption has it.
    ///
    /// Key, limits and warnings as [`Sm4XtsGb`], which is another cipher.
    ///
    /// ```
    /// use shangmi::{cipher::common::TryKeyInit, sm4::Sm4XtsIeee};
    ///
    /// let key: [u8; 32] = core::array::from_fn(|i| i as u8);
    /// let xts = Sm4XtsIeee::new(&key.into())?;
    /// let mut sector = *b"seventeen bytes !";
    /// xts.encrypt(&7_u128.to_le_bytes(), &mut sector)?;
    /// xts.decrypt(&7_u128.to_le_bytes(), &mut sector)?;
    /// assert_eq!(&sector, b"seventeen bytes !");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: IEEE 1619-2018, 5.
    Sm4XtsIeee, Doubling::Ieee
}

#[derive(Clone)]
struct Xts {
    data: Sm4,
    tweak: Sm4Enc,
}

impl Xts {
    fn new(key: &[u8; 32]) -> Option<Self> {
        let (data, tweak) = key.split_at(16);
        if data.ct_eq(tweak).into() {
            return None;
        }
        let data = Sm4::new_from_slice(data).ok()?;
        let tweak = Sm4Enc::new_from_slice(tweak).ok()?;
        Some(Self { data, tweak })
    }

    fn crypt(
        &self,
        decrypt: bool,
        doubling: Doubling,
        tweak: &[u8; 16],
        data: InOutBuf<'_, '_, u8>,
    ) -> Result<(), XtsLengthError> {
        let n = data.len();
        if n < 16 || n.div_ceil(16) > MAX_BLOCKS {
            return Err(XtsLengthError);
        }
        let mut t = Block::from(*tweak);
        self.tweak.0.crypt(core::slice::from_mut(&mut t).into());
        let direct = if n % 16 == 0 { n } else { n - n % 16 - 16 };
        let (blocks, stolen) = data.split_at(direct);
        let cipher = if decrypt { &self.data.decrypt.0 } else { &self.data.encrypt.0 };
        cipher.backend.xts(&cipher.rk, &mut t, doubling, blocks.into_chunks().0);
        if !stolen.is_empty() {
            let mut next = t;
            double(&mut next, doubling);
            let tweaks = if decrypt { [next, t] } else { [t, next] };
            steal(stolen, tweaks, |t, block| {
                cipher.backend.xts(&cipher.rk, t, doubling, core::slice::from_mut(block).into());
            });
            next.zeroize();
        }
        t.zeroize();
        Ok(())
    }

    fn sectors(
        &self,
        decrypt: bool,
        doubling: Doubling,
        first: u128,
        sector_size: usize,
        data: &mut [u8],
    ) -> Result<(), XtsLengthError> {
        let sizes = 16..=16 * MAX_BLOCKS;
        if !sizes.contains(&sector_size) || !data.len().is_multiple_of(sector_size) {
            return Err(XtsLengthError);
        }
        let mut number = first;
        for sector in data.chunks_exact_mut(sector_size) {
            self.crypt(decrypt, doubling, &number.to_le_bytes(), sector.into())?;
            number = number.wrapping_add(1);
        }
        Ok(())
    }
}

/// The last whole block and the short one after it, 17 to 31 bytes: the whole one goes through `crypt` with the first
/// tweak, its start is the short one's result, and the short one with the rest of it goes through `crypt` with the second.
fn steal(
    mut data: InOutBuf<'_, '_, u8>,
    tweaks: [Block; 2],
    crypt: impl Fn(&mut Block, &mut Block),
) {
    let [mut first_tweak, mut second_tweak] = tweaks;
    let short = data.len() - 16;
    let input = data.get_in();
    let mut whole: Block = Array::from_fn(|i| input[i]);
    crypt(&mut first_tweak, &mut whole);
    let mut other = whole;
    other[..short].copy_from_slice(&input[16..]);
    crypt(&mut second_tweak, &mut other);
    let output = data.get_out();
    output[..16].copy_from_slice(&other);
    output[16..].copy_from_slice(&whole[..short]);
    for secret in [&mut first_tweak, &mut second_tweak, &mut whole, &mut other] {
        secret.zeroize();
    }
}
