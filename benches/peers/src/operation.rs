//! What can be measured: an operation, who does it, and the work itself.

use std::fmt;

/// One line of the table of operations.
pub(crate) struct Operation {
    /// The fixed name, by which figures are compared over time.
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
    /// How many messages of the given size one call works on.
    pub(crate) messages: usize,
    /// The sizes that are measured even without a rival; in bytes, of one message.
    pub(crate) sizes: &'static [usize],
    /// The names of our backends that can run here, fastest first; in a batch, of those for one stream.
    pub(crate) backends: fn() -> Vec<&'static str>,
    /// The names of those for many streams; none if the operation is not a batch.
    pub(crate) lanes: fn() -> Vec<&'static str>,
    /// Our work on backends and a size; `None` if there are no such backends.
    pub(crate) ours: fn(Backends, usize) -> Option<Task>,
    /// The rivals, each file's in one list.
    pub(crate) rivals: &'static [&'static [Rival]],
}

/// Our backends, by name.
#[derive(Clone, Copy)]
pub(crate) struct Backends {
    /// That for one stream. In a batch it does what is not done for many streams at once.
    pub(crate) one: &'static str,
    /// In a batch, that for many streams.
    pub(crate) lanes: Option<&'static str>,
}

impl fmt::Display for Backends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lanes {
            None => f.write_str(self.one),
            Some(lanes) => write!(f, "{lanes} on many streams, {} on one", self.one),
        }
    }
}

impl Operation {
    pub(crate) fn rivals(&self) -> impl Iterator<Item = &'static Rival> {
        self.rivals.iter().copied().flatten()
    }

    /// Every size to measure, in order: the operation's own and those of its rivals.
    pub(crate) fn all_sizes(&self) -> Vec<usize> {
        let rivals = self.rivals().flat_map(|rival| rival.sizes);
        let mut sizes: Vec<_> = self.sizes.iter().chain(rivals).copied().collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// 10^6 bytes a second.
    MegabytesPerSecond,
    OperationsPerSecond,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MegabytesPerSecond => "MB/s",
            Self::OperationsPerSecond => "op/s",
        }
    }
}

/// Somebody else's implementation of an operation.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    /// The sizes to meet it at.
    pub(crate) sizes: &'static [usize],
    /// Its work on a size; `None` if it cannot run on this CPU.
    pub(crate) start: fn(usize) -> Option<Task>,
}

type Call = Box<dyn FnMut(&mut [u8])>;

/// An implementation at work: a buffer, and what is done to it over and over.
///
/// After the first call the buffer holds the output that must be the same for all.
pub(crate) struct Task {
    buffer: Vec<u8>,
    call: Call,
}

impl Task {
    pub(crate) fn new(buffer: Vec<u8>, call: impl FnMut(&mut [u8]) + 'static) -> Self {
        Self { buffer, call: Box::new(call) }
    }

    pub(crate) fn run(&mut self, times: u32) {
        for _ in 0..times {
            (self.call)(std::hint::black_box(&mut self.buffer));
        }
    }

    pub(crate) fn output(&self) -> &[u8] {
        &self.buffer
    }
}
