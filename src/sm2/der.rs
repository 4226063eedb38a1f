//! As much of DER as SM2 needs: definite lengths, and numbers of up to 256 bits.

pub(super) const SEQUENCE: u8 = 0x30;
#[cfg(feature = "sm4")]
pub(super) const BIT_STRING: u8 = 0x03;
#[cfg(feature = "sm4")]
pub(super) const NULL: u8 = 0x05;
#[cfg(feature = "sm4")]
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const INTEGER: u8 = 0x02;

/// The number of bytes of an element with so many bytes of content.
pub(super) fn element_len(content: usize) -> Option<usize> {
    content.checked_add(2 + length_bytes(content))
}

/// The number of bytes of a length beyond the first.
fn length_bytes(length: usize) -> usize {
    if length < 0x80 { 0 } else { size_of::<usize>() - length.leading_zeros() as usize / 8 }
}

/// The content of an INTEGER that is not negative: 32 bytes at most, and a zero before a number whose first bit is
/// set.
pub(super) struct Integer {
    bytes: [u8; 33],
    start: usize,
}

impl Integer {
    pub(super) fn new(value: [u8; 32]) -> Self {
        let mut bytes = [0; 33];
        bytes[1..].copy_from_slice(&value);
        let zeros = value.iter().take_while(|byte| **byte == 0).count().min(31);
        // A number is public here: a coordinate of C1.
        let start = if value[zeros] < 0x80 { zeros + 1 } else { zeros };
        Self { bytes, start }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.start
    }
}

/// What is still to be written.
pub(super) struct Writer<'a>(pub(super) &'a mut [u8]);

impl<'a> Writer<'a> {
    pub(super) fn take(&mut self, n: usize) -> Option<&'a mut [u8]> {
        let (taken, rest) = core::mem::take(&mut self.0).split_at_mut_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn take_array<const N: usize>(&mut self) -> Option<&'a mut [u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.take(bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    /// Tag and length of an element with so many bytes of content.
    pub(super) fn header(&mut self, tag: u8, length: usize) -> Option<()> {
        let more = length_bytes(length);
        let bytes = length.to_be_bytes();
        match (u8::try_from(length), u8::try_from(more)) {
            (Ok(length), Ok(0)) => self.put(&[tag, length]),
            (_, Ok(n)) => {
                self.put(&[tag, 0x80 | n])?;
                self.put(bytes.get(bytes.len() - more..)?)
            }
            _ => None,
        }
    }

    pub(super) fn integer(&mut self, integer: &Integer) -> Option<()> {
        self.header(INTEGER, integer.len())?;
        self.put(integer.bytes.get(integer.start..)?)
    }
}

/// What is still to be read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next element, which has this tag and a length written in the shortest way.
    pub(super) fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&[found, first], mut rest) = self.0.split_first_chunk()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let more = usize::from(first & 0x7f);
            let (bytes, after) = rest.split_at_checked(more)?;
            // 0x80 is the start of an indefinite length.
            if more == 0 || more > size_of::<usize>() {
                return None;
            }
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            if length_bytes(length) != more {
                return None;
            }
            rest = after;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (found == tag).then_some(content)
    }

    /// The next element, an INTEGER in [0, 2²⁵⁶) written in the shortest way.
    pub(super) fn integer(&mut self) -> Option<[u8; 32]> {
        let content = self.element(INTEGER)?;
        let digits = match content {
            // A zero before what would be negative without it; or 0 itself.
            [0, digits @ ..] if matches!(digits, [0x80..=0xff, ..]) => digits,
            [0] | [1..=0x7f, ..] => content,
            // Nothing, negative, or a zero too many.
            _ => return None,
        };
        let mut value = [0; 32];
        let start = value.len().checked_sub(digits.len())?;
        value.get_mut(start..)?.copy_from_slice(digits);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for length in [0, 1, 127, 128, 255, 256, 65535, 65536, 70000] {
            let mut bytes = std::vec![0; 70010];
            let mut writer = Writer(&mut bytes);
            assert!(writer.header(OCTET_STRING, length).is_some());
            assert!(writer.take(length).is_some());
            let left = writer.0.len();
            assert_eq!(Some(bytes.len() - left), element_len(length));
            let mut reader = Reader(&bytes);
            assert_eq!(reader.element(OCTET_STRING).map(<[u8]>::len), Some(length));
            assert_eq!(reader.0.len(), left);
        }
        assert_eq!(element_len(usize::MAX - 3), None);
    }

    #[test]
    fn lengths_not_in_the_shortest_form_are_refused() {
        for bytes in [
            &[4, 0x81, 1, 9][..],
            &[4, 0x82, 0, 1, 9],
            &[4, 0x80, 0, 0],
            &[4, 0x81, 0x7f],
            &[4, 0x81],
            &[4, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9],
            &[4, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[4, 0xff, 1],
            &[4, 2, 0],
            &[4],
            &[],
            &[5, 0],
        ] {
            assert_eq!(Reader(bytes).element(OCTET_STRING), None, "{bytes:x?}");
        }
    }

    #[test]
    fn integers_have_one_form() {
        let mut value = [0; 32];
        for top in [0, 1, 0x7f, 0x80, 0xff] {
            for place in 0..32 {
                value.fill(0);
                value[place] = top;
                let integer = Integer::new(value);
                let mut bytes = [0; 35];
                assert!(Writer(&mut bytes).integer(&integer).is_some());
                let written = bytes.get(..2 + integer.len()).unwrap_or_default();
                assert_eq!(Reader(written).integer(), Some(value));
            }
        }
        for bytes in [
            &[2, 0][..],
            &[2, 2, 0, 0],
            &[2, 2, 0, 0x7f],
            &[2, 1, 0x80],
            &[2, 2, 0xff, 0],
            &[4, 1, 1],
        ] {
            assert_eq!(Reader(bytes).integer(), None, "{bytes:x?}");
        }
        let mut long = [1; 35];
        (long[0], long[1]) = (2, 33);
        assert_eq!(Reader(&long).integer(), None);
    }
}
