//! SM3: the hash function, 256 bits.
//!
//! | name | what | with |
//! |---|---|---|
//! | [`Sm3`] | SM3 of a message in pieces, of whole bytes or of any number of bits ([`finalize_bits`](Sm3::finalize_bits)) | [`Digest`](digest::Digest), [`SerializableState`] |
//! | [`Sm3Core`] | its compression function, block by block | the traits of [`digest::block_api`] |
//! | [`hash_many`] | SM3 of many messages, side by side | |
//! | [`HmacSm3Key`] | HMAC-SM3 of messages in one piece, and of many; the key is prepared once | |
//! | [`hmac_many`] | HMAC-SM3 of many messages, each with its own key | |
//! | [`HmacSm3`] | HMAC-SM3 of a message in pieces | [`Mac`](digest::Mac) |
//! | [`HkdfSm3`] | HKDF: keys from a shared secret, as in TLS 1.3 | |
//! | [`pbkdf2`](pbkdf2()) | PBKDF2: a key from a password | |
//! | [`kdf`](kdf()), [`Kdf`] | the KDF of SM2 and of ANSI X9.63, at once or piece by piece | |
//!
//! Crates that take any hash take `Sm3`, as `pbkdf2::pbkdf2_hmac::<Sm3>`. What is here for the same
//! task is faster, since it computes side by side what may be.
//!
//! # Limits
//! | function | limit | beyond it |
//! |---|---|---|
//! | SM3, HMAC-SM3 | a message of 2⁶⁴ − 1 bits (2⁶¹ − 1 bytes): the padding holds the length in 64 bits | [`LengthError`] from [`finalize_bits`](Sm3::finalize_bits), and the import of a state is refused; the methods of `Digest` have no error: they take the length modulo 2⁶⁴, and the result is no SM3 hash value |
//! | [`hash_many`], [`hmac_many`], [`HmacSm3Key::mac_many`] | as many results as messages (and keys) | [`CountError`] |
//! | [`HkdfSm3`] | 255 · 32 bytes from one `expand` | `hkdf::InvalidLength` |
//! | [`pbkdf2`](pbkdf2()) | one iteration at least; 32 · (2³² − 1) bytes | [`Pbkdf2Error`] |
//! | [`kdf`](kdf()), [`Kdf`] | 32 · (2³² − 1) bytes in all | [`KeyTooLong`] |
//!
//! An error leaves what was to be filled as it was.
//!
//! # What it cannot do for you
//! - Whoever knows SM3(m) and the length of m knows SM3(m ‖ padding ‖ x) for every x, without m.
//!   SM3(key ‖ m) is therefore no MAC; HMAC is.
//! - A password is guessed as fast as PBKDF2 is computed: [`hash_many`]'s speed is there for others too.
//!   Choose the iterations by what your users can wait for.
//!
//! # Sources
//! GB/T 32905-2016 (GM/T 0004-2012, ISO/IEC 10118-3:2018); GB/T 15852.2-2012 and RFC 2104 (HMAC);
//! RFC 5869 (HKDF); GM/T 0091-2020 and RFC 8018 (PBKDF2); GB/T 32918.4-2016 (KDF).

mod backend;
mod hkdf;
mod hmac;
mod kdf;
mod lanes;
mod many;
mod pbkdf2;
mod portable;

pub use hkdf::HkdfSm3;
pub use hmac::{HmacSm3, HmacSm3Key, hmac_many};
pub use kdf::{Kdf, KeyTooLong, kdf};
pub use many::{CountError, hash_many};
pub use pbkdf2::{Pbkdf2Error, pbkdf2};

use crate::secret::Temporary;
use backend::Backend;
use core::fmt;
use digest::{
    HashMarker, Output, Reset,
    array::Array,
    block_api::{
        AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, Eager, FixedOutputCore,
        OutputSizeUser, UpdateCore,
    },
    common::hazmat::{DeserializeStateError, SerializableState, SerializedState},
    consts::{U32, U40, U64},
};
use portable::IV;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

