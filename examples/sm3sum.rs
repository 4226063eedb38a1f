//! Prints or checks SM3 hash values of files, as `sha256sum` does those of SHA-256.
//!
//! `cargo run --release --example sm3sum -- --help`

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use shangmi::{digest::Digest, sm3::Sm3};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    process::ExitCode,
};

/// Print or check SM3 hash values (256 bits)
#[derive(Default, Parser)]
#[command(name = "sm3sum", version, after_help = AFTER)]
#[allow(clippy::struct_excessive_bools, reason = "one for each option of sha256sum")]
struct Options {
    /// Files; standard input if there are none, or where FILE is -
    #[arg(value_name = "FILE")]
    files: Vec<OsString>,

    /// Read hash values and names from the FILEs and check them
    #[arg(short, long)]
    check: bool,

    /// Print "SM3 (name) = hash"
    #[arg(long, conflicts_with = "check")]
    tag: bool,

    /// Don't print OK for each file that is
    #[arg(long, requires = "check")]
    quiet: bool,

    /// Print nothing: the exit status says it all
    #[arg(long, requires = "check")]
    status: bool,

    /// Fail if a line of a list is not well formed
    #[arg(long, requires = "check")]
    strict: bool,

    /// Pass over files that are not there
    #[arg(long, requires = "check")]
    ignore_missing: bool,
}

const AFTER: &str = "\
A line is the hash value, two spaces and the name, or as --tag prints it; one
that begins with # is passed over. In a line that begins with \\, the name has
\\\\ for a backslash, \\n for the end of a line and \\r for a return.

Exit status: 0 if every file could be read and has the hash value of its list,
1 if not, 2 if an option is wrong.";

/// Files this long have a progress bar, on a terminal.
const LONG: u64 = 128 << 20;

fn main() -> ExitCode {
    let options = Options::parse();
    let (mut input, mut out, mut err) = (io::stdin().lock(), io::stdout().lock(), io::stderr());
    let mut run = Run { options: &options, input: &mut input, out: &mut out, err: &mut err };
    match run.all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // The reader has seen enough (`sm3sum … | head`).
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(e) => {
            let _ = writeln!(io::stderr(), "sm3sum: cannot write: {e}");
            ExitCode::FAILURE
        }
    }
}

/// The options, and where to read and write.
struct Run<'a> {
    options: &'a Options,
    input: &'a mut dyn Read,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

/// What became of the lines of a list.
#[derive(Default)]
struct Counts {
    matched: u64,
    wrong: u64,
    unread: u64,
    missing: u64,
    malformed: u64,
}

impl Run<'_> {
    /// Whether all went well; an error is one of writing.
    fn all(&mut self) -> io::Result<bool> {
        let standard_input = [OsString::from("-")];
        let options = self.options;
        let names = if options.files.is_empty() { &standard_input[..] } else { &options.files };
        let mut well = true;
        for name in names {
            well &= if options.check { self.check(name)? } else { self.print(name)? };
        }
        self.out.flush()?;
        Ok(well)
    }

    fn print(&mut self, name: &OsStr) -> io::Result<bool> {
        match hash(name, self.input) {
            Ok(hash) => {
                let line = line(&hash, name, self.options.tag);
                self.out.write_all(&line)?;
                Ok(true)
            }
            Err(e) => self.complain(name, &e.to_string()),
        }
    }

    /// Tells what is wrong with a file. False, as nothing is well then.
    fn complain(&mut self, name: &OsStr, what: &str) -> io::Result<bool> {
        let name = if name == "-" { "standard input".into() } else { name.to_string_lossy() };
        writeln!(self.err, "sm3sum: {name}: {what}")?;
        Ok(false)
    }

    fn check(&mut self, list: &OsStr) -> io::Result<bool> {
        let mut bytes = Vec::new();
        // A list is short, and standard input may be one of its files only after it.
        let read = open(list, self.input).and_then(|mut file| file.read_to_end(&mut bytes));
        if let Err(e) = read {
            return self.complain(list, &e.to_string());
        }
        let mut counts = Counts::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match parse(line) {
                _ if line.is_empty() || line.starts_with(b"#") => {}
                Some((name, want)) => self.check_file(&name, &want, &mut counts)?,
                None => counts.malformed += 1,
            }
        }
        self.sum_up(list, &counts)
    }

    fn check_file(&mut self, name: &OsStr, want: &[u8; 32], n: &mut Counts) -> io::Result<()> {
        let Options { quiet, status, ignore_missing, .. } = *self.options;
        let verdict = match hash(name, self.input) {
            Ok(hash) if hash == *want => {
                n.matched += 1;
                if quiet { None } else { Some("OK") }
            }
            Ok(_) => {
                n.wrong += 1;
                Some("FAILED")
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound && ignore_missing => {
                n.missing += 1;
                None
            }
            Err(e) => {
                n.unread += 1;
                self.complain(name, &e.to_string())?;
                Some("FAILED open or read")
            }
        };
        if let Some(verdict) = verdict.filter(|_| !status) {
            let (mark, name) = escape(name);
            self.out.write_all(&[mark, &name, b": ", verdict.as_bytes(), b"\n"].concat())?;
        }
        Ok(())
    }

    fn sum_up(&mut self, list: &OsStr, n: &Counts) -> io::Result<bool> {
        if n.matched + n.wrong + n.unread + n.missing == 0 {
            return self.complain(list, "no line is a hash value and a name");
        }
        if !self.options.status {
            for (n, what) in [
                (n.malformed, "not well formed: lines"),
                (n.unread, "could not be read: files"),
                (n.wrong, "hash values that are NOT those of the list: files"),
            ] {
                if n > 0 {
                    writeln!(self.err, "sm3sum: WARNING: {what}: {n}")?;
                }
            }
        }
        if n.missing > 0 && n.matched + n.wrong + n.unread == 0 {
            return self.complain(list, "none of its files is there");
        }
        Ok(n.wrong + n.unread == 0 && !(self.options.strict && n.malformed > 0))
    }
}

