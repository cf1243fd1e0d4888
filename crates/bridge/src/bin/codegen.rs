//! Prints the contract as TypeScript. `cargo xtask codegen` keeps the printed text in the tree.

#![expect(clippy::print_stdout, reason = "printing is all it does")]

fn main() {
    print!("{}", homing_bridge::typescript());
}
