//! NCA6, ZUC-GXM and ZUC-MUR: whatever arrives, decryption accepts what was encrypted and nothing else,
//! and leaves nothing in the buffer of what it refuses.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    aead::{
        AeadInOut, Error, Nonce, Tag,
        consts::{U8, U12, U16},
    },
    cipher::{Array, InOutBuf, KeyIvInit, StreamCipher},
    zuc::{__backends::Backend, LongTag, Zuc128},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    keys: [[u8; 16]; 3],
    nonce: [u8; 16],
    /// Which backend encrypts, and which decrypts.
    backends: [u8; 2],
    size: Size,
    change: Change,
    tag: [u8; 16],
    /// So many zero bytes follow the AAD, and the data.
    longer: [u16; 2],
    aad: &'a [u8],
    data: &'a [u8],
}

/// The size of the tag. Not less than 64 bits, so that no change is accepted by chance.
#[derive(Arbitrary, Debug)]
enum Size {
    Eight,
    Twelve,
    Sixteen,
}

/// What happens to a message on its way.
#[derive(Arbitrary, Debug)]
enum Change {
    /// A bit of nonce, AAD, data or tag, counted through them all.
    Bit(u16),
    DataCut(u8),
    DataLonger(u8),
    AadCut(u8),
    AadLonger(u8),
    /// So many bytes of the AAD's end become data.
    AadToData(u8),
    /// So many bytes of the data's front become AAD.
    DataToAad(u8),
    OtherTag,
}

/// A message as it travels.
#[derive(Clone, PartialEq, Eq)]
struct Message {
    nonce: Vec<u8>,
    aad: Vec<u8>,
    data: Vec<u8>,
    tag: Vec<u8>,
}

fuzz_target!(|input: Input<'_>| match input.size {
    Size::Eight => all::<U8>(&input),
    Size::Twelve => all::<U12>(&input),
    Size::Sixteen => all::<U16>(&input),
});

fn all<N: LongTag>(input: &Input<'_>) {
    let [first, second] = input.backends.map(backend);
    let ([a, b, _], long) = (&input.keys, input.keys.as_flattened());
    let (key, h) = (long.first_chunk(), hash_key(&input.keys[2]));
    let key = key.expect("48 bytes are 32 at least");
    let nca6 = [first.nca6::<N>(key), second.nca6(key)];
    check(input, 15, N::USIZE, &of_trait(nca6));
    let mur = [first.mur::<N>(a, b, &h), second.mur(a, b, &h)];
    check(input, 16, N::USIZE, &of_trait(mur));
    let gxm = |i: usize, nonce: &[u8]| {
        let nonce = nonce.try_into().expect("16 bytes");
        [first, second][i].gxm::<N>(a, &h, nonce)
    };
    let gxm = Aead {
        encrypt: Box::new(|nonce, aad, data| gxm(0, nonce).encrypt(aad, data).to_vec()),
        decrypt: Box::new(|nonce, aad, data, tag| {
            let tag = Array::try_from(tag).expect("a tag of this size");
            gxm(1, nonce).decrypt(aad, data, &tag)
        }),
    };
    check(input, 16, N::USIZE, &gxm);
}

/// A hash key that is not 0 or another one under which GHASH is weak, as the fuzzer would choose.
fn hash_key(seed: &[u8; 16]) -> [u8; 16] {
    let mut key = [0; 16];
    Zuc128::new(seed.into(), &[0; 16].into()).write_keystream(&mut key);
    key
}

fn backend(number: u8) -> Backend {
    let all: Vec<_> = Backend::all().collect();
    all[usize::from(number) % all.len()]
}

type Encrypt<'a> = Box<dyn Fn(&[u8], &[u8], InOutBuf<'_, '_, u8>) -> Vec<u8> + 'a>;
type Decrypt<'a> = Box<dyn Fn(&[u8], &[u8], InOutBuf<'_, '_, u8>, &[u8]) -> Result<(), Error> + 'a>;

/// An AEAD by its two directions: nonce, AAD, data, tag.
struct Aead<'a> {
    encrypt: Encrypt<'a>,
    decrypt: Decrypt<'a>,
}

