//! The stream ciphers of ZUC: words from a backend, cut to bytes.

use super::{
    backend::{Backend, Kernel, with_kernel},
    portable::State,
};
use crate::secret::Temporary;
use cipher::{
    Block, BlockSizeUser, InOutBuf, ParBlocks, ParBlocksSizeUser, StreamCipherBackend,
    StreamCipherClosure,
    array::Array,
    consts::{U4, U64, U1024},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many words go to the backend at once: enough that the start of a call does not count.
const CHUNK: usize = 256;

/// A ZUC of any form after its initialisation: the next words of keystream.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Words {
    pub(super) state: State,
    /// How many words the form still allows.
    #[zeroize(skip)]
    pub(super) left: u64,
    #[zeroize(skip)]
    pub(super) backend: Backend,
}

impl Words {
    /// Runs the initialisation stage on a loaded `state`.
    #[inline]
    pub(super) fn start(mut state: State, rounds: u32, left: u64, backend: Backend) -> Self {
        backend.initialise(&mut state, rounds);
        Self { state, left, backend }
    }

    /// Fills `z` with the next words, each big-endian.
    pub(super) fn fill(&mut self, z: &mut [[u8; 4]]) {
        self.left = self.left.saturating_sub(z.len() as u64);
        self.backend.keystream(&mut self.state, z);
    }

    /// Fills `z` with the next words as numbers, `N` at once.
    pub(super) fn write<const N: usize>(&mut self, z: &mut [u32]) {
        let mut bytes = Temporary::<[[u8; 4]; N]>::new();
        for z in z.chunks_mut(N) {
            let bytes = &mut bytes[..z.len()];
            self.fill(bytes);
            for (z, bytes) in z.iter_mut().zip(bytes) {
                *z = u32::from_be_bytes(*bytes);
            }
        }
    }

    /// Exclusive or of the next words with `data`, whose last word may be partial; the bytes of that one
    /// which were not used go to `rest`.
    pub(super) fn apply(&mut self, data: InOutBuf<'_, '_, u8>, rest: &mut Rest) {
        let mut z = Temporary::<[[u8; 4]; CHUNK]>::new();
        let (chunks, mut tail) = data.into_chunks::<U1024>();
        for mut chunk in chunks {
            self.fill(&mut *z);
            chunk.xor_in2out(z.as_flattened().try_into().expect("CHUNK words are 1024 bytes"));
        }
        if tail.is_empty() {
            return;
        }
        let words = tail.len().div_ceil(4);
        self.fill(&mut z[..words]);
        tail.xor_in2out(&z.as_flattened()[..tail.len()]);
        if !tail.len().is_multiple_of(4) {
            rest.keep(z[words - 1], tail.len() % 4);
        }
    }

    pub(super) fn process_with_backend(&mut self, f: impl StreamCipherClosure<BlockSize = U4>) {
        let Self { state, left, backend } = self;
        with_kernel!(*backend, kernel => f.call(&mut Running { kernel, state, left }));
    }
}

/// A kernel with its state, as `cipher` wants to see it: a block is a word.
struct Running<'a, K> {
    kernel: K,
    state: &'a mut State,
    left: &'a mut u64,
}

impl<K: Kernel> Running<'_, K> {
    fn fill(&mut self, z: &mut [[u8; 4]]) {
        *self.left = self.left.saturating_sub(z.len() as u64);
        self.kernel.keystream(self.state, z);
    }
}

impl<K> BlockSizeUser for Running<'_, K> {
    type BlockSize = U4;
}

impl<K> ParBlocksSizeUser for Running<'_, K> {
    type ParBlocksSize = U64;
}

impl<K: Kernel> StreamCipherBackend for Running<'_, K> {
    fn gen_ks_block(&mut self, block: &mut Block<Self>) {
        self.fill(core::slice::from_mut(&mut block.0));
    }
    fn gen_par_ks_blocks(&mut self, blocks: &mut ParBlocks<Self>) {
        self.fill(Array::cast_slice_to_core_mut(blocks));
    }
    fn gen_tail_blocks(&mut self, blocks: &mut [Block<Self>]) {
        self.fill(Array::cast_slice_to_core_mut(blocks));
    }
}

/// The bytes of the last word that nobody has taken yet.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub(super) struct Rest {
    pub(super) word: [u8; 4],
    /// How many of `word`'s last bytes are left, 0 … 3.
    #[zeroize(skip)]
    pub(super) bytes: u8,
}

impl Rest {
    /// Takes up to `wanted` of the bytes left.
    pub(super) fn take(&mut self, wanted: usize) -> &[u8] {
        let left = usize::from(self.bytes).min(3);
        let taken = left.min(wanted);
        #[allow(clippy::cast_possible_truncation, reason = "at most 3")]
        let now = (left - taken) as u8;
        self.bytes = now;
        &self.word[4 - left..4 - left + taken]
    }

