//! envelope: what is sealed is opened, by nobody else, and not if it was changed.

use super::{
    Command, Failure, NO_ENVELOPE, NOT_OPENED, Options, Parts, SIGNED, Sender, open, run, seal,
};
use clap::{CommandFactory, Parser};
use getrandom::SysRng;
use shangmi::sm2::SecretKey;
use std::{fs, path::PathBuf, process};

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes(&[byte; 32]).expect("in range")
}

fn sealed(sender: Option<&SecretKey>, content: &[u8]) -> Vec<u8> {
    seal(&mut SysRng, &key(1).public_key(), sender, content).expect("sealed")
}

fn fails(envelope: &[u8], sender: &Sender, words: &str) -> bool {
    open(&key(1), sender, envelope).is_err_and(|Failure(what)| what == words)
}

#[test]
fn what_is_sealed_is_opened() {
    let alice = key(2);
    for n in [0, 1, 15, 16, 17, 63, 64, 65, 5000] {
        let content: Vec<u8> = (0..=255).cycle().take(n).collect();
        let unsigned = sealed(None, &content);
        for sender in [Sender::Unsigned, Sender::Anybody] {
            assert_eq!(*open(&key(1), &sender, &unsigned).expect("opened"), content);
        }
        let signed = sealed(Some(&alice), &content);
        assert_eq!(signed.len() - Parts::of(&signed).expect("whole").header.len(), n + 64 + 16);
        for sender in [Sender::Key(alice.public_key()), Sender::Anybody] {
            assert_eq!(*open(&key(1), &sender, &signed).expect("opened"), content);
        }
        // A key and a nonce of its own for each.
        assert_ne!(sealed(None, &content), unsigned);
    }
}

#[test]
fn it_is_opened_with_one_key_and_only_as_it_was() {
    for sender in [None, Some(&key(2))] {
        let good = sealed(sender, b"content");
        let other = open(&key(3), &Sender::Anybody, &good);
        assert!(other.is_err_and(|Failure(what)| what == NOT_OPENED));
        for i in 0..good.len() {
            let mut changed = good.clone();
            changed[i] ^= 1;
            assert!(open(&key(1), &Sender::Anybody, &changed).is_err(), "byte {i}");
            assert!(open(&key(1), &Sender::Anybody, &good[..i]).is_err(), "{i} bytes");
        }
        assert!(fails(&[&good[..], &[0]].concat(), &Sender::Anybody, NOT_OPENED));
    }
    for foreign in [&b""[..], b"SM2SM4E1", b"SM2SM4E2 and more", &[0; 500]] {
        assert!(fails(foreign, &Sender::Anybody, NO_ENVELOPE));
    }
}

#[test]
fn the_sender_is_the_one_expected() {
    let (alice, eve) = (key(2), key(3));
    let (from_alice, from_nobody) = (sealed(Some(&alice), b"content"), sealed(None, b"content"));
    assert!(fails(&from_alice, &Sender::Unsigned, SIGNED));
    assert!(fails(&from_nobody, &Sender::Key(alice.public_key()), "it is not signed"));
    let wrong = "it was not signed by this sender for this recipient";
    assert!(fails(&from_alice, &Sender::Key(eve.public_key()), wrong));
}

#[test]
fn what_was_signed_for_one_recipient_is_not_taken_by_another() {
    let (alice, bob, carol) = (key(2), key(1), key(4));
    let for_bob = sealed(Some(&alice), b"you owe me");
    // Bob passes on what he opened, signature and all.
    let opened = open_with_signature(&bob, &for_bob);
    let mut passed_on =
        seal(&mut SysRng, &carol.public_key(), Some(&bob), &opened[64..]).expect("sealed");
    assert!(open(&carol, &Sender::Key(bob.public_key()), &passed_on).is_ok());
    passed_on = reseal(&carol, &opened);
    let result = open(&carol, &Sender::Key(alice.public_key()), &passed_on);
    assert!(result.is_err_and(|Failure(what)| what.starts_with("it was not signed by")));
}

