//! Where a job reads and writes.

use core::fmt;

/// The buffer of a job: one, in place, or two, from the first to the second.
///
/// Made by `into` of `&mut [u8]`, or of `(&[u8], &mut [u8])`.
pub enum Buffer<'a> {
    /// Read and written.
    InPlace(&'a mut [u8]),
    /// Read, and written; what is written is as long as what is read, more is left as it is.
    Between(&'a [u8], &'a mut [u8]),
}

impl<'a> From<&'a mut [u8]> for Buffer<'a> {
    fn from(data: &'a mut [u8]) -> Self {
        Self::InPlace(data)
    }
}

impl<'a, const N: usize> From<&'a mut [u8; N]> for Buffer<'a> {
    fn from(data: &'a mut [u8; N]) -> Self {
        Self::InPlace(data)
    }
}

impl<'a> From<(&'a [u8], &'a mut [u8])> for Buffer<'a> {
    fn from((input, output): (&'a [u8], &'a mut [u8])) -> Self {
        Self::Between(input, output)
    }
}

impl fmt::Debug for Buffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("len", &self.input().len()).finish_non_exhaustive()
    }
}

impl Buffer<'_> {
    pub(crate) fn input(&self) -> &[u8] {
        match self {
            Self::InPlace(data) => data,
            Self::Between(input, _) => input,
        }
    }

    pub(crate) fn output(&mut self) -> &mut [u8] {
        match self {
            Self::InPlace(data) | Self::Between(_, data) => data,
        }
    }

    /// The shorter of the two.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::InPlace(data) => data.len(),
            Self::Between(input, output) => input.len().min(output.len()),
        }
    }

    #[cfg(feature = "zuc")]
    /// Writes the exclusive or of `z` with the `n` bytes that are read at `at`; `z` has as many.
    #[inline]
    pub(crate) fn xor<'z>(
        &mut self,
        at: usize,
        n: usize,
        mut z: impl Iterator<Item = &'z [u8; 64]>,
    ) {
        let data = match self {
            Self::InPlace(data) => &mut data[at..at + n],
            Self::Between(input, output) => {
                output[at..at + n].copy_from_slice(&input[at..at + n]);
                &mut output[at..at + n]
            }
        };
        let (blocks, rest) = data.as_chunks_mut::<64>();
        for (block, z) in blocks.iter_mut().zip(&mut z) {
            xor(block, z);
        }
        if let Some(z) = z.next() {
            xor(rest, z);
        }
    }
}

#[cfg(feature = "zuc")]
#[inline(always)]
fn xor(data: &mut [u8], z: &[u8]) {
    for (data, z) in data.iter_mut().zip(z) {
        *data ^= z;
    }
}
