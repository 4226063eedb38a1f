//! The algorithms of the report. To add one: its file beside this one, and its line in the list.

use crate::common::{Case, Failure};

/// The algorithms of this build, in the order of the report.
pub(crate) fn algorithms() -> Vec<Algorithm> {
    vec![
        #[cfg(feature = "drbg")]
        crate::drbg::algorithm(),
        #[cfg(feature = "sm2")]
        crate::sm2::algorithm(),
        #[cfg(feature = "sm3")]
        crate::sm3::algorithm(),
        #[cfg(feature = "sm4")]
        crate::sm4::algorithm(),
        #[cfg(feature = "zuc")]
        crate::zuc::algorithm(),
    ]
}

/// The sizes of message that are measured, in bytes.
pub(crate) const SIZES: [u32; 3] = [64, 1 << 10, 16 << 10];

/// An algorithm, with the backends that this CPU can run, the fastest (which users get) first.
pub(crate) struct Algorithm {
    pub(crate) name: &'static str,
    /// Its vector files, by their paths in the folder of vectors.
    pub(crate) files: Vec<&'static str>,
    pub(crate) backends: Vec<Backend>,
    /// Those for many streams at once, likewise; none if the algorithm has no such.
    pub(crate) lanes: Vec<Backend>,
}

/// One backend of one algorithm, and what there is to check and to measure of it.
pub(crate) struct Backend {
    pub(crate) name: &'static str,
    /// Whether it is one for many streams.
    pub(crate) batch: bool,
    /// How to check a case of each file that concerns this backend.
    pub(crate) checks: Vec<(&'static str, Check)>,
    pub(crate) operations: Vec<Operation>,
}

/// Checks one case.
pub(crate) type Check = Box<dyn Fn(&Case) -> Result<(), Failure>>;

/// Does the same thing so many times.
pub(crate) type Work = Box<dyn FnMut(u32)>;

/// Something to measure, named as in `benches/peers`.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// How many messages are done at once.
    pub(crate) messages: u32,
    /// Sizes of message; or one 0, if it is not a matter of bytes.
    pub(crate) sizes: &'static [u32],
    pub(crate) prepare: Box<dyn Fn(usize) -> Work>,
}

impl Operation {
    /// An operation on a message, measured at each of [`SIZES`].
    pub(crate) fn on_bytes<F: FnMut() + 'static>(
        name: &'static str,
        prepare: impl Fn(usize) -> F + 'static,
    ) -> Self {
        Self {
            name,
            messages: 1,
            sizes: &SIZES,
            prepare: Box::new(move |bytes| repeat(prepare(bytes))),
        }
    }

    /// An operation on so many messages at once, measured at each of [`SIZES`] of one message.
    pub(crate) fn on_batch<F: FnMut() + 'static>(
        name: &'static str,
        messages: u32,
        prepare: impl Fn(usize) -> F + 'static,
    ) -> Self {
        Self { messages, ..Self::on_bytes(name, prepare) }
    }

    /// An operation without a message.
    pub(crate) fn single<F: FnMut() + 'static>(
        name: &'static str,
        prepare: impl Fn() -> F + 'static,
    ) -> Self {
        Self { sizes: &[0], ..Self::on_bytes(name, move |_| prepare()) }
    }
}

/// The loop stands inside the box, so that no message pays for an indirect call.
fn repeat(mut once: impl FnMut() + 'static) -> Work {
    Box::new(move |times| (0..times).for_each(|_| once()))
}

/// The names, each once, in the order in which they come first.
pub(crate) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

impl Algorithm {
    /// The backends for one stream, then those for many.
    pub(crate) fn all_backends(&self) -> impl Iterator<Item = &Backend> {
        self.backends.iter().chain(&self.lanes)
    }

    /// The operations, each once.
    pub(crate) fn operations(&self) -> Vec<&'static str> {
        distinct(self.all_backends().flat_map(|b| &b.operations).map(|op| op.name))
    }
}
