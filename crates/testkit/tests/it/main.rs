//! The test tools, tested: a tool that fails quietly would make every test that uses it pass.

#[cfg(test)]
mod history;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod proxy;
