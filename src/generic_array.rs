//! The traits of the former generation, `cipher` 0.4 and `digest` 0.10, for the same types.
//!
//! Each method hands over to the present generation's; nothing is computed here.

#[cfg(feature = "zuc")]
mod zuc {
    use crate::zuc::{Eea3, Eia3, Zuc128};
    use cipher::StreamCipher as _;
    use cipher04::{
        AlgorithmName, InvalidLength, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser, StreamCipher,
        StreamCipherError,
        consts::{U4, U16},
        inout,
    };
    use core::fmt;
    use digest010::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};

    macro_rules! key_iv_init {
        ($name:ident, key $key:ty, iv $iv:ty) => {
            impl KeySizeUser for $name {
                type KeySize = $key;
            }
            impl IvSizeUser for $name {
                type IvSize = $iv;
            }
            impl KeyIvInit for $name {
                fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
                    let key: &[u8; <$key as cipher::typenum::Unsigned>::USIZE] = key.as_ref();
                    let iv: &[u8; <$iv as cipher::typenum::Unsigned>::USIZE] = iv.as_ref();
                    <Self as cipher::KeyIvInit>::new(key.into(), iv.into())
                }
                fn new_from_slices(key: &[u8], iv: &[u8]) -> Result<Self, InvalidLength> {
                    <Self as cipher::KeyIvInit>::new_from_slices(key, iv).map_err(|_| InvalidLength)
                }
            }
            impl AlgorithmName for $name {
                fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    <Self as cipher::AlgorithmName>::write_alg_name(f)
                }
            }
        };
    }

    macro_rules! stream_cipher {
        ($name:ident, key $key:ty, iv $iv:ty) => {
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
    key_iv_init!(Eia3, key U16, iv U16);

    impl OutputSizeUser for Eia3 {
        type OutputSize = U4;
    }
    impl Update for Eia3 {
        /// # Panics
        /// If the message would exceed 2³² − 1 bits, as in the present generation.
        fn update(&mut self, data: &[u8]) {
            digest::Update::update(self, data);
        }
    }
    impl FixedOutput for Eia3 {
        fn finalize_into(self, out: &mut Output<Self>) {
            out.copy_from_slice(&digest::FixedOutput::finalize_fixed(self));
        }
    }
    impl MacMarker for Eia3 {}
}
