//! The MACs of ZUC-256, of 32, 64 and 128 bits, in the two forms of its initialisation.

use super::{
    Backend,
    frame::LengthError,
    portable::State,
    stream::Words,
    window_mac::WindowMac,
    zuc256::{LIMIT, Use, new, v1},
};
use cipher::{
    AlgorithmName, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser,
    array::{Array, ArraySize},
    consts::{U4, U8, U16, U23, U32},
};
use core::{fmt, marker::PhantomData};
use digest::{CtOutput, FixedOutput, MacError, MacMarker, Output, OutputSizeUser, Update};
use zeroize::ZeroizeOnDrop;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::U4 {}
    impl Sealed for super::U8 {}
    impl Sealed for super::U16 {}
}

/// The sizes of a ZUC-256 MAC: [`U4`], [`U8`], [`U16`] bytes.
pub trait MacSize: ArraySize + sealed::Sealed {}
impl MacSize for U4 {}
impl MacSize for U8 {}
impl MacSize for U16 {}

/// What the keystream of a MAC of `bytes` bytes is for.
pub(super) fn purpose(bytes: usize) -> Use {
    match bytes {
        4 => Use::Mac32,
        8 => Use::Mac64,
        _ => Use::Mac128,
    }
}

macro_rules! zuc256_mac {
    ($(#[$doc:meta])* $name:ident, $alg:literal, iv $iv:ty, $load:expr, $rounds:expr) => {
        $(#[$doc])*
        #[derive(Clone, ZeroizeOnDrop)]
        pub struct $name<N: MacSize> {
            mac: WindowMac,
            #[zeroize(skip)]
            size: PhantomData<N>,
        }

        impl<N: MacSize> $name<N> {
            pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
                let state: State = $load(&key.0, &iv.0, purpose(N::USIZE));
                let words = Words::start(state, $rounds, LIMIT + 16, backend);
                Self { mac: WindowMac::start_with_keystream(words, N::USIZE / 4), size: PhantomData }
            }

            /// Adds `data` to the message, as [`Update::update`] does.
            ///
            /// # Errors
            /// [`LengthError::TooLong`] if the message would exceed 2³² − 1 bits; nothing is added then.
            pub fn try_update(&mut self, data: &[u8]) -> Result<(), LengthError> {
                self.mac.update(data)
            }

            /// The MAC of the message with the first `bits` bits of `tail` at its end.
            ///
            /// # Errors
            /// [`LengthError`] if `tail` is shorter than `bits`, or the whole message longer than
            /// 2³² − 1 bits.
            pub fn finalize_bits(mut self, bits: usize, tail: &[u8]) -> Result<CtOutput<Self>, LengthError> {
                self.mac.update_bits(bits, tail)?;
                Ok(CtOutput::new(self.finish()))
            }

            fn finish(&mut self) -> Output<Self> {
                let (t, _) = self.mac.finish();
                Array::from_fn(|i| t[i / 4].to_be_bytes()[i % 4])
            }

            /// Whether `mac` is the MAC of the message with the first `bits` bits of `tail` at its end.
            ///
            /// # Errors
            /// [`MacError`] if it is not, or if [`finalize_bits`](Self::finalize_bits) would refuse the lengths.
            pub fn verify_bits(self, bits: usize, tail: &[u8], mac: &Output<Self>) -> Result<(), MacError> {
                let right = self.finalize_bits(bits, tail).map_err(|_| MacError)?;
                if right == CtOutput::new(mac.clone()) { Ok(()) } else { Err(MacError) }
            }
        }

        impl<N: MacSize> KeySizeUser for $name<N> {
            type KeySize = U32;
        }
        impl<N: MacSize> IvSizeUser for $name<N> {
            type IvSize = $iv;
        }
        impl<N: MacSize> OutputSizeUser for $name<N> {
            type OutputSize = N;
        }
        impl<N: MacSize> KeyIvInit for $name<N> {
            fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
                Self::with_backend(key, iv, Backend::best())
            }
        }
        impl<N: MacSize> Update for $name<N> {
            /// # Panics
            /// If the message would exceed 2³² − 1 bits; `try_update` returns an error instead.
            fn update(&mut self, data: &[u8]) {
                self.try_update(data).expect("a message of a ZUC-256 MAC has at most 2^32 - 1 bits");
            }
        }
        impl<N: MacSize> FixedOutput for $name<N> {
            fn finalize_into(mut self, out: &mut Output<Self>) {
                *out = self.finish();
            }
        }
        impl<N: MacSize> MacMarker for $name<N> {}
        impl<N: MacSize> AlgorithmName for $name<N> {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}-{}", $alg, 8 * N::USIZE)
            }
        }
        impl<N: MacSize> fmt::Debug for $name<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

zuc256_mac! {
    /// The MAC of ZUC-256 with the new initialisation: 32-byte key, 16-byte IV, tags of `N` =
    /// [`U4`], [`U8`] or [`U16`] bytes.
    ///
    /// The size of the tag is part of the keystream: a short tag is no prefix of a long one. One
    /// (key, IV) serves one message of up to 2³² − 1 bits.
    ///
    /// ```
    /// use shangmi::{cipher::KeyIvInit, digest::{Mac, consts::U16}, zuc::Zuc256Mac};
    ///
    /// let new = || Zuc256Mac::<U16>::new(&[1; 32].into(), &[2; 16].into());
    /// let tag = new().chain_update(b"message").finalize().into_bytes();
    /// new().chain_update(b"message").verify(&tag)?;
    /// # Ok::<(), shangmi::digest::MacError>(())
    /// ```
    ///
    /// Source: "A New Initialization Scheme of the ZUC-256 Stream Cipher", ZUC design team.
    Zuc256Mac, "ZUC-256-MAC", iv U16, new::load, new::ROUNDS
}

zuc256_mac! {
    /// The MAC of ZUC-256 of the 2018 draft: 32-byte key, IV packed in 23 bytes (see
    /// [`Zuc256V1::pack_iv`](super::Zuc256V1::pack_iv)), tags of `N` = [`U4`], [`U8`] or [`U16`] bytes.
    ///
    /// The size of the tag is part of the keystream: a short tag is no prefix of a long one. One
    /// (key, IV) serves one message of up to 2³² − 1 bits.
    ///
    /// Source: "The ZUC-256 Stream Cipher", ZUC design team, 2018, version 1.1.
    Zuc256V1Mac, "ZUC-256-MAC (2018)", iv U23,
    |key, iv, purpose| v1::load(key, &v1::unpack(iv), purpose), v1::ROUNDS
}
