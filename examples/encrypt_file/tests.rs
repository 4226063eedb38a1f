//! encrypt_file: what goes in comes out, and nothing else does.

use super::{Options, User, files::Folder, format::Header, run};
use clap::{CommandFactory, Parser};
use std::fs;

/// What it says if it fails. `typed` is standard input, at a terminal if `terminal`.
fn with_input(arguments: &[&str], typed: &str, terminal: bool) -> Result<(), String> {
    let options = Options::try_parse_from([&["encrypt_file"], arguments].concat());
    let (mut input, mut err) = (typed.as_bytes(), Vec::new());
    let mut user = User { input: &mut input, err: &mut err, terminal };
    run(&options.expect("options"), &mut user)
}

fn call(arguments: &[&str]) -> Result<(), String> {
    with_input(arguments, "", false)
}

fn bytes(n: usize) -> Vec<u8> {
    (0_u32..).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).take(n).collect()
}

/// A file encrypted under a new key: its name, that of the key.
fn encrypted(folder: &Folder, plain: &[u8]) -> (String, String) {
    let (plain, key) = (folder.file("plain", plain), folder.name("key"));
    let sealed = folder.name("sealed");
    call(&["new-key", &key]).expect("a new key");
    call(&["encrypt", "-k", &key, &plain, &sealed]).expect("encrypts");
    (sealed, key)
}

#[test]
fn options_are_sound() {
    Options::command().debug_assert();
    for wrong in [
        &["encrypt", "a"][..],
        &["encrypt", "a", "b", "-k", "c", "-p", "d"],
        &["encrypt", "a", "b", "--iterations", "999"],
        &["encrypt", "a", "b", "--iterations", "100000001"],
        &["decrypt", "a", "b", "--iterations", "1000"],
    ] {
        assert!(Options::try_parse_from([&["encrypt_file"], wrong].concat()).is_err());
    }
}

#[test]
fn files_of_any_length_come_back() {
    let segment = 64 << 10;
    for n in [0, 1, segment - 1, segment, segment + 1, 3 * segment, 3 * segment + 9] {
        let folder = Folder::new(&format!("length-{n}"));
        let (sealed, key) = encrypted(&folder, &bytes(n));
        let length = fs::metadata(&sealed).expect("is there").len();
        assert_eq!(length, (32 + n + 16 * n.div_ceil(segment).max(1)) as u64);
        let back = folder.name("back");
        call(&["decrypt", "-k", &key, &sealed, &back]).expect("decrypts");
        assert!(fs::read(&back).expect("is there") == bytes(n));
        assert_eq!(folder.names(), ["back", "key", "plain", "sealed"]);
    }
}

#[test]
fn each_encryption_is_another() {
    let folder = Folder::new("another");
    let (sealed, key) = encrypted(&folder, b"a message");
    let again = folder.name("again");
    call(&["encrypt", "-k", &key, &folder.name("plain"), &again]).expect("encrypts");
    assert_ne!(fs::read(sealed).expect("is there"), fs::read(again).expect("is there"));
}

#[test]
fn a_password_may_be_typed_or_read_from_a_file() {
    let folder = Folder::new("password");
    let plain = folder.file("plain", "a message");
    let (sealed, back) = (folder.name("sealed"), folder.name("back"));
    let encrypt = ["encrypt", "--iterations", "1000", &plain, &sealed];
    let differ = with_input(&encrypt, "secret\nsecrte\n", true);
    assert_eq!(differ, Err("the two passwords differ".to_owned()));
    for empty in ["", "\n", "\r\n"] {
        assert_eq!(with_input(&encrypt, empty, false), Err("the password is empty".to_owned()));
    }
    assert!(with_input(&encrypt, &"x".repeat(2000), false).is_err());
    assert_eq!(folder.names(), ["plain"]);
    with_input(&encrypt, "secret\nsecret\n", true).expect("encrypts");
    let file = folder.file("password", "secret\r\nsecond line\n");
    call(&["decrypt", "-p", &file, &sealed, &back]).expect("decrypts");
    assert_eq!(fs::read(&back).expect("is there"), b"a message");
    let wrong = with_input(&["decrypt", "-f", &sealed, &back], "Secret", false);
    assert!(wrong.expect_err("another password").contains("wrong password"));
    with_input(&["decrypt", "-f", &sealed, &back], "secret", false).expect("decrypts");

    let key = folder.name("key");
    call(&["new-key", &key]).expect("a new key");
    let wrong = call(&["decrypt", "-f", "-k", &key, &sealed, &back]);
    assert!(wrong.expect_err("no password").contains("under a password, not a key file"));
    let other = folder.name("other");
    call(&["encrypt", "-k", &key, &plain, &other]).expect("encrypts");
    let wrong = call(&["decrypt", "-f", &other, &back]);
    assert!(wrong.expect_err("no key").contains("under a key file, not a password"));
}

