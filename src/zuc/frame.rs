//! What 3GPP gives with every message: COUNT, BEARER and DIRECTION, and the IVs made of them.

use core::fmt;

/// The input BEARER of the algorithms, 5 bits.
///
/// What a protocol puts here is its own: PDCP, for one, the radio bearer's identity **minus 1**
/// (TS 36.323 and 38.323), NAS a constant or an identifier of the connection.
///
/// Source: 3GPP TS 33.401, annex B; TS 33.501, annex D.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bearer(u8);

impl Bearer {
    /// The bearer `value`, 0 … 31; `None` if it is larger.
    #[must_use]
    pub const fn new(value: u8) -> Option<Self> {
        if value < 32 { Some(Self(value)) } else { None }
    }

    /// 0 … 31.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Bearer {
    type Error = FrameError;

    /// # Errors
    /// [`FrameError::Bearer`] if `value` is 32 or more.
    fn try_from(value: u8) -> Result<Self, FrameError> {
        Self::new(value).ok_or(FrameError::Bearer)
    }
}

/// The direction of transmission DIRECTION, 1 bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// 0, from the user equipment.
    #[default]
    Uplink,
    /// 1, to the user equipment.
    Downlink,
}

impl TryFrom<u8> for Direction {
    type Error = FrameError;

    /// # Errors
    /// [`FrameError::Direction`] if `value` is neither 0 nor 1.
    fn try_from(value: u8) -> Result<Self, FrameError> {
        match value {
            0 => Ok(Self::Uplink),
            1 => Ok(Self::Downlink),
            _ => Err(FrameError::Direction),
        }
    }
}

impl From<Direction> for u8 {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Uplink => 0,
            Direction::Downlink => 1,
        }
    }
}

/// COUNT, BEARER and DIRECTION of one message. Never two messages under one key and frame.
///
/// Source: GM/T 0001.2-2012, 5; 3GPP TS 35.221, 3.2 and 4.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The 32-bit counter COUNT.
    pub count: u32,
    /// The radio bearer BEARER.
    pub bearer: Bearer,
    /// The direction DIRECTION.
    pub direction: Direction,
}

impl Frame {
    /// The frame of `count`, `bearer` (0 … 31) and `direction` (0 or 1) as numbers.
    ///
    /// # Errors
    /// [`FrameError`] if `bearer` or `direction` is out of range; nothing is masked.
    pub fn new(count: u32, bearer: u8, direction: u8) -> Result<Self, FrameError> {
        Ok(Self { count, bearer: bearer.try_into()?, direction: direction.try_into()? })
    }

    /// The IV of 128-EEA3: COUNT ‖ BEARER ‖ DIRECTION ‖ 26 zero bits, twice.
    ///
    /// Source: GM/T 0001.2-2012, 5.2.
    #[must_use]
    pub fn eea3_iv(&self) -> [u8; 16] {
        let half = u64::from(self.count) << 32
            | u64::from(self.bearer.0) << 27
            | u64::from(u8::from(self.direction)) << 26;
        (u128::from(half) << 64 | u128::from(half)).to_be_bytes()
    }

    /// The IV of 128-EIA3: COUNT ‖ BEARER ‖ 27 zero bits, twice, and DIRECTION in the top bits of
    /// bytes 8 and 14 by exclusive or.
    ///
    /// Source: GM/T 0001.3-2012, 5.2.
    #[must_use]
    pub fn eia3_iv(&self) -> [u8; 16] {
        let half = u64::from(self.count) << 32 | u64::from(self.bearer.0) << 27;
        let mut iv = (u128::from(half) << 64 | u128::from(half)).to_be_bytes();
        let direction = u8::from(self.direction) << 7;
        iv[8] ^= direction;
        iv[14] ^= direction;
        iv
    }

    /// The bytes IV\[1\] … IV\[15\] of 256-NEA6, 256-NIA6 and 256-NCA6: 2 zero bits, BEARER,
    /// DIRECTION, 6 zero bytes, COUNT, 4 zero bytes. IV\[0\] is the algorithms' own.
    ///
    /// This is the layout of the published test data of the TS 35.246 set; a protocol that fills
    /// the zero bytes otherwise gives its own 15 bytes.
    #[must_use]
    pub fn nea6_iv(&self) -> [u8; 15] {
        let mut iv = [0; 15];
        iv[0] = self.bearer.0 << 1 | u8::from(self.direction);
        iv[7..11].copy_from_slice(&self.count.to_be_bytes());
        iv
    }
}

/// A value that does not fit its field of a [`Frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// BEARER has 5 bits: 0 … 31.
    Bearer,
    /// DIRECTION has 1 bit: 0 or 1.
    Direction,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer => "BEARER is 32 or more",
            Self::Direction => "DIRECTION is neither 0 nor 1",
        })
    }
}

impl core::error::Error for FrameError {}

/// A length that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthError {
    /// Over the algorithm's limit; LENGTH of EEA3 and EIA3, a 32-bit field, is at most 2³² − 1 bits.
    TooLong,
    /// The buffer has fewer bits than the length.
    BufferTooShort,
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the message is longer than the algorithm allows",
            Self::BufferTooShort => "the buffer is shorter than the length",
        })
    }
}

impl core::error::Error for LengthError {}

/// The bytes that hold `bits` bits, if LENGTH can say so and a buffer of `buffer` bytes has them.
pub(super) fn bytes_of(bits: usize, buffer: usize) -> Result<usize, LengthError> {
    if u32::try_from(bits).is_err() {
        return Err(LengthError::TooLong);
    }
    let bytes = bits.div_ceil(8);
    if bytes > buffer { Err(LengthError::BufferTooShort) } else { Ok(bytes) }
}

/// Clears the bits after the first `bits` of the byte that holds the last of them.
pub(super) fn mask_of_last_byte(bits: usize) -> u8 {
    match bits % 8 {
        0 => 0xff,
        used => !(0xff >> used),
    }
}
