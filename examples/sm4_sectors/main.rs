//! Encrypts and decrypts disk images by sectors with SM4-XTS, whole or in part.
//!
//! `cargo run --release --example sm4_sectors -- --help`

#[path = "../shared/files.rs"]
mod files;
#[cfg(test)]
mod tests;

use clap::{Args, Parser, Subcommand};
use files::{Draft, at, create_private, read_key};
use shangmi::{
    cipher::common::TryKeyInit,
    sm4::{Sm4XtsGb, Sm4XtsIeee, XtsLengthError},
};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    process::ExitCode,
};
use zeroize::Zeroizing;

/// Encrypt and decrypt disk images by sectors with SM4-XTS
#[derive(Parser)]
#[command(name = "sm4_sectors", version, after_help = AFTER)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Encrypt the sectors of INPUT to OUTPUT
    Encrypt(Sectors),
    /// Decrypt the sectors of INPUT to OUTPUT
    Decrypt(Sectors),
    /// Write two new random keys to KEYFILE
    NewKey {
        #[arg(value_name = "KEYFILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
struct Sectors {
    /// The file to read
    input: PathBuf,

    /// The file to write
    output: PathBuf,

    /// Take the two keys (data, tweak), 32 bytes or 64 hex digits, from this file
    #[arg(short, long, value_name = "KEYFILE")]
    key_file: PathBuf,

    /// Bytes of a sector
    #[arg(short, long, value_name = "BYTES", default_value = "512", value_parser = ["512", "4096"])]
    sector_size: String,

    /// The form of IEEE 1619, as most software for disks has it, in place of that of GB/T 17964
    #[arg(long)]
    ieee: bool,

    /// The first sector of INPUT to take; those before are left out
    #[arg(long, value_name = "SECTOR", default_value_t = 0)]
    from: u64,

    /// How many sectors to take, in place of all to the end
    #[arg(long, value_name = "SECTORS")]
    count: Option<u64>,

    /// Replace OUTPUT if it exists
    #[arg(short, long)]
    force: bool,
}

const AFTER: &str = "\
The tweak of a sector is its number in INPUT, from 0, as 16 bytes, the least
significant first. So a part of an image (--from, --count) decrypts to what it is
in the whole.

XTS keeps a disk secret from whoever has it once. It does not authenticate:
altered sectors decrypt to noise, and nothing tells. For files, encrypt_file does.

Exit status: 0 if all went well, 1 if not, 2 if an option is wrong.";

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            let _ = writeln!(io::stderr(), "sm4_sectors: {what}");
            ExitCode::FAILURE
        }
    }
}

/// One of the two forms, which differ from the second block of a sector on.
enum Xts {
    Gb(Sm4XtsGb),
    Ieee(Sm4XtsIeee),
}

impl Xts {
    fn new(sectors: &Sectors) -> Result<Self, String> {
        let key = read_key::<32>(&sectors.key_file)?;
        let xts = if sectors.ieee {
            Sm4XtsIeee::new_from_slice(&*key).map(Self::Ieee)
        } else {
            Sm4XtsGb::new_from_slice(&*key).map(Self::Gb)
        };
        xts.map_err(|_| format!("{}: the two keys are equal", sectors.key_file.display()))
    }

    /// Encrypts or decrypts the sectors `data`, of which `first` is the first one's number.
    fn crypt(
        &self,
        encrypt: bool,
        first: u64,
        size: usize,
        data: &mut [u8],
    ) -> Result<(), XtsLengthError> {
        match (self, encrypt) {
            (Self::Gb(xts), true) => xts.encrypt_sectors(first.into(), size, data),
            (Self::Gb(xts), false) => xts.decrypt_sectors(first.into(), size, data),
            (Self::Ieee(xts), true) => xts.encrypt_sectors(first.into(), size, data),
            (Self::Ieee(xts), false) => xts.decrypt_sectors(first.into(), size, data),
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    match &options.command {
        Command::Encrypt(sectors) => convert(sectors, true),
        Command::Decrypt(sectors) => convert(sectors, false),
        Command::NewKey { file } => {
            let mut key = Zeroizing::new([[0; 16]; 2]);
            let random = getrandom::fill(key.as_flattened_mut());
            random.map_err(|e| format!("the system has no random numbers: {e}"))?;
            let [data, tweak] = key.map(u128::from_be_bytes);
            let digits = Zeroizing::new(format!("{data:032x}{tweak:032x}\n"));
            let write = |mut file: File| file.write_all(digits.as_bytes());
            create_private(file).and_then(write).map_err(at(file))
        }
    }
}

fn convert(sectors: &Sectors, encrypt: bool) -> Result<(), String> {
    let xts = Xts::new(sectors)?;
    let size: u16 = sectors.sector_size.parse().map_err(|_| "the size of a sector")?;
    let path = &sectors.input;
    let mut input = File::open(path).map_err(at(path))?;
    // Not that of its metadata, which a disk does not have.
    let length = input.seek(SeekFrom::End(0)).map_err(at(path))?;
    let (whole, rest) = (length / u64::from(size), length % u64::from(size));
    if rest > 0 {
        return Err(format!("{}: {rest} bytes beyond the last whole sector", path.display()));
    }
    let left = whole.checked_sub(sectors.from);
    let count = left.and_then(|left| Some(sectors.count.unwrap_or(left)).filter(|n| *n <= left));
    let mut left = count.ok_or_else(|| format!("{}: has {whole} sectors", path.display()))?;
    input.seek(SeekFrom::Start(sectors.from * u64::from(size))).map_err(at(path))?;

    let mut output = Draft::new(&sectors.output, sectors.force)?;
    // 256 KiB at once.
    let at_once = (256 << 10) / u64::from(size);
    let mut buffer = Zeroizing::new(vec![0; 256 << 10]);
    let mut number = sectors.from;
    while left > 0 {
        let n = left.min(at_once);
        let bytes = usize::try_from(n * u64::from(size)).map_err(|e| e.to_string())?;
        let data = &mut buffer[..bytes];
        input.read_exact(data).map_err(at(path))?;
        xts.crypt(encrypt, number, size.into(), data).map_err(|e| e.to_string())?;
        output.write_all(data).map_err(at(&sectors.output))?;
        (number, left) = (number + n, left - n);
    }
    output.finish(path)
}
