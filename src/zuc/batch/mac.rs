//! MACs in a batch.

use super::{
    Backends, WrongJob, first_wrong,
    schedule::{Block, CARRY, Stream, Words, run},
};
use crate::zuc::{
    Frame, LengthError, MacSize, ROUNDS, ShortTag,
    backend::Backend,
    frame::{bytes_of, mask_of_last_byte},
    nea6::{self, Authenticator},
    portable::State,
    zuc256::{Use, new, v1},
    zuc256_mac,
};
use core::fmt;
use digest::MacError;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// How the MAC comes from the keystream.
enum Kind {
    /// 128-EIA3.
    Eia3,
    /// A ZUC-256 MAC of so many words.
    Windows(usize),
    /// 256-NIA6.
    Nia6,
}

/// One message to authenticate, and then its MAC.
pub struct MacJob<'a> {
    state: State,
    rounds: u32,
    kind: Kind,
    bits: usize,
    message: &'a [u8],
    /// Words of keystream taken.
    taken: usize,
    /// The last words taken.
    carry: [[u8; 4]; CARRY],
    backend: Option<Backend>,
    t: [u32; 4],
    size: usize,
    mac: [u8; 16],
}

impl<'a> MacJob<'a> {
    fn new(
        (state, rounds): (State, u32),
        kind: Kind,
        size: usize,
        bits: usize,
        message: &'a [u8],
    ) -> Self {
        let (carry, t, mac) = ([[0; 4]; CARRY], [0; 4], [0; 16]);
        Self { state, rounds, kind, bits, message, taken: 0, carry, backend: None, t, size, mac }
    }

    /// 128-EIA3 of the first `bits` bits of `message`, as [`eia3()`](crate::zuc::eia3()).
    #[must_use]
    pub fn eia3(key: &[u8; 16], frame: Frame, bits: usize, message: &'a [u8]) -> Self {
        let state = State::load128(key, &frame.eia3_iv());
        Self::new((state, ROUNDS), Kind::Eia3, 4, bits, message)
    }

    /// 256-NIA6 with a tag of `N` bytes, as [`Nia6`](crate::zuc::Nia6), of the whole of `message`.
    #[must_use]
    pub fn nia6<N: ShortTag>(key: &[u8; 32], iv: &[u8; 15], message: &'a [u8]) -> Self {
        let iv = nea6::whole_iv(nea6::domain_nia6(N::USIZE), iv);
        let state = new::load(key, &iv, Use::Keystream);
        let bits = message.len().saturating_mul(8);
        Self::new((state, new::ROUNDS), Kind::Nia6, N::USIZE, bits, message)
    }

    /// The ZUC-256 MAC of `N` bytes, as [`Zuc256Mac`](crate::zuc::Zuc256Mac), of the first `bits`
    /// bits of `message`.
    #[must_use]
    pub fn zuc256_mac<N: MacSize>(
        key: &[u8; 32],
        iv: &[u8; 16],
        bits: usize,
        message: &'a [u8],
    ) -> Self {
        let state = new::load(key, iv, zuc256_mac::purpose(N::USIZE));
        Self::new((state, new::ROUNDS), Kind::Windows(N::USIZE / 4), N::USIZE, bits, message)
    }

    /// The MAC of the 2018 draft of ZUC-256, as [`Zuc256V1Mac`](crate::zuc::Zuc256V1Mac), of the
    /// first `bits` bits of `message`.
    #[must_use]
    pub fn zuc256_v1_mac<N: MacSize>(
        key: &[u8; 32],
        iv: &[u8; 23],
        bits: usize,
        message: &'a [u8],
    ) -> Self {
        let state = v1::load(key, &v1::unpack(iv), zuc256_mac::purpose(N::USIZE));
        Self::new((state, v1::ROUNDS), Kind::Windows(N::USIZE / 4), N::USIZE, bits, message)
    }

    /// Whether the job can be done.
    ///
    /// # Errors
    /// [`LengthError`] if the message is shorter than the length, or the length over 2³² − 1 bits.
    pub fn check(&self) -> Result<(), LengthError> {
        match self.kind {
            Kind::Nia6 => Ok(()),
            _ => bytes_of(self.bits, self.message.len()).map(|_| ()),
        }
    }

    /// The MAC; `None` before [`authenticate`], and of a job that could not be done.
    #[must_use]
    pub fn mac(&self) -> Option<&[u8]> {
        (self.taken > 0).then_some(&self.mac[..self.size])
    }

    /// Whether `mac` is the MAC, after [`authenticate`]; compared in constant time.
    ///
    /// # Errors
    /// [`MacError`] if it is not, or if the job has not been done.
    pub fn verify(&self, mac: &[u8]) -> Result<(), MacError> {
        let right = self.mac().ok_or(MacError)?;
        if bool::from(right.ct_eq(mac)) { Ok(()) } else { Err(MacError) }
    }

    /// The keystream words before the message's first bit, and the window's width in words.
    fn windows(&self) -> (usize, usize) {
        match self.kind {
            Kind::Windows(width) => (width, width),
            Kind::Eia3 | Kind::Nia6 => (0, 1),
        }
    }

