//! A data frame of WAPI, without its frame check sequence: MAC header, index of the key, a reserved byte, packet number, data, MIC.

use shangmi::sm4::wpi::{Header, Wpi};
use std::fmt;

/// A frame, its data and MIC encrypted or in clear.
pub(crate) struct Frame {
    header: Vec<u8>,
    key_index: u8,
    reserved: u8,
    /// As it is sent: the least significant byte first.
    pn: [u8; 16],
    data: Vec<u8>,
    mic: [u8; 16],
}

/// The length of the MAC header, by its frame control; of data frames only.
fn header_length(header: &[u8]) -> Result<usize, String> {
    let [first, second, ..] = header else { return Err("the frame has no MAC header".to_owned()) };
    if first & 0x0f != 0x08 {
        return Err("no data frame, by its frame control".to_owned());
    }
    let (qos, four_addresses) = (first & 0x80 != 0, second & 3 == 3);
    let length = 24 + if four_addresses { 6 } else { 0 } + if qos { 2 } else { 0 };
    if header.len() >= length { Ok(length) } else { Err("the MAC header is too short".to_owned()) }
}

impl Frame {
    /// Encrypts `data` and its MIC.
    pub(crate) fn seal(
        keys: &Wpi,
        header: &[u8],
        key_index: u8,
        pn: [u8; 16],
        data: &[u8],
    ) -> Result<Self, String> {
        let length = header_length(header)?;
        if header.len() > length {
            return Err(format!("the MAC header has {} bytes, not {length}", header.len()));
        }
        let (header, mut data) = (header.to_vec(), data.to_vec());
        let covered = Header::new(&header, key_index).map_err(|e| e.to_string())?;
        let sealed = keys.seal(&pn, &covered, &mut data);
        let mic = sealed.map_err(|_| "more than 65 535 bytes of data")?;
        Ok(Self { header, key_index, reserved: 0, pn, data, mic })
    }

    /// Takes an encrypted frame apart.
    pub(crate) fn parse(frame: &[u8]) -> Result<Self, String> {
        let (header, rest) = frame.split_at(header_length(frame)?);
        let parts = || {
            let ([key_index, reserved], rest) = rest.split_first_chunk()?;
            let (pn, rest) = rest.split_first_chunk()?;
            let (data, mic) = rest.split_last_chunk()?;
            let (header, data) = (header.to_vec(), data.to_vec());
            let (key_index, reserved) = (*key_index, *reserved);
            Some(Self { header, key_index, reserved, pn: *pn, data, mic: *mic })
        };
        parts().ok_or("the frame is shorter than WPI makes any".to_owned())
    }

    /// Decrypts the data, if the MIC is right.
    pub(crate) fn open(&self, keys: &Wpi) -> Result<Vec<u8>, String> {
        let covered = Header::new(&self.header, self.key_index).map_err(|e| e.to_string())?;
        let mut data = self.data.clone();
        let opened = keys.open(&self.pn, &covered, &mut data, &self.mic);
        opened.map_err(|_| "the MIC is wrong: other keys, or the frame was altered")?;
        Ok(data)
    }

    /// As it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let two = [self.key_index, self.reserved];
        [&self.header, &two[..], &self.pn, &self.data, &self.mic].concat()
    }
}

/// The fields, a line each.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = *self.header else { return Err(fmt::Error) };
        let (header, qos) = (&self.header, first & 0x80 != 0);
        let four_addresses = second & 3 == 3;
        let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let way = match second & 3 {
            0 => "station to station",
            1 => "to the access point",
            2 => "from the access point",
            _ => "between access points",
        };
        let marked = if second & 0x40 == 0 { ", NOT marked as protected" } else { "" };
        let kind = if qos { "QoS data" } else { "data" };
        writeln!(f, "frame control   {first:02x}{second:02x}: {kind}, {way}{marked}")?;
        writeln!(f, "duration        {}", number(2))?;
        for (i, at) in [4, 10, 16, 24].into_iter().enumerate() {
            if i < 3 || four_addresses {
                let address = header[at..at + 6].iter().map(|byte| format!("{byte:02x}"));
                writeln!(f, "address {}       {}", i + 1, address.collect::<Vec<_>>().join(":"))?;
            }
        }
        let sequence = number(22);
        writeln!(f, "sequence        number {}, fragment {}", sequence >> 4, sequence & 15)?;
        if qos {
            writeln!(f, "QoS control     {:04x}", number(header.len() - 2))?;
        }
        writeln!(f, "key index       {}", self.key_index)?;
        if self.reserved != 0 {
            writeln!(f, "reserved        {:02x}, NOT zero", self.reserved)?;
        }
        writeln!(f, "packet number   {:x}", u128::from_le_bytes(self.pn))?;
        writeln!(f, "encrypted data  {}", hex(&self.data))?;
        writeln!(f, "encrypted MIC   {}", hex(&self.mic))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Bytes from hexadecimal digits, with blanks, colons and ends of line between as one likes.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.chars().filter(|c| !c.is_whitespace() && *c != ':');
    let digits: Option<Vec<_>> = digits.map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2));
    let digits = digits.ok_or_else(|| format!("not hexadecimal bytes: {text}"))?;
    let byte = |[high, low]: &[u32; 2]| u8::try_from(high << 4 | low).map_err(|e| e.to_string());
    digits.as_chunks().0.iter().map(byte).collect()
}
