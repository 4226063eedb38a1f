//! wapi_frame: what it prints, and what it refuses.

use super::{
    Options,
    files::Folder,
    frame::{from_hex, hex},
    run,
};
use clap::{CommandFactory, Parser};

/// QoS data to the access point, protected.
const HEADER: &str = "8841 2c00 020304050607 020304050608 020304050609 3412 0500";

fn call(arguments: &[&str], input: &str) -> Result<String, String> {
    let options = Options::try_parse_from([&["wapi_frame"], arguments].concat());
    let (mut input, mut out) = (input.as_bytes(), Vec::new());
    run(&options.expect("options"), &mut input, &mut out)?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

/// The frame in what `seal` printed.
fn frame(printed: &str) -> String {
    let last = printed.lines().last().expect("lines");
    last.strip_prefix("frame           ").expect("the frame").to_owned()
}

#[test]
fn options_are_sound() {
    Options::command().debug_assert();
    for wrong in [
        &["seal", "-k", "key", HEADER, "00"][..],
        &["seal", "-k", "key", "-p", "xyz", HEADER, "00"],
        &["seal", "-k", "key", "-p", "1", "-i", "2", HEADER, "00"],
        &["open", "00"],
    ] {
        assert!(Options::try_parse_from([&["wapi_frame"], wrong].concat()).is_err());
    }
}

#[test]
fn a_frame_is_sealed_shown_and_opened() {
    let folder = Folder::new("frame");
    let key = folder.file("key", [[0x42; 16], [0x24; 16]].concat());
    let seal = ["seal", "-k", &key, "-p", "5c36", "-i", "1", HEADER, "61 6e:20 4c4c43"];
    let sealed = call(&seal, "").expect("in range");
    let frame = frame(&sealed);
    let fields = "\
frame control   8841: QoS data, to the access point
duration        44
address 1       02:03:04:05:06:07
address 2       02:03:04:05:06:08
address 3       02:03:04:05:06:09
sequence        number 291, fragment 4
QoS control     0005
key index       1
packet number   5c36
";
    let shown = call(&["show", &frame], "").expect("a frame");
    assert!(shown.starts_with(fields), "{shown}");
    assert!(sealed.starts_with(&shown), "{sealed}");
    // Header, index and reserved byte, packet number.
    let start = format!("{}0100365c{}", HEADER.replace(' ', ""), "0".repeat(28));
    assert!(frame.starts_with(&start), "{frame}");
    assert_eq!(frame.len(), 2 * (26 + 18 + 6 + 16));
    for (given, input) in
        [(frame.as_str(), ""), ("-", frame.as_str()), ("-", &(frame.clone() + "\n"))]
    {
        let opened = call(&["open", "-k", &key, given], input).expect("authentic");
        assert_eq!(opened, format!("{shown}data            616e204c4c43\n"));
    }
    assert_eq!(
        self::frame(&call(&[&seal[..8], &["-"]].concat(), "616e204c4c43").expect("")),
        frame
    );
}

#[test]
fn what_was_altered_is_refused_but_for_what_may_change_on_the_way() {
    let folder = Folder::new("altered");
    let key = folder.file("key", [[0x42; 16], [0x24; 16]].concat());
    let seal = ["seal", "-k", &key, "-p", "1", HEADER, "616e"];
    let good = from_hex(&frame(&call(&seal, "").expect("in range"))).expect("hexadecimal");
    for i in 0..good.len() {
        let mut altered = good.clone();
        altered[i] ^= 1;
        let opened = call(&["open", "-k", &key, &hex(&altered)], "");
        // Duration, the upper bits of sequence control, and the reserved byte.
        let free = [2, 3, 23, 27].contains(&i);
        assert_eq!(opened.is_ok(), free, "byte {i}: {opened:?}");
    }
    let other = folder.file("other", [[0x42; 16], [0x25; 16]].concat());
    let refused = call(&["open", "-k", &other, &hex(&good)], "").expect_err("other keys");
    assert_eq!(refused, "the MIC is wrong: other keys, or the frame was altered");
}

#[test]
fn what_is_no_frame_is_refused() {
    let folder = Folder::new("no-frame");
    let key = folder.file("key", [7; 32]);
    for frame in ["", "0", "0g", "08", "0841", "8041", &"08".repeat(24 + 18 + 15)] {
        assert!(call(&["show", frame], "").is_err(), "{frame}");
    }
    assert!(call(&["show", &"08".repeat(24 + 18 + 16)], "").is_ok(), "no data at all");
    let long = "00".repeat(1 << 16);
    for (header, data) in [(&HEADER[2..], "00"), (&HEADER[..50], "00"), (HEADER, &long)] {
        assert!(call(&["seal", "-k", &key, "-p", "1", header, data], "").is_err());
    }
    let more = format!("{HEADER}00");
    let refused = call(&["seal", "-k", &key, "-p", "1", &more, "00"], "").expect_err("too long");
    assert_eq!(refused, "the MAC header has 27 bytes, not 26");
}
