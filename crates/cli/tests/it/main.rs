//! The real program against a real server, with a network that fails in between.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod devices;
mod doctor;
#[cfg(test)]
mod front;
#[cfg(test)]
mod output;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod world;