    /// Keeps what remains of `word` after its first `used` bytes, 1 … 3, were taken.
    pub(super) fn keep(&mut self, word: [u8; 4], used: usize) {
        self.word = word;
        #[allow(clippy::cast_possible_truncation, reason = "at most 3")]
        let left = 4usize.saturating_sub(used).min(3) as u8;
        self.bytes = left;
    }
}

/// A stream cipher of ZUC's and its block-level core: the types, their traits, no behaviour of their own.
macro_rules! stream_cipher {
    (
        $(#[$doc:meta])* $name:ident, $core:ident, $alg:literal,
        key $key:ty, iv $iv:ty, $start:expr
    ) => {
        #[doc = concat!("The block-level core of [`", stringify!($name), "`]: a block is one keystream word, big-endian.")]
        #[derive(Clone, zeroize::ZeroizeOnDrop)]
        pub struct $core(Words);

        impl $core {
            /// Goes on with words that the form's own start made.
            #[allow(dead_code, reason = "not every form has a mode that begins with other words")]
            pub(in crate::zuc) fn from_words(words: Words) -> Self {
                Self(words)
            }

            #[inline]
            fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
                Self($start(&key.0, &iv.0, backend))
            }
        }

        impl KeySizeUser for $core {
            type KeySize = $key;
        }
        impl IvSizeUser for $core {
            type IvSize = $iv;
        }
        impl BlockSizeUser for $core {
            type BlockSize = U4;
        }
        impl KeyIvInit for $core {
            #[inline]
            fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
                Self::with_backend(key, iv, Backend::best())
            }
        }
        impl StreamCipherCore for $core {
            fn remaining_blocks(&self) -> Option<usize> {
                usize::try_from(self.0.left).ok()
            }
            fn process_with_backend(&mut self, f: impl StreamCipherClosure<BlockSize = U4>) {
                self.0.process_with_backend(f);
            }
        }
        impl AlgorithmName for $core {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($alg)
            }
        }
        impl fmt::Debug for $core {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($core)).finish_non_exhaustive()
            }
        }

        $(#[$doc])*
        #[derive(Clone, zeroize::ZeroizeOnDrop)]
        pub struct $name {
            core: $core,
            rest: Rest,
        }

        impl $name {
            #[allow(dead_code, reason = "for tests and benches")]
            pub(in crate::zuc) fn with_backend(
                key: &Key<Self>,
                iv: &Iv<Self>,
                backend: Backend,
            ) -> Self {
                $core::with_backend(key, iv, backend).into()
            }

            /// Fills `z` with the next whole keystream words.
            ///
            /// What is left of a word that was begun by bytes is thrown away: words stay those of
            /// the standard, Z at a multiple of four bytes from the start.
            ///
            /// # Errors
            /// [`StreamCipherError`] if this form's limit on one (key, IV) comes first; `z` is then untouched.
            pub fn try_write_keystream_words(&mut self, z: &mut [u32]) -> Result<(), StreamCipherError> {
                if z.len() as u64 > self.core.0.left {
                    return Err(StreamCipherError);
                }
                self.rest.zeroize();
                self.rest.bytes = 0;
                if z.len() <= 4 {
                    self.core.0.write::<4>(z);
                } else {
                    self.core.0.write::<64>(z);
                }
                Ok(())
            }
        }

        impl From<$core> for $name {
            #[inline]
            fn from(core: $core) -> Self {
                Self { core, rest: Rest::default() }
            }
        }
        impl KeySizeUser for $name {
            type KeySize = $key;
        }
        impl IvSizeUser for $name {
            type IvSize = $iv;
        }
        impl KeyIvInit for $name {
            #[inline]
            fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
                $core::new(key, iv).into()
            }
        }
        impl StreamCipher for $name {
            fn check_remaining(&self, data_len: usize) -> Result<(), StreamCipherError> {
                let words = data_len.saturating_sub(self.rest.bytes.into()).div_ceil(4);
                if words as u64 > self.core.0.left { Err(StreamCipherError) } else { Ok(()) }
            }
            fn unchecked_apply_keystream_inout(&mut self, data: InOutBuf<'_, '_, u8>) {
                let head_z = self.rest.take(data.len());
                let (mut head, data) = data.split_at(head_z.len());
                head.xor_in2out(head_z);
                self.core.0.apply(data, &mut self.rest);
            }
            fn unchecked_write_keystream(&mut self, data: &mut [u8]) {
                let head_z = self.rest.take(data.len());
                let (head, data) = data.split_at_mut(head_z.len());
                head.copy_from_slice(head_z);
                let (words, tail) = data.as_chunks_mut();
                self.core.0.fill(words);
                if !tail.is_empty() {
                    let mut z = Temporary::<[u8; 4]>::new();
                    self.core.0.fill(core::slice::from_mut(&mut *z));
                    tail.copy_from_slice(&z[..tail.len()]);
                    self.rest.keep(*z, tail.len());
                }
            }
        }
        impl AlgorithmName for $name {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($alg)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
pub(super) use stream_cipher;