    /// The number of keystream words that the MAC needs: before the message, for its whole words, and
    /// for the windows at its end; EIA3 ends with one word more if the message ends within a word.
    fn words(&self) -> usize {
        let (before, width) = self.windows();
        let (whole, rest) = (self.bits / 32, self.bits % 32);
        match self.kind {
            Kind::Nia6 => 12,
            Kind::Eia3 => whole + width + 1 + usize::from(rest > 0),
            Kind::Windows(_) => before + whole + width + 1,
        }
    }

    /// Takes the `n` words of keystream that stand in `z` after [`CARRY`] words that it took before.
    fn take_windows(&mut self, z: &[[u8; 4]], n: usize, backend: Backend) {
        let (before, width) = self.windows();
        let whole = self.bits / 32;
        let (taken, known) = (self.taken, self.taken + n);
        self.taken = known;
        // Index into z of a keystream word.
        let at = |word: usize| word + CARRY - taken;
        if taken == 0 {
            for (t, z) in self.t.iter_mut().zip(&z[CARRY..CARRY + before]) {
                *t ^= u32::from_be_bytes(*z);
            }
        }
        // The message words whose windows end here: word i needs keystream words before + i …
        // before + i + width.
        let begin = taken.saturating_sub(before + width).min(whole);
        let end = known.saturating_sub(before + width).min(whole);
        if begin < end {
            let (m, _) = self.message.as_chunks();
            let z = &z[at(before + begin)..][..end - begin + width];
            backend.windows(&mut self.t[..width], z, &m[begin..end]);
        }
        if known >= self.words() {
            self.finish(&z[at(before + whole)..], backend);
        }
        self.carry.copy_from_slice(&z[n..n + CARRY]);
    }

    /// The windows at the message's end; `z` begins with the word at its last, perhaps begun, word.
    fn finish(&mut self, z: &[[u8; 4]], backend: Backend) {
        let (_, width) = self.windows();
        let (whole, rest) = (self.bits / 32, self.bits % 32);
        if rest > 0 {
            let mut pending = [0; 4];
            let bytes = rest.div_ceil(8);
            pending[..bytes].copy_from_slice(&self.message[4 * whole..4 * whole + bytes]);
            pending[bytes - 1] &= mask_of_last_byte(rest);
            backend.windows(&mut self.t[..width], &z[..=width], &[pending]);
        }
        let word = |i: usize| u32::from_be_bytes(z[i]);
        for j in 0..width {
            let window = u64::from(word(j)) << 32 | u64::from(word(j + 1));
            #[allow(clippy::cast_possible_truncation, reason = "the upper half of a u64")]
            let window = (window << rest >> 32) as u32;
            self.t[j] ^= window;
        }
        if let Kind::Eia3 = self.kind {
            self.t[0] ^= word(1 + usize::from(rest > 0));
        }
        for (mac, t) in self.mac[..self.size].chunks_exact_mut(4).zip(self.t) {
            mac.copy_from_slice(&t.to_be_bytes());
        }
    }
}

impl Drop for MacJob<'_> {
    fn drop(&mut self) {
        self.carry = [[0; 4]; CARRY];
        (self.t, self.mac) = ([0; 4], [0; 16]);
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for MacJob<'_> {}

impl fmt::Debug for MacJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacJob").field("bits", &self.bits).finish_non_exhaustive()
    }
}

impl Stream for MacJob<'_> {
    fn rounds(&self) -> u32 {
        self.rounds
    }
    fn wants(&self) -> usize {
        if self.check().is_ok() { self.words().saturating_sub(self.taken).div_ceil(16) } else { 0 }
    }
    fn loaded(&self) -> &State {
        &self.state
    }
    fn take<'z>(&mut self, z: impl ExactSizeIterator<Item = &'z Block>, words: &mut Words) {
        let n = 16 * z.len();
        words[..CARRY].copy_from_slice(&self.carry);
        for (words, z) in words[CARRY..].chunks_exact_mut(16).zip(z) {
            words.copy_from_slice(z.as_chunks().0);
        }
        if let Kind::Nia6 = self.kind {
            self.taken += n;
            if let Some(hqp) = words[CARRY..].as_flattened().first_chunk() {
                let tag = Authenticator::new(hqp).tag(self.message, &[]);
                self.mac[..self.size].copy_from_slice(&tag[..self.size]);
            }
            return;
        }
        let backend = *self.backend.get_or_insert_with(Backend::best);
        self.take_windows(words, n, backend);
    }
}

/// Computes the MAC of every job, see [`MacJob::mac`] and [`MacJob::verify`]. Jobs that were done before
/// are left alone.
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`MacJob::check`]; all others are done.
pub fn authenticate(jobs: &mut [MacJob<'_>]) -> Result<(), WrongJob> {
    authenticate_with(jobs, Backends::best())
}

pub(in crate::zuc) fn authenticate_with(
    jobs: &mut [MacJob<'_>],
    backends: Backends,
) -> Result<(), WrongJob> {
    for job in jobs.iter_mut() {
        job.backend = Some(backends.one);
    }
    run(jobs, backends);
    first_wrong(jobs.iter().map(MacJob::check))
}
