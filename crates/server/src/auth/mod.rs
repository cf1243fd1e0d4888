//! Authentication: secrets, passwords and names. Pure, apart from the randomness passed in.

pub mod confusable;
pub mod name;
pub mod password;
pub mod secret;