digest::buffer_fixed!(
    /// SM3: the hash value, 32 bytes, of one message of up to 2⁶⁴ − 1 bits.
    ///
    /// As a [`Digest`](digest::Digest) it takes the message in whole bytes, in pieces of any length;
    /// [`finalize_bits`](Self::finalize_bits) ends it at any bit.
    ///
    /// ```
    /// use shangmi::{digest::Digest, sm3::Sm3};
    ///
    /// let mut sm3 = Sm3::new();
    /// sm3.update(b"a message ");
    /// sm3.update(b"in pieces");
    /// assert_eq!(sm3.finalize(), Sm3::digest(b"a message in pieces"));
    /// ```
    ///
    /// The state may hold a key (that of an HMAC, say): it is cleared on drop. A state that is saved
    /// by [`SerializableState`] is as secret as the message; its 104 bytes are V and the number of
    /// blocks (both little-endian), the number of bytes after them, and these bytes with zeros up to 63.
    ///
    /// Source: GB/T 32905-2016, 5.
    pub struct Sm3(Sm3Core);
    oid: "1.2.156.10197.1.401";
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset SerializableState;
);

impl ZeroizeOnDrop for Sm3 {}

/// Blocks in the longest message, and in no longer one: 2⁶⁴ − 1 bits are this many and a part of one.
const MOST_BLOCKS: u64 = u64::MAX / 512;

impl Sm3 {
    /// SM3 of `message`: as [`Digest::digest`](digest::Digest::digest), and for a short message faster.
    ///
    /// ```
    /// use shangmi::sm3::Sm3;
    ///
    /// assert_eq!(Sm3::digest("abc")[..4], [0x66, 0xc7, 0xf0, 0xf4]);
    /// ```
    #[must_use]
    pub fn digest(message: impl AsRef<[u8]>) -> Output<Self> {
        Self::digest_with(message.as_ref(), Backend::best())
    }

    fn digest_with(message: &[u8], backend: Backend) -> Output<Self> {
        let mut v = Temporary::<[u32; 8]>::new();
        *v = IV;
        hmac::hash(&mut v, 0, message, backend);
        let mut out = Output::<Self>::default();
        many::write(&mut out.0, &v);
        out
    }

    /// The hash value of the message with the first `bits` bits of `tail` at its end; the upper bits
    /// of a byte come first, and what `tail` has beyond is not looked at.
    ///
    /// ```
    /// use shangmi::{digest::Digest, sm3::Sm3};
    ///
    /// // 91 bits: 11 bytes, and the upper three bits of the twelfth.
    /// let hash = Sm3::new_with_prefix(b"eleven byte").finalize_bits(3, &[0b1010_0000])?;
    /// # let _ = hash;
    /// # Ok::<(), shangmi::sm3::LengthError>(())
    /// ```
    ///
    /// # Errors
    /// [`LengthError`] if `tail` is shorter than `bits`, or the whole message longer than 2⁶⁴ − 1 bits.
    ///
    /// Source: GB/T 32905-2016, 5.2: the padding of a message of l bits.
    pub fn finalize_bits(mut self, bits: usize, tail: &[u8]) -> Result<Output<Self>, LengthError> {
        let (whole, rest) = tail.split_at_checked(bits / 8).ok_or(LengthError::TailTooShort)?;
        let (last, used) = match (bits % 8, rest) {
            (0, _) => (0, 0),
            (used, [last, ..]) => (*last, used as u64),
            (_, []) => return Err(LengthError::TailTooShort),
        };
        digest::Update::update(&mut self, whole);
        let Self { core, buffer } = &mut self;
        if core.blocks > MOST_BLOCKS {
            return Err(LengthError::TooLong);
        }
        let length = core.length(buffer) + used;
        // The bits of the message, then the bit 1 of the padding.
        let last = last & !(0xff >> used) | 0x80 >> used;
        let mut out = Output::<Self>::default();
        core.pad(buffer, last, length, &mut out);
        Ok(out)
    }
}

/// A length that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthError {
    /// The message has more than 2⁶⁴ − 1 bits.
    TooLong,
    /// The tail has fewer bits than the length.
    TailTooShort,
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the message is longer than SM3 allows",
            Self::TailTooShort => "the tail is shorter than the length",
        })
    }
}

impl core::error::Error for LengthError {}

/// The chaining value V of SM3, and the number of blocks behind it.
#[derive(Clone)]
pub struct Sm3Core {
    v: [u32; 8],
    blocks: u64,
    backend: Backend,
}

impl Sm3Core {
    fn with_backend(backend: Backend) -> Self {
        Self { v: IV, blocks: 0, backend }
    }

    /// The bits of the message so far, modulo 2⁶⁴.
    fn length(&self, buffer: &Buffer<Self>) -> u64 {
        self.blocks.wrapping_mul(512).wrapping_add(8 * buffer.get_pos() as u64)
    }

