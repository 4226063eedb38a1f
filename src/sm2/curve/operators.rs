//! The many forms of an operator, and the traits that every type of the curve has.

/// `$value` as an operator on `$a` and `$b`, each owned or borrowed, and as an assignment.
macro_rules! operator {
    ($op:ident $method:ident, $assign:ident $assign_method:ident: $a:ty, $b:ty, $value:expr) => {
        impl core::ops::$op<$b> for $a {
            type Output = $a;
            #[inline]
            fn $method(self, other: $b) -> $a {
                $value(&self, &other)
            }
        }
        impl core::ops::$op<&$b> for $a {
            type Output = $a;
            #[inline]
            fn $method(self, other: &$b) -> $a {
                $value(&self, other)
            }
        }
        impl core::ops::$op<$b> for &$a {
            type Output = $a;
            #[inline]
            fn $method(self, other: $b) -> $a {
                $value(self, &other)
            }
        }
        impl core::ops::$op<&$b> for &$a {
            type Output = $a;
            #[inline]
            fn $method(self, other: &$b) -> $a {
                $value(self, other)
            }
        }
        impl core::ops::$assign<$b> for $a {
            #[inline]
            fn $assign_method(&mut self, other: $b) {
                *self = $value(self, &other);
            }
        }
        impl core::ops::$assign<&$b> for $a {
            #[inline]
            fn $assign_method(&mut self, other: &$b) {
                *self = $value(self, other);
            }
        }
    };
}
pub(super) use operator;

/// `Sum` or `Product` of `$type`, owned or borrowed: `$op` from `$start` on.
macro_rules! fold {
    ($trait:ident $method:ident, $type:ty, $start:expr, $op:expr) => {
        impl core::iter::$trait for $type {
            fn $method<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold($start, $op)
            }
        }
        impl<'a> core::iter::$trait<&'a Self> for $type {
            fn $method<I: Iterator<Item = &'a Self>>(values: I) -> Self {
                values.fold($start, $op)
            }
        }
    };
}
pub(super) use fold;

/// What `subtle` has of the type of one field `$type`, for `ctutils`, `==` and `zeroize`; `Debug` shows nothing.
macro_rules! value {
    ($type:ident) => {
        impl subtle::ConditionallySelectable for $type {
            fn conditional_select(a: &Self, b: &Self, choice: subtle::Choice) -> Self {
                Self(subtle::ConditionallySelectable::conditional_select(&a.0, &b.0, choice))
            }
        }
        impl subtle::ConstantTimeEq for $type {
            fn ct_eq(&self, other: &Self) -> subtle::Choice {
                self.0.ct_eq(&other.0)
            }
        }
        impl elliptic_curve::ctutils::CtSelect for $type {
            fn ct_select(&self, other: &Self, choice: elliptic_curve::ctutils::Choice) -> Self {
                subtle::ConditionallySelectable::conditional_select(self, other, choice.into())
            }
        }
        impl elliptic_curve::ctutils::CtEq for $type {
            fn ct_eq(&self, other: &Self) -> elliptic_curve::ctutils::Choice {
                subtle::ConstantTimeEq::ct_eq(self, other).into()
            }
        }
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(self, other).into()
            }
        }
        impl Eq for $type {}
        impl zeroize::DefaultIsZeroes for $type {}
        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    };
}
pub(super) use value;
