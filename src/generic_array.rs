//! The traits of the former generation, `cipher` 0.4, `digest` 0.10 and `aead` 0.5, for the same types.
//!
//! Each method hands over to the present generation's; nothing is computed here.

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

#[cfg(feature = "zuc")]
mod zuc {
    use crate::zuc::{
        Eea3, Eia3, LongTag, MacSize, Nca6, Nea6, Nia6, ShortTag, Zuc128, Zuc256, Zuc256Mac,
        Zuc256V1, Zuc256V1Mac, ZucMur,
    };
    use aead::AeadInOut as _;
    use aead05::{AeadCore, AeadInPlace, Error, Nonce, Tag, generic_array::ArrayLength};
    use cipher::StreamCipher as _;
    use cipher04::{
        AlgorithmName, InvalidLength, Iv, IvSizeUser, Key, KeyInit, KeyIvInit, KeySizeUser,
        StreamCipher, StreamCipherError,
        consts::{U0, U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16, U23, U32, U48},
        inout,
    };
    use core::fmt;
    use digest010::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};

    macro_rules! key_iv_init {
        ($name:ty, key $key:ty, iv $iv:ty $(, for $n:ident: $size:ident)?) => {
            impl $(<$n: $size>)? KeySizeUser for $name {
                type KeySize = $key;
            }
            impl $(<$n: $size>)? IvSizeUser for $name {
                type IvSize = $iv;
            }
            impl $(<$n: $size>)? KeyIvInit for $name {
                fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
                    let key: &[u8; <$key as cipher::typenum::Unsigned>::USIZE] = key.as_ref();
                    let iv: &[u8; <$iv as cipher::typenum::Unsigned>::USIZE] = iv.as_ref();
                    <Self as cipher::KeyIvInit>::new(key.into(), iv.into())
                }
                fn new_from_slices(key: &[u8], iv: &[u8]) -> Result<Self, InvalidLength> {
                    <Self as cipher::KeyIvInit>::new_from_slices(key, iv).map_err(|_| InvalidLength)
                }
            }
            impl $(<$n: $size>)? AlgorithmName for $name {
                fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    <Self as cipher::AlgorithmName>::write_alg_name(f)
                }
            }
        };
    }

    macro_rules! stream_cipher {
        ($name:ty, key $key:ty, iv $iv:ty) => {
            key_iv_init!($name, key $key, iv $iv);

            impl StreamCipher for $name {
                fn try_apply_keystream_inout(
                    &mut self,
                    mut data: inout::InOutBuf<'_, '_, u8>,
                ) -> Result<(), StreamCipherError> {
                    self.check_remaining(data.len()).map_err(|_| StreamCipherError)?;
                    // The buffers of the two generations are different types without a bridge in
                    // safe code, so the keystream goes through a buffer of our own.
                    let mut z = zeroize::Zeroizing::new([0; 1024]);
                    while !data.is_empty() {
                        let n = data.len().min(z.len());
                        let (mut head, tail) = data.split_at(n);
                        self.unchecked_write_keystream(&mut z[..n]);
                        head.xor_in2out(&z[..n]);
                        data = tail;
                    }
                    Ok(())
                }
                fn try_apply_keystream(&mut self, data: &mut [u8]) -> Result<(), StreamCipherError> {
                    cipher::StreamCipher::try_apply_keystream(self, data).map_err(|_| StreamCipherError)
                }
            }
        };
    }

    stream_cipher!(Zuc128, key U16, iv U16);
    stream_cipher!(Eea3, key U16, iv U16);
    stream_cipher!(Zuc256, key U32, iv U16);
    stream_cipher!(Zuc256V1, key U32, iv U23);
    stream_cipher!(Nea6, key U32, iv U15);
    key_iv_init!(Eia3, key U16, iv U16);
    key_iv_init!(Zuc256Mac<N>, key U32, iv U16, for N: MacSize);
    key_iv_init!(Zuc256V1Mac<N>, key U32, iv U23, for N: MacSize);
    key_iv_init!(Nia6<N>, key U32, iv U15, for N: ShortTag);

    /// A MAC whose tag has `$n` bytes; its size is a type of its own in each generation.
    macro_rules! mac {
        ($($name:ty, $size:ty;)*) => {$(
            impl OutputSizeUser for $name {
                type OutputSize = $size;
            }
            impl Update for $name {
                /// # Panics
                /// Where the present generation's does: if the message exceeds the algorithm's limit.
                fn update(&mut self, data: &[u8]) {
                    digest::Update::update(self, data);
                }
            }
            impl FixedOutput for $name {
                fn finalize_into(self, out: &mut Output<Self>) {
                    out.copy_from_slice(&digest::FixedOutput::finalize_fixed(self));
                }
            }
            impl MacMarker for $name {}
        )*};
    }
    mac! {
        Eia3, U4;
        Zuc256Mac<U4>, U4; Zuc256Mac<U8>, U8; Zuc256Mac<U16>, U16;
        Zuc256V1Mac<U4>, U4; Zuc256V1Mac<U8>, U8; Zuc256V1Mac<U16>, U16;
        Nia6<U4>, U4; Nia6<U5>, U5; Nia6<U6>, U6; Nia6<U7>, U7;
        Nia6<U8>, U8; Nia6<U9>, U9; Nia6<U10>, U10; Nia6<U11>, U11;
        Nia6<U12>, U12; Nia6<U13>, U13; Nia6<U14>, U14; Nia6<U15>, U15;
        Nia6<U16>, U16;
    }

    macro_rules! aead {
        ($name:ident: $size:ident, key $key:ty, nonce $nonce:ty) => {
            impl<N: $size> KeySizeUser for $name<N> {
                type KeySize = $key;
            }
            impl<N: $size> KeyInit for $name<N> {
                fn new(key: &Key<Self>) -> Self {
                    let key: &[u8; <$key as cipher::typenum::Unsigned>::USIZE] = key.as_ref();
                    <Self as cipher::KeyInit>::new(key.into())
                }
            }
            impl<N: $size> AlgorithmName for $name<N> {
                fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    <Self as cipher::AlgorithmName>::write_alg_name(f)
                }
            }
            impl<N: $size + ArrayLength<u8>> AeadCore for $name<N> {
                type NonceSize = $nonce;
                type TagSize = N;
                type CiphertextOverhead = U0;
            }
            impl<N: $size + ArrayLength<u8>> AeadInPlace for $name<N> {
                fn encrypt_in_place_detached(
                    &self,
                    nonce: &Nonce<Self>,
                    associated_data: &[u8],
                    buffer: &mut [u8],
                ) -> Result<Tag<Self>, Error> {
                    let nonce: &[u8; <$nonce as cipher::typenum::Unsigned>::USIZE] = nonce.as_ref();
                    let tag =
                        self.encrypt_inout_detached(nonce.into(), associated_data, buffer.into());
                    tag.map(|tag| Tag::<Self>::clone_from_slice(&tag)).map_err(|_| Error)
                }
                fn decrypt_in_place_detached(
                    &self,
                    nonce: &Nonce<Self>,
                    associated_data: &[u8],
                    buffer: &mut [u8],
                    tag: &Tag<Self>,
                ) -> Result<(), Error> {
                    let nonce: &[u8; <$nonce as cipher::typenum::Unsigned>::USIZE] = nonce.as_ref();
                    let tag = aead::Tag::<Self>::from_fn(|i| tag[i]);
                    self.decrypt_inout_detached(nonce.into(), associated_data, buffer.into(), &tag)
                        .map_err(|_| Error)
                }
            }
        };
    }
    aead!(Nca6: ShortTag, key U32, nonce U15);
    aead!(ZucMur: LongTag, key U48, nonce U16);
}