#[test]
fn what_was_altered_cut_or_moved_leaves_no_file() {
    let folder = Folder::new("altered");
    let segment = (64 << 10) + 16;
    let (sealed, key) = encrypted(&folder, &bytes(150_000));
    let sealed = fs::read(sealed).expect("is there");
    let (first, rest) = (&sealed[..32 + segment], &sealed[32 + segment..]);
    let (second, last) = rest.split_at(segment);
    let (header, first) = first.split_at(32);
    let mut wrong = vec![
        [header, second, first, last].concat(),
        [header, first, last].concat(),
        [header, second, last].concat(),
        [header, first, second].concat(),
        [header, first, second, last, &[0]].concat(),
        [header, first, second, last, last].concat(),
        header.to_vec(),
    ];
    for n in [0, 7, 31, 32, 33, 47, 48, 32 + segment - 1, 32 + segment, 32 + segment + 1] {
        wrong.push(sealed[..n].to_vec());
    }
    wrong.push(sealed[..sealed.len() - 1].to_vec());
    // Each byte of the header, and some of the rest.
    for i in (0..32).chain([32, 40, 32 + segment - 1, 32 + segment, sealed.len() - 1]) {
        let mut copy = sealed.clone();
        copy[i] ^= 1;
        wrong.push(copy);
    }
    for wrong in wrong {
        let (wrong, back) = (folder.file("wrong", wrong), folder.name("back"));
        assert!(call(&["decrypt", "-k", &key, &wrong, &back]).is_err());
        assert_eq!(folder.names(), ["key", "plain", "sealed", "wrong"]);
    }
    let other = folder.file("other", "000102030405060708090a0b0c0d0e0f\n");
    let refused = call(&["decrypt", "-k", &other, &folder.name("sealed"), &folder.name("back")]);
    assert!(refused.expect_err("another key").contains("altered or cut short"));
}

#[test]
fn an_output_that_exists_is_kept_unless_forced() {
    let folder = Folder::new("kept");
    let (sealed, key) = encrypted(&folder, b"a message");
    let back = folder.file("back", "precious");
    let refused = call(&["decrypt", "-k", &key, &sealed, &back]).expect_err("exists");
    assert!(refused.contains("exists already"), "{refused}");
    // A failure leaves the old one, too.
    let damaged = folder.file("damaged", &fs::read(&sealed).expect("is there")[..40]);
    assert!(call(&["decrypt", "-f", "-k", &key, &damaged, &back]).is_err());
    assert_eq!(fs::read(&back).expect("is there"), b"precious");
    call(&["decrypt", "-f", "-k", &key, &sealed, &back]).expect("decrypts");
    assert_eq!(fs::read(&back).expect("is there"), b"a message");
    assert!(call(&["new-key", &key]).is_err(), "a key is never replaced");
}

#[test]
fn a_key_file_has_16_bytes_or_32_digits() {
    let folder = Folder::new("keys");
    let plain = folder.file("plain", "a message");
    for (text, right) in [
        (&[0xff_u8; 16][..], true),
        (b"000102030405060708090A0B0C0D0E0f", true),
        (b"000102030405060708090a0b0c0d0e0f\r\n", true),
        (b"000102030405060708090a0b0c0d0e0g", false),
        (b"000102030405060708090a0b0c0d0e0", false),
        (b"000102030405060708090a0b0c0d0e0f00", false),
        (b"", false),
        (&[7; 1000], false),
    ] {
        let key = folder.file("key", text);
        let result = call(&["encrypt", "-f", "-k", &key, &plain, &folder.name("sealed")]);
        assert_eq!(result.is_ok(), right, "{text:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_result_has_the_permissions_of_the_input_and_a_key_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| fs::metadata(name).expect("is there").permissions().mode() & 0o777;
    let folder = Folder::new("permissions");
    let plain = folder.file("plain", "a message");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o640)).expect("ours");
    let (key, sealed) = (folder.name("key"), folder.name("sealed"));
    call(&["new-key", &key]).expect("a new key");
    call(&["encrypt", "-k", &key, &plain, &sealed]).expect("encrypts");
    assert_eq!((mode(&key), mode(&sealed)), (0o600, 0o640));
}

#[test]
fn a_header_that_would_take_for_ever_is_refused() {
    let header = |bytes: &[u8]| Header::read(&mut &bytes[..]).is_ok();
    let mut bytes = *b"SM4-SEG\x01\0\0\x03\xe8\0\x01\0\0a salt of 16 byt";
    assert!(header(&bytes));
    bytes[8] = 0xff;
    assert!(!header(&bytes), "iterations");
    bytes[8] = 0;
    bytes[12] = 0xff;
    assert!(!header(&bytes), "segments");
    bytes[12..16].fill(0);
    assert!(!header(&bytes), "segments");
}
