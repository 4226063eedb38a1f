//! Points as bytes: SEC 1, and the fixed length of `group`.

use super::{AffinePoint, ProjectivePoint, Sm2};
use elliptic_curve::{
    CurveAffine, CurveGroup, Error,
    ctutils::{self, CtSelect},
    group::GroupEncoding,
    point::{AffineCoordinates, DecompressPoint},
    sec1::{CompressedPoint, Coordinates, FromSec1Point, Sec1Point, ToSec1Point},
};
use subtle::{Choice, ConstantTimeEq, CtOption};

/// Of 04 ‖ x ‖ y, 02 ‖ x, 03 ‖ x and, for O, 00.
impl FromSec1Point<Sm2> for AffinePoint {
    fn from_sec1_point(point: &Sec1Point<Sm2>) -> ctutils::CtOption<Self> {
        match point.coordinates() {
            Coordinates::Identity => ctutils::CtOption::some(Self::IDENTITY),
            Coordinates::Compressed { x, y_is_odd } => {
                Self::decompress(x, Choice::from(u8::from(y_is_odd))).into()
            }
            Coordinates::Uncompressed { x, y } => Self::from_coordinates(x, y).into(),
            // No standard of SM2 has the form 05 ‖ x.
            Coordinates::Compact { .. } => {
                ctutils::CtOption::new(Self::IDENTITY, ctutils::Choice::FALSE)
            }
        }
    }
}

/// O is the one byte 00.
impl ToSec1Point<Sm2> for AffinePoint {
    fn to_sec1_point(&self, compress: bool) -> Sec1Point<Sm2> {
        let point = Sec1Point::<Sm2>::from_affine_coordinates(&self.x(), &self.y(), compress);
        point.ct_select(&Sec1Point::<Sm2>::identity(), self.is_identity().into())
    }
}

impl FromSec1Point<Sm2> for ProjectivePoint {
    fn from_sec1_point(point: &Sec1Point<Sm2>) -> ctutils::CtOption<Self> {
        AffinePoint::from_sec1_point(point).map(Self::from)
    }
}

impl ToSec1Point<Sm2> for ProjectivePoint {
    fn to_sec1_point(&self, compress: bool) -> Sec1Point<Sm2> {
        self.to_affine().to_sec1_point(compress)
    }
}

impl TryFrom<&Sec1Point<Sm2>> for AffinePoint {
    type Error = Error;

    fn try_from(point: &Sec1Point<Sm2>) -> Result<Self, Error> {
        Self::from_sec1_point(point).into_option().ok_or(Error)
    }
}

impl From<AffinePoint> for Sec1Point<Sm2> {
    fn from(point: AffinePoint) -> Self {
        point.to_sec1_point(false)
    }
}

/// 02 ‖ x or 03 ‖ x; O is 33 zeros.
impl GroupEncoding for AffinePoint {
    type Repr = CompressedPoint<Sm2>;

    fn from_bytes(bytes: &Self::Repr) -> CtOption<Self> {
        let tag = bytes.0[0];
        let mut x = elliptic_curve::FieldBytes::<Sm2>::default();
        x.copy_from_slice(&bytes[1..]);
        let point = Self::decompress(&x, Choice::from(tag & 1));
        let is_compressed = (tag | 1).ct_eq(&3);
        let is_identity = bytes.0.ct_eq(&[0; 33]);
        point
            .and_then(|point| CtOption::new(point, is_compressed))
            .or_else(|| CtOption::new(Self::IDENTITY, is_identity))
    }

    /// As [`from_bytes`](Self::from_bytes): there is nothing to leave out.
    fn from_bytes_unchecked(bytes: &Self::Repr) -> CtOption<Self> {
        Self::from_bytes(bytes)
    }

    fn to_bytes(&self) -> Self::Repr {
        let mut bytes = Self::Repr::default();
        bytes[0] = 2 | self.y_is_odd().unwrap_u8();
        bytes[1..].copy_from_slice(&self.x());
        // The x of O is 0.
        bytes[0] = CtSelect::ct_select(&bytes[0], &0, self.is_identity().into());
        bytes
    }
}

/// 02 ‖ x or 03 ‖ x; O is 33 zeros.
impl GroupEncoding for ProjectivePoint {
    type Repr = CompressedPoint<Sm2>;

    fn from_bytes(bytes: &Self::Repr) -> CtOption<Self> {
        <AffinePoint as GroupEncoding>::from_bytes(bytes).map(Self::from)
    }

    /// As [`from_bytes`](Self::from_bytes): there is nothing to leave out.
    fn from_bytes_unchecked(bytes: &Self::Repr) -> CtOption<Self> {
        <Self as GroupEncoding>::from_bytes(bytes)
    }

    fn to_bytes(&self) -> Self::Repr {
        self.to_affine().to_bytes()
    }
}
