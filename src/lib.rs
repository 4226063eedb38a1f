#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc as _;

#[cfg(any(feature = "sm4", feature = "zuc"))]
mod buffer;
mod cpu;
#[cfg(feature = "generic-array")]
mod generic_array;
#[cfg(any(feature = "sm4", feature = "zuc"))]
mod secret;
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

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __cpu {
    //! What the report prints of the CPU.
    pub use crate::cpu::found;
}
