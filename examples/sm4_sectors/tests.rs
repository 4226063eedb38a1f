//! sm4_sectors: sectors there and back, whole images and parts, and what is refused.

use super::{Options, files::Folder, run};
use clap::{CommandFactory, Parser};
use shangmi::{
    cipher::common::TryKeyInit,
    sm4::{Sm4XtsGb, Sm4XtsIeee},
};
use std::fs;

fn call(arguments: &[&str]) -> Result<(), String> {
    let options = Options::try_parse_from([&["sm4_sectors"], arguments].concat());
    run(&options.expect("options"))
}

fn bytes(n: usize) -> Vec<u8> {
    (0_u32..).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).take(n).collect()
}

fn read(name: &str) -> Vec<u8> {
    fs::read(name).expect("is there")
}

#[test]
fn options_are_sound() {
    Options::command().debug_assert();
    for wrong in [
        &["encrypt", "a", "b"][..],
        &["encrypt", "a", "-k", "c"],
        &["encrypt", "a", "b", "-k", "c", "-s", "1024"],
        &["encrypt", "a", "b", "-k", "c", "--from", "-1"],
    ] {
        assert!(Options::try_parse_from([&["sm4_sectors"], wrong].concat()).is_err());
    }
}

#[test]
fn an_image_comes_back_and_is_xts_in_the_form_asked_for() {
    let folder = Folder::new("image");
    let key: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).expect("small"));
    let (key_file, sealed, back) =
        (folder.file("key", key), folder.name("sealed"), folder.name("back"));
    // More than is read at once.
    let plain = bytes(300 << 10);
    let image = folder.file("image", &plain);
    for (size, form) in [("512", ""), ("4096", ""), ("512", "--ieee"), ("4096", "--ieee")] {
        let call = |command, from: &str, to: &str| {
            let options = ["-f", "-k", &key_file, "-s", size, form];
            let used = if form.is_empty() { &options[..5] } else { &options };
            call(&[&[command, from, to], used].concat()).expect("in range");
        };
        call("encrypt", &image, &sealed);
        let (mut expected, size) = (plain.clone(), size.parse::<usize>().expect("a number"));
        for (number, sector) in (0_u128..).zip(expected.chunks_exact_mut(size)) {
            let tweak = number.to_le_bytes();
            match form {
                "" => Sm4XtsGb::new(&key.into()).expect("two keys").encrypt(&tweak, sector),
                _ => Sm4XtsIeee::new(&key.into()).expect("two keys").encrypt(&tweak, sector),
            }
            .expect("in range");
        }
        assert!(read(&sealed) == expected);
        call("decrypt", &sealed, &back);
        assert!(read(&back) == plain);
    }
}

#[test]
fn a_part_decrypts_to_what_it_is_in_the_whole() {
    let folder = Folder::new("part");
    let (key, sealed, part) = (folder.name("key"), folder.name("sealed"), folder.name("part"));
    let (plain, size) = (bytes(20 * 512), 512);
    let image = folder.file("image", &plain);
    call(&["new-key", &key]).expect("a new key");
    call(&["encrypt", &image, &sealed, "-k", &key]).expect("in range");
    for (from, count) in [(0, 20), (0, 1), (7, 3), (19, 1), (20, 0), (3, 0)] {
        let (first, n) = (from.to_string(), count.to_string());
        let range = ["--from", &first, "--count", &n];
        let command = ["decrypt", "-f", &sealed, &part, "-k", &key];
        call(&[&command[..], &range].concat()).expect("in range");
        assert!(read(&part) == plain[from * size..(from + count) * size]);
    }
    call(&["decrypt", "-f", &sealed, &part, "-k", &key, "--from", "18"]).expect("in range");
    assert!(read(&part) == plain[18 * size..]);
    for beyond in [["--from", "21"], ["--count", "21"], ["--from", "18446744073709551615"]] {
        let command = ["decrypt", "-f", &sealed, &part, "-k", &key];
        let refused = call(&[&command[..], &beyond].concat()).expect_err("beyond the end");
        assert!(refused.ends_with("has 20 sectors"), "{refused}");
    }
}

#[test]
fn equal_keys_half_sectors_and_outputs_that_exist_are_refused() {
    let folder = Folder::new("refused");
    let (image, output) = (folder.file("image", bytes(1024)), folder.name("output"));
    let (good, equal) = (folder.file("good", bytes(32)), folder.file("equal", [7; 32]));
    let refused = call(&["encrypt", &image, &output, "-k", &equal]).expect_err("one key");
    assert!(refused.ends_with("the two keys are equal"), "{refused}");
    assert!(call(&["encrypt", &image, &output, "-k", &folder.file("short", [1; 31])]).is_err());
    assert!(call(&["encrypt", &image, &output, "-k", &good, "-s", "4096"]).is_err());
    let odd = folder.file("odd", bytes(1025));
    let refused = call(&["encrypt", &odd, &output, "-k", &good]).expect_err("a byte more");
    assert!(refused.ends_with("1 bytes beyond the last whole sector"), "{refused}");
    assert!(call(&["encrypt", &image, &odd, "-k", &good]).is_err());
    assert_eq!(read(&odd), bytes(1025));
    assert_eq!(folder.names(), ["equal", "good", "image", "odd", "short"]);
}
