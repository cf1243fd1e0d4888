//! Who somebody is: secrets, passwords and names. Pure apart from the randomness handed in.

pub mod confusable;
pub mod name;
pub mod password;
pub mod secret;