/// The signature and the content.
fn open_with_signature(key: &SecretKey, envelope: &[u8]) -> Vec<u8> {
    let parts = Parts::of(envelope).expect("whole");
    decrypt(key, &parts)
}

fn decrypt(key: &SecretKey, parts: &Parts<'_>) -> Vec<u8> {
    use shangmi::{aead::KeyInit, sm2::pke::Format, sm4::Sm4Gcm};
    let mut buffer = [0; 256];
    let key = key.decrypt(Format::Der, parts.encrypted_key, &mut buffer).expect("decrypted");
    let key: &[u8; 16] = (&*key).try_into().expect("16 bytes");
    let gcm: Sm4Gcm = Sm4Gcm::new(key.into());
    let mut content = parts.encrypted.to_vec();
    let buffer = content.as_mut_slice();
    gcm.decrypt_with_nonce(parts.nonce, parts.header, buffer.into(), parts.tag.into())
        .expect("decrypted");
    content
}

/// An envelope for `recipient` that says that `signed` begins with a signature.
fn reseal(recipient: &SecretKey, signed: &[u8]) -> Vec<u8> {
    use shangmi::{aead::KeyInit, sm2::pke::Format, sm4::Sm4Gcm};
    let mut buffer = [0; 256];
    let recipient = recipient.public_key();
    let key = recipient.encrypt(&mut SysRng, Format::Der, &[7; 16], &mut buffer).expect("short");
    let length = u16::try_from(key.len()).expect("short").to_be_bytes();
    let header = [&b"SM2SM4E1\x01"[..], &length, key, &[0; 12]].concat();
    let gcm: Sm4Gcm = Sm4Gcm::new(&[7; 16].into());
    let mut content = signed.to_vec();
    let tag = gcm.encrypt_with_nonce(&[0; 12], &header, content.as_mut_slice().into());
    [&header[..], &content, &tag.expect("short")].concat()
}

#[test]
fn files_are_sealed_and_opened() {
    Options::command().debug_assert();
    let folder = std::env::temp_dir().join(format!("envelope-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = |name: &str| folder.join(name);
    let act = |arguments: &str| {
        let names = arguments.split(' ').map(|word| match word.strip_prefix('@') {
            Some(name) => path(name),
            None => PathBuf::from(word),
        });
        let arguments = std::iter::once("envelope".into()).chain(names);
        run(&Options::try_parse_from(arguments).expect("options").command, &mut SysRng)
    };
    fs::write(path("text"), "content").expect("a file");
    act("new-key @alice.2").expect("keys");
    act("new-key @bob").expect("keys");
    act("seal --to @bob.pub --sign @alice.2.key @text @sealed").expect("an envelope");
    act("open --key @bob.key --from @alice.2.pub @sealed @opened").expect("opened");
    assert_eq!(fs::read(path("opened")).expect("a file"), b"content");

    let fails = |arguments: &str, words: &str| {
        act(arguments).is_err_and(|Failure(what)| what.contains(words))
    };
    assert!(fails("open --key @bob.key @sealed @other", SIGNED));
    assert!(fails("open --key @alice.2.key --from-anybody @sealed @other", NOT_OPENED));
    assert!(fails("open --key @bob.key --from-anybody @text @other", NO_ENVELOPE));
    assert!(fails("open --key @bob.pub --from-anybody @sealed @other", "bob.pub"));
    assert!(fails("open --key @nobody.key --from-anybody @sealed @other", "nobody.key"));
    assert!(!path("other").exists());
    // Nothing is written over.
    assert!(fails("open --key @bob.key --from-anybody @sealed @opened", "opened"));
    assert!(fails("new-key @bob", "bob.key"));
    fs::remove_dir_all(&folder).expect("gone");
}

#[test]
fn options_are_sound() {
    for wrong in [
        &["seal", "a", "b"][..],
        &["open", "a", "b"],
        &["open", "--key", "k", "--from", "f", "--from-anybody", "a", "b"],
    ] {
        assert!(Options::try_parse_from([&["envelope"], wrong].concat()).is_err());
    }
    let options = Options::try_parse_from(["envelope", "new-key", "a"]).expect("options");
    assert!(matches!(options.command, Command::NewKey { .. }));
}
