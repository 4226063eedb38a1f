//! The sizes of truncated tags, and how a tag is cut and compared.

use cipher::{
    array::{Array, ArraySize},
    consts::{U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16},
};
use sealed::Sealed;
use subtle::ConstantTimeEq;

mod sealed {
    pub trait Sealed {}
}

/// The sizes of a tag of 256-NIA6 and 256-NCA6: `U4` … `U16` bytes, of [`digest::consts`].
pub trait ShortTag: ArraySize + Sealed {}

/// The sizes of a tag of ZUC-GXM and ZUC-MUR: `U8` … `U16` bytes, of [`digest::consts`].
pub trait LongTag: ShortTag {}

macro_rules! sizes {
    ($of:ident: $($size:ty)*) => {
        $(impl $of for $size {})*
    };
}
sizes!(ShortTag: U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 U16);
sizes!(LongTag: U8 U9 U10 U11 U12 U13 U14 U15 U16);
sizes!(Sealed: U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 U16);

/// The first `N` bytes of `tag`.
pub(super) fn first_bytes<N: ShortTag>(tag: &[u8; 16]) -> Array<u8, N> {
    Array::from_fn(|i| tag[i])
}

/// Whether `tag` is the first bytes of `right`, in time that depends on its length alone.
pub(super) fn equal(right: &[u8; 16], tag: &[u8]) -> bool {
    right[..tag.len()].ct_eq(tag).into()
}
