//! Reads the files of `vectors/`: `name = value` lines, a blank line between cases, `#` comments.
//!
//! Shared by the tests and the report, so a fault is a value here, not a panic.
#![allow(dead_code, unused_imports, reason = "each test program uses a part")]

use std::{cell::RefCell, collections::HashMap, fmt, fs, path::Path};

#[cfg(feature = "drbg")]
pub(crate) mod drbg;
#[cfg(feature = "sm2")]
pub(crate) mod sm2;
#[cfg(feature = "sm2")]
pub(crate) mod sm2_enc;
#[cfg(feature = "sm3")]
pub(crate) mod sm3;
#[cfg(feature = "sm4")]
pub(crate) mod sm4;
#[cfg(feature = "zuc")]
pub(crate) mod zuc;

/// Why a file did not pass.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file is not what it should be.
    Malformed(String),
    /// A computed value is not the file's.
    Wrong(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "malformed: {what}"),
            Self::Wrong(what) => write!(f, "wrong: {what}"),
        }
    }
}

/// One case of a vector file.
pub(crate) struct Case {
    /// File and line.
    at: String,
    fields: HashMap<String, String>,
    read: RefCell<Vec<String>>,
}

impl Case {
    fn malformed(&self, what: &str) -> Failure {
        Failure::Malformed(format!("{}: {what}", self.at))
    }

    /// The field `name`, as written.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        self.read.borrow_mut().push(name.to_owned());
        let text = self.fields.get(name).map(String::as_str);
        text.ok_or_else(|| self.malformed(&format!("no field {name}")))
    }

    /// The field `name`, as bytes from hexadecimal.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let text = self.text(name)?;
        let (pairs, odd) = text.as_bytes().as_chunks::<2>();
        let digit = |c: u8| char::from(c).to_digit(16);
        let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
        let bytes = pairs.iter().map(byte).collect::<Option<_>>();
        let bytes = bytes.filter(|_| odd.is_empty());
        bytes.ok_or_else(|| self.malformed(&format!("{name} is not hexadecimal bytes: {text}")))
    }

    /// The field `name`, as exactly `N` bytes from hexadecimal.
    pub(crate) fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], Failure> {
        let bytes = self.bytes(name)?;
        let wrong = |b: Vec<u8>| self.malformed(&format!("{name} has {} bytes, not {N}", b.len()));
        bytes.try_into().map_err(wrong)
    }

    /// The field `name`, as a decimal number.
    pub(crate) fn number(&self, name: &str) -> Result<usize, Failure> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.malformed(&format!("{name} is not a number: {text}")))
    }

    /// Fails unless `got` is the field `name`.
    pub(crate) fn equal(&self, name: &str, got: &[u8]) -> Result<(), Failure> {
        let want = self.bytes(name)?;
        if got == want {
            return Ok(());
        }
        let hex = |b: &[u8]| b.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().concat();
        let what = format!("{}: {name} is {}, not {}", self.at, hex(got), hex(&want));
        Err(Failure::Wrong(what))
    }

    /// Fails unless `holds`, with the words `what`.
    pub(crate) fn ensure(&self, holds: bool, what: &str) -> Result<(), Failure> {
        if holds { Ok(()) } else { Err(Failure::Wrong(format!("{}: {what}", self.at))) }
    }

    fn all_read(&self) -> Result<(), Failure> {
        let read = self.read.borrow();
        let mut unread: Vec<_> = self.fields.keys().filter(|k| !read.contains(k)).collect();
        unread.sort();
        if unread.is_empty() {
            return Ok(());
        }
        Err(self.malformed(&format!("fields that nothing reads: {unread:?}")))
    }
}

/// The cases of `dir`/`file`. Fails if there are none.
pub(crate) fn cases(dir: &Path, file: &str) -> Result<Vec<Case>, Failure> {
    let path = dir.join(file);
    let malformed = |what: String| Failure::Malformed(format!("{}: {what}", path.display()));
    let text = fs::read_to_string(&path).map_err(|e| malformed(e.to_string()))?;
    let mut cases = Vec::new();
    let (mut fields, mut first) = (HashMap::new(), 0);
    for (n, line) in (1..).zip(text.lines().chain([""])) {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = line.split_once('=') {
            if fields.is_empty() {
                first = n;
            }
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            if fields.insert(name.clone(), value).is_some() {
                return Err(malformed(format!("line {n}: {name} stands twice in one case")));
            }
        } else if !line.is_empty() {
            return Err(malformed(format!("line {n}: not a field: {line}")));
        } else if !fields.is_empty() {
            let at = format!("{}:{first}", path.display());
            cases.push(Case { at, fields: std::mem::take(&mut fields), read: RefCell::default() });
        }
    }
    if cases.is_empty() { Err(malformed("no cases".to_owned())) } else { Ok(cases) }
}

/// Runs `check` on every case of `dir`/`file`, and returns how many there were.
///
/// Fails at the first case that does, or of which `check` leaves a field unread.
pub(crate) fn each_case(
    dir: &Path,
    file: &str,
    check: impl Fn(&Case) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let cases = cases(dir, file)?;
    for case in &cases {
        check(case)?;
        case.all_read()?;
    }
    Ok(cases.len())
}

/// The project's own vectors.
pub(crate) fn vectors() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}
