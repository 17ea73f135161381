// family: compilers
// language: rust
// expect: compile_error memory_limit time_limit output_limit
// breach: macros that grow without end take more than the compiler's limits
macro_rules! grow {
    ($($x:tt)*) => { grow!($($x)* $($x)* a) };
}
macro_rules! twice {
    ($e:expr, ) => { $e };
    ($e:expr, $a:tt $($rest:tt)*) => { twice!(($e, $e), $($rest)*) };
}
fn main() {
    let _x = twice!(1u64, a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a);
    grow!(a);
}
