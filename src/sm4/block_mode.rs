//! What the modes over whole blocks share: the traits of `cipher`, around one pass of a backend.

use super::backend::{Block, Blocks};
use cipher::InOut;
use core::slice;

/// `pass` on one block.
pub(super) fn one(mut block: InOut<'_, '_, Block>, pass: impl FnOnce(Blocks<'_, '_>)) {
    let mut only = block.clone_in();
    pass(slice::from_mut(&mut only).into());
    *block.get_out() = only;
}

/// A mode that chains whole blocks: its type, and the traits of `cipher` for it.
macro_rules! block_mode {
    ($(#[$doc:meta])* $name:ident, $alg:literal, $cipher:ident, encrypt by $pass:ident) => {
        block_mode!(@type $(#[$doc])* $name, $alg, $cipher);
        block_mode!(
            @traits $name, $pass, BlockModeEncrypt, BlockModeEncBackend, BlockModeEncClosure, encrypt_with_backend,
            encrypt_block, encrypt_par_blocks, encrypt_tail_blocks, encrypt_blocks_inout, encrypt_blocks
        );
    };
    ($(#[$doc:meta])* $name:ident, $alg:literal, $cipher:ident, decrypt by $pass:ident) => {
        block_mode!(@type $(#[$doc])* $name, $alg, $cipher);
        block_mode!(
            @traits $name, $pass, BlockModeDecrypt, BlockModeDecBackend, BlockModeDecClosure, decrypt_with_backend,
            decrypt_block, decrypt_par_blocks, decrypt_tail_blocks, decrypt_blocks_inout, decrypt_blocks
        );
    };
    (@type $(#[$doc:meta])* $name:ident, $alg:literal, $cipher:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            cipher: $crate::sm4::$cipher,
            iv: $crate::sm4::backend::Block,
        }

        impl cipher::common::InnerUser for $name {
            type Inner = $crate::sm4::$cipher;
        }

        impl cipher::IvSizeUser for $name {
            type IvSize = cipher::consts::U16;
        }

        impl cipher::BlockSizeUser for $name {
            type BlockSize = cipher::consts::U16;
        }

        impl cipher::InnerIvInit for $name {
            #[inline]
            fn inner_iv_init(cipher: $crate::sm4::$cipher, iv: &cipher::Iv<Self>) -> Self {
                Self { cipher, iv: *iv }
            }
        }

        impl cipher::IvState for $name {
            fn iv_state(&self) -> cipher::Iv<Self> {
                self.iv
            }
        }

        impl cipher::AlgorithmName for $name {
            fn write_alg_name(f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($alg)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl Drop for $name {
            #[inline]
            fn drop(&mut self) {
                $crate::secret::clear(&mut self.iv.0);
            }
        }

        impl zeroize::ZeroizeOnDrop for $name {}
    };
    (
        @traits $name:ident, $pass:ident, $mode:ident, $backend:ident, $closure:ident, $with_backend:ident,
        $block:ident, $par:ident, $tail:ident, $inout:ident, $blocks:ident
    ) => {
        const _: () = {
            use $crate::sm4::{backend::{Block, Blocks}, block_mode};
            use cipher::{InOut, ParBlocks, consts::{U16, U32}};

            struct Mode<'a>(&'a mut $name);

            impl cipher::BlockSizeUser for Mode<'_> {
                type BlockSize = U16;
            }

            impl cipher::ParBlocksSizeUser for Mode<'_> {
                type ParBlocksSize = U32;
            }

            impl cipher::$backend for Mode<'_> {
                fn $block(&mut self, block: InOut<'_, '_, Block>) {
                    block_mode::one(block, |block| self.0.$pass(block));
                }

                fn $par(&mut self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
                    self.0.$pass(blocks.into_buf());
                }

                fn $tail(&mut self, blocks: Blocks<'_, '_>) {
                    self.0.$pass(blocks);
                }
            }

            impl cipher::$mode for $name {
                fn $with_backend(&mut self, f: impl cipher::$closure<BlockSize = U16>) {
                    f.call(&mut Mode(self));
                }

                fn $inout(&mut self, blocks: Blocks<'_, '_>) {
                    self.$pass(blocks);
                }

                fn $blocks(&mut self, blocks: &mut [Block]) {
                    self.$pass(blocks.into());
                }
            }
        };
    };
}
pub(super) use block_mode;
