//! SM4 for the former generation.

use crate::{
    secret::Temporary,
    sm4::{
        CcmNonceSize, CcmTagSize, GcmNonce, GcmTag, Sm4, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4Dec, Sm4Enc,
        Sm4Gcm, Sm4GcmSiv, Sm4Ofb,
    },
};
use aead::AeadInOut as _;
use aead05::{AeadCore, AeadInPlace, Error, Nonce, Tag, generic_array::ArrayLength};
use cipher::{Array, StreamCipher as _, consts::U32};
use cipher04::{
    AlgorithmName, Block, BlockBackend, BlockCipher, BlockClosure, BlockDecrypt, BlockEncrypt,
    BlockSizeUser, InvalidLength, Iv, IvSizeUser, Key, KeyInit, KeyIvInit, KeySizeUser, ParBlocks,
    ParBlocksSizeUser, StreamCipher, StreamCipherError,
    consts::{U0, U12, U16},
    inout,
};
use core::fmt;
use digest010::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};

/// What encrypts or decrypts blocks of the present generation.
struct Blocks<F>(F);

impl<F: Fn(&mut [Array<u8, U16>])> Blocks<F> {
    /// Through a buffer of our own: safe code has no bridge from the blocks of one generation to the other's.
    fn run(&self, mut blocks: inout::InOutBuf<'_, '_, Block<Self>>) {
        let mut buffer = Temporary::<[Array<u8, U16>; 32]>::new();
        let buffer = &mut buffer[..blocks.len()];
        for (to, from) in buffer.iter_mut().zip(blocks.get_in()) {
            to.copy_from_slice(from);
        }
        (self.0)(buffer);
        for (to, from) in blocks.get_out().iter_mut().zip(buffer) {
            to.copy_from_slice(from);
        }
    }
}

impl<F> BlockSizeUser for Blocks<F> {
    type BlockSize = U16;
}

impl<F> ParBlocksSizeUser for Blocks<F> {
    type ParBlocksSize = U32;
}

impl<F: Fn(&mut [Array<u8, U16>])> BlockBackend for Blocks<F> {
    fn proc_block(&mut self, mut block: inout::InOut<'_, '_, Block<Self>>) {
        let mut one = Temporary::<[Array<u8, U16>; 1]>::new();
        one[0].copy_from_slice(block.get_in());
        (self.0)(&mut one[..]);
        block.get_out().copy_from_slice(&one[0]);
    }

    fn proc_par_blocks(&mut self, blocks: inout::InOut<'_, '_, ParBlocks<Self>>) {
        self.run(blocks.into_buf());
    }

    fn proc_tail_blocks(&mut self, blocks: inout::InOutBuf<'_, '_, Block<Self>>) {
        self.run(blocks);
    }
}

macro_rules! block_cipher {
    ($($name:ty),*) => {$(
        key_init!($name, key U16);

        impl BlockSizeUser for $name {
            type BlockSize = U16;
        }
        impl BlockCipher for $name {}
    )*};
}
block_cipher!(Sm4, Sm4Enc, Sm4Dec);

impl BlockEncrypt for Sm4 {
    fn encrypt_with_backend(&self, f: impl BlockClosure<BlockSize = U16>) {
        f.call(&mut Blocks(|b: &mut [_]| cipher::BlockCipherEncrypt::encrypt_blocks(self, b)));
    }
}

impl BlockEncrypt for Sm4Enc {
    fn encrypt_with_backend(&self, f: impl BlockClosure<BlockSize = U16>) {
        f.call(&mut Blocks(|b: &mut [_]| cipher::BlockCipherEncrypt::encrypt_blocks(self, b)));
    }
}

impl BlockDecrypt for Sm4 {
    fn decrypt_with_backend(&self, f: impl BlockClosure<BlockSize = U16>) {
        f.call(&mut Blocks(|b: &mut [_]| cipher::BlockCipherDecrypt::decrypt_blocks(self, b)));
    }
}

impl BlockDecrypt for Sm4Dec {
    fn decrypt_with_backend(&self, f: impl BlockClosure<BlockSize = U16>) {
        f.call(&mut Blocks(|b: &mut [_]| cipher::BlockCipherDecrypt::decrypt_blocks(self, b)));
    }
}

stream_cipher!(Sm4Ctr, key U16, iv U16);
stream_cipher!(Sm4Ofb, key U16, iv U16);

key_init!(Sm4Cmac, key U16);
mac! {
    Sm4Cmac, U16;
}

aead!(Sm4Gcm<N, T>, key U16, nonce N, tag T, for N: GcmNonce, T: GcmTag);
aead!(Sm4Ccm<M, N>, key U16, nonce N, tag M, for M: CcmTagSize, N: CcmNonceSize);
aead!(Sm4GcmSiv, key U16, nonce U12, tag U16);
