//! Which stream runs in which lane.

use super::Backends;
use crate::secret::Temporary;
use crate::zuc::{
    lanes::{LANES, Lanes},
    portable::State,
};

/// 16 words of keystream.
pub(super) type Block = [u8; 64];

/// How many blocks a stream takes at once, at most.
pub(super) const DEPTH: usize = 4;

/// The most words of keystream from before that a block may need.
pub(super) const CARRY: usize = 4;

/// Room for the words of [`DEPTH`] blocks after [`CARRY`] earlier ones.
pub(super) type Words = [[u8; 4]; CARRY + 16 * DEPTH];

/// A stream that takes keystream in blocks of 16 words.
pub(super) trait Stream {
    /// The rounds of its initialisation stage.
    fn rounds(&self) -> u32;
    /// The loaded state, before the initialisation stage.
    fn loaded(&self) -> &State;
    /// How many more blocks it wants.
    fn wants(&self) -> usize;
    /// Takes the next blocks, at most [`DEPTH`] and no more than it wants. `words` is room to work in.
    fn take<'z>(&mut self, z: impl ExactSizeIterator<Item = &'z Block>, words: &mut Words);
}

/// So few streams are faster one by one.
const FEW: usize = 2;

/// Gives every stream the keystream that it wants.
pub(super) fn run<S: Stream>(streams: &mut [S], backends: Backends) {
    for rounds in [32, 48] {
        if !streams.iter().any(|stream| stream.rounds() == rounds && stream.wants() > 0) {
            continue;
        }
        let mut run = Run {
            backends,
            rounds,
            next: 0,
            lanes: Lanes::new(),
            owners: [None; LANES],
            ready: Lanes::new(),
            ready_owners: [None; LANES],
            ready_at: LANES,
        };
        run.all(streams);
    }
}

struct Run {
    backends: Backends,
    rounds: u32,
    /// The first stream that no lane has taken.
    next: usize,
    /// The streams that run, and whose they are.
    lanes: Lanes,
    owners: [Option<usize>; LANES],
    /// Streams initialised ahead, sixteen at once, and whose they are; those before `ready_at` are gone.
    ready: Lanes,
    ready_owners: [Option<usize>; LANES],
    ready_at: usize,
}

impl Run {
    fn all<S: Stream>(&mut self, streams: &mut [S]) {
        let mut z = Temporary::<[[Block; LANES]; DEPTH]>::new();
        let mut words = Temporary::new();
        loop {
            self.refill(streams);
            let owners = self.owners.iter().flatten();
            let wants = owners.filter_map(|i| streams.get(*i)).map(Stream::wants);
            let (active, least) = wants.fold((0, DEPTH), |(n, least), w| (n + 1, least.min(w)));
            if active <= FEW {
                return self.finish_one_by_one(streams);
            }
            self.backends.many.keystream(&mut self.lanes, &mut z[..least]);
            for (lane, owner) in self.owners.iter_mut().enumerate() {
                if let Some(stream) = owner.and_then(|i| streams.get_mut(i)) {
                    stream.take(z[..least].iter().map(|z| &z[lane]), &mut words);
                    if stream.wants() == 0 {
                        *owner = None;
                    }
                }
            }
        }
    }

    /// Puts the next streams, if there are any, into the lanes that have none.
    fn refill<S: Stream>(&mut self, streams: &[S]) {
        if self.owners.iter().all(Option::is_none) && self.ready_at >= LANES {
            // All at once: what the first round does, and every round of messages of one length.
            self.prepare(streams);
            core::mem::swap(&mut self.lanes, &mut self.ready);
            core::mem::swap(&mut self.owners, &mut self.ready_owners);
            self.ready_at = LANES;
            return;
        }
        for lane in 0..LANES {
            if self.owners[lane].is_some() {
                continue;
            }
            if self.ready_at >= LANES {
                self.prepare(streams);
            }
            let next = self.ready_owners.get_mut(self.ready_at).and_then(Option::take);
            if next.is_some() {
                self.lanes.take(lane, &self.ready, self.ready_at);
                self.owners[lane] = next;
                self.ready_at += 1;
            }
        }
    }

    /// Initialises up to sixteen further streams.
    fn prepare<S: Stream>(&mut self, streams: &[S]) {
        let mut filled = 0;
        while filled < LANES {
            let Some(stream) = streams.get(self.next) else { break };
            if stream.rounds() == self.rounds && stream.wants() > 0 {
                self.ready.put(filled, stream.loaded());
                self.ready_owners[filled] = Some(self.next);
                filled += 1;
            }
            self.next += 1;
        }
        if filled <= FEW {
            for lane in 0..filled {
                let mut state = self.ready.state(lane);
                self.backends.one.initialise(&mut state, self.rounds);
                self.ready.put(lane, &state);
            }
        } else {
            self.backends.many.initialise(&mut self.ready, self.rounds);
        }
        self.ready_at = if filled == 0 { LANES } else { 0 };
    }

    fn finish_one_by_one<S: Stream>(&mut self, streams: &mut [S]) {
        let mut z = Temporary::<[[u8; 4]; 16 * DEPTH]>::new();
        let mut words = Temporary::new();
        for lane in 0..LANES {
            let Some(stream) = self.owners[lane].take().and_then(|i| streams.get_mut(i)) else {
                continue;
            };
            let mut state = self.lanes.state(lane);
            while stream.wants() > 0 {
                let z = &mut z[..16 * stream.wants().min(DEPTH)];
                self.backends.one.keystream(&mut state, z);
                stream.take(z.as_flattened().as_chunks().0.iter(), &mut words);
            }
        }
    }
}
