//! Deserialisers that accept more forms than this crate writes, where the protocol allows them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

/// An integer of any size, clamped to the type's range.
pub(crate) fn nearest<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    input.deserialize_any(Nearest)
}

struct Nearest;

impl Visitor<'_> for Nearest {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u32, E> {
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u32, E> {
        Ok(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
    }

    /// JSON numbers beyond 64 bits arrive as this type.
    fn visit_f64<E: Error>(self, number: f64) -> Result<u32, E> {
        if number.fract() != 0.0 || number.abs() < 1e18 {
            return Err(E::invalid_type(Unexpected::Float(number), &self));
        }
        Ok(if number < 0.0 { 0 } else { u32::MAX })
    }
}

/// Versions: integers of any size. Ones that no version of this crate can have are left out.
pub(crate) fn versions<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u16>, D::Error> {
    struct Versions;
    impl<'de> Visitor<'de> for Versions {
        type Value = Vec<u16>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of integers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u16>, A::Error> {
            let mut versions = Vec::new();
            while let Some(Integer(number)) = seq.next_element()? {
                versions.extend(u16::try_from(number));
            }
            Ok(versions)
        }
    }
    input.deserialize_seq(Versions)
}

/// Negative numbers become 0.
struct Integer(u32);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        nearest(input).map(Self)
    }
}

/// An object. Derived deserialisers would also accept an array of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        input.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// An object.
pub(crate) fn object<'de, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Object::deserialize(input).map(|Object(fields)| fields)
}

/// An object, or null.
pub(crate) fn optional_object<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let object = Option::<Object<T>>::deserialize(input)?;
    Ok(object.map(|Object(fields)| fields))
}

/// An array of objects.
pub(crate) fn objects<'de, D, T>(input: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(input)?;
    Ok(objects.into_iter().map(|Object(fields)| fields).collect())
}
