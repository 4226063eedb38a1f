//! What the examples do with files: keys are read from them, and results appear under their names only when they are whole.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What went wrong with `path`, for users.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

/// A key of `N` bytes: so many bytes, or twice as many hexadecimal digits and perhaps an end of line.
pub(crate) fn read_key<const N: usize>(path: &Path) -> Result<Zeroizing<[u8; N]>, String> {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * N + 3));
    let most = 2 * N as u64 + 3;
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut text)).map_err(at(path))?;
    let mut key = Zeroizing::new([0; N]);
    if text.len() == N {
        key.copy_from_slice(&text);
        return Ok(key);
    }
    let (digits, odd) = text.trim_ascii_end().as_chunks::<2>();
    let bytes = digits.iter().map(|[high, low]| {
        let digit = |c: u8| char::from(c).to_digit(16);
        u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
    });
    let mut right = odd.is_empty() && digits.len() == N;
    for (to, byte) in key.iter_mut().zip(bytes) {
        right &= byte.is_some();
        *to = byte.unwrap_or(0);
    }
    let wanted = || format!("{}: neither {N} bytes nor {} hex digits", path.display(), 2 * N);
    if right { Ok(key) } else { Err(wanted()) }
}

/// A file that only its owner can read, and that was not there before.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A file beside `path` that takes its place in the end, and is removed if it does not come to that.
pub(crate) struct Draft {
    path: PathBuf,
    /// Its name until then.
    part: PathBuf,
    file: BufWriter<File>,
}

impl Draft {
    /// Fails if `path` exists, unless by `force`.
    pub(crate) fn new(path: &Path, force: bool) -> Result<Self, String> {
        if !force && path.symlink_metadata().is_ok() {
            return Err(format!("{}: exists already (--force replaces it)", path.display()));
        }
        let mut name = OsString::from(path);
        name.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(name);
        let file = BufWriter::new(create_private(&part).map_err(at(&part))?);
        Ok(Self { path: path.to_owned(), part, file })
    }

    /// Gives the file its name, and the permissions of `like`.
    pub(crate) fn finish(mut self, like: &Path) -> Result<(), String> {
        let mut end = || {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            fs::set_permissions(&self.part, fs::metadata(like)?.permissions())?;
            fs::rename(&self.part, &self.path)
        };
        end().map_err(at(&self.path))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there any more if all went well.
        let _ = fs::remove_file(&self.part);
    }
}

/// A folder of its own for each test, gone with it.
#[cfg(test)]
pub(crate) struct Folder(PathBuf);

#[cfg(test)]
impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("shangmi-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// The path of `name` in it.
    pub(crate) fn name(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), bytes).expect("a file can be written");
        self.name(name)
    }

    /// The names of all files in it, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name());
        let names = fs::read_dir(&self.0).expect("it is there").map(name);
        let text = |name: io::Result<OsString>| name.ok()?.into_string().ok();
        let mut names: Vec<_> = names.map(|name| text(name).expect("UTF-8")).collect();
        names.sort();
        names
    }
}

#[cfg(test)]
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
