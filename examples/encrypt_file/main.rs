//! Encrypts and decrypts files of any size with SM4-GCM, in segments, under a password or a key.
//!
//! `cargo run --release --example encrypt_file -- --help`

#[path = "../shared/files.rs"]
mod files;
mod format;
#[cfg(test)]
mod tests;

use clap::{Args, Parser, Subcommand};
use files::{Draft, at, create_private, read_key};
use format::{Error, Header, MAX_ITERATIONS, Secret};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use zeroize::Zeroizing;

/// Encrypt and decrypt files of any size with SM4-GCM
#[derive(Parser)]
#[command(name = "encrypt_file", version, after_help = AFTER)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Encrypt INPUT to OUTPUT
    Encrypt {
        #[command(flatten)]
        files: Files,

        /// Iterations of PBKDF2, for a password: more make guessing slower, and each use
        #[arg(long, value_name = "N", default_value_t = 600_000)]
        #[arg(value_parser = clap::value_parser!(u32).range(1000..=i64::from(MAX_ITERATIONS)))]
        iterations: u32,
    },
    /// Decrypt INPUT to OUTPUT
    Decrypt {
        #[command(flatten)]
        files: Files,
    },
    /// Write a new random key to KEYFILE
    NewKey {
        #[arg(value_name = "KEYFILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
struct Files {
    /// The file to read
    input: PathBuf,

    /// The file to write
    output: PathBuf,

    /// Take the key, 16 bytes or 32 hex digits, from this file
    #[arg(short, long, value_name = "KEYFILE")]
    key_file: Option<PathBuf>,

    /// Take the password from the first line of this file, in place of standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "key_file")]
    password_file: Option<PathBuf>,

    /// Replace OUTPUT if it exists
    #[arg(short, long)]
    force: bool,
}

const AFTER: &str = "\
Without --key-file and --password-file, the password is the first line of
standard input. It can be seen while it is typed.

OUTPUT gets its name only when it is whole and, in decryption, authentic; until
then it is OUTPUT.NUMBER.part, which is removed if anything is wrong. If the
program is killed it may stay: do not use it.

Exit status: 0 if all went well, 1 if not, 2 if an option is wrong.";

/// Files this long have a progress bar, on a terminal.
const LONG: u64 = 128 << 20;

fn main() -> ExitCode {
    let terminal = io::stdin().is_terminal();
    let (mut input, mut err) = (io::stdin().lock(), io::stderr());
    let mut user = User { input: &mut input, err: &mut err, terminal };
    match run(&Options::parse(), &mut user) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            let _ = writeln!(io::stderr(), "encrypt_file: {what}");
            ExitCode::FAILURE
        }
    }
}

/// Where a password comes from.
struct User<'a> {
    input: &'a mut dyn BufRead,
    err: &'a mut dyn Write,
    terminal: bool,
}

fn run(options: &Options, user: &mut User<'_>) -> Result<(), String> {
    match &options.command {
        Command::Encrypt { files, iterations } => {
            let secret = secret(files, user, true)?;
            let mut salt = [0; 16];
            random(&mut salt)?;
            let iterations = if let Secret::Password(_) = secret { *iterations } else { 0 };
            let header = Header::new(iterations, salt);
            let mut input = open(&files.input)?;
            convert(files, |output| format::encrypt(&header, &secret, &mut input, output))
        }
        Command::Decrypt { files } => {
            let mut input = open(&files.input)?;
            let of_input = |error: Error| format!("{}: {error}", files.input.display());
            let header = Header::read(&mut input).map_err(of_input)?;
            // Before a password is asked for.
            if header.wants_password() && files.key_file.is_some() {
                return Err(of_input(Error::WantsPassword));
            }
            if !header.wants_password() && files.key_file.is_none() {
                return Err(of_input(Error::WantsKey));
            }
            let secret = secret(files, user, false)?;
            convert(files, |output| format::decrypt(&header, &secret, &mut input, output))
        }
        Command::NewKey { file } => {
            let mut key = Zeroizing::new([0; 16]);
            random(&mut *key)?;
            let digits = Zeroizing::new(format!("{:032x}\n", u128::from_be_bytes(*key)));
            let write = |mut file: File| file.write_all(digits.as_bytes());
            create_private(file).and_then(write).map_err(at(file))
        }
    }
}

/// Makes OUTPUT by `how`, or nothing.
fn convert(files: &Files, how: impl FnOnce(&mut Draft) -> Result<(), Error>) -> Result<(), String> {
    let mut draft = Draft::new(&files.output, files.force)?;
    how(&mut draft).map_err(|error| format!("{}: {error}", files.input.display()))?;
    draft.finish(&files.input)
}

fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|e| format!("the system has no random numbers: {e}"))
}

fn secret(files: &Files, user: &mut User<'_>, new: bool) -> Result<Secret, String> {
    if let Some(path) = &files.key_file {
        return Ok(Secret::Key(read_key(path)?));
    }
    if let Some(path) = &files.password_file {
        let mut file = BufReader::new(File::open(path).map_err(at(path))?);
        return Ok(Secret::Password(line(&mut file)?));
    }
    let mut ask = |prompt| {
        if user.terminal {
            let _ = write!(user.err, "{prompt}");
        }
        line(user.input)
    };
    let password = ask("Password: ")?;
    if new && user.terminal && ask("Once more: ")? != password {
        return Err("the two passwords differ".to_owned());
    }
    Ok(Secret::Password(password))
}

/// A line without its end, not empty.
fn line(input: &mut dyn BufRead) -> Result<Zeroizing<Vec<u8>>, String> {
    // Long enough that it does not move, which would leave a copy.
    let mut line = Zeroizing::new(Vec::with_capacity(1024));
    let mut input = input.take(1024);
    input.read_until(b'\n', &mut line).map_err(|e| format!("the password: {e}"))?;
    if line.len() == 1024 {
        return Err("the password is too long".to_owned());
    }
    while let Some(b'\n' | b'\r') = line.last() {
        line.pop();
    }
    if line.is_empty() { Err("the password is empty".to_owned()) } else { Ok(line) }
}

fn open(path: &Path) -> Result<BufReader<Box<dyn Read>>, String> {
    let file = File::open(path).map_err(at(path))?;
    let length = file.metadata().map_err(at(path))?.len();
    let file: Box<dyn Read> = if length < LONG {
        Box::new(file)
    } else {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let style = "{wide_msg} {bytes}/{total_bytes} {bar:20} {binary_bytes_per_sec} {eta}";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
        bar.set_message(path.display().to_string());
        Box::new(bar.with_finish(ProgressFinish::AndClear).wrap_read(file))
    };
    Ok(BufReader::with_capacity(256 << 10, file))
}
