//! sm3sum: the lines it writes and reads, and how it ends.

use super::{Options, Run, escape, line, parse};
use clap::{CommandFactory, Parser};
use shangmi::sm3::Sm3;
use std::{ffi::OsString, fs, path::PathBuf, process};

/// GB/T 32905-2016, A.1: "abc".
const ABC: &str = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";

/// Whether all went well, standard output, standard error.
fn run(arguments: &[&str], input: &str) -> (bool, String, String) {
    let options = Options::try_parse_from([&["sm3sum"], arguments].concat()).expect("options");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut input = input.as_bytes();
    let mut run = Run { options: &options, input: &mut input, out: &mut out, err: &mut err };
    let well = run.all().expect("a Vec can be written");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (well, text(out), text(err))
}

/// A folder of its own for each test, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sm3sum-{}-{name}", process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).expect("a file can be written");
        self.name(name)
    }

    fn name(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn options_are_sound() {
    Options::command().debug_assert();
    for wrong in [&["--quiet"][..], &["--tag", "--check"], &["--nonsense"]] {
        assert!(Options::try_parse_from([&["sm3sum"], wrong].concat()).is_err());
    }
}

#[test]
fn lines_are_as_those_of_sha256sum() {
    assert_eq!(run(&[], "abc"), (true, format!("{ABC}  -\n"), String::new()));
    assert_eq!(run(&["--tag", "-"], "abc").1, format!("SM3 (-) = {ABC}\n"));
    let folder = Folder::new("lines");
    let (abc, none) = (folder.file("a c", "abc"), folder.name("none"));
    let (well, out, err) = run(&[&none, &abc], "");
    assert_eq!((well, out), (false, format!("{ABC}  {abc}\n")));
    assert!(err.starts_with(&format!("sm3sum: {none}: ")), "{err}");
}

#[test]
fn a_line_that_was_written_can_be_read() {
    let hash = Sm3::digest(b"abc").into();
    for name in ["a", " *-# \u{df}", "\\", "a\nb", "a\\nb\r", "SM3 (x) = ", ") = y"] {
        let name = OsString::from(name);
        for tag in [false, true] {
            let line = line(&hash, &name, tag);
            let (newline, line) = line.split_last().expect("not empty");
            assert_eq!((newline, parse(line)), (&b'\n', Some((name.clone(), hash))));
        }
    }
    assert_eq!(escape("a\nb".as_ref()), (&b"\\"[..], b"a\\nb".to_vec()));
}

#[test]
fn what_is_no_line_is_refused() {
    let upper = ABC.to_uppercase();
    assert!(parse(format!("{upper} *name").as_bytes()).is_some());
    let short = &ABC[1..];
    for line in [
        String::new(),
        ABC.to_owned(),
        format!("{ABC} name"),
        format!("{ABC}  "),
        format!("{short}  name"),
        format!("{short}g  name"),
        format!("+{short}  name"),
        format!("\\{ABC}  a\\b"),
        format!("\\{ABC}  a\\"),
        format!("SM3 (name) = {short}"),
        format!("SM3 (name)= {ABC}"),
        format!("SHA256 (name) = {ABC}"),
    ] {
        assert_eq!(parse(line.as_bytes()), None, "{line}");
    }
}

#[test]
fn a_list_is_checked() {
    let folder = Folder::new("list");
    let (abc, other) = (folder.file("abc", "abc"), folder.file("other", "abd"));
    let none = folder.name("none");
    let list = |lines: &[&str]| folder.file("list", &lines.join("\n"));
    let (good, bad) = (format!("{ABC}  {abc}"), format!("{ABC} *{other}"));
    let (missing, ok) = (format!("SM3 ({none}) = {ABC}"), format!("{abc}: OK\n"));

    let name = list(&["# a list", &good, "", &format!("{good}\r")]);
    assert_eq!(run(&["-c", &name], ""), (true, ok.repeat(2), String::new()));
    for silent in ["--quiet", "--status"] {
        assert_eq!(run(&["-c", silent, &name], ""), (true, String::new(), String::new()));
    }
    assert_eq!(run(&["-c"], &good), (true, ok.clone(), String::new()));

    let name = list(&[&bad, &good]);
    let failed = format!("{other}: FAILED\n");
    let (well, out, err) = run(&["-c", &name], "");
    assert_eq!((well, out), (false, format!("{failed}{ok}")));
    assert!(err.contains("NOT those of the list: files: 1"), "{err}");
    assert_eq!(run(&["-c", "--quiet", &name], "").1, failed);
    assert_eq!(run(&["-c", "--status", &name], ""), (false, String::new(), String::new()));

    let name = list(&[&missing, &good]);
    let (well, out, err) = run(&["-c", &name], "");
    assert_eq!((well, out), (false, format!("{none}: FAILED open or read\n{ok}")));
    assert!(err.contains("could not be read: files: 1"), "{err}");
    assert_eq!(run(&["-c", "--ignore-missing", &name], ""), (true, ok.clone(), String::new()));
    let name = list(&[&missing]);
    assert!(!run(&["-c", "--ignore-missing", &name], "").0);

    let name = list(&[&good, "nonsense"]);
    let (well, out, err) = run(&["-c", &name], "");
    assert_eq!((well, out), (true, ok));
    assert!(err.contains("not well formed: lines: 1"), "{err}");
    assert!(!run(&["-c", "--strict", &name], "").0);
    for text in ["", "nonsense\n"] {
        let (well, out, err) = run(&["-c"], text);
        assert_eq!((well, out.as_str()), (false, ""));
        assert_eq!(err, "sm3sum: standard input: no line is a hash value and a name\n");
    }
}
