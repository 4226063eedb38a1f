//! What the MACs share: the traits of `digest`.

/// The traits of a MAC, around `chain: Chain` and `tag(&self, Chain) -> Block`.
macro_rules! mac {
    ($name:ident $(<$size:ident>)?, $alg:literal, key $key:ty, tag $tag:ty, $new:expr) => {
        impl $(<$size>)? cipher::KeySizeUser for $name $(<$size>)? {
            type KeySize = $key;
        }

        impl $(<$size: $crate::sm4::TagSize>)? cipher::KeyInit for $name $(<$size>)? {
            fn new(key: &cipher::Key<Self>) -> Self {
                let new: fn(&cipher::Key<Self>) -> Self = $new;
                new(key)
            }
        }

        impl $(<$size>)? digest::Update for $name $(<$size>)? {
            fn update(&mut self, data: &[u8]) {
                self.chain.update(data);
            }
        }

        impl $(<$size: $crate::sm4::TagSize>)? digest::OutputSizeUser for $name $(<$size>)? {
            type OutputSize = $tag;
        }

        impl $(<$size: $crate::sm4::TagSize>)? digest::FixedOutput for $name $(<$size>)? {
            fn finalize_into(mut self, out: &mut digest::Output<Self>) {
                self.tag(out);
            }
        }

        impl $(<$size>)? digest::Reset for $name $(<$size>)? {
            fn reset(&mut self) {
                self.chain.reset();
            }
        }

        impl $(<$size: $crate::sm4::TagSize>)? digest::FixedOutputReset for $name $(<$size>)? {
            fn finalize_into_reset(&mut self, out: &mut digest::Output<Self>) {
                self.tag(out);
                digest::Reset::reset(self);
            }
        }

        impl $(<$size>)? digest::MacMarker for $name $(<$size>)? {}

        impl $(<$size>)? cipher::AlgorithmName for $name $(<$size>)? {
            fn write_alg_name(f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($alg)
            }
        }

        impl $(<$size>)? core::fmt::Debug for $name $(<$size>)? {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl $(<$size>)? zeroize::ZeroizeOnDrop for $name $(<$size>)? {}
    };
}
pub(super) use mac;
