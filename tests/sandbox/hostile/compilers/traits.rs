// family: compilers
// language: rust
// expect: compile_error time_limit memory_limit runtime_error
// limits: wall=10
// breach: types that grow without end take more than the compiler's limits
#![recursion_limit = "1000000"]
#![type_length_limit = "100000000"]

fn grow<T: Clone>(depth: u32, value: T) -> usize {
    if depth == 0 {
        std::mem::size_of::<T>()
    } else {
        grow(depth - 1, (value.clone(), value))
    }
}

static WIDE: [u8; 1 << 33] = [1; 1 << 33];

fn main() {
    println!("{} {}", grow(30, 1u8), WIDE[5]);
}