fn of_trait<'a, A: AeadInOut + 'a>([first, second]: [A; 2]) -> Aead<'a> {
    let nonce = |nonce: &[u8]| Nonce::<A>::try_from(nonce).expect("a nonce of this size");
    Aead {
        encrypt: Box::new(move |n, aad, data| {
            let tag = first.encrypt_inout_detached(&nonce(n), aad, data);
            tag.expect("the message is short enough").to_vec()
        }),
        decrypt: Box::new(move |n, aad, data, tag| {
            let tag = Tag::<A>::try_from(tag).expect("a tag of this size");
            second.decrypt_inout_detached(&nonce(n), aad, data, &tag)
        }),
    }
}

fn check(input: &Input<'_>, nonce: usize, tag: usize, aead: &Aead<'_>) {
    let nonce = input.nonce[..nonce].to_vec();
    let longer = input.longer.map(|longer| vec![0; usize::from(longer % 700)]);
    let aad = [input.aad, &longer[0]].concat();
    let plaintext = &[input.data, &longer[1]].concat();
    let mut data = plaintext.clone();
    let right = (aead.encrypt)(&nonce, &aad, data.as_mut_slice().into());
    let message = Message { nonce, aad, data, tag: right };
    assert_eq!(decrypt(aead, &message).as_ref(), Some(plaintext));

    let mut changed = message.clone();
    change(&mut changed, input);
    if changed != message {
        assert_eq!(decrypt(aead, &changed), None, "a changed message is accepted");
    }
    // What is given as plaintext, taken for a ciphertext.
    let (data, tag) = (plaintext.clone(), input.tag[..tag].to_vec());
    let garbage = Message { data, tag, ..message };
    if let Some(mut opened) = decrypt(aead, &garbage) {
        let right = (aead.encrypt)(&garbage.nonce, &garbage.aad, opened.as_mut_slice().into());
        assert!(right == garbage.tag && opened == garbage.data, "a forgery is accepted");
    }
}

/// The plaintext, if the tag is right; in place and from buffer to buffer alike.
fn decrypt(aead: &Aead<'_>, message: &Message) -> Option<Vec<u8>> {
    let Message { nonce, aad, data, tag } = message;
    let mut in_place = data.clone();
    let opened = (aead.decrypt)(nonce, aad, in_place.as_mut_slice().into(), tag);
    let mut output = vec![0x33; data.len()];
    let both = InOutBuf::new(data, &mut output).expect("equal lengths");
    assert_eq!((aead.decrypt)(nonce, aad, both, tag).is_ok(), opened.is_ok());
    assert_eq!(in_place, output);
    if opened.is_err() {
        assert!(in_place.iter().all(|byte| *byte == 0), "refused, but not cleared");
    }
    opened.ok().map(|()| output)
}

fn change(message: &mut Message, input: &Input<'_>) {
    let Message { nonce, aad, data, tag } = message;
    match input.change {
        Change::Bit(bit) => {
            let parts = nonce.iter_mut().chain(aad).chain(data).chain(tag);
            let mut bytes: Vec<_> = parts.collect();
            let bit = usize::from(bit) % (8 * bytes.len());
            *bytes[bit / 8] ^= 0x80 >> (bit % 8);
        }
        Change::DataCut(n) => data.truncate(data.len().saturating_sub(n.into())),
        Change::DataLonger(n) => data.resize(data.len() + usize::from(n), 0),
        Change::AadCut(n) => aad.truncate(aad.len().saturating_sub(n.into())),
        Change::AadLonger(n) => aad.resize(aad.len() + usize::from(n), 0),
        Change::AadToData(n) => {
            let moved = aad.split_off(aad.len().saturating_sub(n.into()));
            data.splice(..0, moved);
        }
        Change::DataToAad(n) => aad.extend(data.drain(..data.len().min(n.into()))),
        Change::OtherTag => tag.iter_mut().zip(input.tag).for_each(|(tag, other)| *tag = other),
    }
}
