//! What the ciphers share. The names in it are those that the files which use it import.

macro_rules! key_init {
    ($name:ty, key $key:ty $(, for $($n:ident: $size:ident),+)?) => {
        impl $(<$($n: $size),+>)? KeySizeUser for $name {
            type KeySize = $key;
        }
        impl $(<$($n: $size),+>)? KeyInit for $name {
            fn new(key: &Key<Self>) -> Self {
                let key: &[u8; <$key as cipher::typenum::Unsigned>::USIZE] = key.as_ref();
                <Self as cipher::KeyInit>::new(key.into())
            }
        }
        impl $(<$($n: $size),+>)? AlgorithmName for $name {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                <Self as cipher::AlgorithmName>::write_alg_name(f)
            }
        }
    };
}

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
macro_rules! aead {
    ($name:ty, key $key:ty, nonce $nonce:ty, tag $tag:ty $(, for $($n:ident: $size:ident),+)?) => {
        key_init!($name, key $key $(, for $($n: $size),+)?);

        impl$(<$($n: $size + ArrayLength<u8>),+>)? AeadCore for $name {
            type NonceSize = $nonce;
            type TagSize = $tag;
            type CiphertextOverhead = U0;
        }
        impl$(<$($n: $size + ArrayLength<u8>),+>)? AeadInPlace for $name {
            fn encrypt_in_place_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: &mut [u8],
            ) -> Result<Tag<Self>, Error> {
                let nonce = aead::Nonce::<Self>::from_fn(|i| nonce[i]);
                let tag = self.encrypt_inout_detached(&nonce, associated_data, buffer.into());
                tag.map(|tag| Tag::<Self>::clone_from_slice(&tag)).map_err(|_| Error)
            }
            fn decrypt_in_place_detached(
                &self,
                nonce: &Nonce<Self>,
                associated_data: &[u8],
                buffer: &mut [u8],
                tag: &Tag<Self>,
            ) -> Result<(), Error> {
                let nonce = aead::Nonce::<Self>::from_fn(|i| nonce[i]);
                let tag = aead::Tag::<Self>::from_fn(|i| tag[i]);
                self.decrypt_inout_detached(&nonce, associated_data, buffer.into(), &tag)
                    .map_err(|_| Error)
            }
        }
    };
}
