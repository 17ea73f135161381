// prints: Ada 36 [ 'a', 'b' ]
interface Person {
  name: string;
  age?: number;
}

enum Colour { Red, Green }

class Box<T> {
  constructor(private readonly items: T[]) {}
  map<U>(f: (item: T) => U): Box<U> {
    return new Box(this.items.map(f));
  }
  get all(): T[] {
    return this.items;
  }
}

const ada: Person = { name: 'Ada', age: 35 + Colour.Green };
console.log(ada.name, ada.age ?? 0, new Box([0, 1]).map((i) => 'ab'[i]).all);
