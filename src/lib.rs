#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

#[cfg(all(feature = "alloc", feature = "sm2"))]
extern crate alloc;

#[cfg(any(feature = "sm4", feature = "zuc"))]
mod buffer;
mod cpu;
#[cfg(feature = "drbg")]
pub mod drbg;
#[cfg(feature = "generic-array")]
mod generic_array;
#[cfg(feature = "sm4")]
mod ghash;
#[cfg(any(feature = "sm2", feature = "sm3", feature = "sm4", feature = "zuc"))]
mod secret;
#[cfg(feature = "sm2")]
pub mod sm2;
#[cfg(feature = "sm3")]
pub mod sm3;
#[cfg(feature = "sm4")]
pub mod sm4;
#[cfg(any(feature = "sm4", feature = "zuc"))]
mod word;
#[cfg(feature = "zuc")]
pub mod zuc;

#[cfg(any(feature = "sm4", feature = "zuc"))]
pub use aead;
#[cfg(feature = "generic-array")]
pub use aead05;
pub use cipher;
#[cfg(feature = "generic-array")]
pub use cipher04;
pub use digest;
#[cfg(feature = "generic-array")]
pub use digest010;
#[cfg(feature = "elliptic-curve")]
pub use elliptic_curve;
#[cfg(feature = "pkcs8")]
pub use pkcs8;
#[cfg(any(feature = "drbg", feature = "sm2"))]
pub use rand_core;
#[cfg(feature = "pkcs8")]
pub use sec1;
#[cfg(feature = "sm2")]
pub use signature;
#[cfg(feature = "sm3")]
pub use {hkdf, hmac};

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __cpu {
    //! What the report prints of the CPU.
    pub use crate::cpu::found;
}