    /// Ends the message of `length` bits: `last`, zeros, and the length. Source: 5.2 and 5.4.
    #[inline]
    fn pad(&mut self, buffer: &mut Buffer<Self>, last: u8, length: u64, out: &mut Output<Self>) {
        let Self { v, backend, .. } = self;
        buffer.digest_pad(last, &length.to_be_bytes(), |block| {
            backend.compress(v, core::slice::from_ref(&block.0));
        });
        for (out, v) in out.as_chunks_mut().0.iter_mut().zip(v) {
            *out = v.to_be_bytes();
        }
    }
}

impl HashMarker for Sm3Core {}
impl BlockSizeUser for Sm3Core {
    type BlockSize = U64;
}
impl BufferKindUser for Sm3Core {
    type BufferKind = Eager;
}
impl OutputSizeUser for Sm3Core {
    type OutputSize = U32;
}
impl UpdateCore for Sm3Core {
    #[inline]
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        self.blocks = self.blocks.wrapping_add(blocks.len() as u64);
        self.backend.compress(&mut self.v, Array::cast_slice_to_core(blocks));
    }
}
impl FixedOutputCore for Sm3Core {
    #[inline]
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let length = self.length(buffer);
        self.pad(buffer, 0x80, length, out);
    }
}
impl Default for Sm3Core {
    #[inline]
    fn default() -> Self {
        Self::with_backend(Backend::best())
    }
}
impl Reset for Sm3Core {
    #[inline]
    fn reset(&mut self) {
        (self.v, self.blocks) = (IV, 0);
    }
}
impl AlgorithmName for Sm3Core {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM3")
    }
}
impl fmt::Debug for Sm3Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm3Core").finish_non_exhaustive()
    }
}
impl Drop for Sm3Core {
    #[inline]
    fn drop(&mut self) {
        (self.v, self.blocks) = ([0; 8], 0);
        optimization_barrier(self);
    }
}
impl ZeroizeOnDrop for Sm3Core {}

impl SerializableState for Sm3Core {
    type SerializedStateSize = U40;

    fn serialize(&self) -> SerializedState<Self> {
        let mut state = SerializedState::<Self>::default();
        let (v, blocks) = state.split_at_mut(32);
        for (bytes, v) in v.as_chunks_mut().0.iter_mut().zip(self.v) {
            *bytes = v.to_le_bytes();
        }
        blocks.copy_from_slice(&self.blocks.to_le_bytes());
        state
    }

    /// # Errors
    /// [`DeserializeStateError`] if no message has so many blocks, or if there was no block and V is not IV.
    fn deserialize(state: &SerializedState<Self>) -> Result<Self, DeserializeStateError> {
        let (v, blocks) = state.split_ref::<U32>();
        let (v, blocks) = (v.0.as_chunks().0, u64::from_le_bytes(blocks.0));
        let mut core = Self { blocks, ..Self::default() };
        for (v, bytes) in core.v.iter_mut().zip(v) {
            *v = u32::from_le_bytes(*bytes);
        }
        if blocks > MOST_BLOCKS || blocks == 0 && !bool::from(core.v.ct_eq(&IV)) {
            return Err(DeserializeStateError);
        }
        Ok(core)
    }
}

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __backends {
    //! Every backend by hand: for the tests, benches and fuzz targets of this crate alone.
    pub use super::many::LanesBackend;
    use super::{Sm3, Sm3Core, backend};
    use digest::{
        Output,
        block_api::{Buffer, CoreProxy},
    };

    /// A backend that this CPU can run.
    #[derive(Clone, Copy, Debug)]
    pub struct Backend(pub(super) backend::Backend);

    #[allow(
        missing_docs,
        clippy::must_use_candidate,
        reason = "hidden, and as the constructors that users call"
    )]
    impl Backend {
        /// All of them, fastest first.
        pub fn all() -> impl Iterator<Item = Self> {
            backend::Backend::all().map(Self)
        }
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        pub fn sm3(self) -> Sm3 {
            Sm3::compose(Sm3Core::with_backend(self.0), Buffer::<Sm3Core>::default())
        }
        pub fn digest(self, message: &[u8]) -> Output<Sm3> {
            Sm3::digest_with(message, self.0)
        }
        pub fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
            self.0.compress(v, blocks);
        }
    }
}
