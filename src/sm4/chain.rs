//! A message chained block by block, as all MACs of GB/T 15852.1-2020 do it.

use super::{Cipher, Sm4Enc, backend::Block, passes::xor};
use cipher::Array;
use core::slice;
use zeroize::Zeroize;

/// A message chained so far, without its last 1 to 16 bytes.
#[derive(Clone)]
pub(super) struct Chain {
    cipher: Sm4Enc,
    /// What the first block is encrypted with after `cipher`.
    after_first: Option<Sm4Enc>,
    /// Where the chain starts.
    start: Block,
    x: Block,
    last: Block,
    /// Bytes of `last`. 0 only if there is no message yet.
    n: usize,
    begun: bool,
}

impl Chain {
    pub(super) fn new(cipher: Sm4Enc) -> Self {
        let zero = Block::default();
        Self { cipher, after_first: None, start: zero, x: zero, last: zero, n: 0, begun: false }
    }

    pub(super) fn with_second_first_cipher(cipher: Sm4Enc, second: Sm4Enc) -> Self {
        let mut chain = Self::new(cipher);
        chain.after_first = Some(second);
        chain
    }

    /// Starts from E(0).
    pub(super) fn from_encrypted_zero(cipher: Sm4Enc) -> Self {
        let mut chain = Self::new(cipher);
        chain.cipher.0.crypt(slice::from_mut(&mut chain.start).into());
        chain.x = chain.start;
        chain
    }

    pub(super) fn cipher(&self) -> &Cipher {
        &self.cipher.0
    }

    pub(super) fn sm4(&self) -> &Sm4Enc {
        &self.cipher
    }

    pub(super) fn reset(&mut self) {
        self.x = self.start;
        self.last.zeroize();
        self.n = 0;
        self.begun = false;
    }

    pub(super) fn update(&mut self, data: &[u8]) {
        let room = 16 - self.n;
        if data.len() <= room {
            self.last[self.n..self.n + data.len()].copy_from_slice(data);
            self.n += data.len();
            return;
        }
        let (now, data) = data.split_at(room);
        self.last[self.n..].copy_from_slice(now);
        self.absorb_last();
        // All but 1 to 16 bytes.
        let (data, last) = data.split_at((data.len() - 1) / 16 * 16);
        self.absorb(Array::slice_as_chunks(data).0);
        self.last[..last.len()].copy_from_slice(last);
        self.n = last.len();
    }

    fn absorb_last(&mut self) {
        let last = self.last;
        if let (false, Some(second)) = (self.begun, &self.after_first) {
            xor(&mut self.x, &last);
            self.cipher.0.crypt(slice::from_mut(&mut self.x).into());
            second.0.crypt(slice::from_mut(&mut self.x).into());
        } else {
            self.absorb(&[last]);
        }
        self.begun = true;
    }

    fn absorb(&mut self, blocks: &[Block]) {
        let cipher = &self.cipher.0;
        cipher.backend.cbc_mac(&cipher.rk, &mut self.x, blocks);
    }

    /// Whether the message is of whole blocks, at least one.
    pub(super) fn is_whole(&self) -> bool {
        self.n == 16
    }

    /// Padding method 2, in a block of its own if the message is of whole blocks.
    pub(super) fn pad(&mut self) {
        if self.n == 16 {
            self.absorb_last();
            self.n = 0;
        }
        self.pad_within_block();
    }

    /// Padding method 2 of a last block that is not whole.
    pub(super) fn pad_within_block(&mut self) {
        self.last[self.n] = 0x80;
        self.last[self.n + 1..].fill(0);
        self.n = 16;
    }

    /// Adds `key` to the last block.
    pub(super) fn add(&mut self, key: &Block) {
        xor(&mut self.last, key);
    }

    /// Chains the last block, and returns the end of the chain.
    pub(super) fn end(&mut self) -> &Block {
        self.absorb_last();
        &self.x
    }

    /// The same, but the last block goes under another key.
    pub(super) fn end_with(&mut self, cipher: &Sm4Enc) -> &Block {
        xor(&mut self.x, &self.last);
        cipher.0.crypt(slice::from_mut(&mut self.x).into());
        &self.x
    }

    /// The same, but what goes into the cipher last is rotated by `left` bits.
    pub(super) fn end_rotated(&mut self, left: u32) -> &Block {
        xor(&mut self.x, &self.last);
        self.x.0 = u128::from_be_bytes(self.x.0).rotate_left(left).to_be_bytes();
        self.cipher.0.crypt(slice::from_mut(&mut self.x).into());
        &self.x
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.start.zeroize();
        self.x.zeroize();
        self.last.zeroize();
    }
}
