// lines: 300000
// prints: 300000 44999850000
use std::io::{self, BufRead};

fn main() {
    let numbers: Vec<u64> = io::stdin().lock().lines().map(|l| l.unwrap().parse().unwrap()).collect();
    println!("{} {}", numbers.len(), numbers.iter().sum::<u64>());
}
