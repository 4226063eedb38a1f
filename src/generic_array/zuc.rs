//! ZUC for the former generation.

use crate::zuc::{
    Eea3, Eia3, LongTag, MacSize, Nca6, Nea6, Nia6, ShortTag, Zuc128, Zuc256, Zuc256Mac, Zuc256V1,
    Zuc256V1Mac, ZucMur,
};
use aead::AeadInOut as _;
use aead05::{AeadCore, AeadInPlace, Error, Nonce, Tag, generic_array::ArrayLength};
use cipher::StreamCipher as _;
use cipher04::{
    AlgorithmName, InvalidLength, Iv, IvSizeUser, Key, KeyInit, KeyIvInit, KeySizeUser,
    StreamCipher, StreamCipherError,
    consts::{U0, U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16, U23, U32, U48},
    inout,
};
use core::fmt;
use digest010::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};

stream_cipher!(Zuc128, key U16, iv U16);
stream_cipher!(Eea3, key U16, iv U16);
stream_cipher!(Zuc256, key U32, iv U16);
stream_cipher!(Zuc256V1, key U32, iv U23);
stream_cipher!(Nea6, key U32, iv U15);
key_iv_init!(Eia3, key U16, iv U16);
key_iv_init!(Zuc256Mac<N>, key U32, iv U16, for N: MacSize);
key_iv_init!(Zuc256V1Mac<N>, key U32, iv U23, for N: MacSize);
key_iv_init!(Nia6<N>, key U32, iv U15, for N: ShortTag);

mac! {
    Eia3, U4;
    Zuc256Mac<U4>, U4; Zuc256Mac<U8>, U8; Zuc256Mac<U16>, U16;
    Zuc256V1Mac<U4>, U4; Zuc256V1Mac<U8>, U8; Zuc256V1Mac<U16>, U16;
    Nia6<U4>, U4; Nia6<U5>, U5; Nia6<U6>, U6; Nia6<U7>, U7;
    Nia6<U8>, U8; Nia6<U9>, U9; Nia6<U10>, U10; Nia6<U11>, U11;
    Nia6<U12>, U12; Nia6<U13>, U13; Nia6<U14>, U14; Nia6<U15>, U15;
    Nia6<U16>, U16;
}

aead!(Nca6<N>, key U32, nonce U15, tag N, for N: ShortTag);
aead!(ZucMur<N>, key U48, nonce U16, tag N, for N: LongTag);
