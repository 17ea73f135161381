// prints: {"a": 1, "b": 2} [1, 2, 3] Grüße 7
use std::collections::BTreeMap;

fn main() {
    let mut map = BTreeMap::new();
    map.insert("b", 2);
    map.insert("a", 1);
    let mut v = vec![3, 1, 2];
    v.sort();
    println!("{:?} {:?} {} {}", map, v, "Grüße", "Grüße".len());
}
