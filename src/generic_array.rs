//! The traits of the former generation, `cipher` 0.4, `digest` 0.10 and `aead` 0.5, for the same types.
//!
//! Each method hands over to the present generation's; nothing is computed here.

#[cfg(any(feature = "sm4", feature = "zuc"))]
#[macro_use]
mod macros;

#[cfg(feature = "sm4")]
mod sm4;
#[cfg(feature = "zuc")]
mod zuc;

/// Built on it by `SimpleHmac`, `SimpleHkdf` and the like of that generation: `Hmac` takes only its own wrapper.
#[cfg(feature = "sm3")]
mod sm3 {
    use crate::sm3::Sm3;
    use core::fmt;
    use digest010::{
        FixedOutput, FixedOutputReset, HashMarker, Output, OutputSizeUser, Reset, Update,
        consts::{U32, U64},
        crypto_common::{AlgorithmName, BlockSizeUser},
    };

    impl HashMarker for Sm3 {}
    impl BlockSizeUser for Sm3 {
        type BlockSize = U64;
    }
    impl OutputSizeUser for Sm3 {
        type OutputSize = U32;
    }
    impl Update for Sm3 {
        fn update(&mut self, data: &[u8]) {
            digest::Update::update(self, data);
        }
    }
    impl FixedOutput for Sm3 {
        fn finalize_into(self, out: &mut Output<Self>) {
            out.copy_from_slice(&digest::FixedOutput::finalize_fixed(self));
        }
    }
    impl Reset for Sm3 {
        fn reset(&mut self) {
            digest::Reset::reset(self);
        }
    }
    impl FixedOutputReset for Sm3 {
        fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
            out.copy_from_slice(&digest::FixedOutputReset::finalize_fixed_reset(self));
        }
    }
    impl AlgorithmName for Sm3 {
        fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
            <Self as digest::common::AlgorithmName>::write_alg_name(f)
        }
    }
}
