//! Health tests of an entropy source: repetition count and adaptive proportion.
//!
//! They watch the raw samples of a noise source, before any conditioning, for a failure that makes
//! samples repeat. A source with min-entropy h a sample fails each of them with a probability of at most
//! α = 2⁻²⁰ a sample (a window, for the second); what it gave is not used then.
//!
//! ```
//! use shangmi::drbg::health::{HealthTests, MinEntropy, Window};
//!
//! // Bytes with at least 2.5 bits of min-entropy each.
//! let mut tests = HealthTests::new(MinEntropy::from_millibits(2500)?, Window::NonBinary)?;
//! # let samples = (0..1024_u64).map(|i| i * i % 251);
//! for sample in samples {          // at start 1024 samples at least, then each one that is used
//!     tests.check(sample)?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No branch depends on a sample, only on whether a test failed. An unhappy test goes on: whether an
//! error is for a while or for good is the caller's to say.
//!
//! Source: NIST SP 800-90B, 4.3 and 4.4.

use core::fmt;
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The least entropy of a sample, in thousandths of a bit: H of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinEntropy(u32);

impl MinEntropy {
    /// `millibits` thousandths of a bit, 1 to 64 000.
    ///
    /// # Errors
    /// [`ParameterError`] if it is outside that range.
    pub fn from_millibits(millibits: u32) -> Result<Self, ParameterError> {
        if (1..=64_000).contains(&millibits) { Ok(Self(millibits)) } else { Err(ParameterError) }
    }

    /// 2^(−H·`times`), as a number of at least ½ and at most 1, and an exponent of 2.
    fn power(self, times: u32) -> (f64, i32) {
        let millibits = self.0 * times;
        #[allow(clippy::cast_possible_wrap, reason = "at most 64 · 1024")]
        let exponent = -((millibits / 1000) as i32);
        // 2^(−1/1000)
        let step = 0.999_307_092_918_194_6_f64;
        ((0..millibits % 1000).fold(1.0, |power, _| power * step), exponent)
    }
}

/// The window of the adaptive proportion test: W of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// 1024 samples, for samples of one bit.
    Binary,
    /// 512 samples.
    NonBinary,
}

impl Window {
    fn samples(self) -> u32 {
        match self {
            Self::Binary => 1024,
            Self::NonBinary => 512,
        }
    }
}

/// −log₂ α.
const ALPHA: u32 = 20;

/// The repetition count test: no sample comes C times or more in a row.
///
/// Source: SP 800-90B, 4.4.1.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RepetitionCount {
    cutoff: u32,
    a: u64,
    b: u32,
}

impl RepetitionCount {
    /// With C = 1 + ⌈20 / H⌉.
    #[must_use]
    pub fn new(h: MinEntropy) -> Self {
        Self { cutoff: 1 + (ALPHA * 1000).div_ceil(h.0), a: 0, b: 0 }
    }

    /// With the cutoff C given, 2 or more.
    ///
    /// # Errors
    /// [`ParameterError`] if it is less.
    pub fn with_cutoff(cutoff: u32) -> Result<Self, ParameterError> {
        if cutoff >= 2 { Ok(Self { cutoff, a: 0, b: 0 }) } else { Err(ParameterError) }
    }

    /// The cutoff C.
    #[must_use]
    pub fn cutoff(&self) -> u32 {
        self.cutoff
    }

    /// Takes the next sample.
    ///
    /// # Errors
    /// [`HealthError::Repetition`] if it is the C-th in a row, or a later one.
    pub fn check(&mut self, sample: u64) -> Result<(), HealthError> {
        // Before the first sample b is 0, and so it becomes 1 whatever a is.
        let again = sample.ct_eq(&self.a);
        self.b = u32::conditional_select(&1, &self.b.saturating_add(1), again);
        self.a = sample;
        let failed = !self.cutoff.ct_gt(&self.b);
        if failed.into() { Err(HealthError::Repetition) } else { Ok(()) }
    }
}

/// The adaptive proportion test: the first sample of a window comes fewer than C times in it.
///
/// Source: SP 800-90B, 4.4.2.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AdaptiveProportion {
    window: u32,
    cutoff: u32,
    a: u64,
    b: u32,
    seen: u32,
}

