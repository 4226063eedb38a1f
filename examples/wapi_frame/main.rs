//! Seals and opens a data frame of WAPI with WPI-SM4, and shows its fields.
//!
//! `cargo run --release --example wapi_frame -- --help`

#[allow(dead_code, reason = "this program writes no files")]
#[path = "../shared/files.rs"]
mod files;
mod frame;
#[cfg(test)]
mod tests;

use clap::{Args, Parser, Subcommand};
use files::read_key;
use frame::{Frame, from_hex, hex};
use shangmi::sm4::wpi::Wpi;
use std::{
    io::{self, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Seal and open a data frame of WAPI with WPI-SM4, and show its fields
#[derive(Parser)]
#[command(name = "wapi_frame", version, after_help = AFTER)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Encrypt DATA, under HEADER, and print the frame
    Seal {
        #[command(flatten)]
        keys: Keys,

        /// The packet number, in hexadecimal; for one key never twice the same
        #[arg(short, long, value_name = "NUMBER", value_parser = packet_number)]
        pn: u128,

        /// The index of the key
        #[arg(short = 'i', long, value_name = "0 OR 1", default_value_t = 0)]
        #[arg(value_parser = clap::value_parser!(u8).range(..=1))]
        key_index: u8,

        /// The MAC header, from frame control on, as it is sent
        header: String,

        /// The data; - for standard input
        data: String,
    },
    /// Check FRAME and print its data
    Open {
        #[command(flatten)]
        keys: Keys,

        /// MAC header, WPI header, data and MIC, without the FCS; - for standard input
        frame: String,
    },
    /// Print the fields of FRAME, and check nothing
    Show {
        /// As for open
        frame: String,
    },
}

#[derive(Args)]
struct Keys {
    /// Take the two keys (data, MIC), 32 bytes or 64 hex digits, from this file
    #[arg(short, long, value_name = "KEYFILE")]
    key_file: PathBuf,
}

const AFTER: &str = "\
Frames, headers and data are in hexadecimal; blanks and colons may stand between
the digits. A frame is: MAC header (24 to 32 bytes), index of the key, a reserved
byte, packet number (16 bytes, the least significant first), data, MIC.

Exit status: 0 if all went well, 1 if not, 2 if an option is wrong.";

fn packet_number(text: &str) -> Result<u128, String> {
    u128::from_str_radix(text, 16).map_err(|e| e.to_string())
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    match run(&Options::parse(), &mut io::stdin().lock(), &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            let _ = writeln!(io::stderr(), "wapi_frame: {what}");
            ExitCode::FAILURE
        }
    }
}

impl Keys {
    fn read(&self) -> Result<Wpi, String> {
        let keys = read_key::<32>(&self.key_file)?;
        let [data, mic] = [0, 16].map(|at| std::array::from_fn(|i| keys[at + i]));
        Ok(Wpi::new(&data, &mic))
    }
}

fn run(options: &Options, input: &mut dyn Read, out: &mut dyn Write) -> Result<(), String> {
    let mut bytes = |text: &str| {
        let mut standard_input = String::new();
        if text != "-" {
            return from_hex(text);
        }
        let read = input.read_to_string(&mut standard_input);
        read.map_err(|e| format!("standard input: {e}"))?;
        from_hex(&standard_input)
    };
    let text = match &options.command {
        Command::Seal { keys, pn, key_index, header, data } => {
            let (keys, header, data) = (keys.read()?, bytes(header)?, bytes(data)?);
            let frame = Frame::seal(&keys, &header, *key_index, pn.to_le_bytes(), &data)?;
            format!("{frame}frame           {}\n", hex(&frame.bytes()))
        }
        Command::Open { keys, frame } => {
            let frame = Frame::parse(&bytes(frame)?)?;
            let data = frame.open(&keys.read()?)?;
            format!("{frame}data            {}\n", hex(&data))
        }
        Command::Show { frame } => Frame::parse(&bytes(frame)?)?.to_string(),
    };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| format!("cannot write: {e}"))
}