fn open<'a>(name: &OsStr, input: &'a mut dyn Read) -> io::Result<Box<dyn Read + 'a>> {
    if name == "-" {
        return Ok(Box::new(input));
    }
    let file = File::open(name)?;
    let length = file.metadata()?.len();
    if length < LONG {
        return Ok(Box::new(file));
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = "{wide_msg} {bytes}/{total_bytes} {bar:20} {binary_bytes_per_sec} {eta}";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
    bar.set_message(name.to_string_lossy().into_owned());
    Ok(Box::new(bar.with_finish(indicatif::ProgressFinish::AndClear).wrap_read(file)))
}

fn hash(name: &OsStr, input: &mut dyn Read) -> io::Result<[u8; 32]> {
    let mut file = BufReader::with_capacity(256 << 10, open(name, input)?);
    let mut sm3 = Sm3::new();
    loop {
        let bytes = match file.fill_buf() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        if bytes.is_empty() {
            return Ok(sm3.finalize().into());
        }
        sm3.update(bytes);
        let n = bytes.len();
        file.consume(n);
    }
}

/// A line for `hash` and `name`.
fn line(hash: &[u8; 32], name: &OsStr, tag: bool) -> Vec<u8> {
    let hex = hash.map(|byte| format!("{byte:02x}")).concat();
    let (mark, name) = escape(name);
    if tag {
        [mark, b"SM3 (", &name, b") = ", hex.as_bytes(), b"\n"].concat()
    } else {
        [mark, hex.as_bytes(), b"  ", &name, b"\n"].concat()
    }
}

/// What is put before a line with `name`, and `name` within it.
fn escape(name: &OsStr) -> (&'static [u8], Vec<u8>) {
    let mut escaped = Vec::new();
    for byte in name.as_encoded_bytes() {
        match byte {
            b'\\' => escaped.extend(b"\\\\"),
            b'\n' => escaped.extend(b"\\n"),
            b'\r' => escaped.extend(b"\\r"),
            byte => escaped.push(*byte),
        }
    }
    let mark: &[u8] = if escaped.len() == name.len() { b"" } else { b"\\" };
    (mark, escaped)
}

/// The name and the hash value of a line, if it is well formed.
fn parse(line: &[u8]) -> Option<(OsString, [u8; 32])> {
    let (escaped, line) = match line.strip_prefix(b"\\") {
        Some(line) => (true, line),
        None => (false, line),
    };
    let (name, hex) = if let Some(line) = line.strip_prefix(b"SM3 (") {
        let (line, hex) = line.split_last_chunk::<64>()?;
        (line.strip_suffix(b") = ")?, hex)
    } else {
        let (hex, line) = line.split_first_chunk::<64>()?;
        (line.strip_prefix(b"  ").or(line.strip_prefix(b" *"))?, hex)
    };
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(hex.as_chunks::<2>().0) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    let name = if escaped { unescape(name)? } else { name.to_vec() };
    if name.is_empty() { None } else { Some((os_string(name)?, hash)) }
}

fn unescape(name: &[u8]) -> Option<Vec<u8>> {
    let (mut plain, mut bytes) = (Vec::new(), name.iter());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "as on other systems")]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(test)]
#[path = "sm3sum/tests.rs"]
mod tests;
