//! Which message runs in which lane.

use super::{Backends, SIZE};
use crate::{
    secret::Temporary,
    sm3::lanes::{Block, Input, LANES, State, put, taken},
};

/// A message, and what was hashed before it.
pub(in crate::sm3) struct Message<'a> {
    v: &'a [u32; 8],
    blocks: &'a [Block],
    rest: &'a [u8],
    bits: u64,
}

impl<'a> Message<'a> {
    /// `message` after `before` bytes, whole blocks, whose chaining value is `v`.
    #[inline]
    pub(in crate::sm3) fn new(v: &'a [u32; 8], before: u64, message: &'a [u8]) -> Self {
        let (blocks, rest) = pieces(message);
        Self { v, blocks, rest, bits: (message.len() as u64 + before).wrapping_mul(8) }
    }
}

/// Whole blocks of `message`, and the rest for [`pad`]: of a short message all of it, so that there is but
/// one piece to compress.
#[inline]
pub(in crate::sm3) fn pieces(message: &[u8]) -> (&[Block], &[u8]) {
    if message.len() < 120 { (&[], message) } else { message.as_chunks() }
}

/// The last block or two of a message: what is left of it, and the padding.
pub(in crate::sm3) type Tail = [Block; 2];

/// Writes `rest`, the last bytes of a message of `bits` bits, and the padding, into `tail`, which is all
/// zeros; `rest` has at most 119 bytes. Returns the number of blocks. Source: GB/T 32905-2016, 5.2.
#[inline]
pub(in crate::sm3) fn pad(tail: &mut Tail, rest: &[u8], bits: u64) -> usize {
    let blocks = if rest.len() < 56 { 1 } else { 2 };
    let bytes = tail.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    bytes[64 * blocks - 8..64 * blocks].copy_from_slice(&bits.to_be_bytes());
    blocks
}

/// The bytes of a chaining value. Source: GB/T 32905-2016, 5.4.
#[inline]
pub(in crate::sm3) fn write(out: &mut [u8; SIZE], v: &[u32; 8]) {
    for (out, v) in out.as_chunks_mut().0.iter_mut().zip(v) {
        *out = v.to_be_bytes();
    }
}

/// Fills each of `digests` with the hash value of the message of its index.
pub(in crate::sm3) fn run<'a>(
    message: &dyn Fn(usize) -> Option<Message<'a>>,
    digests: &mut [[u8; SIZE]],
    backends: Backends,
) {
    Run {
        backends,
        next: 0,
        active: 0,
        lanes: [const { Lane { owner: 0, blocks: &[], tail: 0, tail_at: 0 } }; LANES],
        v: Temporary::new(),
        tails: Temporary::new(),
    }
    .all(message, digests);
}

/// What goes on in a lane.
#[derive(Clone, Copy)]
struct Lane<'a> {
    /// The index of the message.
    owner: usize,
    /// Its whole blocks to come.
    blocks: &'a [Block],
    /// How many blocks its tail has, and how many of these are done.
    tail: usize,
    tail_at: usize,
}

impl Lane<'_> {
    /// How many blocks, at least one, can be had in one piece.
    #[inline]
    fn run(&self) -> usize {
        if self.blocks.is_empty() { self.tail - self.tail_at } else { self.blocks.len() }
    }
}

/// Messages side by side. The first `active` lanes have one, the others none.
struct Run<'a> {
    backends: Backends,
    /// The first message that no lane has taken.
    next: usize,
    active: usize,
    lanes: [Lane<'a>; LANES],
    v: Temporary<State>,
    tails: Temporary<[Tail; LANES]>,
}

impl<'a> Run<'a> {
    fn all(&mut self, message: &dyn Fn(usize) -> Option<Message<'a>>, digests: &mut [[u8; SIZE]]) {
        let most = self.backends.many.width(LANES);
        while self.active < most && self.take(self.active, message) {
            self.active += 1;
        }
        while self.active > self.backends.many.few() {
            self.compress();
            let mut lane = 0;
            while lane < self.active {
                let Lane { owner, tail, tail_at, .. } = self.lanes[lane];
                if tail_at < tail {
                    lane += 1;
                    continue;
                }
                if let Some(digest) = digests.get_mut(owner) {
                    write(digest, &taken(&self.v, lane));
                }
                if self.take(lane, message) {
                    lane += 1;
                } else {
                    self.close(lane);
                }
            }
        }
        self.finish_one_by_one(message, digests);
    }

    /// Puts the next message into `lane`. False if there is none.
    #[inline]
    fn take(&mut self, lane: usize, message: &dyn Fn(usize) -> Option<Message<'a>>) -> bool {
        let Some(Message { v, blocks, rest, bits }) = message(self.next) else { return false };
        put(&mut self.v, lane, v);
        self.tails[lane] = [[0; 64]; 2];
        let tail = pad(&mut self.tails[lane], rest, bits);
        self.lanes[lane] = Lane { owner: self.next, blocks, tail, tail_at: 0 };
        self.next += 1;
        true
    }

    /// Moves the last active lane into `lane`, whose message has ended.
    fn close(&mut self, lane: usize) {
        self.active -= 1;
        let last = self.active;
        if lane == last {
            return;
        }
        for v in self.v.iter_mut() {
            v[lane] = v[last];
        }
        self.tails[lane] = self.tails[last];
        self.lanes[lane] = self.lanes[last];
    }

    /// Compresses as many blocks of all active lanes as each can give in one piece.
    fn compress(&mut self) {
        let active = &mut self.lanes[..self.active];
        let blocks = active.iter().map(Lane::run).min().unwrap_or(0);
        let mut runs: [&[Block]; LANES] = [&[]; LANES];
        for ((run, lane), tail) in runs.iter_mut().zip(active).zip(self.tails.iter()) {
            if let Some((now, later)) = lane.blocks.split_at_checked(blocks) {
                *run = now;
                lane.blocks = later;
            } else {
                *run = &tail[lane.tail_at..lane.tail_at + blocks];
                lane.tail_at += blocks;
            }
        }
        // Idle lanes run along.
        let any = runs[0];
        runs[self.active..].fill(any);
        let width = self.backends.many.width(self.active);
        self.backends.many.compress(&mut self.v, &Input::Runs(&runs, blocks), width);
    }

    fn finish_one_by_one(
        &mut self,
        message: &dyn Fn(usize) -> Option<Message<'a>>,
        digests: &mut [[u8; SIZE]],
    ) {
        let mut v = Temporary::<[u32; 8]>::new();
        for lane in 0..LANES {
            let mut has = lane < self.active;
            while has {
                let Lane { owner, blocks, tail, tail_at } = self.lanes[lane];
                *v = taken(&self.v, lane);
                self.backends.one.compress(&mut v, blocks);
                self.backends.one.compress(&mut v, &self.tails[lane][tail_at..tail]);
                if let Some(digest) = digests.get_mut(owner) {
                    write(digest, &v);
                }
                // Only where all messages go one by one are there any left.
                has = self.take(lane, message);
            }
        }
    }
}
