//! What can be measured: an operation, who does it, and the work itself.

use crate::{input::MESSAGES, rivals::RIVALS};
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
}

/// Our backends, by name.
#[derive(Clone, Copy)]
pub(crate) struct Backends {
    /// That for one stream. In a batch it does what is not done for many streams at once.
    pub(crate) one: &'static str,
    /// In a batch, that for many streams.
    pub(crate) lanes: Option<&'static str>,
}

impl Backends {
    /// In a field of the output: that for many streams first.
    pub(crate) fn field(&self) -> String {
        match self.lanes {
            None => self.one.to_owned(),
            Some(lanes) => format!("{lanes}/{}", self.one),
        }
    }
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
        RIVALS.iter().copied().flatten().filter(|rival| rival.of == self.name)
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
    /// The operation's name.
    pub(crate) of: &'static str,
    /// The sizes to meet it at.
    pub(crate) sizes: &'static [usize],
    /// Its work on a size; `None` if it cannot run on this CPU.
    pub(crate) start: fn(usize) -> Option<Task>,
}

type Call = Box<dyn FnMut(&mut [u8])>;

/// An implementation at work: a buffer, and what is done to it over and over.
pub(crate) struct Task {
    buffer: Vec<u8>,
    call: Call,
    right: Option<fn(&[u8]) -> bool>,
}

impl Task {
    /// After as many calls the buffer holds the same for all implementations.
    pub(crate) fn new(buffer: Vec<u8>, call: impl FnMut(&mut [u8]) + 'static) -> Self {
        Self { buffer, call: Box::new(call), right: None }
    }

    /// Where random numbers make each output another: `right` tells whether what the buffer holds is one.
    pub(crate) fn random(
        buffer: Vec<u8>,
        right: fn(&[u8]) -> bool,
        call: impl FnMut(&mut [u8]) + 'static,
    ) -> Self {
        Self { buffer, call: Box::new(call), right: Some(right) }
    }

    /// The same as often as there are messages, for whom knows no more than one at a time.
    pub(crate) fn for_each_message(self) -> Self {
        let Self { buffer, mut call, right } = self;
        Self { buffer, call: Box::new(move |out| (0..MESSAGES).for_each(|_| call(out))), right }
    }

    pub(crate) fn run(&mut self, times: u32) {
        for _ in 0..times {
            (self.call)(std::hint::black_box(&mut self.buffer));
        }
    }

    /// What is wrong with the output, if anything is, given that of ours.
    pub(crate) fn fault(&self, ours: &Self) -> Option<String> {
        if let Some(right) = self.right {
            return (!right(&self.buffer)).then(|| "is wrong".to_owned());
        }
        let differs = ours.buffer.iter().zip(&self.buffer).position(|(a, b)| a != b);
        match differs {
            Some(at) => Some(format!("differs from ours, first in byte {at}")),
            None if ours.buffer.len() != self.buffer.len() => {
                Some("differs from ours in length".to_owned())
            }
            None => None,
        }
    }
}