impl AdaptiveProportion {
    /// With C = 1 + critbinom(W, 2^−H, 1 − 2⁻²⁰), and at least 2.
    ///
    /// # Errors
    /// [`ParameterError`] if H is so small that no window could fail.
    pub fn new(h: MinEntropy, window: Window) -> Result<Self, ParameterError> {
        let cutoff = critical(h, window.samples()) + 1;
        // The first sample itself counts as one.
        Self::with_cutoff(cutoff.max(2), window)
    }

    /// With the cutoff C given, 2 to W.
    ///
    /// # Errors
    /// [`ParameterError`] if it is outside that range.
    pub fn with_cutoff(cutoff: u32, window: Window) -> Result<Self, ParameterError> {
        let window = window.samples();
        if (2..=window).contains(&cutoff) {
            Ok(Self { window, cutoff, a: 0, b: 0, seen: 0 })
        } else {
            Err(ParameterError)
        }
    }

    /// The cutoff C.
    #[must_use]
    pub fn cutoff(&self) -> u32 {
        self.cutoff
    }

    /// Takes the next sample.
    ///
    /// # Errors
    /// [`HealthError::Proportion`] if the first sample of this window has now come C times, or more.
    pub fn check(&mut self, sample: u64) -> Result<(), HealthError> {
        if self.seen == 0 {
            (self.a, self.b) = (sample, 0);
        }
        self.b += u32::from(sample.ct_eq(&self.a).unwrap_u8());
        self.seen = if self.seen + 1 == self.window { 0 } else { self.seen + 1 };
        let failed = !self.cutoff.ct_gt(&self.b);
        if failed.into() { Err(HealthError::Proportion) } else { Ok(()) }
    }
}

/// critbinom(`w`, 2^−H, 1 − 2⁻²⁰): the least k such that more than k of `w` samples, each with the
/// probability p = 2^−H, are met with a probability of at most 2⁻²⁰.
fn critical(h: MinEntropy, w: u32) -> u32 {
    let (p, exponent) = h.power(1);
    let p = p * power_of_two(exponent);
    // From the top down, P(k) = P(k + 1) · (k + 1) / (w − k) · (1 − p) / p, as term · 2^exponent.
    let (mut term, mut exponent) = h.power(w);
    let mut tail = 0.0;
    for k in (1..=w).rev() {
        tail += term * power_of_two(exponent);
        if tail > power_of_two(-i32::try_from(ALPHA).unwrap_or(0)) {
            return k;
        }
        term *= f64::from(k) / f64::from(w - k + 1) * (1.0 - p) / p;
        while term >= 1.0 {
            (term, exponent) = (term / 2.0, exponent + 1);
        }
    }
    0
}

/// 2^`exponent`, or 0 if that is no normal number.
fn power_of_two(exponent: i32) -> f64 {
    match u64::try_from(exponent + 1023) {
        Ok(biased @ 1..=2046) => f64::from_bits(biased << 52),
        _ => 0.0,
    }
}

/// Both tests.
#[derive(Clone, Debug)]
pub struct HealthTests {
    repetition: RepetitionCount,
    proportion: AdaptiveProportion,
}

impl HealthTests {
    /// Both tests, with the cutoffs for `h`.
    ///
    /// # Errors
    /// [`ParameterError`] as of [`AdaptiveProportion::new`].
    pub fn new(h: MinEntropy, window: Window) -> Result<Self, ParameterError> {
        let proportion = AdaptiveProportion::new(h, window)?;
        Ok(Self { repetition: RepetitionCount::new(h), proportion })
    }

    /// Takes the next sample.
    ///
    /// # Errors
    /// [`HealthError`] of the first test that fails; both have taken the sample.
    pub fn check(&mut self, sample: u64) -> Result<(), HealthError> {
        let (repetition, proportion) =
            (self.repetition.check(sample), self.proportion.check(sample));
        repetition.and(proportion)
    }
}

macro_rules! debug {
    ($($name:ident)*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("cutoff", &self.cutoff).finish_non_exhaustive()
            }
        })*
    };
}
debug!(RepetitionCount AdaptiveProportion);

/// The test that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthError {
    /// The repetition count test.
    Repetition,
    /// The adaptive proportion test.
    Proportion,
}

impl fmt::Display for HealthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repetition => "the repetition count test of the entropy source failed",
            Self::Proportion => "the adaptive proportion test of the entropy source failed",
        })
    }
}

impl core::error::Error for HealthError {}

/// A health test cannot be made with such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterError;

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a health test cannot be made with such a number")
    }
}

impl core::error::Error for ParameterError {}
